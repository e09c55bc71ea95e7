"""What ``check`` says of the CRM."""

from dataclasses import replace

from gateway.commands.check_crm import crm
from gateway.config.crm_mapping import shipped
from gateway.core.crm import CrmSettings, Remote
from gateway.core.remarks import Level
from gateway.models.database import Database
from gateway.settings import Settings
from tests import care
from tests.crm.standins.server import answering
from tests.crm.standins.zendesk import Zendesk


def test_the_built_in_one_needs_nothing(sqlite: Database) -> None:
    [said] = crm(Settings(), sqlite, care.CONFIG, ask=True)
    assert (said.level, said.text) == (Level.OK, "the built-in one")


def test_one_elsewhere_is_asked_whether_it_takes_our_key(sqlite: Database, zendesk_server: tuple[Zendesk, str]) -> None:
    zendesk, url = zendesk_server
    remote = Remote("zendesk", url, shipped("zendesk") or {}, private=True)
    config = replace(care.CONFIG, crm=CrmSettings("rest", "PK", remote=remote, write_back=True))

    def said(*, ask: bool = True) -> list[tuple[Level, str]]:
        settings = Settings(crm_secrets=tuple(zendesk.secrets.items()))
        return [(one.level, one.text) for one in crm(settings, sqlite, config, ask=ask)][1:]

    waits = (Level.OK, "ended conversations are written back; 0 wait")
    assert said() == [(Level.OK, "it answers and takes our key"), waits]
    assert said(ask=False) == [waits]
    zendesk.faults.append(answering(401, {"error": "Couldn't authenticate you"}))
    assert said()[0] == (
        Level.PROBLEM,
        "it does not answer us: it answered 401 Couldn't authenticate you; flows go their `failed` way",
    )
    unset = [(one.level, one.text) for one in crm(Settings(), sqlite, config, ask=True)][1]
    assert unset == (Level.PROBLEM, "CRM_SECRET_ZENDESK_USER is not set: zendesk would not know us")
