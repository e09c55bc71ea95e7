"""What comes of a service that misbehaves: a reason, on time, and never more than one second try."""

from collections.abc import Iterator

import pytest

from gateway.core.breaker import FAILURES, REST_SECONDS, Breaker
from gateway.core.language_model import LanguageModel
from gateway.language_model.client import ModelClient, Said
from gateway.language_model.errors import ModelFailed
from tests.language_model import stub as stubs
from tests.language_model.stub import Behaviour, Stub

MESSAGES = [{"role": "system", "content": "x" * 30}, {"role": "user", "content": "y"}]
PLENTY = 30.0
"""Seconds: no test waits so long."""


def model_at(url: str) -> LanguageModel:
    return LanguageModel(url, "small-1")


@pytest.fixture
def rests() -> list[float]:
    return []


@pytest.fixture
def client(rests: list[float]) -> Iterator[ModelClient]:
    made = ModelClient("secret-key", sleep=rests.append)
    yield made
    made.close()


def test_words_come_with_what_they_cost(stub: Stub, client: ModelClient) -> None:
    stub.does(stubs.writes("hello"))
    assert client.ask(model_at(stub.url), MESSAGES, PLENTY) == Said("hello", 120)
    path, headers, body = stub.asked[0]
    assert (path, headers["Authorization"]) == ("/v1/chat/completions", "Bearer secret-key")
    assert body == {"model": "small-1", "messages": MESSAGES, "temperature": 0, "max_tokens": 400}


def test_a_service_that_does_not_count_is_counted_for(stub: Stub, client: ModelClient) -> None:
    stub.does(stubs.gives(200, b'{"choices": [{"message": {"content": "hello"}}]}'))
    assert client.ask(model_at(stub.url), MESSAGES, PLENTY).tokens == 12


@pytest.mark.parametrize(
    ("behaviour", "reason", "tries"),
    [
        (stubs.gives(500), "server_error", 2),
        (stubs.gives(503, b"<html>" * 10), "server_error", 2),
        (stubs.gives(429), "busy", 2),
        (stubs.gives(429, Retry_After="99"), "busy", 1),
        (stubs.gives(400), "bad_request", 1),
        (stubs.gives(401), "key_refused", 1),
        (stubs.gives(404), "not_found", 1),
        (stubs.gives(302, Location="http://127.0.0.1:1/elsewhere"), "redirected", 1),
        (stubs.resets, "unreachable", 1),
        (stubs.is_huge, "too_large", 1),
        (stubs.gives(200, b"not json"), "strange_answer", 1),
        (stubs.gives(200, b"[" * 100_000), "strange_answer", 1),
        (stubs.gives(200, b'{"choices": []}'), "strange_answer", 1),
        (stubs.gives(200, b"[1]"), "strange_answer", 1),
        (stubs.writes(None), "no_words", 1),
        (stubs.gives(200, stubs.completion(None, tool_calls=[{"name": "refund"}])), "no_words", 1),
        (stubs.writes([{"type": "text", "text": "hi"}]), "no_words", 1),
    ],
)
def test_what_is_no_answer(stub: Stub, client: ModelClient, behaviour: Behaviour, reason: str, tries: int) -> None:
    stub.does(behaviour)
    with pytest.raises(ModelFailed) as failed:
        client.ask(model_at(stub.url), MESSAGES, PLENTY)
    assert (failed.value.reason, len(stub.asked)) == (reason, tries)


@pytest.mark.parametrize("behaviour", [stubs.is_silent, stubs.dribbles_body, stubs.dribbles_headers])
def test_time_is_kept_whatever_the_service_does(stub: Stub, client: ModelClient, behaviour: Behaviour) -> None:
    stub.does(behaviour)
    with pytest.raises(ModelFailed) as failed:
        client.ask(model_at(stub.url), MESSAGES, 0.15)
    assert failed.value.reason == "timeout"
    assert len(stub.asked) <= 1


def test_a_second_try_may_do(stub: Stub, client: ModelClient, rests: list[float]) -> None:
    stub.does(stubs.gives(429, Retry_After="2"), stubs.writes("hello"))
    assert client.ask(model_at(stub.url), MESSAGES, PLENTY).content == "hello"
    assert rests == [2.0]


def test_there_is_no_second_try_without_time_for_it(stub: Stub, client: ModelClient) -> None:
    stub.does(stubs.gives(500), stubs.writes("hello"))
    with pytest.raises(ModelFailed):
        client.ask(model_at(stub.url), MESSAGES, 0.25)
    assert len(stub.asked) <= 1


def test_nobody_there(client: ModelClient) -> None:
    with pytest.raises(ModelFailed) as failed:
        client.ask(model_at("http://127.0.0.1:1/v1"), MESSAGES, PLENTY)
    assert failed.value.reason == "unreachable"


def test_a_look_at_the_models(stub: Stub, client: ModelClient) -> None:
    stub.does(stubs.gives(401))
    assert client.models(model_at(stub.url), PLENTY) == 401
    assert stub.asked[0][0] == "/v1/models"


class Hours:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_service_in_trouble_is_left_alone() -> None:
    hours = Hours()
    breaker = Breaker(hours)
    for _ in range(FAILURES):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    hours.now += REST_SECONDS
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.worked()
    assert breaker.allows()


def test_our_own_mistakes_do_not_count_against_it(stub: Stub, client: ModelClient) -> None:
    stub.does(stubs.writes(None))
    for _ in range(FAILURES + 1):
        with pytest.raises(ModelFailed):
            client.ask(model_at(stub.url), MESSAGES, PLENTY)
    assert client.breaker.allows()
