"""Phone numbers as far as rules for countries need them."""

import phonenumbers
from babel.core import get_global

NORTH_AMERICA = frozenset({"US", "CA"})
"""Where MMS is carried; other countries with +1 are not meant."""


def carries_mms(number: str) -> bool:
    """Whether files can go by MMS to or from this number (E.164)."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.region_code_for_number(parsed) in NORTH_AMERICA


def country_code_at(timezone: str) -> str:
    """The code of the country with this time zone (``92`` for Asia/Karachi); empty for a zone of none."""
    code = phonenumbers.country_code_for_region(get_global("zone_territories").get(timezone, ""))
    return str(code) if code else ""
