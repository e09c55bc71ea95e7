"""A rehearsal's requests: answered at once, on the same way as in earnest."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from automation.flows.requests import Act, Answered, Request, Result
from gateway.commands.flow_answers import answers_of
from gateway.core.crm import Asker, CrmRefused, CrmUnavailable, Record
from handlers.rehearsal import Ask, Rehearsal, Sent
from tests.automation.flows import library
from tests.care import config

UNDO = {
    "id": "undo",
    "triggers": {"words": {"en": ["undo"]}},
    "nodes": [
        {"id": "mine", "lookup": "order", "into": "order", "missing": "none", "failed": "sorry"},
        {"id": "told", "say": "One moment, {order.number}"},
        {"id": "do", "act": "cancel_order", "with": {"order": "{order.number}"}, "into": "order", "refused": "late",
         "failed": "sorry"},
        {"id": "done", "say": "It is {order.status}", "goto": "end"},
        {"id": "late", "say": "No: {order.refused}", "goto": "end"},
        {"id": "none", "say": "None", "goto": "end"},
        {"id": "sorry", "say": "Not now", "goto": "end"},
    ],
}  # fmt: skip
CONFIG = replace(config(), flows=library(UNDO))


class Shop:
    """A CRM with one order, which is placed, or gone too far."""

    def __init__(self, too_late: bool = False, down: bool = False) -> None:
        self.too_late, self.down = too_late, down
        self.keys: list[str] = []

    def look_up(self, what: str, by: Mapping[str, str], asker: Asker) -> Record | None:
        if self.down:
            raise CrmUnavailable("it is down")
        return {"number": "G1", "status": "placed"} if asker.addresses == (("phone", "+923001234567"),) else None

    def act(self, action: str, fields: Mapping[str, str], asker: Asker, key: str) -> Record:
        self.keys.append(key)
        if self.too_late:
            raise CrmRefused("too_late", {"number": "G1"})
        return {"number": fields["order"], "status": "cancelled"}


def hear(ask: Ask, phone: str = "+923001234567") -> list[str]:
    rehearsal = Rehearsal(CONFIG, datetime(2027, 3, 2, 11, tzinfo=UTC), "en", phone=phone, ask=ask, begins=False)
    _, replies = rehearsal.hear(Sent("undo"))
    assert rehearsal.standing.node == ""
    return [reply.text for reply in replies]


@pytest.mark.parametrize(
    ("shop", "said"),
    [
        (Shop(), ["One moment, G1", "It is cancelled"]),
        (Shop(too_late=True), ["One moment, G1", "No: too_late"]),
        (Shop(down=True), ["Not now"]),
        (None, ["Not now"]),
    ],
)
def test_answers_follow_each_other(shop: Shop | None, said: list[str]) -> None:
    assert hear(answers_of(shop, {})) == said


def test_what_is_not_theirs_is_not_there() -> None:
    assert hear(answers_of(Shop(), {}), phone="+923009876543") == ["None"]


def test_each_action_has_a_key_of_its_own() -> None:
    shop = Shop()
    ask = answers_of(shop, {})
    hear(ask)
    hear(ask)
    assert len(set(shop.keys)) == 2


def test_without_anybody_who_answers_it_fails() -> None:
    assert hear(lambda request, asker: Answered(Result.FAILED)) == ["Not now"]


def test_only_what_is_asked_is_answered() -> None:
    asked: list[Request] = []

    def ask(request: Request, asker: Asker) -> Answered:
        asked.append(request)
        return Answered(Result.FOUND, {"number": "G1", "status": "cancelled"})

    hear(ask)
    assert [type(request).__name__ for request in asked] == ["Lookup", "Act"]
    assert asked[1] == Act("cancel_order", {"order": "G1"})
