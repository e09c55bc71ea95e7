"""How a reply looks on a channel: parts that each fit one provider call. Pure; the last decision before the outbox."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.core.bidi import in_order
from gateway.core.capabilities import Capabilities, capabilities_of
from gateway.core.replies import ContentShape, Option, OutMedia, Reply
from gateway.core.words import ChannelType
from gateway.desk.cutting import shorten, shorten_all, split_text, units

BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])")
OPTION_ID = 200
LIST_OPENER = 20
CAPTION = 1024
CAPTION_OF_MANY = 300
"""Should the channel refuse the files after all, the text and the links to them must fit one message."""
EMPTY = "–"
"""Stands for a missing description: providers refuse an empty variable."""

NUMBER_HINTS = {
    "en": "Reply with a number.",
    "ur": "نمبر لکھ کر جواب دیں۔",
    "ur-latn": "Number likh kar jawab dein.",
    "es": "Responda con un número.",
    "ar": "أجب برقم.",
    "hi": "नंबर लिखकर जवाब दें।",
    "pt": "Responda com um número.",
}
LIST_OPENERS = {
    "en": "Choose",
    "ur": "انتخاب کریں",
    "ur-latn": "Chunein",
    "es": "Elegir",
    "ar": "اختر",
    "hi": "चुनें",
    "pt": "Escolher",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One provider call. With a ``shape``, ``body`` is what goes out instead where the shape cannot be made."""

    body: str = ""
    media: tuple[OutMedia, ...] = ()
    shape: ContentShape | None = None
    variables: dict[str, str] | None = None


def render(reply: Reply, channel_type: ChannelType) -> list[Part]:
    """The reply's parts in the order they go out; none when there is nothing to say."""
    can = capabilities_of(channel_type)
    if not can.bold:
        reply = replace(reply, text=BOLD.sub(r"\1", reply.text))
    if can.directions:
        reply = replace(reply, text=in_order(reply.text, reply.language))
    if reply.options:
        return [*_media_parts(Reply(media=reply.media), can), *_with_options(reply, can)]
    return _media_parts(reply, can) if reply.media else _text_parts(reply.text, can)


def _text_parts(text: str, can: Capabilities) -> list[Part]:
    return [Part(body=part) for part in split_text(text.strip(), can.text) if part.strip()]


def _media_parts(reply: Reply, can: Capabilities) -> list[Part]:
    """Files grouped as the channel carries them, the text as the first group's caption if it fits."""
    groups = _grouped(reply.media, can)
    text = reply.text.strip()
    most = CAPTION if groups and len(groups[0]) == 1 else CAPTION_OF_MANY
    captioned = bool(groups) and can.caption and units(text) <= most and _bears_caption(groups[0])
    parts = [Part(media=group, body=text if captioned and at == 0 else "") for at, group in enumerate(groups)]
    return parts if captioned else [*_text_parts(text, can), *parts]


def _grouped(files: tuple[OutMedia, ...], can: Capabilities) -> list[tuple[OutMedia, ...]]:
    """As many in one message as the channel carries; one that must be made ready first goes alone."""
    groups: list[tuple[OutMedia, ...]] = []
    for file in files:
        last = groups[-1] if groups else ()
        size = sum(each.size or 0 for each in (*last, file))
        joins = 0 < len(last) < can.media_per_message and size <= can.media_bytes and not (file.why or last[-1].why)
        if joins:
            groups[-1] = (*last, file)
        else:
            groups.append((file,))
    return groups


def _bears_caption(media: tuple[OutMedia, ...]) -> bool:
    """Voice notes, contacts and stickers are shown without the words sent along; a link stands among words."""
    becomes_link = bool(media[0].why) and not media[0].to
    return becomes_link or not media[0].content_type.startswith(("audio/", "text/vcard", "text/x-vcard", "image/webp"))


def _with_options(reply: Reply, can: Capabilities) -> list[Part]:
    kind = _kind_for(len(reply.options), can)
    if kind is None:
        return _text_parts(_numbered(reply.text, reply.options, reply.language, can.text), can)
    *before, last = split_text(reply.text.strip(), can.options_text)
    return [*(part for text in before for part in _text_parts(text, can)), _content_part(reply, last, kind, can)]


def _kind_for(options: int, can: Capabilities) -> str | None:
    if options <= can.buttons:
        return "buttons"
    return "list" if options <= can.list_rows else None


def _content_part(reply: Reply, text: str, kind: str, can: Capabilities) -> Part:
    described = kind == "list" and any(option.description for option in reply.options)
    values = [text.strip()]
    if kind == "list":
        values.append(shorten(reply.list_button or in_language(LIST_OPENERS, reply.language), LIST_OPENER))
    values += _option_values(reply.options, can.list_title if kind == "list" else can.button_title, described, can)
    return Part(
        body=_numbered(text, reply.options, reply.language, can.text),
        shape=ContentShape(kind, len(reply.options), described),
        variables={str(number): value for number, value in enumerate(values, 1)},
    )


def _option_values(options: tuple[Option, ...], title_limit: int, described: bool, can: Capabilities) -> Iterator[str]:
    titles = shorten_all([option.title for option in options], title_limit)
    for option, title in zip(options, titles, strict=True):
        yield title
        yield option.id[:OPTION_ID]
        if described:
            yield shorten(option.description, can.list_description) or EMPTY


def _numbered(text: str, options: tuple[Option, ...], language: str, limit: int) -> str:
    """Options as numbered lines below the text; descriptions only where all fits into one message."""
    full = _lines(text, options, language, described=True)
    return full if units(full) <= limit else _lines(text, options, language, described=False)


def _lines(text: str, options: tuple[Option, ...], language: str, described: bool) -> str:
    rows = [
        f"{number}. {option.title}" + (f" – {option.description}" if described and option.description else "")
        for number, option in enumerate(options, 1)
    ]
    return "\n".join([text.strip(), "", *rows, "", in_language(NUMBER_HINTS, language)])


def in_language(texts: dict[str, str], language: str) -> str:
    """The text of a language tag, else of its main language (``pt-BR`` → ``pt``), else English."""
    tag = language.lower()
    return texts.get(tag) or texts.get(tag.partition("-")[0]) or texts["en"]
