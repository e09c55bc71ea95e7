"""The first judge, cheap: a linear classifier over the words and letters of a text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automation.faq.features import features

SHARPNESS = 3.0
"""How far apart the classifier's distances are drawn when they become shares of 1."""

Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WordJudge:
    """``weights`` has a row a feature and a column a target."""

    columns: Mapping[str, int]
    idf: Numbers
    weights: Numbers
    bias: Numbers

    def shares(self, text: str, language: str | None) -> Numbers | None:
        """Each target's share of 1; None: nothing in the text was ever seen."""
        return self.judge(features(text, language))

    def judge(self, found: Sequence[str]) -> Numbers | None:
        counts = Counter(self.columns[f] for f in found if f in self.columns)
        if not counts:
            return None
        columns = np.fromiter(counts.keys(), np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[columns]
        values /= np.sqrt(values @ values)
        return shares(SHARPNESS * (values @ self.weights[columns] + self.bias))


def shares(distances: Numbers) -> Numbers:
    """Numbers that sum to 1, the larger the distance the larger."""
    powers = np.exp(distances - distances.max(axis=-1, keepdims=True))
    found: Numbers = powers / powers.sum(axis=-1, keepdims=True)
    return found


def blend(first: Numbers, second: Numbers | None, weight: float) -> Numbers:
    """``weight`` parts of the first, the rest of the second, if there is one."""
    if second is None:
        return first
    found: Numbers = np.float32(weight) * first + np.float32(1 - weight) * second
    return found
