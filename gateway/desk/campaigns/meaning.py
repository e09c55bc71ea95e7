"""What a row of a campaign means to say, and what comes of it by the rules: the same when checked and when sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway.core.templates import Category, Templates
from gateway.core.words import Purpose, Refusal
from gateway.desk import facts
from gateway.desk.campaigns.claims import Claimed
from gateway.desk.campaigns.drafts import Options, options_of
from gateway.desk.campaigns.rows import Decided, Row
from gateway.desk.explain import explain
from gateway.desk.intended import Explanation, Intended, Reason, Rules

ONLY_LATER = (Refusal.QUIET_HOURS, Refusal.SENDER_LIMIT)
"""Never a reason to refuse a row: it waits."""
SHOWN = ("how", "channel_type", "language", "template", "segments", "cost_class")
NOBODY = Reason(Refusal.NO_ADDRESS, "the contact is gone")


@dataclass(frozen=True, slots=True)
class Explained:
    """A row with what would go out."""

    row: Row
    explanation: Explanation

    @property
    def shown(self) -> dict[str, Any]:
        """What the row keeps of it."""
        return {name: getattr(self.explanation, name) for name in SHOWN}


def explain_all(
    session: Session, campaign: Claimed, rows: Sequence[Row], rules: Rules, now: datetime
) -> list[Explained]:
    """Every row explained; facts are gathered for all of them together. Rows without a contact are left out."""
    known = facts.gather(session, sorted({row.contact_id for row in rows if row.contact_id}))
    unlimited = replace(rules, senders={})  # the limit of a day is kept when rows are released
    options = options_of(campaign.options)
    meant = _Meaning(campaign, options, rules.templates)
    return [
        Explained(row, explain(meant(row), known[row.contact_id], unlimited, now))
        for row in rows
        if row.contact_id in known
    ]


def lost(rows: Sequence[Row], explained: Sequence[Explained]) -> list[Row]:
    """Rows whose contact nobody knows any more."""
    there = {one.row.id for one in explained}
    return [row for row in rows if row.id not in there]


def as_refused(row: Row, reason: Reason) -> Decided:
    return Decided(row.id, "refused", row.contact_id, reason=reason.refusal.value, detail=reason.words)


def as_ready(one: Explained, now: datetime) -> Decided:
    """A row that may go, with what it will look like; it is explained once more when its turn comes."""
    due_at = one.explanation.not_before or now
    address_id = one.explanation.address_id
    return Decided(one.row.id, "ready", one.row.contact_id, address_id, due_at=due_at, plan=one.shown)


def names_of(templates: Templates, template: str) -> tuple[str, ...]:
    """The variables of a template; what else a list has is nobody's business."""
    spec = templates.get(template)
    return tuple(variable.name for variable in spec.variables) if spec else ()


def purpose_of(templates: Templates, template: str, wanted: str) -> Purpose:
    """Why we write: as the campaign says, but an advertisement is marketing whatever it says."""
    spec = templates.get(template)
    if spec is not None and spec.category is Category.MARKETING:
        return Purpose.MARKETING
    return Purpose(wanted or Purpose.NOTICE)


class _Meaning:
    """Row → intended; looks each template up once."""

    def __init__(self, campaign: Claimed, options: Options, templates: Templates) -> None:
        self._campaign, self._options, self._templates = campaign, options, templates
        self._kept: dict[str, tuple[Purpose, Collection[str]]] = {}

    def __call__(self, row: Row) -> Intended:
        template = row.given.get("template") or self._campaign.template
        purpose, names = self._kept.get(template) or self._look_up(template)
        values: Mapping[str, Any] = {**self._options.variables, **row.given.get("variables", {})}
        return Intended(
            purpose,
            template=template,
            variables={name: value for name, value in values.items() if name in names},
            language=row.given.get("language") or None,
            channel_id=self._campaign.channel_id,
            others=self._options.ladder,
            urgent=self._options.urgent and purpose is Purpose.NOTICE,
        )

    def _look_up(self, template: str) -> tuple[Purpose, Collection[str]]:
        purpose = purpose_of(self._templates, template, self._options.purpose)
        self._kept[template] = purpose, names_of(self._templates, template)
        return self._kept[template]
