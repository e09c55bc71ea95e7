"""Cursor paging: ``{"data": […], "next": "…"|null}``, where ``next`` is handed back as ``cursor``."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate
from werkzeug.exceptions import BadRequest

from gateway.api.fields import Strict, Text, Whole
from gateway.desk.queries import Page, Window

MAX_LIMIT = 200


class PageQuery(Strict):
    """Which part of a list."""

    limit = Whole(1, MAX_LIMIT, load_default=50, metadata={"description": "Rows at most, up to 200."})
    cursor = Text(
        validate=validate.Length(1, 200),
        metadata={"description": "`next` of the page before; none for the first."},
    )


class OrderedQuery(PageQuery):
    order = fields.String(
        load_default="asc",
        validate=validate.OneOf(["asc", "desc"]),
        metadata={"description": "`asc`: oldest first, `desc`: newest first."},
    )


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of one page of ``item``."""
    name = item.__name__.removesuffix("Schema")
    return type(
        f"{name}PageSchema",
        (Schema,),
        {
            "data": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                required=True, allow_none=True, metadata={"description": "Cursor of the next page; null: the end."}
            ),
        },
    )


def window_of(query: dict[str, Any]) -> Window:
    """The part that was asked for; takes the paging keys out of ``query``, so that filters remain.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    limit, newest_first = query.pop("limit"), query.pop("order", "asc") == "desc"
    cursor = query.pop("cursor", None)
    after, at = _read(cursor) if cursor else (None, None)
    return Window(limit, after, at, newest_first)


def answer(page: Page[Any], shape: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One page as it leaves."""
    return {"data": [shape(row) for row in page.rows], "next": _next(page.rows) if page.more else None}


def _next(rows: Sequence[Any]) -> str:
    last = rows[-1]
    at = getattr(last, "last_message_at", None)
    position = [last.id, at.isoformat()] if at else [last.id]
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, datetime | None]:
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        after, at = int(position[0]), datetime.fromisoformat(position[1]) if len(position) > 1 else None
    except (ValueError, TypeError, LookupError, binascii.Error, OverflowError):
        raise BadRequest("this cursor is not one of ours") from None
    if not 0 <= after < 2**63 or (at and at.tzinfo is None):
        raise BadRequest("this cursor is not one of ours")
    return after, at
