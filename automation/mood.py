"""How somebody feels as they write: angry, in a hurry, or neither; learnt from sentences of our own."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automation.faq.features import features
from automation.faq.meanings import MeaningJudge
from automation.faq.model import Mood
from automation.faq.words import Numbers, WordJudge, blend

SENTENCES = Path(__file__).parent / "data" / "moods.txt"
WORDS_WEIGHT = 0.35
"""What words and marks count beside the meaning."""
STRONG, STRONG_ALONE = 0.4, 0.7
"""The share from which anger or hurry is believed, and the one if words alone tell of it; below, somebody is calm."""
SHORT, STRONG_SHORT = 4, 0.85
"""A text of fewer words says little, so that words alone must say it clearly."""

FEWEST_CAPITALS = 5
FURY = "😡🤬😠👿💢"


NAMES = tuple(sorted(Mood))


@dataclass(frozen=True, slots=True)
class MoodJudge:
    """Trained with the matcher and kept beside it."""

    words: WordJudge
    meaning: MeaningJudge | None = None

    def mood(self, text: str, language: str | None, vector: Numbers | None = None) -> Mood:
        """The mood of one message; ``vector`` is its embedding, if it was worked out."""
        if furious(text):
            return Mood.ANGRY
        by_words = self.words.judge(marks(text, language))
        shares = by_words if by_words is not None else np.array([0.0, 1.0, 0.0], dtype=np.float32)
        if self.meaning is None or vector is None:
            return strongest(shares, STRONG_ALONE if len(text.split()) >= SHORT else STRONG_SHORT)
        return strongest(blend(shares, self.meaning.shares(vector), WORDS_WEIGHT), STRONG)


def strongest(shares: Numbers, strong: float) -> Mood:
    """Calm unless another mood is strong: a false alarm costs people's time."""
    angry, calm, urgent = (float(share) for share in shares)
    if max(angry, urgent) < strong:
        return Mood.NEUTRAL
    return Mood.NEUTRAL if calm > max(angry, urgent) else Mood.ANGRY if angry >= urgent else Mood.URGENT


def marks(text: str, language: str | None) -> list[str]:
    """The features of a text, and how loud it is."""
    found = features(text, language)
    return found + ["m:shouts"] * 6 * shouts(text) + ["m:loud"] * 4 * exclaims(text)


def shouts(text: str) -> bool:
    """Mostly in capitals, and more than an "OK"."""
    capitals = sum(character.isupper() for character in text)
    return capitals >= FEWEST_CAPITALS and capitals >= 2 * sum(character.islower() for character in text)


def exclaims(text: str) -> bool:
    return text.count("!") + text.count("！") >= 2


def furious(text: str) -> bool:
    """Faces that need no words."""
    return any(face in text for face in FURY)


def sentences() -> list[tuple[str, str, str]]:
    """(mood, language, text) of what the judges learn from."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(mood, language, text) for mood, language, text in rows]
