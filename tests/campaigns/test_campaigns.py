"""A campaign from its list to its end: what is refused and why, what goes out when, once to each contact."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from gateway.core import clock
from gateway.core.errors import Conflict, InvalidPayload, NotFound
from gateway.desk.campaigns import claims, drafts
from gateway.desk.campaigns.moves import MOVES, Move, State, after
from gateway.jobs.run_campaigns import Runner
from gateway.jobs.unaided import do_due
from gateway.models.campaign import Campaign
from gateway.models.contact import Address, Contact
from gateway.models.message import Message
from gateway.signals.wakes import CAMPAIGNS
from tests import care
from tests.campaigns.conftest import CHANNELS, NIGHT, Office, running

MIXED = """phone,order,name,language,template,notes
+923001234567,A-1,Ayesha,ur,,x
0300 1234567,A-2,Ayesha,,,x
not a number,A-3,,,,x
+923007654321,,Bilal,,,x
+923007654322,A-5,Bilal,en,unheard_of,x
+923007654323,A-6,,en,,x
+923007654324,A-7,"never ends,,,
+923007654325,A  8,tab\there,en,,x
"""
REFUSED = {
    "duplicate": 1, "bad_address": 1, "variable_missing": 1, "template_unknown": 1, "bad_row": 1, "variable_invalid": 1
}  # fmt: skip


def begun(office: Office, csv: str, **more: float) -> int:
    """A campaign that is checked and started, before its first row is released."""
    campaign = office.create(csv, **more)
    office.work()
    office.move(campaign, Move.START)
    return campaign


def test_bad_rows_are_refused_by_line_and_reason_and_the_rest_goes_on(office: Office) -> None:
    campaign = office.create(MIXED)
    office.work()
    found = office.results(campaign)
    assert (office.state(campaign), found.rows, found.refused) == ("ready", {"ready": 2, "refused": 6}, REFUSED)
    lines = {row.number: (row.reason, row.detail) for row in office.rows(campaign) if row.state == "refused"}
    assert lines[3] == ("duplicate", "the same contact as line 2")
    assert lines[4] == ("bad_address", "no phone number that can exist")
    assert lines[5][0] == "variable_missing"
    assert "order" in lines[5][1]
    assert lines[6][0] == "template_unknown"
    assert sorted(lines) == [3, 4, 5, 6, 8, 9]
    assert office.campaign(campaign).prepared == office.campaign(campaign).total == 8


def test_ready_is_the_dry_run_and_nothing_goes_out(office: Office) -> None:
    campaign = office.create(MIXED)
    office.work()
    office.work()
    office.send()
    assert (office.state(campaign), office.sink.messages) == ("ready", [])
    ways = {(way["channel_type"], way["how"], way["language"]): way["rows"] for way in office.results(campaign).ways}
    assert ways == {("whatsapp", "template", "ur"): 1, ("whatsapp", "template", "en"): 1}


def test_started_it_reaches_everybody_once(office: Office, listed: Callable[..., str]) -> None:
    campaign = office.create(listed(450), starts_at=clock.now())
    office.work()
    office.send()
    reached = Counter(message["to"] for message in office.sink.messages)
    assert (len(reached), set(reached.values())) == (450, {1})
    form = next(m["form"] for m in office.sink.messages if m["to"] == "whatsapp:+923000000007")
    assert form["ContentVariables"] == ['{"1": "A-7", "2": "P7"}']
    assert office.results(campaign).messages == {"accepted": 450}
    office.change(Message, status="delivered")
    office.work()
    ended = office.campaign(campaign)
    assert (ended.state, ended.ended_at is not None) == ("done", True)


def test_a_silent_message_does_not_keep_it_open_for_ever(office: Office, listed: Callable[..., str]) -> None:
    campaign = office.create(listed(1), starts_at=clock.now())
    office.work()
    office.send()
    office.work()
    assert office.state(campaign) == "running"
    with clock.frozen(clock.now() + timedelta(hours=4, minutes=1)):
        office.work()
    assert office.state(campaign) == "done"


def test_names_and_languages_of_the_list_become_the_contacts(office: Office) -> None:
    office.create(MIXED)
    office.work()
    people = {contact.name: contact.language for contact in care.rows(office.runtime.database, Contact)}
    assert people["Ayesha"] == "ur"


def test_who_is_known_is_not_made_again(office: Office) -> None:
    care.write(office.runtime, "hello", "whatsapp:+923001234567")
    campaign = office.create("phone,order\n+923001234567,A-1\n+923007654321,A-2\n")
    office.work()
    known = care.rows(office.runtime.database, Contact)
    assert len(known) == 2
    assert office.rows(campaign)[0].contact_id == known[0].id


def test_variants_of_one_number_are_one_contact(office: Office) -> None:
    campaign = office.create("phone,order\n+5511987654321,1\n+551187654321,2\n")
    office.work()
    assert office.results(campaign).refused == {"duplicate": 1}


def test_night_where_they_are_puts_them_off(office: Office) -> None:
    office.use(running(quiet=NIGHT))
    csv = "phone,order\n+923001234567,PK\n+12125550123,US\n"
    evening_in_lahore = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)  # 22:00 there, noon in New York
    with clock.frozen(evening_in_lahore):
        office.create(csv, starts_at=evening_in_lahore)
        office.work()
        office.send()
        assert [message["to"] for message in office.sink.messages] == ["whatsapp:+12125550123"]
    with clock.frozen(datetime(2027, 3, 2, 3, 59, tzinfo=UTC)):
        office.work()
        assert len(office.sink.messages) == 1
    with clock.frozen(datetime(2027, 3, 2, 4, 0, 1, tzinfo=UTC)):  # 9:00
        office.work()
        office.send()
        assert len(office.sink.messages) == 2


def test_a_night_that_began_meanwhile_holds_too(office: Office) -> None:
    office.use(running(quiet=NIGHT))
    afternoon, night = datetime(2027, 3, 1, 10, 0, tzinfo=UTC), datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
    with clock.frozen(afternoon):
        campaign = office.create("phone,order\n+923001234567,1\n")
        office.work()
    with clock.frozen(night):
        office.move(campaign, Move.START)
        office.work()
        row = office.rows(campaign)[0]
    assert (row.state, row.due_at) == ("ready", datetime(2027, 3, 2, 4, 0, tzinfo=UTC))


def test_urgent_news_does_not_wait_for_the_morning(office: Office) -> None:
    office.use(running(quiet=NIGHT))
    night = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
    with clock.frozen(night):
        office.create("phone,order\n+923001234567,1\n", urgent=True, starts_at=night)
        office.work()
        office.send()
    assert len(office.sink.messages) == 1


def test_offers_go_only_to_those_who_agreed(office: Office) -> None:
    campaign = office.create("phone\n+923001234567\n", template="offer")
    office.work()
    assert office.results(campaign).refused == {"not_opted_in": 1}


def test_the_limits_of_a_day_hold(office: Office, listed: Callable[..., str]) -> None:
    office.use(running(replace(CHANNELS[0], daily_limit=7), CHANNELS[1]))
    noon = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
    with clock.frozen(noon):
        first = office.create(listed(5), starts_at=noon, daily_limit=3)
        second = office.create("phone,order\n" + "".join(f"+92301{at:07},{at}\n" for at in range(9)), starts_at=noon)
        office.work()
        assert office.results(first).rows == {"ready": 2, "released": 3}
        assert office.results(second).rows == {"ready": 5, "released": 4}
        assert "goes on after midnight" in office.campaign(second).state_reason
    with clock.frozen(noon + timedelta(hours=13)):  # past midnight in Karachi
        office.work()
        assert office.results(first).rows == {"released": 5}
        assert office.results(second).rows == {"released": 9}
        assert office.campaign(second).state_reason == ""


def test_a_full_sender_is_not_handed_more(office: Office, listed: Callable[..., str]) -> None:
    """A second's worth waits at most, so that a reply is never behind for longer."""
    office.use(running(replace(CHANNELS[0], rate_per_second=5.0, burst=5.0), CHANNELS[1]))
    campaign = begun(office, listed(30))
    office.work_until_released(campaign, 5)
    office.rounds(3)
    assert office.results(campaign).rows == {"ready": 25, "released": 5}


