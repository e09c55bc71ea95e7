"""``crm who|link|unlink``: people say which customer a contact is."""

from flask import Flask

from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind
from gateway.desk import contacts
from gateway.jobs.asking import asker_of
from gateway.models.database import Database
from gateway.runtime import runtime_of
from tests.crm.shop import AYESHA, STRANGER


def test_a_number_of_nobodys_is_given_to_a_customer_and_taken_back(app: Flask, sqlite: Database) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["crm", *arguments])
        return result.exit_code, result.output.strip().rpartition("\n")[2]  # below remarks that there is no Redis

    with sqlite.begin() as session:
        for phone in (STRANGER, AYESHA):
            contacts.resolve(session, (SeenAddress(AddressKind.PHONE, phone),), channel_id="whatsapp")
    assert run("who", "1") == (0, "nobody")
    assert run("who", "2") == (0, "C1001  Ayesha Khan  Lahore")
    assert run("link", "1", "C9999") == (1, "Error: the CRM has no customer C9999")
    assert run("link", "99", "C1001") == (1, "Error: no contact 99")
    assert run("link", "1", "C1002") == (0, "contact 1 is customer C1002")
    assert run("who", "1") == (0, "C1002  (chosen)")
    runtime = runtime_of(app)
    assert (runtime.crm().look_up("order", {}, asker_of(runtime, 1)) or {})["number"] == "G204355"
    assert run("unlink", "1")[0] == 0
    assert run("who", "1") == (0, "nobody")
