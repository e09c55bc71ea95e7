"""What nobody answered, from the message to a published answer: kept, grouped, made an answer with one call."""

import time
from datetime import timedelta

import pytest
import yaml
from sqlalchemy import delete

from gateway.config.compile import compile_files
from gateway.config.publish import publish, version_files
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.errors import ConfigError, Conflict, InvalidPayload, NotFound
from gateway.desk import questions
from gateway.jobs import group_questions
from gateway.jobs.learn_answer import Wish, make_answer
from gateway.models.database import Database
from gateway.models.message import Message
from gateway.models.question import Label, Miss, Question, QuestionRun
from gateway.runtime import Runtime
from tests import care
from tests.config.test_problems import GOOD

GIFT = Wish({"en": "Gift cards", "ur": "گفٹ کارڈ"}, {"en": "From Rs 1,000.", "ur": "1,000 روپے سے۔"})
ASKED = ("do you sell gift cards", "gift cards for sale?", "gift cards for Ayesha 0300 1234567?")


def asked_in_vain(database: Database, redis_url: str) -> Runtime:
    publish(database, GOOD, "test")
    made = care.runtime_on(database, redis_url, care.config(1), embeddings="off")
    for text in ASKED:
        care.write(made, text, ProfileName="Ayesha")
    return made


@pytest.fixture
def runtime(sqlite: Database, redis_url: str) -> Runtime:
    return asked_in_vain(sqlite, redis_url)


@pytest.fixture
def on_both(database: Database, redis_url: str) -> Runtime:
    """What is written in statements of each database's own."""
    return asked_in_vain(database, redis_url)


def grouped(runtime: Runtime) -> questions.Asked:
    run_id = group_questions.claim(runtime)
    assert run_id is not None
    group_questions.run(runtime, run_id)
    with runtime.database.read() as session:
        run = questions.last_run(session)
        assert run is not None
        (found,) = questions.of_run(session, run.id)
    return found


def test_one_run_a_day_whoever_asks(on_both: Runtime) -> None:
    assert group_questions.claim(on_both) is not None
    assert group_questions.claim(on_both) is None  # another host, or the next look
    with on_both.work() as session:
        questions.want(session, None)
        questions.want(session, None)
    assert group_questions.claim(on_both) is not None
    assert group_questions.claim(on_both) is None


def test_in_a_process_of_its_own(on_both: Runtime) -> None:
    grouping = group_questions.Grouping(on_both)
    grouping.step()
    assert grouping._process
    until = time.monotonic() + 60
    while grouping._process and time.monotonic() < until:
        grouping.step()
        time.sleep(0.02)
    (run,) = care.rows(on_both.database, QuestionRun)
    assert (run.ended_at is not None, run.messages) == (True, len(ASKED))
    grouping.step()
    assert not grouping._process


def test_nothing_to_group(database: Database, redis_url: str) -> None:
    assert group_questions.claim(care.runtime_on(database, redis_url, care.config(1))) is None
    assert care.rows(database, QuestionRun) == []


def test_a_question_says_who_asks_what(runtime: Runtime) -> None:
    found = grouped(runtime)
    assert (found.count, found.contacts, found.languages) == (3, 1, {"en": 3})
    assert "gift cards for (name) (number)?" in [example.text for example in found.examples]
    assert sorted(example.text for example in found.examples)[0] == "do you sell gift cards"
    assert (found.state, found.nearest[:4]) == ("open", "faq:")


def test_one_click_makes_it_an_answer(on_both: Runtime) -> None:
    found = grouped(on_both)
    answer, version = make_answer(on_both, found.id, GIFT, by_id=None, author="Hina")
    assert (answer, version) == ("gift_cards", 2)
    files = version_files(on_both.database, 2)
    compiled = compile_files(files, 2)
    assert isinstance(compiled, RunningConfig)
    assert compiled.flows.answers["gift_cards"].text["ur"] == "1,000 روپے سے۔"
    assert compiled.flows.answers["gift_cards"].phrases == {"en": ASKED[:2]}  # the third names its writer
    assert compiled.faq.match("do you sell gift cards").answer_id == "faq:gift_cards"
    assert all(miss.settled for miss in care.rows(on_both.database, Miss))
    assert {(label.target, label.source) for label in care.rows(on_both.database, Label)} == {
        ("faq:gift_cards", "person")
    }
    with pytest.raises(Conflict, match="answered already"):
        make_answer(on_both, found.id, GIFT, by_id=None, author="Sara")


def test_the_words_may_become_phrases_of_an_answer_that_is_there(runtime: Runtime) -> None:
    found = grouped(runtime)
    _, version = make_answer(runtime, found.id, Wish(existing="hours"), by_id=None, author="Hina")
    files = version_files(runtime.database, version)
    assert files["faq/shop.yaml"] == GOOD["faq/shop.yaml"]
    assert yaml.safe_load(files["faq/learned.yaml"]) == {"phrases": {"hours": {"en": list(ASKED[:2])}}}
    compiled = compile_files(files)
    assert isinstance(compiled, RunningConfig)
    assert compiled.flows.answers["hours"].phrases["en"] == ("when do you open", *ASKED[:2])


@pytest.mark.parametrize(
    ("wish", "error", "why"),
    [
        (Wish({"en": "Gift cards"}, {"en": "Yes", "ur": "جی"}), ConfigError, "title: no text in ur"),
        (Wish(GIFT.title, {"en": "See {x}", "ur": "جی"}), ConfigError, "nothing fills the placeholder"),
        (Wish({"en": "Gift cards for everybody", "ur": "x"}, GIFT.text), ConfigError, "at most 20 fit"),
        (Wish(GIFT.title, GIFT.text, id="hours"), ConfigError, "the answer 'hours' is there already"),
        (Wish(existing="gone"), NotFound, "no answer 'gone'"),
        (Wish(existing="hours", phrases={"en": ["When do you open?"]}), InvalidPayload, "phrases already"),
        (Wish(), InvalidPayload, "give a title"),
    ],
)
def test_what_is_refused_changes_nothing(runtime: Runtime, wish: Wish, error: type[Exception], why: str) -> None:
    found = grouped(runtime)
    with pytest.raises(error, match=why):
        make_answer(runtime, found.id, wish, by_id=None, author="Hina")
    with runtime.database.read() as session:
        assert questions.one(session, found.id).state == "open"
    assert version_files(runtime.database) == GOOD


def test_a_version_published_meanwhile_is_not_overwritten(database: Database) -> None:
    first = publish(database, GOOD, "test")
    changed = {**GOOD, "care.yaml": GOOD["care.yaml"].replace("name: Shop", "name: Store")}
    publish(database, changed, "test", after=first)
    with pytest.raises(Conflict, match="meanwhile"):
        publish(database, GOOD, "test", after=first)


def test_what_is_erased_or_old_is_gone(on_both: Runtime) -> None:
    found = grouped(on_both)
    with on_both.database.begin() as session:
        session.execute(delete(Message).where(Message.id == found.examples[0].message_id))
    with on_both.database.read() as session:
        assert len(questions.one(session, found.id).examples) == 2
    with on_both.database.begin() as session:
        assert not questions.forget(session, clock.now() + timedelta(days=1), 100)
    for table in (QuestionRun, Question, Miss):
        assert care.rows(on_both.database, table) == []
