"""Did an answer help? When it is asked, and what people say to that. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from automation.normal import normal

WORDS = Path(__file__).parents[1] / "data" / "helped_words.txt"
PREFIX = "helped:"
MOST_KEPT = 20
THUMBS = {"\U0001f44d": True, "\U0001f44e": False}


class Mode(StrEnum):
    """``answers``: every second answer at most; ``once``: one answer in a conversation."""

    OFF = "off"
    ANSWERS = "answers"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody says of an answer."""

    answer: str
    helped: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a conversation was asked about answers so far."""

    answers: tuple[str, ...] = ()
    """Those it was asked about."""
    last: bool = False
    """The newest answer was among them."""
    open: str = ""
    """The answer that a plain "yes" or "no" speaks of now."""
    others: tuple[str, ...] = ()
    """What came next to it."""
    unsure: bool = False
    """We have just asked what was meant."""
    denied: bool = False
    """They have just said that an answer did not help."""

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON; only what is there."""
        parts = {name: getattr(self, name) for name in self.__slots__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in parts.items() if value}


NOTHING_ASKED = Asked()


def asked_of(kept: Mapping[str, Any]) -> Asked:
    """What ``Asked.kept`` was taken from."""
    known: dict[str, Any] = {name: kept[name] for name in Asked.__slots__ if name in kept}
    lists: dict[str, Any] = {name: tuple(known[name]) for name in ("answers", "others") if name in known}
    return Asked(**(known | lists))


def may_ask(mode: str, answer: str, before: Asked) -> bool:
    """Whether it is time to ask about ``answer``: never twice about the same, never about two in a row."""
    if mode == Mode.OFF or answer in before.answers or len(before.answers) >= MOST_KEPT:
        return False
    return not before.answers if mode == Mode.ONCE else not before.last


def option_id(answer: str, helped: bool) -> str:
    return f"{PREFIX}{'yes' if helped else 'no'}:{answer}"


def verdict_of(option: str) -> Verdict | None:
    """What the option tapped says; None: it is another's."""
    word, _, answer = option.removeprefix(PREFIX).partition(":")
    if not option.startswith(PREFIX) or word not in ("yes", "no") or not answer:
        return None
    return Verdict(answer, word == "yes")


def helped(text: str) -> bool | None:
    """What a whole message says to "did this help?", in any language; None: something else."""
    shown = text.strip()
    if shown[:1] in THUMBS:
        return THUMBS[shown[0]]
    return _words().get(normal(shown))


@cache
def _words() -> dict[str, bool]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {normal(word): kind == "yes" for kind, _, words in pairs for word in words.split(",")}
