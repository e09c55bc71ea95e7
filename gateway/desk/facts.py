"""What ``explain`` looks at, read from the database: for one contact or for two thousand, one statement a table."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from gateway.core.business import Business
from gateway.core.sending_rules import SendingRules
from gateway.core.templates import Templates
from gateway.core.words import Status
from gateway.desk import templates as approved_templates
from gateway.desk.intended import AddressFacts, Facts, QuietHours, Rules, SenderFacts
from gateway.models.contact import Address, Consent, Contact, OptOut, SessionWindow
from gateway.models.message import Message
from gateway.models.tables import metadata

MOST = 2000
WITHHELD = "marketing"
"""The key under ``addresses.dead`` that says marketing was held back; no type of channel is called so."""
WITHHELD_FOR = timedelta(hours=24)

contacts, addresses, windows, opt_outs, consents, messages = (
    metadata.tables[model.__tablename__] for model in (Contact, Address, SessionWindow, OptOut, Consent, Message)
)
THESE: Any = bindparam("contacts", expanding=True)
PEOPLE = select(contacts.c.id, contacts.c.language, contacts.c.timezone).where(contacts.c.id.in_(THESE))
PLACES = (
    select(*(addresses.c[name] for name in ("id", "contact_id", "kind", "value", "dead")))
    .add_columns(addresses.c.last_channel_id, addresses.c.last_inbound_at)
    .where(addresses.c.contact_id.in_(THESE))
    .order_by(addresses.c.last_inbound_at.is_(None), addresses.c.last_inbound_at.desc(), addresses.c.id)
)
OPEN = select(windows).join(addresses, addresses.c.id == windows.c.address_id).where(addresses.c.contact_id.in_(THESE))
OUT = (
    select(opt_outs.c.address_id, opt_outs.c.channel_id)
    .join(addresses, addresses.c.id == opt_outs.c.address_id)
    .where(addresses.c.contact_id.in_(THESE), opt_outs.c.lifted_at.is_(None))
)
AGREED = (
    select(consents.c.address_id, consents.c.channel_id, consents.c.wish)
    .where(consents.c.contact_id.in_(THESE))
    .order_by(consents.c.id)
)
BEGUN_TODAY = (
    select(func.count())
    .select_from(messages)
    .where(messages.c.channel_id == bindparam("channel"), messages.c.created_at >= bindparam("since"))
    .where(text("purpose <> 'reply'"), messages.c.status.not_in((Status.CANCELED, Status.EXPIRED)))
)


class Config(Protocol):
    """The running config, as far as sending goes."""

    @property
    def business(self) -> Business: ...
    @property
    def sending(self) -> SendingRules: ...
    @property
    def templates(self) -> Templates: ...
    @property
    def quiet(self) -> QuietHours | None: ...


def gather(session: Session, contact_ids: Sequence[int]) -> dict[int, Facts]:
    """Five statements for any number up to ``MOST``; contacts that do not exist are left out.

    Raises:
        ValueError: more than ``MOST`` at once.
    """
    if len(contact_ids) > MOST:
        raise ValueError(f"{len(contact_ids)} contacts at once, at most {MOST}")
    if not contact_ids:
        return {}
    these = {"contacts": list(contact_ids)}
    people = session.execute(PEOPLE, these).all()
    places = _grouped(session.execute(PLACES, these).all(), "contact_id")
    shelf = _Shelf(session, these)
    return {row.id: _facts(row, places.get(row.id, ()), shelf) for row in people}


def rules(session: Session, config: Config, now: datetime, names: Collection[str] = ()) -> Rules:
    """What holds for all contacts; ``names`` are the templates that may be wanted."""
    wanted = {*names, config.sending.reply_waiting_template}
    return Rules(
        business=config.business,
        sending=config.sending,
        templates=config.templates,
        approved=approved_templates.approved(session, wanted),
        quiet=config.quiet,
        senders=_senders(session, config.business, now),
    )


class _Shelf:
    """What is known of addresses, by their id."""

    def __init__(self, session: Session, these: Mapping[str, Any]) -> None:
        self.windows: dict[int, dict[str, datetime]] = {}
        self.opted_out: dict[int, set[str]] = {}
        self.opted_in: dict[int, set[str]] = {}
        for row in session.execute(OPEN, these):
            self.windows.setdefault(row.address_id, {})[row.channel_id] = row.last_inbound_at
        for row in session.execute(OUT, these):
            self.opted_out.setdefault(row.address_id, set()).add(row.channel_id)
        for row in session.execute(AGREED, these):  # the newest word counts
            agreed = self.opted_in.setdefault(row.address_id, set())
            (agreed.add if row.wish == "opt_in" else agreed.discard)(row.channel_id)


def _facts(person: Any, places: Sequence[Any], shelf: _Shelf) -> Facts:
    return Facts(
        contact_id=person.id,
        language=person.language,
        timezone=person.timezone,
        last_channel_id=next((place.last_channel_id for place in places if place.last_channel_id), None),
        addresses=tuple(_address(place, shelf) for place in places),
        withheld_until=max((at for place in places if (at := _withheld_until(place.dead))), default=None),
    )


def _address(place: Any, shelf: _Shelf) -> AddressFacts:
    return AddressFacts(
        id=place.id,
        kind=place.kind,
        value=place.value,
        windows=shelf.windows.get(place.id, {}),
        opted_out=frozenset(shelf.opted_out.get(place.id, ())),
        opted_in=frozenset(shelf.opted_in.get(place.id, ())),
        dead={channel: found.get("code", "") for channel, found in place.dead.items() if channel != WITHHELD},
    )


def _withheld_until(dead: Mapping[str, Any]) -> datetime | None:
    noted = dead.get(WITHHELD)
    return datetime.fromisoformat(noted["at"]) + WITHHELD_FOR if noted else None


def _senders(session: Session, business: Business, now: datetime) -> dict[str, SenderFacts]:
    """Only channels with a limit are counted."""
    limited = [channel for channel in business.channels if channel.daily_limit is not None]
    if not limited:
        return {}
    midnight = now.astimezone(ZoneInfo(business.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = (midnight + timedelta(days=1)).astimezone(now.tzinfo)
    since = midnight.astimezone(now.tzinfo)
    return {
        channel.id: SenderFacts(begun(session, channel.id, since), channel.daily_limit, tomorrow) for channel in limited
    }


def begun(session: Session, channel_id: str, since: datetime) -> int:
    """Messages that we began on a channel since then."""
    found: int = session.execute(BEGUN_TODAY, {"since": since, "channel": channel_id}).scalar_one()
    return found


def _grouped(rows: Sequence[Any], name: str) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, name), []).append(row)
    return groups
