"""What texts may tell of the business: its hours as they are now, its branches, in the reader's language. Pure.

``{hours.office.now}`` is "Open now until 7 PM", ``.today`` and ``.week`` the hours; ``{branches}`` lists them all.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from automation.flows.library import Library
from automation.flows.model import Surroundings
from automation.places import Branch, Near, Point, nearest
from automation.scheduling.hours import Calendar
from automation.scheduling.spoken import now_said, today_said, week_said
from gateway.core.languages import languages_for

HOURS: Mapping[str, Callable[[Calendar, datetime, str, str], str]] = {
    "now": now_said,
    "today": today_said,
    "week": week_said,
}
BRANCHES = "branches"
SAME_TOWN_KM = 40.0
"""How much farther than the nearest one another branch may be to be named too."""
NEAR_KM = 10
"""Up to which a tenth of a kilometre tells something."""
_FACT = re.compile(r"\{hours\.([a-z][a-z0-9_]{0,39})\.(" + "|".join(HOURS) + r")\}|\{" + BRANCHES + r"\}")


def told(text: str, library: Library, around: Surroundings) -> str:
    """``text`` with what it tells of the business; opening hours that are not there leave nothing."""
    if "{" not in text:
        return text

    def fact(found: re.Match[str]) -> str:
        return hours(library, found[1], found[2], around) if found[1] else _list(library, around)

    return _FACT.sub(fact, text)


def hours(library: Library, name: str, what: str, around: Surroundings) -> str:
    calendar = library.calendars.get(name)
    return HOURS[what](calendar, around.now, around.language, library.default_language) if calendar else ""


def nearest_branch(library: Library, here: Point, around: Surroundings) -> dict[str, Any] | None:
    """The branch nearest to ``here`` as a flow keeps it, with ``also`` the next one in town; None: there is none."""
    near = nearest(library.branches, here)
    if not near:
        return None
    spoken = (one for one in languages_for(around.language, library.default_language) if one in library.languages)
    around = replace(around, language=next(spoken, around.language))  # as the flow's own words around it
    found = _card(library, near[0], around)
    if len(near) > 1 and near[1].km - near[0].km <= SAME_TOWN_KM:
        found["also"] = _card(library, near[1], around)
    return found


def _card(library: Library, near: Near, around: Surroundings) -> dict[str, Any]:
    """In the reader's words; what is not known is left out."""
    branch, km = near.branch, round(near.km, 1) if near.km < NEAR_KM else round(near.km)
    card = {
        "id": branch.id,
        "name": library.text_of(branch.name, around.language),
        "address": library.text_of(branch.address, around.language),
        "map": branch.map,
        "phone": branch.phone,
        "now": hours(library, branch.hours, "now", around),
        "today": hours(library, branch.hours, "today", around),
    }
    return {**{name: part for name, part in card.items() if part}, "km": km}


def _list(library: Library, around: Surroundings) -> str:
    return "\n".join(_line(library, branch, around) for branch in library.branches)


def _line(library: Library, branch: Branch, around: Surroundings) -> str:
    name, address = (library.text_of(texts, around.language) for texts in (branch.name, branch.address))
    return f"• {name}: {address}"
