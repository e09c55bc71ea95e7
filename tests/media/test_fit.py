"""What each channel takes of a file, as a table; and what a reply's files are marked with."""

import pytest

from gateway.core.business import Channel
from gateway.core.errors import InvalidPayload
from gateway.core.files import Convert, File, Fit, Fits, Link, Refuse, Why, fit
from gateway.core.numbers import carries_mms
from gateway.core.replies import OutMedia, Reply
from gateway.core.words import ChannelType
from gateway.desk.attachments import note, planned, row_of, with_links

MB = 1_000_000
WA, SMS, MMS, RCS = ChannelType.WHATSAPP, ChannelType.SMS, ChannelType.MMS, ChannelType.RCS
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("content_type", "size", "channel", "expected"),
    [
        ("image/jpeg", 5 * MB, WA, Fits()),
        ("IMAGE/JPG; q=1", 5, WA, Fits()),
        ("image/jpeg", 5 * MB + 1, WA, Convert("image/jpeg", 5 * MB, Why.TOO_LARGE)),
        ("image/png", 9 * MB, WA, Convert("image/jpeg", 5 * MB, Why.TOO_LARGE)),
        ("image/webp", 100_000, WA, Fits()),
        ("image/webp", 100_001, WA, Convert("image/jpeg", 5 * MB, Why.TOO_LARGE)),
        ("image/gif", 10, WA, Convert("image/jpeg", 5 * MB, Why.NOT_TAKEN)),
        ("image/heic", 10, WA, Link(Why.NOT_TAKEN)),
        ("image/svg+xml", 10, WA, Link(Why.NOT_TAKEN)),
        ("audio/mpeg", 16 * MB, WA, Fits()),
        ("audio/x-m4a", 10, WA, Fits()),
        ("audio/webm;codecs=opus", 10, WA, Convert("audio/ogg", 16 * MB, Why.NOT_TAKEN)),
        ("audio/x-wav", 99 * MB, WA, Convert("audio/ogg", 16 * MB, Why.NOT_TAKEN)),
        ("audio/ogg", 10, WA, Convert("audio/ogg", 16 * MB, Why.UNSURE)),
        ("video/mp4", 10, WA, Convert("video/mp4", 16 * MB, Why.UNSURE)),
        ("video/mp4", 17 * MB, WA, Convert("video/mp4", 16 * MB, Why.TOO_LARGE)),
        ("video/quicktime", 10, WA, Convert("video/mp4", 16 * MB, Why.NOT_TAKEN)),
        ("application/pdf", 16 * MB, WA, Fits()),
        ("application/pdf", 16 * MB + 1, WA, Link(Why.TOO_LARGE)),
        (SHEET, 10, WA, Fits()),
        ("text/vcard", 10, WA, Fits()),
        ("application/zip", 10, WA, Link(Why.NOT_TAKEN)),
        ("image/jpeg", 0, WA, Refuse(Why.EMPTY)),
        ("image/jpeg", 10, SMS, Link(Why.NO_FILES)),
        ("image/gif", 5 * MB, MMS, Fits()),
        ("image/webp", 10, MMS, Convert("image/jpeg", 5 * MB, Why.NOT_TAKEN)),
        ("audio/ogg", 10, MMS, Fits()),
        ("audio/mpeg", 600_000, MMS, Convert("audio/mpeg", 500_000, Why.TOO_LARGE)),
        ("video/mp4", 600_000, MMS, Link(Why.TOO_LARGE)),
        ("video/webm", 10, RCS, Convert("video/mp4", 5 * MB, Why.NOT_TAKEN)),
        ("image/jpeg", 10, ChannelType.VOICE, Refuse(Why.NO_FILES)),
    ],
)
def test_what_becomes_of_a_file(content_type: str, size: int, channel: ChannelType, expected: Fit) -> None:
    assert fit(File(content_type, size), channel) == expected


@pytest.mark.parametrize(
    ("content_type", "size", "expected"),
    [
        ("image/jpeg", None, Fits()),
        ("video/mp4", None, Fits()),
        ("image/gif", None, Link(Why.NOT_TAKEN)),
        ("image/png", 6 * MB, Link(Why.TOO_LARGE)),
    ],
)
def test_a_public_file_is_never_converted(content_type: str, size: int | None, expected: Fit) -> None:
    assert fit(File(content_type, size, ours=False), WA) == expected


