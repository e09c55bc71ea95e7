"""What the inbox shows: its views, their rows page by page, and how many stand in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from gateway.console import formats
from gateway.core.errors import InvalidPayload, NotFound
from gateway.core.words import ConversationState, Owner
from gateway.desk import filters, saved_views
from gateway.desk.filters import Filters
from gateway.desk.saved_views import Saved
from gateway.desk.users import Account
from gateway.models.base import BigId, UtcDateTime
from gateway.models.contact import Address, Contact
from gateway.models.conversation import Conversation
from gateway.models.user import User

PAGE = 50
COUNTED = 1000
"""Rows of a narrowed view that are counted; from here on it says "999+"."""
SAVED = "saved-"
OTHER_NAMES = {"unassigned": "waiting"}


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at the conversations. ``empty`` is said when there are none."""

    id: str
    title: str
    empty: str
    oldest_first: bool = False
    base: str = ""
    """Of a narrowed view: which one it narrows."""
    filters: Filters = Filters()  # noqa: RUF009 - frozen

    @property
    def whole(self) -> str:
        """The view without its filters."""
        return self.base or self.id

    @property
    def saved_id(self) -> int | None:
        """Its number, if somebody saved it."""
        return int(self.id.removeprefix(SAVED)) if self.id.startswith(SAVED) else None

    @property
    def args(self) -> dict[str, Any]:
        """What an address says of it."""
        return {"view": self.id} | ({} if self.saved_id else self.filters.kept)


VIEWS = {
    view.id: view
    for view in (
        View("mine", "Mine", "Nothing is yours just now."),
        View("waiting", "Waiting", "Nobody waits.", oldest_first=True),
        View("bot", "Bot", "The bot talks to nobody just now."),
        View("all", "All", "No conversation is open."),
        View("resolved", "Resolved", "Nothing has been resolved yet."),
    )
}


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One conversation in the list."""

    id: int
    name: str
    channel_type: str
    preview: str
    preview_kind: str
    unread_count: int
    state: str
    owner: str
    assignee_id: int | None
    assignee: str | None
    queue: str | None
    language: str | None
    last_message_at: datetime
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[InboxRow]
    next: str | None
    """Where the next page begins; None: this is the last one."""


COLUMNS = (
    Conversation.id, Conversation.channel_type, Conversation.preview, Conversation.preview_kind,
    Conversation.unread_count, Conversation.state, Conversation.owner, Conversation.assignee_id, Conversation.queue,
    Conversation.language, Conversation.last_message_at, Conversation.waiting_since,
    Contact.name, Contact.profile_name, Address.value.label("address"), User.name.label("assignee"),
)  # fmt: skip

ROWS = (
    select(*COLUMNS)
    .join(Contact, Contact.id == Conversation.contact_id)
    .join(Address, Address.id == Conversation.address_id)
    .outerjoin(User, User.id == Conversation.assignee_id)
)


def view_named(name: str) -> View:
    """One of the views that everybody has.

    Raises:
        NotFound: there is none with this id.
    """
    name = OTHER_NAMES.get(name, name)
    if name not in VIEWS:
        raise NotFound(f"There is no view {name!r}.")
    return VIEWS[name]


def views_of(session: Session, who: Account) -> Mapping[str, View]:
    """Everybody's views, then their own, by id."""
    own = (_saved(each) for each in saved_views.of(session, who.id))
    return VIEWS | {view.id: view for view in own}


def narrowed(view: View, wanted: Filters) -> View:
    """The same with filters in place of its own."""
    nothing = "Nothing here fits these filters."
    return replace(VIEWS[view.whole], filters=wanted, empty=nothing) if wanted.kept else VIEWS[view.whole]


def _saved(saved: Saved) -> View:
    base = VIEWS.get(saved.base, VIEWS["all"])
    nothing = "Nothing fits this view just now."
    return View(f"{SAVED}{saved.id}", saved.name, nothing, base.oldest_first, base.id, saved.filters)


def to_do_first(session: Session, who: Account) -> View:
    """Where somebody goes on: with their own conversations, else with who waits, else with whatever is open."""
    standing = counts(session, who)
    return VIEWS[next((name for name in ("mine", "waiting", "all") if standing[name]), "mine")]


