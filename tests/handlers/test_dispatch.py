"""Which function an event goes to, what is read before, and timers about nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from automation.faq.model import NOTHING
from gateway.core import clock
from gateway.core.errors import InvalidPayload, NotFound
from gateway.core.events import Event, MessageReceived, Received, SeenAddress, Selection, StatusChanged
from gateway.core.words import AddressKind, ChannelType, Kind
from gateway.desk import timers
from gateway.desk.timers import TimerKind
from gateway.models.contact import Contact
from gateway.models.database import Database
from gateway.models.tables import metadata
from gateway.models.timer import Timer
from handlers.dispatch import handle_all, handler_of
from handlers.message_received import message_received
from handlers.timer_fired import Firing, timer_fired
from handlers.turn import Turn
from handlers.understanding import understand
from tests import care

STATUS = StatusChanged(care.ACCOUNT, "SM1", "sent")
WHO = (SeenAddress(AddressKind.PHONE, "+923001234567"),)
BLANK = MessageReceived(care.ACCOUNT, "SM2", care.WHATSAPP.address, ChannelType.WHATSAPP, WHO, Kind.TEXT, "  ")


def turn(database: Database, kind: str) -> None:
    with database.begin() as session:
        handle_all([(kind, Turn(session, Received(1, clock.now(), STATUS), care.CONFIG))])


def test_events_that_nobody_knows_are_refused(sqlite: Database) -> None:
    with pytest.raises(NotFound, match="hologram"):
        turn(sqlite, "hologram")
    with pytest.raises(InvalidPayload, match="StatusChanged is no message"):
        turn(sqlite, "message")
    assert handler_of("message") is message_received
    turn(sqlite, "status")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (STATUS, None),
        (replace(BLANK, text="Hours", selection=Selection("hours", "Hours")), NOTHING),
        (BLANK, NOTHING),
    ],
)
def test_only_words_are_matched(event: Event, expected: object) -> None:
    understood = understand(event, care.CONFIG)
    assert (understood and understood.match) == expected


@pytest.fixture
def contact_id(database: Database) -> int:
    with database.begin() as session:
        contact = Contact(name="", profile_name="", attributes={}, created_at=clock.now())
        session.add(contact)
        session.flush()
        return contact.id


def fire(database: Database, kind: str, contact_id: int, age: timedelta = timedelta(0)) -> tuple[str, str]:
    """A timer about no message, fired; its state and outcome."""
    with clock.frozen(clock.now() - age):
        row = timers.row_of(TimerKind.LADDER_STEP, contact_id, clock.now(), data={"after_seconds": 30, "rung": 0})
    with database.begin() as session:
        made = session.execute(insert(metadata.tables[Timer.__tablename__]), row | {"kind": kind}).inserted_primary_key
        assert made is not None
        timer = timers.claim(session, made[0])
        assert timer is not None
        timer_fired(Firing(session, timer, care.CONFIG))
    (kept,) = care.rows(database, Timer)
    return kept.state, kept.outcome


@pytest.mark.parametrize(
    ("kind", "settled"),
    [("ladder_step", ("dropped", "too late")), ("parked_late", ("fired", "")), ("parked_expiry", ("fired", ""))],
)
def test_a_timer_about_nothing_does_nothing(
    database: Database, contact_id: int, kind: str, settled: tuple[str, str]
) -> None:
    assert fire(database, kind, contact_id) == settled


def test_timers_that_nobody_knows_are_refused(sqlite: Database) -> None:
    with sqlite.begin() as session:
        session.add(Contact(id=1, name="", profile_name="", attributes={}, created_at=clock.now()))
    with pytest.raises(NotFound, match="hologram"):
        fire(sqlite, "hologram", 1)
