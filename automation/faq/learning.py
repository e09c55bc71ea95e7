"""Trains the judges from a business's phrases and sets their thresholds by cross-validation; needs scikit-learn.

Phrases are held back with their translations, so that no judge is asked what it has seen in another language. A list of
questions that hardly any business answers stands beside the phrases as one more target.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from automation.faq import thresholds
from automation.faq.embedding import ALL, ENGLISH, Embedder, embed_all
from automation.faq.examples import ELSEWHERE, Example, strange
from automation.faq.features import features
from automation.faq.meanings import MeaningJudge, centred
from automation.faq.model import WRONG_SHARE, Mood
from automation.faq.thresholds import Outcomes
from automation.faq.trained import ENGLISH_WEIGHT, WORDS, Route, Trained, doubted
from automation.faq.words import Numbers, WordJudge, blend
from automation.mood import NAMES, MoodJudge, marks, sentences
from automation.normal import normal

STRENGTH = 10.0
"""How little the classifier of meanings is held back: best of 10, 30 and 100 on phrases held back, few and many."""
WEIGHTS = (0.3, 0.4, 0.5)
"""What the words may count beside the meaning; cross-validation chooses."""
ENGLISH_PHRASES = 2
"""An answer needs so many before the English model is asked about it."""
TOO_NEAR = 0.25
"""Strange questions as near to a phrase as this share of the phrases are to each other are none to this business."""

ENOUGH_STRANGE, DOUBT = 50, 12
"""So many strange questions of the business's own tell what its strange questions are like; then they weigh so much."""

CALM_CHAT = [(Mood.NEUTRAL.value, each.language or "", each.text) for each in strange()]
"""Talk of anything else, so that a word unknown to the sentences is not taken for the anger it looks like."""

Targets = npt.NDArray[np.int64]
Felt = tuple[str, str, str]
"""A mood, a language, a text."""


def train(
    examples: Sequence[Example], models: Mapping[str, Embedder], wrong_share: float = WRONG_SHARE
) -> Trained | None:
    """All that answering needs; None: fewer than two targets, so there is nothing to tell apart."""
    learnt = learn(examples, models, wrong_share)
    return learnt.trained if learnt else None


@dataclass(frozen=True, slots=True)
class Learnt:
    """A training, and by route how the phrases did with judges that had not seen them; ``sure``: by words alone."""

    trained: Trained
    held_back: Mapping[str, Outcomes]
    sure: Outcomes


def learn(examples: Sequence[Example], models: Mapping[str, Embedder], wrong_share: float) -> Learnt | None:
    """The same as ``train``, with what its thresholds were set by."""
    if len({e.target for e in examples} - {ELSEWHERE}) < 2:
        return None
    lessons = _lessons(examples, models)
    asked = _ask_held_back(lessons)
    whole = _judges(lessons, np.ones(len(lessons.examples), dtype=bool))
    found = {name: _route(lessons, asked, name, wrong_share) for name in (WORDS, *lessons.vectors)}
    sure = _outcomes(lessons, asked[WORDS])
    languages = _languages(examples)
    trained = Trained(
        names=lessons.names,
        languages=languages,
        words=whole.words,
        exact=_exact(examples),
        sure_at=thresholds.sure(sure.best, sure.right),
        meanings=whole.meanings,
        accents=_accents(models[ALL], languages) if ALL in models else {},
        routes={name: route for name, (route, _) in found.items()},
        moods=learn_moods(models),
        doubt=lessons.doubt,
    )
    return Learnt(trained, {name: outcomes for name, (_, outcomes) in found.items()}, sure)


def train_words(examples: Sequence[Example]) -> Trained | None:
    """The judge of words alone, with thresholds that fit most businesses: for the time until ``train`` is done."""
    if len({e.target for e in examples} - {ELSEWHERE}) < 2:
        return None
    lessons = _lessons(examples, {})
    judges = _judges(lessons, np.ones(len(lessons.examples), dtype=bool))
    return Trained(lessons.names, _languages(examples), judges.words, _exact(examples), moods=learn_moods({}))


def learn_moods(models: Mapping[str, Embedder]) -> MoodJudge:
    """The judges of how somebody feels, from our own sentences."""
    rows = sentences()
    words = _learn_words(*_marked([*rows, *CALM_CHAT]), len(NAMES))
    if ALL not in models:
        return MoodJudge(words)
    vectors = embed_all(models[ALL], [(text, language) for _, language, text in rows])
    return MoodJudge(words, _learn_meanings(vectors, _moods(rows), len(NAMES)))


def _marked(rows: Sequence[Felt]) -> tuple[list[list[str]], Targets]:
    return [marks(text, language) for _, language, text in rows], _moods(rows)


def _moods(rows: Sequence[Felt]) -> Targets:
    return np.array([NAMES.index(mood) for mood, _, _ in rows])


