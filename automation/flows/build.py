"""Turns checked flow files into flows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from automation.flows.check import END, next_of, verb_of
from automation.flows.conditions import condition_of
from automation.flows.model import Flow
from automation.flows.node_schema import ONE_OF, SURVEYS
from automation.flows.nodes import (
    Action,
    Answer,
    Ask,
    Assign,
    Branch,
    CallOut,
    Choice,
    Choose,
    End,
    Handoff,
    Instead,
    Jump,
    LookUp,
    Nearest,
    Node,
    Say,
    Tagging,
    WaitFor,
    Way,
)
from automation.flows.typed import FILE_KINDS, Typed
from automation.normal import normal
from automation.texts import Texts, Wording
from gateway.core.replies import OutMedia
from gateway.core.templates import PLACEHOLDER, Templates, TemplateSpec

DEFAULT_QUEUE = "default"
NEAR_KM = 300.0
"""What nobody would call near any more, unless a node says otherwise."""
NO_TEMPLATES = Templates()
Data = Mapping[str, Any]


def flow_of(data: Data, wording: Wording, templates: Templates = NO_TEMPLATES) -> Flow:
    """A flow of the schema's data; ``wording`` finishes each text, ``templates`` are those that nodes name."""
    nodes: Sequence[Data] = data["nodes"]
    built: dict[str, Node] = {END: End(END)}
    for position, node in enumerate(nodes):
        built[node["id"]] = _built(node, next_of(nodes, position), wording, templates)
    triggers = data["triggers"]
    return Flow(
        id=data["id"],
        start=data.get("start", nodes[0]["id"]),
        nodes=built,
        words=_normal_words(triggers.get("words", {})),
        interrupts=triggers.get("interrupt", False),
        by_location=triggers.get("location", False),
        timeout_minutes=data["timeout_minutes"],
        takes={slot: _typed(wanted) for slot, wanted in data["takes"].items()},
        title=wording(data["title"]),
    )


def media_of(items: Sequence[Data]) -> tuple[OutMedia, ...]:
    return tuple(OutMedia(item["content_type"], url=item["url"], filename=item.get("filename")) for item in items)


def _built(node: Data, goto: str, wording: Wording, templates: Templates) -> Node:
    if "template" in node:
        return _template(node, goto, templates.specs[node["template"]])
    return _BUILDERS[verb_of(node)](node, goto, wording)


def _template(node: Data, goto: str, spec: TemplateSpec) -> Node:
    """The words of a template, said freely: its variables are texts with slots, or their defaults."""
    given = node.get("variables", {})

    def text_in(language: str, body: str) -> str:
        words = {one.name: given.get(one.name, one.default.get(language, "")) for one in spec.variables}
        return PLACEHOLDER.sub(lambda found: words.get(found[1], ""), body)

    return Say(
        node["id"], {language: text_in(language, wording.body) for language, wording in spec.languages.items()}, goto
    )


def _say(node: Data, goto: str, wording: Wording) -> Node:
    return Say(node["id"], wording(node["say"]), goto, media_of(node.get("media", ())), _upset(node, wording))


def _choose(node: Data, goto: str, wording: Wording) -> Node:
    return Choose(
        id=node["id"],
        text=wording(node["choose"] if "choose" in node else node["ask"]),
        options=tuple(_choice(option, goto, wording) for option in node["options"]),
        list_button=wording(node.get("list_button", {})),
        into=node.get("into", node["id"] if "ask" in node else ""),
        tries=node.get("tries", 3 if "ask" in node else 0),
        otherwise=node.get("otherwise", ""),
        upset=_upset(node, wording),
        remind=node.get("remind", True),
    )


def _ask(node: Data, goto: str, wording: Wording) -> Node:
    if node["type"] == ONE_OF:
        return _choose(node, goto, wording)
    return Ask(
        id=node["id"],
        text=wording(node["ask"]),
        typed=_typed(node),
        into=node.get("into", node["id"]),
        goto=goto,
        invalid=wording(node.get("invalid", {})),
        tries=node.get("tries", 3),
        otherwise=node.get("otherwise", ""),
        skip=node.get("skip", ""),
        skip_title=wording(node.get("skip_title", {})),
        literal=node.get("literal", False),
        collect=node.get("collect", ""),
        caption=node.get("caption", ""),
        instead={slot: Instead(_typed(one), one.get("goto", goto)) for slot, one in node.get("instead", {}).items()},
        suggest=node.get("suggest", ""),
        list_button=wording(node.get("list_button", {})),
        upset=_upset(node, wording),
    )


