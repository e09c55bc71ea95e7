"""Which client speaks for the CRM that ``care.yaml`` names; another one is a line here (docs/crm.md)."""

from collections.abc import Callable, Mapping
from functools import partial

from gateway.core.crm import CrmClient, CrmSettings, Remote
from gateway.crm.builtin import BuiltinCrm
from gateway.crm.remote import hubspot
from gateway.crm.remote.client import RemoteCrm
from gateway.crm.remote.connection import Connection
from gateway.crm.remote.hubspot import HubSpotShelf
from gateway.crm.remote.mapping import mapped
from gateway.crm.remote.rest import RestShelf
from gateway.models.database import Database

Secrets = Mapping[str, str]
Make = Callable[[CrmSettings, Database, Secrets], CrmClient]


def client_of(settings: CrmSettings, database: Database, secrets: Secrets) -> CrmClient:
    """The client of ``settings.type``, which the config has checked; keep it, for it remembers."""
    return CLIENTS[settings.type](settings, database, secrets)


def _builtin(settings: CrmSettings, database: Database, _: Secrets) -> CrmClient:
    return BuiltinCrm(database, settings)


def _rest(settings: CrmSettings, _: Database, secrets: Secrets) -> CrmClient:
    remote = _remote(settings)
    mapping = mapped(remote.mapping)
    connection = Connection(remote, mapping.auth, mapping.limits, secrets)
    return RemoteCrm(connection, lambda talk: RestShelf(mapping, talk, settings.country), settings)


def _hubspot(settings: CrmSettings, _: Database, secrets: Secrets) -> CrmClient:
    connection = Connection(_remote(settings), hubspot.AUTH, hubspot.LIMITS, secrets)
    return RemoteCrm(connection, partial(HubSpotShelf, country=settings.country), settings)


def _remote(settings: CrmSettings) -> Remote:
    if settings.remote is None:
        raise ValueError(f"a CRM of type {settings.type} has to have an address")
    return settings.remote


CLIENTS: Mapping[str, Make] = {"builtin": _builtin, "rest": _rest, "hubspot": _hubspot}