@dataclass(frozen=True, slots=True)
class _Lessons:
    """Examples in numbers; a model's vectors have a row an example, of zeros where it is not asked."""

    examples: Sequence[Example]
    names: tuple[str, ...]
    targets: Targets
    features: list[list[str]]
    vectors: Mapping[str, Numbers]
    asked: Mapping[str, npt.NDArray[np.bool_]]
    """By model: the examples in a language that it is asked about."""
    strange: npt.NDArray[np.bool_]
    doubt: int


@dataclass(frozen=True, slots=True)
class _Judges:
    words: WordJudge
    meanings: dict[str, MeaningJudge]


def _lessons(examples: Sequence[Example], models: Mapping[str, Embedder]) -> _Lessons:
    spoken = {one.language for one in examples}
    everyone = [*examples, *(one for one in strange() if one.language in spoken)]
    vectors, asked = _vectors(everyone, models)
    kept = _not_too_near(everyone, len(examples), vectors.get(ALL))
    everyone = [one for one, keep in zip(everyone, kept, strict=True) if keep]
    names = tuple(sorted({one.target for one in everyone}))
    return _Lessons(
        everyone,
        names,
        np.array([names.index(one.target) for one in everyone]),
        [features(one.text, one.language) for one in everyone],
        {name: rows[kept] for name, rows in vectors.items()},
        {name: rows[kept] for name, rows in asked.items()},
        np.array([one.target == ELSEWHERE for one in everyone]),
        DOUBT if sum(one.target == ELSEWHERE for one in examples) >= ENOUGH_STRANGE else 0,
    )


def _vectors(
    everyone: Sequence[Example], models: Mapping[str, Embedder]
) -> tuple[dict[str, Numbers], dict[str, npt.NDArray[np.bool_]]]:
    vectors, asked = {}, {}
    for name, model in models.items():
        rows = np.array([name != ENGLISH or one.language == "en" for one in everyone])
        if name == ENGLISH and not _enough_english(everyone):
            continue
        found = embed_all(model, [(one.text, one.language) for one, mine in zip(everyone, rows, strict=True) if mine])
        vectors[name] = np.zeros((len(everyone), found.shape[1]), dtype=np.float32)
        vectors[name][rows] = found
        asked[name] = rows
    return vectors, asked


def _enough_english(everyone: Sequence[Example]) -> bool:
    counts: dict[str, int] = defaultdict(int)
    for one in everyone:
        counts[one.target] += one.language == "en"
    return min(counts.values()) >= ENGLISH_PHRASES


def _not_too_near(everyone: Sequence[Example], own: int, vectors: Numbers | None) -> npt.NDArray[np.bool_]:
    """Which examples stay: all of the business's, and the strange ones that are strange to it."""
    kept = np.ones(len(everyone), dtype=bool)
    if vectors is None or own == len(everyone):
        return kept
    rows = centred(vectors, vectors[:own].mean(axis=0))
    likest = _nearest_of_own(rows[:own], everyone)
    if not len(likest):
        return kept
    usual = np.quantile(likest, TOO_NEAR)
    kept[own:] = (rows[own:] @ rows[:own].T).max(axis=1) < usual
    return kept


def _nearest_of_own(rows: Numbers, everyone: Sequence[Example]) -> Numbers:
    """Each phrase's likeness to the likest of the same target that is no translation of it."""
    by_target: dict[str, list[int]] = defaultdict(list)
    for position in range(len(rows)):
        by_target[everyone[position].target].append(position)
    found = [np.zeros(0, dtype=np.float32)]
    for positions in by_target.values():
        groups = np.array([everyone[p].group for p in positions])
        likeness = np.where(groups[:, None] == groups[None, :], -1.0, rows[positions] @ rows[positions].T)
        found.append(likeness.max(axis=1))
    everything = np.concatenate(found)
    return everything[everything > -1.0]


def _ask_held_back(lessons: _Lessons) -> dict[str, Numbers]:
    """By judge: every example's shares from a judge that has not seen it."""
    fold = thresholds.folds([one.group for one in lessons.examples], len(lessons.examples))
    shape = (len(lessons.examples), len(lessons.names))
    asked = {name: np.zeros(shape, dtype=np.float32) for name in (WORDS, *lessons.vectors)}
    for number in np.unique(fold):
        held = fold == number
        judges = _judges(lessons, _seen(lessons, ~held))
        for position in np.flatnonzero(held).tolist():
            found = judges.words.judge(lessons.features[position])
            asked[WORDS][position] = 0.0 if found is None else found
        for name, judge in judges.meanings.items():
            asked[name][held] = judge.shares(lessons.vectors[name][held])
    return asked


