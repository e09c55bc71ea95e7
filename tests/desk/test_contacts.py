"""Finding, making, linking and merging contacts."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind
from gateway.desk import contacts
from gateway.models.contact import Address, Contact
from gateway.models.database import Database

BSUID = SeenAddress(AddressKind.BSUID, "PK.13491208655302741918")


def phone(value: str) -> SeenAddress:
    return SeenAddress(AddressKind.PHONE, value)


def resolve(database: Database, *seen: SeenAddress, profile: str | None = None) -> contacts.Found:
    with database.begin() as session:
        return contacts.resolve(session, seen, profile_name=profile, channel_id="wa")


def test_first_and_second_message_are_one_contact(database: Database) -> None:
    first = resolve(database, phone("+923001234567"), profile="Ayesha")
    again = resolve(database, phone("+923001234567"))
    assert (first.created, again.created, again.contact_id) == (True, False, first.contact_id)
    assert (again.name, again.address) == ("Ayesha", "+923001234567")


@pytest.mark.parametrize(
    ("known", "seen"),
    [
        ("+5511987654321", "+551187654321"),
        ("+551187654321", "+5511987654321"),
        ("+5215512345678", "+525512345678"),
        ("+525512345678", "+5215512345678"),
        ("+5491123456789", "+541123456789"),
    ],
)
def test_variants_are_one_contact_and_keep_their_spelling(database: Database, known: str, seen: str) -> None:
    first, second = resolve(database, phone(known)), resolve(database, phone(seen))
    assert second.contact_id == first.contact_id
    assert (first.address, second.address) == (known, seen)


@pytest.mark.parametrize(
    ("known", "seen"),
    [
        ("+551131234567", "+5511931234567"),  # a landline never had a ninth digit
        ("+923001234567", "+92300123456"),
        ("+12025550123", "+12025550124"),
    ],
)
def test_different_numbers_are_different_contacts(database: Database, known: str, seen: str) -> None:
    assert resolve(database, phone(known)).contact_id != resolve(database, phone(seen)).contact_id


def test_a_number_that_vanishes_behind_a_username_stays_one_contact(database: Database) -> None:
    both = resolve(database, phone("+923001234567"), BSUID)
    alone = resolve(database, BSUID)
    assert (alone.contact_id, alone.address) == (both.contact_id, BSUID.value)


def test_known_apart_then_together_are_merged(database: Database) -> None:
    by_phone, by_id = resolve(database, phone("+923001234567")), resolve(database, BSUID)
    together = resolve(database, BSUID, phone("+923001234567"))
    assert by_phone.contact_id != by_id.contact_id
    assert together.contact_id == min(by_phone.contact_id, by_id.contact_id)
    assert resolve(database, BSUID).contact_id == together.contact_id


@pytest.mark.parametrize("seen", [[phone("+923001234567")], [phone("+923001234567"), BSUID]])
def test_two_lanes_at_once_make_one_contact(database: Database, seen: Sequence[SeenAddress]) -> None:
    lanes = [list(seen), list(reversed(seen))] * 4
    threads = [threading.Thread(target=resolve, args=(database, *lane)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.execute(select(func.count()).select_from(Contact)).scalar() == 1
        assert session.execute(select(func.count()).select_from(Address)).scalar() == len(seen)


@pytest.mark.parametrize(
    "written", ["+923001234567", "whatsapp:+923001234567", "0092 300 1234567", "92-300-1234567", " +92 (300) 123.4567"]
)
def test_find_reads_what_people_write(database: Database, written: str) -> None:
    known = resolve(database, phone("+923001234567"))
    with database.read() as session:
        assert contacts.find(session, written) == [known.contact_id]
        assert contacts.find(session, "+4915112345678") == []
