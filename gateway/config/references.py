"""What only shows when the files of a config are seen together: names used twice, names nobody has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from automation.consent import consent_words
from automation.faq import check as faq_check
from automation.flows import check
from automation.flows.build import DEFAULT_QUEUE
from automation.normal import normal
from automation.schemas import suggestion
from gateway.config.calls import call_findings, services_of
from gateway.config.load import CARE, TEMPLATES, Loaded, is_flow
from gateway.config.problems import Finding, Path, Problem

BOT_FLOWS = {"menu": "main_menu", "person": "talk_to_person"}
"""The flows the bot cannot do without, as they are called unless ``bot`` says otherwise."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name, and where it got it."""

    name: str
    file: Loaded
    path: Path
    owner: str = ""
    """Whose phrase it is."""


def reference_problems(loaded: Sequence[Loaded]) -> list[Problem]:
    """Doubles and dangling names over all files, also in those that have other problems."""
    names = _Names(loaded)
    found = list(_doubles(names))
    for file in loaded:
        found += [file.located.problem(finding) for finding in _findings(file, names)]
    return found + list(_circles(loaded))


def _circles(loaded: Sequence[Loaded]) -> Iterator[Problem]:
    flows = {file.data["id"]: file for file in loaded if is_flow(file.file) and file.data}
    for name, (path, reason) in check.circles_between({name: file.data or {} for name, file in flows.items()}):
        yield flows[name].located.problem(Finding(path, reason))


class _Names:
    """All names of the config by what they name, read from what is written: a file with a problem still counts."""

    def __init__(self, loaded: Sequence[Loaded]) -> None:
        care = [file for file in loaded if file.file == CARE]
        flows = [file for file in loaded if is_flow(file.file)]
        faq = [file for file in loaded if file.file.startswith("faq/")]
        templates = [file for file in loaded if file.file == TEMPLATES]
        self.groups: dict[str, list[Named]] = {
            "queue": list(_ids(care, "queues")),
            "channel": list(_ids(care, "channels")),
            "branch": list(_ids(care, "branches")),
            "standard": list(_ids(care, "sla")),
            "topic": list(_ids(care, "topics")),
            "opening hours": [Named(str(h), f, ("hours", h)) for f in care for h in _mapping(f.raw.get("hours"))],
            "address": list(_addresses(care)),
            "word of consent": list(_consent(care)),
            "flow": [Named(f.raw["id"], f, ("id",)) for f in flows if isinstance(f.raw.get("id"), str)],
            "answer": list(_ids(faq, "answers")),
            "template": list(_ids(templates, "templates")),
        }
        self.uncertain = {
            what
            for files, group in (
                (care, ("queue", "standard", "opening hours")),
                (flows, ("flow",)),
                (faq, ("answer",)),
                (templates, ("template",)),
            )
            for what in group
            if any(file.located.value is None for file in files)
        }
        """What may stand in a file that cannot be read: nothing is missing for certain."""
        self.templates = {
            str(_mapping(item).get("id")): _mapping(item)
            for file in templates
            for item in _list(file.raw.get("templates"))
        }
        data = next((file.data for file in care), None)
        self.services = services_of(data) if data else None
        """None: unknown, because care.yaml has problems."""
        self.triggers = list(chain.from_iterable(_triggers(file) for file in flows))
        self.phrases = list(chain.from_iterable(_phrases(file) for file in faq))


def _ids(files: Sequence[Loaded], key: str) -> Iterator[Named]:
    for file in files:
        for position, item in enumerate(_list(file.raw.get(key))):
            if isinstance(_mapping(item).get("id"), str):
                yield Named(item["id"], file, (key, position, "id"))


def _addresses(care: Sequence[Loaded]) -> Iterator[Named]:
    for file in care:
        for position, channel in enumerate(_list((file.data or {}).get("channels"))):
            kind = "voice " if channel["type"] == "twilio_voice" else ""
            yield Named(kind + channel["address"].lower(), file, ("channels", position, "address"))


def _consent(care: Sequence[Loaded]) -> Iterator[Named]:
    """Words that stop or start messages; one of both kinds would be a riddle."""
    for file in care:
        for wish, languages in (file.data or {}).get("consent", {}).items():
            for language, words in languages.items():
                for position, word in enumerate(words):
                    yield Named(normal(word), file, ("consent", wish, language, position))


def _triggers(file: Loaded) -> Iterator[Named]:
    for language, words in (file.data or {}).get("triggers", {}).get("words", {}).items():
        for position, word in enumerate(words):
            yield Named(normal(word), file, ("triggers", "words", language, position))


