"""What the bot says by itself, in the languages a business speaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.core.languages import languages_for
from gateway.core.replies import Reply

Texts = Mapping[str, str]
"""Language → text."""

Wording = Callable[[Texts], Texts]
"""Finishes a text as written in a file: names the default language, fills in the business."""

LEAD_LIMIT = 1000
"""Characters up to which two texts become one message: WhatsApp takes 1,024 beside buttons."""


def pick(texts: Texts, language: str | None, default: str) -> str:
    """The text for this reader."""
    return texts.get(picked(texts, language, default), "")


def picked(texts: Texts, language: str | None, default: str) -> str:
    """The language that this reader gets: theirs, its neighbours, the business's own, English, any; empty: none."""
    return next((one for one in languages_for(language, default) if one in texts), next(iter(texts), ""))


@dataclass(frozen=True, slots=True)
class Sentences:
    """The bot's own sentences by key (``SENTENCES`` has them all), the business's wording over the built-in one."""

    texts: Mapping[str, Texts]
    default_language: str

    def say(self, key: str, language: str | None) -> str:
        """The sentence ``key`` for a reader of ``language``.

        Raises:
            KeyError: there is no such sentence.
        """
        return pick(self.texts[key], language, self.default_language)


def lead(text: str, replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """``text`` said first: in the same message as the first reply where it fits, else as one of its own."""
    if not text:
        return tuple(replies)
    if replies and replies[0].text and not replies[0].media and len(text) + len(replies[0].text) + 2 <= LEAD_LIMIT:
        return (replace(replies[0], text=f"{text}\n\n{replies[0].text}"), *replies[1:])
    return (Reply(text=text, language=replies[0].language if replies else "en"), *replies)
