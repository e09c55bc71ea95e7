"""Who is in a segment, alike on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from gateway.core import clock
from gateway.core.errors import InvalidPayload
from gateway.desk.campaigns.audience import addresses, contacts, page, read_segment
from gateway.models.database import Database
from tests.outbound.builders import BUSINESS

NOW = clock.now()
PEOPLE = {
    1: {"attributes": {"city": "Lahore", "tier": 2, "vip": True}, "tags": ["cod", "vip"], "language": "ur"},
    2: {"attributes": {"city": "Karachi", "tier": "2"}, "tags": ["cod"], "language": "en"},
    3: {"attributes": {"city": "Lahore", "vip": False, 'a.b"'[:3]: "x"}, "last_seen_at": NOW - timedelta(days=40)},
    4: {"attributes": {"city": "Lahore"}, "merged_into_id": 1},
    5: {"attributes": {}, "tags": ["vip"], "last_seen_at": None},
}


@pytest.fixture
def people(database: Database) -> Database:
    usual: dict[str, Any] = {"name": "", "profile_name": "", "tags": [], "language": None, "merged_into_id": None}
    rows = [usual | {"id": id_, "created_at": NOW, "last_seen_at": NOW} | some for id_, some in PEOPLE.items()]
    phone = {"contact_id": 1, "kind": "phone", "value": "+923001234567", "match_key": "+923001234567", "dead": {}}
    page_id = {"contact_id": 2, "kind": "psid", "value": "123", "match_key": "123", "dead": {}}
    with database.begin() as session:
        session.execute(insert(contacts), rows)
        session.execute(insert(addresses), [row | {"created_at": NOW} for row in (phone, page_id)])
    return database


@pytest.mark.parametrize(
    ("segment", "found"),
    [
        ({}, [1, 2, 3, 5]),
        ({"attributes": {"city": "Lahore"}}, [1, 3]),
        ({"attributes": {"tier": 2}}, [1]),
        ({"attributes": {"tier": "2"}}, [1, 2]),
        ({"attributes": {"vip": True}}, [1]),
        ({"attributes": {"vip": False}}, [3]),
        ({"attributes": {"vip": None}}, [1, 3]),
        ({"attributes": {"a.b": "x"}}, [3]),
        ({"attributes": {"city": "Lahore", "vip": True}}, [1]),
        ({"attributes": {"none": "x"}}, []),
        ({"tags_any": ["cod", "vip"]}, [1, 2, 5]),
        ({"tags_all": ["cod", "vip"]}, [1]),
        ({"tags_all": ["cod"], "languages": ["en"]}, [2]),
        ({"languages": ["en", "ur"]}, [1, 2]),
        ({"seen_after": NOW - timedelta(days=30)}, [1, 2]),
        ({"seen_before": (NOW - timedelta(days=30)).isoformat()}, [3, 5]),
        ({"channel": "wa"}, [1]),
        ({"channel": "sms"}, [1]),
        ({"channel": "unheard_of"}, []),
    ],
)
def test_who_is_in_it(people: Database, segment: dict[str, Any], found: list[int]) -> None:
    with people.read() as session:
        members = page(session, read_segment(segment), BUSINESS, 0, 100)
    assert [member.id for member in members] == found


def test_pages_go_on_where_they_ended(people: Database) -> None:
    with people.read() as session:
        assert [member.id for member in page(session, read_segment({}), BUSINESS, 1, 2)] == [2, 3]


def test_a_member_fills_variables_from_name_and_attributes(people: Database) -> None:
    with people.read() as session:
        first = page(session, read_segment({}), BUSINESS, 0, 1)[0]
    assert first.variables(["city", "tier", "name", "order"]) == {"city": "Lahore", "tier": "2"}


@pytest.mark.parametrize(
    ("segment", "why"),
    [
        ({"atributes": {}}, "no 'atributes'"),
        ({"attributes": {'a"b': 1}}, "can be called"),
        ({"attributes": {"": 1}}, "can be called"),
        ({"seen_after": "yesterday"}, "no moment"),
        ({"seen_before": "2027-03-01T09:00:00"}, "time zone"),
    ],
)
def test_what_is_no_segment(segment: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidPayload, match=why):
        read_segment(segment)
