"""The key ``sending`` of ``care.yaml``: its form, and the rules it comes to."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.scheduling.days_off import NO_DAYS_OFF, days_off_of
from automation.scheduling.quiet import Quiet
from automation.schemas import Strict, line, slug
from gateway.core.sending_rules import USUAL_COSTS, USUAL_LADDERS, Ladder, SendingRules
from gateway.core.words import ChannelType, Purpose

CLOCK_TIME = r"([01]\d|2[0-3]):[0-5]\d\Z"
WITH_LADDER = [Purpose.NOTICE.value, Purpose.HANDOVER.value, Purpose.REPLY.value, Purpose.FOLLOW_UP.value]


def _clock_time(**options: Any) -> fields.String:
    return fields.String(validate=validate.Regexp(CLOCK_TIME, error='must be a time like "21:00"'), **options)


class QuietSchema(Strict):
    start = _clock_time(data_key="from", required=True)
    end = _clock_time(data_key="to", required=True)
    holidays = slug()

    @validates_schema
    def _is_a_span(self, data: dict[str, Any], **_: object) -> None:
        if data["start"] == data["end"]:
            raise ValidationError({"to": ["begins and ends at the same minute"]})


class LadderSchema(Strict):
    channels = fields.List(
        fields.String(validate=validate.OneOf([c.value for c in ChannelType if c is not ChannelType.VOICE])),
        required=True,
        validate=validate.Length(1, 5),
    )
    after_seconds = fields.Integer(load_default=30, validate=validate.Range(5, 86_400))

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: object) -> None:
        if len(set(data["channels"])) < len(data["channels"]):
            raise ValidationError({"channels": ["each channel is tried once"]})


class MarketingSchema(Strict):
    opt_in_required = fields.Boolean(load_default=True)


class SendingSchema(Strict):
    window_margin_minutes = fields.Float(load_default=5.0, validate=validate.Range(0, 120))
    parked_days = fields.Float(load_default=7.0, validate=validate.Range(0.04, 60))
    reply_waiting_template = slug(load_default="reply_waiting")
    quiet = fields.Nested(QuietSchema)
    ladders = fields.Dict(
        keys=fields.String(validate=validate.OneOf(WITH_LADDER)), values=fields.Nested(LadderSchema), load_default=dict
    )
    marketing = fields.Nested(MarketingSchema, load_default=lambda: MarketingSchema().load({}))
    cost_classes = fields.Dict(keys=slug(), values=line(20), load_default=dict, validate=validate.Length(max=50))


def rules_of(loaded: Mapping[str, Any]) -> SendingRules:
    """The rules that a checked ``sending`` says; what it leaves out is as usual."""
    return SendingRules(
        window_margin=timedelta(minutes=loaded["window_margin_minutes"]),
        parked=timedelta(days=loaded["parked_days"]),
        reply_waiting_template=loaded["reply_waiting_template"],
        ladders={**USUAL_LADDERS, **{Purpose(name): _ladder(item) for name, item in loaded["ladders"].items()}},
        opt_in_required=loaded["marketing"]["opt_in_required"],
        costs={**USUAL_COSTS, **loaded["cost_classes"]},
    )


def quiet_of(care: Mapping[str, Any]) -> Quiet | None:
    """The hours in which we begin nothing, quiet on the holidays of the opening hours named; None: no such hours."""
    item = care["sending"].get("quiet")
    if item is None:
        return None
    hours = care["hours"].get(item.get("holidays"), {})
    days_off = days_off_of(hours.get("holidays", ())) if hours else NO_DAYS_OFF
    return Quiet(time.fromisoformat(item["start"]), time.fromisoformat(item["end"]), holidays=days_off)


def _ladder(item: Mapping[str, Any]) -> Ladder:
    return Ladder(tuple(ChannelType(name) for name in item["channels"]), item["after_seconds"])