def _typed(node: Data) -> Typed:
    return Typed(
        kind=node["type"],
        least=node.get("least"),
        most=node.get("most"),
        whole=node.get("whole", False),
        like=tuple(node.get("like", ())),
        files=frozenset(node.get("files", FILE_KINDS)),
        here_only=node.get("here_only", False),
    )


def _survey(node: Data, goto: str, wording: Wording) -> Node:
    lowest, highest = SURVEYS[node["survey"]]
    return Ask(
        id=node["id"],
        text=wording(node["text"]),
        typed=Typed("number", lowest, highest, whole=True),
        into=node.get("into", node["id"]),
        goto=goto,
        tries=node.get("tries", 2),
        otherwise=node.get("otherwise", goto),
        skip=goto,
        survey=node["survey"],
    )


def _branch(node: Data, goto: str, _: Wording) -> Node:
    return Branch(node["id"], tuple(Way(condition_of(way["when"]), way["goto"]) for way in node["branch"]), goto)


def _assign(node: Data, goto: str, _: Wording) -> Node:
    return Assign(node["id"], node["set"], goto)


def _tag(node: Data, goto: str, _: Wording) -> Node:
    return Tagging(node["id"], tuple(node["tag"]), tuple(node.get("untag", ())), goto)


def _look_up(node: Data, goto: str, _: Wording) -> Node:
    into = node.get("into", node["id"])
    ways = node.get("missing", ""), node["failed"], node.get("not_offered", "")
    return LookUp(node["id"], node["lookup"], node.get("by", {}), into, goto, *ways)


def _act(node: Data, goto: str, _: Wording) -> Node:
    into, refused, missing = node.get("into", node["id"]), node.get("refused", ""), node.get("missing", "")
    ways = refused, missing, node["failed"], node.get("not_offered", "")
    return Action(node["id"], node["act"], node["with"], into, goto, *ways)


def _call(node: Data, goto: str, _: Wording) -> Node:
    into, missing = node.get("into", node["id"]), node.get("missing", "")
    return CallOut(id=node["id"], **node["call"], into=into, goto=goto, missing=missing, failed=node["failed"])


def _wait(node: Data, goto: str, _: Wording) -> Node:
    wait = node["wait"]
    span = timedelta(minutes=wait["minutes"]) if "minutes" in wait else None
    clock = time.fromisoformat(wait["until"]) if "until" in wait else None
    return WaitFor(node["id"], goto, span, clock, node.get("heard", ""))


def _nearest(node: Data, goto: str, _: Wording) -> Node:
    return Nearest(
        id=node["id"],
        place=node["nearest"],
        into=node.get("into", node["id"]),
        goto=goto,
        within_km=node.get("within_km", NEAR_KM),
        far=node.get("far", ""),
        missing=node.get("missing", ""),
    )


def _answer(node: Data, goto: str, _: Wording) -> Node:
    return Answer(node["id"], node["answer"], goto)


def _jump(node: Data, _goto: str, _: Wording) -> Node:
    return Jump(node["id"], node["flow"], node.get("at", ""))


def _handoff(node: Data, _goto: str, wording: Wording) -> Node:
    queue = None if node["handoff"] == DEFAULT_QUEUE else node["handoff"]
    text, priority = wording(node.get("text", {})), node.get("priority", "normal")
    reason, then = node.get("reason", "asked"), node.get("then", "")
    return Handoff(node["id"], queue, reason, text, priority, _upset(node, wording), then)


def _end(node: Data, _goto: str, wording: Wording) -> Node:
    return End(node["id"], wording(node.get("text", {})), _upset(node, wording))


def _upset(node: Data, wording: Wording) -> Texts:
    return wording(node.get("upset", {}))


_BUILDERS: Mapping[str, Callable[[Data, str, Wording], Node]] = {
    "say": _say,
    "choose": _choose,
    "ask": _ask,
    "branch": _branch,
    "set": _assign,
    "tag": _tag,
    "lookup": _look_up,
    "act": _act,
    "call": _call,
    "wait": _wait,
    "survey": _survey,
    "nearest": _nearest,
    "answer": _answer,
    "flow": _jump,
    "handoff": _handoff,
    "end": _end,
}


def _choice(option: Data, goto: str, wording: Wording) -> Choice:
    return Choice(
        id=option["id"],
        title=wording(option["title"]),
        goto=option.get("goto", goto),
        description=wording(option.get("description", {})),
        words=_normal_words(option.get("words", {})),
    )


def _normal_words(words: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(normal(word) for some in words.values() for word in some)
