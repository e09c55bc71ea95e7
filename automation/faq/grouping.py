"""Groups what nobody answered: misses that ask the same stand together, the most asked first. Needs scikit-learn.

By meaning where a model is installed, else by words; the same misses always give the same groups.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

from automation.faq.embedding import ALL, Embedder, embed_all
from automation.faq.examples import strange
from automation.faq.features import features
from automation.faq.meanings import centred
from automation.faq.words import Numbers
from automation.normal import normal

FEWEST = 2
"""Different messages that make a question; what is rarer goes to the others."""
MOST_GROUPS = 50
MOST_EXAMPLES = 5
BACKGROUND = 8
"""Every so many of the questions for nobody tell what all questions have in common, however alike the misses are."""
FAR_IN_MEANING, FAR_IN_WORDS = 0.75, 0.72
"""Mean cosine distance from which two groups ask different things."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A message without a good answer."""

    message_id: int
    text: str
    language: str
    contact_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """Misses that ask alike; ``examples`` are the most typical first, each wording once."""

    members: tuple[Missed, ...]
    examples: tuple[Missed, ...]

    @property
    def contacts(self) -> int:
        return len({one.contact_id for one in self.members})

    @property
    def languages(self) -> dict[str, int]:
        return dict(Counter(one.language for one in self.members).most_common())

    @property
    def reasons(self) -> dict[str, int]:
        return dict(Counter(one.reason for one in self.members).most_common())


def group(misses: Sequence[Missed], models: Mapping[str, Embedder]) -> tuple[list[Group], int]:
    """The groups, and how many misses are like too few others."""
    alike: dict[str, list[Missed]] = defaultdict(list)
    for one in misses:
        if words := normal(one.text):
            alike[words].append(one)
    wordings = sorted(alike)
    near = likeness([alike[words][0] for words in wordings], models)
    sets = _sets(near, FAR_IN_MEANING if ALL in models else FAR_IN_WORDS)
    groups = [_group([alike[wordings[position]] for position in some], near[np.ix_(some, some)]) for some in sets]
    kept = [found for found in groups if len(found.members) >= FEWEST]
    kept.sort(key=lambda found: (-len(found.members), -found.contacts, found.examples[0].message_id))
    kept = kept[:MOST_GROUPS]
    return kept, len(misses) - sum(len(found.members) for found in kept)


def likeness(texts: Sequence[Missed], models: Mapping[str, Embedder]) -> Numbers:
    """How alike any two of them are: 1 the same, 0 nothing in common."""
    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    if ALL in models:
        rows = embed_all(models[ALL], [(one.text, one.language) for one in texts])
        others = embed_all(models[ALL], [(one.text, one.language) for one in strange()[::BACKGROUND]])
        rows = centred(rows, np.vstack([rows, others]).mean(axis=0))
        return np.asarray(rows @ rows.T, dtype=np.float32)
    found = [features(one.text, one.language) for one in texts]
    if not any(found):
        return np.eye(len(texts), dtype=np.float32)
    sparse = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32).fit_transform(found)
    return np.asarray((sparse @ sparse.T).toarray(), dtype=np.float32)


def _sets(near: Numbers, far: float) -> list[list[int]]:
    """Positions that belong together."""
    if len(near) < 2:
        return [[position] for position in range(len(near))]
    apart = np.clip(1.0 - near, 0.0, 2.0)
    np.fill_diagonal(apart, 0.0)
    judge = AgglomerativeClustering(n_clusters=None, metric="precomputed", linkage="average", distance_threshold=far)
    marks = judge.fit_predict(apart)
    return [[*map(int, np.flatnonzero(marks == mark))] for mark in np.unique(marks)]


def _group(wordings: Sequence[Sequence[Missed]], near: Numbers) -> Group:
    """The most typical first: those that are like all others."""
    order = np.argsort(-near.mean(axis=1), kind="stable").tolist()
    typical = [wordings[place] for place in order]
    members = tuple(one for some in typical for one in some)
    return Group(members, tuple(some[0] for some in typical[:MOST_EXAMPLES]))
