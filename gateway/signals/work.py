"""A unit of work: one transaction, and after its commit the wakes that were noted in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from gateway.models.database import Database
from gateway.models.wakes import wakes_of
from gateway.signals.wakes import Waker


@contextmanager
def unit_of_work(database: Database, waker: Waker) -> Iterator[Session]:
    """Commit what the block wrote, then wake; an error rolls back and wakes nothing."""
    with database.begin() as session:
        yield session
    waker.ring(wakes_of(session))
