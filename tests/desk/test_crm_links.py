"""Who a contact is in the CRM, as people chose: changed, taken back, and through a merge and its undoing."""

import pytest
from sqlalchemy import select

from gateway.core.errors import NotFound
from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind
from gateway.desk import contacts, crm_links
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry


def test_people_choose_change_and_take_back(database: Database) -> None:
    one, _ = _two_contacts(database)
    with database.begin() as session:
        assert crm_links.chosen(session, one, "builtin") == ""
        crm_links.choose(session, one, "builtin", "C1", chosen_by=None)
        crm_links.choose(session, one, "builtin", "C2", chosen_by=None)
        crm_links.choose(session, one, "zendesk", "Z9", chosen_by=None)
        assert [crm_links.chosen(session, one, system) for system in ("builtin", "zendesk")] == ["C2", "Z9"]
        crm_links.forget(session, one, "builtin", chosen_by=None)
        crm_links.forget(session, one, "builtin", chosen_by=None)
        assert [crm_links.chosen(session, one, system) for system in ("builtin", "zendesk")] == ["", "Z9"]
        with pytest.raises(NotFound):
            crm_links.choose(session, 999, "builtin", "C1", chosen_by=None)
    with database.read() as session:
        entries = session.scalars(select(LogEntry).where(LogEntry.kind == "crm_linked").order_by(LogEntry.id))
        told = [entry.data["customer"] for entry in entries]
    assert told == ["C1", "C2", "Z9", ""]


def test_a_choice_follows_a_merge_and_stays_with_whom_it_was_made_for(database: Database) -> None:
    kept, gone = _two_contacts(database)
    with database.begin() as session:
        crm_links.choose(session, gone, "builtin", "C1", chosen_by=None)
        merge_id = contacts.merge(session, kept, gone, reason="the same", actor="agent")
        assert crm_links.chosen(session, kept, "builtin") == "C1"
        crm_links.choose(session, kept, "builtin", "C2", chosen_by=None)
        assert crm_links.chosen(session, kept, "builtin") == "C2"
        contacts.unmerge(session, merge_id, actor="agent")
        assert [crm_links.chosen(session, one, "builtin") for one in (kept, gone)] == ["C2", "C1"]


def _two_contacts(database: Database) -> tuple[int, int]:
    with database.begin() as session:
        one, other = (
            contacts.resolve(session, (SeenAddress(AddressKind.PHONE, phone),), channel_id="whatsapp").contact_id
            for phone in ("+923001234567", "+923009876543")
        )
    return one, other
