"""What ``check`` says of the language model, and what is wrong with its config."""

from dataclasses import replace

import pytest

from gateway.commands.check_model import language_model
from gateway.config.compile import check_files, compile_files
from gateway.config.running import RunningConfig
from gateway.core.language_model import OPTIONS, LanguageModel, Use
from gateway.settings import Settings
from tests import care
from tests.config.test_problems import GOOD
from tests.language_model import stub as stubs
from tests.language_model.stub import Stub


def said(config: RunningConfig, key: str = "secret", ask: bool = True) -> list[str]:
    return [f"{one.level}: {one.text}" for one in language_model(Settings(language_model_key=key), config, ask=ask)]


def test_without_one() -> None:
    assert said(care.CONFIG, key="") == ["ok: none: the bot answers by itself"]
    assert said(care.CONFIG) == [
        "note: none: the bot answers by itself; LANGUAGE_MODEL_KEY is set, but nothing uses it"
    ]


@pytest.mark.parametrize(
    ("status", "last"),
    [
        (200, "ok: the service answers and takes the key"),
        (401, "refuses the key (HTTP 401): see LANGUAGE_MODEL_KEY"),
        (404, "/models answers HTTP 404"),
    ],
)
def test_with_one(stub: Stub, status: int, last: str) -> None:
    stub.does(stubs.gives(status))
    lines = said(replace(care.CONFIG, language_model=LanguageModel(stub.url, "small-1")))
    assert lines[0] == f"ok: small-1 at {stub.url}, to answer, 1,000 requests a day"
    assert last in lines[-1]


def test_with_one_that_is_away() -> None:
    config = replace(care.CONFIG, language_model=LanguageModel("http://127.0.0.1:1/v1", "m"))
    assert said(config)[-1].startswith("PROBLEM: http://127.0.0.1:1/v1 does not answer (unreachable)")
    assert said(config, key="", ask=False)[-1].startswith("note: LANGUAGE_MODEL_KEY is not set")


MODEL = 'language_model: {base_url: "https://api.example.com/v1/", model: small-1'


def with_model(more: str, model: str = MODEL) -> dict[str, str]:
    return {**GOOD, "care.yaml": f"{model}{more}}}\n{GOOD['care.yaml']}"}


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (with_model(", key: abc"), "unknown key; known here: base_url"),
        (with_model(", use: [chat]"), "must be one of answer, phrase"),
        (with_model(", use: []"), "use: "),
        (with_model(", timeout_seconds: 60"), "timeout_seconds: must be greater than or equal to 0.2 and less than"),
        (with_model(", daily_budget: {requests: 0}"), "requests: must be greater"),
        (with_model(", options: {stream: true}"), "stream is filled by Rabta"),
        (with_model(", options: {stop: [x]}"), "stop must be a text, a number"),
        (with_model("", "language_model: {base_url: api.example.com, model: m"), "is no http(s) address"),
        (with_model("", 'language_model: {base_url: "http://api.example.com/v1", model: m'), "must be https"),
        (with_model("", 'language_model: {base_url: "http://8.8.8.8/v1", model: m'), "must be https"),
        (with_model("", 'language_model: {base_url: "https://me:abc@api.example.com", model: m'), "LANGUAGE_MODEL_KEY"),
        (with_model("", 'language_model: {base_url: "https://api.example.com"'), "model: is missing"),
    ],
)
def test_mistakes(files: dict[str, str], reason: str) -> None:
    (problem,) = check_files(files)
    assert (problem.file, problem.line) == ("care.yaml", 1)
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("files", "model"),
    [
        (GOOD, None),
        (with_model(""), LanguageModel("https://api.example.com/v1", "small-1")),
        (
            with_model(", use: [phrase, answer], timeout_seconds: 2, daily_budget: {requests: 5, tokens: 6}, "
                       "least_score: 0.3, options: {max_tokens: 100, top_p: 0.5}"),
            LanguageModel("https://api.example.com/v1", "small-1", frozenset(Use), 2.0, 5, 6, 0.3,
                          {**OPTIONS, "max_tokens": 100, "top_p": 0.5}),
        ),
        (
            with_model("", 'language_model: {base_url: "http://ollama:11434/v1", model: m'),
            LanguageModel("http://ollama:11434/v1", "m"),
        ),
    ],
)  # fmt: skip
def test_what_it_comes_to(files: dict[str, str], model: LanguageModel | None) -> None:
    compiled = compile_files(files)
    assert isinstance(compiled, RunningConfig)
    assert compiled.language_model == model
