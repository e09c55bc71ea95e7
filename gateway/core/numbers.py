"""Phone numbers as far as rules for countries need them."""

import phonenumbers

NORTH_AMERICA = frozenset({"US", "CA"})
"""Where MMS is carried; other countries with +1 are not meant."""


def carries_mms(number: str) -> bool:
    """Whether files can go by MMS to or from this number (E.164)."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.region_code_for_number(parsed) in NORTH_AMERICA
