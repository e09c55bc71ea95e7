"""What a reply becomes on each channel, as a table."""

import pytest

from gateway.core.replies import ContentShape, Option, OutMedia, Reply
from gateway.core.words import ChannelType
from gateway.desk.render import Part, render

WA, SMS = ChannelType.WHATSAPP, ChannelType.SMS
YES_NO = (Option("yes", "Yes"), Option("no", "No"))
CITIES = tuple(Option(f"c{n}", f"City {n}", f"District {n}" if n == 1 else "") for n in range(1, 6))
PHOTO = OutMedia("image/jpeg", media_id=1)
VOICE = OutMedia("audio/ogg", media_id=2)


def test_buttons_on_whatsapp() -> None:
    assert render(Reply("Sure?", YES_NO), WA) == [
        Part(
            body="Sure?\n\n1. Yes\n2. No\n\nReply with a number.",
            shape=ContentShape("buttons", 2),
            variables={"1": "Sure?", "2": "Yes", "3": "yes", "4": "No", "5": "no"},
        )
    ]


def test_list_on_whatsapp() -> None:
    (part,) = render(Reply("Where?", CITIES, language="ur", list_button="شہر"), WA)
    assert part.shape == ContentShape("list", 5, described=True)
    assert part.variables is not None
    assert [part.variables[str(n)] for n in range(1, 9)] == [
        "Where?", "شہر", "City 1", "c1", "District 1", "City 2", "c2", "–",
    ]  # fmt: skip
    assert part.body.startswith("Where?\n\n1. City 1 – District 1\n2. City 2\n")
    assert part.body.endswith("نمبر لکھ کر جواب دیں۔")


@pytest.mark.parametrize(
    ("language", "hint"),
    [("en", "Reply with a number."), ("ur-Latn", "Number likh kar jawab dein."), ("pt-BR", "Responda com um número."),
     ("de", "Reply with a number.")],
)  # fmt: skip
def test_numbered_text_elsewhere(language: str, hint: str) -> None:
    assert render(Reply("Sure?", YES_NO, language=language), SMS) == [Part(f"Sure?\n\n1. Yes\n2. No\n\n{hint}")]


def test_urdu_keeps_its_order_where_marks_may_stand() -> None:
    reply = Reply("فون: +92 42 111", language="ur")
    assert render(reply, WA) == [Part("فون: \u2068+92 42 111\u2069")]
    assert render(reply, SMS) == [Part("فون: +92 42 111")]


def test_more_rows_than_a_list_holds_are_numbered() -> None:
    many = tuple(Option(str(n), f"Option {n}") for n in range(1, 12))
    (part,) = render(Reply("Which?", many), WA)
    assert part.shape is None
    assert "11. Option 11" in part.body


def test_long_text_beside_options_goes_ahead() -> None:
    first, second = render(Reply("word " * 300 + "Sure?", YES_NO), WA)
    assert first.shape is None
    assert second.variables is not None
    assert second.variables["1"].endswith("Sure?")
    assert len(second.variables["1"]) <= 1024


def test_the_fallback_of_a_full_list_fits_one_message() -> None:
    rows = tuple(Option(str(n), f"{n} " + "t" * 22, "d" * 72) for n in range(10))
    (part,) = render(Reply("x" * 1024, rows), WA)
    assert len(part.body) <= 1600


@pytest.mark.parametrize(
    ("reply", "channel_type", "parts"),
    [
        (Reply("Hello"), WA, [Part("Hello")]),
        (Reply("  \n "), WA, []),
        (Reply("word " * 400), SMS, [Part("word " * 320), Part(("word " * 80).strip())]),
        (Reply("Look", media=(PHOTO, PHOTO)), WA, [Part("Look", (PHOTO,)), Part("", (PHOTO,))]),
        (Reply("Look", media=(PHOTO, PHOTO)), SMS, [Part("Look", (PHOTO, PHOTO))]),
        (Reply("Listen", media=(VOICE,)), WA, [Part("Listen"), Part("", (VOICE,))]),
        (Reply("w " * 800, media=(PHOTO,)), WA, [Part(("w " * 800).strip()), Part("", (PHOTO,))]),
        (Reply("Look", media=(PHOTO,)), ChannelType.MESSENGER, [Part("Look", (PHOTO,))]),
    ],
)
def test_texts_and_files(reply: Reply, channel_type: ChannelType, parts: list[Part]) -> None:
    assert render(reply, channel_type) == parts


def test_photos_with_options_go_first() -> None:
    photo, options = render(Reply("Sure?", YES_NO, media=(PHOTO,)), WA)
    assert photo == Part("", (PHOTO,))
    assert options.shape is not None


@pytest.mark.parametrize(
    ("channel_type", "text", "shown"),
    [
        (ChannelType.SMS, "Write *agent* at any time", "Write agent at any time"),
        (ChannelType.SMS, "*Order 4521* and *4522*", "Order 4521 and 4522"),
        (ChannelType.SMS, "2*3*4 = 24", "2*3*4 = 24"),
        (ChannelType.SMS, "a * b * c", "a * b * c"),
        (ChannelType.SMS, "5 stars: *****", "5 stars: *****"),
        (ChannelType.SMS, "*نمائندہ* لکھیں", "نمائندہ لکھیں"),
        (ChannelType.WHATSAPP, "Write *agent* at any time", "Write *agent* at any time"),
    ],
)
def test_stars_stand_only_where_they_mean_bold(channel_type: ChannelType, text: str, shown: str) -> None:
    assert [part.body for part in render(Reply(text=text), channel_type)] == [shown]
