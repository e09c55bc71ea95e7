"""Which place a customer names, and which branch is nearest."""

import pytest

from automation.normal import normal
from automation.places import NO_PLACES, Branch, Named, Places, Point, distance_km, nearest, point_of

LAHORE, KARACHI = Point(31.5204, 74.3587), Point(24.8607, 67.0011)
GULBERG, TARIQ_ROAD, MALL = Point(31.5102, 74.3441), Point(24.8720, 67.0596), Point(31.4671, 74.2660)


def named(at: Point, *names: str) -> Named:
    return Named(names[0], frozenset(map(normal, names)), at)


PLACES = Places(
    towns=(
        named(LAHORE, "Lahore", "lhr", "لاہور"),
        named(KARACHI, "Karachi", "کراچی"),
        named(Point(31.4504, 73.1350), "Faisalabad", "فیصل آباد"),
        named(Point(28.4202, 70.2952), "Rahim Yar Khan"),
    ),
    quarters=(named(GULBERG, "Gulberg", "گلبرگ"), named(MALL, "Johar Town"), named(Point(33.7206, 73.0570), "F-7")),
)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Lahore", "Lahore"),
        ("I live in LAHORE!", "Lahore"),
        ("LHR", "Lahore"),
        ("میں لاہور میں ہوں", "Lahore"),
        ("estoy en Karachi", "Karachi"),
        ("rahim yar khan", "Rahim Yar Khan"),
        ("gulberg", "Gulberg"),
        ("Gulberg Lahore", "Gulberg"),  # both in one town: the quarter says more
        ("Gulberg, Karachi", "Karachi"),  # there is a Gulberg in every city
        ("johar town, lahore mein", "Johar Town"),
        ("f7", None),
        ("F 7 markaz", "F-7"),
        ("faislabad", "Faisalabad"),  # a slip
        ("lahoor", "Lahore"),  # by its sound
        ("my parcel from faislabad is late again", None),  # slips are forgiven in short messages alone
        ("Timbuktu", None),
        ("", None),
        ("؟؟", None),
        ("x " * 5000, None),
    ],
)
def test_places_are_found_by_what_customers_call_them(text: str, label: str | None) -> None:
    found = PLACES.find(text)
    assert (found.label if found else None) == label
    assert NO_PLACES.find(text) is None


def branch(name: str, at: Point) -> Branch:
    return Branch(name, {"en": name}, {"en": "street"}, at)


BRANCHES = (branch("gulberg", GULBERG), branch("mall", MALL), branch("tariq_road", TARIQ_ROAD))


@pytest.mark.parametrize(
    ("here", "first", "km"),
    [
        (LAHORE, "gulberg", 1.8),
        (MALL, "mall", 0.0),
        (KARACHI, "tariq_road", 6.0),
        (Point(40.4168, -3.7038), "tariq_road", 6670),
        (Point(-24.8720, -112.9404), "gulberg", 18990),  # the other side of the world from Karachi
        (Point(90, 0), "gulberg", 6504),
    ],
)
def test_nearest(here: Point, first: str, km: float) -> None:
    found = nearest(BRANCHES, here)
    assert found[0].branch.id == first
    assert found[0].km == pytest.approx(km, rel=0.002, abs=0.1)
    assert [near.km for near in found] == sorted(near.km for near in found)
    assert len(found) == len(BRANCHES)


def test_of_two_as_near_the_first_listed() -> None:
    twins = (branch("a", GULBERG), branch("b", GULBERG))
    assert [near.branch.id for near in nearest(twins, LAHORE)] == ["a", "b"]
    assert nearest((), LAHORE) == []


def test_distance() -> None:
    assert distance_km(LAHORE, LAHORE) == 0
    assert distance_km(LAHORE, KARACHI) == pytest.approx(distance_km(KARACHI, LAHORE))
    assert distance_km(LAHORE, KARACHI) == pytest.approx(1023, rel=0.01)
    assert distance_km(Point(0, 179.5), Point(0, -179.5)) == pytest.approx(111.2, rel=0.01)


@pytest.mark.parametrize(
    ("value", "point"),
    [
        ({"latitude": 31.5, "longitude": 74, "label": ""}, Point(31.5, 74.0)),
        ({"latitude": 91, "longitude": 74}, None),
        ({"latitude": "31", "longitude": 74}, None),
        ({"latitude": True, "longitude": 74}, None),
        ({"latitude": float("nan"), "longitude": 74}, None),
        ({"label": "Lahore"}, None),
        ("Lahore", None),
        (None, None),
    ],
)
def test_points_on_this_earth(value: object, point: Point | None) -> None:
    assert point_of(value) == point
