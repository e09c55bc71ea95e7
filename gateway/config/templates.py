"""``config/templates.yaml``: the provider's rules checked line by line, and what it compiles to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from automation.schemas import suggestion
from automation.texts import Wording as Finish
from gateway.config.load import CARE, TEMPLATES, Loaded
from gateway.config.problems import Finding, Path, Problem
from gateway.core import template_rules as rules
from gateway.core.replies import Option
from gateway.core.templates import Category, Templates, TemplateSpec, Variable, Wording

BY_LANGUAGE = ("text", "sms", "provider_names", "provider_languages")


def templates_of(data: Mapping[str, Any], finish: Finish) -> Templates:
    """The templates of a file that has no problems."""
    return Templates({item["id"]: _spec(item, finish) for item in data.get("templates", ())})


def template_problems(loaded: Sequence[Loaded]) -> list[Problem]:
    """Wordings that the provider would refuse, or that lack a language, a variable or a name of their own."""
    file = next((file for file in loaded if file.file == TEMPLATES and file.data), None)
    if file is None or file.data is None:
        return []
    care = next((file.raw.get("business") for file in loaded if file.file == CARE), None)
    business: Mapping[str, Any] = care if isinstance(care, dict) else {}
    items = file.data["templates"]
    found = [
        finding
        for position, item in enumerate(items)
        for finding in (*_wordings(item, ("templates", position)), *_spoken(item, ("templates", position), business))
    ]
    default = str(business.get("default_language"))
    return [file.located.problem(finding) for finding in (*found, *_same_names(items, default))]


def _spec(item: Mapping[str, Any], finish: Finish) -> TemplateSpec:
    texts, sms = finish(item["text"]), finish(item.get("sms", {}))
    variables = tuple(_variable(variable, finish) for variable in item["variables"])
    languages = {
        language: Wording(
            content_name=_content_name(item, language),
            body=body,
            sms=sms.get(language, body),
            buttons=tuple(Option(button["id"], finish(button["title"])[language]) for button in item["buttons"]),
            provider_language=_provider_language(item, language),
        )
        for language, body in texts.items()
    }
    return TemplateSpec(item["id"], Category(item["category"]), variables, languages)


def _variable(item: Mapping[str, Any], finish: Finish) -> Variable:
    return Variable(item["name"], item["sample"], "default" not in item, finish(item.get("default", {})))


def _content_name(item: Mapping[str, Any], language: str) -> str:
    named: str = item.get("provider_names", {}).get(language, f"{item['id']}_{language}".lower().replace("-", "_"))
    return named


def _provider_language(item: Mapping[str, Any], language: str) -> str:
    """Providers know languages and countries, but no scripts: ``ur-Latn`` is ``ur`` there, ``pt-BR`` ``pt_BR``."""
    parts = [part for part in language.split("-") if len(part) != len("Latn")]
    named: str = item.get("provider_languages", {}).get(language, "_".join(parts))
    return named


def _wordings(item: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """What its texts have against the provider's rules, each on its own."""
    names = [variable["name"] for variable in item["variables"]]
    samples = [variable["sample"] for variable in item["variables"]]
    for position, name in enumerate(names):
        if name in names[:position]:
            yield Finding((*path, "variables", position, "name"), f"the variable {name!r} is there already")
    for key, text in item["text"].items():
        for reason in rules.body_problems(text, names, samples):
            yield Finding(_place(path, "text", key), reason)
    for key, text in item.get("sms", {}).items():
        for reason in rules.name_problems(text, names):
            yield Finding(_place(path, "sms", key), reason)


def _spoken(item: Mapping[str, Any], path: Path, business: Mapping[str, Any]) -> Iterator[Finding]:
    """Languages nobody speaks, the default one missing, and parts that say nothing in a language the text has."""
    spoken, default = business.get("languages"), business.get("default_language")
    if not isinstance(spoken, list) or not isinstance(default, str):
        return
    texts = {key or default for key in item["text"]}
    if default not in texts:
        yield Finding((*path, "text"), f"text: nothing in {default}, the business's own language")
    for name in BY_LANGUAGE:
        known = spoken if name == "text" else sorted(texts)
        for key in item.get(name, {}):
            if (key or default) not in known:
                close = suggestion(key, [str(language) for language in known])
                whose = "business.languages" if name == "text" else "the languages of text"
                yield Finding(_place(path, name, key), f"{key} is not one of {whose}{close}")
    for position, button in enumerate(item["buttons"]):
        lacking = sorted(texts - {key or default for key in button["title"]})
        if lacking:
            yield Finding((*path, "buttons", position, "title"), f"title: no text in {', '.join(lacking)}")


def _same_names(items: Sequence[Mapping[str, Any]], default: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, item in enumerate(items):
        for key in item["text"]:
            name = _content_name(item, key or default)
            if name in seen:
                yield Finding(_place(("templates", position), "text", key), f"another text is called {name!r} already")
            seen.add(name)


def _place(path: Path, name: str, language: str) -> Path:
    return (*path, name, language) if language else (*path, name)
