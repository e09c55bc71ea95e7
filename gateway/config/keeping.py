"""What was learned at the desk stays when a folder is published that does not know of it yet.

The newest version may hold answers and phrases that nobody has exported: they are put beside the folder's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.config import learned
from gateway.config.compile import compile_files
from gateway.config.publish import newest_version, version_files
from gateway.config.running import RunningConfig
from gateway.core.errors import ConfigError
from gateway.models.database import Database


@dataclass(frozen=True, slots=True)
class Kept:
    """The files to publish; ``after``: the version they continue; ``added``: what the folder itself does not have."""

    files: Mapping[str, str]
    after: int | None = None
    added: tuple[str, ...] = ()


def with_learned(database: Database, folder: Mapping[str, str]) -> Kept:
    """The folder's files, with what the newest version learned and they lack.

    Raises:
        ConfigError: phrases were learned for an answer that the folder does not have any more.
    """
    with database.read() as session:
        newest = newest_version(session)
    if newest is None:
        return Kept(folder)
    known = learned.learned_of(version_files(database, newest))
    config = compile_files(folder)
    if not known or not isinstance(config, RunningConfig):
        return Kept(folder, newest)  # a folder with problems is refused by whoever publishes it
    return _together(folder, config, known, newest)


def _together(folder: Mapping[str, str], config: RunningConfig, known: Mapping[str, Any], newest: int) -> Kept:
    answers = [one for one in known.get("answers", []) if one["id"] not in config.flows.answers]
    there = {*config.flows.answers, *(one["id"] for one in answers)}
    if lost := sorted(set(known.get("phrases", {})) - there):
        raise ConfigError(
            f"phrases were learned for {', '.join(lost)}, which the folder does not have: bring the answer back, "
            "or publish with --forget-learned"
        )
    fresh = {id_: learned.fresh(config, phrases) for id_, phrases in known.get("phrases", {}).items()}
    phrases = {id_: some for id_, some in fresh.items() if some}
    if not answers and not phrases:
        return Kept(folder, newest)
    return Kept(learned.with_more(folder, answers, phrases), newest, tuple(_added(answers, phrases)))


def _added(answers: list[Mapping[str, Any]], phrases: Mapping[str, learned.Phrases]) -> Iterator[str]:
    yield from (f"the answer {one['id']}" for one in answers)
    for id_, some in phrases.items():
        count = sum(len(part) for part in some.values())
        yield f"{count} phrase{'s' if count > 1 else ''} of {id_}"
