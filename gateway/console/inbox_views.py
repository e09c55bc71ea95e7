"""The inbox page, its further rows, and what changed in it."""

from flask import render_template, request

from gateway.console import inbox as lists
from gateway.console.blueprint import account, blueprint, runtime
from gateway.console.pages import is_fragment, listing, numbers, wanted_view


@blueprint.get("/inbox")
def inbox() -> str:
    """A view's newest rows; as a fragment, the rows behind ``after``."""
    view = wanted_view()
    if is_fragment() and request.args.get("after"):
        return rows()
    return render_template("console/inbox.html", **listing(view))


@blueprint.get("/inbox/rows")
def rows() -> str:
    """One page of rows alone."""
    view = wanted_view()
    with runtime().database.read() as session:
        page = lists.page(session, view, account(), request.args.get("after"))
    return render_template("console/rows.html", page=page, view=view, account=account())


@blueprint.get("/inbox/changes")
def inbox_changes() -> str:
    """The rows of these conversations as they are now: redrawn where shown, marked where gone, counted where new."""
    view = wanted_view()
    asked, shown = numbers("ids"), set(numbers("shown"))
    with runtime().database.read() as session:
        found = {row.id: row for row in lists.by_ids(session, asked)}
        present = lists.some(session, view, account(), asked)
        views = lists.views_of(session, account())
        counts = lists.all_counts(session, account(), views)
    here = {row.id for row in present}
    gone = [row for row in found.values() if row.id in shown and row.id not in here]
    fresh = sorted(here - shown)
    return render_template(
        "console/list_changes.html", view=view, views=views, counts=counts, account=account(),
        present=present, shown=shown, gone=gone, fresh=fresh, open_id=request.args.get("open", type=int),
    )  # fmt: skip
