"""Which spellings of an address mean the same one: for looking up only, an address is never rewritten."""

import re

import phonenumbers

from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind

BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
PREFIX = re.compile(r"^(?:whatsapp|messenger|sms|rcs|mms|tel):", re.IGNORECASE)
SEPARATORS = re.compile(r"[\s().\-\u200e\u200f\u202a-\u202e]")
NUMBER = re.compile(r"[1-9][0-9]{6,16}")

BRAZIL_MOBILE = re.compile(r"\+55([1-9][0-9])9?([6-9][0-9]{7})")
MEXICO = re.compile(r"\+521?([0-9]{10})")
ARGENTINA = re.compile(r"\+549?([0-9]{10})")


def match_key(address: SeenAddress) -> str:
    """Equal for the variants of one address: Brazil's ninth digit, Mexico's 1 and Argentina's 9 are left out.

    Brazilian landlines (2 to 5 after the area code) keep every digit: they never had a ninth one.
    """
    if address.kind is not AddressKind.PHONE:
        return address.value
    return _phone_key(address.value)


def read_address(written: str) -> SeenAddress:
    """An address as a person or a program writes it: ``whatsapp:+92…``, ``0092 300 …``, a BSUID, a page-scoped id."""
    prefix = PREFIX.match(written.strip())
    value = written.strip()[prefix.end() :] if prefix else written.strip()
    if prefix and prefix.group().lower() == "messenger:":
        return SeenAddress(AddressKind.PSID, value)
    if BSUID.fullmatch(value):
        return SeenAddress(AddressKind.BSUID, value)
    return SeenAddress(AddressKind.PHONE, _international(value))


def _phone_key(value: str) -> str:
    if found := BRAZIL_MOBILE.fullmatch(value):
        return "+55" + found[1] + found[2]
    if found := MEXICO.fullmatch(value):
        return "+52" + found[1]
    if found := ARGENTINA.fullmatch(value):
        return "+54" + found[1]
    return value


def _international(value: str) -> str:
    """E.164 where ``value`` reads as an international number, else ``value`` without its separators."""
    plain = SEPARATORS.sub("", value)
    digits = plain[2:] if plain.startswith("00") else plain.removeprefix("+")
    if not NUMBER.fullmatch(digits):
        return plain
    try:
        phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return plain
    return "+" + digits
