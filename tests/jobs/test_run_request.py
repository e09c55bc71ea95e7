"""Requests of flows: asked outside any transaction, answered once, also where workers die, customers go on, or people
take over."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from automation.flows.requests import Act, Answered, Call, Lookup, Result
from gateway.core import clock
from gateway.core.crm import CrmUnavailable
from gateway.core.errors import Unanswered
from gateway.core.words import Author
from gateway.desk import contacts, handoff, opened, requests
from gateway.desk.handoff import Handing
from gateway.desk.requests import Asked
from gateway.jobs import asking, run_request
from gateway.jobs.forget import Forgetting
from gateway.jobs.run_request import Enquirer, serve
from gateway.jobs.sweep import sweep
from gateway.jobs.unaided import do_due
from gateway.models.conversation import FlowSession
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.request import Request
from gateway.runtime import Runtime
from gateway.signals.wakes import REQUESTS
from tests import care
from tests.automation.flows import library
from tests.crm import shop

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOWHERE = "redis://127.0.0.1:1/0"
ENDS = [
    {"id": "none", "say": "None", "goto": "end"},
    {"id": "sorry", "say": "Not now", "goto": "end"},
]
FLOWS: list[dict[str, Any]] = [
    {"id": "status", "triggers": {"words": {"en": ["status"]}}, "nodes": [
        {"id": "q", "ask": "Which order?", "type": "order"},
        {"id": "mine", "lookup": "order", "by": {"number": "{q}"}, "into": "order", "missing": "none",
         "failed": "sorry"},
        {"id": "done", "say": "{order.number} is {order.status}", "goto": "end"}, *ENDS]},
    {"id": "undo", "triggers": {"words": {"en": ["undo"]}}, "nodes": [
        {"id": "mine", "lookup": "order", "into": "order", "missing": "none", "failed": "sorry"},
        {"id": "do", "act": "cancel_order", "with": {"order": "{order.number}"}, "into": "order", "refused": "late",
         "failed": "sorry"},
        {"id": "done", "say": "It is {order.status}", "goto": "end"},
        {"id": "late", "say": "No: {order.refused}", "goto": "end"}, *ENDS]},
    {"id": "post", "triggers": {"words": {"en": ["post"]}}, "nodes": [
        {"id": "do", "call": {"method": "POST", "url": "https://x.example/"}, "failed": "sorry"},
        {"id": "done", "say": "Done", "goto": "end"}, *ENDS]},
]  # fmt: skip
PLACED = Answered(Result.FOUND, {"number": "G204171", "status": "placed"})
CANCELLED = Answered(Result.FOUND, {"number": "G204171", "status": "cancelled"})


ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Nothing here that databases do differently."""


class Elsewhere:
    """Another system: answers as told, in turn, the last one for ever; an exception is raised, a function called."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.answers: dict[type, list[Any]] = {Lookup: [PLACED], Act: [CANCELLED], Call: [Answered(Result.FOUND)]}

    def __call__(self, asking_: Any, request: Any) -> Answered:
        self.asked.append((asking_.key, request))
        answers = self.answers[type(request)]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        answer = answer() if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Answered)
        return answer


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    other = Elsewhere()
    monkeypatch.setattr(asking, "ASKS", dict.fromkeys((Lookup, Act, Call), other))
    return other


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Runtime:
    return runtime_on(database, redis_url)


def runtime_on(database: Database, redis_url: str) -> Runtime:
    base = care.config()
    flows = library(*FLOWS).flows | base.flows.flows
    return care.runtime_on(database, redis_url, replace(base, flows=replace(base.flows, flows=flows)))


@pytest.fixture
def work(runtime: Runtime) -> Iterator[Callable[[], list[str]]]:
    """Ask all that is due; returns what is said to customers from then on."""
    enquirer = Enquirer(runtime)

    def run() -> list[str]:
        before = len(said(runtime.database))
        for _ in range(20):
            enquirer.run(0.2)
            while enquirer._calls.under_way:
                enquirer._calls.collect(1)
            if not enquirer._due():
                break
        return said(runtime.database)[before:]

    yield run
    enquirer.close()


def said(database: Database) -> list[str]:
    """All but the bot's words about itself."""
    return [message.text for message in care.said(database) if not message.text.startswith("Hello! I am")]


