"""Views of the inbox that people make for themselves: named, in their own order, a few each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Conflict, InvalidPayload, NotFound
from gateway.desk import filters
from gateway.desk.filters import Filters
from gateway.models.saved_view import SavedView
from gateway.models.user import User

MOST = 20
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Saved:
    id: int
    name: str
    base: str
    filters: Filters


def of(session: Session, user_id: int) -> Sequence[Saved]:
    """Somebody's views in their order."""
    rows = session.scalars(_theirs(user_id)).all()
    return [Saved(row.id, row.name, row.base, filters.read(row.filters)) for row in rows]


def save(session: Session, user_id: int, name: str, base: str, wanted: Filters) -> int:
    """Keep a view, as the last one.

    Raises:
        Conflict: there are 20 already.
        InvalidPayload: it has no name, or narrows nothing.
    """
    if not wanted.kept:
        raise InvalidPayload("Choose a filter first.")
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    known = session.scalars(_theirs(user_id)).all()
    if len(known) >= MOST:
        raise Conflict(f"There are {MOST} views already. Delete one first.")
    place = known[-1].place + 1 if known else 1
    made = SavedView(
        user_id=user_id, name=_name(name), base=base, place=place, filters=wanted.kept, created_at=clock.now()
    )
    session.add(made)
    session.flush()
    return made.id


def rename(session: Session, user_id: int, view_id: int, name: str) -> None:
    """Call it otherwise.

    Raises:
        NotFound: no such view of theirs.
        InvalidPayload: no name.
    """
    statement = update(SavedView).where(SavedView.id == view_id, SavedView.user_id == user_id)
    _must_be_theirs(session.execute(statement.values(name=_name(name)).returning(SavedView.id)).first())


def move(session: Session, user_id: int, view_id: int, step: int) -> None:
    """One place towards the beginning (-1) or the end (1); at either end it stays.

    Raises:
        NotFound: no such view of theirs.
    """
    known = list(session.scalars(_theirs(user_id).with_for_update()))
    at = next((place for place, view in enumerate(known) if view.id == view_id), None)
    _must_be_theirs(at)
    known.insert(max(0, (at or 0) + step), known.pop(at or 0))
    for place, view in enumerate(known):
        view.place = place


def drop(session: Session, user_id: int, view_id: int) -> None:
    """Forget it.

    Raises:
        NotFound: no such view of theirs.
    """
    statement = delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == user_id)
    _must_be_theirs(session.execute(statement.returning(SavedView.id)).first())


def _theirs(user_id: int) -> Select[SavedView]:
    return select(SavedView).where(SavedView.user_id == user_id).order_by(SavedView.place, SavedView.id)


def _must_be_theirs(found: object) -> None:
    if found is None:
        raise NotFound("There is no such view.")


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST or "\0" in name:
        raise InvalidPayload(f"Give it a name of at most {LONGEST} characters.")
    return name
