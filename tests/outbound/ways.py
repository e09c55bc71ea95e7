"""A desk that knows windows, templates, ladders and timers: what tests of sending by the rules begin with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from gateway.channels.twilio.errors import verdict_on
from gateway.core import clock
from gateway.core.events import Received, StatusChanged
from gateway.core.words import Purpose
from gateway.desk import facts, replies, sends
from gateway.desk.explain import explain
from gateway.desk.intended import Explanation, Intended
from gateway.desk.replies import Written
from gateway.desk.sends import Outgoing
from gateway.jobs.fire_timers import fire_due
from gateway.models.contact import Address, SessionWindow
from gateway.models.message import Delivery
from gateway.models.timer import Timer
from handlers.dispatch import handler_of
from handlers.turn import Turn
from tests.outbound.builders import BUSINESS, approve, open_conversation
from tests.outbound.conftest import Desk
from tests.outbound.sink import ACCOUNT


@dataclass
class Ways:
    """What happens between us and one customer, over time."""

    desk: Desk
    conversation_id: int = 0
    contact_id: int = 0

    def begin(self, heard_hours_ago: float | None = None) -> None:
        """The customer has an open conversation on WhatsApp, and wrote there so long ago; None: never."""
        with self.desk.runtime.work() as session:
            approve(session)
            conversation = open_conversation(session)
            self.conversation_id, self.contact_id = conversation.id, conversation.contact_id
            if heard_hours_ago is not None:
                at = clock.now() - timedelta(hours=heard_hours_ago)
                session.add(SessionWindow(address_id=conversation.address_id, channel_id="wa", last_inbound_at=at))

    def reply(self, text: str, **more: Any) -> int:
        with self.desk.runtime.work() as session:
            conversation = open_conversation(session)
            return replies.reply(session, conversation, Written(text, **more), self.desk.runtime.config())

    def explain(self, intended: Intended) -> Explanation:
        with self.desk.runtime.database.read() as session:
            rules = facts.rules(session, self.desk.runtime.config(), clock.now(), ["order"])
            return explain(intended, facts.gather(session, [self.contact_id])[self.contact_id], rules, clock.now())

    def notify(self) -> int:
        """A notice by template; WhatsApp, then SMS after 30 s."""
        found = self.explain(Intended(Purpose.NOTICE, template="order", variables={"order": "77"}))
        with self.desk.runtime.work() as session:
            return sends.send(session, Outgoing(self.contact_id, found), BUSINESS)

    def told(self, status: str, code: str | None = None, at: int = -1) -> None:
        """The provider tells of our delivery number ``at``."""
        delivery = self.desk.deliveries()[at]
        verdict = verdict_on(code) if code else None
        provider_id = delivery.provider_id or f"SM{at}"
        change = StatusChanged(ACCOUNT, provider_id, status, delivery.token, code, verdict=verdict)
        with self.desk.runtime.work() as session:
            handler_of("status")(Turn(session, Received(1, clock.now(), change), self.desk.runtime.config()))

    def later(self, seconds: float) -> int:
        """Let so much time pass for what waits; fires what is due."""
        back = timedelta(seconds=seconds)
        with self.desk.runtime.database.begin() as session:
            for table, column in ((Timer, "due_at"), (Delivery, "accepted_at"), (Delivery, "due_at")):
                for row in session.scalars(select(table)):
                    at: datetime | None = getattr(row, column)
                    session.execute(update(table).where(table.id == row.id).values({column: at and at - back}))
        return fire_due(self.desk.runtime)

    def timers(self) -> list[tuple[str, str]]:
        with self.desk.runtime.database.read() as session:
            return [(row.kind, row.state) for row in session.scalars(select(Timer).order_by(Timer.id))]

    def dead(self) -> dict[str, str]:
        with self.desk.runtime.database.read() as session:
            return {kind: found["code"] for kind, found in session.scalars(select(Address.dead)).one().items()}

    def ways(self) -> list[tuple[str, str]]:
        """Channel and state of each delivery."""
        return [(row.channel_id, row.state) for row in self.desk.deliveries()]
