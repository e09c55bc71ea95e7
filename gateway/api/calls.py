"""``/api/v1/calls``: phone calls."""

from typing import Any

from flask import current_app

from gateway.api import shapes
from gateway.api.blueprint import Blueprint
from gateway.api.fields import ID_PATH, Id, Text
from gateway.api.paging import OrderedQuery, answer, page_of, window_of
from gateway.api.schemas import CallSchema
from gateway.desk import queries
from gateway.runtime import runtime_of

blueprint = Blueprint("calls", "Phone calls.")


class CallQuery(OrderedQuery):
    external_id = Text(metadata={"description": "The provider's id of the call."})
    contact_id = Id()


@blueprint.route("/calls")
@blueprint.arguments(CallQuery, location="query")
@blueprint.response(200, page_of(CallSchema))
def list_calls(query: dict[str, Any]) -> dict[str, Any]:
    """List calls, oldest first unless `order=desc`."""
    window = window_of(query)
    with runtime_of(current_app).database.read() as session:
        return answer(queries.calls(session, window, **query), shapes.call)


@blueprint.route(f"/calls/{ID_PATH}")
@blueprint.response(200, CallSchema)
def get_call(item_id: int) -> dict[str, Any]:
    """One call."""
    with runtime_of(current_app).database.read() as session:
        return shapes.call(queries.call(session, item_id))
