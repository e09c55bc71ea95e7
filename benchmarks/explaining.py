"""How long one explanation takes: facts are there, nothing waits; every send asks it, a campaign for each row."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import time as wall_time
from datetime import timedelta

from automation.scheduling.quiet import Quiet
from gateway.core import clock
from gateway.core.business import Business, Channel, Queue
from gateway.core.sending_rules import SendingRules
from gateway.core.templates import Category, Templates, TemplateSpec, Variable, Wording
from gateway.core.words import ChannelType, Purpose
from gateway.desk.explain import explain
from gateway.desk.intended import AddressFacts, Facts, Intended, Rules

ROUNDS = 20_000
BODY = "Dear {{name}}, your order {{order}} left our warehouse and reaches you on {{day}}. Reply with any question."
URDU = "محترم {{name}}، آپ کا آرڈر {{order}} روانہ ہو چکا ہے اور {{day}} کو پہنچے گا۔ سوال ہو تو جواب دیں۔"


def measure() -> dict[str, object]:
    """Median and p99 of a notice by template with a ladder, of a free reply, and of a refusal with its alternative."""
    now = clock.now()
    heard = AddressFacts(1, "phone", "+923001234567", windows={"whatsapp": now - timedelta(hours=30)})
    facts = Facts(1, "ur", None, "whatsapp", (heard,))
    notice = Intended(Purpose.NOTICE, template="order", variables={"name": "عائشہ", "order": "5531", "day": "پیر"})
    reply = Intended(Purpose.REPLY, "Your exchange is on its way. " * 40)
    gone = replace(heard, opted_out=frozenset({"whatsapp"}))
    cases: dict[str, tuple[Intended, Facts]] = {
        "notice": (notice, facts),
        "reply": (reply, facts),
        "refused": (replace(notice, channel_id="whatsapp"), replace(facts, addresses=(gone,))),
    }
    rules = _rules()
    return {name: _timed(lambda case=case: explain(*case, rules, now)) for name, case in cases.items()}


def _rules() -> Rules:
    channels = (
        Channel("whatsapp", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886"),
        Channel("sms", "twilio", ChannelType.SMS, "+14155550100"),
    )
    business = Business("Shop", "Asia/Karachi", ("en", "ur"), "en", channels, (Queue("care", "Care"),))
    variables = tuple(Variable(name, "sample") for name in ("name", "order", "day"))
    wordings = {"en": Wording("order_en", BODY, BODY), "ur": Wording("order_ur", URDU, URDU)}
    spec = TemplateSpec("order", Category.UTILITY, variables, wordings)
    quiet = Quiet(wall_time(21), wall_time(9))
    approved = {"order": {"en": "HXen", "ur": "HXur"}}
    return Rules(business, SendingRules(), Templates({"order": spec}), approved, quiet)


def _timed(act: Callable[[], object]) -> dict[str, float]:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        act()
        taken.append(time.perf_counter_ns() - start)
    taken.sort()
    return {name: round(taken[int(ROUNDS * share)] / 1e6, 4) for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99))}
