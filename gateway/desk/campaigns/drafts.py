"""New campaigns and the rows of their lists: written in parts, so that a list may be long and its upload may break."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.business import Business, Channel
from gateway.core.errors import Conflict, InvalidPayload, NotFound
from gateway.core.words import Author, ChannelType, Purpose
from gateway.desk import bulk, dialect, log
from gateway.desk.campaigns.audience import Member
from gateway.desk.campaigns.claims import Claimed
from gateway.desk.campaigns.lists import MAX_ROWS, ListRow
from gateway.desk.campaigns.moves import State
from gateway.models.campaign import Campaign, CampaignRow
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

campaigns, rows = metadata.tables[Campaign.__tablename__], metadata.tables[CampaignRow.__tablename__]

ROWS_AT_ONCE = 5_000
MAX_VARIABLES = 100
INSERT = dialect.both(campaigns, lambda made: made.on_conflict_do_nothing().returning(campaigns.c.id))
BY_KEY = select(campaigns.c.id, campaigns.c.template, campaigns.c.channel_id).where(
    campaigns.c.client_key == bindparam("key")
)
LOCKED = select(campaigns.c.state, campaigns.c.source, campaigns.c.total).where(campaigns.c.id == bindparam("campaign"))


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for a whole campaign; kept as JSON."""

    purpose: str = ""
    """``notice`` or ``marketing``; empty: by the template's category."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """For rows that do not bring their own."""
    urgent: bool = False
    """Quiet hours do not hold (notices only)."""
    ladder: bool = True
    """A notice that fails on its channel may go by the next."""
    rate_per_second: float | None = None
    """Below the sender's."""
    daily_limit: int | None = None
    """Messages of this campaign a day."""


def options_of(kept: Mapping[str, Any]) -> Options:
    """The options as a row keeps them."""
    return Options(**kept)


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign as somebody wants it."""

    name: str
    template: str
    channel_id: str
    options: Options = field(default_factory=Options)
    source: Mapping[str, Any] = field(default_factory=dict)
    """``{"csv": file name}``, ``{"segment": {…}}`` or ``{"rows": "api"}``."""
    client_key: str | None = None
    starts_at: datetime | None = None
    """Begin by itself then, once its rows are checked; None: wait for somebody to start it."""


def create(session: Session, draft: Draft, business: Business, *, created_by: int | None = None) -> tuple[int, bool]:
    """The campaign's id, and whether it is new: the same ``client_key`` twice is one campaign.

    Raises:
        InvalidPayload: a channel or options that it cannot have.
        Conflict: ``client_key`` names another campaign.
    """
    _check(draft, business)
    row = {
        **{name: getattr(draft, name) for name in ("name", "template", "channel_id", "client_key", "starts_at")},
        "options": asdict(draft.options),
        "source": {**draft.source, "complete": False},
        "state": State.PREPARING.value,
        "created_by": created_by,
        "created_at": clock.now(),
        **{"state_reason": "", "total": 0, "prepared": 0},
    }
    made: int | None = session.execute(INSERT[dialect.name_of(session)], row).scalar()
    if made is None:
        return _made_before(session, draft), False
    actor = Author.AGENT if created_by else Author.SYSTEM
    log.write(session, "campaign_created", actor=actor, actor_id=created_by, data={"campaign_id": made})
    return made, True


def add(session: Session, campaign_id: int, more: Sequence[ListRow]) -> int:
    """Append up to 5,000 rows of a list; a line that is there already is left alone. Returns how many were new.

    Raises:
        NotFound: no such campaign.
        Conflict: its list is complete.
        InvalidPayload: it would have more than a million rows.
    """
    held = _open(session, campaign_id)
    if held.total + len(more) > MAX_ROWS:
        raise InvalidPayload(f"a campaign has {MAX_ROWS:,} rows at most")
    new = bulk.add(session, rows, [_row(campaign_id, row) for row in more], keep=True)
    refused = sum(bool(row.reason) for row in more)
    session.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id)
        .values(total=campaigns.c.total + new, prepared=campaigns.c.prepared + min(refused, new))
    )
    return new


def append(session: Session, campaign_id: int, more: Sequence[ListRow]) -> int:
    """Append rows that have no lines of their own: they are numbered on; ``add`` tells what it may raise."""
    held = _open(session, campaign_id)
    return add(session, campaign_id, [replace(row, number=held.total + at) for at, row in enumerate(more, 1)])


def must_be_open(session: Session, campaign_id: int) -> None:
    """Its list may still be handed in.

    Raises:
        NotFound: no such campaign.
        Conflict: its list is complete.
    """
    _open(session, campaign_id)


def add_members(
    session: Session, claimed: Claimed, members: Sequence[Member], names: Sequence[str], *, last: bool
) -> None:
    """Append contacts of a segment, with values for the template's variables; ``last``: that was all of it."""
    if claimed.total + len(members) > MAX_ROWS:
        members, last = members[: MAX_ROWS - claimed.total], True
    source = {**claimed.source, "complete": last} | ({"last_id": members[-1].id} if members else {})
    if members:
        made = [_member(claimed.id, claimed.total + at, member, names) for at, member in enumerate(members, 1)]
        bulk.add(session, rows, made, keep=True)
    total = claimed.total + len(members)
    session.execute(update(campaigns).where(campaigns.c.id == claimed.id).values(source=source, total=total))