def test_another_sender_that_is_full_is_not_handed_more_either(office: Office, listed: Callable[..., str]) -> None:
    """All of them are dead on WhatsApp: the notice begins with SMS, which is slow."""
    office.use(running(CHANNELS[0], replace(CHANNELS[1], rate_per_second=3.0, burst=3.0)))
    campaign = office.create(listed(12))
    office.work()
    office.change(Address, dead={"whatsapp": {"code": "63024", "at": clock.now().isoformat()}})
    office.move(campaign, Move.START)
    office.work_until_released(campaign, 3)
    office.rounds(3)
    assert office.results(campaign).rows == {"ready": 9, "released": 3}
    assert {m.channel_id for m in care.rows(office.runtime.database, Message)} == {"sms"}


def test_a_campaign_may_be_slower_than_its_sender(office: Office, listed: Callable[..., str]) -> None:
    campaign = begun(office, listed(30), rate_per_second=4.0)
    started = time.monotonic()
    office.rounds(12)
    assert 4 <= office.results(campaign).rows["released"] <= 4 + 4 * (time.monotonic() - started)


def test_paused_it_stops_and_resumed_it_goes_on(office: Office, listed: Callable[..., str]) -> None:
    campaign = begun(office, listed(20), rate_per_second=10.0)
    office.work_until_released(campaign, 1)
    office.move(campaign, Move.PAUSE, reason="wrong date")
    released = office.results(campaign).rows["released"]
    office.rounds(5)
    assert (office.results(campaign).rows["released"], office.campaign(campaign).state_reason) == (
        released, "wrong date"
    )  # fmt: skip
    office.move(campaign, Move.RESUME)
    office.work_until_released(campaign, 20)


