"""Where things are: the business's branches, the places customers name, and what is near. Pure.

A place is found by what customers call it, whole words in any spelling; of two that are far apart, the town counts
before the quarter (there is a Gulberg in every city).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import asin, cos, radians, sin, sqrt
from typing import Any

from rapidfuzz.distance import Levenshtein

from automation.normal import normal, sound
from automation.texts import Texts, Wording

EARTH_KM = 6371.0088
LONGEST_NAME = 4
"""Words of a place's name that are looked for."""
LOOKED_AT = 40
"""Words of a message in which a place is looked for."""
SAME_TOWN_KM = 50.0
SHORT = 3
"""Words of a message that may be nothing but a misspelt name."""
CLOSE, LEAST_LETTERS = 0.84, 5
"""One slip in seven letters; shorter words are alike by chance."""


@dataclass(frozen=True, slots=True)
class Point:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Branch:
    """A shop, an office, a pick-up point. ``hours`` names opening hours; empty: they are not told."""

    id: str
    name: Texts
    address: Texts
    at: Point
    hours: str = ""
    phone: str = ""
    map: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A place by its names (normalised); ``label`` is the first of them as written."""

    label: str
    names: frozenset[str]
    at: Point


@dataclass(frozen=True)
class Places:
    """``towns`` and the ``quarters`` that branches are in; an earlier one goes before a later one of the same name."""

    towns: Sequence[Named] = ()
    quarters: Sequence[Named] = ()

    def find(self, text: str) -> Named | None:
        """The place that is named in ``text``; None: there is none, or nobody here knows it."""
        words = normal(text).split()[:LOOKED_AT]
        town, quarter = _named_in(words, self._towns), _named_in(words, self._quarters)
        if town and quarter:
            return quarter if distance_km(town.at, quarter.at) <= SAME_TOWN_KM else town
        return town or quarter or self._alike(words)

    def _alike(self, words: Sequence[str]) -> Named | None:
        """A short message that all but names a place: by its sound, or with a slip of the finger."""
        said = " ".join(words)
        if len(words) > SHORT or len(said) < LEAST_LETTERS:
            return None
        known = {**self._quarters, **self._towns}
        by_sound = next((place for name, place in known.items() if _sounds(name) == _sounds(said)), None)
        likeness = ((Levenshtein.normalized_similarity(said, name), name) for name in known)
        best, name = max(likeness, default=(0.0, ""))
        return by_sound or (known[name] if best >= CLOSE else None)

    @cached_property
    def _towns(self) -> Mapping[str, Named]:
        return _by_name(self.towns)

    @cached_property
    def _quarters(self) -> Mapping[str, Named]:
        return _by_name(self.quarters)


NO_PLACES = Places()


@dataclass(frozen=True, slots=True)
class Near:
    branch: Branch
    km: float


def nearest(branches: Iterable[Branch], here: Point) -> list[Near]:
    """All branches, the nearest first; of two as near, the one that is listed first."""
    return sorted((Near(branch, distance_km(here, branch.at)) for branch in branches), key=lambda near: near.km)


def distance_km(one: Point, other: Point) -> float:
    """As the crow flies, on a globe (haversine)."""
    south, north = radians(one.latitude), radians(other.latitude)
    up, across = north - south, radians(other.longitude - one.longitude)
    part = sin(up / 2) ** 2 + cos(south) * cos(north) * sin(across / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(part)))


def point_of(value: object) -> Point | None:
    """The point of a location as flows keep it; None: it is none on this earth."""
    if not isinstance(value, Mapping):
        return None
    found = value.get("latitude"), value.get("longitude")
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in found):
        return None
    point = Point(float(found[0]), float(found[1]))  # type: ignore[arg-type]  # numbers, as just seen
    return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None


def branches_of(items: Iterable[Mapping[str, Any]], wording: Wording) -> tuple[Branch, ...]:
    """The branches of the schema's data."""
    return tuple(
        Branch(
            id=item["id"],
            name=wording(item["name"]),
            address=wording(item["address"]),
            at=Point(item["latitude"], item["longitude"]),
            hours=item.get("hours", ""),
            phone=item.get("phone", ""),
            map=item.get("map") or f"https://maps.google.com/?q={item['latitude']},{item['longitude']}",
        )
        for item in items
    )


def places_of(towns: Iterable[Mapping[str, Any]], branches: Iterable[Mapping[str, Any]]) -> Places:
    """The places of the schema's data; a branch is found by what ``near`` lists."""
    return Places(
        tuple(_named(item["names"], item) for item in towns),
        tuple(_named(item["near"], item) for item in branches if item.get("near")),
    )


def _named(names: Mapping[str, Sequence[str]], item: Mapping[str, Any]) -> Named:
    written = [name for some in names.values() for name in some]
    return Named(written[0], frozenset(map(normal, written)), Point(item["latitude"], item["longitude"]))


def _by_name(places: Sequence[Named]) -> dict[str, Named]:
    return {name: place for place in reversed(places) for name in place.names if name}


def _named_in(words: Sequence[str], known: Mapping[str, Named]) -> Named | None:
    """The longest name that stands in ``words``; of two as long, the first."""
    return next((known[part] for part in _parts(words) if part in known), None)


def _parts(words: Sequence[str]) -> Iterator[str]:
    for length in range(min(LONGEST_NAME, len(words)), 0, -1):
        yield from (" ".join(words[start : start + length]) for start in range(len(words) - length + 1))


def _sounds(words: str) -> str:
    return " ".join(sound(word) for word in words.split())
