"""What explain looks at, as the database has it: five statements however many contacts."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event, insert

from gateway.core import clock
from gateway.core.business import Business, Channel
from gateway.core.sending_rules import SendingRules
from gateway.core.templates import Templates
from gateway.core.words import ChannelType
from gateway.desk import facts
from gateway.models.contact import Address, Consent, Contact, OptOut, SessionWindow
from gateway.models.database import Database
from gateway.models.message import Message
from gateway.models.template import Template

NOON = datetime(2026, 3, 2, 7, tzinfo=UTC)
LIMITED = Channel("wa", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886", daily_limit=2)
BUSINESS = Business("Shop", "Asia/Karachi", ("en",), "en", (LIMITED,), ())


@pytest.fixture
def two(database: Database) -> Database:
    noted = {
        "sms": {"code": "30006", "at": NOON.isoformat()},
        "marketing": {"code": "63049", "at": (NOON - timedelta(hours=1)).isoformat()},
    }
    who = {"contact_id": 1, "address_id": 1, "channel_type": "whatsapp"}
    with database.begin() as session:
        session.add_all(
            [Contact(id=n, language="ur", timezone="Asia/Karachi", attributes={}, created_at=NOON) for n in (1, 2)]
        )
        session.flush()
        session.add_all(
            [
                Address(id=1, contact_id=1, kind="phone", value="+923001", match_key="1", created_at=NOON, dead=noted,
                        last_inbound_at=NOON, last_channel_id="wa"),
                Address(id=2, contact_id=1, kind="bsuid", value="PK.1", match_key="2", created_at=NOON,
                        last_inbound_at=NOON + timedelta(hours=1), last_channel_id="wa2"),
                Address(id=3, contact_id=2, kind="phone", value="+923002", match_key="3", created_at=NOON),
            ]
        )  # fmt: skip
        session.flush()
        session.add(SessionWindow(address_id=1, channel_id="wa", last_inbound_at=NOON))
        session.add(OptOut(address_id=1, channel_id="sms", channel_type="sms", since=NOON))
        session.add(OptOut(address_id=1, channel_id="wa", channel_type="whatsapp", since=NOON, lifted_at=NOON))
        for channel, wish in (("wa", "opt_in"), ("wa2", "opt_in"), ("wa2", "opt_out"), ("sms", "opt_out")):
            session.add(Consent(**who, channel_id=channel, wish=wish, source="word", at=NOON))
            session.flush()
    return database


def test_everything_is_gathered_in_five_statements(two: Database) -> None:
    statements: list[str] = []
    event.listen(two.engine, "before_cursor_execute", lambda c, cur, text, *rest: statements.append(text))
    with two.read() as session:
        found = facts.gather(session, [1, 2, 99])
    assert len([text for text in statements if text.startswith("SELECT")]) == 5
    assert sorted(found) == [1, 2]
    known = found[1]
    assert (known.language, known.timezone, known.last_channel_id) == ("ur", "Asia/Karachi", "wa2")
    assert known.withheld_until == NOON + timedelta(hours=23)
    bsuid, phone = known.addresses
    assert (bsuid.value, phone.value) == ("PK.1", "+923001")
    assert (phone.windows, phone.opted_out, phone.opted_in) == ({"wa": NOON}, {"sms"}, {"wa"})
    assert (phone.dead, bsuid.dead) == ({"sms": "30006"}, {})
    assert [address.value for address in found[2].addresses] == ["+923002"]


def test_none_and_too_many(two: Database) -> None:
    with two.read() as session:
        assert facts.gather(session, []) == {}
        with pytest.raises(ValueError, match="at most 2000"):
            facts.gather(session, range(2001))


def test_what_we_began_since_midnight_where_the_business_is_counts(two: Database) -> None:
    midnight = datetime(2026, 3, 1, 19, tzinfo=UTC)
    rows = [("notice", 1, "sent"), ("marketing", 0, "queued"), ("reply", 1, "sent"), ("notice", -1, "sent")]
    rows.append(("notice", 1, "canceled"))
    with two.begin() as session:
        for purpose, minutes, status in rows:
            values = {"contact_id": 1, "address": "+923001", "channel_id": "wa", "channel_type": "whatsapp"}
            values |= {"direction": "outbound", "kind": "text", "text": "", "payload": {}, "author": "system"}
            values |= {"forwarded": False, "frequently_forwarded": False, "ladder": [], "status": status}
            at = midnight + timedelta(minutes=minutes)
            session.execute(insert(Message).values(**values, purpose=purpose, created_at=at))
        approved = {
            "name": "order",
            "language": "en",
            "approval": "approved",
            "account": "AC",
            "synced_at": clock.now(),
        }
        session.add(Template(**approved, external_id="HX1", types=[], variables={}))
    config = SimpleNamespace(business=BUSINESS, sending=SendingRules(), templates=Templates(), quiet=None)
    with two.read() as session:
        rules = facts.rules(session, config, NOON, ["order"])
    sender = rules.senders["wa"]
    assert (sender.sent_today, sender.daily_limit, sender.next_day) == (2, 2, midnight + timedelta(days=1))
    assert rules.approved == {"order": {"en": "HX1"}}
