"""Every flow that ships, and customers who write, tap and send anything: nobody is left without an answer, and no
answer shows what stands behind it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.faq.model import NOTHING, Match, Matching, Outcome
from automation.flows.nodes import Ask, Choose
from automation.flows.requests import Act, Answered, Request, Result
from automation.flows.typed import plain_text
from gateway.commands.flow_answers import answers_of
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.core.crm import Asker
from gateway.core.events import InboundMedia, Location
from gateway.core.replies import Option, Reply
from gateway.core.words import ChannelType, Kind, Owner
from gateway.crm.memory import MemoryCrm
from gateway.desk.places import Standing
from handlers.rehearsal import Ask as AskOthers
from handlers.rehearsal import Rehearsal, Sent
from handlers.situation import Decision

NOW = datetime(2027, 3, 2, 11, tzinfo=UTC)
FOLDER = Path(__file__).parents[2] / "config"
LANGUAGES = ["en", "ur", "ur-Latn", "es"]
WORDS = [
    "1", "2", "3", "10", "۲", "yes", "no", "nahi", "واپس", "back", "start again", "never mind", "language", "اردو",
    "skip", "hi", "menu", "G204171", "g 204390", "G999999", "hassan@example.com", "0300 1234567",
    "House 5, Street 9, Lahore",
    "cancel kar do", "haan", "too small", "kab khulte ho?", "where is my order?", "change my address", "thanks",
    "how do I cancel my order?", "mera order late hai", "recibí un artículo dañado", "refund", "START", "ok", "???",
]  # fmt: skip
HOSTILE = [
    "x" * 5000, "بات " * 1250, "\x00\x01\x08\x1b[31m", "\u202eG171402\u202c \u2066abc\u2069", "\ud800",
    "\u200f\u200b\ufeff", "👍👍", "🧵👗🧥" * 40, "👩‍👩‍👧‍👦🇵🇰", "{order}", "{order.number}{contact.name|x}", "{{7*7}}",
    "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__.__mro__}", "%s%n%x", "%(number)s",
    "!!python/object/apply:os.system ['id']", "- a: &x [*x]\n? b",
    "<script>alert(1)</script>", "<img src=x onerror=y>", "&lt;b&gt;", "' OR 1=1; --", "../../etc/passwd",
    "None", "null",
    "G۲۰۴۱۷۱", "Ｇ２０４１７１", "٣٫٥", "१२३", "1e999", "-1", "2027-02-30", "𝟙𝟚", "½", "*_~`", "\n\n\n", "a\r\nb\tc",
]  # fmt: skip
MEDIA = [
    ("image/jpeg", Kind.IMAGE), ("image/webp", Kind.STICKER), ("audio/ogg", Kind.VOICE), ("audio/mpeg", Kind.AUDIO),
    ("video/mp4", Kind.VIDEO), ("application/pdf", Kind.DOCUMENT), ("application/x-evil", Kind.DOCUMENT),
    ("", Kind.UNKNOWN),
]  # fmt: skip
FILES = [
    Sent(files=(InboundMedia("https://x.example/1", what, filename="{order}.exe"),), kind=kind) for what, kind in MEDIA
]
OTHERS = [
    *FILES,
    Sent("{order} None", files=FILES[0].files, kind=Kind.IMAGE),
    Sent(location=Location(24.0, 67.0, label="{order}"), kind=Kind.LOCATION),
    Sent(location=Location(-89.9, 179.9), kind=Kind.LOCATION),
    *(Sent(kind=kind) for kind in (Kind.STICKER, Kind.CONTACT, Kind.REACTION, Kind.FLOW_REPLY, Kind.UNKNOWN)),
]
STALE = [
    "gone:gone:gone",
    "::",
    "faq:gone",
    "flow:gone",
    "language:xx",
    "helped:no:hours",
    "find_order:which:x",
    "{order}",
]
STARTS = [
    "main_menu", "nearest_branch", "talk_to_person", "thanks", "order_status", "delivery_late", "report_late",
    "cancel_order", "change_address", "refund", "damaged_item", "payment_failed", "find_order", "order_person",
    "invoice", "warranty",
]  # fmt: skip
PHONES = ["+923001234567", "+923009876543", "+34600111222", "+923335550000"]
"""Three customers of the example shop, and somebody it does not know."""
ANSWERS = ["crm", "crm", "crm", "missing", "refused", "failed", "late"]
"""How a look-up or an action ends; late: not before the customer's next message, or never."""
SHOWS = re.compile(
    r"\{[a-z][\w.]*[:|}]|\{\{|\bNone\b|\bTrue\b|\bFalse\b|\bnull\b|\bnan\b|Traceback|\w+Error\b|<[\w.]+ object at |"
    r"\{'|\['|\b(?:datetime|Decimal|Place|Option)\(|__\w+__|\b\d{4}-\d\d-\d\dT"
)
"""What stands behind an answer: placeholders, values as programs write them, their errors."""
HOLE = re.compile(r"\(\s*[,،]?\s*\)|\(×")
"""Where something should stand that nobody told: "order  ()"."""


