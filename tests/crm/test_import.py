"""CSV files as people and machines make them: good rows go in, bad ones are told of, twice is once."""

import io
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from gateway.core.crm import CrmSettings
from gateway.core.errors import InvalidPayload
from gateway.crm import importing
from gateway.crm.builtin import BuiltinCrm
from gateway.crm.columns import Reading, Table
from gateway.crm.importing import Imported, in_order, table_of
from gateway.crm.rows import BadRow, GoodRow, read_rows
from gateway.models.customer import Customer, CustomerAddress
from gateway.models.database import Database
from gateway.models.order import Order
from tests.care import rows
from tests.crm.shop import TODAY, asker, take

BY = Reading(TODAY, "PK")
CUSTOMERS = "number,name,phone\nC1,Ali,0300 1234567\nC2,Sana,\n"
ORDERS = "number,customer,status,placed_on,total,currency,payment\n"
ORDER = "A1,C1,placed,2026-11-19,100,PKR,paid\n"


def read(data: str | bytes, table: Table = Table.CUSTOMERS) -> tuple[list[dict[str, Any]], list[BadRow]]:
    file = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    found = list(read_rows(file, table, BY))
    return [row.values for row in found if isinstance(row, GoodRow)], [row for row in found if isinstance(row, BadRow)]


@pytest.mark.parametrize(
    "data",
    [
        CUSTOMERS.encode(),
        CUSTOMERS.encode("utf-8-sig"),
        CUSTOMERS.encode("utf-16"),
        CUSTOMERS.replace(",", ";").encode(),
        CUSTOMERS.replace(",", "\t").replace("\n", "\r\n").encode(),
        b"sep=,\n" + CUSTOMERS.encode(),
        CUSTOMERS.replace("name,phone", "Name, PHONE ").replace("0300 1234567", '"=""0300 1234567"""').encode(),
        CUSTOMERS.replace("phone\n", "phone,,\n").encode(),
        b"\n\n" + CUSTOMERS.replace("\n", "\n\n").encode(),
        CUSTOMERS.replace("phone", "phone,_ours").encode(),
    ],
    ids=["plain", "bom", "utf16", "semicolon", "tabs", "sep", "excel", "trailing", "blank lines", "own column"],
)
def test_a_file_is_read_however_a_spreadsheet_wrote_it(data: bytes) -> None:
    good, bad = read(data)
    assert bad == []
    assert good == [
        {"number": "C1", "name": "Ali", "phone": "+923001234567"},
        {"number": "C2", "name": "Sana", "phone": ""},
    ]


@pytest.mark.parametrize(
    ("table", "column", "cell", "value"),
    [
        (Table.ORDERS, "placed_on", "2026-11-22 00:00:00", date(2026, 11, 22)),
        (Table.ORDERS, "placed_on", "2026-11-22T00:00", date(2026, 11, 22)),
        (Table.ORDERS, "placed_on", "today-3", date(2026, 11, 17)),
        (Table.ORDERS, "placed_on", "Today + 2", date(2026, 11, 22)),
        (Table.ORDERS, "status", "Out for delivery", "out_for_delivery"),
        (Table.ORDERS, "currency", "pkr", "PKR"),
        (Table.ORDERS, "placed_on", "22/11/2026", "'22/11/2026' is no date: write it as 2026-11-22"),
        (Table.ORDERS, "placed_on", "2026-02-30", "there is no 2026-02-30"),
        (Table.ORDERS, "placed_on", "9999-01-01", "9999-01-01 is no day we would believe"),
        (Table.ORDERS, "placed_on", "today+999999", date(2126, 10, 27)),
        (Table.ORDERS, "status", "lost", "'lost' is none of placed"),
        (Table.ORDERS, "currency", "Rs.", "is no currency like PKR"),
        (Table.ORDERS, "total", "1e400", "is no amount from 0"),
        (Table.ORDERS, "total", "NaN", "is no amount from 0"),
        (Table.ORDERS, "total", "-5", "is no amount from 0"),
        (Table.ORDERS, "total", "1.2345", "more than three decimals"),
        (Table.ORDERS, "total", "", "is empty"),
        (Table.ORDERS, "address", "=HYPERLINK(1)", "begins with '=' like a formula"),
        (Table.ORDERS, "address", "@SUM(1)", "begins with '@' like a formula"),
        (Table.ORDERS, "address", "x" * 501, "has 501 characters, at most 500 fit"),
        (Table.ORDERS, "address", "a\0b", "cannot be read"),
        (Table.ORDERS, "tracking_url", "javascript:alert(1)", "is no link like https://"),
        (Table.ORDERS, "number", "--", "begins with '-'"),
        (Table.CUSTOMERS, "phone", "12", "no phone number that can exist"),
        (Table.CUSTOMERS, "phone", "9.23001E+11", "the spreadsheet rounded this number"),
        (Table.CUSTOMERS, "email", "nobody", "is no e-mail address"),
        (Table.ORDER_LINES, "quantity", "2.5", "is no whole number"),
        (Table.ORDER_LINES, "quantity", "0", "is no whole number"),
    ],
)  # fmt: skip
def test_one_cell(table: Table, column: str, cell: str, value: object) -> None:
    sound = {
        Table.CUSTOMERS: {"number": "C1", "name": "Ali"},
        Table.ORDERS: dict(zip(ORDERS.strip().split(","), ORDER.strip().split(","), strict=True)),
        Table.ORDER_LINES: {"order": "A1", "line": "1", "product": "Shawl"},
    }[table] | {column: cell}
    good, bad = read(",".join(sound) + "\n" + ",".join(f'"{one}"' for one in sound.values()), table)
    if isinstance(value, date) or (isinstance(value, str) and good):
        assert good[0][column] == value
    else:
        assert [(row.line, row.column) for row in bad] == [(2, column)]
        assert str(value) in bad[0].reason


