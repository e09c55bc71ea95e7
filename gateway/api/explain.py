"""``/api/v1/explain``: what would happen if this were sent; nothing is written."""

from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from gateway.api import examples
from gateway.api.blueprint import Blueprint
from gateway.api.explanations import ExplainRequest, ExplanationSchema, intended_of, shape
from gateway.core import clock
from gateway.core.errors import NotFound
from gateway.core.words import AddressKind
from gateway.desk import contacts, facts
from gateway.desk.explain import explain
from gateway.desk.intended import AddressFacts, Facts
from gateway.runtime import runtime_of

blueprint = Blueprint("explain", "What would happen to a message, before it is sent.")


@blueprint.route("/explain", methods=["POST"])
@blueprint.arguments(ExplainRequest, example=examples.EXPLAIN)
@blueprint.response(200, ExplanationSchema, example=examples.EXPLANATION)
def explain_sending(wanted: dict[str, Any]) -> dict[str, Any]:
    """Say whether and how it would go, why not, what it costs, and the nearest way that is allowed."""
    runtime = runtime_of(current_app)
    meant, now = intended_of(wanted), clock.now()
    with runtime.database.read() as session:
        contact = facts_of(session, wanted)
        rules = facts.rules(session, runtime.config(), now, [meant.template] if meant.template else [])
    return shape(explain(meant, contact, rules, now))


def facts_of(session: Session, wanted: dict[str, Any]) -> Facts:
    """What is known of the contact named, or of whoever has the address; of a new number nothing is.

    Raises:
        NotFound: there is no such contact.
    """
    known = [wanted["contact_id"]] if "contact_id" in wanted else contacts.find(session, wanted["to"])
    found = facts.gather(session, list(known)[:1])
    if found:
        return next(iter(found.values()))
    if "contact_id" in wanted:
        raise NotFound(f"no contact {wanted['contact_id']}")
    bare = wanted["to"].rpartition(":")[2]
    kind = AddressKind.PHONE if bare.startswith("+") else AddressKind.BSUID
    return Facts(0, addresses=(AddressFacts(0, kind, bare),))
