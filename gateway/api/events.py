"""``/api/v1/events``: the event log, for programs that follow what happens."""

from dataclasses import replace
from typing import Any

from flask import current_app
from marshmallow import validate

from gateway.api import shapes
from gateway.api.access import needs
from gateway.api.blueprint import Blueprint
from gateway.api.fields import Id, Text
from gateway.api.paging import PageQuery, answer, page_of, window_of
from gateway.api.schemas import EventSchema
from gateway.core.words import Role
from gateway.desk import queries
from gateway.runtime import runtime_of

blueprint = Blueprint("events", "What happened: append-only, for supervisors' programs.")


class EventQuery(PageQuery):
    after = Id(metadata={"description": "Only events with a greater id: hand in the last one you have."})
    kind = Text(validate=validate.Length(1, 40))
    conversation_id = Id()
    message_id = Id()


@blueprint.route("/events")
@needs(Role.SUPERVISOR)
@blueprint.arguments(EventQuery, location="query")
@blueprint.response(200, page_of(EventSchema))
def list_events(query: dict[str, Any]) -> dict[str, Any]:
    """List events by id.

    On PostgreSQL an id is given before its transaction commits: who follows the log reads again from a little
    before the last id and drops what is known already.
    """
    window = window_of(query)
    after = query.pop("after", None)
    if after is not None:
        window = replace(window, after=max(after, window.after or 0))
    with runtime_of(current_app).database.read() as session:
        return answer(queries.events(session, window, **query), shapes.event)
