"""Publishing a folder loses nothing that was learned at the desk meanwhile."""

from collections.abc import Mapping

import pytest
import yaml

from gateway.config import publish as publishing
from gateway.config.keeping import Kept, with_learned
from gateway.config.learned import FILE, NewAnswer, publish_answer, publish_phrases
from gateway.core.errors import ConfigError, Conflict
from gateway.models.database import Database
from tests.config.test_problems import GOOD

GIFT = NewAnswer(
    "gift_cards",
    {"en": "Gift cards", "ur": "گفٹ کارڈ"},
    {"en": "From Rs 1,000.", "ur": "1,000 روپے سے"},
    {"en": ["do you sell gift cards"]},
)
WRITTEN = GOOD["faq/shop.yaml"]
BY_HAND = WRITTEN + (
    "  - id: gift_cards\n    title: {en: Gifts, ur: تحفے}\n    phrases: {en: [gift]}\n    answer: {en: Sure, ur: جی}\n"
)
WITHOUT = {
    **GOOD,
    "faq/shop.yaml": WRITTEN.replace("id: hours", "id: times"),
    "flows/main_menu.yaml": GOOD["flows/main_menu.yaml"].replace("answer: hours", "answer: times"),
}


def learned(database: Database) -> None:
    """An answer and a phrase that nobody has exported."""
    publishing.publish(database, GOOD, "start")
    publish_answer(database, GIFT, "hina")
    publish_phrases(database, "hours", {"en": ["till when are you there", "open on eid"]}, "hina")


@pytest.mark.parametrize(
    ("folder", "added"),
    [
        (GOOD, ("the answer gift_cards", "2 phrases of hours")),
        ({**GOOD, "faq/shop.yaml": BY_HAND}, ("2 phrases of hours",)),
        (
            {**GOOD, FILE: "phrases: {hours: {en: [Till when are you there]}}\n"},
            ("the answer gift_cards", "1 phrase of hours"),
        ),
        ({"care.yaml": "business: 1"}, ()),
    ],
    ids=["never exported", "the answer was written by hand", "an older export", "a folder with problems"],
)
def test_what_the_folder_lacks_is_published_with_it(
    sqlite: Database, folder: Mapping[str, str], added: tuple[str, ...]
) -> None:
    learned(sqlite)
    kept = with_learned(sqlite, folder)
    assert (kept.added, kept.after) == (added, 3)
    if added:
        publishing.publish(sqlite, kept.files, "ayesha", after=kept.after)
        published = yaml.safe_load(publishing.version_files(sqlite)[FILE])
        assert sorted(published["phrases"]["hours"]["en"], key=str.casefold)[0] == "open on eid"
        assert with_learned(sqlite, kept.files).added == ()


def test_nothing_is_kept_where_nothing_was_learned(sqlite: Database) -> None:
    assert with_learned(sqlite, GOOD) == Kept(GOOD)
    publishing.publish(sqlite, GOOD, "start")
    assert with_learned(sqlite, GOOD) == Kept(GOOD, 1)


def test_phrases_of_an_answer_that_is_gone_are_named(sqlite: Database) -> None:
    learned(sqlite)
    with pytest.raises(ConfigError, match="phrases were learned for hours, which the folder does not have"):
        with_learned(sqlite, WITHOUT)


def test_what_is_learned_while_a_folder_is_published_stops_it(sqlite: Database) -> None:
    learned(sqlite)
    kept = with_learned(sqlite, GOOD)
    publish_phrases(sqlite, "hours", {"en": ["one more"]}, "hina")
    with pytest.raises(Conflict):
        publishing.publish(sqlite, kept.files, "ayesha", after=kept.after)
