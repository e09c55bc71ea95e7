"""Our templates against the provider's: what is said of each, and what a submission would do."""

import pytest

from gateway.core.provider_templates import Named, ProviderTemplate, submissions_of
from gateway.core.template_check import Plan, plan, remarks
from gateway.core.templates import Category, Templates, TemplateSpec, Variable, Wording

SPEC = TemplateSpec(
    "order",
    Category.UTILITY,
    (Variable("id", "A-1"),),
    {"en": Wording("order_en", "Your order {{id}} left us.", "Order {{id}}.", provider_language="en")},
)
OURS = Templates({"order": SPEC})
NAMED = Named(SPEC, "en")


def one(approval: str = "approved", sid: str = "HX1", **more: object) -> ProviderTemplate:
    values = {
        "name": "order_en",
        "language": "en",
        "category": "UTILITY",
        "body": "Your  order {{1}} left us.",
        "types": ("twilio/text",),
        "variables": {"1": "A-1"},
    }
    return ProviderTemplate(sid, approval=approval, **(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], ["PROBLEM order (en): not at the provider; flask --app wsgi templates submit order"]),
        ([one()], ["ok order (en): approved"]),
        ([one("pending")], ["PROBLEM order (en): waits for its approval (pending)"]),
        ([one("received")], ["PROBLEM order (en): waits for its approval (received)"]),
        ([one("unsubmitted")], ["PROBLEM order (en): never submitted"]),
        ([one("rejected", rejection="vague")], ["PROBLEM order (en): rejected: vague; change its words"]),
        ([one("paused")], ["PROBLEM order (en): cannot be sent: paused"]),
        ([one("flagged")], ["PROBLEM order (en): cannot be sent: flagged"]),
        ([one(variables={})], ["PROBLEM order (en): approved with the variables none, the config fills 1"]),
        ([one(body="Gone is {{1}} now.")], ["PROBLEM order (en): other words are approved: 'Gone is {{1}} now.'"]),
        ([one(types=("twilio/quick-reply",))], ["PROBLEM order (en): other words are approved"]),
        ([one(category="MARKETING")], ["PROBLEM order (en): the provider made it MARKETING, the config says UTILITY"]),
        ([one(category="")], ["ok order (en): approved"]),
        ([one(language="en_US")], ["note order (en): stands in 'en_US' at the provider, not in 'en'"]),
        (
            [one(body="Older {{1}} words here."), one("pending", "HX2")],
            ["note order (en): goes on in its older words until the new ones are approved"],
        ),
        ([one(), one("pending", "HX2", body="Other {{1}} words.")], ["ok order (en): approved"]),
        ([one(), one("approved", "HX2", name="summer")], ["ok order", "note summer (en, approved): nothing in config"]),
    ],
)
def test_remarks(found: list[ProviderTemplate], said: list[str]) -> None:
    lines = [f"{line.level} {line.text}" for line in remarks(OURS, found)]
    assert len(lines) == len(said), lines
    assert all(line.startswith(expected) for line, expected in zip(lines, said, strict=True)), lines


@pytest.mark.parametrize(
    ("found", "planned"),
    [
        ([], Plan(create=True, approval_name="order_en")),
        ([one("approved", name="summer")], Plan(create=True, approval_name="order_en")),
        ([one()], Plan(words="is there already: approved")),
        ([one("pending")], Plan(words="is there already: pending")),
        ([one("unsubmitted")], Plan(external_id="HX1", approval_name="order_en")),
        (
            [one("rejected", rejection="vague")],
            Plan(words="was rejected in these words (vague); change them", refused=True),
        ),
        ([one("rejected", body="Other {{1}} words.")], Plan(create=True, approval_name="order_en_2")),
        ([one(body="Other {{1}} words.")], Plan(create=True, approval_name="order_en_2")),
        (
            [one("rejected", body="Other words."), one("unsubmitted", "HX2")],
            Plan(external_id="HX2", approval_name="order_en_2"),
        ),
    ],
)  # fmt: skip
def test_plan(found: list[ProviderTemplate], planned: Plan) -> None:
    assert plan(NAMED, OURS, found) == planned


def test_what_is_submitted() -> None:
    (submission,) = submissions_of(OURS)
    assert (submission.name, submission.language, submission.category) == ("order_en", "en", "UTILITY")
    assert (submission.body, submission.samples) == ("Your order {{1}} left us.", {"1": "A-1"})