def test_canceled_nothing_more_goes_out(office: Office, listed: Callable[..., str]) -> None:
    campaign = begun(office, listed(20), rate_per_second=0.5)
    office.work_until_released(campaign, 1)
    office.move(campaign, Move.CANCEL)
    office.work()
    found = office.results(campaign).rows
    assert found["released"] + found["canceled"] == 20
    assert found["canceled"] > 0
    assert office.campaign(campaign).ended_at is not None


def test_started_for_later_it_waits(office: Office, listed: Callable[..., str]) -> None:
    at = clock.now() + timedelta(hours=1)
    campaign = office.create(listed(1))
    office.work()
    assert office.move(campaign, Move.START, at=at) is State.READY
    office.work()
    assert office.state(campaign) == "ready"
    with clock.frozen(at + timedelta(seconds=1)):
        office.work()
    assert office.state(campaign) == "running"


@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("state", list(State))
def test_moves_that_make_no_sense_are_refused_in_words(office: Office, move: Move, state: State) -> None:
    campaign = office.create("phone,order\n+923001234567,1\n")
    office.change(Campaign, state=state.value, started_at=clock.now())
    target = after(move, state)
    if target is None:
        with pytest.raises(Conflict, match=f"is {state}: it cannot {move}"):
            office.move(campaign, move)
    else:
        assert office.move(campaign, move) is target
        assert target is MOVES[move][state]


def test_no_such_campaign(office: Office) -> None:
    with pytest.raises(NotFound):
        office.move(99, Move.PAUSE)


def test_a_wish_to_be_left_alone_holds_until_the_last_moment(office: Office) -> None:
    campaign = office.create("phone,order\n+923001234567,1\n+923007654321,2\n")
    office.work()
    care.write(office.runtime, "STOP", "whatsapp:+923001234567")
    office.move(campaign, Move.START)
    office.work()
    found = office.results(campaign)
    assert (found.rows, found.refused) == ({"released": 1, "refused": 1}, {"opted_out": 1})


