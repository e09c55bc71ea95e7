"""The questions page: what nobody answered, one click to make it an answer, and how the answers do. For supervisors."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.console.blueprint import account, blueprint, runtime
from gateway.console.pages import page_around
from gateway.core import clock
from gateway.core.errors import ConfigError, Conflict, Forbidden, InvalidPayload
from gateway.core.words import Role
from gateway.desk import answers, questions
from gateway.desk.answers import Figures
from gateway.jobs.learn_answer import Wish, make_answer

DAYS = 30
"""That the figures of the answers are over."""
SHOWN = 100
REASON_WORDS = {
    "not_understood": "not understood",
    "did_you_mean": "asked back",
    "not_helped": "did not help",
    "handoff": "went to a person",
}
Given = Mapping[str, Any]


@blueprint.get("/questions")
def question_page() -> str:
    """All questions of the last run, and how the answers do."""
    _supervisors_only()
    return _page()


@blueprint.get("/questions/status")
def question_status() -> str:
    """The line that says when they were grouped, alone."""
    _supervisors_only()
    return render_template("console/question_status.html", **_status(), is_news="is_news" in request.args)


@blueprint.post("/questions/group")
def group_questions() -> Response:
    """Group them anew; the page says when it is done."""
    _supervisors_only()
    with runtime().work() as session:
        questions.want(session, account().id)
    return redirect(url_for("console.question_page"), 303)


@blueprint.post("/questions/<int:question_id>/answer")
def answer_question(question_id: int) -> Response | tuple[str, int]:
    """Make it an answer, or its words phrases of one; what the checks have against it stands at the form."""
    _supervisors_only()
    given = request.form.to_dict()
    wish = (
        Wish(existing=given["existing"]) if "existing" in given else Wish(_texts(given, "title"), _texts(given, "text"))
    )
    try:
        answer, version = make_answer(runtime(), question_id, wish, by_id=account().id, author=account().name)
    except (ConfigError, InvalidPayload, Conflict) as error:
        return _page(open_id=question_id, problems=[*dict.fromkeys(str(error).splitlines())], given=given), _status_of(
            error
        )
    return redirect(url_for("console.question_page", made=answer, version=version), 303)


@blueprint.post("/questions/<int:question_id>/drop")
def drop_question(question_id: int) -> Response:
    """Nothing to answer."""
    _supervisors_only()
    with runtime().work() as session:
        questions.settle(session, question_id, "dropped", by_id=account().id)
    return redirect(url_for("console.question_page"), 303)


def _page(open_id: int | None = None, problems: Sequence[str] = (), given: Given | None = None) -> str:
    around = page_around()
    config = runtime().config()
    until = clock.now()
    with runtime().database.read() as session:
        run = questions.last_run(session)
        found = questions.of_run(session, run.id) if run else []
        figures = answers.figures(session, until - timedelta(days=DAYS), until)
    known = config.flows.answers
    return render_template(
        "console/questions.html",
        here="questions",
        questions=[one for one in found if one.state == "open"],
        answered=[one for one in found if one.state == "answered"],
        answers={name: config.flows.text_of(one.title, "en") for name, one in known.items()},
        languages=config.business.languages,
        figures=_by_answer(figures),
        days=DAYS,
        reason_words=REASON_WORDS,
        open_id=open_id,
        problems=problems,
        given=given or {},
        made=request.args.get("made", "")[:40],
        version=request.args.get("version", "")[:10],
        **_status(),
        **around,
    )


def _status() -> dict[str, Any]:
    with runtime().database.read() as session:
        return {"run": questions.last_run(session), "is_wanted": questions.is_wanted(session)}


def _by_answer(figures: Sequence[Figures]) -> list[dict[str, Any]]:
    """All languages of an answer together, the most given first."""
    found: dict[str, dict[str, Any]] = {}
    for one in figures:
        row = found.setdefault(one.answer, {"answer": one.answer, "languages": 0})
        row["languages"] += 1
        for name in ("given", "asked", "helped", "not_helped", "handed_over"):
            row[name] = row.get(name, 0) + getattr(one, name)
    for row in found.values():
        said = row["helped"] + row["not_helped"]
        row["percent"] = round(100 * row["helped"] / said) if said else None
    return sorted(found.values(), key=lambda row: (-row["given"], row["answer"]))[:SHOWN]


def _texts(given: Given, name: str) -> dict[str, str]:
    """By language, what stands in the form's fields; an empty field is no text."""
    pairs = (
        (key.removeprefix(f"{name}:"), value.strip()) for key, value in given.items() if key.startswith(f"{name}:")
    )
    return {language: text for language, text in pairs if text}


def _status_of(error: Exception) -> int:
    return 409 if isinstance(error, Conflict) else 422


def _supervisors_only() -> None:
    if not account().may(Role.SUPERVISOR):
        raise Forbidden("This page is for supervisors.")
