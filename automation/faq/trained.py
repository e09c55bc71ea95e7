"""What training leaves behind: judges, how they are weighed, and from where they are believed. Plain arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from automation.faq.embedding import ALL, ENGLISH, Embedder, wording
from automation.faq.examples import ELSEWHERE
from automation.faq.meanings import MeaningJudge
from automation.faq.thresholds import Thresholds
from automation.faq.words import Numbers, WordJudge, blend
from automation.mood import MoodJudge

ENGLISH_WEIGHT = 2 / 3
"""What the English model counts beside the other one: it knows more, but stumbles over typing errors."""

FOREIGN_WEIGHT = 0.1
"""What the words count in a language that has no phrases."""

WORDS = "words"
"""The route of a text that is judged by its words alone."""


@dataclass(frozen=True, slots=True)
class Route:
    """How the judges of one model count."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    words_weight: float = 1.0
    usual: tuple[float, ...] = ()
    """The scores that 1 %, 2 % … 10 % of fair questions stay below: where to pass, at a price known beforehand."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Ready to answer. ``names`` are the targets in the judges' order; the empty one stands for anything else."""

    names: tuple[str, ...]
    languages: frozenset[str]
    """Those there are phrases in: words of others say little."""
    words: WordJudge
    exact: Mapping[str, str]
    """Normal form of a phrase → its target, where only one has it."""
    sure_at: float = 2.0
    meanings: Mapping[str, MeaningJudge] = field(default_factory=dict)
    accents: Mapping[str, Numbers] = field(default_factory=dict)
    """What all embeddings of a language have in common, by languages that have no phrases: it says nothing."""
    routes: Mapping[str, Route] = field(default_factory=lambda: {WORDS: Route()})
    moods: MoodJudge | None = None
    doubt: int = 0
    """How much it tells against an answer that the question may be one for nobody (see ``doubted``)."""

    def route(self, language: str | None, models: Mapping[str, Embedder]) -> str:
        """The best model there is for this language."""
        wanted = (ENGLISH, ALL) if language == "en" else (ALL,)
        return next((name for name in wanted if name in self.meanings and name in models), WORDS)

    def judge(
        self, route: str, by_words: Numbers | None, language: str | None, vectors: Mapping[str, Numbers]
    ) -> Numbers | None:
        """Shares of words and meaning together; None: the text tells nothing at all."""
        meant = self._meant(ALL, language, vectors) if ALL in self.meanings and ALL in vectors else None
        if route == ENGLISH:
            meant = blend(self._meant(ENGLISH, language, vectors), meant, ENGLISH_WEIGHT)
        weight = self.routes[route].words_weight if language in self.languages else FOREIGN_WEIGHT
        if meant is None or by_words is None:
            return meant if by_words is None else by_words
        return blend(by_words, meant, weight)

    def _meant(self, name: str, language: str | None, vectors: Mapping[str, Numbers]) -> Numbers:
        accent = self.accents.get(language or "") if name == ALL else None
        return self.meanings[name].shares(vectors[name] if accent is None else vectors[name] - accent)

    def vectors(
        self, route: str, text: str, language: str | None, models: Mapping[str, Embedder]
    ) -> dict[str, Numbers]:
        """The embeddings that ``route`` needs."""
        wanted = {WORDS: (), ENGLISH: (ENGLISH, ALL), ALL: (ALL,)}[route]
        return {name: models[name].embed(wording(text, language)) for name in wanted if name in models}


def doubted(shares: Numbers, names: Sequence[str], doubt: int) -> Numbers:
    """Shares of the business's own targets, the smaller the more likely the question is for nobody; that one's is -1.

    Real strange questions (``doubt`` above 0) tell what is strange; the few of our list only stand beside the answers.
    """
    if ELSEWHERE not in names:
        return shares
    elsewhere = names.index(ELSEWHERE)
    found: Numbers = shares * (1 - shares[..., elsewhere, None]) ** doubt
    found[..., elsewhere] = -1.0
    return found
