"""What nobody answered, labels and the report of answers, as the API gives them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.config.publish import publish, version_files
from gateway.core import clock
from gateway.desk import questions
from gateway.models.question import AnswerGiven, Label
from gateway.runtime import Runtime
from tests import care
from tests.api.conftest import Caller
from tests.config.test_problems import GOOD
from tests.jobs.test_questions import ASKED, GIFT, grouped


@pytest.fixture
def asked(runtime: Runtime) -> Runtime:
    publish(runtime.database, GOOD, "test")
    runtime.settings = replace(runtime.settings, embeddings="off")
    runtime.versions = care.FixedVersions(care.config(1))  # type: ignore[assignment]
    for text in (*ASKED, "what time do you close"):
        care.write(runtime, text, ProfileName="Ayesha")
    return runtime


def test_from_a_question_to_an_answer(admin: Caller, agent: Caller, asked: Runtime) -> None:
    assert admin.get("/questions").json["data"] == []
    grouped(asked)
    page = admin.get("/questions").json
    (question,) = page["data"]
    assert (question["count"], question["contacts"], question["state"], page["messages"]) == (3, 1, "open", 3)
    assert agent.get("/questions").status_code == 403
    path = f"/questions/{question['id']}/answer"
    refused = admin.post(path, json={"title": {"en": "Gift cards"}, "answer": {"en": "Yes."}})
    assert refused.status_code == 422
    assert "title: no text in ur" in refused.json["errors"]["reasons"]["config"]
    wish = {"title": dict(GIFT.title), "answer": dict(GIFT.text)}
    done = admin.post(path, json=wish)
    assert (done.status_code, done.json) == (201, {"answer": "gift_cards", "version": 2})
    assert "gift_cards" in version_files(asked.database)["faq/learned.yaml"]
    assert admin.post(path, json=wish).status_code == 409
    assert admin.get("/questions").json["data"][0]["answer"] == "gift_cards"


def test_a_question_is_dropped_and_grouping_is_asked_for(admin: Caller, asked: Runtime) -> None:
    found = grouped(asked)
    assert admin.post(f"/questions/{found.id}/drop").json["state"] == "dropped"
    assert admin.post(f"/questions/{found.id}/drop").status_code == 409
    assert admin.post("/questions/group").status_code == 202
    with asked.database.read() as session:
        assert questions.is_wanted(session)
        assert not questions.is_any(session, clock.now() - timedelta(days=1))


@pytest.mark.parametrize("body", [{}, {"existing": "hours", "answer": {"en": "x"}}, {"answer": {"en": "x"}}])
def test_half_a_wish(admin: Caller, body: dict[str, object]) -> None:
    assert admin.post("/questions/1/answer", json=body).status_code == 422


def test_a_label_is_kept_once(agent: Caller, asked: Runtime) -> None:
    for target, fits in (("faq:hours", True), ("faq:hours", False), ("", True)):
        assert agent("PUT", "/messages/1/label", json={"target": target, "fits": fits}).status_code == 204
    assert {(row.target, row.fits, row.source) for row in care.rows(asked.database, Label)} == {
        ("faq:hours", False, "person"), ("", True, "person")
    }  # fmt: skip
    assert agent("PUT", "/messages/2/label", json={"target": "faq:hours"}).status_code == 404  # our own
    assert agent("PUT", "/messages/1/label", json={"target": "hours"}).status_code == 422


def test_how_answers_did(admin: Caller, asked: Runtime) -> None:
    care.write(asked, "agent")
    report = admin.get("/reports/answers").json
    (row,) = report["data"]
    given = {"given": 1, "asked": 0, "helped": 0, "not_helped": 0, "handed_over": 1}
    assert row == {"answer": "hours", "language": "en"} | given
    with asked.database.begin() as session:
        session.query(AnswerGiven).update({"helped": True, "asked": True})
    assert admin.get("/reports/answers").json["data"][0]["helped"] == 1
    assert admin.get("/reports/answers?from=2020-01-01&to=2020-02-01").json["data"] == []
    assert admin.get("/reports/answers?from=2020-02-01&to=2020-01-01").json["data"] == []