@pytest.mark.parametrize(("written", "amount"), [("4500", "4500.000"), ("4,500.5", "4500.500"), ("1 200", "1200.000")])
def test_amounts_as_they_are_written(written: str, amount: str) -> None:
    good, _ = read(ORDERS + f'A1,C1,placed,2026-11-19,"{written}",PKR,paid', Table.ORDERS)
    assert str(good[0]["total"]) == amount


def test_a_semicolon_file_has_decimal_commas() -> None:
    good, _ = read((ORDERS + "A1;C1;placed;2026-11-19;1.234,50;EUR;paid").replace(",", ";", 6), Table.ORDERS)
    assert [str(row["total"]) for row in good] == ["1234.500"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "the file is empty"),
        ("number,nmae\nC1,Ali", "no column is called 'nmae'; did you mean 'name'?"),
        ("number,name,colour\nC1,Ali,red", "no column is called 'colour'; customers has number, name"),
        ("number,phone\nC1,0300", "the column 'name' is missing"),
        ("number,name,name\n", "two columns are called 'name'"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no column is called"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(data: str | bytes, reason: str) -> None:
    with pytest.raises(InvalidPayload, match=reason.replace("?", "\\?")):
        read(data)


def test_a_cell_may_hold_line_breaks_and_a_forgotten_quote_takes_no_others_with_it() -> None:
    good, bad = read('number,name,city\nC1,"Ali\nKhan",Lahore\nC2,"Sana,Multan\nC3,Omar,Quetta\n')
    assert [(row["number"], row["name"]) for row in good] == [("C1", "Ali Khan"), ("C3", "Omar")]
    assert [(row.line, row.reason.split(":")[0]) for row in bad] == [(4, "not a row of cells")]


def test_hostile_lines_cost_one_row_each() -> None:
    lines = [
        b"number,name",
        b"C1,\xff\xfe\xe9",
        b"C2," + b"x" * 100_000,
        b"C3,a,b,c",
        b"C4,\0",
        b"C5,Good",
        b"C5,Twice",
    ]
    good, bad = read(b"\n".join(lines))
    assert [row["number"] for row in good] == ["C5"]
    assert [row.line for row in bad] == [2, 3, 4, 5, 7]
    assert bad[-1].reason == "is in this file already"


class Endless(io.RawIOBase):
    """A file of so many rows that nobody holds."""

    def __init__(self, count: int) -> None:
        self._rows: Iterator[bytes] = (f"C{number},Name {number}\n".encode() for number in range(count))
        self._left = b"number,name\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._left) < len(buffer) and (row := next(self._rows, b"")):
            self._left += row
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def test_a_long_file_is_never_held() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_rows(io.BufferedReader(Endless(8_000)), Table.CUSTOMERS, BY))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 8_000
    assert peak < 2_000_000  # the rows as dictionaries would take several times that


def test_twice_is_once_and_changes_are_counted(database: Database) -> None:
    files = {"customers.csv": CUSTOMERS, "orders.csv": ORDERS + ORDER}
    first, _ = take(database, files)
    assert [(one.new, one.changed, one.unchanged, one.bad) for one in first] == [(2, 0, 0, 0), (1, 0, 0, 0)]
    again, _ = take(database, files)
    assert [(one.new, one.changed, one.unchanged) for one in again] == [(0, 0, 2), (0, 0, 1)]
    moved, _ = take(
        database,
        {
            "customers.csv": CUSTOMERS.replace("1234567", "7654321"),
            "orders.csv": ORDERS + ORDER.replace("placed", "packed"),
        },
    )
    assert [(one.new, one.changed, one.unchanged) for one in moved] == [(0, 1, 1), (0, 1, 0)]
    assert [row.value for row in rows(database, CustomerAddress)] == ["+923007654321"]
    assert [(row.status, str(row.total)) for row in rows(database, Order)] == [("packed", "100.000")]


def test_a_column_that_a_file_does_not_have_stays_as_it_is(database: Database) -> None:
    take(database, {"customers.csv": CUSTOMERS, "orders.csv": ORDERS + ORDER})
    short, bad = take(database, {"orders.csv": (ORDERS + ORDER).replace(",payment", "").replace(",paid", "")})
    assert (short[0].unchanged, bad) == (1, [])
    assert rows(database, Order)[0].payment == "paid"


