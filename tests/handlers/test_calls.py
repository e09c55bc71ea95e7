"""Calls become rows once, whatever order their events come in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gateway.config.running import RunningConfig
from gateway.core.business import Business, Channel, Queue
from gateway.core.errors import InvalidPayload
from gateway.core.events import CallReceived, CallStatusChanged, Received, SeenAddress
from gateway.core.words import AddressKind, ChannelType
from gateway.models.call import Call
from gateway.models.contact import Address
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from handlers.dispatch import handler_of
from handlers.turn import Turn

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PHONE = SeenAddress(AddressKind.PHONE, "+923001234567")
CALL = CallReceived("AC1", "CA1", "+14155238886", PHONE, PHONE.value, {"FromCountry": "PK"})
WITHHELD = CallReceived("AC1", "CA1", "+14155238886", None, "ANONYMOUS")
Happened = CallReceived | CallStatusChanged
VOICE = Channel("voice", "twilio", ChannelType.VOICE, "+14155238886")


def happen(database: Database, *events: Happened, channels: tuple[Channel, ...] = (VOICE,)) -> None:
    """Each event a second after the one before."""
    business = Business("Shop", "Asia/Karachi", ("en",), "en", channels, (Queue("care", "Care"),))
    config: Any = RunningConfig.__new__(RunningConfig)
    object.__setattr__(config, "business", business)
    for number, event in enumerate(events):
        kind = "call" if isinstance(event, CallReceived) else "call_status"
        with database.begin() as session:
            received = Received(number + 1, START + timedelta(seconds=number), event)
            handler_of(kind)(Turn(session, received, config))


def status(word: str, seconds: int | None = None) -> CallStatusChanged:
    return CallStatusChanged("AC1", "CA1", word, seconds)


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ((CALL,), ("in-progress", None, None)),
        ((CALL, CALL), ("in-progress", None, None)),
        ((CALL, status("completed", 12)), ("completed", 1, 12)),
        ((CALL, status("completed", 12), status("in-progress")), ("completed", 1, 12)),
        ((CALL, status("no-answer"), status("completed", 12)), ("no-answer", 1, 12)),
        ((status("completed", 12), CALL), ("completed", 0, 12)),
    ],
)
def test_forward_only(database: Database, events: tuple[Any, ...], told: tuple[str, int | None, int | None]) -> None:
    happen(database, *events)
    with database.read() as session:
        call = session.scalars(select(Call)).one()
        ended = call.ended_at and int((call.ended_at - START).total_seconds())
        assert (call.status, ended, call.duration_seconds) == told
        assert (call.direction, call.channel_id, call.address) == ("inbound", "voice", PHONE.value)
        assert call.data == {"FromCountry": "PK"}
        assert call.contact_id == session.scalars(select(Address.contact_id)).one()


def test_a_withheld_number_has_no_contact(database: Database) -> None:
    happen(database, WITHHELD)
    with database.read() as session:
        call = session.scalars(select(Call)).one()
        assert (call.contact_id, call.address) == (None, "")


def test_a_number_that_no_channel_names_is_kept_all_the_same(database: Database) -> None:
    happen(database, CALL, channels=())
    with database.read() as session:
        assert session.scalars(select(Call.channel_id)).one() == ""


def test_the_log_tells_of_arrival_and_end_once(database: Database) -> None:
    happen(database, CALL, status("ringing"), status("completed", 12), status("completed", 12))
    with database.read() as session:
        kinds = session.scalars(select(LogEntry.kind).order_by(LogEntry.id)).all()
    assert [kind for kind in kinds if kind.startswith("call_")] == ["call_received", "call_ended"]


@pytest.mark.parametrize("kind", ["call", "call_status"])
def test_an_event_of_another_kind_is_refused(sqlite: Database, kind: str) -> None:
    other: Any = Received(1, START, status("ringing") if kind == "call" else CALL)
    with sqlite.begin() as session, pytest.raises(InvalidPayload):
        handler_of(kind)(Turn(session, other, None))  # type: ignore[arg-type]
