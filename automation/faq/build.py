"""Turns the checked answers of ``config/faq/*.yaml`` into answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from automation.faq.model import Answer, Button, Variant
from automation.flows.build import media_of
from automation.flows.conditions import condition_of
from automation.texts import Wording

Data = Mapping[str, Any]


def answer_of(data: Data, wording: Wording) -> Answer:
    """An answer of the schema's data; ``wording`` finishes each text."""
    return Answer(
        id=data["id"],
        title=wording(data["title"]),
        phrases={language: tuple(some) for language, some in data["phrases"].items()},
        text=wording(data.get("answer", {})),
        media=media_of(data.get("media", ())),
        goto=data.get("goto"),
        buttons=_buttons(data, wording),
        upset=wording(data.get("upset", {})),
        when=condition_of(data["when"]) if "when" in data else None,
        variants=tuple(_variant(one, wording) for one in data.get("variants", ())),
        feedback=data.get("feedback", True),
    )


def with_phrases(answer: Answer, further: Mapping[str, Sequence[Mapping[str, Sequence[str]]]]) -> Answer:
    """The answer with its phrases from other files (by its id) behind its own."""
    phrases = dict(answer.phrases)
    for more in further.get(answer.id, ()):
        for language, some in more.items():
            phrases[language] = (*phrases.get(language, ()), *some)
    return replace(answer, phrases=phrases)


def _variant(data: Data, wording: Wording) -> Variant:
    media, buttons = media_of(data.get("media", ())), _buttons(data, wording)
    return Variant(condition_of(data["when"]), wording(data["answer"]), media, buttons)


def _buttons(data: Data, wording: Wording) -> tuple[Button, ...]:
    return tuple(Button(wording(one["title"]), _target(one), one.get("url", "")) for one in data.get("buttons", ()))


def _target(button: Data) -> str:
    if "goto" in button:
        return f"flow:{button['goto']}"
    return f"faq:{button['answer']}" if "answer" in button else ""


def conditions_of(data: Data) -> Sequence[tuple[tuple[str | int, ...], Data]]:
    """The conditions of an answer's data, each with its path inside it."""
    own = [(("when",), data["when"])] if "when" in data else []
    return [*own, *((("variants", at, "when"), one["when"]) for at, one in enumerate(data.get("variants", ())))]
