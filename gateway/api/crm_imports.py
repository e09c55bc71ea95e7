"""``POST /api/v1/crm/imports``: CSV files into the built-in CRM; good rows go in, bad ones come back."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, BinaryIO, cast

from flask import current_app, request
from marshmallow import fields
from werkzeug.exceptions import UnsupportedMediaType

from gateway.api.access import needs
from gateway.api.blueprint import Blueprint
from gateway.api.crm_schemas import ImportSchema
from gateway.api.fields import Strict
from gateway.api.orders import today
from gateway.api.schemas import word
from gateway.core.errors import InvalidPayload
from gateway.core.words import Role
from gateway.crm.columns import Reading, Table
from gateway.crm.importing import Import, Imported
from gateway.crm.rows import BadRow
from gateway.runtime import runtime_of

blueprint = Blueprint("crm_imports", "Customers, orders and invoices from CSV files.")

FILE_BYTES = 20_000_000
"""Larger files go by the command, which needs no request to stay open."""
BAD_SHOWN = 1_000
CSV, FORM = "text/csv", "multipart/form-data"
BINARY = {"type": "string", "format": "binary"}
BODY = {
    "required": True,
    "content": {
        FORM: {
            "schema": {"type": "object", "properties": {table.value: BINARY for table in Table}, "minProperties": 1}
        },
        CSV: {"schema": {"type": "string"}},
    },
}


class ImportQuery(Strict):
    table = word(Table, metadata={"description": "What a CSV body holds; a form's fields are named by their table."})
    dry_run = fields.Boolean(
        load_default=False, truthy={"true"}, falsy={"false"}, metadata={"description": "Count, write nothing."}
    )


@blueprint.route("/crm/imports", methods=["POST"])
@needs(Role.SUPERVISOR)
@blueprint.arguments(ImportQuery, location="query")
@blueprint.doc(requestBody=BODY)
@blueprint.response(200, ImportSchema)
def import_files(query: dict[str, Any]) -> dict[str, Any]:
    """Import one CSV as the body, or several as a form; the same rows again change nothing (docs/crm.md)."""
    runtime, bad = runtime_of(current_app), _Bad()
    files = list(_files(query.get("table")))
    run = Import(runtime.work, Reading(today(), runtime.config().crm.country), bad.tell, query["dry_run"])
    done = [_taken(run, table, file) for table, file in files]
    return {"dry_run": query["dry_run"], "files": done, "bad_rows": bad.rows, "bad_rows_left_out": bad.left_out}


def _files(table: str | None) -> Iterator[tuple[Table, BinaryIO]]:
    """What came, in the order in which it can be written."""
    if request.mimetype == CSV:
        if table is None:
            raise InvalidPayload("say with `table` what the file holds")
        yield Table(table), cast(BinaryIO, request.stream)
        return
    if request.mimetype != FORM:
        raise UnsupportedMediaType(f"the body must be {CSV} or {FORM}")
    named = {name or "" for name in (*request.files, *request.form)}  # a part of a form may have no name at all
    if unknown := sorted(named - set(Table)):
        raise InvalidPayload(f"no file is called {unknown[0]!r}; there are {', '.join(Table)}")
    if not request.files:
        raise InvalidPayload(f"no file; name them {', '.join(Table)}")
    for one in Table:
        for file in request.files.getlist(one):
            yield one, cast(BinaryIO, file.stream)


def _taken(run: Import, table: Table, file: BinaryIO) -> dict[str, Any]:
    done: Imported = run.take(table, table, file)
    if done.error:
        raise InvalidPayload(f"{table}: {done.error}")
    return {name: value for name, value in asdict(done).items() if name not in ("name", "error")}


class _Bad:
    """The first bad cells; a bad file has thousands."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.left_out = 0

    def tell(self, name: str, row: BadRow) -> None:
        if len(self.rows) < BAD_SHOWN:
            self.rows.append({"table": name, **asdict(row)})
        else:
            self.left_out += 1


def _bound_body() -> None:
    request.max_content_length = FILE_BYTES


blueprint.before_request(_bound_body)
