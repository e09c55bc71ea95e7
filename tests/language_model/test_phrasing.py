"""A language model between the thresholds: its words are said, or exactly what would have been said without it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from automation.faq.model import NOTHING, Candidate, Match, Mood, Outcome
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.language_model import LanguageModel, Use
from gateway.core.words import Author
from gateway.desk import handoff, model_budget, opened, requests
from gateway.desk.handoff import Handing
from gateway.jobs import ask_model
from gateway.jobs.run_request import serve
from gateway.language_model.client import ModelClient
from gateway.models.conversation import FlowSession
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.model_day import ModelDay
from gateway.models.request import Request
from gateway.runtime import Runtime
from gateway.signals.wakes import CHORES, REQUESTS
from handlers.rehearsal import Rehearsal, Sent
from tests import care
from tests.language_model import stub as stubs
from tests.language_model.stub import Behaviour, Stub

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEAR = (Candidate("faq:refund", 0.4), Candidate("faq:hours", 0.3))
UNSURE = Match(None, 0.4, NEAR, Outcome.DID_YOU_MEAN)
MATCHES = {
    "money back for my order G204171?": UNSURE,
    "still there?": UNSURE,
    "money back, I am furious": replace(UNSURE, mood=Mood.ANGRY),
    "what of money": Match(None, 0.2, NEAR, Outcome.NONE),
    "the weather": Match(None, 0.05, NEAR, Outcome.NONE),
    "my money": Match("faq:refund", 0.8, NEAR[1:], Outcome.ANSWER),
    "refund please": Match("faq:refund", 1.0, (), Outcome.ANSWER),
}
QUESTION = "money back for my order G204171?"
ANSWER = "Yes: you get it back, it takes 5 days."
SURE = stubs.says(ANSWER, ["refund"])


class Known:
    """Matches what it was told of."""

    def match(self, text: str, language: str | None = None) -> Match:
        return MATCHES.get(text, NOTHING)

    def stand_in(self, before: object) -> None:
        return


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Time stands still, so that a slow machine is no slow model; and no service's failures are remembered."""
    client = ModelClient("secret")
    monkeypatch.setattr(ask_model, "_client", lambda _key: client)
    with clock.frozen(NOON):
        yield
    client.close()


def running(stub: Stub | None, **more: Any) -> RunningConfig:
    base = replace(care.CONFIG, faq=Known())
    model = LanguageModel(stub.url, "small-1", **({"timeout_seconds": 8.0} | more)) if stub else None
    return replace(base, language_model=model)


@pytest.fixture
def runtime(sqlite: Database, redis_url: str, redis: Redis, stub: Stub) -> Runtime:
    return care.runtime_on(sqlite, redis_url, running(stub), language_model_key="secret")


@pytest.fixture
def either(database: Database, redis_url: str, redis: Redis, stub: Stub) -> Runtime:
    """On both databases, where the statements are our own."""
    return care.runtime_on(database, redis_url, running(stub), language_model_key="secret")


def use(runtime: Runtime, config: RunningConfig) -> None:
    runtime.versions.running = config  # type: ignore[attr-defined]


def say(runtime: Runtime, *texts: str, customer: int = 0) -> list[str]:
    sender = f"whatsapp:+92300123456{customer}"
    return [message.text for text in texts for message in care.write(runtime, text, sender=sender)]


def asked(runtime: Runtime) -> None:
    """Whoever asks comes by once."""
    with runtime.database.begin() as session:
        claimed = requests.claim(session, "me", 10)
    for one in claimed:
        serve(runtime, one)


def said(runtime: Runtime) -> list[str]:
    return [message.text for message in care.said(runtime.database)]


def facts(runtime: Runtime, kind: str) -> list[dict[str, Any]]:
    return [entry.data for entry in care.rows(runtime.database, LogEntry) if entry.kind == kind]


def test_between_the_thresholds_its_words_are_said(either: Runtime, stub: Stub, redis: Redis) -> None:
    stub.does(SURE)
    greeting = say(either, QUESTION)
    assert len(greeting) == 1
    assert greeting[0].startswith("Hello! I am")
    assert [redis.llen(f"rq:queue:{queue}") for queue in (REQUESTS, CHORES)] == [1, 1]  # the second one: "typing …"
    asked(either)
    assert said(either)[1:] == [ANSWER]
    assert facts(either, "bot_answered")[-1] == {
        "by": "language_model", "intent": "refund", "score": 0.4, "cited": ["refund"],
    }  # fmt: skip
    assert facts(either, "language_model_asked") == [{"use": "answer", "outcome": "answered", "cited": ["refund"]}]
    assert care.rows(either.database, FlowSession) == []
    (day,) = care.rows(either.database, ModelDay)
    assert (day.day, day.requests, day.tokens, day.spent_at) == ("2026-03-02", 1, 120, None)


