"""What an agent does to a conversation: one POST each, answered by a toast, or by the page where there is no htmx."""

import json

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from gateway.console.blueprint import account, blueprint, runtime
from gateway.core.errors import Conflict, Forbidden, InvalidPayload, NotFound, RabtaError, Refused
from gateway.core.words import Author, Owner
from gateway.desk import conversations, deliveries, media, outbox, parked, reading, replies, users
from gateway.desk.conversations import OpenConversation
from gateway.desk.replies import Written
from gateway.models.message import Media, Message
from gateway.models.wakes import Wakes

NOTE_LENGTH = 4000
STATUS = {Conflict: 409, NotFound: 404, Forbidden: 403, InvalidPayload: 422, Refused: 422}
WITH_CHANGES = {"HX-Trigger": "rabta:changed"}


@blueprint.post("/conversations/<int:conversation_id>/claim")
def claim(conversation_id: int) -> BaseResponse:
    """Take it from the queue or the bot; who was slower hears who was faster."""
    with runtime().work() as work:
        conversations.claim(work, conversation_id, account().id)
        reading.seen(work, conversation_id)
    return _done(conversation_id, "It is yours.")


@blueprint.post("/conversations/<int:conversation_id>/take")
def take(conversation_id: int) -> BaseResponse:
    """Take it from a colleague."""
    with runtime().work() as work:
        conversations.assign(work, conversation_id, account().id, actor_id=account().id)
        reading.seen(work, conversation_id)
    return _done(conversation_id, "It is yours.")


@blueprint.post("/conversations/<int:conversation_id>/hand-back")
def hand_back(conversation_id: int) -> BaseResponse:
    """Give it to the bot."""
    with runtime().work() as work:
        conversations.hand_back(work, conversation_id, actor_id=account().id)
    return _done(conversation_id, "The bot has it again.", undo="claim")


@blueprint.post("/conversations/<int:conversation_id>/assign")
def assign(conversation_id: int) -> BaseResponse:
    """Give it to a colleague."""
    with runtime().work() as work:
        assignee = request.form.get("assignee", 0, type=int)
        conversations.assign(work, conversation_id, assignee, actor_id=account().id)
    return _done(conversation_id, "Given away.", undo="take")


@blueprint.post("/conversations/<int:conversation_id>/transfer")
def transfer(conversation_id: int) -> BaseResponse:
    """Put it into a queue."""
    queue = request.form.get("queue", "")
    names = {known.id: known.name for known in runtime().config().business.queues}
    if queue not in names:
        raise NotFound("There is no such queue.")
    with runtime().work() as work:
        conversations.transfer(work, conversation_id, queue, actor_id=account().id)
    return _done(conversation_id, f"It waits in {names[queue]}.", undo="claim")


@blueprint.post("/conversations/<int:conversation_id>/resolve")
def resolve(conversation_id: int) -> BaseResponse:
    """End it."""
    with runtime().work() as work:
        conversations.resolve(work, conversation_id, actor=Author.AGENT, actor_id=account().id)
    return _done(conversation_id, "Resolved.", undo="reopen")


@blueprint.post("/conversations/<int:conversation_id>/reopen")
def reopen(conversation_id: int) -> BaseResponse:
    """Go on with it, as one's own."""
    with runtime().work() as work:
        conversations.reopen(work, conversation_id, actor=Author.AGENT, actor_id=account().id)
    return _done(conversation_id, "Open again, and yours.")


@blueprint.post("/conversations/<int:conversation_id>/notes")
def note(conversation_id: int) -> BaseResponse:
    """Tell colleagues."""
    text = _text(NOTE_LENGTH)
    with runtime().work() as work:
        conversations.add_note(work, conversation_id, text, author_id=account().id, author_name=account().name)
    return _done(conversation_id, "", {"HX-Trigger": "rabta:changed, rabta:noted"})


