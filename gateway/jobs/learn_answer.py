"""One click: what customers asked in vain becomes an answer, or phrases of one, in a new version of the config."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.config.learned import NewAnswer, Phrases, publish_answer, publish_phrases
from gateway.core.errors import Conflict, InvalidPayload
from gateway.desk import questions
from gateway.runtime import Runtime

OPEN, ANSWERED = "open", "answered"
LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Wish:
    """A new answer by title and text, or ``existing``: the answer that gets the phrases."""

    title: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    existing: str = ""
    phrases: Phrases | None = None
    """Instead of the customers' own words."""


def make_answer(runtime: Runtime, question_id: int, wish: Wish, *, by_id: int | None, author: str) -> tuple[str, int]:
    """Publish what is wished and mark the question as answered; returns the answer's id and the version.

    Raises:
        NotFound: no such question, or no such answer.
        InvalidPayload: the wish is not whole, or would change nothing.
        ConfigError: the config's checks refuse it.
        Conflict: somebody was faster.
    """
    if bool(wish.existing) == bool(wish.text):
        raise InvalidPayload("give a title and a text, or an answer that exists")
    with runtime.database.read() as session:
        asked = questions.one(session, question_id)
        phrases = wish.phrases or questions.phrases(session, question_id)
    if asked.state != OPEN:
        raise Conflict(f"this question is {asked.state} already")
    if not phrases:
        raise InvalidPayload("no wording of this question is left that could be a phrase; give some")
    answer = wish.existing or wish.id or id_of(runtime, wish.title, question_id)
    if wish.existing:
        version = publish_phrases(runtime.database, answer, phrases, author)
    else:
        version = publish_answer(runtime.database, NewAnswer(answer, wish.title, wish.text, phrases), author)
    with runtime.work() as session:
        questions.settle(session, question_id, ANSWERED, by_id=by_id, answer=answer)
    return answer, version


def id_of(runtime: Runtime, title: Mapping[str, str], question_id: int) -> str:
    """A short name from the title in Latin letters; a number where it has none, or where the name is taken."""
    default = runtime.config().business.default_language
    plain = unicodedata.normalize("NFKD", title.get(default, "") or title.get("en", ""))
    name = re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode().lower()).strip("_")
    name = re.sub(r"^[^a-z]+", "", name)[: LONGEST_ID - 8].strip("_")
    if not name:
        return f"question_{question_id}"
    return f"{name}_{question_id}" if name in runtime.config().flows.answers else name
