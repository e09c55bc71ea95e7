"""Clients of CRMs elsewhere over their stand-ins."""

from dataclasses import replace
from typing import Any

from gateway.config.crm_mapping import shipped
from gateway.core.crm import CrmSettings, Remote
from gateway.crm.registry import client_of
from gateway.crm.remote.client import RemoteCrm
from tests.crm.standins.server import StandIn

STAND_INS = ("salesforce", "zendesk", "hubspot")


def client_at(settings: CrmSettings, name: str, stand_in: StandIn, url: str, **more: Any) -> RemoteCrm:
    """A new client, which remembers nothing."""
    remote = replace(Remote(name, url, shipped(name) or {}, cache_seconds=0.0, private=True), **more)
    settings = replace(settings, type="hubspot" if name == "hubspot" else "rest", remote=remote)
    client = client_of(settings, None, stand_in.secrets)  # type: ignore[arg-type, attr-defined]  # none needs a database
    assert isinstance(client, RemoteCrm)
    client._connection._limits = replace(client._connection._limits, requests_per_second=1_000.0)
    return client
