"""Which spellings are one address, on thousands of made-up ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.events import SeenAddress
from gateway.core.matching import match_key, read_address
from gateway.core.words import AddressKind

digits = st.text("0123456789", min_size=6, max_size=14)
anything = st.text(max_size=60)


def key(value: str, kind: AddressKind = AddressKind.PHONE) -> str:
    return match_key(SeenAddress(kind, value))


@given(st.from_regex(r"[1-9][0-9]", fullmatch=True), st.from_regex(r"[6-9][0-9]{7}", fullmatch=True))
def test_brazils_mobiles_match_with_and_without_the_ninth_digit(area: str, number: str) -> None:
    assert key(f"+55{area}9{number}") == key(f"+55{area}{number}")


@given(st.from_regex(r"[1-9][0-9]", fullmatch=True), st.from_regex(r"[2-5][0-9]{7}", fullmatch=True))
def test_brazils_landlines_match_only_themselves(area: str, number: str) -> None:
    assert key(f"+55{area}{number}") == f"+55{area}{number}"
    assert key(f"+55{area}9{number}") != key(f"+55{area}{number}")


@given(st.sampled_from([("52", "1"), ("54", "9")]), st.from_regex(r"[2-9][0-9]{9}", fullmatch=True))
def test_mexico_and_argentina_match_with_and_without_their_digit(country: tuple[str, str], number: str) -> None:
    code, extra = country
    assert key(f"+{code}{extra}{number}") == key(f"+{code}{number}")


@given(anything)
def test_a_key_of_a_key_is_itself_and_other_kinds_are_left_alone(value: str) -> None:
    assert key(key(value)) == key(value)
    assert key(value, AddressKind.BSUID) == key(value, AddressKind.PSID) == value


@given(st.sampled_from(["1", "44", "49", "92", "91", "971", "966"]), digits)
def test_other_countries_are_never_shortened(code: str, number: str) -> None:
    assert key(f"+{code}{number}") == f"+{code}{number}"


@given(anything)
def test_whatever_is_written_can_be_looked_up(written: str) -> None:
    assert isinstance(match_key(read_address(written)), str)


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("whatsapp:+923001234567", "phone", "+923001234567"),
        ("WhatsApp:+923001234567", "phone", "+923001234567"),
        ("00923001234567", "phone", "+923001234567"),
        ("923001234567", "phone", "+923001234567"),
        ("+92 300 1234567", "phone", "+923001234567"),
        ("\u202a+92 300 1234567\u202c", "phone", "+923001234567"),
        ("+5215512345678", "phone", "+5215512345678"),
        ("0300 1234567", "phone", "03001234567"),
        ("8585", "phone", "8585"),
        ("RABTA", "phone", "RABTA"),
        ("whatsapp:PK.13491208655302741918", "bsuid", "PK.13491208655302741918"),
        ("US.ENT.1349", "bsuid", "US.ENT.1349"),
        ("messenger:1234567890", "psid", "1234567890"),
    ],
)
def test_addresses_as_people_write_them(written: str, kind: str, value: str) -> None:
    assert read_address(written) == SeenAddress(AddressKind(kind), value)