def _phrases(file: Loaded) -> Iterator[Named]:
    for position, answer in enumerate((file.data or {}).get("answers", ())):
        for language, phrases in answer["phrases"].items():
            for index, phrase in enumerate(phrases):
                yield Named(normal(phrase), file, ("answers", position, "phrases", language, index), answer["id"])
    for answer_id, languages in (file.data or {}).get("phrases", {}).items():
        for language, phrases in languages.items():
            for index, phrase in enumerate(phrases):
                yield Named(normal(phrase), file, ("phrases", answer_id, language, index), answer_id)


def _doubles(names: _Names) -> Iterator[Problem]:
    for what, group in names.groups.items():
        yield from _twice(group, f"the {what} {{name!r}} is there already ({{first}})")
    yield from _twice(names.triggers, "{name!r} is a trigger already ({first})", across_files=True)
    yield from _twice(names.phrases, "{name!r} is a phrase of another answer already ({first})", across_items=True)


def _twice(
    group: Sequence[Named], reason: str, *, across_files: bool = False, across_items: bool = False
) -> Iterator[Problem]:
    seen: dict[str, Named] = {}
    for named in group:
        first = seen.setdefault(named.name, named)
        same_file = first.file is named.file
        if first is named or (across_files and same_file) or (across_items and first.owner == named.owner):
            continue
        place = first.file.located.problem(Finding(first.path, ""))
        text = reason.format(name=named.name, first=f"{place.file}:{place.line}")
        yield named.file.located.problem(Finding(named.path, text))


def _findings(file: Loaded, names: _Names) -> Iterator[Finding]:
    if file.file == CARE:
        yield from _care(file.raw, names)
    elif is_flow(file.file):
        yield from (Finding(path, reason) for path, reason in check.findings(file.data or {}))
        yield from _flow(file.raw, names)
        yield from _hours(file.data or {}, names)
        if names.services is not None:
            yield from call_findings(file.data or {}, names.services)
    elif file.file.startswith("faq/"):
        yield from _known(file.raw, "answers", "goto", "flow", names)
        yield from _answers(file, names)


def _answers(file: Loaded, names: _Names) -> Iterator[Finding]:
    """Where buttons lead, the hours that conditions look at, and what is wrong inside an answer."""
    for position, item in enumerate(map(_mapping, _list(file.raw.get("answers")))):
        path: Path = ("answers", position)
        for inner, form in [(path, item), *_variants(item, path)]:
            for at, button in enumerate(map(_mapping, _list(form.get("buttons")))):
                yield from _one_known(button, "goto", "flow", names, (*inner, "buttons", at))
                yield from _one_known(button, "answer", "answer", names, (*inner, "buttons", at))
    for name in _mapping(file.raw.get("phrases")):
        yield from _one_known({name: name}, name, "answer", names, ("phrases",))
    for position, answer in enumerate((file.data or {}).get("answers", ())):
        yield from (Finding(("answers", position, *inner), reason) for inner, reason in faq_check.findings(answer))
        for inner, name in faq_check.hours_named(answer):
            yield from _one_known({"open": name}, "open", "opening hours", names, ("answers", position, *inner))


