"""Somebody's own views of the inbox: kept, renamed, moved and forgotten, by plain forms."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.console import inbox
from gateway.console.blueprint import account, blueprint, runtime
from gateway.desk import filters, saved_views

STEPS = {"up": -1, "down": 1}


@blueprint.post("/views")
def save_view() -> BaseResponse:
    """Keep the filters that hold just now under a name."""
    base = inbox.view_named(request.form.get("view", "all"))
    with runtime().work() as work:
        wanted = filters.read(request.form)
        made = saved_views.save(work, account().id, request.form.get("name", ""), base.id, wanted)
    return _to(f"{inbox.SAVED}{made}")


@blueprint.post("/views/<int:view_id>")
def change_view(view_id: int) -> BaseResponse:
    """Another name, or one place up or down."""
    with runtime().work() as work:
        if step := STEPS.get(request.form.get("move", "")):
            saved_views.move(work, account().id, view_id, step)
        else:
            saved_views.rename(work, account().id, view_id, request.form.get("name", ""))
    return _to(f"{inbox.SAVED}{view_id}")


@blueprint.post("/views/<int:view_id>/delete")
def delete_view(view_id: int) -> BaseResponse:
    """Forget it; its filters still hold on the page that follows, to be kept again."""
    with runtime().work() as work:
        view = inbox.views_of(work, account()).get(f"{inbox.SAVED}{view_id}")
        saved_views.drop(work, account().id, view_id)
    left = inbox.narrowed(inbox.VIEWS[view.whole], view.filters).args if view else {}
    return redirect(url_for("console.inbox", **left), 303)


def _to(view_id: str) -> BaseResponse:
    return redirect(url_for("console.inbox", view=view_id), 303)
