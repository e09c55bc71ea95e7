"""What an answer of the FAQ says to this reader: the variant that holds, its files, its buttons and links. Pure."""

from automation.faq.model import Answer, Button, Mood, Variant
from automation.flows.conditions import Look, holds
from automation.flows.library import Library
from gateway.core.replies import Option, Reply


def suits(answer: Answer, look: Look) -> bool:
    """Whether it may be given at all here; where not, it is as if nobody knew it."""
    return answer.when is None or holds(answer.when, look)


def said(library: Library, answer: Answer, language: str, look: Look) -> Reply:
    """The answer in the reader's language: the first variant that holds, its words for who is angry, or itself."""
    form: Answer | Variant = next((one for one in answer.variants if holds(one.when, look)), answer)
    angry = isinstance(form, Answer) and answer.upset and look("mood", "") == Mood.ANGRY
    text = library.text_of(answer.upset if angry else form.text, language)
    lines = [f"{library.text_of(button.title, language)}: {button.url}" for button in form.buttons if button.url]
    options = tuple(option for button in form.buttons if (option := _option(library, button, language, look)))
    whole = "\n\n".join(filter(None, (text, "\n".join(lines))))
    return Reply(text=whole, options=options, media=form.media, language=language)


def _option(library: Library, button: Button, language: str, look: Look) -> Option | None:
    """What can be tapped; a button to an answer that is not given here leads nowhere."""
    kind, _, name = button.target.partition(":")
    if not button.target or (kind == "faq" and not suits(library.answers[name], look)):
        return None
    return Option(button.target, library.text_of(button.title, language))
