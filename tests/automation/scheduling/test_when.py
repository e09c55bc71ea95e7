"""When somebody is back, as each reader says it; and which clock hangs on their wall."""

from datetime import UTC, datetime

import pytest

from automation.care_sentences import CARE_SENTENCES
from automation.scheduling.places import clock_of
from automation.scheduling.when import when

HOME = "Asia/Karachi"
NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)  # Monday, 22:00 in Karachi


@pytest.mark.parametrize(
    ("moment", "zone", "language", "told"),
    [
        ("2026-03-02 18:30", HOME, "en", "today at 11:30 PM"),
        ("2026-03-03 05:00", HOME, "en", "tomorrow at 10 AM"),
        ("2026-03-04 05:00", HOME, "en", "on Wednesday at 10 AM"),
        ("2026-03-08 05:00", HOME, "en", "on Sunday at 10 AM"),
        ("2026-03-09 05:00", HOME, "en", "on Monday 9 March at 10 AM"),  # not this Monday
        ("2026-03-03 05:00", HOME, "es", "mañana a las 10:00"),
        ("2026-03-04 05:00", HOME, "es", "el miércoles a las 10:00"),
        ("2026-03-04 05:00", HOME, "ur", "بدھ کو صبح 10 بجے"),
        ("2026-03-04 05:00", HOME, "ur-Latn", "Budh ko subah 10 baje"),
        ("2026-03-12 05:00", HOME, "ur-Latn", "Jumerat 12 March ko subah 10 baje"),
        ("2026-03-04 05:00", HOME, "ar", "يوم الأربعاء الساعة 10 ص"),
        ("2026-03-04 05:00", HOME, "hi", "बुधवार को सुबह 10 बजे"),
        ("2026-03-04 05:00", HOME, "pt", "quarta-feira às 10:00"),
        ("2026-03-03 05:00", "Asia/Tashkent", "en", "tomorrow at 10 AM"),  # another zone, the same clock
        ("2026-03-03 05:00", "Europe/London", "en", "tomorrow at 5 AM (your time)"),
        ("2026-03-03 05:00", "America/Los_Angeles", "en", "today at 9 PM (your time)"),
        ("2026-03-03 05:00", "Pacific/Auckland", "en", "today at 6 PM (your time)"),
        ("2026-03-03 05:00", "", "en", "tomorrow at 10 AM (our time)"),
    ],
)
def test_when(moment: str, zone: str, language: str, told: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert when(at, NOW, zone, HOME, language, lambda key: CARE_SENTENCES[key][language]) == told


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+923001234567", HOME),
        ("+33612345678", "Europe/Paris"),
        ("+34600111222", ""),  # Madrid or the Canaries
        ("+12125550100", "America/New_York"),
        ("US.13491208655302741918", HOME),
        (None, HOME),
    ],
)
def test_whose_clock(phone: str | None, zone: str) -> None:
    assert clock_of(phone, HOME, NOW) == zone


def test_every_sentence_of_manners_is_there_in_all_seven_languages() -> None:
    languages = {"en", "ur", "ur-Latn", "ar", "es", "hi", "pt"}
    assert {key: set(texts) for key, texts in CARE_SENTENCES.items() if set(texts) != languages} == {}
