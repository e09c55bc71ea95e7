"""The form of ``config/care.yaml`` and ``config/texts.yaml``; keys of later parts are taken as they are."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.brake import Limits
from automation.faq.feedback import Mode
from automation.faq.model import REFIT_LABELS, WRONG_SHARE
from automation.feeling import PRIORITIES
from automation.manners import USUAL, Course
from automation.schemas import LANGUAGE, Phrases, Strict, Texts, line, slug
from automation.sentences import SENTENCES
from gateway.config.branches_schema import BranchSchema, PlaceSchema
from gateway.config.calls import CallsSchema
from gateway.config.crm import CrmSchema
from gateway.config.desk import DeskSchema, QueueSchema, SlaSchema, overflow_ends
from gateway.config.hours_schema import HoursSchema, timezone
from gateway.config.language_model import LanguageModelSchema
from gateway.config.sending import SendingSchema

E164 = r"\+[1-9]\d{6,14}"
ADDRESS_FORMS: dict[str, tuple[str, str]] = {
    "twilio_whatsapp": (rf"whatsapp:{E164}", "whatsapp:+14155238886"),
    "twilio_sms": (rf"{E164}|\d{{3,8}}|(?=.*[A-Za-z])[A-Za-z0-9 ]{{1,11}}", "+14155550100, 8585 or MYSHOP"),
    "twilio_rcs": (r"rcs:[A-Za-z0-9_.-]{1,100}", "rcs:my_agent_1234"),
    "twilio_messenger": (r"messenger:[A-Za-z0-9_.-]{1,100}", "messenger:1234567890"),
    "twilio_voice": (E164, "+14155550100"),
}
"""Channel type → form of its address and an example."""
OPTIONS_OF = {"mms": "twilio_sms", "read_marks": "twilio_whatsapp"}
"""What one type of channel alone can be told."""


def _language(value: str) -> None:
    if not LANGUAGE.fullmatch(value):
        raise ValidationError(f"{value!r} is no language code like en, ur or ur-Latn")


class BusinessSchema(Strict):
    name = line(80, required=True)
    timezone = fields.String(required=True, validate=timezone)
    languages = fields.List(fields.String(validate=_language), required=True, validate=validate.Length(1, 20))
    default_language = fields.String(required=True, validate=_language)

    @validates_schema(skip_on_field_errors=False)
    def _default_is_spoken(self, data: dict[str, Any], **_: object) -> None:
        if "languages" in data and data.get("default_language", data["languages"][0]) not in data["languages"]:
            raise ValidationError({"default_language": ["is not one of business.languages"]})


class ChannelSchema(Strict):
    id = slug(required=True)
    type = fields.String(required=True, validate=validate.OneOf(ADDRESS_FORMS, error="must be one of {choices}"))
    address = line(120, required=True)
    messaging_service = fields.String(validate=validate.Regexp(r"MG[0-9a-f]{32}\Z", error="must be MG and 32 digits"))
    queue = slug()
    hours = slug()
    """When people answer on it, within the hours of their queue."""
    rate_per_second = fields.Float(validate=validate.Range(0.01, 2000))
    burst = fields.Float(validate=validate.Range(1, 10_000))
    daily_limit = fields.Integer(validate=validate.Range(1, 10_000_000))
    mms = fields.Boolean(truthy={True}, falsy={False})
    read_marks = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema(skip_on_field_errors=False)
    def _address_fits(self, data: dict[str, Any], **_: object) -> None:
        if "type" not in data or "address" not in data:
            return
        form, example = ADDRESS_FORMS[data["type"]]
        if not re.fullmatch(form, data["address"]):
            reason = f"{data['address']!r} is no address of {data['type']}; write it like {example}"
            raise ValidationError({"address": [reason]})

    @validates_schema(skip_on_field_errors=False)
    def _can_do_it(self, data: dict[str, Any], **_: object) -> None:
        for option, kind in OPTIONS_OF.items():
            if option in data and data.get("type") != kind:
                raise ValidationError({option: [f"is for {kind} alone"]})


class RetentionSchema(Strict):
    raw_request_days = fields.Integer(validate=validate.Range(1, 3650))
    held_status_days = fields.Integer(validate=validate.Range(1, 3650))
    question_days = fields.Integer(validate=validate.Range(1, 3650))
    answer_days = fields.Integer(validate=validate.Range(1, 3650))
    request_days = fields.Integer(validate=validate.Range(1, 3650))


def _course(usual: str) -> fields.String:
    rule = validate.OneOf([course.value for course in Course], error="must be one of {choices}")
    return fields.String(load_default=usual, validate=rule)


class MoodSchema(Strict):
    """What is done for customers who are angry, and where those in danger go."""

    angry_twice = _course(USUAL.angry_twice)
    angry_unanswered = _course(USUAL.angry_unanswered)
    empathy_every = fields.Integer(load_default=USUAL.empathy_every, validate=validate.Range(1, 1000))
    distress_queue = slug()


class TopicSchema(Strict):
    """What conversations are about, told by the answers (``faq:…``) and flows (``flow:…``) that belong to it."""

    id = slug(required=True)
    name = line(80)
    about = fields.List(
        fields.String(
            validate=validate.Regexp(r"(faq|flow):[a-z][a-z0-9_]*\Z", error="must be faq: or flow: and its id")
        ),
        load_default=list,
        validate=validate.Length(max=200),
    )
    skills = fields.List(slug(), load_default=list, validate=validate.Length(max=20))
    severity = fields.String(
        load_default="normal", validate=validate.OneOf(PRIORITIES[:3], error="must be one of {choices}")
    )


class BotSchema(Strict):
    """Which flows show the choices and which asks for a person; when the bot stops talking (0: never for that)."""

    menu = slug(load_default="main_menu")
    wrong_answers_percent = fields.Float(load_default=100 * WRONG_SHARE, validate=validate.Range(0.5, 20))
    """Of all messages, those that may get a wrong answer; the fewer, the more often the bot asks or passes."""
    person = slug(load_default="talk_to_person")
    mood = fields.Nested(MoodSchema, load_default=lambda: MoodSchema().load({}))
    feedback = fields.String(
        load_default=Mode.OFF.value, validate=validate.OneOf(tuple(Mode), error="must be one of {choices}")
    )
    """When customers are asked whether an answer helped."""
    refit_labels = fields.Integer(load_default=REFIT_LABELS, validate=validate.Range(0, 100_000))
    """So many new labels set the thresholds anew, once a day at most; 0: never."""
    replies_per_hour = fields.Integer(load_default=Limits().replies_per_hour, validate=validate.Range(0, 1000))
    replies_per_minute = fields.Integer(load_default=Limits().replies_per_minute, validate=validate.Range(0, 1000))
    same_text = fields.Integer(load_default=Limits().same_text, validate=validate.Range(0, 100))


class ConsentSchema(Strict):
    """Words by which customers stop messages and start them again, beside the built-in ones."""

    stop = Phrases(load_default=dict)
    start = Phrases(load_default=dict)


def _later() -> fields.Dict:
    return fields.Dict(keys=fields.String())


class CareSchema(Strict):
    business = fields.Nested(BusinessSchema, required=True)
    channels = fields.List(fields.Nested(ChannelSchema), required=True, validate=validate.Length(1, 200))
    queues = fields.List(fields.Nested(QueueSchema), required=True, validate=validate.Length(1, 200))
    hours = fields.Dict(keys=slug(), values=fields.Nested(HoursSchema), load_default=dict)
    branches = fields.List(fields.Nested(BranchSchema), load_default=list, validate=validate.Length(max=500))
    places = fields.List(fields.Nested(PlaceSchema), load_default=list, validate=validate.Length(max=5000))
    topics = fields.List(fields.Nested(TopicSchema), load_default=list, validate=validate.Length(max=50))
    products = fields.List(line(60), load_default=list, validate=validate.Length(max=500))
    sla = fields.List(fields.Nested(SlaSchema), load_default=list, validate=validate.Length(max=100))
    desk = fields.Nested(DeskSchema, load_default=lambda: DeskSchema().load({}))
    sending = fields.Nested(SendingSchema, load_default=lambda: SendingSchema().load({}))
    consent = fields.Nested(ConsentSchema, load_default=lambda: ConsentSchema().load({}))
    bot = fields.Nested(BotSchema, load_default=lambda: BotSchema().load({}))
    retention = fields.Nested(RetentionSchema, load_default=dict)
    calls = fields.Nested(CallsSchema, load_default=lambda: CallsSchema().load({}))
    ivr = _later()
    crm = fields.Nested(CrmSchema, load_default=lambda: CrmSchema().load({}))
    language_model = fields.Nested(LanguageModelSchema)

    @validates_schema(skip_on_field_errors=True)
    def _overflow_ends(self, data: dict[str, Any], **_: object) -> None:
        overflow_ends(data["queues"])


TextsSchema = Strict.from_dict({key: Texts(1000) for key in SENTENCES}, name="TextsSchema")