def _seen(lessons: _Lessons, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """``rows``, and all of a target that would have nothing left."""
    left = np.bincount(lessons.targets[rows], minlength=len(lessons.names))
    found: npt.NDArray[np.bool_] = rows | (left[lessons.targets] == 0)
    return found


def _judges(lessons: _Lessons, rows: npt.NDArray[np.bool_]) -> _Judges:
    count = len(lessons.names)
    seen = [lessons.features[position] for position in np.flatnonzero(rows).tolist()]
    meanings = {}
    for name, vectors in lessons.vectors.items():
        mine = rows & lessons.asked[name]
        if len(np.unique(lessons.targets[mine])) < count:
            mine = lessons.asked[name]
        meanings[name] = _learn_meanings(vectors[mine], lessons.targets[mine], count)
    return _Judges(_learn_words(seen, lessons.targets[rows], count), meanings)


def _learn_words(seen: Sequence[Sequence[str]], targets: Targets, count: int) -> WordJudge:
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
    found = vectorizer.fit_transform(seen)
    classifier = LinearSVC(C=2.0, random_state=0).fit(found, targets)
    weights, bias = _both_sides(classifier.coef_, classifier.intercept_, count)
    return WordJudge(vectorizer.vocabulary_, vectorizer.idf_.astype(np.float32), weights, bias)


def _learn_meanings(vectors: Numbers, targets: Targets, count: int) -> MeaningJudge:
    middle = vectors.mean(axis=0)
    classifier = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3).fit(centred(vectors, middle), targets)
    weights, bias = _both_sides(classifier.coef_, classifier.intercept_, count)
    return MeaningJudge(middle, weights, bias)


def _both_sides(weights: npt.NDArray[np.float64], bias: npt.NDArray[np.float64], count: int) -> tuple[Numbers, Numbers]:
    """A column a target, also for two: one line parts them, and the second's side is the first's other side."""
    if count == 2:
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32)


def _route(lessons: _Lessons, asked: Mapping[str, Numbers], name: str, wrong_share: float) -> tuple[Route, Outcomes]:
    """How much the words count beside this model, and the thresholds of the two together."""
    rows = lessons.asked.get(name, np.ones(len(lessons.examples), dtype=bool))
    own = rows & ~lessons.strange
    weights = WEIGHTS if name != WORDS else (1.0,)
    weight = max(weights, key=lambda w: _right(lessons, _mixed(asked, name, w))[own].mean().round(3))
    everything = _outcomes(lessons, _mixed(asked, name, weight))
    outcomes = everything.only(rows)
    found = thresholds.fit(outcomes.best, outcomes.right, outcomes.near, outcomes.strange, wrong_share)
    usual = np.quantile(everything.best[own], np.arange(1, 11) / 100) if own.any() else np.zeros(0)
    return Route(found, weight, tuple(float(score) for score in usual)), outcomes


def _outcomes(lessons: _Lessons, shares: Numbers) -> Outcomes:
    best = _own(lessons, shares).max(axis=1)
    return Outcomes(best, _right(lessons, shares), _near(lessons, shares), lessons.strange)


def _mixed(asked: Mapping[str, Numbers], name: str, weight: float) -> Numbers:
    meant = blend(asked[name], asked.get(ALL), ENGLISH_WEIGHT) if name == ENGLISH else asked[name]
    return blend(asked[WORDS], meant, weight)


def _right(lessons: _Lessons, shares: Numbers) -> npt.NDArray[np.bool_]:
    """Where the best target of the business's own is the right one."""
    found: npt.NDArray[np.bool_] = _own(lessons, shares).argmax(axis=1) == lessons.targets
    return found


def _near(lessons: _Lessons, shares: Numbers) -> npt.NDArray[np.bool_]:
    first = np.argsort(-_own(lessons, shares), axis=1)[:, :3]
    found: npt.NDArray[np.bool_] = (first == lessons.targets[:, None]).any(axis=1)
    return found


def _own(lessons: _Lessons, shares: Numbers) -> Numbers:
    """The shares of the business's own targets."""
    return doubted(shares, lessons.names, lessons.doubt)


def _accents(model: Embedder, spoken: Collection[str]) -> dict[str, Numbers]:
    """How far the same questions lie apart in a language without phrases and in English."""
    texts: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for one in strange():
        texts[one.language or ""].append((one.text, one.language))
    middles = {language: embed_all(model, some).mean(axis=0) for language, some in texts.items()}
    return {language: middle - middles["en"] for language, middle in middles.items() if language not in spoken}


def _languages(examples: Sequence[Example]) -> frozenset[str]:
    return frozenset(one.language for one in examples if one.language)


def _exact(examples: Sequence[Example]) -> dict[str, str]:
    targets: dict[str, set[str]] = defaultdict(set)
    for one in examples:
        targets[normal(one.text)].add(one.target)
    return {text: some.pop() for text, some in targets.items() if text and len(some) == 1}
