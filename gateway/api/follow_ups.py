"""``/api/v1/conversations/{id}/follow-ups``: ask again later, unless the customer writes first."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from gateway.api import access, examples
from gateway.api.blueprint import Blueprint
from gateway.api.explanations import variables_field
from gateway.api.fields import ID_PATH, MAX_ID, Strict, Text, Whole
from gateway.api.schemas import id_, maybe_id, maybe_moment, maybe_text, moment, text
from gateway.core import clock
from gateway.core.errors import InvalidPayload
from gateway.core.words import Purpose
from gateway.desk import conversations, promises, timers
from gateway.desk.intended import Intended
from gateway.desk.promises import Promise
from gateway.desk.timers import TimerKind
from gateway.runtime import runtime_of

blueprint = Blueprint("follow_ups", "Questions to be asked later.")

Shape = dict[str, Any]
LONGEST = timedelta(days=60)
TIMER_PATH = f"<int(min=1, max={MAX_ID}):timer_id>"


class FollowUpRequest(Strict):
    in_minutes = Whole(1, int(LONGEST.total_seconds() // 60))
    at = fields.AwareDateTime()
    text = Text(load_default="", validate=validate.Length(0, 1600))
    template = Text(validate=validate.Length(1, 80))
    variables = variables_field()

    @validates_schema
    def _one_of_each(self, data: Shape, **_: object) -> None:
        if ("in_minutes" in data) == ("at" in data):
            raise ValidationError({"in_minutes": ["Say in_minutes or at, one of them."]})
        if bool(data["text"].strip()) == ("template" in data):
            raise ValidationError({"text": ["Give a text or a template, one of them."]})


class FollowUpSchema(Schema):
    """`state`: pending, fired (see `outcome`), dropped or failed."""

    id = id_()
    conversation_id = id_()
    state = text()
    outcome = text(metadata={"description": "What came of it, or why it was dropped."})
    text = text()
    template = maybe_text()
    due_at = moment()
    created_by = maybe_id()
    created_at = moment()
    settled_at = maybe_moment()


class FollowUpListSchema(Schema):
    data = fields.List(fields.Nested(FollowUpSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Always null: there are few."})


@blueprint.route(f"/conversations/{ID_PATH}/follow-ups", methods=["POST"])
@blueprint.arguments(FollowUpRequest, example=examples.FOLLOW_UP)
@blueprint.response(201, FollowUpSchema)
def add_follow_up(wanted: Shape, item_id: int) -> Shape:
    """Ask again later; dropped if the customer writes first.

    It goes out within the session window or by template, outside quiet hours, and its answer lands in the conversation,
    also where that is resolved by then.
    """
    due_at = _due_at(wanted)
    meant = Intended(
        Purpose.FOLLOW_UP, text=wanted["text"], template=wanted.get("template"), variables=wanted["variables"]
    )
    with runtime_of(current_app).work() as session:
        conversation = conversations.lock(session, item_id)
        made = Promise(conversation.contact_id, meant, due_at, item_id, access.bearer().user_id, unless_heard=True)
        timer_id = promises.promise(session, made)
        return next(_shape(row) for row in timers.of_conversation(session, item_id, KIND) if row.id == timer_id)


@blueprint.route(f"/conversations/{ID_PATH}/follow-ups")
@blueprint.response(200, FollowUpListSchema)
def list_follow_ups(item_id: int) -> Shape:
    """A conversation's follow-ups, newest first, at most 100."""
    with runtime_of(current_app).database.read() as session:
        rows = timers.of_conversation(session, item_id, KIND)
    return {"data": [_shape(row) for row in rows], "next": None}


@blueprint.route(f"/conversations/{ID_PATH}/follow-ups/{TIMER_PATH}", methods=["DELETE"])
@blueprint.response(204)
def drop_follow_up(item_id: int, timer_id: int) -> None:
    """Call it off; 409 once it was sent or dropped."""
    with runtime_of(current_app).work() as session:
        timers.drop(session, timer_id, item_id, KIND, "called off")


KIND = TimerKind.FOLLOW_UP


def _due_at(wanted: Shape) -> datetime:
    now = clock.now()
    due_at: datetime = wanted.get("at") or now + timedelta(minutes=wanted["in_minutes"])
    if not now < due_at <= now + LONGEST:
        raise InvalidPayload(f"a follow-up lies ahead, at most {LONGEST.days} days")
    return due_at


def _shape(row: Any) -> Shape:
    names = ("id", "conversation_id", "state", "outcome", "due_at", "created_by", "created_at", "settled_at")
    meant = row.data["intended"]
    return {name: getattr(row, name) for name in names} | {"text": meant["text"], "template": meant["template"]}