@pytest.mark.parametrize(
    ("number", "carried"),
    [
        ("+14155550100", True),
        ("+16135550142", True),
        ("+18765550123", False),
        ("+923001234567", False),
        ("8585", False),
    ],
)
def test_where_mms_goes(number: str, carried: bool) -> None:
    assert carries_mms(number) is carried


def sms(mms: bool) -> Channel:
    return Channel("sms", "twilio", SMS, "+14155550100", mms=mms)


@pytest.mark.parametrize(
    ("channel", "address", "why"),
    [
        (sms(mms=True), "+14155550123", ""),
        (sms(mms=True), "+923001234567", "no_files"),
        (sms(mms=False), "+14155550123", "no_files"),
        (Channel("wa", "twilio", WA, "whatsapp:+14155238886"), "+923001234567", ""),
    ],
)
def test_files_by_sms_need_an_able_sender_and_receiver(channel: Channel, address: str, why: str) -> None:
    (file,) = planned(Reply(media=(OutMedia("image/png", media_id=1, size=9),)), channel, address).media
    assert file.why == why


def test_each_file_is_marked_in_its_place() -> None:
    files = (OutMedia("image/png", media_id=1, size=9), OutMedia("image/gif", media_id=2, filename="a.gif", size=9))
    marked = planned(Reply(media=files), Channel("wa", "twilio", WA, "x"), "+92300").media
    assert [row_of(file) for file in marked] == [
        {"content_type": "image/png", "media_id": 1, "size": 9},
        {"content_type": "image/gif", "media_id": 2, "filename": "a.gif", "size": 9, "position": 1, "why": "not_taken",
         "to": "image/jpeg", "most_bytes": 5 * MB},
    ]  # fmt: skip
    assert [OutMedia(**row_of(file)) for file in marked] == list(marked)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidPayload, match=r"a\.pdf: the file is empty"):
        planned(
            Reply(media=(OutMedia("application/pdf", 1, filename="a.pdf", size=0),)),
            Channel("wa", "twilio", WA, ""),
            "",
        )


@pytest.mark.parametrize(
    ("body", "why", "links", "language", "expected"),
    [
        ("Hi", "", (), "en", "Hi"),
        ("", "no_files", ("L1",), "en", "You can open the file here: L1"),
        ("Hi", "too_large", ("L1",), "en", "Hi\n\nThe file is too large for WhatsApp. You can open it here: L1"),
        ("", "too_large", ("L1",), "ur", "یہ فائل WhatsApp کے لیے بہت بڑی ہے۔ آپ اسے یہاں کھول سکتے ہیں: L1"),
        ("", "no_files", ("L1", "L2"), "pt-BR", "Pode abrir o arquivo aqui: \nL1\nL2"),
        ("word " * 400, "", ("L1",), None, "word " * 312 + "wo…\n\nYou can open the file here: L1"),
    ],
)
def test_links_in_words(body: str, why: str, links: tuple[str, ...], language: str | None, expected: str) -> None:
    said = with_links(body, why, links, WA, language, 1600)
    assert len(said) <= 1600
    if not body.startswith("word"):
        assert said == expected
    else:
        assert said.startswith("word word")
        assert said.endswith("…\n\nYou can open the file here: L1")


@pytest.mark.parametrize(
    ("file", "made", "words"),
    [
        (OutMedia("application/pdf", why="too_large"), "", "Sent as a link: it is too large for WhatsApp."),
        (OutMedia("image/gif", why="not_taken"), "image/jpeg",
         "Converted to JPEG: WhatsApp does not take GIF files."),
        (OutMedia("image/jpeg", why="refused"), "", "Sent as a link: WhatsApp did not take it."),
    ],
)  # fmt: skip
def test_notes_say_what_was_done_and_why(file: OutMedia, made: str, words: str) -> None:
    assert note(file, WA, made=made) == words


@pytest.mark.parametrize("why", [why for why in Why if why is not Why.EMPTY])
def test_every_reason_has_words(why: Why) -> None:
    assert note(OutMedia("image/gif", why=why.value), SMS).startswith("Sent as a link: ")
