"""Who is next, and who should have them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automation.routing import Agent, Waiting, choose, in_order, score

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def waiting(number: int = 1, minutes: float = 0.0, due_in: float | None = None, **more: Any) -> Waiting:
    due_at = None if due_in is None else NOW + timedelta(minutes=due_in)
    return Waiting(number, NOW - timedelta(minutes=minutes), due_at=due_at, **more)


def agent(number: int, load: int = 0, capacity: int = 5, given: float | None = None, **more: Any) -> Agent:
    assigned_at = None if given is None else NOW - timedelta(minutes=given)
    return Agent(number, load, capacity, assigned_at=assigned_at, **more)


@pytest.mark.parametrize(
    ("who", "parts", "total"),
    [
        (waiting(), {}, 0),
        (waiting(minutes=7.5), {"waiting": 7.5}, 7.5),
        (waiting(minutes=-3), {}, 0),
        (waiting(minutes=60 * 24 * 9), {"waiting": 1440}, 1440),
        (waiting(priority="urgent", mood="angry"), {"priority": 60, "mood": 15}, 75),
        (waiting(priority="low"), {"priority": -10}, -10),
        (waiting(mood="distressed"), {"mood": 600}, 600),
        (waiting(due_in=11), {}, 0),
        (waiting(due_in=5), {"sla": 20}, 20),
        (waiting(due_in=0), {"sla": 40}, 40),
        (waiting(due_in=-60), {"sla": 40}, 40),
        (waiting(tier_points=20), {"tier": 20}, 20),
        (waiting(priority="unheard_of", mood="unheard_of"), {}, 0),
    ],
)
def test_points(who: Waiting, parts: dict[str, float], total: float) -> None:
    found = score(who, NOW)
    assert {name: getattr(found, name) for name in found.__slots__ if getattr(found, name)} == parts
    assert found.total == total


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ([waiting(1, 1), waiting(2, 5)], [2, 1]),
        ([waiting(1, 5), waiting(2, 1, mood="angry")], [2, 1]),
        ([waiting(1, 70), waiting(2, 1, priority="urgent")], [1, 2]),
        ([waiting(1, 500), waiting(2, 0, mood="distressed")], [2, 1]),
        ([waiting(1, 8), waiting(2, 6, due_in=1)], [2, 1]),
        ([waiting(1, 4), waiting(2, 1, tier_points=20)], [2, 1]),
        ([waiting(3, 4), waiting(2, 4)], [2, 3]),
        ([], []),
    ],
)
def test_who_is_next(line: list[Waiting], order: list[int]) -> None:
    assert [one.conversation_id for one in in_order(line, NOW)] == order


@pytest.mark.parametrize(
    ("agents", "who", "chosen"),
    [
        ([], waiting(), None),
        ([agent(1, load=5)], waiting(), None),
        ([agent(1, load=3), agent(2, load=2)], waiting(), 2),
        ([agent(1, load=2, capacity=10), agent(2, load=1, capacity=2)], waiting(), 1),
        ([agent(1, given=1), agent(2, given=9)], waiting(), 2),
        ([agent(1, given=9), agent(2)], waiting(), 2),
        ([agent(2), agent(1)], waiting(), 1),
        ([agent(1, skills=["billing"])], waiting(), None),
        ([agent(1, skills=["billing", "orders"])], waiting(), 1),
        ([agent(1, load=4), agent(2, skills=["billing"])], waiting(), 1),
        ([agent(1, load=4, languages=["ur"]), agent(2, languages=["en"])], waiting(language="ur-Latn"), 1),
        ([agent(1, languages=["en"])], waiting(language="ur", minutes=1.9), None),
        ([agent(1, languages=["en"])], waiting(language="ur", minutes=2), 1),
        ([agent(1, load=4, languages=["ur"]), agent(2, languages=["en"])], waiting(language="ur", minutes=9), 1),
        ([agent(1, languages=["en"])], waiting(language=None), 1),
    ],
)
def test_who_should_have_it(agents: list[Agent], who: Waiting, chosen: int | None) -> None:
    found = choose(agents, who, ["orders"], NOW)
    assert (found and found.id) == chosen


def test_a_queue_without_skills_takes_anybody() -> None:
    found = choose([agent(1, skills=["billing"])], waiting(), [], NOW)
    assert found is not None
