"""``sending`` in care.yaml: what it comes to, and what is refused with its place."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from gateway.config.compile import check_files, compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.core.sending_rules import Ladder, SendingRules
from gateway.core.words import ChannelType, Purpose

ROOT = Path(__file__).resolve().parents[2]


def with_sending(text: str) -> dict[str, str]:
    files = read_folder(ROOT / "config")
    head, rest = files["care.yaml"].split("\nsending:\n", 1)
    return files | {"care.yaml": f"{head}\nsending: {text}\n\nbot:{rest.split('bot:', 1)[1]}"}


def test_what_is_left_out_is_as_usual() -> None:
    running = compile_files(with_sending("{}"))
    assert isinstance(running, RunningConfig)
    assert (running.sending, running.quiet) == (SendingRules(), None)


def test_what_is_said_holds() -> None:
    running = compile_files(
        with_sending(
            '{window_margin_minutes: 10, parked_days: 2, quiet: {from: "22:00", to: "08:30", holidays: office}, '
            "ladders: {reply: {channels: [whatsapp, sms], after_seconds: 60}}, marketing: {opt_in_required: false}, "
            "cost_classes: {sms: high}}"
        )
    )
    assert isinstance(running, RunningConfig)
    rules = running.sending
    assert (rules.window_margin, rules.parked) == (timedelta(minutes=10), timedelta(days=2))
    assert running.quiet
    assert (running.quiet.start, running.quiet.end) == (time(22), time(8, 30))
    assert running.quiet.holidays.on(date(2027, 8, 14))
    assert rules.ladders[Purpose.REPLY] == Ladder((ChannelType.WHATSAPP, ChannelType.SMS), 60)
    assert Purpose.NOTICE in rules.ladders
    assert (rules.opt_in_required, rules.cost_of("sms", "free"), rules.cost_of("whatsapp", "UTILITY")) == (
        False, "high", "medium",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{quiet: {from: "9 pm", to: "09:00"}}', 'must be a time like "21:00"'),
        ('{quiet: {from: "09:00", to: "09:00"}}', "begins and ends at the same minute"),
        ('{quiet: {from: "21:00", to: "09:00", holidays: offfice}}', "there is no opening hours 'offfice'"),
        ("{ladders: {marketing: {channels: [whatsapp]}}}", "must be one of"),
        ("{ladders: {notice: {channels: [whatsapp, whatsapp]}}}", "each channel is tried once"),
        ("{ladders: {notice: {channels: [voice]}}}", "must be one of"),
        ("{parked_days: 0}", "0.04"),
        ("{reply_waiting_template: reply_wating}", "did you mean 'reply_waiting'?"),
        ("{windows: 3}", "unknown key"),
    ],
)
def test_what_is_wrong_is_refused(text: str, reason: str) -> None:
    problems = [str(problem) for problem in check_files(with_sending(text))]
    assert len(problems) == 1
    assert problems[0].startswith("care.yaml:")
    assert reason in problems[0]
