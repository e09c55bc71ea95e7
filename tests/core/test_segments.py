"""What a text costs as SMS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.segments import GSM7_BASIC, GSM7_EXTENSION, Segments, count


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "gsm7", 0, 0),
        ("a", "gsm7", 1, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("a" * 1600, "gsm7", 1600, 11),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "gsm7", 306, 3),  # the escape goes whole into the second: 152, 153, 1
        ("a" * 151 + "€" + "a" * 153, "gsm7", 306, 2),
        ("Ünïcode", "ucs2", 7, 1),  # ï is not in the table, Ü is
        ("¿Qué? ÄÖÜ Ñ ß", "gsm7", 13, 1),
        ("á", "ucs2", 1, 1),
        ("[x]{y}\\^~|", "gsm7", 18, 1),
        ("line\nline\r", "gsm7", 10, 1),
        ("tab\t", "ucs2", 4, 1),
        ("it’s", "ucs2", 4, 1),
        ("س" * 70, "ucs2", 70, 1),
        ("س" * 71, "ucs2", 71, 2),
        ("س" * 134, "ucs2", 134, 2),
        ("س" * 135, "ucs2", 135, 3),
        ("س" * 1600, "ucs2", 1600, 24),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 36, "ucs2", 72, 2),
        ("😀" * 66, "ucs2", 132, 2),  # 33 whole ones fit 67 units
        ("😀" * 67, "ucs2", 134, 3),
        ("a" * 66 + "😀" + "a" * 66, "ucs2", 134, 3),  # 66, 67, 1
    ],
)
def test_counted(text: str, encoding: str, units: int, segments: int) -> None:
    assert count(text) == Segments(encoding, units, segments)  # type: ignore[arg-type]


def test_the_tables_are_whole() -> None:
    assert (len(GSM7_BASIC), len(GSM7_EXTENSION)) == (127, 10)  # 128 places, one of them the escape
    assert not GSM7_BASIC & GSM7_EXTENSION


@given(st.text(max_size=400))
def test_units_are_those_of_the_encodings(text: str) -> None:
    found = count(text)
    if found.encoding == "ucs2":
        assert found.units == len(text.encode("utf-16-be", "surrogatepass")) // 2
    single, each = (160, 153) if found.encoding == "gsm7" else (70, 67)
    least = (found.units > 0) if found.units <= single else -(-found.units // each)
    assert least <= found.segments <= -(-found.units // (each - 1))
