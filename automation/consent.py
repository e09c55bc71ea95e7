"""By which words a customer stops or restarts messages: data per language, whole messages only.

On SMS the carrier reads along and stops the sender by itself; elsewhere nobody does but us.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from automation.consent_words import SMS_START_WORDS, SMS_STOP_WORDS, START_WORDS, STOP_WORDS, SUBSCRIBE_WORDS
from automation.normal import normal, sound

STOP = "stop"
START = "start"
LONGEST = 80
"""Characters of a message that may be nothing but a wish."""

Words = Mapping[str, Iterable[str]]
"""Language → words."""

KINDS = {STOP: STOP_WORDS, START: START_WORDS}
BY_SOUND = "ur-Latn"
"""Spelled as everybody likes: words of this language are compared by how they sound."""


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """Normal spelling → wish, and sounds of Roman Urdu → wish; those of the carriers count on SMS alone."""

    spelled: Mapping[str, str]
    sounding: Mapping[str, str]
    on_sms: Mapping[str, str]
    subscribing: frozenset[str]
    """Those that ask to hear from us also where nothing was stopped."""

    def wish_of(self, text: str, *, on_sms: bool) -> str | None:
        """``STOP`` or ``START`` if the whole message says so and nothing else."""
        if not text or len(text) > LONGEST:
            return None
        words = normal(text)
        wish = self.spelled.get(words) or (self.on_sms.get(words) if on_sms else None)
        return wish or self.sounding.get(sounds(words))

    def is_subscription(self, text: str) -> bool:
        """Whether ``text``, a wish to start, can be no mere hello."""
        return normal(text) in self.subscribing


def consent_words(more: Mapping[str, Words] | None = None) -> ConsentWords:
    """The words there are, and ``more`` of a business's own (``{"stop": {"ur": […]}, "start": {…}}``)."""
    more = more or {}
    spelled, sounding = {}, {}
    for wish, known in KINDS.items():
        for language, some in (*known.items(), *more.get(wish, {}).items()):
            for word in some:
                spelled[normal(word)] = wish
                if language == BY_SOUND and " " in normal(word):
                    sounding[sounds(normal(word))] = wish
    on_sms = {word: STOP for word in SMS_STOP_WORDS} | {word: START for word in SMS_START_WORDS}
    own = (word for words in more.get(START, {}).values() for word in words)
    return ConsentWords(spelled, sounding, on_sms, frozenset(normal(word) for word in (*SUBSCRIBE_WORDS, *own)))


def sounds(words: str) -> str:
    """Normal words by their sounds, a key to compare by."""
    return " ".join(sound(word) for word in words.split())
