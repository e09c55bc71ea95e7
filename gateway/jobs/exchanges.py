"""One exchange with the provider, in a thread that may wait: a call, or a look at what became of one."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from gateway.channels.base import Adapter
from gateway.core.errors import Action, SendError
from gateway.core.replies import FoundMessage, Sending
from gateway.desk import deliveries, lookups
from gateway.desk.deliveries import Claimed, Outcome
from gateway.desk.lookups import Unsure

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What the provider lists for a delivery of unknown outcome."""

    unsure: Unsure
    account: str
    found: Sequence[FoundMessage]


def call(adapter: Adapter, delivery: Claimed, sending: Sending) -> Outcome:
    """One provider call and how it ended; whatever is not clear is unknown, never a failure."""
    try:
        return Outcome(delivery, adapter.account, adapter.send(sending))
    except SendError as error:
        return Outcome(delivery, adapter.account, error)
    except Exception as error:
        log.error("send_broke", delivery_id=delivery.id, error=repr(error)[:500])
        return Outcome(delivery, adapter.account, SendError("broken", repr(error)[:300], Action.UNKNOWN))


def look(adapter: Adapter, unsure: Unsure) -> Looked | None:
    """Ask the provider what it has; no answer: the next look is a minute away."""
    try:
        return Looked(unsure, adapter.account, adapter.list_messages(unsure.to, unsure.sender))
    except SendError as error:
        log.warning("look_failed", delivery_id=unsure.id, code=error.code)
        return None


def settle(session: Session, ended: Sequence[Outcome | Looked]) -> None:
    """Write down how exchanges ended."""
    deliveries.settle(session, [outcome for outcome in ended if isinstance(outcome, Outcome)])
    for looked in ended:
        if isinstance(looked, Looked):
            lookups.decide(session, looked.unsure, looked.account, looked.found)
