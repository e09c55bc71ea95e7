"""Templates at a Twilio that somebody else built: made, submitted, sent where free text is no longer taken."""

from pathlib import Path

import pytest

from gateway.channels.twilio.adapter import TwilioAdapter
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.core.errors import SendError
from gateway.core.provider_templates import Submission, submissions_of
from gateway.core.replies import Sending
from gateway.core.templates import Filled, fill
from gateway.core.words import ChannelType
from gateway.settings import Settings
from judge.corpus import CUSTOMER, WHATSAPP
from judge.processes import ACCOUNT, ROOT, TOKEN, Standin

CLOSED_SECONDS = 90_000


@pytest.fixture(scope="module")
def shop() -> RunningConfig:
    compiled = compile_files(read_folder(ROOT / "config"))
    assert isinstance(compiled, RunningConfig)
    return compiled


@pytest.fixture
def closed(standin: Standin) -> Standin:
    """A customer who last wrote more than a day ago."""
    standin.control("reset")
    standin.control("number", number=WHATSAPP, sms_url="http://127.0.0.1:9/", voice_url="http://127.0.0.1:9/")
    standin.control("window", user=CUSTOMER, age=CLOSED_SECONDS)
    return standin


@pytest.fixture
def adapter(closed: Standin, tmp_path: Path) -> TwilioAdapter:
    environ = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_API_BASE": closed.url}
    return TwilioAdapter(Settings.from_env(environ | {"VAR_DIR": str(tmp_path)}))


def submissions() -> list[Submission]:
    compiled = compile_files(read_folder(ROOT / "config"))
    assert isinstance(compiled, RunningConfig)
    return submissions_of(compiled.templates)


def statuses(standin: Standin, sid: str) -> list[str]:
    """How this message walks on, until it ends."""
    walk: list[str] = []
    while not walk or walk[-1] not in ("delivered", "undelivered"):
        walk.append(standin.control("advance", s=sid)["status"])
    return walk


def send(adapter: TwilioAdapter, content_sid: str, variables: dict[str, str]) -> str:
    sending = Sending(
        CUSTOMER, WHATSAPP, ChannelType.WHATSAPP, content_sid=content_sid, content_variables=variables or None
    )
    return adapter.send(sending).external_id


@pytest.mark.parametrize("submission", submissions(), ids=lambda submission: submission.name)
def test_every_template_of_the_example_is_taken_as_twilio_specifies(
    adapter: TwilioAdapter, closed: Standin, submission: Submission
) -> None:
    external_id = adapter.create_template(submission)
    adapter.request_approval(external_id, submission)
    kept = closed.request("GET", f"/content/v1/Content/{external_id}").json()
    assert (kept["friendly_name"], kept["language"]) == (submission.name, submission.language)
    assert next(iter(kept["types"].values()))["body"] == submission.body
    assert closed.control("ledger") == []


def test_an_approved_template_arrives_where_free_text_does_not(
    adapter: TwilioAdapter, closed: Standin, shop: RunningConfig
) -> None:
    spec = shop.templates.get("order_update")
    assert spec
    filled = fill(spec, "ur", {"order": "GC-7", "news": "آج روانہ ہو گیا"})
    assert isinstance(filled, Filled)
    submission = next(one for one in submissions() if one.name == "order_update_ur")
    external_id = adapter.create_template(submission)
    unapproved = send(adapter, external_id, filled.content_variables)
    assert statuses(closed, unapproved)[-1] == "undelivered"
    adapter.request_approval(external_id, submission)
    assert statuses(closed, send(adapter, external_id, filled.content_variables))[-1] == "delivered"
    assert closed.control("ledger") == []


def test_a_template_that_is_gone_is_refused_at_once(adapter: TwilioAdapter, closed: Standin) -> None:
    external_id = adapter.create_template(submissions()[0])
    adapter.delete_content(external_id)
    with pytest.raises(SendError) as refused:
        send(adapter, external_id, {})
    assert (refused.value.code, "content" in refused.value.also) == ("21655", True)


def test_a_list_that_cannot_be_had_is_an_error_not_an_empty_one(adapter: TwilioAdapter, closed: Standin) -> None:
    closed.control("fail_next", code=20503, status=503)
    with pytest.raises(SendError):
        adapter.list_templates()
