"""``/api/v1/conversations``: cases with contacts, read and worked on as an agent would."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import current_app
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from automation.routing import Score
from gateway.api import access, examples, messages, shapes
from gateway.api.blueprint import Blueprint
from gateway.api.explanations import variables_field
from gateway.api.fields import ID_PATH, Id, Person, Strict, Text
from gateway.api.paging import OrderedQuery, PageQuery, answer, page_of, window_of
from gateway.api.schemas import ConversationSchema, MessageSchema, NoteSchema, word
from gateway.api.windows import window_now
from gateway.core.errors import Conflict, InvalidPayload
from gateway.core.words import Author, ConversationState, Owner
from gateway.desk import conversations as desk
from gateway.desk import media, queries, replies, routing, snoozes
from gateway.desk.replies import Written
from gateway.models.conversation import Conversation
from gateway.runtime import runtime_of

blueprint = Blueprint("conversations", "Cases with contacts.")

Shape = dict[str, Any]


class ConversationQuery(PageQuery):
    state = word(ConversationState)
    owner = word(Owner)
    queue = Text(validate=validate.Length(1, 64))
    assignee = Person()
    contact_id = Id()
    order = fields.String(
        load_default="newest",
        validate=validate.OneOf(["newest", "score"]),
        metadata={"description": "`score`: who waits, the next one first, with `score`; one page."},
    )


class ReplyRequest(Strict):
    text = Text(load_default="", validate=validate.Length(0, 16_000))
    client_key = Text(
        validate=validate.Length(1, 80),
        metadata={"description": "A key of your own: the same key twice is one message."},
    )
    media_ids = fields.List(Id(), load_default=list, validate=validate.Length(0, 10))
    template = Text(validate=validate.Length(1, 80), metadata={"description": "By its name, in place of a text."})
    variables = variables_field()


class AssignRequest(Strict):
    assignee = Person(required=True)


class TransferRequest(Strict):
    queue = Text(required=True, validate=validate.Length(1, 64))


class SnoozeRequest(Strict):
    until = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Within a year; none: until the customer writes."}
    )


class NoteRequest(Strict):
    text = Text(required=True, validate=validate.Length(1, 10_000))


@blueprint.route("/conversations")
@blueprint.arguments(ConversationQuery, location="query")
@blueprint.response(200, page_of(ConversationSchema), example=examples.page(examples.CONVERSATION))
def list_conversations(query: Shape) -> Shape:
    """List conversations, the one with the newest message first, or a queue's line by score."""
    by_score = query.pop("order") == "score"
    window = window_of(query)
    if "assignee" in query:
        query["assignee_id"] = access.person(query.pop("assignee"))
    if by_score:
        return _line(query, window)
    with runtime_of(current_app).database.read() as session:
        return answer(queries.conversations(session, window, **query), shape_now())


@blueprint.route(f"/conversations/{ID_PATH}")
@blueprint.response(200, ConversationSchema, example=examples.CONVERSATION)
def get_conversation(item_id: int) -> Shape:
    """One conversation."""
    with runtime_of(current_app).database.read() as session:
        return shape_now()(queries.conversation(session, item_id))


@blueprint.route(f"/conversations/{ID_PATH}/messages", methods=["POST"])
@blueprint.arguments(ReplyRequest, example=examples.REPLY)
@blueprint.response(201, MessageSchema, example=examples.SENT)
def reply(wanted: Shape, item_id: int) -> Shape:
    """Answer the customer on the channel they last used.

    The message is queued and sent at once; its `status` tells how it fares. Outside the session window it is `parked`:
    the customer is told that an answer waits, and it follows when they write. The owner stays who it is.
    """
    runtime = runtime_of(current_app)
    with runtime.work() as session:
        conversation = desk.lock(session, item_id)
        if conversation.state == ConversationState.RESOLVED:
            raise Conflict("the conversation is resolved: reopen it first")
        files = media.to_send(session, wanted["media_ids"])
        written = Written(
            wanted["text"],
            files,
            wanted.get("template"),
            wanted["variables"],
            author_id=access.bearer().user_id,
            client_key=wanted.get("client_key"),
        )
        message_id = replies.reply(session, conversation, written, runtime.config())
        return messages.shape(queries.message(session, message_id))


@blueprint.route(f"/conversations/{ID_PATH}/assign", methods=["POST"])
@blueprint.arguments(AssignRequest, example={"assignee": "me"})
@blueprint.response(200, ConversationSchema, example=examples.CONVERSATION)
def assign(wanted: Shape, item_id: int) -> Shape:
    """Give it to an agent, whoever has it now."""
    assignee = access.person(wanted["assignee"])
    return _change(item_id, lambda session: desk.assign(session, item_id, assignee, actor_id=access.bearer().user_id))


