"""What the first judge sees of a text: pieces of letters, and words by sound, by their English and by consonants."""

from itertools import pairwise

from automation.faq.gloss import gloss
from automation.faq.skeleton import skeleton
from automation.normal import normal, sound

LONGEST = 400
"""Characters matched; a question stands in the first lines of a message."""

GLOSS_WEIGHT = 3
"""How often the English of a word counts: it alone joins what two languages say."""

STOP_SOUNDS = frozenset(
    sound(word)
    for word in "a an the is are am do does did to of i you me my your we it in on for and can please plz pls sir "
    "bhai hai hain he ho hun hoon ka ki ke ko se mein main mai kya aap ap mera meri mujhe jee ji or aur yeh ye".split()
)


def features(text: str, language: str | None = None) -> list[str]:
    """The features of a text as written by anyone; empty for a text without a letter or digit."""
    text = normal(text)[:LONGEST]
    words = text.split()
    return [*_pieces(words), *_words(words), *_english(text, language), *_bones(words)]


def _pieces(words: list[str]) -> list[str]:
    found = []
    for word in words:
        padded = f" {word} "
        for size in (2, 3, 4, 5):
            found += [padded[i : i + size] for i in range(max(1, len(padded) - size + 1))]
    return found


def _words(words: list[str]) -> list[str]:
    sounds = [sound(word) for word in words]
    telling = [s for s in sounds if s not in STOP_SOUNDS]
    pairs = [f"p:{first}_{second}" for first, second in pairwise(sounds)]
    return [f"w:{s}" for s in sounds] + [f"t:{s}" for s in telling] * 2 + pairs


def _english(text: str, language: str | None) -> list[str]:
    sounds = (sound(word) for word in gloss(text, language).split())
    return [f"g:{s}" for s in sounds if s not in STOP_SOUNDS] * GLOSS_WEIGHT


def _bones(words: list[str]) -> list[str]:
    return [f"k:{bones}" for word in words if len(bones := skeleton(word)) > 1]
