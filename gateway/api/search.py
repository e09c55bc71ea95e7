"""``/api/v1/search``: contacts, conversations and messages by what somebody remembers of them."""

from typing import Any

from flask import current_app
from marshmallow import Schema, fields, validate

from automation.feeling import MOODS, PRIORITIES
from gateway.api import access
from gateway.api.blueprint import Blueprint
from gateway.api.fields import Person, Text
from gateway.api.paging import PageQuery, answer, page_of, window_of
from gateway.api.schemas import id_, maybe_id, maybe_moment, maybe_text, moment, text, word
from gateway.core import searching
from gateway.core.numbers import country_code_at
from gateway.core.words import Author, ConversationState, Kind, Owner
from gateway.desk import filters, search
from gateway.desk.queries import Page
from gateway.desk.search import ConversationHit, MessageHit
from gateway.runtime import runtime_of

blueprint = Blueprint("search", "Contacts, conversations and messages by what is remembered of them.")

PEOPLE = 20
"""Contacts and conversations that are shown, each."""
NAMES = ("channel", "queue", "language", "topic")


class SearchQuery(PageQuery):
    q = Text(
        required=True,
        metadata={
            "description": 'Words (all of them), `"phrases"`, numbers in any digits and grouping; the last word may be'
            " the beginning of one. What is beyond 200 characters or 8 words is passed over.",
            "example": "late 4521",
        },
    )
    channel, queue, language, topic = (Text(validate=validate.Length(1, filters.LONGEST)) for _ in NAMES)
    state = word(ConversationState)
    owner = word(Owner)
    assignee = Person()
    mood = fields.String(validate=validate.OneOf(MOODS))
    priority = fields.String(validate=validate.OneOf(PRIORITIES))
    from_ = fields.Date(data_key="from", metadata={"description": "The first day, in the business's time zone."})
    to = fields.Date(metadata={"description": "The last day."})


class ContactHitSchema(Schema):
    id = id_()
    name = text()
    address = text()
    conversation_id = maybe_id()
    at = maybe_moment()


class ConversationHitSchema(Schema):
    id = id_()
    contact_id = id_()
    name = text()
    address = text()
    channel_type = text()
    state = word(ConversationState, required=True)
    preview = text()
    preview_kind = word(Kind, required=True)
    language = maybe_text()
    at = moment()


class PieceSchema(Schema):
    """Some of a text; `found`: it is what was looked for."""

    text = text()
    found = fields.Boolean(required=True)


class MessageHitSchema(Schema):
    id = id_()
    conversation_id = id_()
    contact_id = id_()
    name = text()
    address = text()
    channel_type = text()
    author = word(Author, required=True)
    snippet = fields.List(fields.Nested(PieceSchema), required=True)
    language = maybe_text()
    at = moment()


class FoundSchema(Schema):
    contacts = fields.List(fields.Nested(ContactHitSchema), required=True)
    conversations = fields.List(fields.Nested(ConversationHitSchema), required=True)
    messages = fields.Nested(page_of(MessageHitSchema), required=True)


@blueprint.route("/search")
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, FoundSchema)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """Search, newest first; filters hold for conversations and messages.

    `cursor` goes on with older messages, without contacts and conversations. 422: so much is found that it takes too
    long; add a word or a filter.
    """
    runtime, window = runtime_of(current_app), window_of(query)
    zone = runtime.config().business.timezone
    if "assignee" in query:
        query["assignee"] = str(access.person(query["assignee"]))
    wanted, codes = searching.read(query["q"]), (country_code_at(zone),)
    scope = search.scope_of(filters.read(query), None, zone, query.get("from_"), query.get("to"))
    people = 0 if window.after else min(PEOPLE, window.limit)
    with runtime.database.read() as session:
        contacts = search.contacts(session, wanted, people, codes) if people else ()
        talks = search.conversations(session, wanted, scope, people, codes) if people else ()
        found = search.messages(session, wanted, scope, window.limit, window.after)
    return {
        "contacts": [{name: getattr(hit, name) for name in ContactHitSchema().fields} for hit in contacts],
        "conversations": [_conversation(hit) for hit in talks],
        "messages": answer(Page(found.rows, found.more), _message),
    }


def _conversation(hit: ConversationHit) -> dict[str, Any]:
    return {name: getattr(hit, name) for name in ConversationHitSchema().fields}


def _message(hit: MessageHit) -> dict[str, Any]:
    return {name: getattr(hit, name) for name in MessageHitSchema().fields}
