"""``/api/v1/orders``: orders of the built-in CRM with lines, invoices, and what customers asked for."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from marshmallow import fields, validate

from gateway.api import crm_shapes
from gateway.api.blueprint import Blueprint
from gateway.api.crm_schemas import OrderSchema
from gateway.api.customers import NUMBER_PATH, known_number
from gateway.api.fields import Text
from gateway.api.paging import OrderedQuery, answer, page_of, window_of
from gateway.api.schemas import word
from gateway.core import clock
from gateway.crm.records import OrderStatus
from gateway.desk import customers as desk
from gateway.models.order import Order
from gateway.runtime import runtime_of

blueprint = Blueprint("orders", "Orders of the built-in CRM.")


class OrderQuery(OrderedQuery):
    customer = Text(validate=validate.Length(1, 64), metadata={"description": "A customer's number."})
    status = word(OrderStatus)
    open_cases = fields.Boolean(
        truthy={"true"}, falsy={"false"}, metadata={"description": "With (or without) something people have to do."}
    )


@blueprint.route("/orders")
@blueprint.arguments(OrderQuery, location="query")
@blueprint.response(200, page_of(OrderSchema))
def list_orders(query: dict[str, Any]) -> dict[str, Any]:
    """List orders: all, a customer's, those of a status, those people have work with."""
    window = window_of(query)
    with runtime_of(current_app).database.read() as session:
        return answer(desk.orders(session, window, **query), _shape)


@blueprint.route(f"/orders/{NUMBER_PATH}")
@blueprint.response(200, OrderSchema)
def get_order(number: str) -> dict[str, Any]:
    """One order by its number, however it is written."""
    with runtime_of(current_app).database.read() as session:
        return _shape(desk.order(session, known_number(number)))


@blueprint.route("/order-cases/<string:reference>/close", methods=["POST"])
@blueprint.response(200, OrderSchema)
def close_case(reference: str) -> dict[str, Any]:
    """Say that what a customer asked for is done (or will not be); returns the order."""
    with runtime_of(current_app).work() as session:
        number = desk.close_case(session, known_number(reference))
        return _shape(desk.order(session, number))


def today() -> date:
    """The business's day."""
    return clock.now().astimezone(ZoneInfo(runtime_of(current_app).config().business.timezone)).date()


def _shape(row: Order) -> dict[str, Any]:
    return crm_shapes.order(row, runtime_of(current_app).config().crm.terms, today())
