"""Reads YAML and remembers where every value stands; YAML's traps become problems instead of surprises."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from gateway.config.problems import Finding, Path, Problem

DEEPEST = 30

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml, where it is there: ten times as fast."""
_OPENS = (
    yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken,
)  # fmt: skip
_CLOSES = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
_TRUE_FALSE = ("true", "false", "True", "False", "TRUE", "FALSE")


@dataclass(slots=True)
class Located:
    """A file's value and the place (line, column, from 1) of each part of it."""

    file: str
    value: object = None
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, finding: Finding) -> Problem:
        """The finding with its line: its own or that of what encloses it."""
        path = finding.path
        while path and path not in self.marks:
            path = path[:-1]
        line, column = self.marks.get(path, (1, 1))
        return Problem(self.file, line, column, finding.reason)

    def add(self, node: yaml.Node, reason: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, node.start_mark.column + 1, reason))


def load(file: str, text: str) -> Located:
    """The value of ``text`` with its places; what cannot be read stands in ``problems``."""
    located = Located(file)
    try:
        refused, node = _read(text)
    except yaml.YAMLError as error:
        located.problems.append(_syntax_problem(file, error))
        return located
    if refused is not None:
        token, reason = refused
        located.problems.append(Problem(file, token.start_mark.line + 1, token.start_mark.column + 1, reason))
    elif node is None:
        located.problems.append(Problem(file, 0, 0, "the file is empty"))
    else:
        located.value = _value(located, node, ())
    return located


def _read(text: str) -> tuple[tuple[yaml.Token, str] | None, yaml.Node | None]:
    """What is refused of the text, else what it holds. What libyaml cannot read, the other reader explains better.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    try:
        return _read_by(_FAST, text)
    except (yaml.YAMLError, UnicodeError):
        return _read_by(yaml.SafeLoader, text)


def _read_by(loader: Any, text: str) -> tuple[tuple[yaml.Token, str] | None, yaml.Node | None]:
    refused = _refused(loader, text)
    return refused, None if refused else yaml.compose(text, loader)


def _refused(loader: Any, text: str) -> tuple[yaml.Token, str] | None:
    """The first token that has no place in our files; found before anything is built from the text."""
    depth = 0
    for token in yaml.scan(text, loader):
        depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
        if depth > DEEPEST:
            return token, "nested too deeply"
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            return token, "anchors and aliases (& and *) are not used here; text that starts with * or & needs quotes"
    return None


def _syntax_problem(file: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = " ".join(filter(None, (getattr(error, "context", None), getattr(error, "problem", None)))) or str(error)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Problem(file, line, column, f"not readable as YAML: {reason.splitlines()[0]}")


def _value(located: Located, node: yaml.Node, path: Path) -> object:
    located.marks.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        return _mapping(located, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_value(located, item, (*path, position)) for position, item in enumerate(node.value)]
    return _scalar(located, node)


def _mapping(located: Located, node: yaml.MappingNode, path: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = _key(located, key_node)
        if key is None:
            continue
        if key in found:
            located.add(key_node, f"{key!r} stands here twice; the first one would be lost")
            continue
        located.marks[(*path, key)] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        found[key] = _value(located, value_node, (*path, key))
    return found


def _key(located: Located, node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.ScalarNode):
        located.add(node, "a key must be a word")
        return None
    if node.tag == "tag:yaml.org,2002:bool" and node.value not in _TRUE_FALSE:
        located.add(node, f'a bare {node.value} is true or false to YAML; write "{node.value}" in quotes')
        return None
    return str(node.value)


def _scalar(located: Located, node: yaml.Node) -> object:
    text = str(node.value)
    match node.tag.rpartition(":")[2]:
        case "bool":
            return _boolean(located, node, text)
        case "null":
            return None
        case "int":
            return _whole(located, node, text)
        case "float":
            return _fraction(located, node, text)
        case "str" | "timestamp" | "merge" | "value":
            return text
    located.add(node, f"the tag {node.tag} is not used here")
    return None


def _boolean(located: Located, node: yaml.Node, text: str) -> bool | None:
    if text not in _TRUE_FALSE:
        located.add(node, f'a bare {text} is true or false to YAML; write "{text}" in quotes, or true or false')
        return None
    return text.lower() == "true"


def _whole(located: Located, node: yaml.Node, text: str) -> object:
    if text.startswith("+"):
        return text  # a phone number: as a number it would lose its plus
    if ":" in text:
        located.add(node, f'YAML reads a bare {text} as a count of minutes; write "{text}" in quotes')
        return None
    if re.fullmatch(r"-?(0|[1-9]\d*)", text):
        return int(text)
    located.add(node, f'write {text} as a plain number, or "{text}" in quotes')
    return None


def _fraction(located: Located, node: yaml.Node, text: str) -> float | None:
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    located.add(node, f'write {text} as a plain number, or "{text}" in quotes')
    return None
