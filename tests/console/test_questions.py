"""The questions page: what nobody answered with counts and wordings, and one click to make it an answer."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.config.publish import publish, version_files
from gateway.jobs import group_questions
from gateway.models.question import AnswerGiven, QuestionRun
from gateway.runtime import Runtime
from tests import care
from tests.config.test_problems import GOOD
from tests.console.conftest import Browser

FORM = {"title:en": "Gift cards", "title:ur": "گفٹ کارڈ", "text:en": "From Rs 1,000.", "text:ur": "1,000 روپے سے۔"}


@pytest.fixture
def hina(browser: Callable[[], Browser], people: dict[str, int], runtime: Runtime) -> Browser:
    """A supervisor of a business with a published config, which does not sell gift cards."""
    publish(runtime.database, GOOD, "test")
    runtime.versions = care.FixedVersions(care.config(1))  # type: ignore[assignment]
    made = browser()
    made.sign_in("hina")
    return made


ASKED = ("do you sell gift cards", "gift cards <b>for</b> Ayesha?", "کیا گفٹ کارڈ ملتے ہیں", "کیا گفٹ کارڈ ملتے ہیں؟")


def ask(runtime: Runtime) -> None:
    for text in ASKED:
        care.write(runtime, text, ProfileName="Ayesha")
    runtime.settings = replace(runtime.settings, embeddings="off")
    regroup(runtime)


def regroup(runtime: Runtime) -> None:
    run_id = group_questions.claim(runtime)
    assert run_id is not None
    group_questions.run(runtime, run_id)


def test_nothing_yet(hina: Browser) -> None:
    page = hina.get("/console/questions").text
    assert "Nothing has been grouped yet." in page
    assert "No answer was given yet." in page
    assert 'aria-current="page" title="What nobody answered"' in page


def test_questions_with_counts_and_wordings(hina: Browser, runtime: Runtime) -> None:
    ask(runtime)
    page = hina.get("/console/questions").text
    assert "1 customer · Urdu 2 · not understood 2" in page
    assert 'dir="auto" lang="ur">کیا گفٹ کارڈ ملتے ہیں' in page
    assert "gift cards &lt;b&gt;for&lt;/b&gt; (name)?" in page
    assert "Ayesha" not in page


def test_one_click(hina: Browser, runtime: Runtime) -> None:
    ask(runtime)
    done = hina.post("/console/questions/1/answer", FORM, follow_redirects=True)
    assert done.status_code == 200
    assert "is answered from now on (version 2 of the config)" in done.text
    assert "Answered since" in done.text
    assert "From Rs 1,000." in version_files(runtime.database, 2)["faq/learned.yaml"]
    again = hina.post("/console/questions/1/answer", FORM)
    assert (again.status_code, "answered already" in again.text) == (409, True)


def test_what_the_checks_say_stands_at_the_form_and_nothing_typed_is_lost(hina: Browser, runtime: Runtime) -> None:
    ask(runtime)
    refused = hina.post("/console/questions/1/answer", FORM | {"text:ur": "{x}"})
    assert refused.status_code == 422
    assert "nothing fills the placeholder {x}" in refused.text
    assert 'value="Gift cards"' in refused.text
    assert '<details class="panel question" id="question-1" open>' in refused.text


def test_words_for_an_answer_that_is_there(hina: Browser, runtime: Runtime) -> None:
    ask(runtime)
    hina.post("/console/questions/2/answer", {"existing": "hours"}, follow_redirects=True)
    assert "کیا گفٹ کارڈ ملتے ہیں" in version_files(runtime.database, 2)["faq/learned.yaml"]


def test_dropped_and_grouped_again(hina: Browser, runtime: Runtime) -> None:
    ask(runtime)
    hina.post("/console/questions/1/drop")
    assert 'id="question-1"' not in hina.get("/console/questions").text
    hina.post("/console/questions/group")
    assert "Grouping…" in hina.get("/console/questions/status").text
    assert len(care.rows(runtime.database, QuestionRun)) == 2
    regroup(runtime)
    assert "New groups are here" in hina.get("/console/questions/status?is_news=1").text


def test_how_answers_did(hina: Browser, runtime: Runtime) -> None:
    for text in ("what time do you close", "dukan ke auqat kya hain"):
        care.write(runtime, text)
    with runtime.database.begin() as session:
        session.query(AnswerGiven).filter_by(language="en").update({"helped": True})
    page = hina.get("/console/questions").text
    assert "Opening hours" in page
    assert "(100 %)" in page


def test_for_supervisors_only(sara: Browser) -> None:
    for path in ("/console/questions", "/console/questions/status"):
        assert sara.get(path).status_code == 403
    for path in ("/console/questions/group", "/console/questions/1/answer", "/console/questions/1/drop"):
        assert sara.post(path).status_code == 403
    assert "What nobody answered" not in sara.get("/console/inbox", follow_redirects=True).text
