"""The CRM's part of ``check``: which it is, whether its keys are set, whether it answers and takes them."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from gateway.config.running import RunningConfig
from gateway.core.crm import CrmUnavailable
from gateway.core.remarks import Level, Said
from gateway.crm.registry import client_of
from gateway.crm.remote.client import RemoteCrm
from gateway.desk import crm_writes
from gateway.models.database import Database
from gateway.settings import Settings


def crm(settings: Settings, database: Database, config: RunningConfig | None, *, ask: bool) -> Iterator[Said]:
    """What is to be said of it; nothing where the config could not be read."""
    if config is None:
        return
    client = client_of(config.crm, database, dict(settings.crm_secrets))
    remote = config.crm.remote
    if remote is None or not isinstance(client, RemoteCrm):
        yield Said(Level.OK, "the built-in one")
        return
    yield Said(Level.OK, f"{remote.name} at {remote.base_url}")
    for name in client.secrets_wanted:
        if name not in dict(settings.crm_secrets):
            yield Said(Level.PROBLEM, f"CRM_SECRET_{name} is not set: {remote.name} would not know us")
            ask = False
    if ask:
        yield _looked_at(client)
    if config.crm.write_back:
        yield from _writes(database)


def _writes(database: Database) -> Iterator[Said]:
    """What of the ended conversations the CRM has not."""
    try:
        with database.read() as session:
            counted = crm_writes.counts(session)
    except SQLAlchemyError:
        return  # said elsewhere
    if failed := counted.get("failed", 0):
        yield Said(Level.NOTE, f"{failed} ended conversations could not be written: see crm writes list")
    waiting = counted.get("waiting", 0) + counted.get("running", 0)
    yield Said(Level.OK, f"ended conversations are written back; {waiting} wait")


def _looked_at(client: RemoteCrm) -> Said:
    try:
        client.check()
    except CrmUnavailable as error:
        return Said(Level.PROBLEM, f"it does not answer us: {error.reason}; flows go their `failed` way")
    return Said(Level.OK, "it answers and takes our key")
