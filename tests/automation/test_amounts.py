"""Money, numbers, dates, times and measures in each language we speak; and what is left alone."""

from datetime import UTC, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation import amounts
from automation.flows.filling import fill, fill_all, fill_raw
from automation.flows.model import Surroundings

KARACHI = timezone(timedelta(hours=5))
RUPEES = {"amount": "4500.00", "currency": "PKR"}
RIGHT_TO_LEFT = "\u200f"


@pytest.mark.parametrize(
    ("value", "en", "ur", "ur_latn", "es", "ar", "hi", "pt"),
    [
        (RUPEES, "Rs 4,500", "4,500 روپے", "Rs 4,500", "4.500 PKR", "4,500 PKR", "PKR 4,500", "PKR 4.500"),
        ({"amount": 1250000.5, "currency": "PKR"}, "Rs 1,250,000.50", "1,250,000.50 روپے", "Rs 1,250,000.50",
         "1.250.000,50 PKR", "1,250,000.50 PKR", "PKR 12,50,000.50", "PKR 1.250.000,50"),
        ("EUR 12.5", "€12.50", "€12.50", "€12.50", "12,50 €", "12.50 €", "€12.50", "€ 12,50"),
        (12.5, "12.5", "12.5", "12.5", "12,5", "12.5", "12.5", "12,5"),
        (Decimal("125000.25"), "125,000.25", "125,000.25", "125,000.25", "125.000,25", "125,000.25", "1,25,000.25",
         "125.000,25"),
        ("2027-03-12", "12 March 2027", "12 مارچ، 2027", "12 March 2027", "12 de marzo de 2027", "12 مارس 2027",
         "12 मार्च 2027", "12 de março de 2027"),
        ("2027-03-12T18:05:00Z", "12 March 2027, 11:05 pm", "12 مارچ، 2027 11:05 PM", "12 March 2027, 11:05 pm",
         "12 de marzo de 2027, 23:05", "12 مارس 2027، 11:05 م", "12 मार्च 2027, 11:05 pm",
         "12 de março de 2027 23:05"),
        ("18:05", "6:05 pm", "6:05 PM", "6:05 pm", "18:05", "6:05 م", "6:05 pm", "18:05"),
    ],
)  # fmt: skip
def test_values(value: object, en: str, ur: str, ur_latn: str, es: str, ar: str, hi: str, pt: str) -> None:
    wanted = {"en": en, "ur": ur, "ur-Latn": ur_latn, "es": es, "ar": ar, "hi": hi, "pt": pt}
    found = {language: amounts.shown(value, language, KARACHI) or "" for language in wanted}
    assert {language: text.replace(RIGHT_TO_LEFT, "") for language, text in found.items()} == wanted


@pytest.mark.parametrize(
    ("hint", "value", "en", "ur", "ur_latn", "es", "ar", "hi", "pt"),
    [
        ("days", 1, "1 day", "1 دن", "1 din", "1 día", "يوم", "1 दिन", "1 dia"),
        ("days", 2, "2 days", "2 دن", "2 din", "2 días", "يومان", "2 दिन", "2 dias"),
        ("hours", "3", "3 hours", "3 گھنٹے", "3 ghante", "3 horas", "3 ساعات", "3 घंटे", "3 horas"),
        ("weeks", 1, "1 week", "1 ہفتہ", "1 hafta", "1 semana", "أسبوع", "1 सप्ताह", "1 semana"),
        ("km", 3.44, "3.4 km", "3.4 کلو میٹر", "3.4 km", "3,4 km", "3.4 كم", "3.4 कि॰मी॰", "3,4 km"),
        ("m", 800, "800 m", "800 میٹر", "800 m", "800 m", "800 متر", "800 मी", "800 m"),
        ("number", 125000, "125,000", "125,000", "125,000", "125.000", "125,000", "1,25,000", "125.000"),
    ],
)
def test_hints(hint: str, value: object, en: str, ur: str, ur_latn: str, es: str, ar: str, hi: str, pt: str) -> None:
    wanted = {"en": en, "ur": ur, "ur-Latn": ur_latn, "es": es, "ar": ar, "hi": hi, "pt": pt}
    assert {language: amounts.shown(value, language, UTC, hint) for language in wanted} == wanted


@pytest.mark.parametrize(
    "value",
    ["G204171", "204171", 204171, "+923001234567", "03001234567", "2027", "2027-13-40", "25:99", "100 MAY", "1e9 PKR",
     "", "۱۲", True, None, ["2027-03-12"], {"id": "x"}, {"amount": "NaN", "currency": "PKR"},
     {"amount": "1e999999", "currency": "PKR"}, {"amount": "four", "currency": "PKR"}],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "es", "ur"])
def test_what_is_no_amount_is_left_alone(value: object, language: str) -> None:
    assert amounts.shown(value, language) is None


@pytest.mark.parametrize("value", [RUPEES, "2027-03-12", 12.5, "4500 PKR"])
@pytest.mark.parametrize("language", ["xx", "not a language", ""])
def test_an_unknown_language_gets_values_as_they_are(value: object, language: str) -> None:
    assert amounts.shown(value, language) is None


@given(st.text(max_size=60), st.sampled_from(["en", "ur", "ur-Latn", "es-MX", "pt-BR", "ar-EG"]))
def test_no_text_breaks_it(text: str, language: str) -> None:
    for hint in ("", *amounts.HINTS):
        assert isinstance(amounts.shown(text, language, UTC, hint), str | None)
    assert isinstance(amounts.shown({"amount": text, "currency": text}, language), str | None)


SLOTS = {
    "order": {"number": "G204171", "total": RUPEES, "promised_on": "2027-03-12", "days_late": 2},
    "phone": 923001234567,
    "late": "many",
}


@pytest.mark.parametrize(
    ("language", "text", "filled"),
    [
        ("en", "{order.number} ({order.total}), {order.promised_on}", "G204171 (Rs 4,500), 12 March 2027"),
        ("ur-Latn", "{order.days_late:days} late", "2 din late"),
        ("es", "{order.days_late:days} tarde, {phone}", "2 días tarde, 923001234567"),
        ("en", "{gone:days|some days}, {late:days}", "some days, many"),
        ("en", "{order.days_late:weight}", "{order.days_late:weight}"),
        ("xx", "{order.total}", "4500.00 PKR"),
    ],
)
def test_slots_in_texts(language: str, text: str, filled: str) -> None:
    assert fill(text, SLOTS, Surroundings(language)) == filled


def test_programs_get_values_as_they_were_kept() -> None:
    around = Surroundings("es")
    text = "{order.promised_on} {order.total} {phone} {gone|x}"
    assert fill_raw(text, SLOTS, around) == "2027-03-12 4500.00 PKR 923001234567 x"
    assert fill_all({"on": "from {order.promised_on}"}, SLOTS, around, fill_raw) == {"on": "from 2027-03-12"}
    assert fill_all("{order.total}", SLOTS, around, fill_raw) == RUPEES
