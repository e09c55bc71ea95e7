"""Which events share a transaction."""

from dataclasses import dataclass

import pytest

from gateway.jobs.waves import waves


@dataclass(frozen=True)
class Event:
    lane: str
    kind: str
    id: int


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ("", []),
        ("sms:1", [[1]]),
        ("sms:1 sms:1 sms:1", [[1], [2], [3]]),
        ("sms:1 sms:2 sms:1 sms:3", [[1, 2, 4], [3]]),
        ("sms:2 wa:1 sms:1 wa:2", [[2, 3, 1, 4]]),
        ("sms:1 sms:2! sms:3 sms:2", [[1, 3], [2], [4]]),
        ("sms:1! sms:2!", [[1, 2]]),
    ],
)
def test_waves(events: str, expected: list[list[int]]) -> None:
    """``!``: news of a delivery, not a message."""
    pending = [
        Event(word.rstrip("!"), "status" if word.endswith("!") else "message", number)
        for number, word in enumerate(events.split(), 1)
    ]
    assert [[event.id for event in wave] for wave in waves(pending)] == expected
