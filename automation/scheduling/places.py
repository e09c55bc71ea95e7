"""Where somebody probably is, by their number: which clock hangs on their wall."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from phonenumbers import timezone

_KNOWN = frozenset(available_timezones())


@lru_cache(maxsize=4096)
def timezone_of(phone: str | None, fallback: str) -> str:
    """The time zone of a number (E.164); of several that fit, ``fallback`` if it is among them, else the first.

    Whoever has no number, or one that belongs nowhere, is where ``fallback`` says.
    """
    fitting = [zone for zone in _zones(phone or "") if zone in _KNOWN]
    return fallback if not fitting or fallback in fitting else fitting[0]


@lru_cache(maxsize=4096)
def clock_of(phone: str | None, home: str, at: datetime) -> str:
    """The time zone whose clock a number's owner certainly reads at ``at``; empty where they may read several.

    Whoever has no number, or may be at home with us, reads the clock of ``home``.
    """
    fitting = [zone for zone in _zones(phone or "") if zone in _KNOWN]
    if not fitting or home in fitting:
        return home
    shown = {at.astimezone(ZoneInfo(zone)).utcoffset() for zone in fitting}
    return fitting[0] if len(shown) == 1 else ""


def _zones(phone: str) -> tuple[str, ...]:
    try:
        return tuple(timezone.time_zones_for_number(phonenumbers.parse(phone)))
    except phonenumbers.NumberParseException:
        return ()
