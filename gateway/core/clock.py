"""The one source of time: every module asks here, so that a test can set the clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The current moment, always aware and in UTC."""
    return _source()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at ``at`` for the length of the block (tests and rehearsals only).

    Raises:
        ValueError: ``at`` has no time zone.
    """
    global _source
    if at.tzinfo is None:
        raise ValueError("a frozen clock needs an aware datetime")
    before, _source = _source, lambda: at
    try:
        yield
    finally:
        _source = before
