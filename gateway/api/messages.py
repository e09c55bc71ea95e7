"""``/api/v1/messages``: every message in and out, with its fate."""

from typing import Any

from flask import current_app

from gateway.api import access, examples, shapes
from gateway.api.blueprint import Blueprint
from gateway.api.fields import ID_PATH, Id, Text
from gateway.api.paging import OrderedQuery, answer, page_of, window_of
from gateway.api.schemas import MessageSchema, word
from gateway.core.words import Direction, Status
from gateway.desk import parked, queries
from gateway.models.message import Message
from gateway.runtime import runtime_of

blueprint = Blueprint("messages", "Messages in and out.")


class MessageQuery(OrderedQuery):
    external_id = Text(metadata={"description": "The provider's id of the message or of one of its parts."})
    conversation_id = Id()
    contact_id = Id()
    direction = word(Direction)
    status = word(Status)


@blueprint.route("/messages")
@blueprint.arguments(MessageQuery, location="query")
@blueprint.response(200, page_of(MessageSchema), example=examples.page(examples.MESSAGE))
def list_messages(query: dict[str, Any]) -> dict[str, Any]:
    """List messages, oldest first unless `order=desc`."""
    window = window_of(query)
    with runtime_of(current_app).database.read() as session:
        return answer(queries.messages(session, window, **query), shape)


@blueprint.route(f"/messages/{ID_PATH}")
@blueprint.response(200, MessageSchema, example=examples.MESSAGE)
def get_message(item_id: int) -> dict[str, Any]:
    """One message."""
    with runtime_of(current_app).database.read() as session:
        return shape(queries.message(session, item_id))


@blueprint.route(f"/messages/{ID_PATH}/withdraw", methods=["POST"])
@blueprint.response(200, MessageSchema)
def withdraw_message(item_id: int) -> dict[str, Any]:
    """Take back a `parked` one before the customer writes; 409 once it is on its way."""
    with runtime_of(current_app).work() as session:
        parked.withdraw(session, item_id, access.bearer().user_id)
        return shape(queries.message(session, item_id))


def shape(row: Message) -> dict[str, Any]:
    """A message as this installation shows it."""
    return shapes.message(row, runtime_of(current_app).settings.public_url)