def complete(session: Session, campaign_id: int) -> None:
    """Say that the list has no more rows: once they are checked the campaign is ready.

    Raises:
        NotFound: no such campaign.
        Conflict: its list is complete already.
    """
    source = {**_open(session, campaign_id).source, "complete": True}
    session.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(source=source))
    wakes_of(session).campaigns = True


def _check(draft: Draft, business: Business) -> None:
    channel = business.channel(draft.channel_id)
    if channel is None or channel.type is ChannelType.VOICE:
        raise InvalidPayload(f"no channel {draft.channel_id!r} to write with")
    options = draft.options
    checks = (
        (not 0 < len(draft.name.strip()) <= 120, "a campaign has a name of up to 120 characters"),
        ("\0" in "".join((draft.name, *options.variables, *options.variables.values())), "no text can hold NUL"),
        (options.purpose not in ("", Purpose.NOTICE, Purpose.MARKETING), "a campaign is a notice or marketing"),
        (options.urgent and options.purpose == Purpose.MARKETING, "marketing is never urgent"),
        (len(options.variables) > MAX_VARIABLES, f"{MAX_VARIABLES} shared variables at most"),
        (options.rate_per_second is not None and options.rate_per_second <= 0, "a rate is above 0"),
        (options.daily_limit is not None and options.daily_limit < 1, "a daily limit is at least 1"),
        (_too_fast(options, channel), f"{channel.id} sends {channel.rate_per_second:g} a second at most"),
    )
    for wrong, why in checks:
        if wrong:
            raise InvalidPayload(why)


def _too_fast(options: Options, channel: Channel) -> bool:
    return options.rate_per_second is not None and options.rate_per_second > channel.rate_per_second


def _made_before(session: Session, draft: Draft) -> int:
    known = session.execute(BY_KEY, {"key": draft.client_key}).one()
    if (known.template, known.channel_id) != (draft.template, draft.channel_id):
        raise Conflict("this client_key was used for another campaign")
    found: int = known.id
    return found


def _open(session: Session, campaign_id: int) -> Any:
    """The campaign, locked while rows are added to it."""
    held = session.execute(LOCKED.with_for_update(), {"campaign": campaign_id}).first()
    if held is None:
        raise NotFound(f"no campaign {campaign_id}")
    if held.state != State.PREPARING or held.source["complete"]:
        raise Conflict(f"the list of campaign {campaign_id} is complete")
    return held


def _row(campaign_id: int, row: ListRow) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "contact_id": None,
        "number": row.number,
        "given": row.given,
        "plan": {},
        "state": "refused" if row.reason else "given",
        "reason": row.reason,
        "detail": row.detail[:200],
    }


def _member(campaign_id: int, number: int, member: Member, names: Sequence[str]) -> dict[str, Any]:
    given = {"variables": member.variables(names)}
    return _row(campaign_id, ListRow(number)) | {"given": given, "contact_id": member.id}
