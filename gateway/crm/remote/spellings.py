"""How a CRM's own people may have written a telephone number: it is looked for in all these forms."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

LONGER = (
    (re.compile(r"\+55([1-9][0-9])([6-9][0-9]{7})"), r"+55\g<1>9\g<2>"),
    (re.compile(r"\+52([0-9]{10})"), r"+521\g<1>"),
    (re.compile(r"\+54([0-9]{10})"), r"+549\g<1>"),
)
"""What ``match_key`` leaves out: Brazil's ninth digit, Mexico's 1, Argentina's 9."""
FORMATS = (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)


def spellings(key: str) -> list[str]:
    """All forms of a number by its match key, E.164 first: ``+923001234567``, ``0300 1234567``, ``03001234567`` …"""
    longer = [pattern.sub(form, key) for pattern, form in LONGER if pattern.fullmatch(key)]
    return list(dict.fromkeys(form for number in (*longer, key) for form in _forms(number)))


def _forms(number: str) -> list[str]:
    forms = [number, number.removeprefix("+"), "00" + number.removeprefix("+")]
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return forms
    written = [phonenumbers.format_number(parsed, form) for form in FORMATS]
    plain = [re.sub(r"[^\d+]", "", form) for form in written]
    return [*forms, *written, *plain, str(parsed.national_number)]
