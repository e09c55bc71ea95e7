"""The conversation page, its older messages, and what changed in it."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from gateway.console import thread
from gateway.console.blueprint import account, blueprint, runtime
from gateway.console.case import Case, case_of, queue_names
from gateway.console.context import context_of
from gateway.console.pages import is_fragment, listing, numbers, wanted_view
from gateway.core import clock, ids
from gateway.desk import conversations, reading, users


@blueprint.get("/conversations/<int:conversation_id>")
def conversation(conversation_id: int) -> str:
    """The whole page, or the conversation's pane alone for htmx."""
    view = wanted_view()
    with runtime().database.read() as session:
        case = case_of(session, conversation_id, account(), runtime().config())
        shown = pane(session, case) | {"thread": _thread(session, case), "view": view}
        _mark_read(case)
        if is_fragment():
            return f"<title>{_title(case)}</title>" + render_template("console/case.html", **shown)
        return render_template("console/conversation.html", **listing(view, case.id) | shown)


@blueprint.get("/conversations/<int:conversation_id>/older")
def older(conversation_id: int) -> str:
    """The messages before ``before``."""
    before = request.args.get("before", 0, type=int)
    with runtime().database.read() as session:
        case = case_of(session, conversation_id, account(), runtime().config())
        page = thread.before(session, case.id, before, _queues())
        return render_template("console/older.html", case=case, thread=page, account=account())


@blueprint.get("/conversations/<int:conversation_id>/changes")
def changes(conversation_id: int) -> str:
    """What a page that has read so far does not show yet, and these messages as they are now."""
    seen = thread.Seen(*(request.args.get(name, 0, type=int) for name in ("message", "note", "entry")))
    with runtime().database.read() as session:
        case = case_of(session, conversation_id, account(), runtime().config())
        _mark_read(case)
        changed = thread.changed(session, case.id, [number for number in numbers("changed") if number <= seen.message])
        more = {
            "thread": thread.after(session, case.id, seen, _queues()),
            "changed": changed,
            "last_day": request.args.get("day", ""),
            "had_composer": request.args.get("composer", ""),
            "view": wanted_view(),
        }
        return render_template("console/changes.html", **pane(session, case) | more)


def pane(session: Session, case: Case) -> dict[str, Any]:
    """What the pane's header, reply box and side panel need."""
    return {
        "case": case,
        "composer": case.composer,
        "composer_key": case.composer_key,
        "context": context_of(session, case.conversation, _queues(), _topics()),
        "queues": runtime().config().business.queues,
        "agents": users.agents(session),
        "account": account(),
        "client_key": ids.new_token(),
        "now": clock.now(),
    }


def _thread(session: Session, case: Case) -> thread.Thread:
    """The newest messages, or those around the one that is asked for."""
    if message_id := request.args.get("message", 0, type=int):
        return thread.around(session, case.id, message_id, _queues())
    return thread.newest(session, case.id, _queues())


def _queues() -> Mapping[str, str]:
    return queue_names(runtime().config().business)


def _topics() -> Mapping[str, str]:
    return {topic.id: topic.name for topic in runtime().config().topics.topics.values()}


def _mark_read(case: Case) -> None:
    """What its own agent looks at is read."""
    if case.turn == "mine" and case.conversation.unread_count:
        with runtime().work() as work:
            conversations.mark_read(work, case.id)
            reading.seen(work, case.id)


def _title(case: Case) -> str:
    return render_template("console/title.html", case=case)
