"""How well customers are understood, asked on the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from gateway.app import create_app
from gateway.models.database import Database
from gateway.runtime import build
from gateway.settings import Settings

Run = Callable[..., Result]

LESSONS = [
    {"text": text, "lang": "en", "intent": intent}
    for intent, some in {
        "hours": ["when do you open", "opening hours", "what time do you close", "are you open on sunday"],
        "refund": ["give me my money back", "I want a refund", "when will I get my refund", "refund please"],
        None: ["tell me a joke", "what is the capital of france"],
    }.items()
    for text in some
]


@pytest.fixture
def run(sqlite: Database, tmp_path: Path) -> Run:
    environ = {"DATABASE_URL": str(sqlite.engine.url), "VAR_DIR": str(tmp_path / "var"), "EMBEDDINGS": "off"}
    settings = Settings.from_env(environ)
    app: Flask = create_app(settings, build(settings))
    return lambda *words: app.test_cli_runner().invoke(args=("nlu", *words))


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def write(name: str, *rows: object) -> str:
        path = tmp_path / name
        path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
        return str(path)

    return write


def test_eval(run: Run, file: Callable[..., str]) -> None:
    train = file("train.jsonl", *LESSONS)
    questions = [{"text": "opening hours?", "lang": "en", "intent": "hours"}, {"text": "sing a song", "intent": None}]
    test = file("test.jsonl", *questions)
    found = json.loads(run("eval", "--train", train, "--test", test, "--json").output)
    assert found["accuracy"]["percent"] == 100.0
    assert (found["messages"], found["wrong"]["percent"], found["auroc"]) == (2, 0.0, 1.0)
    assert set(found["languages"]) == {"en", "?"}
    assert found["p50_ms"] <= found["p99_ms"]
    assert found["models"] == []
    assert "accuracy" in run("eval", "--train", train, "--test", test).output


def test_language(run: Run, file: Callable[..., str]) -> None:
    rows = [{"text": "where is my order", "lang": "en"}, {"text": "mera order kahan hai", "lang": "ur"}]
    found = json.loads(run("language", file("rows.jsonl", *rows), "--json").output)
    assert (found["recall"]["all"]["percent"], found["recall"]["en"]["percent"]) == (50.0, 100.0)
    assert found["told"]["ur"] == {"ur-Latn": 1}


def test_mood(run: Run, file: Callable[..., str]) -> None:
    rows = [{"text": "you are all thieves and liars!!!", "mood": "angry"}, {"text": "thank you", "mood": "neutral"}]
    found = json.loads(run("mood", file("rows.jsonl", *rows), "--json").output)["recall"]
    assert found["angry"]["percent"] == found["neutral"]["percent"] == 100.0
    assert found["false_alarms_of_anger"]["percent"] == 0.0


@pytest.mark.parametrize(
    ("line", "told"),
    [("{", "no JSON"), ('{"text": "x"}', "text and lang"), ('["x"]', "lang"), ('{"text": 1, "lang": "en"}', "text")],
)
def test_what_is_no_row_is_told_with_its_line(run: Run, file: Callable[..., str], line: str, told: str) -> None:
    result = run("language", file("rows.jsonl", {"text": "a", "lang": "en"}, line))
    assert result.exit_code == 1
    assert "rows.jsonl:2" in result.output
    assert told in result.output
