"""A real PostgreSQL behind a wire that can be cut or fall silent: whatever was acknowledged is there in the end."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy.engine import make_url

from gateway.models.database import Database
from gateway.runtime import build
from gateway.settings import Settings
from gateway.webhooks import recorder
from gateway.webhooks.intake import Intake
from tests.webhooks.builders import incoming, wait_until
from tests.webhooks.conftest import count


class Wire:
    """Forwards connections to ``target``; ``cut`` refuses and breaks them, ``hush`` lets nothing through."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._silent = threading.Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listen(0)

    def _listen(self, port: int) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def cut(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for pair in self._pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def mend(self) -> None:
        self._silent.clear()
        if self._server.fileno() == -1:
            self._listen(self.port)

    def hush(self) -> None:
        self._silent.set()

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = server.accept()
                pair = (near, socket.create_connection(self._target))
                self._pairs.append(pair)
                threading.Thread(target=self._forward, args=pair, daemon=True).start()

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with near, far, suppress(OSError):
            while True:
                ready, _, _ = select.select([near, far], [], [], 0.02)
                if self._silent.is_set():
                    continue
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        return
                    other[end].sendall(data)


@pytest.fixture
def wire(postgresql: Database) -> Iterator[Wire]:
    url = postgresql.engine.url
    wire = Wire((url.host or "127.0.0.1", url.port or 5432))
    yield wire
    wire.cut()


@pytest.fixture
def intake(wire: Wire, settings: Settings, postgresql: Database) -> Iterator[Intake]:
    runtime = build(settings)
    url = make_url(postgresql.engine.url).set(host="127.0.0.1", port=wire.port)
    runtime.database = Database(url.render_as_string(hide_password=False))
    intake = Intake(runtime)
    yield intake
    intake.close()
    wait_until(lambda: not intake.spool.waiting())
    runtime.database.engine.dispose()


def test_cut_in_the_middle_and_mended(intake: Intake, wire: Wire, postgresql: Database) -> None:
    intake.keep(incoming(1))
    wire.cut()
    for number in (2, 3, 3, 4):
        intake.keep(incoming(number))
    assert intake.spool.count() == 4
    assert count(postgresql, "inbound_events") == 1
    wire.mend()
    wait_until(lambda: count(postgresql, "inbound_events") == 4)
    wait_until(lambda: not intake.spool.waiting())


def test_silence_is_not_waited_out(
    intake: Intake, wire: Wire, postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.keep(incoming(1))
    monkeypatch.setattr(recorder, "WAIT_SECONDS", 0.3)
    wire.hush()
    for number in (2, 3):
        intake.keep(incoming(number))
    assert intake.spool.count() == 2
    wire.mend()
    wait_until(lambda: count(postgresql, "inbound_events") == 3)