def say(runtime: Runtime, *texts: str) -> list[str]:
    return [message.text for text in texts for message in care.write(runtime, text)]


def row(runtime: Runtime, which: int = -1) -> Any:
    return care.rows(runtime.database, Request)[which]


def claimed(runtime: Runtime, who: str = "me") -> Asked:
    with runtime.database.begin() as session:
        (one,) = requests.claim(session, who, 10)
    return one


def lapse(runtime: Runtime) -> None:
    """Whoever has it has had their time."""
    with runtime.database.begin() as session:
        session.execute(update(Request).where(Request.state == "running").values(due_at=clock.now()))


def test_an_answer_takes_the_flow_on(
    runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]], redis: Redis
) -> None:
    say(runtime, "when are you open?")
    assert say(runtime, "status", "G204171") == ["Which order?"]
    assert redis.llen(f"rq:queue:{REQUESTS}") == 1
    assert row(runtime).state == "queued"
    assert work() == ["G204171 is placed"]
    ((key, request),) = elsewhere.asked
    assert (key[:10], request) == ("request-1-", Lookup("order", {"number": "G204171"}))
    found = row(runtime)
    assert (found.state, found.outcome, found.attempts, found.answer) == ("answered", "", 1, PLACED.kept)
    assert care.rows(runtime.database, FlowSession) == []


@ON_SQLITE
def test_one_request_follows_another(runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]]) -> None:
    say(runtime, "undo")
    assert work() == ["It is cancelled"]
    assert [type(request) for _, request in elsewhere.asked] == [Lookup, Act]
    (told,) = (entry for entry in care.rows(runtime.database, LogEntry) if entry.kind == "crm_asked")
    assert told.data == {"action": "cancel_order", "order": "G204171", "result": "found", "refused": ""}


@ON_SQLITE
@pytest.mark.parametrize(
    ("answer", "told", "state", "outcome"),
    [
        (Answered(Result.MISSING), "None", "answered", ""),
        (Unanswered("it is down", again=False), "Not now", "failed", "it is down"),
        (ValueError("a bug"), "Not now", "failed", "ValueError"),
    ],
)
def test_where_other_answers_lead(
    runtime: Runtime, elsewhere: Elsewhere, answer: Any, told: str, state: str, outcome: str
) -> None:
    elsewhere.answers[Lookup] = [answer]
    say(runtime, "undo")
    one = claimed(runtime)
    with clock.frozen(one.deadline - timedelta(seconds=0.5)):  # no time to ask again
        serve(runtime, one)
    assert said(runtime.database)[-1] == told
    assert (row(runtime).state, row(runtime).outcome) == (state, outcome)


@ON_SQLITE
def test_a_system_that_is_away_for_a_moment_is_asked_again(runtime: Runtime, elsewhere: Elsewhere) -> None:
    elsewhere.answers[Lookup] = [Unanswered("away"), PLACED]
    with clock.frozen(NOON):
        say(runtime, "status", "G204171")
        serve(runtime, claimed(runtime))
        found = row(runtime)
        assert (found.state, found.outcome, found.due_at) == ("queued", "away", NOON + timedelta(seconds=1))
    with clock.frozen(NOON + timedelta(seconds=1)):
        serve(runtime, claimed(runtime))
    assert said(runtime.database)[-1] == "G204171 is placed"
    assert len({key for key, _ in elsewhere.asked}) == 1


@ON_SQLITE
def test_after_its_time_it_has_failed(runtime: Runtime, elsewhere: Elsewhere) -> None:
    with clock.frozen(NOON):
        say(runtime, "status", "G204171")
    with clock.frozen(NOON + timedelta(seconds=15)):
        serve(runtime, claimed(runtime))
    assert said(runtime.database)[-1] == "Not now"
    assert (row(runtime).state, row(runtime).outcome, elsewhere.asked) == ("failed", "no answer in time", [])