def test_a_dry_run_says_the_same_and_writes_nothing(database: Database) -> None:
    files = {"customers.csv": CUSTOMERS, "orders.csv": ORDERS + ORDER + ORDER.replace("A1,C1", "A2,C7")}
    done, bad = take(database, files, dry_run=True)
    assert [(one.new, one.bad) for one in done] == [(2, 0), (1, 1)]
    assert [(name, row.line, row.column, row.reason) for name, row in bad] == [
        ("orders.csv", 3, "customer", "there is no customer 'C7'")
    ]
    assert rows(database, Order) == []


def test_what_a_customer_changed_stays_until_the_shop_says_something_new(database: Database) -> None:
    files = {"customers.csv": CUSTOMERS, "orders.csv": ORDERS + ORDER}
    take(database, files)
    BuiltinCrm(database, CrmSettings()).act("cancel_order", {"order": "A1"}, asker("+923001234567"), "k")
    take(database, files)
    assert [(row.status, bool(row.replaced)) for row in rows(database, Order)] == [("cancelled", True)]
    take(database, {"orders.csv": ORDERS + ORDER.replace("placed", "cancelled")})
    take(database, {"orders.csv": ORDERS + ORDER.replace("placed", "shipped")})
    assert [(row.status, row.refund) for row in rows(database, Order)] == [("shipped", "requested")]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("orders.csv", "orders"),
        ("Orders 2026-11.CSV", "orders"),
        ("order_lines.csv", "order_lines"),
        ("a/b/order-lines-3.csv", "order_lines"),
        ("ordersheet.csv", None),
        ("stock.csv", None),
    ],
)
def test_the_name_of_a_file_says_what_it_holds(name: str, table: str | None) -> None:
    assert table_of(name) == table


def test_files_come_after_what_they_name() -> None:
    files = {"z.csv": Table.CUSTOMERS, "b.csv": Table.INVOICES, "a.csv": Table.ORDERS}
    assert in_order(files) == ["z.csv", "a.csv", "b.csv"]


def test_the_command_ends_as_the_import_did(app: Flask, tmp_path: Path, sqlite: Database) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["crm", "import", *arguments])
        return result.exit_code, result.output

    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "orders-today.csv").write_text(
        ORDERS + "A1,C1001,placed,2026-11-19,100,PKR,paid\nA2,C1001,lost,,=1,x,paid\n"
    )
    (folder / "stock.csv").write_text("a,b\n")
    report = tmp_path / "bad.csv"
    code, said = run(str(folder), "--report", str(report))
    assert code == 1
    assert "1 new, 0 changed, 0 unchanged, 1 bad" in said
    assert "stock.csv: left alone" in said
    told = report.read_text(encoding="utf-8-sig").splitlines()
    assert told[0] == "file,line,column,reason,value"
    assert [line.split(",")[1:3] for line in told[1:]] == [
        ["3", name] for name in ("status", "placed_on", "total", "currency")
    ]
    assert "'=1" in told[3]
    assert run(str(folder / "orders-today.csv"), "--dry-run")[0] == 1
    (folder / "orders-today.csv").write_text("what,ever\n1,2\n")
    assert run(str(folder))[0] == 2
    assert run(str(folder / "stock.csv"))[0] == 2
    (folder / "orders-today.csv").write_text(ORDERS + "A3,C1001,placed,2026-11-19,100,PKR,paid\n")
    assert run(str(folder))[0] == 0


def test_the_example_is_loaded_once_and_only_into_an_empty_crm(app: Flask, sqlite: Database) -> None:
    with sqlite.read() as session:
        statuses = set(session.scalars(select(Order.status)))
        assert len(statuses) == 9
        assert session.scalar(text("SELECT count(*) FROM customers")) == 12
    with sqlite.begin() as session:
        session.execute(update(Order).values(city="Elsewhere"))
    assert app.test_cli_runner().invoke(args=["prepare"]).output == ""
    assert {row.city for row in rows(sqlite, Order)} == {"Elsewhere"}


def test_two_imports_at_once_are_one(database: Database) -> None:
    customers = "number,name,phone\n" + "".join(f"C{number},Name,+92300{number:07d}\n" for number in range(600))
    files = {"customers.csv": customers, "orders.csv": ORDERS + ORDER}
    barrier = Barrier(2)

    def run(_: int) -> list[Imported]:
        barrier.wait(60)
        done, bad = take(database, files)
        assert bad == []
        return done

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(run, range(2)))
    assert [len(rows(database, table)) for table in (Customer, CustomerAddress, Order)] == [600, 600, 1]
    for one, other in zip(*both, strict=True):
        assert one.new + other.new == one.new + one.changed + one.unchanged


def test_a_row_that_cannot_be_written_is_tried_again_and_then_told(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def collide(*_: object) -> Any:
        tries.append(1)
        raise IntegrityError("INSERT", {}, Exception("there already"))

    monkeypatch.setattr(importing, "store", collide)
    with pytest.raises(IntegrityError):
        take(sqlite, {"customers.csv": CUSTOMERS})
    assert len(tries) == importing.TRIES
