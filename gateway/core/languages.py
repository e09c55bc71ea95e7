"""Which language serves whom: a reader gets their own, else one they can read, else the business's."""

RELATIVES: dict[str, tuple[str, ...]] = {
    "ur-Latn": ("ur", "en"),
    "ur": ("ur-Latn", "en"),
    "hi": ("ur-Latn", "en"),
    "pt": ("es",),
}
"""A language and those that most of its readers read too, the nearest first; who is not named here has none."""


def languages_for(language: str | None, default: str) -> tuple[str, ...]:
    """The order in which texts are tried for somebody who reads ``language``.

    Their language as it is written, without its country (``es-MX``: ``es``), relatives, the business's own, English.
    """
    plain = _without_country(language or "")
    order = (language, plain, *RELATIVES.get(plain, ()), default, "en")
    return tuple(dict.fromkeys(one for one in order if one))


def _without_country(language: str) -> str:
    return "-".join(part for part in language.split("-") if not (len(part) == 2 and part.isupper()))
