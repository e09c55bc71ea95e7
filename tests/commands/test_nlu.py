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


LOSS = {"text": "half of an emoji: \ud83d", "lang": "en", "intent": "hours"}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        ["", "  "],
        LESSONS[:4],
        [*LESSONS[:4], LESSONS[-1]],
        LESSONS[-2:],
        [{"text": row["text"], "intent": row["intent"]} for row in LESSONS],
        [{**row, "lang": None} for row in LESSONS],
        [{**row, "lang": "tlh"} for row in LESSONS],
        [{**row, "intent": len(str(row["intent"]))} for row in LESSONS],
        [{**row, "text": text} for row, text in zip(LESSONS, ["", " ", "\U0001f600", "12", "\0"], strict=False)],
        [*LESSONS, LOSS, {**LOSS, "text": "when do you open " * 3000}, ""],
    ],
)
def test_odd_files_are_measured_all_the_same(run: Run, file: Callable[..., str], rows: list[object]) -> None:
    odd, plain = file("odd.jsonl", *rows), file("plain.jsonl", *LESSONS)
    counted = sum(row not in ("", "  ") for row in rows)
    assert json.loads(run("eval", "--train", odd, "--test", plain, "--json").output)["messages"] == len(LESSONS)
    assert json.loads(run("eval", "--train", plain, "--test", odd, "--json").output)["messages"] == counted
    assert "accuracy" in run("eval", "--train", plain, "--test", odd).output
    assert run("language", odd).exit_code == 0


@pytest.mark.parametrize(("command", "label"), [("language", "lang"), ("mood", "mood")])
def test_rows_that_do_not_say_what_is_right_are_left_out(
    run: Run, file: Callable[..., str], command: str, label: str
) -> None:
    rows = [{"text": "where is my order", "lang": "en", "mood": "neutral"}, {"text": "a"}, {"text": "b", label: None}]
    result = run(command, file("rows.jsonl", *rows), "--json")
    assert f"2 of 3 rows have no {label}" in result.stderr
    assert json.loads(result.stdout)["recall"]["all"]["percent"] == 100.0


@pytest.mark.parametrize(
    ("command", "line", "told"),
    [
        ("language", "{", "no JSON"),
        ("language", '["x"]', "text"),
        ("language", '{"text": 1, "lang": "en"}', "text"),
        ("language", '{"text": "x", "lang": ["en"]}', "lang must be a name"),
        ("mood", '{"text": "x", "mood": {}}', "mood must be a name"),
    ],
)
def test_what_is_no_row_is_told_with_its_line(
    run: Run, file: Callable[..., str], command: str, line: str, told: str
) -> None:
    result = run(command, file("rows.jsonl", {"text": "a", "lang": "en", "mood": "angry"}, line))
    assert result.exit_code == 1
    assert "rows.jsonl:2" in result.output
    assert told in result.output


def test_a_row_without_an_intent_is_a_slip(run: Run, file: Callable[..., str]) -> None:
    result = run("eval", "--train", file("a.jsonl", *LESSONS), "--test", file("b.jsonl", {"text": "hello"}))
    assert (result.exit_code, "b.jsonl:1: must have an intent" in result.output) == (1, True)


@pytest.mark.parametrize(("bytes_", "code"), [('{"text": "café", "lang": "es"}'.encode("latin-1"), 1),
                                              ('{"text": "café", "lang": "es"}'.encode("utf-8-sig"), 0)])  # fmt: skip
def test_encodings(run: Run, tmp_path: Path, bytes_: bytes, code: int) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(bytes_)
    result = run("language", str(path))
    assert (result.exit_code, "not UTF-8" in result.output) == (code, bool(code))
