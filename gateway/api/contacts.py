"""``/api/v1/contacts``: customers, found by any of their addresses; merged, and taken apart again."""

from typing import Any
from zoneinfo import available_timezones

from flask import current_app
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from gateway.api import examples, shapes
from gateway.api.access import bearer, needs
from gateway.api.blueprint import Blueprint
from gateway.api.fields import ID_PATH, Id, Scalar, Strict, Text
from gateway.api.paging import OrderedQuery, answer, page_of, window_of
from gateway.api.schemas import ContactSchema, WholeContactSchema, id_
from gateway.api.windows import window_now
from gateway.core.words import Author, ChannelType, Role
from gateway.desk import contact_edits, customers, queries
from gateway.desk import contacts as desk
from gateway.models.contact import Contact
from gateway.runtime import runtime_of

blueprint = Blueprint("contacts", "Customers and their addresses.")


class ContactQuery(OrderedQuery):
    address = Text(
        validate=validate.Length(1, 160),
        metadata={"description": "As written (`+92…`, `whatsapp:+92…`, a BSUID); number variants match.",
                  "example": "+923001234567"},
    )  # fmt: skip
    name = Text(validate=validate.Length(1, 100), metadata={"description": "Part of a name."})


def _known_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("Not a known time zone.")


class ContactEdit(Strict):
    name = Text(validate=validate.Length(0, 200))
    language = Text(allow_none=True, validate=validate.Regexp(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z"))
    timezone = Text(allow_none=True, validate=_known_zone, metadata={"example": "Asia/Karachi"})
    attributes = fields.Dict(
        keys=Text(validate=validate.Length(1, 64)),
        values=Scalar(allow_none=True),
        validate=validate.Length(0, 100),
        metadata={"description": "Merged into what is there; null takes one away."},
    )


class MergeRequest(Strict):
    contact_id = Id(required=True, metadata={"description": "The contact to merge into this one."})
    reason = Text(load_default="", validate=validate.Length(0, 200))


class UnmergeRequest(Strict):
    merge_id = Id(required=True)


class MergeResult(Schema):
    merge_id = id_(metadata={"description": "Hand it to `unmerge` to take this back."})
    contact = fields.Nested(WholeContactSchema, required=True)


@blueprint.route("/contacts")
@blueprint.arguments(ContactQuery, location="query")
@blueprint.response(200, page_of(ContactSchema), example=examples.page(examples.CONTACT))
def list_contacts(query: dict[str, Any]) -> dict[str, Any]:
    """List contacts, or find them by address or name."""
    window = window_of(query)
    with runtime_of(current_app).database.read() as session:
        page = queries.contacts(session, window, **query)
        out = queries.opted_out(session, [row.id for row in page.rows])
    return answer(page, lambda row: _shape(row, out[row.id]))


@blueprint.route(f"/contacts/{ID_PATH}")
@blueprint.response(200, WholeContactSchema, example=examples.WHOLE_CONTACT)
def get_contact(item_id: int) -> dict[str, Any]:
    """One contact; one that was merged away says into which."""
    with runtime_of(current_app).database.read() as session:
        return _read(session, item_id)


@blueprint.route(f"/contacts/{ID_PATH}", methods=["PATCH"])
@blueprint.arguments(ContactEdit, example={"name": "Ayesha Khan", "attributes": {"tier": "gold"}})
@blueprint.response(200, WholeContactSchema, example=examples.WHOLE_CONTACT)
def edit_contact(changes: dict[str, Any], item_id: int) -> dict[str, Any]:
    """Change name, language, time zone or attributes."""
    with runtime_of(current_app).work() as session:
        contact_edits.edit(session, item_id, changes)
        return _read(session, item_id)


@blueprint.route(f"/contacts/{ID_PATH}/merge", methods=["POST"])
@needs(Role.SUPERVISOR)
@blueprint.arguments(MergeRequest)
@blueprint.response(200, MergeResult)
def merge_contact(wanted: dict[str, Any], item_id: int) -> dict[str, Any]:
    """Merge another contact into this one; the merge can be taken back."""
    with runtime_of(current_app).work() as session:
        merge_id = desk.merge(
            session,
            item_id,
            wanted["contact_id"],
            reason=wanted["reason"],
            actor=Author.AGENT,
            actor_id=bearer().user_id,
        )
        return {"merge_id": merge_id, "contact": _read(session, item_id)}


@blueprint.route(f"/contacts/{ID_PATH}/unmerge", methods=["POST"])
@needs(Role.SUPERVISOR)
@blueprint.arguments(UnmergeRequest)
@blueprint.response(200, WholeContactSchema)
def unmerge_contact(wanted: dict[str, Any], item_id: int) -> dict[str, Any]:
    """Take back a merge into this contact."""
    with runtime_of(current_app).work() as session:
        contact_edits.merge_of(session, wanted["merge_id"], item_id)
        desk.unmerge(session, wanted["merge_id"], actor=Author.AGENT, actor_id=bearer().user_id)
        return _read(session, item_id)


def _read(session: Session, contact_id: int) -> dict[str, Any]:
    session.expire_all()
    row = queries.contact(session, contact_id)
    known = customers.of_addresses(session, row.addresses)
    shown = {"number": known.number, "name": known.name, "tier": known.tier} if known else None
    return _shape(row, queries.opted_out(session, [contact_id])[contact_id]) | {"customer": shown}


def _shape(row: Contact, opted_out: set[str]) -> dict[str, Any]:
    channels = runtime_of(current_app).config().business.channels
    types = (channel.type.value for channel in channels if channel.type is not ChannelType.VOICE)
    return shapes.contact(row, opted_out, types, window_now())
