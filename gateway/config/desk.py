"""``queues``, ``sla`` and ``desk`` in ``care.yaml``: how people share the work, and what customers are promised."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.schemas import Strict, line, slug
from gateway.core.business import Desk, Queue, Standard

MINUTES = validate.Range(0.1, 10_080)
PERCENT = validate.Range(1, 100)


class OverflowSchema(Strict):
    to = slug(required=True)
    after_minutes = fields.Float(validate=MINUTES)


class QueueSchema(Strict):
    id = slug(required=True)
    name = line(80)
    skills = fields.List(slug(), load_default=list, validate=validate.Length(max=50))
    hours = slug()
    sla = slug()
    routing = fields.String(
        load_default="offer", validate=validate.OneOf(("offer", "assign"), error="must be one of {choices}")
    )
    capacity = fields.Integer(load_default=5, validate=validate.Range(1, 1000))
    max_waiting = fields.Integer(validate=validate.Range(1, 100_000))
    overflow = fields.Nested(OverflowSchema)

    @validates_schema(skip_on_field_errors=False)
    def _elsewhere(self, data: dict[str, Any], **_: object) -> None:
        overflow = data.get("overflow", {})
        if overflow and overflow.get("to") == data.get("id"):
            raise ValidationError({"overflow": {"to": ["is this queue itself"]}})
        if overflow and "after_minutes" not in overflow and "max_waiting" not in data:
            raise ValidationError({"overflow": ["needs after_minutes, or max_waiting beside it"]})


class SlaSchema(Strict):
    id = slug(required=True)
    name = line(80)
    first_response_minutes = fields.Float(validate=MINUTES)
    next_response_minutes = fields.Float(validate=MINUTES)
    resolution_hours = fields.Float(validate=validate.Range(0.1, 8_760))
    acknowledge_minutes = fields.Float(validate=MINUTES)
    target_percent = fields.Float(load_default=90.0, validate=PERCENT)
    warn_percent = fields.Float(load_default=80.0, validate=PERCENT)


class DeskSchema(Strict):
    reopen_hours = fields.Float(load_default=24.0, validate=validate.Range(0, 8_760))
    reopen_to = fields.String(
        load_default="agent", validate=validate.OneOf(("agent", "queue", "bot"), error="must be one of {choices}")
    )
    return_to_bot_hours = fields.Float(validate=validate.Range(0.1, 8_760))
    tiers = fields.Dict(
        keys=line(40), values=fields.Integer(validate=validate.Range(0, 1000)), load_default=dict,
        validate=validate.Length(max=20),
    )  # fmt: skip


def overflow_ends(queues: Sequence[Mapping[str, Any]]) -> None:
    """No queue may get back what it passed on.

    Raises:
        ValidationError: it may.
    """
    onward = {queue["id"]: queue.get("overflow", {}).get("to") for queue in queues}
    for position, queue in enumerate(queues):
        passed, at = {queue["id"]}, onward[queue["id"]]
        while at is not None and at not in passed:
            passed.add(at)
            at = onward.get(at)
        if at == queue["id"] and onward[queue["id"]] != queue["id"]:
            raise ValidationError({"queues": {position: {"overflow": {"to": ["leads back to this queue"]}}}})


def queues_of(items: Sequence[Mapping[str, Any]]) -> tuple[Queue, ...]:
    """The queues as they were loaded."""
    return tuple(_queue(item) for item in items)


def standards_of(items: Sequence[Mapping[str, Any]]) -> tuple[Standard, ...]:
    """The standards likewise."""
    return tuple(Standard(**{"name": item["id"], **item}) for item in items)


def desk_of(section: Mapping[str, Any]) -> Desk:
    """The desk likewise; tiers in any case."""
    return Desk(**{**section, "tiers": {name.casefold(): points for name, points in section["tiers"].items()}})


def _queue(item: Mapping[str, Any]) -> Queue:
    overflow = item.get("overflow", {})
    return Queue(
        id=item["id"],
        name=item.get("name", item["id"].replace("_", " ").capitalize()),
        skills=tuple(item["skills"]),
        hours=item.get("hours"),
        sla=item.get("sla"),
        assigns=item["routing"] == "assign",
        capacity=item["capacity"],
        max_waiting=item.get("max_waiting"),
        overflow_to=overflow.get("to"),
        overflow_after_minutes=overflow.get("after_minutes"),
    )
