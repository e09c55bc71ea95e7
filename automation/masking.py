"""Takes out of a customer's words what names them: e-mail addresses, long numbers, their own name."""

import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_NUMBER = re.compile(r"[A-Za-z]{0,3}[-#]?\+?\d(?:[\s().-]?\d){3,}")
"""Four digits or more, as phone, card, house and order numbers have them."""
SHORTEST_NAME = 3


def masked(text: str, names: str = "") -> str:
    """``text`` with ``(email)``, ``(number)`` and ``(name)`` in their place; ``names``: what its writer is called."""
    text = _NUMBER.sub("(number)", _EMAIL.sub("(email)", text))
    words = sorted({word for word in re.findall(r"\w+", names) if len(word) >= SHORTEST_NAME}, key=len, reverse=True)
    if not words:
        return text
    return re.sub(rf"\b({'|'.join(map(re.escape, words))})\b", "(name)", text, flags=re.IGNORECASE)
