"""What templates call beside formats: words for codes, and texts made safe and told apart by script."""

import re
from collections.abc import Callable
from typing import Any

from jinja2.utils import urlize
from markupsafe import Markup

from automation import language
from gateway.console import cards, words
from gateway.console.inbox import COUNTED, InboxRow, View
from gateway.desk.users import Account
from gateway.models.message import Media

PICTURE_WIDTH, PICTURE_HEIGHT = 280, 320

FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters of Hebrew, Arabic and their kin."""
RIGHT_TO_LEFT = ("ur", "ar", "fa", "he")


def said(text: str) -> Markup:
    """A customer's or agent's text: escaped, with its web addresses as links."""
    return Markup(urlize(text, target="_blank", rel="noopener noreferrer nofollow"))  # noqa: S704 - urlize escapes


def lang_attr(text: str, known: str | None = None) -> Markup:
    """``lang="ur"`` where the script says so: picks the typeface, the line height and the voice of a screen reader."""
    code = language.detect(text, known) if text and FROM_THE_RIGHT.search(text) else None
    return Markup(' lang="{}"').format(code) if code in RIGHT_TO_LEFT else Markup("")


def picture_size(file: Media) -> Markup:
    """Width and height as shown, so that nothing moves when the picture comes."""
    width, height = file.width or 1, file.height or 1
    scale = min(1.0, PICTURE_WIDTH / width, PICTURE_HEIGHT / height)
    return Markup('width="{}" height="{}"').format(max(1, round(width * scale)), max(1, round(height * scale)))


def whereabouts(row: InboxRow, who: Account) -> str:
    """Where a conversation went that has left this view."""
    if row.state == "resolved":
        return "resolved"
    if row.owner == "agent":
        return "yours" if row.assignee_id == who.id else f"with {row.assignee}"
    return "with bot" if row.owner == "bot" else "waiting"


def counted(number: int, view: View) -> str:
    """How many stand in a view, as far as it is counted."""
    return f"{COUNTED - 1}+" if view.filters.kept and number >= COUNTED else str(number)


FILTERS: dict[str, Callable[..., object]] = {
    "said": said,
    "lang_attr": lang_attr,
    "picture_size": picture_size,
    "whereabouts": whereabouts,
    "counted": counted,
    "channel_words": words.channel,
    "language_words": words.language,
    "preview_words": words.preview,
    "state_words": words.state,
    "failure": words.failure,
    "cards": cards.cards,
}

GLOBALS: dict[str, Any] = {"failed_states": words.FAILED}
