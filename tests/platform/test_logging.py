"""What a log line may hold: context yes, texts and whole numbers no."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from gateway.core.logging import configure, mask


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**configured)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+923001234567", "…567"),
        ("whatsapp:+923001234567 wrote", "whatsapp:…567 wrote"),
        ("923001234567", "…567"),
        ("two: +14155238886, +14155550100.", "two: …886, …100."),
        ("SM0123456789012345678901234567890", "SM0123456789012345678901234567890"),
        ("018f3b2c-1111-7222-8333-444455556666", "018f3b2c-1111-7222-8333-444455556666"),
        ("order 12345", "order 12345"),
        ("2026-11-22T10:00:00.123456Z", "2026-11-22T10:00:00.123456Z"),
    ],
)
def test_numbers_are_cut_to_their_last_digits(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_line_has_context_and_no_private_words(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    with structlog.contextvars.bound_contextvars(lane="whatsapp:+923001234567", event_id=7):
        structlog.get_logger("x").info(
            "received", text="my secret", data={"body": "hidden too", "to": ["+14155238886"]}
        )
    line = json.loads(capsys.readouterr().err)
    assert line["lane"] == "whatsapp:…567"
    assert (line["event"], line["event_id"], line["level"]) == ("received", 7, "info")
    assert line["text"] == "(hidden)"
    assert line["data"] == {"body": "(hidden)", "to": ["…886"]}


def test_other_libraries_lines_and_traces_are_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    try:
        raise ValueError("cannot send to +923001234567")
    except ValueError:
        logging.getLogger("some.library").exception("failed for %s", "+923001234567")
    text = capsys.readouterr().err
    assert "923001234567" not in text
    assert json.loads(text)["exception"].endswith("ValueError: cannot send to …567")


def test_texts_can_be_shown_on_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    configure(private=False)
    structlog.get_logger("x").info("received", text="shown", to="+923001234567")
    assert json.loads(capsys.readouterr().err)["text"] == "shown"
