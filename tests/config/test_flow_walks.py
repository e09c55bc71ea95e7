"""Every flow that ships, and customers who write, tap and send anything: nobody is left without an answer."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from automation.flows.requests import Act, Answered, Request, Result
from gateway.commands.flow_answers import answers_of
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.core.crm import Asker
from gateway.core.events import InboundMedia, Location
from gateway.core.replies import Option
from gateway.core.words import ChannelType, Kind, Owner
from gateway.crm.memory import MemoryCrm
from handlers.rehearsal import Ask, Rehearsal, Sent
from handlers.situation import Decision

NOW = datetime(2027, 3, 2, 11, tzinfo=UTC)
FOLDER = Path(__file__).parents[2] / "config"
WORDS = [
    "1", "2", "3", "10", "۲", "yes", "no", "nahi", "واپس", "back", "start again", "language", "اردو", "skip",
    "hi", "menu",
    "G204171", "g 204390", "G999999", "hassan@example.com", "House 5, Street 9, Lahore", "cancel kar do", "haan", "no",
    "too small", "kab khulte ho?", "where is my order?", "refund", "???", "{order}", "%s%n",
    "' OR 1=1",
    "<script>", "\x00", "\u202e", "x" * 5000, "👍👍", "START", "ok", "2027-02-30", "-1", "1e999", "٣٫٥",
]  # fmt: skip
SENT = st.one_of(
    st.builds(Sent, st.sampled_from(WORDS)),
    st.builds(Sent, st.text(max_size=60)),
    st.just(Sent(files=(InboundMedia("https://x.example/1", "image/jpeg"),), kind=Kind.IMAGE)),
    st.just(Sent(files=(InboundMedia("https://x.example/1", "application/x-evil"),), kind=Kind.DOCUMENT)),
    st.just(Sent(location=Location(24.0, 67.0), kind=Kind.LOCATION)),
    st.just(Sent(kind=Kind.STICKER)),
    st.just(Sent(kind=Kind.UNKNOWN)),
    st.builds(lambda target: Sent(tapped=Option(target, "Tap")), st.sampled_from(
        ["main_menu:menu:order", "refund:reason:broken", "refund:wish:money", "refund:confirm:yes",
         "cancel_order:confirm:cancel", "change_address:confirm:yes",
         "damaged_item:wish:new", "find_order:which:G204377", "find_order:which:x",
         "order_status:delivered:missing", "payment_failed:pay:taken", "faq:hours", "faq:cancel_order", "flow:thanks",
         "warranty:covered:fault", "warranty:over:fault", "invoice:none:sooner", "invoice:away:retry",
         "language:ur", "gone:gone:gone", "::"])),
)  # fmt: skip


STARTS = [
    "main_menu", "nearest_branch", "talk_to_person", "thanks", "order_status", "delivery_late", "report_late",
    "cancel_order", "change_address", "refund", "damaged_item", "payment_failed", "find_order", "order_person",
    "invoice", "warranty",
]  # fmt: skip
PHONES = ["+923001234567", "+923009876543", "+34600111222", "+923335550000"]
"""Three customers of the example shop, and somebody it does not know."""
ANSWERS = ["crm", "crm", "crm", "missing", "refused", "failed", "late"]
"""How a look-up or an action ends; late: not before the customer's next message, or never."""


@cache
def files() -> Mapping[str, str]:
    return read_folder(FOLDER)


@cache
def shipped() -> RunningConfig:
    compiled = compile_files(files())
    assert isinstance(compiled, RunningConfig)
    return compiled


@settings(max_examples=100, deadline=None)
@given(
    start=st.sampled_from(STARTS),
    turns=st.lists(st.tuples(SENT, st.sampled_from([0, 0, 0, 30, 60 * 26, 60 * 24 * 9])), min_size=1, max_size=10),
    language=st.sampled_from(["en", "ur", "ur-Latn", "es", None]),
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
    answered(rehearsal, *rehearsal.hear(Sent(tapped=Option(f"flow:{start}", "x"))))
    for sent, minutes in turns:
        if rehearsal.owner != Owner.BOT:
            return
        answered(rehearsal, *rehearsal.hear(sent, timedelta(minutes=minutes)))


def asking(answers: list[str]) -> Ask:
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


def answered(rehearsal: Rehearsal, decision: Decision, replies: list[object]) -> None:
    """An answer, a question or a person, or something is looked up (said once): silence is for those who wished it,
    and where the carrier speaks for us."""
    quiet = decision.by in ("consent", "opted_out", "brake", "still_asking")
    assert replies or decision.handoff or decision.consent or decision.requests or quiet
    place = rehearsal.standing
    if place.node:
        node = rehearsal.config.flows.flows[place.flow].nodes[place.node]
        assert type(node).__name__ in ("Choose", "Ask", "WaitFor", "LookUp", "Action")


def test_every_flow_that_ships_is_walked() -> None:
    assert set(shipped().flows.flows) == set(STARTS)
