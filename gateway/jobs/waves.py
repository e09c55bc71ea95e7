"""Which events may share a transaction: one of each lane at a time, so that every lane keeps its order. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Protocol, TypeVar


class Pending(Protocol):
    @property
    def lane(self) -> str: ...
    @property
    def kind(self) -> str: ...


Row = TypeVar("Row", bound=Pending)


def waves(events: Sequence[Row]) -> Iterator[list[Row]]:
    """The first event of each lane, then the second of each …; messages apart from the rest.

    A message locks its contact and writes a lot; news of deliveries are short. Apart, the latter wait for no contact.
    """
    lanes: dict[str, list[Row]] = defaultdict(list)
    for event in events:
        lanes[event.lane].append(event)
    for row in zip_longest(*lanes.values()):
        wave = sorted((event for event in row if event is not None), key=_number)
        yield from filter(None, ([e for e in wave if e.kind == "message"], [e for e in wave if e.kind != "message"]))


def _number(event: Pending) -> str:
    """By this every drainer orders: two whose contacts have several lanes would else wait for each other in a ring."""
    return event.lane.partition(":")[2]
