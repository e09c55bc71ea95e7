"""Reads the files of a config by their schemas: each on its own, with every problem in its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError

from automation.faq.schema import FaqSchema
from automation.flows.schema import FlowSchema
from automation.flows.talks import TalksSchema
from gateway.config.crm_mapping import MappingSchema
from gateway.config.located import Located, load
from gateway.config.problems import Finding, Path, Problem
from gateway.config.schema import CareSchema, TextsSchema
from gateway.config.template_schema import TemplatesSchema

CARE, TEXTS, TEMPLATES = "care.yaml", "texts.yaml", "templates.yaml"
_NAME = re.compile(r"([\w-][\w.-]*/){0,3}[\w-][\w.-]*")
ROWS = re.compile(r"crm/.*\.csv")
"""The example's customers and orders, which the CRM reads."""


@dataclass(slots=True)
class Loaded:
    """A file: ``data`` as its schema made it (None: does not fit), ``raw`` as written, ``problems`` with lines."""

    file: str
    located: Located
    data: dict[str, Any] | None
    problems: list[Problem]

    @property
    def raw(self) -> dict[str, Any]:
        return self.located.value if isinstance(self.located.value, dict) else {}


def load_all(files: Mapping[str, str]) -> tuple[list[Loaded], list[Problem]]:
    """Every file by its schema, and the files that are missing or that nothing reads."""
    loaded, problems = [], []
    for file, text in sorted(files.items()):
        if not _NAME.fullmatch(file):
            problems.append(Problem(file, 0, 0, "a file's path has only letters, digits, _, - and . in its parts"))
            continue
        schema = _schema_of(file)
        if schema is not None:
            loaded.append(_load(file, text, schema))
        elif not ROWS.fullmatch(file):
            problems.append(Problem(file, 0, 0, "nothing reads this file; flows stand in flows/, answers in faq/"))
    if CARE not in files:
        problems.append(Problem(CARE, 0, 0, "the file is missing"))
    return loaded, problems


def is_flow(file: str) -> bool:
    return file.startswith("flows/") and not is_talk(file)


def is_talk(file: str) -> bool:
    """Conversations by which flows are tested; nothing that runs."""
    return file.startswith("flows/tests/")


def _schema_of(file: str) -> Schema | None:
    if file == CARE:
        return CareSchema()
    if file == TEXTS:
        return TextsSchema()
    if file == TEMPLATES:
        return TemplatesSchema()
    if is_talk(file):
        return TalksSchema()
    folder, _, name = file.partition("/")
    if not name.endswith((".yaml", ".yml")):
        return None
    schemas: dict[str, type[Schema]] = {"flows": FlowSchema, "faq": FaqSchema, "crm": MappingSchema}
    return schemas[folder]() if folder in schemas else None


def _load(file: str, text: str, schema: Schema) -> Loaded:
    located = load(file, text)
    broken = {problem.line for problem in located.problems}
    if located.value is None and located.problems:
        return Loaded(file, located, None, located.problems)
    try:
        data: dict[str, Any] | None = schema.load(located.value)  # type: ignore[arg-type]  # any YAML value: it checks
        found: list[Problem] = []
    except ValidationError as error:
        data, found = None, [located.problem(finding) for finding in _findings(error.messages, ())]
    return Loaded(
        file, located, None if located.problems else data, located.problems + [p for p in found if p.line not in broken]
    )


def _findings(messages: Any, path: Path) -> Iterator[Finding]:
    """marshmallow's nested messages, flattened; ``key`` and ``value`` are its words for a mapping's parts."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _findings(inner, path if key in ("_schema", "key", "value") else (*path, key))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        yield Finding(path, _in_words(str(message), path))


def _in_words(message: str, path: Path) -> str:
    name = path[-1] if path else "the file"
    plain = {
        "Missing data for required field.": "is missing",
        "Field may not be null.": "is empty",
        "Not a valid string.": "must be a text; put quotes around it",
        "Invalid input type.": "must have keys and values",
        "Not a valid list.": "must be a list",
        "Not a valid mapping type.": "must have keys and values",
    }.get(message, message[0].lower() + message[1:].rstrip("."))
    return f"{name}: {plain}" if isinstance(name, str) else plain
