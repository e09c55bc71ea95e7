"""``/api/v1/customers``: whom the built-in CRM knows."""

from typing import Any

from flask import current_app
from marshmallow import validate

from gateway.api import crm_shapes
from gateway.api.blueprint import Blueprint
from gateway.api.crm_schemas import CustomerSchema
from gateway.api.fields import Text, is_storable
from gateway.api.paging import OrderedQuery, answer, page_of, window_of
from gateway.core.errors import NotFound
from gateway.desk import customers as desk
from gateway.runtime import runtime_of

blueprint = Blueprint("customers", "Customers of the built-in CRM.")
NUMBER_PATH = "<path:number>"


class CustomerQuery(OrderedQuery):
    address = Text(
        validate=validate.Length(1, 254),
        metadata={"description": "A phone number as written (variants match), a BSUID, a page-scoped id, an e-mail.",
                  "example": "+923001234567"},
    )  # fmt: skip


def known_number(number: str) -> str:
    """A number that something could have.

    Raises:
        NotFound: nothing can.
    """
    if not is_storable(number):
        raise NotFound("there is none with this number")
    return number


@blueprint.route("/customers")
@blueprint.arguments(CustomerQuery, location="query")
@blueprint.response(200, page_of(CustomerSchema))
def list_customers(query: dict[str, Any]) -> dict[str, Any]:
    """List customers, or find them by an address."""
    window = window_of(query)
    with runtime_of(current_app).database.read() as session:
        return answer(desk.customers(session, window, **query), crm_shapes.customer)


@blueprint.route(f"/customers/{NUMBER_PATH}")
@blueprint.response(200, CustomerSchema)
def get_customer(number: str) -> dict[str, Any]:
    """One customer by their number."""
    with runtime_of(current_app).database.read() as session:
        return crm_shapes.customer(desk.customer(session, known_number(number)))
