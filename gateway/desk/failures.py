"""A delivery has failed for good: the address remembers, and the message goes on where it can, or waits."""

from typing import Protocol

from sqlalchemy.orm import Session

from gateway.core.errors import Action, Verdict
from gateway.desk import dead, ladder, parked


class Failed(Protocol):
    """The delivery concerned."""

    @property
    def message_id(self) -> int: ...
    @property
    def contact_id(self) -> int: ...
    @property
    def channel_type(self) -> str: ...
    @property
    def rung(self) -> int: ...


def remember(session: Session, failed: Failed, code: str, verdict: Verdict) -> None:
    """Note at the address what the error says about it."""
    if "flag" in verdict.also:
        dead.note(session, failed.message_id, failed.contact_id, failed.channel_type, code)
    if "withheld" in verdict.also:
        dead.note(session, failed.message_id, failed.contact_id, dead.MARKETING, code)


def go_on(session: Session, failed: Failed, code: str, verdict: Verdict) -> bool:
    """Outside the window a person's reply waits for the customer; else the next rung may mend it; False: the end."""
    if verdict.action is Action.TEMPLATE and parked.park_late(session, failed.message_id):
        return True
    return ladder.may_mend(verdict) and ladder.climb(session, failed.message_id, failed.rung, code)
