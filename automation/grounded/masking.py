"""Takes what tells who somebody is out of a text before it leaves the house, and puts it back into what comes again.

``my order G204171, call 0300 1234567`` becomes ``my order [ORDER_1], call [PHONE_1]``. Digits of every script count.
Prices, small numbers and years stay: a question is about them. Names are only those known of the contact.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LONGEST = 1000
"""Characters of a message that are looked at, and sent."""
MOST = 50
"""Things taken out of one text; what stands behind more is left out with them."""

PLACEHOLDER = re.compile(r"\[([A-Z]{2,8})_\d{1,2}\]")
NEVER_BACK = frozenset({"LINK"})
"""An address that somebody wrote to us is nothing that we write."""

_CURRENCY = (
    r"(?:rs|pkr|inr|usd|eur|gbp|aed|sar|brl|rupees?|rupay|rupaye|dollars?|euros?|reais|[$€£₹₨]"
    r"|روپے|روپیہ|रुपये|रुपए|دولار|درهم|ريال)"
)
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_LINK = re.compile(r"(?:https?://|www\.)\S{1,400}", re.IGNORECASE)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?=(?:[ A-Za-z]{0,30}\d){8})[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}"
    r"(?: ?(?=[A-Za-z]{0,2}\d)[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])"
)
_ORDER = re.compile(r"(?<![A-Za-z0-9])(?:#\d{2,20}|[A-Za-z]{1,8}[-/]?\d{3,20}(?:[-/]?[A-Za-z0-9]{1,20}){0,3})(?!\w)")
_NUMBER = re.compile(r"(?<!\w)\+?\(?\d(?:[ ()./-]{0,2}\d){4,}(?!\w)")
_LONG = re.compile(r"\d{7,}")
"""Whatever it stands in."""
_PRICE = re.compile(
    rf"{_CURRENCY}\.? ?\d{{1,7}}(?![\d-])|(?<![\w-])\d{{1,7}} ?{_CURRENCY}(?!\w)|(?<![\w-])\d{{1,7}} ?/-", re.IGNORECASE
)
_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d{2})|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_ID = re.compile(r"\d{5}[- ]?\d{7}[- ]?\d")


@dataclass(frozen=True, slots=True)
class Masked:
    """``hidden``: placeholder → what it stands for."""

    text: str
    hidden: Mapping[str, str] = field(default_factory=dict)


def mask(text: str, names: Iterable[str] = ()) -> Masked:
    """``text`` with placeholders for e-mail addresses, links, IBANs, cards, identity and phone numbers, order numbers
    and ``names``. Its own square brackets become round ones: nobody writes a placeholder by hand."""
    hiding = _Hiding()
    text = plain(text)[:LONGEST].replace("[", "(").replace("]", ")")
    text = hiding.take(_EMAIL, "EMAIL", text)
    text = hiding.take(_LINK, "LINK", text)
    text = hiding.take(_IBAN, "IBAN", text)
    for name in _names(names):
        text = hiding.take(re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE), "NAME", text)
    prices = [found.span() for found in _PRICE.finditer(text)]
    text = hiding.take(_ORDER, "ORDER", text, prices)
    prices = [found.span() for found in _PRICE.finditer(text)]
    text = hiding.take(_NUMBER, "", text, prices)
    text = hiding.take(_LONG, "", text)
    return Masked(text, hiding.hidden)


def restore(text: str, hidden: Mapping[str, str]) -> str:
    """``text`` with the customer's own words in place of their placeholders."""
    return PLACEHOLDER.sub(lambda found: hidden.get(found[0], found[0]), text)


def may_come_back(placeholder: str, hidden: Mapping[str, str]) -> bool:
    """Whether it stands for something of the customer's that we may write to them."""
    found = PLACEHOLDER.fullmatch(placeholder)
    return found is not None and placeholder in hidden and found[1] not in NEVER_BACK


def plain(text: str) -> str:
    """One line, digits of every script as 0 to 9, without signs that nobody sees."""
    return " ".join("".join(_sign(character) for character in text[: 4 * LONGEST]).split())


def _sign(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category in ("Cc", "Zl", "Zp", "Zs", "Cs"):
        return " "
    joins = character in "\u200c\u200d"  # Urdu and Hindi are misspelt without
    return "" if category in ("Cf", "Co", "Cn") and not joins else character


def _names(names: Iterable[str]) -> list[str]:
    """Whole names first, then each word of them that is long enough to be one."""
    whole = {plain(name).strip() for name in names}
    parts = {word for name in whole for word in name.split() if len(word) > 2}
    return sorted(parts | {name for name in whole if len(name) > 2}, key=lambda name: (-len(name), name))[:MOST]


@dataclass(slots=True)
class _Hiding:
    """What was taken out so far; the same thing has the same placeholder."""

    hidden: dict[str, str] = field(default_factory=dict)

    def take(self, pattern: re.Pattern[str], kind: str, text: str, leave: Iterable[tuple[int, int]] = ()) -> str:
        spared = list(leave)

        def hide(found: re.Match[str]) -> str:
            if any(start < found.end() and found.start() < end for start, end in spared):
                return found[0]
            return self._placeholder(found[0], kind or _kind_of(found[0]))

        return pattern.sub(hide, text)

    def _placeholder(self, value: str, kind: str) -> str:
        for placeholder, known in self.hidden.items():
            if known == value:
                return placeholder
        if len(self.hidden) >= MOST:
            return "(…)"
        count = sum(placeholder.startswith(f"[{kind}_") for placeholder in self.hidden) + 1
        placeholder = f"[{kind}_{count}]"
        self.hidden[placeholder] = value
        return placeholder


def _kind_of(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if _DATE.fullmatch(number):
        return "DATE"
    if _ID.fullmatch(number):
        return "ID"
    if 13 <= len(digits) <= 19 and _luhn(digits):
        return "CARD"
    return "PHONE" if 9 <= len(digits) <= 15 else "NUMBER"


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0