@blueprint.post("/conversations/<int:conversation_id>/messages")
def reply(conversation_id: int) -> BaseResponse:
    """Answer the customer; the same ``client_key`` twice is one message."""
    text, key = _text(outbox.TEXT_LIMIT), request.form.get("client_key", "")[:80]
    with runtime().work() as work:
        conversation = conversations.lock(work, conversation_id)
        _must_be_mine(work, conversation)
        written = Written(text, author_id=account().id, client_key=key or None)
        replies.reply(work, conversation, written, runtime().config())
    return _done(conversation_id, "", {"HX-Trigger": "rabta:changed, rabta:replied"})


@blueprint.post("/messages/<int:message_id>/withdraw")
def withdraw_message(message_id: int) -> BaseResponse:
    """Take back what waits for the customer."""
    with runtime().work() as work:
        parked.withdraw(work, message_id, account().id)
        conversation_id = _conversation_of(work, message_id)
    return _done(conversation_id, "Taken back.", _changed(message_id))


@blueprint.post("/conversations/<int:conversation_id>/typing")
def typing(conversation_id: int) -> BaseResponse:
    """Show the customer that its agent is writing."""
    with runtime().database.read() as session:
        if reading.agent_of(session, conversation_id) == account().id:
            runtime().waker.ring(Wakes(seen={conversation_id}))
    return make_response("", 204)


@blueprint.post("/messages/<int:message_id>/retry")
def retry_message(message_id: int) -> BaseResponse:
    """Send again what failed."""
    with runtime().work() as work:
        deliveries.retry(work, message_id, account().id)
        conversation_id = _conversation_of(work, message_id)
    return _done(conversation_id, "It is being sent again.", _changed(message_id))


@blueprint.post("/media/<int:media_id>/retry")
def retry_media(media_id: int) -> BaseResponse:
    """Fetch a file again that could not be had."""
    with runtime().work() as work:
        media.retry(work, media_id)
        message_id = work.scalar(select(Media.message_id).where(Media.id == media_id))
        conversation_id = _conversation_of(work, message_id)
    return _done(conversation_id, "It is being fetched again.", _changed(message_id))


@blueprint.errorhandler(RabtaError)
def _refused(error: RabtaError) -> BaseResponse:
    """Why it did not happen: a toast for htmx, a page otherwise."""
    status = STATUS.get(type(error))
    if status is None:
        raise error
    if "HX-Request" in request.headers:
        toast = render_template("console/toast.html", text=_sentence(error), bad=True)
        return make_response(toast, status, WITH_CHANGES | {"HX-Reswap": "none"})
    return make_response(
        render_template("console/error.html", title="That did not work", detail=_sentence(error)), status
    )


def _done(
    conversation_id: int | None, text: str, headers: dict[str, str] = WITH_CHANGES, undo: str = ""
) -> BaseResponse:
    if "HX-Request" not in request.headers:
        return redirect(url_for("console.conversation", conversation_id=conversation_id), 303)
    undo_url = url_for(f"console.{undo}", conversation_id=conversation_id) if undo else ""
    body = render_template("console/toast.html", text=text, undo_url=undo_url, bad=False) if text else ""
    return make_response(body, 200, headers)


def _changed(message_id: int | None) -> dict[str, str]:
    """Tells the page to draw this message anew."""
    return {"HX-Trigger": json.dumps({"rabta:changed": {"message": message_id}})}


def _text(limit: int) -> str:
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()
    if not 0 < len(text) <= limit:
        raise InvalidPayload(f"Write something of at most {limit:,} characters.")
    return text


def _must_be_mine(work: Session, conversation: OpenConversation) -> None:
    if conversation.state == "resolved":
        raise Conflict("This conversation is resolved. Reopen it to write.")
    if conversation.owner != Owner.AGENT or conversation.assignee_id != account().id:
        raise Conflict(f"{_holder(work, conversation)} has this conversation now. Your text is kept; take it to send.")


def _holder(work: Session, conversation: OpenConversation) -> str:
    if conversation.owner == Owner.BOT:
        return "The bot"
    if conversation.owner == Owner.QUEUE:
        return "Nobody"
    return next((each.name for each in users.agents(work) if each.id == conversation.assignee_id), "A colleague")


def _conversation_of(work: Session, message_id: int | None) -> int | None:
    return work.scalar(select(Message.conversation_id).where(Message.id == message_id))


def _sentence(error: RabtaError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