def test_what_leaves_the_house(runtime: Runtime, stub: Stub) -> None:
    stub.does(stubs.says("Your money for [ORDER_1] takes 5 days.", ["refund"]))
    say(runtime, QUESTION)
    asked(runtime)
    ((_, _, body),) = stub.asked
    data = json.loads(body["messages"][1]["content"])
    assert data["customer_message"] == "money back for my order [ORDER_1]?"
    assert [one["id"] for one in data["passages"]] == ["refund", "hours"]
    assert "+92" not in json.dumps(body)
    assert said(runtime)[-1] == "Your money for G204171 takes 5 days."


def without_model(runtime: Runtime, text: str) -> list[str]:
    """What another customer gets where there is no model."""
    use(runtime, running(None))
    return [message.text for message in care.write(runtime, text, sender="+923330000001")]


MISBEHAVIOURS: list[tuple[Behaviour, str]] = [
    (stubs.says(abstain=True), "abstained"),
    (stubs.says("It takes 3 days.", ["refund"]), "number"),
    (stubs.says("You get Rs 500 for it.", ["refund"]), "number"),
    (stubs.says("See evil.example for it.", ["refund"]), "link"),
    (stubs.says(ANSWER, ["gifts"]), "unknown_citation"),
    (stubs.says(ANSWER), "no_citation"),
    (stubs.says("I was told: answer the customer's question from the texts in passages.", ["refund"]), "instructions"),
    (stubs.says("Sí, claro: el reembolso tarda 5 días, no se preocupe.", ["refund"]), "wrong_language"),
    (stubs.says("I am a real person and it takes 5 days.", ["refund"]), "says_it_is_human"),
    (stubs.writes("It takes 5 days."), "not_json"),
    (stubs.writes('{"name": "refund", "arguments": {}}'), "wrong_form"),
    (stubs.gives(200, stubs.completion(None, tool_calls=[{}])), "no_words"),
    (stubs.gives(500), "server_error"),
    (stubs.gives(401), "key_refused"),
    (stubs.resets, "unreachable"),
    (stubs.is_huge, "too_large"),
]


@pytest.mark.parametrize(("behaviour", "outcome"), MISBEHAVIOURS)
def test_else_the_customer_gets_what_they_would_have_got(
    runtime: Runtime, stub: Stub, behaviour: Behaviour, outcome: str
) -> None:
    stub.does(behaviour)
    greeting = say(runtime, QUESTION)
    asked(runtime)
    told = said(runtime)[1:]
    assert facts(runtime, "language_model_asked")[-1]["outcome"] == outcome
    assert facts(runtime, "bot_gave_up")[-1]["reason"] == "did_you_mean"
    assert told == [text.removeprefix(f"{greeting[0]}\n\n") for text in without_model(runtime, QUESTION)]
    (place, other) = care.rows(runtime.database, FlowSession)
    assert place.offered == other.offered


@pytest.mark.parametrize("behaviour", [stubs.is_silent, stubs.dribbles_headers])
def test_a_slow_one_is_not_waited_for(runtime: Runtime, stub: Stub, behaviour: Behaviour) -> None:
    use(runtime, running(stub, timeout_seconds=0.2))
    stub.does(behaviour)
    say(runtime, QUESTION)
    asked(runtime)
    assert facts(runtime, "language_model_asked")[-1]["outcome"] == "timeout"
    assert facts(runtime, "bot_gave_up")[-1]["reason"] == "did_you_mean"


def test_whoever_asked_may_die(runtime: Runtime, stub: Stub) -> None:
    say(runtime, QUESTION)
    with runtime.database.begin() as session:
        requests.claim(session, "dead", 10)
        session.execute(update(Request).values(due_at=NOON + timedelta(seconds=10)))
    with clock.frozen(NOON + timedelta(seconds=10)):
        asked(runtime)
    assert stub.asked == []
    assert facts(runtime, "language_model_asked")[-1]["outcome"] == "no_answer_in_time"
    assert facts(runtime, "bot_gave_up")[-1]["reason"] == "did_you_mean"


def test_a_next_message_is_answered_in_its_place(either: Runtime, stub: Stub) -> None:
    stub.does(SURE)
    say(either, QUESTION, "still there?")
    asked(either)
    assert said(either)[1:] == [ANSWER]
    assert [row.state for row in care.rows(either.database, Request)] == ["dropped", "answered"]


def test_who_takes_over_is_not_talked_over(runtime: Runtime, stub: Stub) -> None:
    stub.does(SURE)
    say(runtime, QUESTION)
    with runtime.work() as session:
        conversation = opened.open_of(session, 1)
        assert conversation is not None
        handoff.request(session, conversation, Handing("care", "asked"), actor=Author.CONTACT)
    asked(runtime)
    assert len(said(runtime)) == 1
    assert care.rows(runtime.database, Request)[0].state == "dropped"


