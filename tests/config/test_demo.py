"""The business that ships compiles, and says things in its languages."""

from pathlib import Path

import pytest

from automation.flows import engine
from automation.flows.model import Surroundings
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig

FOLDER = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def running() -> RunningConfig:
    compiled = compile_files(read_folder(FOLDER), 7)
    assert isinstance(compiled, RunningConfig), "\n".join(map(str, compiled))
    return compiled


def test_the_business_that_ships_has_no_problems(running: RunningConfig) -> None:
    assert running.version == 7
    assert running.business.default_queue == "care"
    assert len(running.flows.answers) >= 12


def test_channels_do_what_their_kind_can(running: RunningConfig) -> None:
    channels = {channel.id: channel for channel in running.business.channels}
    assert (channels["whatsapp"].read_marks, channels["whatsapp"].mms) == (True, False)
    assert (channels["sms"].read_marks, channels["sms"].mms) == (False, True)


@pytest.mark.parametrize("language", ["en", "ur", "ur-Latn", "es"])
def test_everything_is_said_in_every_language(running: RunningConfig, language: str) -> None:
    for answer in running.flows.answers.values():
        assert language in answer.text or answer.goto
        assert len(answer.phrases[language]) >= 6
    for flow in running.flows.flows:
        step = engine.start(running.flows, flow, Surroundings(language))
        assert step.replies or step.handoff or step.requests


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("What time do you close today?", "faq:hours"),
        ("dukaan kab khulti hay", "faq:hours"),
        ("دُکان کب کھُلتی ہے؟", "faq:hours"),
        ("paisay wapis kab milenge", "faq:refund_time"),
        ("order kahan he mera", "faq:order_status"),
        ("mujhe kisi bande se baat krni hai", "flow:talk_to_person"),
        ("delivery charges?", "faq:delivery_cost"),
        ("a que hora cierran hoy?", "faq:hours"),
        ("Dónde está mi paquete??", "faq:order_status"),
        ("cuanto cuesta el envio", "faq:delivery_cost"),
        ("quiero hablar con una persona de verdad", "flow:talk_to_person"),
    ],
)
def test_questions_find_their_answer(running: RunningConfig, text: str, target: str) -> None:
    assert running.faq.match(text).answer_id == target
