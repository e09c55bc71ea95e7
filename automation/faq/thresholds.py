"""Where an answer is sure enough: from questions put to judges that had not seen them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STRANGE_SHARE = 0.15
"""Of real messages, those that no answer fits: phrases have none, so they are weighed in."""
SURE_WRONG_SHARE = 0.01
"""Of what the first judge answers alone."""
FEW = 40
"""Questions below which nothing can be learnt from them."""
SURE_AT_LEAST = 0.6
OFFERED_RIGHT, OFFERED_WRONG, OFFERED_STRANGE = 0.5, -0.3, -0.6
"""What "did you mean" is worth with the right one in it, without it, and to somebody who asked something else."""

Shares = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares of 1 from which the best target is answered, and from which it is worth asking about."""

    answer_at: float = 0.5
    offer_at: float = 0.24


@dataclass(frozen=True, slots=True)
class Outcomes:
    """A row a question: its best share, whether that was right, whether the right one was among the first three,
    and whether nothing fits it."""

    best: Shares
    right: npt.NDArray[np.bool_]
    near: npt.NDArray[np.bool_]
    strange: npt.NDArray[np.bool_]

    def only(self, rows: npt.NDArray[np.bool_]) -> "Outcomes":
        return Outcomes(self.best[rows], self.right[rows], self.near[rows], self.strange[rows])

    def with_more(self, more: "Outcomes") -> "Outcomes":
        pairs = ((getattr(self, name), getattr(more, name)) for name in self.__slots__)
        return Outcomes(*(np.concatenate(pair) for pair in pairs))


def fit(best: Shares, right: npt.NDArray[np.bool_], near: npt.NDArray[np.bool_], strange: npt.NDArray[np.bool_],
        wrong_share: float, weights: Shares | None = None) -> Thresholds:  # fmt: skip
    """From each question's best share, whether that was right, whether the right one was among the first three.

    ``weights`` sum to 1; without them the phrases and the strange questions count as they usually come.
    """
    if (~strange).sum() < FEW:
        return Thresholds()
    weights = phrase_weights(strange) if weights is None else weights
    answer_at = lowest(best, weights * ~right, wrong_share)
    worth = np.where(strange, OFFERED_STRANGE, np.where(near, OFFERED_RIGHT, OFFERED_WRONG)) * weights
    return Thresholds(answer_at, min(answer_at, _best_offer(best, worth, answer_at)))


def sure(best: Shares, right: npt.NDArray[np.bool_]) -> float:
    """From where the first judge alone is hardly ever wrong; above 1 (never) if it always may be."""
    order = np.argsort(-best, kind="stable")
    shares = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    fine = np.flatnonzero(shares <= SURE_WRONG_SHARE)
    if len(best) < FEW or not len(fine):
        return 2.0
    return max(SURE_AT_LEAST, float(best[order][fine[-1]]))


def phrase_weights(strange: npt.NDArray[np.bool_]) -> Shares:
    """What each phrase and each strange question of ours counts: as often as such messages come."""
    found = np.full(len(strange), 1.0 / max(1, len(strange)), dtype=np.float32)
    if strange.any():
        found = np.where(strange, STRANGE_SHARE / strange.sum(), (1 - STRANGE_SHARE) / (~strange).sum())
    return found.astype(np.float32)


def lowest(best: Shares, cost: Shares, allowed: float) -> float:
    """The lowest value of ``best`` down to which all costs together stay within what is allowed; equals go together."""
    order = np.argsort(-best, kind="stable")
    last_of_equals = np.append(np.diff(best[order]) != 0, True)[: len(order)]
    within = np.flatnonzero((np.cumsum(cost[order]) <= allowed) & last_of_equals)
    return float(best[order][within[-1]]) if len(within) else 1.0


def _best_offer(best: Shares, worth: Shares, below: float) -> float:
    """From where asking "did you mean" is worth most in all."""
    unsure = best < below
    if not unsure.any():
        return below
    order = np.argsort(-best[unsure], kind="stable")
    gains = np.cumsum(worth[unsure][order])
    return float(best[unsure][order][int(np.argmax(gains))]) if gains.max() > 0 else below


def folds(groups: Sequence[int], count: int) -> npt.NDArray[np.int64]:
    """The fold each example is held back in: translations of a phrase are held back together."""
    most = 8 if count <= 1500 else 5 if count <= 4000 else 3
    return np.array(groups, dtype=np.int64) % most
