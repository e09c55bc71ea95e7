"""What becomes of a reply's files on its channel, and how that is said: to the customer and to ourselves. Pure."""

import mimetypes
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from gateway.core.business import Channel
from gateway.core.errors import InvalidPayload
from gateway.core.files import FILM, PICTURE, SONG, VOICE_NOTE, Convert, File, Fits, Refuse, Why, fit, plain
from gateway.core.numbers import carries_mms
from gateway.core.replies import OutMedia, Reply
from gateway.core.words import ChannelType
from gateway.desk.cutting import shorten
from gateway.desk.render import in_language

PREPARED_WITHIN = timedelta(minutes=2)
"""Then what is not ready goes as a link: a delivery holds its followers for three minutes."""
NAMES = {
    ChannelType.WHATSAPP: "WhatsApp",
    ChannelType.SMS: "SMS",
    ChannelType.MMS: "MMS",
    ChannelType.RCS: "RCS",
    ChannelType.MESSENGER: "Messenger",
}
TOO_LARGE = {
    "en": "The file is too large for {channel}. You can open it here: {links}",
    "ur": "یہ فائل {channel} کے لیے بہت بڑی ہے۔ آپ اسے یہاں کھول سکتے ہیں: {links}",
    "ur-latn": "Yeh file {channel} ke liye bohat bari hai. Aap ise yahan khol sakte hain: {links}",
    "es": "El archivo es demasiado grande para {channel}. Puede abrirlo aquí: {links}",
    "ar": "الملف كبير جدًا على {channel}. يمكنك فتحه هنا: {links}",
    "hi": "यह फ़ाइल {channel} के लिए बहुत बड़ी है। आप इसे यहाँ खोल सकते हैं: {links}",
    "pt": "O arquivo é grande demais para o {channel}. Pode abri-lo aqui: {links}",
}
HERE = {
    "en": "You can open the file here: {links}",
    "ur": "آپ فائل یہاں کھول سکتے ہیں: {links}",
    "ur-latn": "Aap file yahan khol sakte hain: {links}",
    "es": "Puede abrir el archivo aquí: {links}",
    "ar": "يمكنك فتح الملف هنا: {links}",
    "hi": "आप फ़ाइल यहाँ खोल सकते हैं: {links}",
    "pt": "Pode abrir o arquivo aqui: {links}",
}
REASONS = {
    Why.TOO_LARGE: "it is too large for {channel}",
    Why.NOT_TAKEN: "{channel} does not take {kind}",
    Why.UNSURE: "{channel} does not take what is in it",
    Why.NO_FILES: "{channel} carries no files here",
    Why.TOO_LONG: "it is too long to be made small enough for {channel}",
    Why.UNREADABLE: "it cannot be read to be converted for {channel}",
    Why.REFUSED: "{channel} did not take it",
    Why.NOT_READY: "converting it took too long",
}
"""Why a file is not sent as it was handed in, in words for our own people."""
KINDS = {PICTURE: "JPEG", VOICE_NOTE: "a voice note", FILM: "MP4", SONG: "MP3"}


def planned(reply: Reply, channel: Channel, address: str) -> Reply:
    """The reply with each file marked by what must be done to it for this channel.

    Raises:
        InvalidPayload: the channel can bring a file in no form at all.
    """
    if not reply.media:
        return reply
    carried_as = _carried_as(channel, address)
    marked = [_marked(file, position, carried_as) for position, file in enumerate(reply.media)]
    return replace(reply, media=tuple(marked))


def is_waiting(files: Sequence[OutMedia]) -> bool:
    """Whether any of them must be made ready before they go out."""
    return any(file.why for file in files)


def row_of(file: OutMedia) -> dict[str, Any]:
    """A file as deliveries keep it; ``OutMedia(**row)`` reads it."""
    kept = {name: value for name, value in asdict(file).items() if value not in (None, "", 0)}
    return kept | {"content_type": file.content_type}


def with_links(body: str, why: str, links: Sequence[str], channel_type: str, language: str | None, limit: int) -> str:
    """``body`` and where the files can be opened; at most ``limit`` characters, the links whole."""
    if not links:
        return body
    sentence = in_language(TOO_LARGE if why == Why.TOO_LARGE else HERE, language or "en")
    shown = links[0] if len(links) == 1 else "\n" + "\n".join(links)
    said = sentence.format(channel=_name(channel_type), links=shown)
    above = shorten(body, limit - len(said) - 2) if len(body) + len(said) + 2 > limit else body
    return f"{above}\n\n{said}" if above else said


def note(file: OutMedia, channel_type: str, *, made: str = "") -> str:
    """What we did to a file and why, for desk and API; ``made``: the content type it was converted to, else a link."""
    did = f"Converted to {KINDS.get(made, made)}" if made else "Sent as a link"
    why = REASONS[Why(file.why)].format(channel=_name(channel_type), kind=_kind(file.content_type))
    return f"{did}: {why}."


def _carried_as(channel: Channel, address: str) -> ChannelType:
    if channel.type is ChannelType.SMS and channel.mms and carries_mms(address):
        return ChannelType.MMS
    return channel.type


def _marked(file: OutMedia, position: int, channel_type: ChannelType) -> OutMedia:
    found = fit(File(file.content_type, file.size, ours=file.media_id is not None), channel_type)
    if isinstance(found, Refuse):
        raise InvalidPayload(f"{file.filename or 'the file'}: {_refusal(found, channel_type)}")
    if isinstance(found, Fits):
        return replace(file, position=position)
    if isinstance(found, Convert):
        return replace(file, position=position, why=found.why.value, to=found.to, most_bytes=found.most_bytes)
    return replace(file, position=position, why=found.why.value)


def _refusal(found: Refuse, channel_type: ChannelType) -> str:
    return "the file is empty" if found.why is Why.EMPTY else f"{_name(channel_type)} carries no files"


def _kind(content_type: str) -> str:
    """What people call files of this type, by the ending of their names."""
    ending = mimetypes.guess_extension(plain(content_type)) or ""
    return f"{ending[1:].upper()} files" if ending else plain(content_type)


def _name(channel_type: str) -> str:
    return NAMES.get(ChannelType(channel_type), channel_type)
