"""``/api/v1/contacts/{id}/consents``: the ledger of who agreed to hear from us or asked us to stop, how and when."""

from typing import Any

from flask import current_app
from marshmallow import Schema, ValidationError, validate, validates_schema

from gateway.api import shapes
from gateway.api.access import bearer
from gateway.api.blueprint import Blueprint
from gateway.api.fields import ID_PATH, Strict, Text
from gateway.api.paging import OrderedQuery, answer, page_of, window_of
from gateway.api.schemas import id_, maybe_id, maybe_text, moment, text, word
from gateway.core.business import Business, Channel
from gateway.core.errors import InvalidPayload
from gateway.core.words import Author, ChannelType, ConsentSource, Wish
from gateway.desk import consents as desk
from gateway.desk import queries
from gateway.runtime import runtime_of

blueprint = Blueprint("consents", "Who agreed to hear from us, or asked us to stop.")

Shape = dict[str, Any]
TOLD_BY_OTHERS = [ConsentSource.API, ConsentSource.IMPORT, ConsentSource.AGENT, ConsentSource.CALL_KEY]
"""Sources a program may name; the others are what we see ourselves."""


class ConsentRequest(Strict):
    wish = word(Wish, required=True)
    channel_id = Text(validate=validate.Length(1, 64), metadata={"description": "One of our senders."})
    channel_type = word(ChannelType, metadata={"description": "All our senders of this type."})
    address = Text(
        validate=validate.Length(1, 160),
        metadata={"description": "One of the contact's addresses; without it, all that the channel goes to."},
    )
    source = Text(load_default=ConsentSource.API.value, validate=validate.OneOf(TOLD_BY_OTHERS))
    prompt_version = Text(
        validate=validate.Length(1, desk.PROMPT_LIMIT),
        metadata={"description": "Which wording they agreed to."},
    )
    detail = Text(
        load_default="",
        validate=validate.Length(0, desk.DETAIL_LIMIT),
        metadata={"description": "The key pressed, the form, who imported."},
    )

    @validates_schema
    def _names_a_channel(self, data: Shape, **_: object) -> None:
        if ("channel_id" in data) == ("channel_type" in data):
            raise ValidationError({"channel_id": ["Name either channel_id or channel_type."]})


class ConsentSchema(Schema):
    """One wish, as it was said; rows are only added, and the newest of an address and a channel holds."""

    id = id_()
    contact_id = id_()
    address = text()
    channel_id = text()
    channel_type = word(ChannelType, required=True)
    wish = word(Wish, required=True)
    source = word(ConsentSource, required=True)
    detail = text()
    prompt_version = maybe_text()
    message_id = maybe_id()
    call_id = maybe_id()
    actor_id = maybe_id()
    at = moment()


ConsentPage = page_of(ConsentSchema)
EXAMPLE = {"wish": "opt_in", "channel_type": "whatsapp", "source": "import", "prompt_version": "checkout-3"}


@blueprint.route(f"/contacts/{ID_PATH}/consents")
@blueprint.arguments(OrderedQuery, location="query")
@blueprint.response(200, ConsentPage)
def list_consents(query: Shape, item_id: int) -> Shape:
    """Every wish of a contact, oldest first unless `order=desc`."""
    with runtime_of(current_app).database.read() as session:
        return answer(queries.consents(session, item_id, window_of(query)), shapes.consent)


@blueprint.route(f"/contacts/{ID_PATH}/consents", methods=["POST"])
@blueprint.arguments(ConsentRequest, example=EXAMPLE)
@blueprint.response(201, ConsentPage)
def add_consent(wanted: Shape, item_id: int) -> Shape:
    """Enter a wish into the ledger and act on it from now on; one row for each address and sender.

    An opt-in lifts an opt-out on our side. On SMS the carrier keeps refusing until the customer writes START.
    """
    proof = desk.Proof(ConsentSource(wanted["source"]), wanted["detail"], wanted.get("prompt_version"))
    channels = _channels(runtime_of(current_app).config().business, wanted)
    with runtime_of(current_app).work() as session:
        made = [
            desk.record(session, wisher, Wish(wanted["wish"]), proof, actor=Author.AGENT, actor_id=bearer().user_id)
            for wisher in desk.wishers(session, item_id, channels, wanted.get("address"))
        ]
        page = queries.consents(session, item_id, queries.Window(len(made), after=made[0] - 1))
        return answer(page, shapes.consent)


def _channels(business: Business, wanted: Shape) -> list[Channel]:
    """The senders that are meant.

    Raises:
        InvalidPayload: there are none.
    """
    kind, name = wanted.get("channel_type"), wanted.get("channel_id")
    found = [channel for channel in business.channels if channel.type == kind or channel.id == name]
    if not found:
        known = ", ".join(channel.id for channel in business.channels)
        raise InvalidPayload(f"no channel is called {name!r}; there are {known}" if name else f"no {kind} channel")
    return found
