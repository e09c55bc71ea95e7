"""Finds the answer to a customer's question among the phrases of the FAQ, or says that it is not sure.

A cascade, cheap first: a phrase as it stands, what was asked before, the judge of words where it is sure, and only then
an embedding, where a model is installed. Thresholds come from cross-validation over the phrases (``learning``).
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Lock

import numpy as np

from automation.faq.embedding import ALL, Embedder, installed
from automation.faq.examples import ELSEWHERE
from automation.faq.model import NOTHING, Candidate, Match, Matching, Mood, Outcome
from automation.faq.thresholds import Thresholds
from automation.faq.trained import Trained, doubted
from automation.faq.words import Numbers
from automation.language import detect
from automation.mood import exclaims, furious, shouts
from automation.normal import normal

MOST_OFFERED = 3
OFFERED_SHARE = 0.25
"""Of the best score: what is less likely is not worth a line of "did you mean"."""
CACHE_SIZE = 4096

JUNK = frozenset(
    normal(word)
    for word in (
        "ok", "okay", "k", "kk", "hmm", "hm", "acha", "achha", "theek", "theek hai", "thik hai", "ji", "jee", "yes",
        "no", "haan", "nahi", "lol", "haha", "yo", "test", "ٹھیک", "ٹھیک ہے", "اچھا", "جی", "ہاں", "نہیں", "نعم", "لا",
        "si", "vale",
    )
)  # fmt: skip
"""Whole messages that ask nothing."""


Key = tuple[str, str | None, bool]
"""Words, language, and whether they are loud."""


class Matcher:
    """Answers with what training left; ``match`` is safe from several threads."""

    def __init__(self, trained: Trained | None, models: Callable[[], Mapping[str, Embedder]] = installed) -> None:
        self._trained, self._models = trained, models
        self._cache: OrderedDict[Key, Match] = OrderedDict()
        self._lock = Lock()

    def match(self, text: str, language: str | None = None) -> Match:
        """The answer to ``text`` and the mood it is in; ``language`` is what the contact writes in as a rule."""
        words = normal(text)
        if self._trained is None or not _asks(words):
            return replace(NOTHING, mood=Mood.ANGRY) if furious(text) else NOTHING
        found = detect(text, language)
        key = (words, found, furious(text) or shouts(text) or exclaims(text))
        with self._lock:
            known = self._cache.get(key)
            if known is not None:
                self._cache.move_to_end(key)
                return known
        match = self._judge(self._trained, words, text, found)
        self._remember(key, match)
        return match

    def stand_in(self, before: Matching) -> None:
        """Needs none: it is trained."""

    def _judge(self, trained: Trained, words: str, text: str, language: str | None) -> Match:
        match, vector = self._matched(trained, words, text, language)
        mood = trained.moods.mood(text, language, vector) if trained.moods else match.mood
        return replace(match, mood=mood)

    def _matched(self, trained: Trained, words: str, text: str, language: str | None) -> tuple[Match, Numbers | None]:
        """The answer, and the embedding if one was needed for it."""
        if target := trained.exact.get(words):
            return _sure_of(target), None
        by_words = trained.words.shares(text, language)
        first = ranked(trained, by_words)
        if first and first[0].score >= trained.sure_at:
            return decide(first, Thresholds(trained.sure_at, trained.sure_at)), None
        models = self._models() if trained.meanings else {}
        route = trained.route(language, models)
        vectors = trained.vectors(route, text, language, models)
        shares = trained.judge(route, by_words, language, vectors)
        return decide(ranked(trained, shares), trained.routes[route].thresholds), vectors.get(ALL)

    def _remember(self, key: Key, match: Match) -> None:
        with self._lock:
            self._cache[key] = match
            if len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)


def ranked(trained: Trained, shares: Numbers | None) -> list[Candidate]:
    """The business's own targets, best first; empty if nothing in the text was ever seen."""
    if shares is None:
        return []
    own = doubted(shares, trained.names, trained.doubt)
    order = np.argsort(-own, kind="stable")[: MOST_OFFERED + 1].tolist()
    return [Candidate(trained.names[i], float(own[i])) for i in order if own[i] >= 0]


def decide(candidates: Sequence[Candidate], thresholds: Thresholds) -> Match:
    """Answer, offer or pass: sure enough; worth asking about; neither."""
    if not candidates or candidates[0].score < thresholds.offer_at:
        score = candidates[0].score if candidates else 0.0
        return Match(None, score, tuple(candidates[:MOST_OFFERED]), Outcome.NONE)
    best = candidates[0]
    if best.score >= thresholds.answer_at:
        return Match(best.target, best.score, tuple(candidates[1:MOST_OFFERED]), Outcome.ANSWER)
    offered = tuple(c for c in candidates[:MOST_OFFERED] if c.score >= best.score * OFFERED_SHARE)
    return Match(None, best.score, offered, Outcome.DID_YOU_MEAN)


def _sure_of(target: str) -> Match:
    if target == ELSEWHERE:
        return NOTHING
    return Match(target, 1.0, (), Outcome.ANSWER)


def _asks(words: str) -> bool:
    return len(words) > 1 and words not in JUNK and any(character.isalpha() for character in words)
