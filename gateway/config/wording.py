"""The texts of a config: each in every language of the business, with placeholders that exist."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from automation.amounts import HINTS
from automation.faq.check import languages_of
from automation.flows.check import slots_of
from automation.flows.facts import BRANCHES, HOURS
from automation.flows.walk import CONTACT_PREFIX
from automation.schemas import suggestion
from automation.sentences import SENTENCES
from automation.texts import Texts, Wording
from gateway.config.load import CARE, TEXTS, Loaded, is_flow
from gateway.config.problems import Finding, Path, Problem

PLACEHOLDERS = frozenset({"business"})
_PLACEHOLDER = re.compile(r"\{([^{}|:\s]*)(?::([^{}|\s]*))?(?:\|[^{}|]*)?\}")
_IN_NODES = ("say", "choose", "ask", "invalid", "text", "upset", "list_button", "skip_title")
_WITH_SLOTS = ("say", "choose", "ask", "invalid", "text", "answer", "upset")
"""Texts that slots, or what is told of the business, may stand in; titles have no room for them."""
_IN_OPTIONS = ("title", "description")
_OPTIONAL = frozenset({TEXTS, CARE})
"""Files whose texts need not be there in every language."""
_IN_BRANCHES = ("name", "address")
_IN_ANSWERS = ("title", "answer", "upset")


def wording_of(name: str, default_language: str) -> Wording:
    """Fills in the business's name, and says which language a text without one is in."""

    def finish(texts: Texts) -> Texts:
        return {lang or default_language: text.replace("{business}", name) for lang, text in texts.items()}

    return finish


def text_problems(loaded: Sequence[Loaded]) -> list[Problem]:
    """Texts that lack a language of the business, have one it does not speak, or a placeholder nobody fills."""
    business = next((file.raw.get("business") for file in loaded if file.file == CARE), None)
    if not isinstance(business, dict) or not isinstance(business.get("languages"), list):
        return []
    languages = [str(language) for language in business["languages"]]
    default = str(business.get("default_language"))
    facts = PLACEHOLDERS | _facts(loaded)
    return [
        file.located.problem(finding)
        for file in loaded
        for path, texts in _texts(file)
        for finding in (
            *_languages(path, texts, languages, _readers(file, path, languages), default, file.file not in _OPTIONAL),
            *_placeholders(path, texts, _fillers_of(file, path, facts)),
        )
    ]


def _texts(file: Loaded) -> Iterator[tuple[Path, Mapping[str, str]]]:
    if file.file == TEXTS:
        yield from _parts(file.raw, tuple(file.raw), ())
    elif is_flow(file.file):
        yield from _flow_texts(file.raw)
    elif file.file == CARE:
        for path, branch in _items(file.raw, "branches", ()):
            yield from _parts(branch, _IN_BRANCHES, path)
    elif file.file.startswith("faq/"):
        yield from _faq_texts(file.raw)


def _flow_texts(raw: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, str]]]:
    yield from _parts(raw, ("title",), ())
    for path, node in _items(raw, "nodes", ()):
        yield from _parts(node, _IN_NODES, path)
        for inner, option in _items(node, "options", path):
            yield from _parts(option, _IN_OPTIONS, inner)


def _faq_texts(raw: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, str]]]:
    for path, answer in _items(raw, "answers", ()):
        yield from _answer_texts(answer, path)
        for inner, variant in _items(answer, "variants", path):
            yield from _answer_texts(variant, inner)


def _answer_texts(form: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    yield from _parts(form, _IN_ANSWERS, path)
    for inner, button in _items(form, "buttons", path):
        yield from _parts(button, ("title",), inner)


def _readers(file: Loaded, path: Path, languages: Sequence[str]) -> Sequence[str]:
    """The languages that a text must be in: an answer bound to some needs no others."""
    if not file.file.startswith("faq/") or not file.data:
        return languages
    _, position, *inner = path
    bound = languages_of(file.data["answers"][position], tuple(inner))
    return languages if bound is None else [language for language in languages if language in bound]


def _items(item: Mapping[str, Any], key: str, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    inner = item.get(key)
    for position, value in enumerate(inner if isinstance(inner, list) else ()):
        if isinstance(value, dict):
            yield (*path, key, position), value


def _parts(item: Mapping[str, Any], keys: Sequence[str], path: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """The texts as written: one plain string is in the business's own language."""
    for key in keys:
        value = item.get(key)
        texts = {"": value} if isinstance(value, str) else value
        if isinstance(texts, dict):
            yield (*path, key), {lang: text for lang, text in texts.items() if isinstance(text, str)}


def _fillers_of(file: Loaded, path: Path, facts: frozenset[str]) -> frozenset[str] | None:
    if file.file == TEXTS:
        known = SENTENCES.get(str(path[0]), {}).values()
        return PLACEHOLDERS | {name for text in known for name, _ in _PLACEHOLDER.findall(text)}
    return _fillers(file, facts) if path[-1] in _WITH_SLOTS else PLACEHOLDERS


def _fillers(file: Loaded, facts: frozenset[str]) -> frozenset[str] | None:
    """What may stand in braces: the business and what is told of it, in a flow its slots too; None: it is unclear."""
    if not is_flow(file.file):
        return facts if file.file.startswith("faq/") else PLACEHOLDERS
    return facts | slots_of(file.data) if file.data else None


def _languages(
    path: Path, texts: Mapping[str, str], languages: Sequence[str], readers: Sequence[str], default: str, complete: bool
) -> Iterator[Finding]:
    for language in texts:
        if language and language not in languages:
            close = suggestion(language, list(languages))
            yield Finding((*path, language), f"{language} is not one of business.languages{close}")
    readers = readers if texts else ()  # nothing readable there: the schema says so
    lacking = [lang for lang in readers if lang not in texts and not ("" in texts and lang == default)]
    if complete and lacking:
        yield Finding(path, f"{path[-1]}: no text in {', '.join(lacking)}")


def _facts(loaded: Sequence[Loaded]) -> frozenset[str]:
    """What can be told of the business: ``branches``, ``hours.office.now`` …"""
    hours = next((file.raw.get("hours") for file in loaded if file.file == CARE), None)
    names = hours if isinstance(hours, dict) else ()
    return frozenset({BRANCHES, *(f"hours.{name}.{what}" for name in names for what in HOURS)})


def _placeholders(path: Path, texts: Mapping[str, str], fillers: frozenset[str] | None) -> Iterator[Finding]:
    for language, text in texts.items():
        place = (*path, language) if language else path
        for name, hint in _PLACEHOLDER.findall(text) if fillers is not None else ():
            known_by = {name, name.partition(".")[0]}
            of_contact = name.startswith(CONTACT_PREFIX) and path[-1] in _WITH_SLOTS
            if not known_by & (fillers or set()) and not of_contact:
                there = ", ".join(f"{{{known}}}" for known in sorted(fillers or ()))
                yield Finding(place, f"nothing fills the placeholder {{{name}}}; there is {there}")
            if hint and hint not in HINTS:
                known = ", ".join(HINTS)
                yield Finding(
                    place,
                    f"{{{name}:{hint}}}: nothing is written as {hint!r}{suggestion(hint, list(HINTS))}; {known} are",
                )
