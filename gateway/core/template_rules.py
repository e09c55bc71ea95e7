"""What the provider's reviewers refuse by rule, told before they are asked: shapes of wordings and of samples."""

import re
from collections.abc import Iterator, Sequence

from gateway.core.templates import BODY_LIMIT, FORBIDDEN, PLACEHOLDER

MOST_VARIABLES = 100
_BRACES = re.compile(r"\{\{|\}\}")
_WORD = re.compile(r"\w+")
_ADJACENT = re.compile(PLACEHOLDER.pattern + r"\s*" + PLACEHOLDER.pattern)


def body_problems(body: str, variables: Sequence[str], samples: Sequence[str]) -> Iterator[str]:
    """Everything that would have a body refused, in words; ``samples`` belong to ``variables``."""
    yield from name_problems(body, variables)
    used = PLACEHOLDER.findall(body)
    yield from (f"the variable {name!r} does not stand in it" for name in variables if name not in used)
    if PLACEHOLDER.match(body.strip()):
        yield "it must not begin with a variable"
    if used and re.search(PLACEHOLDER.pattern + r"\Z", body.strip()):
        yield "it must not end with a variable; a full stop after it will do"
    if _ADJACENT.search(body):
        yield "two variables stand side by side with nothing between them"
    yield from _too_few_words(body, len(used))
    filled = _filled(body, variables, samples)
    if len(filled) > BODY_LIMIT:
        yield f"with its samples it has {len(filled)} characters, at most {BODY_LIMIT} are taken"


def name_problems(text: str, variables: Sequence[str]) -> Iterator[str]:
    """Placeholders that nothing fills, and braces that are none."""
    for name in dict.fromkeys(PLACEHOLDER.findall(text)):
        if name not in variables:
            yield f"nothing fills {{{{{name}}}}}; variables are {', '.join(variables) or 'none'}"
    if _BRACES.search(PLACEHOLDER.sub("", text)):
        yield "{{ and }} are for variables alone, like {{order}}"


def sample_problem(sample: str) -> str | None:
    """Why this cannot be a sample or a default."""
    if FORBIDDEN.search(sample) or "{{" in sample:
        return "may hold no line break, tab, variable, or more than four spaces in a row"
    return None


def _too_few_words(body: str, variables: int) -> Iterator[str]:
    words, needed = len(_WORD.findall(PLACEHOLDER.sub(" ", body))), 2 * variables + 1
    if variables and words < needed:
        yield f"{variables} variables need at least {needed} words around them; there are {words}"


def _filled(body: str, variables: Sequence[str], samples: Sequence[str]) -> str:
    values = dict(zip(variables, samples, strict=False))
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), body)
