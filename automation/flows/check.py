"""What a schema cannot see in one flow: targets that are missing, nodes nobody reaches, circles that never wait,
slots nobody fills."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from automation.flows.conditions import named
from automation.flows.filling import CONTACT, placeholders
from automation.flows.node_schema import COMPANIONS
from automation.schemas import suggestion

Found = tuple[tuple[str | int, ...], str]
"""Path inside the file, reason."""
Data = Mapping[str, Any]

END = "end"
"""A target every flow has without writing it."""

TARGETS = ("far", "goto", "otherwise", "skip", "missing", "refused", "not_offered", "failed", "heard", "then")
WAITING = frozenset({"choose", "ask", "survey", "wait"})
"""Verbs that let time pass: the customer's, or some minutes. A circle of requests alone would never end."""
STOPPING = frozenset({"flow", "handoff", "end"})


def findings(flow: Data) -> Iterator[Found]:
    """All that is wrong inside one flow that fits the schema; an empty one (it does not fit) is left alone."""
    nodes: Sequence[Data] = flow.get("nodes", ())
    if not nodes:
        return
    yield from _doubles(nodes)
    yield from _unfilled(flow, nodes)
    missing = list(_missing(flow, nodes))
    yield from missing
    if not missing:
        yield from _unreached(flow, nodes)
        yield from _circles(nodes)


Place = tuple[str, str]
"""A flow and one of its nodes."""


def circles_between(flows: Mapping[str, Data]) -> Iterator[tuple[str, Found]]:
    """Flows that send a customer round without ever waiting: the flow's id, and what is wrong with which node."""
    onward = {
        (name, str(node["id"])): _onward(flows, name, position)
        for name, flow in flows.items()
        for position, node in enumerate(flow.get("nodes", ()))
    }
    for name, flow in flows.items():
        for position, node in enumerate(flow.get("nodes", ())):
            if "flow" in node and _returns((name, str(node["id"])), onward):
                reason = f"the flow {node['flow']!r} leads back here without waiting for the customer"
                yield name, (("nodes", position, "flow"), reason)


def _onward(flows: Mapping[str, Data], name: str, position: int) -> list[Place]:
    """The places that may come next with nothing that waits between."""
    nodes: Sequence[Data] = flows[name]["nodes"]
    node = nodes[position]
    if "flow" in node:
        there = flows.get(node["flow"], {})
        return [(node["flow"], node.get("at") or start_of(there))] if there.get("nodes") else []
    return [] if verb_of(node) in WAITING else [(name, target) for target in targets(nodes, position)]


def _returns(place: Place, onward: Mapping[Place, list[Place]]) -> bool:
    waiting, passed = list(onward[place]), set[Place]()
    while waiting:
        following = waiting.pop()
        if following not in passed:
            passed.add(following)
            waiting += onward.get(following, ())
    return place in passed


def start_of(flow: Data) -> str:
    """The node a flow begins with."""
    return str(flow.get("start", flow["nodes"][0]["id"]))


def verb_of(node: Data) -> str:
    return next(verb for verb in COMPANIONS if verb in node)


def next_of(nodes: Sequence[Data], position: int) -> str:
    """Where a node goes on: without ``goto`` it is the next in the file, and the end after the last."""
    following = str(nodes[position + 1]["id"]) if position + 1 < len(nodes) else END
    return str(nodes[position].get("goto", following))


def targets(nodes: Sequence[Data], position: int) -> list[str]:
    """The nodes that may come next."""
    return list(dict.fromkeys(target for _, target in ways(nodes, position)))


def ways(nodes: Sequence[Data], position: int) -> list[tuple[str, str]]:
    """What leads on from a node, and to which: options by their id, conditions by their place, else the key's name."""
    node, onward = nodes[position], next_of(nodes, position)
    verb = verb_of(node)
    if verb in STOPPING:
        return [("then", node["then"])] if "then" in node else []
    led = [(option["id"], option.get("goto", onward)) for option in node.get("options", ())]
    led += [(f"{number}", way["goto"]) for number, way in enumerate(node.get("branch", ()), 1)]
    led += [(slot, other["goto"]) for slot, other in node.get("instead", {}).items() if "goto" in other]
    led += [(key, node[key]) for key in TARGETS if key in node and key != "goto"]
    return led if node.get("options") else [*led, ("", onward)]


def slots_of(flow: Data) -> set[str]:
    """The slots that something fills: questions, assignments, requests, and flows before this one."""
    filled = {*flow.get("slots", ()), *flow.get("takes", ())}
    for node in flow.get("nodes", ()):
        verb = verb_of(node)
        if verb in ("ask", "lookup", "act", "call", "survey", "nearest"):
            filled.add(node.get("into", node["id"]))
        elif "into" in node:
            filled.add(node["into"])
        filled |= {node[key] for key in ("collect", "caption") if key in node}
        filled |= {*node.get("instead", ()), *(name for name in node.get("set", {}) if "." not in name)}
    return filled


