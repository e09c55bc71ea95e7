"""The second judge, dear: a linear classifier over embeddings, which know what words have in common."""

from dataclasses import dataclass

import numpy as np

from automation.faq.words import Numbers, shares


@dataclass(frozen=True, slots=True)
class MeaningJudge:
    middle: Numbers
    """The mean of what it learnt from: all embeddings lie close together, and only what parts them matters."""
    weights: Numbers
    bias: Numbers

    def shares(self, vectors: Numbers) -> Numbers:
        """Each target's share of 1, for one vector or for a row each."""
        return shares(centred(vectors, self.middle) @ self.weights + self.bias)


def centred(vectors: Numbers, middle: Numbers) -> Numbers:
    away = vectors - middle
    found: Numbers = away / np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), 1e-6)
    return found
