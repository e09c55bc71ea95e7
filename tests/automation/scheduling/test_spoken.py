"""Opening hours as readers of each language would say them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from automation.scheduling.hours import calendar_of
from automation.scheduling.spoken import now_said, today_said, week_said
from automation.scheduling.spoken_words import WORDS

ZONE = ZoneInfo("Asia/Karachi")
WEEKDAYS = {day: ["10:00-19:00"] for day in ("mon", "tue", "wed", "thu")}
SHOP = calendar_of(
    {
        **WEEKDAYS,
        "fri": ["10:00-12:45", "14:30-19:00"],
        "sat": ["11:00-16:00"],
        "sun": [],
        "holidays": [{"country": "PK"}, {"date": "2027-03-25", "open": ["22:00-02:00"]}],
    },
    "Asia/Karachi",
)
ALWAYS = calendar_of({day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}, "UTC")
NEVER = calendar_of({}, "UTC")


def at(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "language", "said"),
    [
        ("2027-03-02 11:00", "en", "Open now until 7 PM"),
        ("2027-03-05 11:00", "en", "Open now until 12:45 PM"),
        ("2027-03-05 13:00", "en", "Closed now, opens today at 2:30 PM"),
        ("2027-03-04 19:00", "en", "Closed now, opens tomorrow at 10 AM"),
        ("2027-03-06 18:00", "en", "Closed now, opens on Monday at 10 AM"),
        ("2027-03-22 20:00", "en", "Closed now, opens on Wednesday at 10 AM"),  # Tuesday is Pakistan Day
        ("2027-03-26 01:00", "en", "Open now until 2 AM"),
        ("2027-03-02 11:00", "ur", "ہم اس وقت کھلے ہیں، شام 7 بجے تک"),
        ("2027-03-06 18:00", "ur", "ہم اس وقت بند ہیں، پیر کو صبح 10 بجے کھلیں گے"),
        ("2027-03-02 11:00", "ur-Latn", "Hum is waqt khule hain, sham 7 baje tak"),
        ("2027-03-06 18:00", "ur-Latn", "Hum is waqt band hain, peer ko subah 10 baje khulein ge"),
        ("2027-03-02 11:00", "es", "Abierto ahora hasta las 19:00"),
        ("2027-03-06 18:00", "es", "Cerrado ahora, abre el lunes a las 10:00"),
        ("2027-03-06 18:00", "es-MX", "Cerrado ahora, abre el lunes a las 10:00"),
        ("2027-03-06 18:00", "fr", "Cerrado ahora, abre el lunes a las 10:00"),  # the business's own language
        ("2027-03-02 11:00", "ar", "مفتوح الآن حتى الساعة 7 م"),
        ("2027-03-02 11:00", "hi", "अभी खुला है, शाम 7 बजे तक"),
        ("2027-03-02 11:00", "pt", "Aberto agora até as 19:00"),
    ],
)
def test_now(moment: str, language: str, said: str) -> None:
    assert now_said(SHOP, at(moment), language, "es") == said


def test_now_without_an_end() -> None:
    moment = at("2027-03-02 11:00")
    assert now_said(ALWAYS, moment, "en") == "Open now, day and night"
    assert now_said(NEVER, moment, "es") == "Cerrado por el momento"
    assert today_said(ALWAYS, moment, "en") == "open 24 hours"


def test_an_opening_weeks_away_is_told_with_its_date() -> None:
    shut = calendar_of(
        {**WEEKDAYS, "holidays": [{"date": f"2027-03-{day:02}"} for day in range(1, 12)]}, "Asia/Karachi"
    )
    assert now_said(shut, at("2027-03-01 09:00"), "en") == "Closed now, opens on Monday 15 March at 10 AM"
    assert now_said(shut, at("2027-03-01 09:00"), "es") == "Cerrado ahora, abre el lunes 15 de marzo a las 10:00"


@pytest.mark.parametrize(
    ("moment", "language", "said"),
    [
        ("2027-03-05 08:00", "en", "10 AM to 12:45 PM and 2:30 PM to 7 PM"),
        ("2027-03-07 08:00", "en", "closed"),
        ("2027-03-05 08:00", "ur", "صبح 10 بجے سے دوپہر 12:45 بجے تک اور دوپہر 2:30 بجے سے شام 7 بجے تک"),
        ("2027-03-07 08:00", "ur-Latn", "band"),
        ("2027-03-05 08:00", "es", "de 10:00 a 12:45 y de 14:30 a 19:00"),
    ],
)
def test_today(moment: str, language: str, said: str) -> None:
    assert today_said(SHOP, at(moment), language) == said


def test_the_week_joins_days_and_tells_those_to_come_that_are_unlike() -> None:
    assert week_said(SHOP, at("2027-03-20 09:00"), "en").splitlines() == [
        "Monday to Thursday: 10 AM to 7 PM",
        "Friday: 10 AM to 12:45 PM and 2:30 PM to 7 PM",
        "Saturday: 11 AM to 4 PM",
        "Sunday: closed",
        "Tuesday 23 March: closed",
        "Thursday 25 March: 10 PM to 2 AM",
    ]
    assert week_said(SHOP, at("2027-03-02 09:00"), "es").splitlines()[0] == "Lunes a jueves: de 10:00 a 19:00"
    assert week_said(ALWAYS, at("2027-03-02 09:00"), "en") == "Monday to Sunday: open 24 hours"


@pytest.mark.parametrize("language", WORDS)
def test_every_hour_of_a_week_can_be_said(language: str) -> None:
    for hour in range(24):
        moment = at(f"2027-03-2{hour % 7} {hour:02}:30")
        assert now_said(SHOP, moment, language)
        assert today_said(SHOP, moment, language)
    assert week_said(SHOP, at("2027-03-20 09:00"), language)


def test_every_language_has_the_same_words() -> None:
    assert {frozenset(words) - {"oclock"} for words in WORDS.values()} == {frozenset(WORDS["en"])}
