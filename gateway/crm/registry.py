"""Which client speaks for the CRM that ``care.yaml`` names; another one is a line here (docs/crm.md)."""

from collections.abc import Callable, Mapping

from gateway.core.crm import CrmClient, CrmSettings
from gateway.crm.builtin import BuiltinCrm
from gateway.models.database import Database

CLIENTS: Mapping[str, Callable[[Database, CrmSettings], CrmClient]] = {"builtin": BuiltinCrm}


def client_of(settings: CrmSettings, database: Database) -> CrmClient:
    """The client of ``settings.type``, which the config has checked."""
    return CLIENTS[settings.type](database, settings)