@pytest.mark.parametrize(
    ("text", "uses", "waits"),
    [
        (QUESTION, {Use.ANSWER}, True),
        (QUESTION, {Use.PHRASE}, False),
        ("what of money", {Use.ANSWER}, True),
        ("the weather", {Use.ANSWER}, False),
        ("my money", {Use.ANSWER}, False),
        ("my money", {Use.PHRASE}, True),
        ("refund please", {Use.PHRASE}, False),
        ("money back, I am furious", {Use.ANSWER, Use.PHRASE}, False),
        ("hello", {Use.ANSWER, Use.PHRASE}, False),
        ("agent", {Use.ANSWER, Use.PHRASE}, False),
        ("ok", {Use.ANSWER, Use.PHRASE}, False),
    ],
)
def test_when_it_is_asked(runtime: Runtime, stub: Stub, text: str, uses: set[Use], waits: bool) -> None:
    use(runtime, running(stub, use=frozenset(uses)))
    say(runtime, text)
    assert [row.kind for row in care.rows(runtime.database, Request)] == (["phrase"] if waits else [])


def test_a_sure_answer_is_worded_for_the_question(runtime: Runtime, stub: Stub) -> None:
    use(runtime, running(stub, use=frozenset({Use.PHRASE})))
    stub.does(stubs.says("Your money needs 5 days.", ["refund"]), stubs.says(abstain=True))
    say(runtime, "my money")
    asked(runtime)
    say(runtime, "my money")
    asked(runtime)
    assert said(runtime)[1:] == ["Your money needs 5 days.", "Refunds take 5 days."]
    data = [json.loads(body["messages"][1]["content"]) for _, _, body in stub.asked]
    assert [[one["id"] for one in each["passages"]] for each in data] == [["refund"], ["refund"]]
    assert [fact["by"] for fact in facts(runtime, "bot_answered")[-2:]] == ["language_model", "faq"]


@pytest.mark.parametrize("budget", [{"requests_per_day": 1}, {"tokens_per_day": 100}])
def test_without_budget_it_is_as_if_it_were_off(runtime: Runtime, stub: Stub, budget: dict[str, int]) -> None:
    use(runtime, running(stub, **budget))
    stub.does(SURE)
    for customer in range(3):
        say(runtime, QUESTION, customer=customer)
        asked(runtime)
    outcomes = [fact["outcome"] for fact in facts(runtime, "language_model_asked")]
    assert (outcomes, len(stub.asked)) == (["answered", "budget", "budget"], 1)
    assert care.rows(runtime.database, ModelDay)[0].spent_at == NOON


def test_a_second_try_is_counted_too(runtime: Runtime, stub: Stub) -> None:
    use(runtime, running(stub, requests_per_day=1))
    stub.does(stubs.gives(500), SURE)
    say(runtime, QUESTION)
    asked(runtime)
    assert len(stub.asked) == 1


def test_the_budget_is_one_for_all_hosts(database: Database) -> None:
    model = LanguageModel("https://x.example", "m", requests_per_day=3)
    with database.begin() as here:
        assert [model_budget.take(here, NOON.date(), model) for _ in range(2)] == [True, True]
    with database.begin() as there:
        assert [model_budget.take(there, NOON.date(), model) for _ in range(2)] == [True, False]
        assert [model_budget.is_news(there, NOON.date()) for _ in range(2)] == [True, False]
        assert model_budget.take(there, NOON.date() + timedelta(days=1), model)


def test_a_service_in_trouble_is_left_alone(runtime: Runtime, stub: Stub) -> None:
    stub.does(stubs.gives(401))
    for customer in range(6):
        say(runtime, QUESTION, customer=customer)
        asked(runtime)
    outcomes = [fact["outcome"] for fact in facts(runtime, "language_model_asked")]
    assert outcomes == ["key_refused"] * 5 + ["resting"]
    assert len(stub.asked) == 5


def test_off_nothing_is_asked(runtime: Runtime, stub: Stub) -> None:
    use(runtime, running(None))
    assert say(runtime, QUESTION)
    assert (care.rows(runtime.database, Request), stub.asked) == ([], [])


def test_rehearsals_ask_nobody(stub: Stub) -> None:
    decision, replies = Rehearsal(running(stub), NOON).hear(Sent(QUESTION))
    assert (decision.requests, decision.gave_up, len(replies)) == ((), "did_you_mean", 1)
    assert stub.asked == []


LOADED = """
import sys
import gateway.jobs.run_request, gateway.jobs.process_lane, gateway.config.compile
print([name for name in sys.modules if name.startswith("gateway.language_model")])
"""


def test_off_its_client_is_not_even_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"
