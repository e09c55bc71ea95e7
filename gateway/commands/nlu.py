"""``flask --app wsgi nlu …``: how well customers are understood, measured on files of labelled messages."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from automation.language import detect
from gateway.runtime import runtime_of

MOST_LINES = 200_000

group = AppGroup("nlu", help="Understanding: questions, languages, moods.")

File = click.Path(exists=True, dir_okay=False, path_type=Path)


@group.command("eval")
@click.option("--train", "lessons", type=File, required=True, help="JSONL of {text, lang, intent or null}.")
@click.option("--test", "questions", type=File, required=True, help="JSONL of the same form, unseen in training.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def evaluate(lessons: Path, questions: Path, as_json: bool) -> None:
    """Train a matcher on one file and ask it the other, at the thresholds it would ship with."""
    settings = runtime_of(current_app).settings
    found = import_module("gateway.commands.nlu_eval").evaluate(
        list(_rows(lessons, "intent")), list(_rows(questions, "intent")), settings.embeddings
    )
    click.echo(json.dumps(found, indent=2) if as_json else _table(found))


@group.command("language")
@click.argument("file", type=File)
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def language(file: Path, as_json: bool) -> None:
    """How often the language of {text, lang} is told, all and by language."""
    _say_confusion([(row["lang"], detect(row["text"])) for row in _labelled(file, "lang")], as_json)


@group.command("mood")
@click.argument("file", type=File)
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def mood(file: Path, as_json: bool) -> None:
    """How often the mood of {text, mood} is told: angry, urgent or neutral; and false alarms of anger."""
    rows = _labelled(file, "mood")
    embeddings = runtime_of(current_app).settings.embeddings
    told = import_module("gateway.commands.nlu_eval").moods([row["text"] for row in rows], embeddings)
    pairs = [(row["mood"], str(said)) for row, said in zip(rows, told, strict=True)]
    alarms = [said == "angry" for right, said in pairs if right != "angry"]
    _say_confusion(pairs, as_json, {"false_alarms_of_anger": (sum(alarms), len(alarms))})


def _labelled(file: Path, label: str) -> list[dict[str, Any]]:
    """The rows that say what is right; how many do not is told beside the figures."""
    rows = list(_rows(file, label))
    labelled = [row for row in rows if row[label]]
    if len(labelled) < len(rows):
        click.echo(f"{len(rows) - len(labelled)} of {len(rows)} rows have no {label} and are left out", err=True)
    return labelled


def _rows(file: Path, label: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file, each with ``text``, ``lang`` and ``label``; the latter two may be None."""
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if number > MOST_LINES:
                    raise click.ClickException(f"{file}: more than {MOST_LINES} lines")
                if line.strip():
                    yield _row(file, number, line, label)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: not UTF-8 ({error.reason})") from error


def _row(file: Path, number: int, line: str, label: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"{file}:{number}: no JSON ({error})") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise click.ClickException(f"{file}:{number}: must be an object with text")
    if label == "intent" and label not in row:  # null says that no answer fits; nothing at all is a slip
        raise click.ClickException(f"{file}:{number}: must have an intent, or null")
    text = row["text"].encode("utf-8", "replace").decode()  # JSON can hold half a character
    return {"text": text, **{name: _name(file, number, name, row.get(name)) for name in ("lang", label)}}


def _name(file: Path, number: int, key: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, int):
        return str(value)
    raise click.ClickException(f"{file}:{number}: {key} must be a name or null")


def _table(found: dict[str, Any]) -> str:
    lines = [f"{'':10} messages  accuracy  answered  in scope  wrong  offered  AUROC"]
    lines += [_line("all", found)] + [_line(name, some) for name, some in found["languages"].items()]
    lines.append(f"p50 {found['p50_ms']} ms, p99 {found['p99_ms']} ms; models: {', '.join(found['models']) or 'none'}")
    return "\n".join(lines)


def _line(name: str, some: dict[str, Any]) -> str:
    widths = {"accuracy": 8, "answered": 8, "answered_in_scope": 8, "wrong": 5, "offered": 7}
    cells = [f"{some[key]['percent'] if some[key] else '-':>{width}}" for key, width in widths.items()]
    return f"{name:10} {some['messages']:>8}  {'  '.join(cells)}  {some['auroc'] if some['auroc'] else '-'}"


def _say_confusion(
    pairs: Sequence[tuple[str, str | None]], as_json: bool, more: Mapping[str, tuple[int, int]] | None = None
) -> None:
    """Of each right label, how often it was told, and what was said instead."""
    told: dict[str, Counter[str | None]] = defaultdict(Counter)
    for right, said in pairs:
        told[right][said] += 1
    share = import_module("automation.faq.measuring").share
    found: dict[str, Any] = {"all": share(sum(right == said for right, said in pairs), len(pairs))}
    found |= {right: share(said[right], said.total()) for right, said in sorted(told.items())}
    found |= {name: share(*counts) for name, counts in (more or {}).items()}
    if as_json:
        instead = {right: {str(label): count for label, count in said.items()} for right, said in told.items()}
        click.echo(json.dumps({"recall": found, "told": instead}, indent=2, ensure_ascii=False))
        return
    for name, some in found.items():
        click.echo(f"{name:10} {some['percent']} % ({some['low']} to {some['high']})" if some else f"{name:10} -")
