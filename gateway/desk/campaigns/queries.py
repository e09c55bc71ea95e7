"""Campaigns and their rows as pages and programs show them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.core.errors import NotFound
from gateway.desk.campaigns.moves import ENDED, State
from gateway.desk.campaigns.rows import rows
from gateway.desk.queries import Page, Window
from gateway.models.campaign import Campaign, CampaignRow

PAGE = 1_000
FORMULAS = ("=", "+", "-", "@", "\t")
NUMBER = re.compile(r"[+-][\d .,()-]+")


def campaign(session: Session, campaign_id: int) -> Campaign:
    """One campaign.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.get(Campaign, campaign_id, populate_existing=True)
    if found is None:
        raise NotFound(f"no campaign {campaign_id}")
    session.expunge(found)
    return found


def newest(session: Session, most: int) -> Sequence[Campaign]:
    """The last campaigns that were made."""
    found = session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(most)).all()
    session.expunge_all()
    return found


def page(session: Session, window: Window, state: str | None = None) -> Page[Campaign]:
    """Campaigns by id."""
    statement = select(Campaign).where(Campaign.state == state) if state else select(Campaign)
    return _page(session, statement, Campaign.id, window)


def page_of_rows(
    session: Session, campaign_id: int, window: Window, state: str | None = None, reason: str | None = None
) -> Page[CampaignRow]:
    """Rows of one campaign by id, those of a state or refused for a reason."""
    statement = select(CampaignRow).where(CampaignRow.campaign_id == campaign_id)
    if state:
        statement = statement.where(CampaignRow.state == state)
    if reason:
        statement = statement.where(CampaignRow.reason == reason)
    return _page(session, statement, CampaignRow.id, window)


def share(session: Session, found: Campaign) -> float:
    """How far it is, 0 to 1: of checking its rows, then of sending those that may go."""
    if found.state in ENDED:
        return 1.0
    if found.state == State.PREPARING:
        return found.prepared / found.total if found.total else 0.0
    counted = select(rows.c.state, func.count()).where(rows.c.campaign_id == found.id).group_by(rows.c.state)
    numbers = {state: number for state, number in session.execute(counted)}
    going = numbers.get("ready", 0) + numbers.get("released", 0)
    return numbers.get("released", 0) / going if going else 1.0


def refused(session: Session, campaign_id: int) -> Iterator[list[str]]:
    """The refused rows as lines of a CSV: where, why, and what was given, so that they can be put right."""
    names = _variables(session, campaign_id)
    yield ["line", "reason", "detail", "address", "language", *names]
    for row in _refused(session, campaign_id):
        values = row.given.get("variables", {})
        given = [row.given.get("address", ""), row.given.get("language", "")]
        yield [_safe(cell) for cell in (str(row.number), row.reason, row.detail, *given, *map(values.get, names))]


def _safe(cell: str | None) -> str:
    """A spreadsheet takes what begins so for a formula; a number with its sign does no harm."""
    text = cell or ""
    return f"'{text}" if text.startswith(FORMULAS) and not NUMBER.fullmatch(text) else text


def _variables(session: Session, campaign_id: int) -> list[str]:
    first = select(rows.c.given).where(rows.c.campaign_id == campaign_id, rows.c.state == "refused").limit(PAGE)
    found = (given.get("variables", {}) for given in session.scalars(first))
    return sorted({name for variables in found for name in variables})


def _refused(session: Session, campaign_id: int) -> Iterator[Any]:
    after = 0
    while True:
        chosen = (
            select(rows)
            .where(rows.c.campaign_id == campaign_id, rows.c.state == "refused", rows.c.number > after)
            .order_by(rows.c.number)
            .limit(PAGE)
        )
        found = session.execute(chosen).all()
        yield from found
        if len(found) < PAGE:
            return
        after = found[-1].number


def _page(session: Session, statement: Any, key: Any, window: Window) -> Page[Any]:
    if window.after is not None:
        statement = statement.where(key < window.after if window.newest_first else key > window.after)
    ordered = statement.order_by(key.desc() if window.newest_first else key).limit(window.limit + 1)
    found = session.scalars(ordered).all()
    session.expunge_all()
    return Page(found[: window.limit], len(found) > window.limit)