@cache
def files() -> Mapping[str, str]:
    return read_folder(FOLDER)


@cache
def shipped() -> RunningConfig:
    compiled = compile_files(files())
    assert isinstance(compiled, RunningConfig)
    return compiled


def tapped(target: str) -> Sent:
    return Sent(tapped=Option(target, "Tap"))


@cache
def targets() -> list[str]:
    """All that could ever be tapped, and what never could."""
    flows = shipped().flows
    options = [option.id for flow, node in questions() if isinstance(node, Choose)
               for option in flows.options(flow, node, "en")]  # fmt: skip
    skips = [f"{flow}:{node.id}:skip" for flow, node in questions() if isinstance(node, Ask)]
    faq = [f"faq:{answer}" for answer in flows.answers]
    return [*options, *skips, *faq, *(f"flow:{flow}" for flow in flows.flows), "language:ur", *STALE]


def questions() -> Iterator[tuple[str, Ask | Choose]]:
    for flow in shipped().flows.flows.values():
        yield from ((flow.id, node) for node in flow.nodes.values() if isinstance(node, Ask | Choose))


SENT = st.one_of(
    st.builds(Sent, st.sampled_from(WORDS)),
    st.builds(Sent, st.sampled_from(HOSTILE)),
    st.builds(Sent, st.text(max_size=60)),
    st.sampled_from(OTHERS),
    st.deferred(lambda: st.builds(tapped, st.sampled_from(targets()))),
)


