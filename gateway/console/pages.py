"""What the pages share: the list beside everything, the live stream's address, and how arguments are read."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import request
from sqlalchemy import func, select

from gateway.console import filtering, inbox
from gateway.console.auth import is_direct
from gateway.console.blueprint import account, runtime
from gateway.core.errors import InvalidPayload
from gateway.models.log_entry import LogEntry

MANY = 200
"""Ids a page may ask about at once."""


def listing(view: inbox.View, open_id: int | None = None) -> dict[str, Any]:
    """What ``list.html`` and the page around it need."""
    with runtime().database.read() as session:
        log_id = session.execute(select(func.max(LogEntry.id))).scalar() or 0  # before the rows: nothing is missed
        page = inbox.page(session, view, account(), request.args.get("after"))
        views = inbox.views_of(session, account())
        counts = inbox.all_counts(session, account(), views)
        narrow = filtering.shown(session, view, account(), runtime().config())
    return {
        "view": view, "views": views, "page": page, "counts": counts, "open_id": open_id, "log_id": log_id,
        "account": account(), "live_url": live_url(), "narrow": narrow,
    }  # fmt: skip


def wanted_view() -> inbox.View:
    """The view that is asked for, else the one where there is something to do; narrowed by what filters are given."""
    name = request.args.get("view", "")
    if name.startswith(inbox.SAVED):
        with runtime().database.read() as session:
            return inbox.views_of(session, account()).get(name) or inbox.VIEWS["all"]
    return inbox.narrowed(_view_called(name), filtering.wanted())


def _view_called(name: str) -> inbox.View:
    if name:
        return inbox.view_named(name)
    with runtime().database.read() as session:
        return inbox.to_do_first(session, account())


def page_around() -> dict[str, Any]:
    """What ``page.html`` needs; asked for before the page's own rows, so that no event between is missed."""
    with runtime().database.read() as session:
        log_id = session.execute(select(func.max(LogEntry.id))).scalar() or 0
    return {"log_id": log_id, "account": account(), "live_url": live_url()}


def live_url() -> str:
    """Where the event stream is: another port of this host, or ``/live`` behind the proxy in front of both."""
    settings = runtime().settings
    if is_direct():
        return f"http://{request.host.rpartition(':')[0]}:{settings.live_port}/live"
    return f"{urlsplit(settings.public_url).path}/live"


def is_fragment() -> bool:
    """Does htmx ask for a part of a page?"""
    return request.headers.get("HX-Request-Type") == "partial"


def numbers(name: str) -> Sequence[int]:
    """A comma-separated argument as ids.

    Raises:
        InvalidPayload: something else stands in it, or too much.
    """
    words = [word for word in request.args.get(name, "").split(",") if word]
    if len(words) > MANY or not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        raise InvalidPayload(f"{name}: at most {MANY} ids, separated by commas")
    return [int(word) for word in words]
