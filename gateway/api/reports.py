"""``/api/v1/reports``: figures over a range of days."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from marshmallow import Schema, fields

from gateway.api.access import needs
from gateway.api.blueprint import Blueprint
from gateway.api.fields import Strict
from gateway.api.schemas import text
from gateway.core import clock
from gateway.core.words import Role
from gateway.desk import answers
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
    zone = ZoneInfo(runtime_of(current_app).config().business.timezone)
    to: date = query.get("to") or clock.now().astimezone(zone).date()
    to = min(max(to, EARLIEST), LATEST)
    begin = max(query.get("from_") or to - timedelta(days=DEFAULT_DAYS), to - timedelta(days=LONGEST_DAYS))
    since, until = (datetime.combine(day, time(), zone) for day in (min(begin, to), to + timedelta(days=1)))
    with runtime_of(current_app).database.read() as session:
        found = answers.figures(session, since, until) if begin <= to else []
    names = AnswerFiguresSchema().fields
    return {"from": begin, "to": to, "data": [{name: getattr(one, name) for name in names} for one in found]}