def _variants(item: dict[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    yield from (((*path, "variants", at), _mapping(one)) for at, one in enumerate(_list(item.get("variants"))))


def _care(raw: dict[str, Any], names: _Names) -> Iterator[Finding]:
    yield from _known(raw, "channels", "queue", "queue", names)
    yield from _known(raw, "channels", "hours", "opening hours", names)
    yield from _known(raw, "queues", "hours", "opening hours", names)
    yield from _known(raw, "queues", "sla", "standard", names)
    for position, queue in enumerate(map(_mapping, _list(raw.get("queues")))):
        yield from _one_known(_mapping(queue.get("overflow")), "to", "queue", names, ("queues", position, "overflow"))
    yield from _known(raw, "branches", "hours", "opening hours", names)
    sending = _mapping(raw.get("sending"))
    yield from _one_known(sending, "reply_waiting_template", "template", names, ("sending",))
    quiet = _mapping(sending.get("quiet"))
    yield from _one_known(quiet, "holidays", "opening hours", names, ("sending", "quiet"))
    yield from _words_of_consent(names)
    yield from _topics(raw, names)
    mood = _mapping(_mapping(raw.get("bot")).get("mood"))
    yield from _one_known(mood, "distress_queue", "queue", names, ("bot", "mood"))
    bot = {**BOT_FLOWS, **_mapping(raw.get("bot"))}
    for key in BOT_FLOWS:
        yield from _one_known(bot, key, "flow", names, ("bot",))


def _topics(raw: dict[str, Any], names: _Names) -> Iterator[Finding]:
    """What topics are about, and whether anybody has the skills for them."""
    skills = {skill for queue in _list(raw.get("queues")) for skill in _list(_mapping(queue).get("skills"))}
    for position, topic in enumerate(map(_mapping, _list(raw.get("topics")))):
        for index, target in enumerate(_list(topic.get("about"))):
            kind, _, name = str(target).partition(":")
            what = {"faq": "answer", "flow": "flow"}.get(kind)
            known = [named.name for named in names.groups[what]] if what else []
            if what and name not in known and what not in names.uncertain:
                path = ("topics", position, "about", index)
                yield Finding(path, f"there is no {what} {name!r}{suggestion(name, known)}")
        for index, skill in enumerate(_list(topic.get("skills"))):
            if skill not in skills:
                close = suggestion(str(skill), sorted(map(str, skills)))
                yield Finding(("topics", position, "skills", index), f"no queue has the skill {skill!r}{close}")


def _words_of_consent(names: _Names) -> Iterator[Finding]:
    """Words that nobody could say, that mean the opposite already, or that a flow waits for."""
    built_in, triggers = consent_words(), {named.name: named.file.file for named in names.triggers}
    for named in names.groups["word of consent"]:
        known = built_in.wish_of(named.name, on_sms=False)
        if not named.name:
            yield Finding(named.path, "has neither letters nor digits")
        elif known not in (None, named.path[1]):
            yield Finding(named.path, f"{named.name!r} is a word to {known} messages already")
        elif named.name in triggers:
            yield Finding(named.path, f"{named.name!r} is a trigger in {triggers[named.name]}, which it would silence")


def _flow(raw: dict[str, Any], names: _Names) -> Iterator[Finding]:
    yield from _known(raw, "nodes", "answer", "answer", names)
    yield from _known(raw, "nodes", "flow", "flow", names)
    yield from _entries(raw, names)
    yield from _known(raw, "nodes", "handoff", "queue", names, also=DEFAULT_QUEUE)
    yield from _known(raw, "nodes", "template", "template", names)
    yield from _variables(raw, names)
    yield from _nearest(raw, names)


def _nearest(raw: dict[str, Any], names: _Names) -> Iterator[Finding]:
    for position, node in enumerate(map(_mapping, _list(raw.get("nodes")))):
        if "nearest" in node and not names.groups["branch"]:
            yield Finding(("nodes", position, "nearest"), f"there are no branches in {CARE}")


def _variables(raw: dict[str, Any], names: _Names) -> Iterator[Finding]:
    """What a node gives a template: every variable that has no default, and no other."""
    for position, node in enumerate(map(_mapping, _list(raw.get("nodes")))):
        spec = names.templates.get(str(node.get("template")))
        if spec is None:
            continue
        declared = [_mapping(one) for one in _list(spec.get("variables"))]
        known, given = [str(one.get("name")) for one in declared], _mapping(node.get("variables"))
        for name in given:
            if name not in known:
                close = suggestion(name, known)
                yield Finding(("nodes", position, "variables", name), f"the template has no variable {name!r}{close}")
        lacking = [str(one.get("name")) for one in declared if "default" not in one and one.get("name") not in given]
        if lacking:
            yield Finding(("nodes", position, "template"), f"the template needs {', '.join(lacking)}")


def _entries(raw: dict[str, Any], names: _Names) -> Iterator[Finding]:
    """The nodes of other flows at which one goes on."""
    for position, node in enumerate(map(_mapping, _list(raw.get("nodes")))):
        there = next((named.file for named in names.groups["flow"] if named.name == node.get("flow")), None)
        known = [str(_mapping(one).get("id")) for one in _list(there.raw.get("nodes"))] if there else []
        if "at" in node and there and node["at"] not in known:
            reason = f"the flow {node['flow']!r} has no node {node['at']!r}{suggestion(str(node['at']), known)}"
            yield Finding(("nodes", position, "at"), reason)


def _hours(data: dict[str, Any], names: _Names) -> Iterator[Finding]:
    for path, name in check.hours_named(data):
        yield from _one_known({"open": name}, "open", "opening hours", names, path)


def _known(
    raw: dict[str, Any], many: str, key: str, what: str, names: _Names, also: str | None = None
) -> Iterator[Finding]:
    """Each item of the list ``many`` that names, under ``key``, something which is not there."""
    for position, item in enumerate(_list(raw.get(many))):
        if also is None or _mapping(item).get(key) != also:
            yield from _one_known(_mapping(item), key, what, names, (many, position))


def _one_known(item: dict[str, Any], key: str, what: str, names: _Names, path: Path) -> Iterator[Finding]:
    known = [named.name for named in names.groups[what]]
    name = item.get(key)
    if isinstance(name, str) and name not in known and what not in names.uncertain:
        yield Finding((*path, key), f"there is no {what} {name!r}{suggestion(name, known)}")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
