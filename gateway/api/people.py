"""``/api/v1/users`` and ``/presence``: who works here, what they can do, and who is at the desk."""

from typing import Any

from flask import current_app
from marshmallow import Schema, fields, validate

from gateway.api import access
from gateway.api.access import needs
from gateway.api.blueprint import Blueprint
from gateway.api.fields import ID_PATH, Strict, Text, Whole
from gateway.api.schemas import id_, maybe_id, maybe_moment, text, word
from gateway.core.words import PresenceState, Role
from gateway.desk import presence, users
from gateway.desk.presence import Person
from gateway.desk.users import Account
from gateway.runtime import runtime_of

blueprint = Blueprint("people", "Who works here, and who is at the desk.")

Shape = dict[str, Any]


class UserSchema(Schema):
    """Somebody who signs in at the desk."""

    id = id_()
    name = text()
    email = text()
    role = word(Role, required=True)
    active = fields.Boolean(required=True)
    skills = fields.List(fields.String(), required=True, metadata={"description": "None: all."})
    languages = fields.List(fields.String(), required=True, metadata={"description": "None: all."})
    capacity = maybe_id()


class UsersSchema(Schema):
    data = fields.List(fields.Nested(UserSchema), required=True)


class WorkRequest(Strict):
    skills = fields.List(Text(validate=validate.Length(1, 64)), validate=validate.Length(0, 50))
    languages = fields.List(Text(validate=validate.Length(1, 16)), validate=validate.Length(0, 50))
    capacity = Whole(1, users.MOST_AT_ONCE, allow_none=True, metadata={"description": "Null: as their queue says."})


class PresenceSchema(Schema):
    """Where somebody is: as they said, and offline if they were not seen for 90 seconds."""

    user_id = id_()
    name = text()
    state = word(PresenceState, required=True)
    since = maybe_moment()
    seen_at = maybe_moment()
    in_hand = id_(metadata={"description": "Open conversations that are theirs."})
    capacity = maybe_id()


class PresencesSchema(Schema):
    data = fields.List(fields.Nested(PresenceSchema), required=True)


class PresenceRequest(Strict):
    state = word(PresenceState, required=True)


@blueprint.route("/users")
@blueprint.response(200, UsersSchema)
@needs(Role.SUPERVISOR)
def list_users() -> Shape:
    """All users by e-mail address, with their skills, languages and capacity."""
    with runtime_of(current_app).database.read() as session:
        return {"data": [_user(account) for account in users.listed(session)]}


@blueprint.route(f"/users/{ID_PATH}", methods=["PATCH"])
@blueprint.arguments(WorkRequest, example={"skills": ["orders"], "languages": ["en", "ur"], "capacity": 4})
@blueprint.response(200, UserSchema)
@needs(Role.SUPERVISOR)
def change_user(wanted: Shape, item_id: int) -> Shape:
    """Say what somebody can do, and how much at once; what is left out stays."""
    capacity = wanted.pop("capacity", 0) or 0 if "capacity" in wanted else None
    with runtime_of(current_app).work() as session:
        users.set_work(session, item_id, **wanted, capacity=capacity)
        return _user(next(account for account in users.listed(session) if account.id == item_id))


@blueprint.route("/presence")
@blueprint.response(200, PresencesSchema)
def list_presence() -> Shape:
    """All active users by name: where they are, and how much they have in hand."""
    with runtime_of(current_app).database.read() as session:
        return {"data": [_presence(person) for person in presence.people(session)]}


@blueprint.route("/presence", methods=["PUT"])
@blueprint.arguments(PresenceRequest, example={"state": "online"})
@blueprint.response(200, PresenceSchema)
def say_presence(wanted: Shape) -> Shape:
    """Say where the token's user is, and that they are there: again within 90 seconds, or they count as gone."""
    user_id = access.me()
    with runtime_of(current_app).work() as session:
        presence.say(session, user_id, PresenceState(wanted["state"]))
        return next(_presence(person) for person in presence.people(session) if person.id == user_id)


def _user(account: Account) -> Shape:
    shown = {name: getattr(account, name) for name in ("id", "name", "email", "role", "active", "capacity")}
    return shown | {"skills": list(account.skills), "languages": list(account.languages)}


def _presence(person: Person) -> Shape:
    names = ("name", "state", "since", "seen_at", "capacity")
    return {"user_id": person.id, "in_hand": person.load} | {name: getattr(person, name) for name in names}
