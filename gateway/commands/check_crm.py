"""The CRM's part of ``check``: which it is, whether its keys are set, whether it answers and takes them."""

from collections.abc import Iterator

from gateway.config.running import RunningConfig
from gateway.core.crm import CrmUnavailable
from gateway.core.remarks import Level, Said
from gateway.crm.registry import client_of
from gateway.crm.remote.client import RemoteCrm
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


def _looked_at(client: RemoteCrm) -> Said:
    try:
        client.check()
    except CrmUnavailable as error:
        return Said(Level.PROBLEM, f"it does not answer us: {error.reason}; flows go their `failed` way")
    return Said(Level.OK, "it answers and takes our key")
