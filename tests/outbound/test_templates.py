"""Messages made from templates: sent by the provider's id, looked up by its words; and what a lost template does."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from gateway.channels.twilio.errors import verdict_on
from gateway.core import clock
from gateway.core.events import StatusChanged
from gateway.desk import deliveries, statuses, templates
from gateway.models.message import Delivery
from gateway.models.template import Template
from tests.outbound.conftest import Desk
from tests.outbound.sink import ACCOUNT, Lever

SID = "HX" + "1" * 32
ROW = {
    "account": ACCOUNT,
    "external_id": SID,
    "name": "order_update",
    "language": "en",
    "approval": "approved",
    "category": "UTILITY",
    "rejection": "",
    "body": "Dear {{1}}, order {{2}} has left us.",
    "types": ["twilio/text"],
    "variables": {"1": "Ali", "2": "A-1"},
}


@pytest.fixture
def approved(desk: Desk) -> Desk:
    """A template that the provider has, and a message that is to go out by it."""
    with desk.runtime.work() as session:
        session.execute(insert(Template).values(ROW | {"synced_at": clock.now()}))
    desk.say("Dear Sara, order 7 left.")
    with desk.runtime.work() as session:
        session.execute(update(Delivery).values(content_sid=SID, content_variables={"1": "Sara", "2": "7"}))
    desk.sink.contents[SID] = {"types": {}}
    return desk


def usable(desk: Desk) -> bool:
    with desk.runtime.database.read() as session:
        return templates.approved(session, ["order_update"]) == {"order_update": {"en": SID}}


def test_it_goes_by_the_providers_id_with_its_variables(approved: Desk) -> None:
    approved.send()
    (form,) = approved.sink.messages
    assert form["form"]["ContentSid"] == [SID]
    assert form["form"]["ContentVariables"] == ['{"1": "Sara", "2": "7"}']
    assert "Body" not in form["form"]
    assert approved.states() == ["accepted"]


@pytest.mark.parametrize(("status", "code"), [(400, 21655), (404, 20404)])
def test_a_lost_template_fails_for_good_and_pages(approved: Desk, status: int, code: int) -> None:
    assert usable(approved)
    approved.sink.levers.append(Lever(status=status, code=code))
    approved.send()
    assert approved.states() == ["failed"]
    assert not usable(approved)
    assert [data["code"] for data in approved.log("operator_paged")] == [str(code)]
    assert [(data["name"], data["to"]) for data in approved.log("template_changed")] == [("order_update", "gone")]


@pytest.mark.parametrize(("code", "state"), [("63041", "paused"), ("63042", "disabled"), ("63040", "rejected")])
def test_a_callback_tells_that_a_template_may_no_longer_be_used(approved: Desk, code: str, state: str) -> None:
    approved.send()
    (delivery,) = approved.deliveries()
    change = StatusChanged(
        ACCOUNT, delivery.provider_id or "", "undelivered", delivery.token, code, verdict=verdict_on(code)
    )
    with approved.runtime.work() as session:
        statuses.advance(session, change)
    assert not usable(approved)
    with approved.runtime.database.read() as session:
        assert [row.approval for row in templates.listed(session)] == [state]
    assert [data["code"] for data in approved.log("operator_paged")] == [code]


def test_other_errors_leave_the_template_alone(approved: Desk) -> None:
    approved.sink.levers.append(Lever(status=400, code=21211))
    approved.send()
    assert approved.states() == ["failed"]
    assert usable(approved)


def test_a_lost_answer_is_found_by_the_words_that_were_approved(approved: Desk) -> None:
    approved.sink.levers.append(Lever(keep=True))
    approved.send()
    assert approved.states() == ["unconfirmed"]
    approved.sink.messages[0]["body"] = "Dear Sara, order 7 has left us."
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        approved.sender._look_at = 0.0
        approved.send()
    assert approved.states() == ["accepted"]
    assert len(approved.sink.messages) == 1


def test_a_fresh_try_is_of_the_same_template(approved: Desk) -> None:
    approved.sink.levers.append(Lever(status=400, code=21211))
    approved.send()
    message_id = approved.deliveries()[0].message_id
    with approved.runtime.work() as session:
        deliveries.retry(session, message_id, None)
    assert [delivery.content_sid for delivery in approved.deliveries()] == [SID, SID]
