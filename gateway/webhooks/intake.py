"""Keeps verified requests: in the database, else on this host's disk. What is kept is acknowledged, nothing else."""

import structlog
from flask import Flask

from gateway.core import clock
from gateway.core.errors import InvalidPayload, StorageUnavailable
from gateway.core.http import WebhookRequest
from gateway.core.ids import new_uuid
from gateway.desk.inbound import Incoming
from gateway.runtime import Runtime
from gateway.webhooks.recorder import Recorder
from gateway.webhooks.replay import Replayer
from gateway.webhooks.spool import Spool

log = structlog.get_logger(__name__)


class Intake:
    """Verifies, names and keeps requests of one process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._resumed = False
        self.spool = Spool(runtime.settings.spool_dir)
        self._replayer = Replayer(self.spool, runtime.database, runtime.waker)
        self._recorder = Recorder(runtime.database, runtime.waker, held=self.spool.waiting)

    def accept(self, provider: str, request: WebhookRequest) -> None:
        """Return once the request is kept for good.

        Raises:
            Forbidden, InvalidPayload: not from the provider, or without what names it; nothing is kept.
            StorageUnavailable: neither database nor disk takes it.
        """
        adapter = self._runtime.registry.provider(provider)
        account = adapter.verify(request)
        refs = tuple(adapter.split(request))
        self.keep(Incoming(new_uuid(), provider, _owned(request, account), refs, clock.now()))

    def keep(self, item: Incoming) -> None:
        try:
            self._recorder.record(item)
        except StorageUnavailable:
            self.spool.put(item)
            self._replayer.start()
        except InvalidPayload as error:
            # Signed and named, yet refused by the database: kept on disk for people, and not asked for again.
            self.spool.put_aside(item, str(error))

    def close(self) -> None:
        """End this process's thread."""
        self._recorder.close()

    def resume(self) -> None:
        """Begin to replay what an earlier process left on disk; after the first call nothing is looked at."""
        if not self._resumed:
            self._resumed = True
            if self.spool.waiting():
                self._replayer.start()


def intake_of(app: Flask) -> Intake:
    """The intake of this application."""
    intake: Intake = app.extensions["rabta_intake"]
    return intake


def _owned(request: WebhookRequest, account: str) -> WebhookRequest:
    return WebhookRequest(
        request.route, request.method, request.path, request.query, request.headers, request.body, account
    )
