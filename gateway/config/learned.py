"""Answers that people make from what nobody answered: a file of its own in the config, ``faq/learned.yaml``.

Files written by hand stay as they are: phrases for an answer of theirs stand in the learned file, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from automation.normal import normal
from gateway.config.compile import compile_files
from gateway.config.problems import Problem, listing
from gateway.config.publish import newest_version, publish, version_files
from gateway.config.running import RunningConfig
from gateway.core.errors import ConfigError, InvalidPayload, NotFound
from gateway.models.database import Database

FILE = "faq/learned.yaml"
HEAD = "# Made on the questions page from what nobody answered; edit it like any other file of answers.\n"
MOST_PHRASES = 200

Phrases = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer by its parts, texts by language."""

    id: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    phrases: Phrases = field(default_factory=dict)


def publish_answer(database: Database, new: NewAnswer, author: str) -> int:
    """Publish the newest version with this answer beside the others; returns the version's number.

    Raises:
        ConfigError: the checks refuse it; the message says why.
        Conflict: another version was published meanwhile.
    """
    return _publish(database, lambda files, config: _with_answer(files, config, new), author, f"answer {new.id}")


def publish_phrases(database: Database, answer: str, phrases: Phrases, author: str) -> int:
    """Publish the newest version with more phrases for an answer; returns the version's number.

    Raises:
        NotFound: there is no such answer.
        InvalidPayload: it has all of these already.
        ConfigError: the checks refuse it; the message says why.
        Conflict: another version was published meanwhile.
    """
    return _publish(
        database, lambda files, config: _with_phrases(files, config, answer, phrases), author, f"phrases of {answer}"
    )


def learned_of(files: Mapping[str, str]) -> dict[str, Any]:
    """The learned file as data; it is part of a config that was checked."""
    found = yaml.safe_load(files[FILE]) if FILE in files else {}
    return found if isinstance(found, dict) else {}


def with_more(
    files: Mapping[str, str], answers: Sequence[Mapping[str, Any]], phrases: Mapping[str, Phrases]
) -> dict[str, str]:
    """The files with these answers, and these phrases by answer and language, in the learned one."""
    learned = learned_of(files)
    if answers:
        learned["answers"] = [*learned.get("answers", []), *answers]
    for answer, some in phrases.items():
        theirs = learned.setdefault("phrases", {}).setdefault(answer, {})
        for language, wordings in some.items():
            theirs[language] = [*theirs.get(language, []), *wordings][:MOST_PHRASES]
    return {**files, FILE: HEAD + yaml.safe_dump(learned, allow_unicode=True, sort_keys=False, width=110)}


def fresh(config: RunningConfig, phrases: Phrases) -> dict[str, list[str]]:
    """Without those that are a phrase of some answer already, and each once."""
    seen = {
        normal(phrase)
        for answer in config.flows.answers.values()
        for some in answer.phrases.values()
        for phrase in some
    }
    found: dict[str, list[str]] = {}
    for language, some in phrases.items():
        for phrase in some:
            if normal(phrase) and normal(phrase) not in seen:
                seen.add(normal(phrase))
                found.setdefault(language, []).append(phrase)
    return found


def _publish(database: Database, change: Any, author: str, note: str) -> int:
    with database.read() as session:
        before = newest_version(session)
    if before is None:
        raise NotFound("nothing is published yet")
    files = version_files(database, before)
    config = compile_files(files, before)
    if not isinstance(config, RunningConfig):
        raise ConfigError(f"the newest version has problems of its own:\n{listing(config)}")
    changed = change(files, config)
    problems = compile_files(changed)
    if isinstance(problems, list):
        raise ConfigError(_told(problems))
    return publish(database, changed, author, note, after=before)


def _with_answer(files: Mapping[str, str], config: RunningConfig, new: NewAnswer) -> dict[str, str]:
    own = {"id": new.id, "title": dict(new.title), "phrases": fresh(config, new.phrases), "answer": dict(new.text)}
    return with_more(files, [own], {})


def _with_phrases(files: Mapping[str, str], config: RunningConfig, answer: str, phrases: Phrases) -> dict[str, str]:
    if answer not in config.flows.answers:
        raise NotFound(f"there is no answer {answer!r}")
    new = fresh(config, phrases)
    if not new:
        raise InvalidPayload("all of these are phrases already")
    return with_more(files, [], {answer: new})


def _told(problems: list[Problem]) -> str:
    """Without the place in a file that nobody has seen, where it is the learned one."""
    return "\n".join(one.reason if one.file == FILE else str(one) for one in problems)
