"""``/api/v1/questions``: what nobody answered, grouped, and one call to make it an answer."""

from typing import Any

from flask import current_app
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from gateway.api.access import bearer, needs
from gateway.api.blueprint import Blueprint
from gateway.api.fields import ID_PATH, Strict, Text
from gateway.api.schemas import id_, maybe_moment, maybe_text, text
from gateway.core.errors import ConfigError, NotFound, Refused
from gateway.core.words import Role
from gateway.desk import answers, queries, questions
from gateway.desk.questions import Asked
from gateway.jobs.learn_answer import Wish, make_answer
from gateway.runtime import runtime_of

blueprint = Blueprint("questions", "What nobody answered, and what messages turned out to ask.")

STATES = ("open", "answered", "dropped")
LANGUAGE = Text(validate=validate.Regexp(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?\Z"))
EXAMPLE = {
    "title": {"en": "Gift cards", "ur": "گفٹ کارڈ"},
    "answer": {"en": "Yes, from Rs 1,000.", "ur": "جی ہاں، 1,000 روپے سے۔"},
}


def _texts(longest: int) -> fields.Dict:
    return fields.Dict(
        keys=LANGUAGE, values=Text(validate=validate.Length(1, longest)), validate=validate.Length(1, 20)
    )


class AnswerRequest(Strict):
    """`title` and `answer` by language for a new answer, or `existing`: the id of one that gets the phrases."""

    title, answer = _texts(20), _texts(4000)
    id = Text(validate=validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z"), metadata={"description": "Default: of the title."})
    existing = Text(validate=validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z"))
    phrases = fields.Dict(
        keys=LANGUAGE,
        values=fields.List(Text(validate=validate.Length(1, 200)), validate=validate.Length(1, 200)),
        validate=validate.Length(1, 20),
        metadata={"description": "Ways to ask, by language; default: the customers' own words."},
    )

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: object) -> None:
        if ("existing" in data) == ("answer" in data):
            raise ValidationError({"existing": ["Give a title and an answer, or existing, one of them."]})
        if ("title" in data) != ("answer" in data) or ("existing" in data and "id" in data):
            raise ValidationError({"title": ["A new answer has a title and an answer."]})


class LabelRequest(Strict):
    target = Text(
        required=True,
        validate=validate.Regexp(r"((faq|flow):[a-z][a-z0-9_]{0,39})?\Z"),
        metadata={"description": "What the message asks: `faq:hours`, `flow:order_status`; empty: nothing of ours."},
    )
    fits = fields.Boolean(load_default=True, metadata={"description": "False: it does not ask this."})


class ExampleSchema(Schema):
    """E-mail addresses, long numbers and the writer's name are taken out."""

    message_id = id_()
    language = text()
    text = text()


class QuestionSchema(Schema):
    id = id_()
    count = fields.Integer(required=True, metadata={"description": "Messages."})
    contacts = fields.Integer(required=True, metadata={"description": "Different customers."})
    languages = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    examples = fields.List(fields.Nested(ExampleSchema), required=True)
    nearest = text(metadata={"description": "The answer there is that comes nearest, as `faq:hours`; empty: none."})
    nearest_score = fields.Float(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    answer = maybe_text(metadata={"description": "What it became."})


class QuestionListSchema(Schema):
    data = fields.List(fields.Nested(QuestionSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Always null: there are few."})
    grouped_at = maybe_moment()
    messages = fields.Integer(required=True, metadata={"description": "Messages without a good answer looked at."})
    others = fields.Integer(required=True, metadata={"description": "Of these, like too few others."})


class LearnedSchema(Schema):
    answer = text()
    version = id_(metadata={"description": "Of the config, published and running within seconds."})


@blueprint.route("/questions")
@blueprint.response(200, QuestionListSchema)
@needs(Role.SUPERVISOR)
def list_questions() -> dict[str, Any]:
    """What customers asked in vain, as grouped last, the most asked first."""
    with runtime_of(current_app).database.read() as session:
        run = questions.last_run(session)
        found = questions.of_run(session, run.id, STATES) if run else []
    about = {"grouped_at": run and run.ended_at, "messages": run.messages if run else 0}
    return {"data": [_shape(one) for one in found], "next": None, "others": run.others if run else 0} | about


@blueprint.route("/questions/group", methods=["POST"])
@blueprint.response(202)
@needs(Role.SUPERVISOR)
def group_questions() -> None:
    """Group them anew now, beside the work; it happens once a day anyway."""
    with runtime_of(current_app).work() as session:
        questions.want(session, bearer().user_id)


@blueprint.route(f"/questions/{ID_PATH}/answer", methods=["POST"])
@blueprint.arguments(AnswerRequest, example=EXAMPLE)
@blueprint.response(201, LearnedSchema)
@needs(Role.SUPERVISOR)
def answer_question(wanted: dict[str, Any], item_id: int) -> dict[str, Any]:
    """Make it an answer in a new version of the config; 422 says why the checks refuse it."""
    wish = Wish(
        wanted.get("title", {}),
        wanted.get("answer", {}),
        wanted.get("id", ""),
        wanted.get("existing", ""),
        wanted.get("phrases"),
    )
    who = bearer()
    try:
        answer, version = make_answer(
            runtime_of(current_app), item_id, wish, by_id=who.user_id, author=f"questions, token {who.token_id}"
        )
    except ConfigError as error:
        lines = str(error).splitlines()
        raise Refused("The config's checks refuse this answer.", [("config", line) for line in lines]) from error
    return {"answer": answer, "version": version}


@blueprint.route(f"/questions/{ID_PATH}/drop", methods=["POST"])
@blueprint.response(200, QuestionSchema)
@needs(Role.SUPERVISOR)
def drop_question(item_id: int) -> dict[str, Any]:
    """Nothing to answer: its messages are not grouped again."""
    with runtime_of(current_app).work() as session:
        questions.settle(session, item_id, "dropped", by_id=bearer().user_id)
        return _shape(questions.one(session, item_id))


@blueprint.route(f"/messages/{ID_PATH}/label", methods=["PUT"])
@blueprint.arguments(LabelRequest, example={"target": "faq:hours"})
@blueprint.response(204)
def label_message(wanted: dict[str, Any], item_id: int) -> None:
    """Say what a customer's message asks; thresholds are set anew from such labels."""
    with runtime_of(current_app).work() as session:
        if queries.message(session, item_id).direction != "inbound":
            raise NotFound(f"message {item_id} is none of a customer's")
        answers.label(session, item_id, wanted["target"], fits=wanted["fits"], source="person", by_id=bearer().user_id)


def _shape(one: Asked) -> dict[str, Any]:
    names = ("id", "count", "contacts", "languages", "reasons", "nearest", "nearest_score", "state", "answer")
    shown = [{name: getattr(each, name) for name in ("message_id", "text", "language")} for each in one.examples]
    return {name: getattr(one, name) for name in names} | {"examples": shown}
