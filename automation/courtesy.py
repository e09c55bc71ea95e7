"""What people put around the words that matter: "bhai", "please", "ok"; and the thumbs and hearts they end with."""

from collections.abc import Set
from functools import cache

from automation.normal import normal

LONGEST = 8
"""Words: who writes more says more than a hello."""
_PHRASES = """
bhai, bhai jan, bhaijan, yaar, yar, sir, sir ji, madam, maam, miss, dear, bro, brother, boss, team, there, everyone,
all, friend, ji, jee, g, janab, sahab, sahib, baji, api, ok, okay, okey, k, great, perfect, nice, good, cool, alright,
all right, fine, got it, and, then, please, plz, pls, so much, very much, a lot, for your help,
for the help, thek hai, theek hai, thik hai, tik hai, acha, achha, aur, bohat, buhat, bht,
بھائی, بھائی جان, یار, سر, میڈم, جناب, صاحب, جی, اوکے, ٹھیک ہے, اچھا, بہت, اور, پلیز,
يا أخي, أخي, حسنا, تمام, amigo, amiga, señor, señora, señorita, vale, perfecto, listo, bueno, bien, muy bien,
de acuerdo, y, por favor, por todo, por la ayuda, भाई, सर, मैडम, जी, ठीक है, अच्छा, tá, beleza
"""
_KIND_SIGNS = frozenset("👍👌🙏❤💕💖🥰😍😊☺🙂😀😃😄😁🤗🤝👏💐🌹🌸✅✌💚💙🧡💛💜🤍♥🫶🤲")
_UNSEEN = frozenset("\ufe0e\ufe0f\u200d") | {chr(code) for code in range(0x1F3FB, 0x1F400)}
"""What makes of an emoji a picture, a family or a skin colour."""


def only_says(text: str, phrases: Set[str]) -> bool:
    """Whether ``text`` is nothing but some of ``phrases`` (in normal form) and courtesies around them."""
    words = normal(text).split()
    return 1 < len(words) <= LONGEST and _covered(tuple(words), phrases, said=False)


def is_kind_sign(text: str) -> bool:
    """Whether ``text`` is only thumbs, hearts and smiles: they end a talk and ask nothing."""
    signs = {character for character in text if not character.isspace()} - _UNSEEN
    return bool(signs) and signs <= _KIND_SIGNS


def _covered(words: tuple[str, ...], phrases: Set[str], *, said: bool) -> bool:
    if not words:
        return said
    for end in range(len(words), 0, -1):
        head = " ".join(words[:end])
        if head in phrases and _covered(words[end:], phrases, said=True):
            return True
        if head in _courtesies() and _covered(words[end:], phrases, said=said):
            return True
    return False


@cache
def _courtesies() -> frozenset[str]:
    return frozenset(normal(phrase) for phrase in _PHRASES.split(","))
