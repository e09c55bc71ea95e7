"""Search: as one types beside the list, or as a page of its own."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.console import filtering
from gateway.console.blueprint import account, blueprint, runtime
from gateway.console.pages import is_fragment, listing, wanted_view
from gateway.core import searching
from gateway.core.numbers import country_code_at
from gateway.desk import search as found
from gateway.desk.search import Found, TooWide

PEOPLE = 5
TALKS = 5
MESSAGES = 20


@blueprint.get("/search")
def search() -> str | BaseResponse:
    """What is found for ``q``, in groups; without one, the inbox with its filters."""
    typed = request.args.get("q", "")
    view = wanted_view()
    if not typed.strip() and not is_fragment():
        return redirect(url_for("console.inbox", **view.args))
    groups = _groups(typed) | {"view": view, "q": typed, "again": _again()}
    if is_fragment():
        return render_template(
            "console/found_more.html" if request.args.get("before") else "console/found.html", **groups
        )
    return render_template("console/inbox.html", **listing(view) | groups)


def _groups(typed: str) -> dict[str, object]:
    """Contacts and conversations on the first page, messages on each."""
    zone = runtime().config().business.timezone
    query, codes = searching.read(typed), (country_code_at(zone),)
    before = request.args.get("before", type=int)
    scope = found.scope_of(
        filtering.searched(), account().id, account().timezone, filtering.day("from"), filtering.day("to")
    )
    with runtime().database.read() as session:
        try:
            people = [] if before else found.contacts(session, query, PEOPLE, codes)
            talks = [] if before else found.conversations(session, query, scope, TALKS, codes)
            said = found.messages(session, query, scope, MESSAGES, before)
        except TooWide:
            return {"query": query, "people": [], "talks": [], "said": Found((), False), "too_wide": True}
    return {"query": query, "people": people, "talks": talks, "said": said, "too_wide": False}


def _again() -> dict[str, str]:
    """What an address must say to go on with the same search."""
    return {name: value for name, value in request.args.items() if name != "before" and value}