def test_a_segment_fills_the_template_from_what_is_known(office: Office) -> None:
    for number in range(3):
        care.write(office.runtime, "hello", f"whatsapp:+92300123456{number}")
    with office.runtime.database.begin() as session:
        session.execute(update(Contact).where(Contact.id < 3).values(attributes={"order": "B-1"}, name="Ayesha"))
    segment = {"segment": {"attributes": {"order": None}}}
    campaign = office.create(source=segment, starts_at=clock.now())
    office.work()
    office.send()
    assert office.results(campaign).rows == {"released": 2}
    texts = [m.text for m in care.rows(office.runtime.database, Message) if m.campaign_id == campaign]
    assert texts == ["Late: B-1, dear Ayesha."] * 2


def test_an_empty_segment_is_done_at_once(office: Office) -> None:
    campaign = office.create(source={"segment": {"tags_all": ["nobody"]}}, starts_at=clock.now())
    office.work()
    assert office.state(campaign) == "done"


def test_the_same_key_is_the_same_campaign(office: Office) -> None:
    assert office.create(client_key="k1") == office.create(client_key="k1")
    with pytest.raises(Conflict):
        office.create(client_key="k1", template="offer")


def test_a_list_that_is_complete_takes_no_more(office: Office) -> None:
    campaign = office.create("phone,order\n+923001234567,1\n")
    with office.runtime.work() as session, pytest.raises(Conflict):
        drafts.add(session, campaign, [])


def test_a_list_still_being_handed_in_is_not_ready(office: Office) -> None:
    campaign = office.create()
    office.work()
    assert office.state(campaign) == "preparing"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"channel": "fax"}, "no channel 'fax'"),
        ({"purpose": "reply"}, "notice or marketing"),
        ({"purpose": "marketing", "urgent": True}, "never urgent"),
        ({"rate_per_second": 0.0}, "above 0"),
        ({"rate_per_second": 1001.0}, "1000 a second"),
        ({"daily_limit": 0}, "at least 1"),
        ({"variables": {"order": "a\0b"}}, "NUL"),
    ],
)
def test_campaigns_that_cannot_be(office: Office, more: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidPayload, match=why):
        office.create(**more)  # type: ignore[arg-type]


def test_a_campaign_that_breaks_is_paused_with_the_reason(office: Office, listed: Callable[..., str]) -> None:
    campaign = office.create(listed(2), starts_at=clock.now())
    office.change(Campaign, channel_id="gone")
    office.work()
    stopped = office.campaign(campaign)
    assert stopped.state == "paused"
    assert "broke off" in stopped.state_reason
    office.change(Campaign, channel_id="wa")
    office.move(campaign, Move.RESUME)
    office.work()
    assert office.results(campaign).rows == {"released": 2}


def test_two_runners_share_the_work_and_nobody_is_written_to_twice(office: Office, listed: Callable[..., str]) -> None:
    campaign = office.create(listed(50), starts_at=clock.now(), rate_per_second=100.0)
    other = Runner(office.runtime)
    for _ in range(6):
        office.runner.run(0.05)
        other.run(0.05)
    office.work()
    assert office.results(campaign).rows == {"released": 50}
    assert len({row.message_id for row in office.rows(campaign)}) == 50


def test_what_a_dead_process_had_is_free_at_once(office: Office, listed: Callable[..., str]) -> None:
    campaign = begun(office, listed(3))
    with office.runtime.database.begin() as session:
        claims.claim(session, "host:4711:1")
        assert not claims.due(session)
    office.work()
    assert office.results(campaign).rows == {"ready": 3}, "another process has it"
    with office.runtime.database.begin() as session:
        assert not claims.free(session, "host:47:")
        assert claims.free(session, "host:4711:")
        assert claims.due(session)
    office.work()
    assert office.results(campaign).rows == {"released": 3}


def test_without_redis_the_worker_finds_its_work_itself(office: Office, listed: Callable[..., str]) -> None:
    campaign = begun(office, listed(3))
    do_due(CAMPAIGNS, office.runtime)
    assert office.results(campaign).rows == {"released": 3}