@ON_SQLITE
@pytest.mark.parametrize(
    ("error", "asked", "state"),
    [(Unanswered("timed out"), 1, "failed"), (Unanswered("no connection", arrived=False), 2, "answered")],
)
def test_a_call_that_may_have_arrived_is_not_repeated(
    runtime: Runtime, elsewhere: Elsewhere, error: Unanswered, asked: int, state: str
) -> None:
    elsewhere.answers[Call] = [error, Answered(Result.FOUND)]
    with clock.frozen(NOON):
        say(runtime, "post")
        serve(runtime, claimed(runtime))
    with clock.frozen(NOON + timedelta(seconds=1)), runtime.database.begin() as session:
        again = requests.claim(session, "me", 1)
    with clock.frozen(NOON + timedelta(seconds=1)):
        for one in again:
            serve(runtime, one)
    assert (len(elsewhere.asked), row(runtime).state) == (asked, state)


@pytest.mark.parametrize(
    ("word", "told", "asked"),
    [("status", "G204171 is placed", 1), ("undo", "It is cancelled", 2), ("post", "Not now", 0)],
)
def test_a_worker_killed_in_the_midst_of_it(
    runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]], word: str, told: str, asked: int
) -> None:
    """Another takes it over; what may have been done and has no key is not done again."""
    say(runtime, *((word, "G204171") if word == "status" else (word,)))
    dead = claimed(runtime, "host:1:claim")
    assert work() == []
    with runtime.work() as session:
        assert requests.free(session, "host:1:")
    assert work() == [told]
    assert len(elsewhere.asked) == asked
    serve(runtime, dead)  # it was only slow, and comes back: too late
    assert len(said(runtime.database)) == 1


def test_two_workers_ask_each_once(runtime: Runtime, elsewhere: Elsewhere) -> None:
    for number in range(6):
        care.write(runtime, "undo", sender=f"whatsapp:+92300111000{number}")
    enquirers = [Enquirer(runtime), Enquirer(runtime)]
    for _ in range(30):
        for one in enquirers:
            one.run(0.05)
    for one in enquirers:
        one.close()
    assert len(elsewhere.asked) == 12
    assert said(runtime.database) == ["It is cancelled"] * 6


@ON_SQLITE
def test_who_went_on_before_it_was_asked(runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]]) -> None:
    say(runtime, "undo", "hi")
    assert (work(), elsewhere.asked) == ([], [])
    assert (row(runtime).state, row(runtime).outcome) == ("dropped", "the customer went on before it was asked")


def test_who_went_on_meanwhile_hears_nothing_of_it(
    runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]]
) -> None:
    def meanwhile() -> Answered:
        say(runtime, "hi")
        return PLACED

    elsewhere.answers[Lookup] = [meanwhile]
    say(runtime, "undo")
    (menu,) = work()
    assert menu.endswith("How can I help?")
    assert (row(runtime).state, row(runtime).outcome) == ("dropped", "the customer went on")


def test_contacts_that_turn_out_to_be_one(
    runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]]
) -> None:
    def meanwhile() -> Answered:
        with runtime.work() as session:
            contacts.merge(session, 2, 1, reason="the same person", actor=Author.AGENT)
        return CANCELLED

    elsewhere.answers[Act] = [meanwhile]
    say(runtime, "undo")
    care.write(runtime, "when are you open?", sender="+15551230000", to=care.SMS.address)
    assert work() == ["It is cancelled"]
    assert (row(runtime).state, row(runtime).contact_id) == ("answered", 2)


def test_people_who_took_over_are_not_talked_over(
    runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]]
) -> None:
    def meanwhile() -> Answered:
        with runtime.work() as session:
            handoff.request(session, opened.lock(session, 1), Handing("care", "asked"), actor=Author.AGENT)
        return CANCELLED

    elsewhere.answers[Act] = [meanwhile]
    say(runtime, "undo")
    assert work() == []
    assert (row(runtime).state, row(runtime).outcome) == ("dropped", "the bot does not have it")
    assert any(entry.kind == "crm_asked" for entry in care.rows(runtime.database, LogEntry))