@blueprint.route(f"/conversations/{ID_PATH}/claim", methods=["POST"])
@blueprint.response(200, ConversationSchema, example=examples.CONVERSATION)
def claim(item_id: int) -> Shape:
    """Take it for the token's user, from the bot or a queue; 409 if somebody has it."""
    user_id = access.me()
    return _change(item_id, lambda session: desk.claim(session, item_id, user_id))


@blueprint.route(f"/conversations/{ID_PATH}/transfer", methods=["POST"])
@blueprint.arguments(TransferRequest, example={"queue": "billing"})
@blueprint.response(200, ConversationSchema)
def transfer(wanted: Shape, item_id: int) -> Shape:
    """Put it into a queue of people."""
    known = [queue.id for queue in runtime_of(current_app).config().business.queues]
    if wanted["queue"] not in known:
        raise InvalidPayload(f"no queue {wanted['queue']!r}; there are {', '.join(known)}")
    actor = access.bearer().user_id
    return _change(item_id, lambda session: desk.transfer(session, item_id, wanted["queue"], actor_id=actor))


@blueprint.route(f"/conversations/{ID_PATH}/hand_back", methods=["POST"])
@blueprint.response(200, ConversationSchema)
def hand_back(item_id: int) -> Shape:
    """Give it back to the bot."""
    return _change(item_id, lambda session: desk.hand_back(session, item_id, actor_id=access.bearer().user_id))


@blueprint.route(f"/conversations/{ID_PATH}/resolve", methods=["POST"])
@blueprint.response(200, ConversationSchema)
def resolve(item_id: int) -> Shape:
    """End it; ending it twice is no error."""
    actor = access.bearer().user_id
    return _change(item_id, lambda session: desk.resolve(session, item_id, actor=Author.AGENT, actor_id=actor))


@blueprint.route(f"/conversations/{ID_PATH}/reopen", methods=["POST"])
@blueprint.response(200, ConversationSchema)
def reopen(item_id: int) -> Shape:
    """Continue a resolved one: with the token's user, else with the bot."""
    actor = access.bearer().user_id
    return _change(item_id, lambda session: desk.reopen(session, item_id, actor=Author.AGENT, actor_id=actor))


@blueprint.route(f"/conversations/{ID_PATH}/snooze", methods=["POST"])
@blueprint.arguments(SnoozeRequest, example={"until": "2026-11-24T04:00:00+00:00"})
@blueprint.response(200, ConversationSchema)
def snooze(wanted: Shape, item_id: int) -> Shape:
    """Put it off until a time, or until the customer writes; what was promised stands still. Claiming it wakes it."""
    until, actor = wanted.get("until"), access.bearer().user_id
    return _change(item_id, lambda session: snoozes.snooze(session, item_id, until, actor_id=actor))


@blueprint.route(f"/conversations/{ID_PATH}/notes")
@blueprint.arguments(OrderedQuery, location="query")
@blueprint.response(200, page_of(NoteSchema))
def list_notes(query: Shape, item_id: int) -> Shape:
    """What colleagues wrote about it, oldest first unless `order=desc`."""
    with runtime_of(current_app).database.read() as session:
        return answer(queries.notes(session, item_id, window_of(query)), shapes.note)


@blueprint.route(f"/conversations/{ID_PATH}/notes", methods=["POST"])
@blueprint.arguments(NoteRequest, example={"text": "Asked for a size M twice already."})
@blueprint.response(201, NoteSchema)
def add_note(wanted: Shape, item_id: int) -> Shape:
    """Write a note for colleagues; it is never sent."""
    who = access.bearer()
    with runtime_of(current_app).work() as session:
        note_id = desk.add_note(
            session, item_id, wanted["text"], author_id=who.user_id, author_name=who.user_name or who.name
        )
        return shapes.note(queries.note(session, note_id))


def _line(query: Shape, window: queries.Window) -> Shape:
    """The first of those who wait, the next one first; other filters leave out whoever does not fit."""
    tiers = runtime_of(current_app).config().business.desk.tiers
    queue = query.pop("queue", None)
    with runtime_of(current_app).database.read() as session:
        placed = routing.placed(session, queue, tiers, window.limit if window.after is None else 0)
        points = {one.waiting.conversation_id: _points(one.score) for one in placed}
        found = {row.id: row for row in queries.conversations_of(session, list(points))}
    shape = shape_now()
    fitting = [row for row in map(found.get, points) if row and all(getattr(row, k) == v for k, v in query.items())]
    return {"data": [shape(row) | {"score": points[row.id]} for row in fitting], "next": None}


def _points(score: Score) -> Shape:
    return {"total": score.total} | {name: getattr(score, name) for name in Score.__slots__}


def _change(conversation_id: int, act: Callable[[Session], object]) -> Shape:
    with runtime_of(current_app).work() as session:
        act(session)
        return shape_now()(queries.conversation(session, conversation_id))


def shape_now() -> Callable[[Conversation], Shape]:
    """How a conversation is shown at this moment."""
    return partial(shapes.conversation, window=window_now())
