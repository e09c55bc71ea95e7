"""Lists as spreadsheets save them, and every way in which a line can be wrong."""

import io

import pytest

from gateway.core.errors import InvalidPayload
from gateway.core.recipients import read_recipient, region_of
from gateway.core.words import AddressKind
from gateway.desk.campaigns import lists
from gateway.desk.campaigns.lists import ListRow, read_csv

PLAIN = "Phone;Name;Order Id\n+923001234567;Ayesha;A-1\n0300 7654321;بلال;\n"
READ = [
    ListRow(2, "+923001234567", name="Ayesha", variables={"name": "Ayesha", "order_id": "A-1"}),
    ListRow(3, "0300 7654321", name="بلال", variables={"name": "بلال"}),
]


def rows(text: str | bytes) -> list[ListRow]:
    return list(read_csv(io.BytesIO(text.encode() if isinstance(text, str) else text)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_dialect_reads_alike(encoding: str, delimiter: str, ending: str) -> None:
    assert rows(PLAIN.replace(";", delimiter).replace("\n", ending).encode(encoding)) == READ


@pytest.mark.parametrize("name", ["address", "PHONE", " Number ", "Phone Number", "mobile", "WhatsApp", "to"])
def test_the_column_of_addresses_has_many_names(name: str) -> None:
    assert rows(f"x,{name}\n1,+923001234567\n")[0].address == "+923001234567"


def test_language_and_name_are_no_mere_variables() -> None:
    (row,) = rows("number,LANGUAGE,Name\n+923001234567,ur,Ayesha\n")
    assert (row.language, row.name, row.variables) == ("ur", "Ayesha", {"name": "Ayesha"})
    assert row.given == {
        "address": "+923001234567", "language": "ur", "name": "Ayesha", "variables": {"name": "Ayesha"}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('+923001234567,"never ends', "not a row of cells"),
        ("+923001234567,a,b", "3 cells, but the first line names 2"),
        ("+923001234567,a\0b", "cannot be read"),
        (b"+923001234567,caf\xe9", "cannot be read"),
        ("+923001234567," + "x" * 1_025, "a cell has more than"),
        ("+923001234567," + "x" * 9_000, "the line has more than"),
    ],
)
def test_a_bad_line_is_refused_and_the_rest_goes_on(line: str | bytes, why: str) -> None:
    raw = line.encode() if isinstance(line, str) else line
    bad, good = rows(b"phone,x\n" + raw + b"\n+923007654321,y\n")
    assert (bad.number, bad.reason, good) == (2, "bad_row", ListRow(3, "+923007654321", variables={"x": "y"}))
    assert why in bad.detail


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("name,order\nAyesha,1\n", "no column is called address"),
        ("phone,x,X\n1,2,3\n", "two columns are called 'x'"),
        ("phone," + ",".join(f"c{n}" for n in range(50)) + "\n", "more than 50 columns"),
        ('phone,"x\n', "not a row of cells"),
    ],
)
def test_what_is_no_list_says_so(text: str, why: str) -> None:
    with pytest.raises(InvalidPayload, match=why):
        rows(text)


def test_empty_lines_and_trailing_cells_are_nothing() -> None:
    assert [row.number for row in rows("\nphone,x,,\n\n+923001234567,1,,\n \n+923007654321,2,,,,\n")] == [4, 6]


def test_a_list_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MAX_ROWS", 2)
    with pytest.raises(InvalidPayload, match="more than 2 rows"):
        rows("phone\n" + "+923001234567\n" * 3)


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("+92 300 1234567", AddressKind.PHONE, "+923001234567"),
        ("0300-1234567", AddressKind.PHONE, "+923001234567"),
        ("00923001234567", AddressKind.PHONE, "+923001234567"),
        ("923001234567", AddressKind.PHONE, "+923001234567"),
        ("whatsapp:+923001234567", AddressKind.PHONE, "+923001234567"),
        ("14155550100", AddressKind.PHONE, "+14155550100"),
        ("+551187654321", AddressKind.PHONE, "+551187654321"),
        ("US.1349864", AddressKind.BSUID, "US.1349864"),
        ("messenger:1234567890", AddressKind.PSID, "1234567890"),
    ],
)
def test_numbers_as_people_write_them(written: str, kind: AddressKind, value: str) -> None:
    seen = read_recipient(written, "PK")
    assert (seen.kind, seen.value) == (kind, value)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "no address"),
        ("  ", "no address"),
        ("9.23001E+11", "rounded"),
        ("12345", "can exist"),
        ("+1555", "can exist"),
        ("+999123456789", "can exist"),
        ("Ayesha", "can exist"),
        ("+92300123456789012", "can exist"),
    ],
)
def test_numbers_that_cannot_be(written: str, why: str) -> None:
    with pytest.raises(InvalidPayload, match=why):
        read_recipient(written, "PK")


def test_home_is_where_the_clock_is() -> None:
    assert (region_of("Asia/Karachi"), region_of("UTC")) == ("PK", None)