@ON_SQLITE
def test_a_crm_that_is_away_has_not_answered(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def look_up(self, *_: object) -> None:
            raise CrmUnavailable("it is down")

    monkeypatch.setattr(Runtime, "crm", lambda _: Away())
    with clock.frozen(NOON):
        say(runtime, "undo")
        serve(runtime, claimed(runtime))
        assert (row(runtime).state, row(runtime).outcome) == ("queued", "it is down")


@ON_SQLITE
def test_what_they_write_meanwhile(runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]]) -> None:
    """It is said once that it takes a moment; questions are answered; then comes the answer."""
    say(runtime, "status", "G204171")
    assert say(runtime, "umm") == ["I am still looking, one moment please."]
    assert say(runtime, "umm well") == []
    assert say(runtime, "when are you open?") == ["We are open from 10 to 8."]
    assert work() == ["G204171 is placed"]


@ON_SQLITE
def test_an_answer_that_cannot_be_brought_is_kept(
    runtime: Runtime, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(NOON):
        say(runtime, "undo")
        with monkeypatch.context() as patch:
            patch.setattr(run_request, "request_answered", _broken)
            serve(runtime, claimed(runtime))
        assert (row(runtime).state, row(runtime).outcome) == ("queued", "ValueError: cannot")
        assert row(runtime).answer == PLACED.kept
    with clock.frozen(NOON + timedelta(minutes=2)):
        serve(runtime, claimed(runtime))
    assert (row(runtime, 0).state, len(elsewhere.asked)) == ("answered", 1)


@ON_SQLITE
def test_it_is_given_up_in_the_end(runtime: Runtime, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_request, "request_answered", _broken)
    with clock.frozen(NOON):
        say(runtime, "undo")
    for tries in range(requests.TRIES):
        with clock.frozen(NOON + timedelta(minutes=10 * tries)):
            serve(runtime, claimed(runtime))
    assert (row(runtime).state, row(runtime).attempts) == ("failed", requests.TRIES)


def _broken(_event: object) -> bool:
    raise ValueError("cannot")


def test_what_was_lost_is_swept_up(runtime: Runtime, elsewhere: Elsewhere, redis: Redis) -> None:
    with clock.frozen(NOON):
        say(runtime, "undo")
        claimed(runtime)
        redis.flushall()
        assert not sweep(runtime).requests
    with clock.frozen(NOON + timedelta(seconds=12)):
        assert sweep(runtime).requests
    assert redis.llen(f"rq:queue:{REQUESTS}") == 1


@ON_SQLITE
def test_without_redis_it_is_asked_all_the_same(database: Database, elsewhere: Elsewhere) -> None:
    runtime = runtime_on(database, NOWHERE)
    say(runtime, "undo")
    do_due(REQUESTS, runtime)
    run_request.enquirer_of(runtime).close()
    assert said(database)[-1] == "It is cancelled"


def test_the_built_in_crm_answers_who_owns_the_order(runtime: Runtime, work: Callable[[], list[str]]) -> None:
    shop.take(runtime.database, shop.files())
    for number, told in (("+923001234567", "No: too_late"), ("+34600111222", "It is cancelled"), ("+15550100", "None")):
        care.write(runtime, "undo", f"whatsapp:{number}")
        assert work() == [told]
    care.write(runtime, "status", "whatsapp:+923001234567")
    care.write(runtime, "G204390", "whatsapp:+923001234567")
    assert work() == ["None"]


def test_answers_are_forgotten_after_a_week(
    runtime: Runtime, elsewhere: Elsewhere, work: Callable[[], list[str]]
) -> None:
    with clock.frozen(NOON):
        say(runtime, "undo")
        serve(runtime, claimed(runtime))
    for days, left in ((6, 2), (8, 1)):  # the second one is still open
        with clock.frozen(NOON + timedelta(days=days)):
            Forgetting(runtime, first_seconds=0).step()
        assert len(care.rows(runtime.database, Request)) == left