def hours_named(flow: Data) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The opening hours that conditions look at."""
    for position, node in enumerate(flow.get("nodes", ())):
        for index, way in enumerate(node.get("branch", ())):
            for name in named(way["when"], "open"):
                yield ("nodes", position, "branch", index, "when"), name


def _doubles(nodes: Sequence[Data]) -> Iterator[Found]:
    seen: set[str] = set()
    for position, node in enumerate(nodes):
        if node["id"] in seen:
            yield ("nodes", position, "id"), f"the node {node['id']!r} stands here twice"
        seen.add(node["id"])
        names = [option["id"] for option in node.get("options", ())]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield ("nodes", position, "options", index, "id"), f"the option {name!r} stands here twice"


def _unfilled(flow: Data, nodes: Sequence[Data]) -> Iterator[Found]:
    """Slots that nobody fills, in conditions and values; those in texts are found with the texts."""
    filled = slots_of(flow)
    for path, value in _values(nodes):
        for name in placeholders(value):
            if name.partition(".")[0] not in filled | {CONTACT}:
                yield path, f"nothing fills the placeholder {{{name}}}"
    for position, node in enumerate(nodes):
        for index, way in enumerate(node.get("branch", ())):
            for name in named(way["when"], "slot"):
                yield from _filled_by(name, filled, ("nodes", position, "branch", index, "when"))
        for key in sorted({"suggest", "nearest"} & set(node)):
            yield from _filled_by(node[key], filled, ("nodes", position, key))


def _filled_by(name: str, filled: set[str], path: tuple[str | int, ...]) -> Iterator[Found]:
    slot = name.partition(".")[0]
    if slot not in filled:
        yield path, f"nothing fills the slot {slot!r}{suggestion(slot, sorted(filled))}"


def _values(nodes: Sequence[Data]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Texts with slots that nobody reads as they are: what is kept, what a template or a request is given."""
    for position, node in enumerate(nodes):
        for key in ("set", "variables", "by", "with"):
            yield from _texts_of(("nodes", position, key), node.get(key, {}))
        call = node.get("call", {})
        yield from _texts_of(("nodes", position, "call"), {"url": call.get("url")})
        for key in ("headers", "body"):
            yield from _texts_of(("nodes", position, "call", key), call.get(key, {}))


def _texts_of(path: tuple[str | int, ...], values: Data) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield from (((*path, name), value) for name, value in values.items() if isinstance(value, str))


def _missing(flow: Data, nodes: Sequence[Data]) -> Iterator[Found]:
    known = [node["id"] for node in nodes] + [END]
    if flow.get("start", known[0]) not in known:
        yield ("start",), _unknown(flow["start"], known)
    for position, node in enumerate(nodes):
        for path, name in _named_targets(node):
            if name not in known:
                yield ("nodes", position, *path), _unknown(name, known)


def _named_targets(node: Data) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield from (((key,), node[key]) for key in TARGETS if key in node)
    for slot, other in node.get("instead", {}).items():
        if "goto" in other:
            yield ("instead", slot, "goto"), other["goto"]
    for key in ("options", "branch"):
        for index, way in enumerate(node.get(key, ())):
            if "goto" in way:
                yield (key, index, "goto"), way["goto"]


def _unknown(name: str, known: list[str]) -> str:
    return f"there is no node {name!r} in this flow{suggestion(name, known)}"


def _unreached(flow: Data, nodes: Sequence[Data]) -> Iterator[Found]:
    positions = {node["id"]: position for position, node in enumerate(nodes)}
    waiting, reached = [flow.get("start", nodes[0]["id"])], set()
    while waiting:
        name = waiting.pop()
        if name in positions and name not in reached:
            reached.add(name)
            waiting += targets(nodes, positions[name])
    for name, position in positions.items():
        if name not in reached:
            yield ("nodes", position, "id"), f"no way leads to the node {name!r}"


def _circles(nodes: Sequence[Data]) -> Iterator[Found]:
    """Nodes that may lead back to themselves without anything that waits."""
    positions = {node["id"]: position for position, node in enumerate(nodes)}
    onward = {
        node["id"]: [] if verb_of(node) in WAITING else targets(nodes, position) for position, node in enumerate(nodes)
    }
    for name, position in positions.items():
        waiting, passed = list(onward[name]), set()
        while waiting:
            following = waiting.pop()
            if following not in passed:
                passed.add(following)
                waiting += onward.get(following, [])
        if name in passed:
            yield ("nodes", position, "id"), f"the node {name!r} leads back to itself without waiting for the customer"