def page(session: Session, view: View, who: Account, after: str | None = None) -> Page:
    """Up to 50 rows of a view, those behind ``after`` (a page's ``next``).

    Raises:
        InvalidPayload: ``after`` is no such word.
    """
    query = _from(_in_view(select(Conversation.id), view, who), view, after).limit(PAGE + 1)
    found = session.scalars(query).all()  # alone: people and addresses are joined to these few, not to all in the view
    place = {conversation_id: at for at, conversation_id in enumerate(found)}
    rows = sorted(by_ids(session, found[:PAGE]), key=lambda row: place[row.id])
    return Page(rows, _word(rows[-1], view) if len(found) > PAGE else None)


def some(session: Session, view: View, who: Account, ids: Sequence[int]) -> Sequence[InboxRow]:
    """Those of these conversations that stand in the view."""
    query = _in_view(ROWS, view, who).where(Conversation.id.in_(ids))
    return [row_of(row) for row in session.execute(query)]


def by_ids(session: Session, ids: Sequence[int]) -> Sequence[InboxRow]:
    """These conversations, in whatever view they stand."""
    return [row_of(row) for row in session.execute(ROWS.where(Conversation.id.in_(ids)))]


def count(session: Session, view: View, who: Account) -> int:
    """How many stand in a view; ``COUNTED``: that many or more."""
    some_rows = _in_view(select(Conversation.id), view, who).limit(COUNTED).subquery()
    return session.execute(select(func.count()).select_from(some_rows)).scalar_one()


def all_counts(session: Session, who: Account, views: Mapping[str, View]) -> dict[str, int]:
    """How many stand in every view that is counted, somebody's own ones too."""
    own = {view.id: count(session, view, who) for view in views.values() if view.saved_id}
    return counts(session, who) | own


def counts(session: Session, who: Account) -> dict[str, int]:
    """How many conversations stand in each view of open ones; from indexes alone."""
    is_open = Conversation.state == ConversationState.OPEN
    owners = select(Conversation.owner, func.count()).where(is_open).group_by(Conversation.owner)
    by_owner: dict[str, int] = {owner: number for owner, number in session.execute(owners)}
    mine = select(func.count()).where(Conversation.assignee_id == who.id, is_open)
    return {
        "mine": session.execute(mine).scalar_one(),
        "waiting": by_owner.get(Owner.QUEUE, 0),
        "bot": by_owner.get(Owner.BOT, 0),
        "all": sum(by_owner.values()),
    }


def row_of(row: Row[*tuple[Any, ...]]) -> InboxRow:
    """A row of ``ROWS`` as the page wants it."""
    values = row._asdict()
    name = values.pop("name") or values["profile_name"] or formats.address(values["address"])
    del values["profile_name"], values["address"]
    return InboxRow(name=name, **values)


def _in_view(query: Select[*tuple[Any, ...]], view: View, who: Account) -> Select[*tuple[Any, ...]]:
    query = query.where(*filters.conditions(view.filters, who.id))
    if view.whole == "resolved":
        return query.where(Conversation.state == ConversationState.RESOLVED)
    query = query.where(Conversation.state == ConversationState.OPEN)
    if view.whole == "mine":
        return query.where(Conversation.assignee_id == who.id)
    if view.whole in ("waiting", "bot"):
        return query.where(Conversation.owner == (Owner.QUEUE if view.whole == "waiting" else Owner.BOT))
    return query


def _from(query: Select[*tuple[Any, ...]], view: View, after: str | None) -> Select[*tuple[Any, ...]]:
    at = _moment(view)
    place = tuple_(at, Conversation.id)
    if after:
        mark = tuple_(*_mark(after))
        query = query.where(place > mark if view.oldest_first else place < mark)
    return query.order_by(*((at, Conversation.id) if view.oldest_first else (at.desc(), Conversation.id.desc())))


def _moment(view: View) -> ColumnElement[datetime]:
    if view.oldest_first:
        return func.coalesce(Conversation.waiting_since, Conversation.last_message_at, type_=UtcDateTime())
    return Conversation.last_message_at.expression


def _word(row: InboxRow, view: View) -> str:
    at = (row.waiting_since or row.last_message_at) if view.oldest_first else row.last_message_at
    return f"{at.isoformat()}~{row.id}"


def _mark(word: str) -> tuple[ColumnElement[datetime], ColumnElement[int]]:
    at, _, number = word.partition("~")
    try:
        moment, row_id = datetime.fromisoformat(at), int(number)
    except ValueError as error:
        raise InvalidPayload("This list has changed; please load it again.") from error
    if moment.tzinfo is None or not 0 <= row_id < 2**63:
        raise InvalidPayload("This list has changed; please load it again.")
    return literal(moment, UtcDateTime()), literal(row_id, BigId)
