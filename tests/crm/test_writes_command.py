"""``crm writes list|replay``: people see what the CRM has not, and have it tried again."""

from flask import Flask

from gateway.core import clock
from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind
from gateway.desk import contacts, conversations, crm_writes
from gateway.models.database import Database
from tests.crm.shop import AYESHA


def test_failed_ones_are_listed_and_replayed(app: Flask, sqlite: Database) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["crm", "writes", *arguments])
        return result.exit_code, result.output.strip()

    with sqlite.begin() as session:
        found = contacts.resolve(session, (SeenAddress(AddressKind.PHONE, AYESHA),), channel_id="whatsapp")
        place = {"channel_id": "whatsapp", "channel_type": "whatsapp", "address_id": found.address_id}
        begun = conversations.start(session, found.contact_id, **place, language="en")
        conversations.resolve(session, begun.id, actor="agent")
    assert run("list") == (0, "0 waiting, 0 running, 0 failed, 0 written")
    with sqlite.begin() as session:
        crm_writes.collect(session)
        claimed = crm_writes.claim(session, "me")
        assert claimed is not None
        crm_writes.refused(session, claimed, "it answered 422")
    ended = f"conversation 1 ended {clock.now():%Y-%m-%d}"
    code, output = run("list")
    assert (code, output.startswith(f"1  failed  {ended}"), "it answered 422" in output) == (0, True, True)
    assert output.endswith("0 waiting, 0 running, 1 failed, 0 written")
    assert run("replay")[0] == 2
    assert run("replay", "9")[0] == 1
    assert run("replay", "--failed")[1].endswith("1 to be written again")
    assert run("list", "--state", "failed")[1] == "1 waiting, 0 running, 0 failed, 0 written"
