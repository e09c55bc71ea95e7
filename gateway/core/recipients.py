"""The address of a list's row: phone numbers as people write them at home and abroad, ids of apps as they are."""

import re
from functools import cache

import phonenumbers
from babel.core import get_global
from phonenumbers import NumberParseException, PhoneNumberFormat

from gateway.core.errors import InvalidPayload
from gateway.core.events import SeenAddress
from gateway.core.matching import BSUID, PREFIX, read_address
from gateway.core.words import AddressKind

ROUNDED = re.compile(r"[0-9]+[.,][0-9]+E\+?[0-9]+", re.IGNORECASE)
WITH_VARIANTS = (55, 52, 54)
"""Brazil, Mexico, Argentina: an older spelling of a number is in use where the numbering plan has a newer one."""


def read_recipient(written: str, region: str | None) -> SeenAddress:
    """The address that ``written`` means; without a country code it is one of ``region`` (``PK``).

    Raises:
        InvalidPayload: no number that can exist, in words for whoever made the list.
    """
    if not written.strip():
        raise InvalidPayload("no address")
    if ROUNDED.fullmatch(written.strip()):
        raise InvalidPayload("the spreadsheet rounded this number: format the column as text")
    plain = PREFIX.sub("", written.strip())
    if BSUID.fullmatch(plain) or written.strip().lower().startswith("messenger:"):
        return read_address(written)
    return SeenAddress(AddressKind.PHONE, _number(plain, region))


@cache
def region_of(timezone: str) -> str | None:
    """The country of a time zone (``Asia/Karachi``: ``PK``): where numbers without a country code are at home."""
    region: str | None = get_global("zone_territories").get(timezone)
    return region


def _number(written: str, region: str | None) -> str:
    if found := _valid(written, region):
        return found
    digits = re.sub(r"\D", "", written)
    if len(digits) >= 10 and not written.lstrip().startswith(("+", "0")) and (found := _valid("+" + digits, None)):
        return found  # spreadsheets drop the plus
    raise InvalidPayload("no phone number that can exist")


def _valid(written: str, region: str | None) -> str | None:
    try:
        parsed = phonenumbers.parse(written, region)
    except NumberParseException:
        return None
    known = phonenumbers.is_valid_number(parsed)
    if not known and not (parsed.country_code in WITH_VARIANTS and phonenumbers.is_possible_number(parsed)):
        return None
    number: str = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return number
