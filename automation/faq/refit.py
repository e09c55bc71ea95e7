"""Sets a training's thresholds anew from what customers' messages turned out to ask, beside the business's phrases.

No judge learns from these messages, so each of them is asked as one that was never seen; a message that is a phrase by
now is left out. Phrases count less the more messages there are: all of them together as much as ``PHRASES_COUNT``
messages, and never less than a fifth. Where there are enough messages, these alone keep within the aim, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from automation.faq import thresholds
from automation.faq.embedding import Embedder
from automation.faq.examples import ELSEWHERE, Example
from automation.faq.learning import Learnt, learn
from automation.faq.matcher import Matcher, ranked
from automation.faq.model import Candidate, Outcome
from automation.faq.thresholds import Outcomes
from automation.faq.trained import Trained
from automation.language import detect
from automation.normal import normal

PHRASES_COUNT = 200
LEAST_OF_PHRASES = 0.2


@dataclass(frozen=True, slots=True)
class Heard:
    """A customer's message and what it asks (``fits``) or does not; an empty ``target``: nothing of ours."""

    text: str
    language: str | None
    target: str
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Refitted:
    """``taken`` False: the new thresholds would answer more of these messages wrongly than may be."""

    trained: Trained
    messages: int
    wrong_before: float
    wrong_after: float
    taken: bool


def refit(
    examples: Sequence[Example], models: Mapping[str, Embedder], wrong_share: float, heard: Sequence[Heard]
) -> Refitted | None:
    """Train, and set the thresholds with ``heard``, too; None: there is nothing to tell apart, or to learn from."""
    learnt = learn(examples, models, wrong_share)
    if learnt is None:
        return None
    fresh = [one for one in heard if normal(one.text) not in learnt.trained.exact and _is_known(one, learnt.trained)]
    if not fresh:
        return None
    after = _with_thresholds(learnt, models, wrong_share, fresh)
    before_share, after_share = (wrong(trained, models, fresh) for trained in (learnt.trained, after))
    taken = after_share <= max(wrong_share, before_share)
    return Refitted(after if taken else learnt.trained, len(fresh), before_share, after_share, taken)


def wrong(trained: Trained, models: Mapping[str, Embedder], heard: Sequence[Heard]) -> float:
    """The share of these messages that would be answered with what they do not ask."""
    matcher = Matcher(trained, lambda: models)
    matches = [(one, matcher.match(one.text, one.language)) for one in heard]
    answered = [(one, match.answer_id) for one, match in matches if match.outcome is Outcome.ANSWER]
    return sum((one.target == found) is not one.fits for one, found in answered if _tells(one, found)) / len(heard)


def _is_known(one: Heard, trained: Trained) -> bool:
    """An answer that is no more teaches nothing."""
    return one.target == ELSEWHERE or one.target in trained.names


def _tells(one: Heard, found: str | None) -> bool:
    """Whether what it asks, or does not, says if ``found`` is right: that it is not this may mean anything else."""
    return one.fits or one.target == found


def _with_thresholds(
    learnt: Learnt, models: Mapping[str, Embedder], wrong_share: float, heard: Sequence[Heard]
) -> Trained:
    trained = learnt.trained
    by_words = [trained.words.shares(one.text, detect(one.text, one.language)) for one in heard]
    sure = learnt.sure.with_more(_outcomes(heard, [ranked(trained, shares) for shares in by_words]))
    rows: dict[str, list[tuple[Heard, list[Candidate]]]] = {}
    for one, shares in zip(heard, by_words, strict=True):
        language = detect(one.text, one.language)
        route = trained.route(language, models)
        vectors = trained.vectors(route, one.text, language, models)
        candidates = ranked(trained, trained.judge(route, shares, language, vectors))
        rows.setdefault(route, []).append((one, candidates))
    routes = dict(trained.routes)
    for name, some in rows.items():
        told = _outcomes([one for one, _ in some], [candidates for _, candidates in some])
        routes[name] = replace(routes[name], thresholds=_fitted(learnt.held_back[name], told, wrong_share))
    return replace(trained, routes=routes, sure_at=thresholds.sure(sure.best, sure.right))


def _fitted(phrases: Outcomes, told: Outcomes, wrong_share: float) -> thresholds.Thresholds:
    count = len(told.best)
    share = max(LEAST_OF_PHRASES, PHRASES_COUNT / (PHRASES_COUNT + count))
    own = thresholds.phrase_weights(phrases.strange) * share
    theirs = np.full(count, (1 - share) / max(1, count), dtype=np.float32)
    all_ = phrases.with_more(told)
    weights = np.concatenate([own, theirs])
    found = thresholds.fit(all_.best, all_.right, all_.near, all_.strange, wrong_share, weights / weights.sum())
    if count < thresholds.FEW:
        return found
    strict = thresholds.lowest(told.best, (~told.right / count).astype(np.float32), wrong_share)
    return replace(found, answer_at=max(found.answer_at, strict))


def _outcomes(heard: Sequence[Heard], candidates: Sequence[list[Candidate]]) -> Outcomes:
    """As of phrases; of a message known only not to ask something, nothing but that very thing is telling."""
    told = [(one, some) for one, some in zip(heard, candidates, strict=True) if some and _tells(one, some[0].target)]
    best = np.array([some[0].score for _, some in told], dtype=np.float32)
    right = np.array([one.fits and some[0].target == one.target for one, some in told], dtype=bool)
    near = np.array([one.fits and one.target in [c.target for c in some[:3]] for one, some in told], dtype=bool)
    strange = np.array([one.fits and one.target == ELSEWHERE for one, _ in told], dtype=bool)
    return Outcomes(best, right, near, strange)
