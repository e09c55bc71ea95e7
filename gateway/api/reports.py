"""``/api/v1/reports``: figures over a range of days."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from marshmallow import Schema, fields, validate

from automation.sla import KINDS
from gateway.api.access import needs
from gateway.api.blueprint import Blueprint
from gateway.api.fields import Strict
from gateway.api.schemas import text
from gateway.core import clock
from gateway.core.words import Role
from gateway.desk import answers, sla
from gateway.runtime import runtime_of

blueprint = Blueprint("reports", "Figures over a range of days.")

LONGEST_DAYS = 400
DEFAULT_DAYS = 30
EARLIEST, LATEST = date(2010, 1, 1), date(2200, 1, 1)


class DaysQuery(Strict):
    """Days of the business, both included."""

    from_ = fields.Date(data_key="from", metadata={"description": f"Default: {DEFAULT_DAYS} days before `to`."})
    to = fields.Date(metadata={"description": "Default: today."})


class AnswerFiguresSchema(Schema):
    answer = text()
    language = text()
    given = fields.Integer(required=True)
    asked = fields.Integer(required=True, metadata={"description": 'With "did this help?" below.'})
    helped = fields.Integer(required=True)
    not_helped = fields.Integer(required=True)
    handed_over = fields.Integer(required=True, metadata={"description": "To a person within an hour."})


class AnswerReportSchema(Schema):
    from_ = fields.Date(data_key="from", attribute="from", required=True)
    to = fields.Date(required=True)
    data = fields.List(fields.Nested(AnswerFiguresSchema), required=True)


@blueprint.route("/reports/answers")
@blueprint.arguments(DaysQuery, location="query")
@blueprint.response(200, AnswerReportSchema)
@needs(Role.SUPERVISOR)
def report_answers(query: dict[str, Any]) -> dict[str, Any]:
    """How the answers of the FAQ did: by answer and language, the most given first; 400 days at most."""
    begin, to, since, until = _range(query)
    with runtime_of(current_app).database.read() as session:
        found = answers.figures(session, since, until) if begin <= to else []
    names = AnswerFiguresSchema().fields
    return {"from": begin, "to": to, "data": [{name: getattr(one, name) for name in names} for one in found]}


class PromiseFiguresSchema(Schema):
    """How a promise was kept, of those that began within the days."""

    standard = text()
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    met = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    running = fields.Integer(required=True, metadata={"description": "Neither kept nor broken so far."})
    percent = fields.Float(
        required=True, allow_none=True, metadata={"description": "met ÷ (met + missed); null: none is settled."}
    )
    target_percent = fields.Float(
        required=True, allow_none=True, metadata={"description": "Null: the standard is there no more."}
    )


class PromiseReportSchema(Schema):
    from_ = fields.Date(data_key="from", attribute="from", required=True)
    to = fields.Date(required=True)
    data = fields.List(fields.Nested(PromiseFiguresSchema), required=True)


@blueprint.route("/reports/sla")
@blueprint.arguments(DaysQuery, location="query")
@blueprint.response(200, PromiseReportSchema)
@needs(Role.SUPERVISOR)
def report_sla(query: dict[str, Any]) -> dict[str, Any]:
    """How what was promised to customers was kept: by standard and kind of clock; 400 days at most."""
    begin, to, since, until = _range(query)
    targets = {one.id: one.target_percent for one in runtime_of(current_app).config().business.standards}
    with runtime_of(current_app).database.read() as session:
        found = sla.kept(session, since, until) if begin <= to else []
    names = ("kind", "met", "missed", "running", "percent")
    rows = [
        {"standard": one.policy, "target_percent": targets.get(one.policy)}
        | {name: getattr(one, name) for name in names}
        for one in found
    ]
    return {"from": begin, "to": to, "data": rows}


def _range(query: dict[str, Any]) -> tuple[date, date, datetime, datetime]:
    """The days asked for, and the moments at which they begin and end where the business is."""
    zone = ZoneInfo(runtime_of(current_app).config().business.timezone)
    to: date = query.get("to") or clock.now().astimezone(zone).date()
    to = min(max(to, EARLIEST), LATEST)
    begin = max(query.get("from_") or to - timedelta(days=DEFAULT_DAYS), to - timedelta(days=LONGEST_DAYS))
    since, until = (datetime.combine(day, time(), zone) for day in (min(begin, to), to + timedelta(days=1)))
    return begin, to, since, until
