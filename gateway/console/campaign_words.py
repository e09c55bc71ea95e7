"""Campaigns in the words of their page."""

from gateway.core.words import Refusal
from gateway.desk.campaigns.moves import Move, State
from gateway.models.campaign import Campaign

MOVE_WORDS = {Move.START: "Start sending", Move.PAUSE: "Pause", Move.RESUME: "Go on", Move.CANCEL: "Cancel"}
ROW_WORDS = {
    "given": "not checked yet",
    "ready": "may go",
    "released": "handed to the sender",
    "refused": "refused",
    "canceled": "called off",
}
STATUS_WORDS = {
    "queued": "waiting for the sender",
    "sending": "being handed over",
    "unconfirmed": "outcome being looked up",
    "accepted": "taken by the provider",
    "failed": "failed",
    "undelivered": "not delivered",
}
REASON_WORDS: dict[str, str] = {
    Refusal.BAD_ROW: "not a row of the list",
    Refusal.BAD_ADDRESS: "not a number that can exist",
    Refusal.DUPLICATE: "the same contact twice",
    Refusal.OPTED_OUT: "does not want messages",
    Refusal.NOT_OPTED_IN: "has not agreed to offers",
    Refusal.VARIABLE_MISSING: "a variable is missing",
    Refusal.VARIABLE_INVALID: "a variable that cannot be sent",
    Refusal.TEMPLATE_UNKNOWN: "no such template",
    Refusal.TEMPLATE_NOT_APPROVED: "the template is not approved",
    Refusal.TEMPLATE_NO_SMS: "the template has no words for SMS",
    Refusal.DEAD_ADDRESS: "cannot be reached there",
    Refusal.NO_ADDRESS: "no address for the channel",
    Refusal.WITHHELD: "the channel holds marketing back from them",
    Refusal.WINDOW_CLOSED: "only a template may go",
    Refusal.TOO_LONG: "too long",
}


def progress_words(campaign: Campaign, rows: dict[str, int]) -> str:
    """How far it is, in one line."""
    if campaign.state == State.PREPARING:
        return f"{campaign.prepared:,} of {campaign.total:,} rows checked"
    released, ready = rows.get("released", 0), rows.get("ready", 0)
    if campaign.state == State.READY:
        return f"{ready:,} may go, {rows.get('refused', 0):,} are refused; nothing has been sent"
    return f"{released:,} of {released + ready:,} handed to the sender"
