"""A flow as a picture: nodes in rows by their distance from the start, as Mermaid text; svg.py paints it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from automation.flows.check import TARGETS
from automation.flows.library import Library
from automation.flows.model import Flow
from automation.flows.nodes import (
    Action,
    Answer,
    Ask,
    Assign,
    Branch,
    CallOut,
    Choose,
    End,
    Handoff,
    Jump,
    LookUp,
    Nearest,
    Node,
    Say,
    Tagging,
    WaitFor,
)
from automation.texts import Texts

LONGEST_LABEL = 60
LONGEST_ARROW = 40
_KINDS: Mapping[type, str] = {
    Say: "says", Answer: "says", Choose: "asks", Ask: "asks", Branch: "decides", Assign: "decides", Tagging: "decides",
    Nearest: "decides",
    LookUp: "asks", Action: "asks", CallOut: "asks", WaitFor: "asks", Jump: "ends", Handoff: "person", End: "ends",
}  # fmt: skip
_MERMAID = {
    "asks": ("{{", "}}"),
    "says": ("[", "]"),
    "decides": ("{", "}"),
    "ends": ("([", "])"),
    "person": ("[/", "/]"),
}


@dataclass(frozen=True, slots=True)
class Box:
    id: str
    label: str
    kind: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Arrow:
    start: str
    end: str
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture_of(library: Library, flow: Flow, language: str) -> Picture:
    """The nodes that can be reached, with their words in one language."""
    rows = _rows(flow)
    columns: dict[int, int] = {}
    boxes = []
    for name, row in rows.items():
        column = columns.setdefault(row, 0)
        columns[row] += 1
        label, kind = _label(library, flow.nodes[name], language), _KINDS[type(flow.nodes[name])]
        boxes.append(Box(name, label, kind, row, column))
    arrows = [arrow for name in rows for arrow in _arrows(library, name, flow.nodes[name], language)]
    return Picture(flow.id, tuple(boxes), tuple(arrows))


def mermaid(picture: Picture) -> str:
    """For a README or mermaid.live."""
    lines = [f"%% {picture.name}", "flowchart TD"]
    for box in picture.boxes:
        opens, closes = _MERMAID[box.kind]
        lines.append(f'  {box.id}_{opens}"{_plain(box.id)}: {_plain(box.label)}"{closes}')
    for arrow in picture.arrows:
        label = f'|"{_plain(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {arrow.start}_ -->{label} {arrow.end}_")
    return "\n".join(lines) + "\n"


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _rows(flow: Flow) -> dict[str, int]:
    """Every node that can be reached, by its distance from the start."""
    rows, waiting = {flow.start: 0}, [flow.start]
    while waiting:
        name = waiting.pop(0)
        for target, _ in _ways(flow.nodes[name]):
            if target not in rows:
                rows[target] = rows[name] + 1
                waiting.append(target)
    return rows


def _ways(node: Node) -> Iterator[tuple[str, Texts]]:
    """Where a node leads, and by what: an option's title, a way's number, the name of the key."""
    if isinstance(node, Choose):
        yield from ((option.goto, option.title) for option in node.options)
    if isinstance(node, Branch):
        yield from ((way.goto, {"": f"way {number}"}) for number, way in enumerate(node.ways, 1))
    if isinstance(node, Ask):
        yield from ((other.goto, {"": slot}) for slot, other in node.instead.items() if other.goto != node.goto)
    for key in TARGETS:
        if target := getattr(node, key, ""):
            yield target, {"": "next" if key == "goto" else key}


def _arrows(library: Library, name: str, node: Node, language: str) -> Iterator[Arrow]:
    """Several ways to one target share an arrow."""
    labels: dict[str, list[str]] = {}
    for target, words in _ways(node):
        labels.setdefault(target, []).append(library.text_of(words, language))
    for target, some in labels.items():
        label = "" if some == ["next"] else " · ".join(some)
        yield Arrow(name, target, shortened(label, LONGEST_ARROW))


def _label(library: Library, node: Any, language: str) -> str:
    words = _WORDS.get(type(node), lambda other: type(other).__name__)(node)
    text = words if isinstance(words, str) else library.text_of(words, language)
    return shortened(" ".join(text.split()), LONGEST_LABEL)


_WORDS: Mapping[type, Callable[[Any], str | Texts]] = {
    Say: lambda node: node.text,
    Choose: lambda node: node.text,
    Ask: lambda node: node.text,
    End: lambda node: node.text or "the end",
    Answer: lambda node: f"FAQ {node.answer}",
    Jump: lambda node: f"flow {node.flow}",
    Handoff: lambda node: f"a person ({node.queue or 'default'})",
    Assign: lambda node: ", ".join(f"{name} = {value}" for name, value in node.values.items()),
    Tagging: lambda node: "tags " + ", ".join([*node.add, *(f"not {tag}" for tag in node.remove)]),
    LookUp: lambda node: f"look up: {node.what}",
    Action: lambda node: f"do: {node.action}",
    CallOut: lambda node: f"{node.method} {node.url}",
    Nearest: lambda node: f"nearest branch to {node.place}",
    Branch: lambda node: f"{len(node.ways)} conditions",
}


def _plain(text: str) -> str:
    """Signs that mean something to Mermaid, written out."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
