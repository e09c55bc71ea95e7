"""What may be sent, as a table: every refusal, every way round it, and what it costs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from automation.scheduling.quiet import Quiet
from gateway.core.business import Business, Channel, Queue
from gateway.core.sending_rules import WHATSAPP_THEN_SMS, Ladder, SendingRules
from gateway.core.templates import Category, Templates, TemplateSpec, Variable, Wording
from gateway.core.words import ChannelType, Purpose, Refusal
from gateway.desk.explain import explain
from gateway.desk.intended import AddressFacts, Explanation, Facts, Intended, Rules, SenderFacts

NOON = datetime(2026, 3, 2, 7, tzinfo=UTC)
"""Noon in Karachi, a Monday."""
WHATSAPP = Channel("wa", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886")
SMS = Channel("sms", "twilio", ChannelType.SMS, "+14155550100")
PHONE = Channel("phone", "twilio", ChannelType.VOICE, "+14155550100")
PAGE = Channel("page", "twilio", ChannelType.MESSENGER, "messenger:99")
BUSINESS = Business("Shop", "Asia/Karachi", ("en", "ur"), "en", (WHATSAPP, SMS, PHONE, PAGE), (Queue("care", "Care"),))
ORDER = TemplateSpec(
    "order",
    Category.UTILITY,
    (Variable("name", "Ali"), Variable("order", "5531")),
    {
        "en": Wording("order_en", "Dear {{name}}, your order {{order}} is on its way.", "Order {{order}} is coming."),
        "ur": Wording("order_ur", "محترم {{name}}، آپ کا آرڈر {{order}} راستے میں ہے۔", "آرڈر {{order}} راستے میں ہے۔"),
    },
)
OFFER = TemplateSpec("offer", Category.MARKETING, (), {"en": Wording("offer_en", "Lawn is here.", "")})
VALUES = {"name": "Ayesha", "order": "77"}
RULES = Rules(
    BUSINESS,
    SendingRules(),
    Templates({"order": ORDER, "offer": OFFER}),
    approved={"order": {"en": "HXen", "ur": "HXur"}, "offer": {"en": "HXoffer"}},
)
NUMBER = AddressFacts(1, "phone", "+923001234567", windows={"wa": NOON - timedelta(hours=1)})
COLD = replace(NUMBER, windows={"wa": NOON - timedelta(hours=25)})
REPLY = Intended(Purpose.REPLY, "Your exchange is on its way.")
NOTICE = Intended(Purpose.NOTICE, template="order", variables=VALUES)
OFFERED = Intended(Purpose.MARKETING, template="offer")


def contact(*addresses: AddressFacts, **more: Any) -> Facts:
    return Facts(7, **({"language": "en", "last_channel_id": "wa"} | more), addresses=addresses or (NUMBER,))


def refusals(found: Explanation) -> set[Refusal]:
    return {reason.refusal for reason in found.reasons}


def way(found: Explanation | None) -> tuple[str, str | None] | None:
    return (found.how, found.channel_id) if found else None


BAD_VARIABLES: list[tuple[Mapping[str, str], Refusal, str]] = [
    ({"name": "Ali"}, Refusal.VARIABLE_MISSING, "order"),
    (VALUES | {"size": "M"}, Refusal.VARIABLE_UNKNOWN, "size"),
    (VALUES | {"name": "A\nB"}, Refusal.VARIABLE_INVALID, "name"),
    (VALUES | {"name": "A     B"}, Refusal.VARIABLE_INVALID, "name"),
    (VALUES | {"name": "x" * 1100}, Refusal.TOO_LONG, ""),
]


@pytest.mark.parametrize(("variables", "refusal", "detail"), BAD_VARIABLES)
def test_a_template_needs_its_variables(variables: Mapping[str, str], refusal: Refusal, detail: str) -> None:
    found = explain(replace(NOTICE, variables=variables), contact(), RULES, NOON)
    assert not found.allowed
    assert (found.reasons[0].refusal, found.reasons[0].detail) == (refusal, detail)
    assert found.alternative is None


def test_a_templates_variables_are_written_as_the_reader_writes_them() -> None:
    variables = {"name": "4500 PKR", "order": "2027-03-12T18:05:00Z"}
    found = explain(replace(NOTICE, variables=variables), contact(language="ur"), RULES, NOON)
    assert found.content_variables == {"1": "4,500 روپے", "2": "12 مارچ، 2027 11:05 PM"}
    assert "4,500 روپے" in found.text


@pytest.mark.parametrize(
    ("intended", "facts", "rules", "expected", "alternative"),
    [
        (replace(REPLY, text=" "), contact(), RULES, {Refusal.EMPTY}, None),
        (replace(REPLY, text="", options=2, media=(("image/png", 9),)), contact(), RULES, {Refusal.EMPTY}, None),
        (replace(REPLY, text="x" * 16_001), contact(), RULES, {Refusal.TOO_LONG}, None),
        (replace(REPLY, media=(("image/png", 9),) * 11), contact(), RULES, {Refusal.TOO_MANY_FILES}, None),
        (replace(REPLY, options=31), contact(), RULES, {Refusal.TOO_MANY_OPTIONS}, None),
        (replace(NOTICE, text="and this"), contact(), RULES, {Refusal.NOT_IN_TEMPLATE}, None),
        (replace(NOTICE, template="gone"), contact(), RULES, {Refusal.TEMPLATE_UNKNOWN}, None),
        (
            replace(NOTICE, channel_id="wa"),
            contact(),
            replace(RULES, approved={}),
            {Refusal.TEMPLATE_NOT_APPROVED},
            ("free", "sms"),
        ),
        (replace(OFFERED, channel_id="sms"), contact(), RULES, {Refusal.NOT_OPTED_IN, Refusal.TEMPLATE_NO_SMS}, None),
        (replace(REPLY, channel_id="fax"), contact(), RULES, {Refusal.CHANNEL_UNKNOWN}, ("free", "wa")),
        (
            replace(REPLY, channel_id="sms"),
            contact(AddressFacts(1, "bsuid", "US.1", windows={"wa": NOON})),
            RULES,
            {Refusal.NO_ADDRESS},
            ("free", "wa"),
        ),
        (
            replace(NOTICE, channel_id="wa"),
            contact(replace(NUMBER, dead={"whatsapp": "63003"})),
            RULES,
            {Refusal.DEAD_ADDRESS},
            ("free", "sms"),
        ),
        (
            NOTICE,
            contact(replace(NUMBER, dead={"whatsapp": "63003", "sms": "30006"})),
            RULES,
            {Refusal.DEAD_ADDRESS},
            None,
        ),
        (NOTICE, contact(replace(NUMBER, opted_out=frozenset({"wa"}))), RULES, {Refusal.OPTED_OUT}, ("free", "sms")),
        (NOTICE, contact(replace(NUMBER, opted_out=frozenset({"wa", "sms"}))), RULES, {Refusal.OPTED_OUT}, None),
        (OFFERED, contact(), RULES, {Refusal.NOT_OPTED_IN}, None),
        (
            OFFERED,
            contact(replace(NUMBER, opted_in=frozenset({"wa"})), withheld_until=NOON + timedelta(hours=3)),
            RULES,
            {Refusal.WITHHELD},
            None,
        ),
        (replace(NOTICE, template=None, text="Hi", channel_id="wa"), contact(COLD), RULES, {Refusal.WINDOW_CLOSED},
         ("free", "sms")),
        (
            replace(NOTICE, channel_id="wa"),
            contact(AddressFacts(1, "bsuid", "US.1")),
            replace(RULES, senders={"wa": SenderFacts(250, 250, NOON + timedelta(hours=12))}),
            {Refusal.SENDER_LIMIT},
            ("template", "wa"),
        ),
        (Intended(Purpose.REPLY, "Hi", channel_id="wa"), contact(replace(COLD, opted_out=frozenset({"wa"}))), RULES,
         {Refusal.OPTED_OUT}, ("free", "sms")),
        (Intended(Purpose.REPLY, "Hi", channel_id="sms"), contact(replace(NUMBER, opted_out=frozenset({"sms"}))), RULES,
         {Refusal.OPTED_OUT}, ("free", "wa")),
    ],
)  # fmt: skip
def test_what_is_refused_and_what_would_go(
    intended: Intended, facts: Facts, rules: Rules, expected: set[Refusal], alternative: tuple[str, str] | None
) -> None:
    found = explain(intended, facts, rules, NOON)
    assert (found.allowed, found.how, refusals(found), way(found.alternative)) == (False, "", expected, alternative)
    assert all(reason.words.endswith(".") for reason in found.reasons)


@pytest.mark.parametrize(
    ("intended", "facts", "how", "channel", "remarks"),
    [
        (REPLY, contact(), "free", "wa", set()),
        (REPLY, contact(COLD), "parked", "wa", {Refusal.WINDOW_CLOSED}),
        (REPLY, contact(last_channel_id="sms"), "free", "sms", set()),
        (REPLY, contact(replace(NUMBER, opted_out=frozenset({"wa"}))), "free", "wa", set()),
        (replace(REPLY, media=(("image/png", 6_000_000),)), contact(), "free", "wa", {Refusal.FILE_TOO_LARGE}),
        (REPLY, contact(AddressFacts(1, "psid", "77", windows={"page": NOON}), last_channel_id="page"), "free", "page",
         set()),
        (Intended(Purpose.CONFIRMATION, "You are out."), contact(replace(NUMBER, opted_out=frozenset({"wa"}))), "free",
         "wa", set()),
        (NOTICE, contact(COLD), "template", "wa", set()),
        (NOTICE, contact(), "template", "wa", set()),
        (NOTICE, contact(AddressFacts(1, "phone", "+923001234567"), last_channel_id=None), "template", "wa", set()),
        (NOTICE, contact(replace(COLD, dead={"whatsapp": "63024"})), "free", "sms", {Refusal.DEAD_ADDRESS}),
        (replace(NOTICE, template=None, text="Hi"), contact(COLD), "free", "sms", {Refusal.WINDOW_CLOSED}),
        (OFFERED, contact(replace(COLD, opted_in=frozenset({"wa"}))), "template", "wa", set()),
        (replace(REPLY, purpose=Purpose.FOLLOW_UP), contact(), "free", "wa", set()),
        (replace(NOTICE, purpose=Purpose.FOLLOW_UP), contact(COLD), "template", "wa", set()),
        (replace(NOTICE, purpose=Purpose.HANDOVER), contact(COLD), "template", "wa", set()),
    ],
)  # fmt: skip
def test_what_goes_and_how(intended: Intended, facts: Facts, how: str, channel: str, remarks: set[Refusal]) -> None:
    found = explain(intended, facts, RULES, NOON)
    assert (found.allowed, found.how, found.channel_id, refusals(found)) == (True, how, channel, remarks)


def test_the_margin_closes_a_window_early() -> None:
    late = replace(NUMBER, windows={"wa": NOON - timedelta(hours=23, minutes=54)})
    later = replace(NUMBER, windows={"wa": NOON - timedelta(hours=23, minutes=56)})
    assert [explain(REPLY, contact(each), RULES, NOON).how for each in (late, later)] == ["free", "parked"]


@pytest.mark.parametrize(
    ("language", "approved", "sid", "spoken"),
    [("ur", ("en", "ur"), "HXur", "ur"), ("ur", ("en",), "HXen", "en"), ("fr", ("en", "ur"), "HXen", "en")],
)
def test_a_template_speaks_the_contacts_language(language: str, approved: list[str], sid: str, spoken: str) -> None:
    there = {key: f"HX{key}" for key in approved}
    found = explain(NOTICE, contact(language=language), replace(RULES, approved={"order": there}), NOON)
    assert (found.content_sid, found.language, found.content_variables) == (sid, spoken, {"1": "Ayesha", "2": "77"})


def test_the_ladder_goes_on_by_sms_with_the_twin() -> None:
    found = explain(NOTICE, contact(COLD), RULES, NOON)
    [rung] = found.rungs
    assert (rung.channel_id, rung.to, rung.text, rung.after_seconds) == (
        "sms", "+923001234567", "Order 77 is coming.", 30,
    )  # fmt: skip
    assert rung.content_sid is None
    assert explain(replace(NOTICE, channel_id="wa"), contact(), RULES, NOON).rungs == ()
    assert len(explain(replace(NOTICE, channel_id="wa", others=True), contact(), RULES, NOON).rungs) == 1


@pytest.mark.parametrize("dead_or_out", [{"dead": {"sms": "30006"}}, {"opted_out": frozenset({"sms"})}])
def test_a_rung_that_cannot_work_is_left_out(dead_or_out: dict[str, Any]) -> None:
    assert explain(NOTICE, contact(replace(NUMBER, **dead_or_out)), RULES, NOON).rungs == ()


def test_marketing_has_no_second_rung() -> None:
    found = explain(OFFERED, contact(replace(NUMBER, opted_in=frozenset({"wa"}))), RULES, NOON)
    assert (found.allowed, found.rungs, found.cost_class) == (True, (), "high")


def test_a_reply_has_a_ladder_where_config_says() -> None:
    sending = SendingRules(ladders={Purpose.REPLY: Ladder(WHATSAPP_THEN_SMS, 60)})
    found = explain(REPLY, contact(), replace(RULES, sending=sending), NOON)
    assert [(rung.channel_id, rung.text, rung.after_seconds) for rung in found.rungs] == [("sms", REPLY.text, 60)]
    assert explain(REPLY, contact(COLD), replace(RULES, sending=sending), NOON).rungs == ()


QUIET = replace(RULES, quiet=Quiet(time(21), time(9)))
NIGHT = datetime(2026, 3, 2, 18, tzinfo=UTC)
"""23:00 in Karachi, 18:00 in London."""


@pytest.mark.parametrize(
    ("intended", "facts", "not_before"),
    [
        (NOTICE, contact(), datetime(2026, 3, 3, 4, tzinfo=UTC)),
        (NOTICE, contact(timezone="Europe/London"), None),
        (NOTICE, contact(replace(NUMBER, value="+442071838750")), None),
        (replace(NOTICE, urgent=True), contact(), None),
        (replace(NOTICE, purpose=Purpose.HANDOVER), contact(), None),
        (REPLY, contact(replace(NUMBER, windows={"wa": NIGHT})), None),
    ],
)
def test_quiet_hours_are_the_contacts(intended: Intended, facts: Facts, not_before: datetime | None) -> None:
    found = explain(intended, facts, QUIET, NIGHT)
    assert (found.allowed, found.not_before) == (True, not_before)
    assert (Refusal.QUIET_HOURS in refusals(found)) == (not_before is not None)


@pytest.mark.parametrize(
    ("text", "segments", "encoding"),
    [
        ("x" * 160, 1, "gsm7"),
        ("x" * 161, 2, "gsm7"),
        ("€" * 81, 2, "gsm7"),
        ("آ" * 70, 1, "ucs2"),
        ("آ" * 71, 2, "ucs2"),
    ],
)
def test_sms_is_counted_in_segments(text: str, segments: int, encoding: str) -> None:
    found = explain(replace(REPLY, text=text), contact(last_channel_id="sms"), RULES, NOON)
    assert (found.characters, found.segments, found.encoding, found.cost_class) == (
        len(text), segments, encoding, "medium",
    )  # fmt: skip


@pytest.mark.parametrize(("intended", "cost"), [(REPLY, "low"), (NOTICE, "medium")])
def test_cost_classes(intended: Intended, cost: str) -> None:
    found = explain(intended, contact(), RULES, NOON)
    assert (found.cost_class, found.segments) == (cost, 0)


def test_the_number_that_was_heard_from_last_is_written_to() -> None:
    older = AddressFacts(2, "phone", "+923009999999", windows={"wa": NOON - timedelta(days=3)})
    assert explain(REPLY, contact(older, NUMBER), RULES, NOON).address_id == 1
    assert explain(replace(REPLY, address_id=2), contact(older, NUMBER), RULES, NOON).address_id == 2
    dead = replace(NUMBER, dead={"whatsapp": "63003"})
    assert explain(NOTICE, contact(dead, older), RULES, NOON).address_id == 2


def test_the_limit_of_a_sender_is_no_matter_for_answers() -> None:
    rules = replace(RULES, senders={"wa": SenderFacts(9, 9)})
    assert explain(REPLY, contact(), rules, NOON).allowed
    skipped = explain(NOTICE, contact(), rules, NOON)
    assert (skipped.channel_id, refusals(skipped)) == ("sms", {Refusal.SENDER_LIMIT})


def test_a_business_without_channels_to_write_by() -> None:
    found = explain(NOTICE, contact(), replace(RULES, business=replace(BUSINESS, channels=(PHONE,))), NOON)
    assert (found.allowed, refusals(found), found.alternative) == (False, {Refusal.CHANNEL_UNKNOWN}, None)