@settings(max_examples=100, deadline=None)
@given(
    start=st.sampled_from(STARTS),
    turns=st.lists(st.tuples(SENT, st.sampled_from([0, 0, 0, 30, 60 * 26, 60 * 24 * 9])), min_size=1, max_size=10),
    language=st.sampled_from([*LANGUAGES, None]),
    channel=st.sampled_from([ChannelType.WHATSAPP, ChannelType.SMS]),
    phone=st.sampled_from(PHONES),
    answers=st.lists(st.sampled_from(ANSWERS), max_size=12),
)
def test_nobody_is_left_without_an_answer(
    start: str,
    turns: list[tuple[Sent, int]],
    language: str | None,
    channel: ChannelType,
    phone: str,
    answers: list[str],
) -> None:
    rehearsal = Rehearsal(shipped(), NOW, language, channel, phone=phone, ask=asking(answers))
    answered(rehearsal, *rehearsal.hear(tapped(f"flow:{start}")), said=[])
    said = []
    for sent, minutes in turns:
        if rehearsal.owner != Owner.BOT:
            return
        said.append(sent.text)
        answered(rehearsal, *rehearsal.hear(sent, timedelta(minutes=minutes)), said=said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_every_question_of_every_flow_anything_may_come(language: str) -> None:
    """Each question hears all that is hostile, a part of it in each language, from who told all before or nothing."""
    shift, ask = LANGUAGES.index(language), asking([])
    sent = [*(Sent(text) for text in HOSTILE), *OTHERS, *(tapped(target) for target in [*STALE, *targets()[::9]])]
    for position, (flow, node) in enumerate(questions()):
        for number, one in enumerate(sent[(shift + position) % 4 :: 4]):
            unknown = number % 2 > 0
            rehearsal = at_question(flow, node.id, language, ask, known=not unknown)
            answered(rehearsal, *rehearsal.hear(one), said=[one.text, rehearsal.name], unknown=unknown)


def at_question(flow: str, node: str, language: str, ask: AskOthers, *, known: bool) -> Rehearsal:
    """Somebody who stands at a question, with another that waits beneath it."""
    beneath = {"flow": "change_address", "node": "address", "version": 0, "slots": KNOWN}
    kept = {"slots": KNOWN if known else {}, **({"beneath": [beneath]} if known else {})}
    standing = Standing(flow=flow, node=node, kept=kept, since=NOW)
    return Rehearsal(
        deaf(), NOW, language, phone=PHONES[2], ask=ask, standing=standing, begins=False, name="{order} {{x}}"
    )


@cache
def deaf() -> RunningConfig:
    """The example business with a matcher that is quick, and knows one question."""
    return replace(shipped(), faq=OneQuestion())


class OneQuestion(Matching):
    def match(self, text: str, language: str | None = None) -> Match:
        asks = text.startswith("{{")
        return Match("faq:order_status", 0.9, (), Outcome.ANSWER) if asks else NOTHING


ORDER: dict[str, Any] = {
    "number": "G204390", "status": "placed", "items": "2 × Cotton kurta",
    "total": {"amount": "64.50", "currency": "EUR"},
    "promised_on": "2027-03-11", "delivered_on": "2027-02-25", "address": "Calle de Atocha 41", "city": "Madrid",
    "cancellable": True, "address_changeable": True, "days_late": 2, "case": "R-1001", "payment": "paid", "count": 2,
    "numbers": "G204390, G204377", "orders": [{"number": "G204390", "items": "2 × Cotton kurta"}],
    "warranty_until": "2027-08-30",
}  # fmt: skip
KNOWN: dict[str, Any] = {
    "order": ORDER, "found": ORDER, "report": ORDER, "number": "G204390", "address": "House 5, Street 9", "wish": "new",
    "invoice": {"number": "INV-7150", "order": "G204390", "total": ORDER["total"], "issued_on": "2027-03-01",
                "url": "https://x"},
    "reason": "size", "method": "bank", "purpose": "refund",
}  # fmt: skip


def asking(answers: list[str]) -> AskOthers:
    """A CRM that answers as it should, and then in other ways."""
    crm = MemoryCrm.of_files(files(), NOW.date(), shipped().crm)
    proper, ways = answers_of(crm, {}), iter(answers)

    def ask(request: Request, asker: Asker) -> Answered | None:
        match next(ways, "crm"):
            case "crm":
                return proper(request, asker)
            case "late":
                return None
            case "refused" if not isinstance(request, Act):
                return Answered(Result.FAILED)
            case "refused":
                return Answered(Result.REFUSED, {"refused": "not_allowed"})
            case way:
                return Answered(Result(way))

    return ask


def answered(
    rehearsal: Rehearsal, decision: Decision, replies: list[Reply], said: list[str], *, unknown: bool = False
) -> None:
    """An answer, a question or a person, or something is looked up (said once): silence is for those who wished it,
    and where the carrier speaks for us."""
    quiet = decision.by in ("consent", "opted_out", "brake", "still_asking", "reaction")
    assert replies or decision.handoff or decision.consent or decision.requests or quiet
    place = rehearsal.standing
    if place.node:
        node = rehearsal.config.flows.flows[place.flow].nodes[place.node]
        assert type(node).__name__ in ("Choose", "Ask", "WaitFor", "LookUp", "Action")
    for reply in replies:
        assert not shown(reply, said), (shown(reply, said), reply.text, said)
        assert not HOLE.search(_without(said, reply.text)) or unknown, (reply.text, said)


def shown(reply: Reply, said: list[str]) -> list[str]:
    """What an answer shows of what stands behind it; the customer's own words that it repeats do not count."""
    texts = [
        reply.text,
        reply.list_button,
        *(part for option in reply.options for part in (option.title, option.description)),
    ]
    return [part for text in texts for part in SHOWS.findall(_without(said, text))]


def _without(said: list[str], text: str) -> str:
    own = {" ".join(plain_text(words).split())[:500] for words in said if words.strip()}
    for words in sorted(own, key=len, reverse=True):
        text = text.replace(words, "")
    return text


def test_every_flow_that_ships_is_walked() -> None:
    assert set(shipped().flows.flows) == set(STARTS)


@pytest.mark.parametrize(
    "text", ["Order {order} is", "It is None", "['a', 'b']", "KeyError: 'x'", "<Place object at 0x1>"]
)
def test_what_stands_behind_an_answer_is_seen(text: str) -> None:
    assert shown(Reply(text), ["hi"])
    assert not shown(Reply(f"Noted: {text}"), [text])
