"""Templates by our own names: what they say in each language, and the words and variables of one that is filled.

A wording names its variables (``{{order}}``); the provider numbers them (``{{1}}``), in the order of ``variables``.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.languages import languages_for
from gateway.core.replies import Option

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
BODY_LIMIT = 1024
SMS_LIMIT = 1600
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]| {5}")
"""What a variable must not hold: the provider takes the message and fails it later (63013)."""


class Category(StrEnum):
    UTILITY = "utility"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class Variable:
    """``sample`` is what the provider's reviewers see. One that is not required has a ``default`` by language."""

    name: str
    sample: str
    required: bool = True
    default: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wording:
    """A template in one language. ``sms`` says the same where templates are unknown."""

    content_name: str
    """What it is called at the provider."""
    body: str
    sms: str
    buttons: tuple[Option, ...] = ()
    provider_language: str = ""
    """The provider's code where it has none for ours: Roman Urdu is submitted as Urdu."""


@dataclass(frozen=True, slots=True)
class TemplateSpec:
    name: str
    category: Category
    variables: tuple[Variable, ...]
    languages: Mapping[str, Wording]

    @property
    def samples(self) -> dict[str, str]:
        """Number → sample, as the provider wants them."""
        return {str(number): variable.sample for number, variable in enumerate(self.variables, 1)}

    def numbered(self, language: str) -> str:
        """The body as the provider has it: numbers in place of names."""
        numbers = {variable.name: f"{{{{{number}}}}}" for number, variable in enumerate(self.variables, 1)}
        return PLACEHOLDER.sub(lambda found: numbers.get(found[1], found[0]), self.languages[language].body)


@dataclass(frozen=True, slots=True)
class Templates:
    """All templates of a config, by name."""

    specs: Mapping[str, TemplateSpec] = field(default_factory=dict)

    def get(self, name: str) -> TemplateSpec | None:
        return self.specs.get(name)

    def __iter__(self) -> Iterator[TemplateSpec]:
        return iter(self.specs.values())

    def __len__(self) -> int:
        return len(self.specs)


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its variables in place: what is sent by the provider's id, and the words it will show."""

    language: str
    content_variables: dict[str, str]
    text: str
    sms_text: str


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """Why a template cannot be filled: ``code`` for programs, ``variable`` it concerns (empty: the whole), words."""

    code: str
    variable: str
    words: str


def pick_language(
    spec: TemplateSpec, available: Collection[str], contact_language: str | None, business_language: str
) -> str | None:
    """The language to send in: the contact's, one they read, the business's, English; None: none is available."""
    for language in languages_for(contact_language, business_language):
        if language in spec.languages and language in available:
            return language
    return None


def fill(spec: TemplateSpec, language: str, variables: Mapping[str, str]) -> Filled | tuple[TemplateProblem, ...]:
    """The template with these values, or everything that is wrong with them.

    Raises:
        KeyError: the template has no such language.
    """
    wording = spec.languages[language]
    values = {variable.name: _value(variable, variables, language) for variable in spec.variables}
    problems = [*_unknown(variables, values), *_wrong(values)]
    present = {name: value for name, value in values.items() if value is not None}
    text, sms_text = _put(wording.body, present), _put(wording.sms, present)
    problems += _too_long(text, sms_text)
    if problems:
        return tuple(problems)
    numbered = {str(number): value for number, value in enumerate(present.values(), 1)}
    return Filled(language, numbered, text, sms_text)


def _value(variable: Variable, given: Mapping[str, str], language: str) -> str | None:
    value = given.get(variable.name)
    if variable.required or (value is not None and value.strip()):
        return value
    return variable.default.get(language) or next(iter(variable.default.values()), None)


def _unknown(given: Mapping[str, str], known: Collection[str]) -> Iterator[TemplateProblem]:
    for name in given:
        if name not in known:
            named = ", ".join(known) or "none"
            yield TemplateProblem("unknown", name, f"the template has no variable {name!r}; it has {named}")


def _wrong(values: Mapping[str, str | None]) -> Iterator[TemplateProblem]:
    for name, value in values.items():
        if value is None:
            yield TemplateProblem("missing", name, f"the variable {name!r} is missing")
        elif not value.strip():
            yield TemplateProblem("empty", name, f"the variable {name!r} is empty")
        elif FORBIDDEN.search(value):
            reason = "may hold no line break, no tab and no more than four spaces in a row"
            yield TemplateProblem("forbidden", name, f"the variable {name!r} {reason}")


def _too_long(text: str, sms_text: str) -> Iterator[TemplateProblem]:
    if len(text) > BODY_LIMIT:
        yield TemplateProblem("too_long", "", f"filled it has {len(text)} characters, at most {BODY_LIMIT} are taken")
    if len(sms_text) > SMS_LIMIT:
        reason = f"filled for SMS it has {len(sms_text)} characters, at most {SMS_LIMIT} are taken"
        yield TemplateProblem("too_long", "", reason)


def _put(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
