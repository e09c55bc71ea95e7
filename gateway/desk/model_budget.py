"""The budget of a language model: a day's requests and tokens, counted in one row that every host adds to.

A request is counted before it is made, by a statement that holds its own condition, so no host goes beyond the number
of requests; tokens are known afterwards, so each host may go beyond them by the request it is making.
"""

from datetime import date

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.language_model import LanguageModel
from gateway.desk import dialect
from gateway.models.model_day import ModelDay
from gateway.models.tables import metadata

days = metadata.tables[ModelDay.__tablename__]
BEGIN = dialect.both(days, lambda statement: statement.on_conflict_do_nothing())
TODAY = days.c.day == bindparam("today")
TAKE = (
    update(days)
    .where(TODAY, days.c.requests < bindparam("most_requests"), days.c.tokens < bindparam("most_tokens"))
    .values(requests=days.c.requests + 1)
    .returning(days.c.requests)
)
SPEND = update(days).where(TODAY).values(tokens=days.c.tokens + bindparam("more"))
GONE = update(days).where(TODAY, days.c.spent_at.is_(None)).values(spent_at=bindparam("now")).returning(days.c.day)


def take(session: Session, today: date, model: LanguageModel) -> bool:
    """Count one request; False: the day's budget is gone."""
    day = today.isoformat()
    session.execute(BEGIN[dialect.name_of(session)], {"day": day, "requests": 0, "tokens": 0})
    most = {"most_requests": model.requests_per_day, "most_tokens": model.tokens_per_day}
    return session.execute(TAKE, {"today": day, **most}).first() is not None


def spend(session: Session, today: date, tokens: int) -> None:
    """Count what a request cost."""
    session.execute(SPEND, {"today": today.isoformat(), "more": tokens})


def is_news(session: Session, today: date) -> bool:
    """Whether nobody said yet that the day's budget is gone; from now on somebody has."""
    return session.execute(GONE, {"today": today.isoformat(), "now": clock.now()}).first() is not None
