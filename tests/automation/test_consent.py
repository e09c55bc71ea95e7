"""Which words stop messages, and which only look as if they did."""

import pytest

from automation.consent import START, STOP, consent_words
from automation.consent_words import SMS_START_WORDS, SMS_STOP_WORDS, START_WORDS, STOP_WORDS, SUBSCRIBE_WORDS
from automation.normal import normal

WORDS = consent_words()
LANGUAGES = {"en", "ur", "ur-Latn", "ar", "es", "pt", "hi"}


def test_every_language_has_both() -> None:
    assert set(STOP_WORDS) == set(START_WORDS) == LANGUAGES


@pytest.mark.parametrize("on_sms", [True, False])
@pytest.mark.parametrize(("table", "wish"), [(STOP_WORDS, STOP), (START_WORDS, START)])
def test_every_word_counts_on_every_channel(table: dict[str, tuple[str, ...]], wish: str, on_sms: bool) -> None:
    said = [word for words in table.values() for word in words]
    assert {word for word in said if WORDS.wish_of(word, on_sms=on_sms) != wish} == set()


def test_no_word_means_both() -> None:
    stop, start = ({normal(w) for words in table.values() for w in words} for table in (STOP_WORDS, START_WORDS))
    assert not stop & start
    assert "" not in stop | start


@pytest.mark.parametrize("word", [*SMS_STOP_WORDS, *SMS_START_WORDS])
def test_the_carriers_words_count_on_sms_alone(word: str) -> None:
    assert WORDS.wish_of(word.upper(), on_sms=True) == (STOP if word in SMS_STOP_WORDS else START)
    assert WORDS.wish_of(word, on_sms=False) is None


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("  Stop!! ", STOP),
        ("STOOOP", STOP),
        ("Stop promotions", STOP),
        ("Don't message me", STOP),
        ("messages band krdo", STOP),
        ("mujhay message mat bhaijo", STOP),  # spelled as it sounds
        ("میسج بند کریں۔", STOP),
        ("إِلْغَاءُ الاِشْتِرَاك", STOP),
        ("Cancelar suscripcion", STOP),
        ("nao quero mais mensagens", STOP),
        ("मैसेज मत भेजो।", STOP),
        ("¡Baja!", STOP),
        ("Start", START),
        ("شروع کریں", START),
        ("stop the delivery", None),
        ("can you stop", None),
        ("message karo", None),
        ("band karo", None),  # may be the shop
        ("إلغاء", None),  # may be the order
        ("cancelar", None),
        ("", None),
        ("👍", None),
        ("stop " * 30, None),
    ],
)
def test_only_the_whole_message_counts(text: str, wish: str | None) -> None:
    assert WORDS.wish_of(text, on_sms=False) == wish


def test_a_subscription_is_a_wish_to_start_and_no_mere_hello() -> None:
    assert {word for word in SUBSCRIBE_WORDS if WORDS.wish_of(word, on_sms=False) != START} == set()
    assert WORDS.is_subscription("SUBSCRIBE!")
    assert not WORDS.is_subscription("start")
    assert consent_words({"start": {"de": ["Anmelden"]}}).is_subscription("anmelden")


def test_a_business_adds_its_own() -> None:
    words = consent_words({"stop": {"ur-Latn": ["tang mat karo"], "de": ["Abmelden"]}, "start": {"de": ["anmelden"]}})
    assert words.wish_of("tang mat kro", on_sms=False) is None
    assert words.wish_of("tung mat karo", on_sms=False) is None
    assert words.wish_of("Tang mat karoo", on_sms=False) == STOP
    assert words.wish_of("ABMELDEN", on_sms=True) == STOP
    assert words.wish_of("anmelden", on_sms=False) == START
    assert words.wish_of("stop", on_sms=False) == STOP
