"""Topics, manners and hours of channels in ``care.yaml``: what they come to, and what is wrong with them."""

from pathlib import Path

import pytest

from automation.scheduling.hours import Both, Calendar
from gateway.config.compile import check_files, compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig

FILES = read_folder(Path(__file__).parents[2] / "config")


def changed(old: str, new: str) -> dict[str, str]:
    assert old in FILES["care.yaml"]
    return FILES | {"care.yaml": FILES["care.yaml"].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"faq:damaged_item"', '"faq:damagd_item"', "there is no answer 'damagd_item'; did you mean 'damaged_item'?"),
        ('"flow:damaged_item"', '"flow:gone_for_good"', "there is no flow 'gone_for_good'"),
        ('"faq:damaged_item"', '"damaged_item"', "must be faq: or flow: and its id"),
        (
            "skills: [complaints]\n    severity",
            "skills: [complaint]\n    severity",
            "no queue has the skill 'complaint'",
        ),
        ("severity: high", "severity: urgent", "must be one of low, normal, high"),
        ("angry_twice: hand_over", "angry_twice: shout", "must be one of hand_over, offer, nothing"),
        ("distress_queue: complaints", "distress_queue: complains", "there is no queue 'complains'"),
        ("    queue: care\n", "    queue: care\n    hours: offic\n", "there is no opening hours 'offic'"),
    ],
)
def test_what_is_wrong(old: str, new: str, reason: str) -> None:
    assert any(reason in problem.reason for problem in check_files(changed(old, new)))


def test_a_channel_is_answered_within_the_hours_of_both() -> None:
    running = compile_files(changed("    queue: care\n", "    queue: care\n    hours: office\n"))
    assert isinstance(running, RunningConfig)
    assert isinstance(running.people("orders", "whatsapp"), Both)
    assert isinstance(running.people("orders", "sms"), Calendar)
    assert running.people("gone", "sms") is None
    assert running.topics.of("faq:damaged_item") == "damage"
    assert "G######" in running.topics.order_forms


def test_sentences_keep_their_own_placeholders() -> None:
    texts = FILES | {"texts.yaml": FILES["texts.yaml"] + '\nclosed_told: {en: "Back {when}."}\n'}
    assert check_files(texts) == []
    wrong = FILES | {"texts.yaml": FILES["texts.yaml"] + '\nclosed_told: {en: "Back {soon}."}\n'}
    assert any("{soon}" in problem.reason for problem in check_files(wrong))
