"""However addresses come, alone or together: those seen together are one person, and nobody is lost in a merge."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind
from gateway.desk import contacts
from gateway.models.contact import Address, Contact
from gateway.models.database import Database

PEOPLE = count()
seen_together = st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True)


def address(person: int, number: int) -> SeenAddress:
    """Even ones are phones, odd ones the ids that usernames hide them behind."""
    if number % 2:
        return SeenAddress(AddressKind.BSUID, f"PK.{person:06}{number}")
    return SeenAddress(AddressKind.PHONE, f"+92300{person:06}{number}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(seen_together, min_size=1, max_size=8))
def test_addresses_seen_together_are_one_contact(sqlite: Database, meetings: list[list[int]]) -> None:
    person = next(PEOPLE)
    groups: list[set[int]] = []
    for numbers in meetings:
        with sqlite.begin() as session:
            found = contacts.resolve(session, [address(person, number) for number in numbers], channel_id="wa")
        assert found.address == address(person, numbers[0]).value
        touching = [group for group in groups if group & set(numbers)]
        groups = [group for group in groups if group not in touching] + [set(numbers).union(*touching)]
    with sqlite.read() as session:
        owners = {row.value: row.contact_id for row in session.execute(select(Address.value, Address.contact_id))}
        gone = set(session.execute(select(Contact.id).where(Contact.merged_into_id.is_not(None))).scalars())
    owned = [{owners[address(person, number).value] for number in group} for group in groups]
    assert all(len(owner) == 1 for owner in owned), "seen together, yet two people"
    assert len(set.union(*owned)) == len(groups), "never seen together, yet one person"
    assert not gone & set(owners.values()), "an address left with a contact that was merged away"
