"""Sending by the rules at a Twilio that somebody else built: a closed window, an answer that waits, a promise kept."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.channels.twilio.adapter import TwilioAdapter
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.provider_templates import submissions_of
from gateway.models.database import Database
from gateway.models.template import Template
from gateway.settings import Settings
from judge.customers import Customer, variables_of, words_of
from judge.processes import ACCOUNT, ROOT, TOKEN, Product, Standin, eventually

CLOSED_SECONDS = 90_000


@pytest.fixture(scope="module")
def templates(judging: Standin, product: Product, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """English templates, made and approved at the stand-in; it lists none, so the product is told of them directly."""
    compiled = compile_files(read_folder(ROOT / "config"))
    assert isinstance(compiled, RunningConfig)
    settings = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_API_BASE": judging.url}
    adapter = TwilioAdapter(Settings.from_env(settings | {"VAR_DIR": str(tmp_path_factory.mktemp("adapter"))}))
    wanted = {f"{name}_en": name for name in ("reply_waiting", "order_update")}
    made: dict[str, str] = {}
    for submission in submissions_of(compiled.templates):
        name = next((name for known, name in wanted.items() if submission.name.endswith(known)), None)
        if name and submission.language == "en":
            made[name] = adapter.create_template(submission)
            adapter.request_approval(made[name], submission)
    _tell(product.folder, made)
    return made


def _tell(folder: Path, made: dict[str, str]) -> None:
    database = Database(f"sqlite:///{folder / 'var' / 'rabta.db'}")
    with database.begin() as session:
        for name, sid in made.items():
            known: dict[str, Any] = {"account": ACCOUNT, "external_id": sid, "name": name, "language": "en"}
            session.add(Template(**known, approval="approved", types=[], variables={}, synced_at=clock.now()))
    database.engine.dispose()


def test_a_reply_waits_for_a_closed_window_and_follows_the_answer(
    whatsapp: Customer, templates: dict[str, str]
) -> None:
    """Twilio takes it and tells by callback that the window is shut; then the template, the answer, the reply."""
    sid = whatsapp.write("I want to talk to a real person")
    whatsapp.answer()
    eventually(lambda: whatsapp.conversation(sid)["owner"] == "queue", what="queued")
    case = whatsapp.conversation(sid)
    assert case["session_window"]["open"] is True
    whatsapp.standin.control("window", user=whatsapp.address, age=CLOSED_SECONDS)
    said = whatsapp.product.post(f"conversations/{case['id']}/messages", text="Your refund is done.").json()
    [refused] = whatsapp.told("Your refund is done.")
    _walk(whatsapp, refused)
    status = f"messages/{said['id']}"
    eventually(lambda: whatsapp.product.get(status)["status"] == "parked", what="parked")
    assert whatsapp.conversation(sid)["parked_count"] == 1
    assert len(whatsapp.told(content_sid=templates["reply_waiting"])) == 1
    whatsapp.message(whatsapp.write("yes please"))
    eventually(lambda: len(whatsapp.told("Your refund is done.")) == 2, what="the answer again")
    again = whatsapp.told("Your refund is done.")[1]
    _walk(whatsapp, again)
    eventually(lambda: whatsapp.product.get(status)["status"] == "delivered", what="delivered")
    assert whatsapp.conversation(sid)["parked_count"] == 0


def _walk(customer: Customer, answer: dict[str, Any]) -> None:
    """Let the provider tell how it fares, to its end."""
    told = ""
    while told not in ("delivered", "undelivered", "failed"):
        told = customer.standin.control("advance", s=answer["m"]["sid"])["status"]


def test_an_explanation_knows_what_the_provider_would_do(whatsapp: Customer, templates: dict[str, str]) -> None:
    sid = whatsapp.write("hello")
    whatsapp.answer()
    contact_id = whatsapp.message(sid)["contact_id"]
    wanted = {"contact_id": contact_id, "purpose": "notice", "template": "order_update", "urgent": True}
    lacking = whatsapp.product.post("explain", **wanted, variables={"order": "7"}).json()
    assert (lacking["allowed"], {reason["refusal"] for reason in lacking["reasons"]}) == (False, {"variable_missing"})
    found = whatsapp.product.post("explain", **wanted, variables={"order": "7", "news": "left today"}).json()
    assert (found["allowed"], found["content_sid"]) == (True, templates["order_update"])
    assert found["rungs"][0]["channel_type"] == "sms"
    whatsapp.write("stop")
    eventually(lambda: whatsapp.contact(sid)["opted_out"]["whatsapp"] is True, what="opted out")
    stopped = whatsapp.product.post("explain", **wanted, variables={"order": "7", "news": "left today"}).json()
    assert [reason["refusal"] for reason in stopped["reasons"]] == ["opted_out"]


def test_a_follow_up_is_asked_by_the_clock(whatsapp: Customer, templates: dict[str, str]) -> None:
    sid = whatsapp.write("hello")
    whatsapp.answer()
    case = whatsapp.conversation(sid)
    at = (clock.now() + timedelta(seconds=6)).replace(microsecond=0)
    path = f"conversations/{case['id']}/follow-ups"
    made = whatsapp.product.post(path, at=at.isoformat(), text="Has the problem gone?")
    assert made.status_code == 201, made.text
    first = eventually(lambda: _looked_at(whatsapp.product.get(path)["data"][0], at), what="fired or put off")
    if first["state"] == "fired":  # else it is night where the customer is
        assert words_of(whatsapp.answer(2)) == "Has the problem gone?"
        assert variables_of(whatsapp.answer(2)) == {}


def _looked_at(row: dict[str, Any], at: datetime) -> dict[str, Any] | None:
    return row if row["state"] != "pending" or datetime.fromisoformat(row["due_at"]) > at else None


NEWS = {
    "purpose": "notice",
    "template": "order_update",
    "urgent": True,
    "variables": {"order": "7", "news": "left today"},
}


def _notice(customer: Customer) -> dict[str, Any]:
    told = customer.product.post("notifications", to=customer.address.removeprefix("whatsapp:"), **NEWS)
    assert told.status_code == 201, told.text
    return dict(told.json()["message"])


def _by_sms(customer: Customer) -> list[dict[str, Any]]:
    return customer.standin.messages(customer.address.removeprefix("whatsapp:"))


@pytest.mark.parametrize("code", [63024, 63003, 63032])
def test_where_whatsapp_fails_the_notice_goes_by_sms(whatsapp: Customer, templates: dict[str, str], code: int) -> None:
    message = _notice(whatsapp)
    first = whatsapp.answer()
    assert first["form"]["ContentSid"] == [templates["order_update"]]
    whatsapp.standin.control("advance", s=first["m"]["sid"], to="undelivered", error=code)
    [second] = eventually(lambda: _by_sms(whatsapp), what="SMS")
    assert "left today" in second["m"]["body"]
    _walk(whatsapp, second)
    shown = f"messages/{message['id']}"
    eventually(lambda: whatsapp.product.get(shown)["status"] == "delivered", what="delivered")
    assert whatsapp.product.get(shown)["channel"]["type"] == "sms"
    assert (len(whatsapp.answers()), len(_by_sms(whatsapp))) == (1, 1)
    found = whatsapp.product.post("explain", contact_id=message["contact_id"], **NEWS).json()
    assert found["channel_type"] == ("whatsapp" if code == 63032 else "sms"), "numbers without WhatsApp are remembered"


def test_who_blocked_us_is_not_reached_another_way(whatsapp: Customer, templates: dict[str, str]) -> None:
    message = _notice(whatsapp)
    whatsapp.standin.control("advance", s=whatsapp.answer()["m"]["sid"], to="failed", error=63033)
    eventually(lambda: whatsapp.product.get(f"messages/{message['id']}")["status"] == "failed", what="failed")
    contact = f"contacts/{message['contact_id']}"
    assert whatsapp.product.get(contact)["opted_out"]["whatsapp"] is True
    refused = whatsapp.product.post("notifications", contact_id=message["contact_id"], **NEWS)
    assert (refused.status_code, list(refused.json()["errors"]["reasons"])) == (422, ["opted_out"])
    assert _by_sms(whatsapp) == []


def test_a_busy_provider_is_tried_again_on_the_same_rung(whatsapp: Customer, templates: dict[str, str]) -> None:
    whatsapp.standin.control("fail_next", code=20429, status=429)
    message = _notice(whatsapp)
    _walk(whatsapp, whatsapp.answer())
    eventually(lambda: whatsapp.product.get(f"messages/{message['id']}")["status"] == "delivered", what="delivered")
    assert _by_sms(whatsapp) == []


def test_a_carriers_stop_ends_what_we_begin_by_sms(sms: Customer, templates: dict[str, str]) -> None:
    """Twilio knows of the STOP; we hear of it by 21610 at the next send."""
    sid = sms.write("hello")
    sms.answer()
    contact_id = sms.message(sid)["contact_id"]

    def stopped() -> bool:
        return sms.contact(sid)["opted_out"]["sms"] is True

    for answers in (1, 2, 3):
        sms.standin.control("fail_next", code=21610, status=400)
        told = sms.product.post("notifications", contact_id=contact_id, channel_id="sms", **NEWS)
        assert told.status_code == 201, told.text
        eventually(lambda answers=answers: stopped() or len(sms.answers()) > answers, what="refused or sent")
        if stopped():
            break  # else a read mark of another conversation met the refusal
    assert stopped()
    refused = sms.product.post("explain", contact_id=contact_id, channel_id="sms", **NEWS).json()
    assert [reason["refusal"] for reason in refused["reasons"]] == ["opted_out"]
