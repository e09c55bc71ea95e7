"""After a handoff the bot says nothing, whatever it had ready."""

from gateway.models.database import Database
from tests.outbound.builders import agent
from tests.outbound.silence import race

ROUNDS = 40
"""The thousand of docs/benchmarks.md take a minute: ``make bench ONLY=people``."""


def test_the_bot_never_speaks_after_a_handoff(database: Database) -> None:
    with database.begin() as session:
        asma = agent(session)
    found = race(database, asma, ROUNDS)
    assert found["spoke"] == 0
    assert found.total() == ROUNDS
