"""A small business with two templates, a runner to drive by hand, and lists to hand it."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from automation.scheduling.quiet import Quiet
from gateway.core import clock
from gateway.core.business import Channel
from gateway.core.templates import Category, Templates, TemplateSpec, Variable, Wording
from gateway.desk.campaigns import drafts, lists, moves, results
from gateway.desk.campaigns.drafts import Draft, Options
from gateway.desk.campaigns.moves import Move, State
from gateway.desk.campaigns.results import Results
from gateway.jobs.run_campaigns import Runner
from gateway.jobs.send_lane import Sender
from gateway.models.campaign import Campaign, CampaignRow
from gateway.models.database import Database
from gateway.models.template import Template
from gateway.runtime import Runtime
from tests import care
from tests.outbound import sink as sinks
from tests.outbound.sink import Sink
from tests.platform.processes import until

LANGUAGES = {"en": "Late: {{order}}, dear {{name}}.", "ur": "تاخیر: {{order}}، {{name}}۔"}
NEWS = TemplateSpec(
    "late",
    Category.UTILITY,
    (Variable("order", "A-1"), Variable("name", "Ayesha", required=False, default={"en": "customer"})),
    {language: Wording(f"late_{language}", body, body) for language, body in LANGUAGES.items()},
)
OFFER = TemplateSpec("offer", Category.MARKETING, (), {"en": Wording("offer_en", "A gift for you!", "A gift!")})
CHANNELS = (
    replace(care.WHATSAPP, rate_per_second=1000.0, burst=1000.0),
    replace(care.SMS, rate_per_second=1000.0, burst=1000.0),
)
TEMPLATES = Templates({template.name: template for template in (NEWS, OFFER)})
NIGHT = Quiet(time(21), time(9))


def running(*channels: Channel, quiet: Quiet | None = None) -> Any:
    business = replace(care.BUSINESS, channels=channels or CHANNELS)
    return replace(care.config(business=business), templates=TEMPLATES, quiet=quiet)


@dataclass
class Office:
    """What a supervisor does and sees."""

    runtime: Runtime
    runner: Runner
    sink: Sink
    senders: list[Sender] = field(default_factory=list)

    def use(self, config: Any) -> None:
        self.runtime.versions = care.FixedVersions(config)  # type: ignore[assignment]

    def create(self, csv: str = "", template: str = "late", **more: Any) -> int:
        options = Options(**{name: more.pop(name) for name in list(more) if name in Options.__slots__})
        draft = Draft(
            "News", template, more.pop("channel", "wa"), options, more.pop("source", {"csv": "x.csv"}), **more
        )
        with self.runtime.work() as session:
            campaign_id, _ = drafts.create(session, draft, self.runtime.config().business)
            if csv:
                drafts.add(session, campaign_id, list(lists.read_csv(io.BytesIO(csv.encode()))))
                drafts.complete(session, campaign_id)
        return campaign_id

    def move(self, campaign_id: int, move: Move, **more: Any) -> State:
        with self.runtime.work() as session:
            return moves.make(session, campaign_id, move, **more)

    def work(self) -> None:
        """Until nothing is to do; a runner whose sender is full would go on for ever: that is for ``rounds``."""
        self.runner.run(120)

    def rounds(self, number: int) -> None:
        """A batch of each campaign, so many times."""
        for _ in range(number):
            self.runner.run(0)

    def work_until_released(self, campaign_id: int, number: int) -> None:
        def enough() -> bool:
            self.runner.run(0.1)
            return self.results(campaign_id).rows.get("released", 0) >= number

        assert until(enough)

    def send(self) -> None:
        if not self.senders:
            self.senders.append(Sender(self.runtime))
        self.senders[0].run()

    def state(self, campaign_id: int) -> str:
        return self.campaign(campaign_id).state

    def campaign(self, campaign_id: int) -> Campaign:
        with self.runtime.database.read() as session:
            found = session.get_one(Campaign, campaign_id)
            session.expunge_all()
            return found

    def results(self, campaign_id: int) -> Results:
        with self.runtime.database.read() as session:
            return results.of(session, campaign_id)

    def rows(self, campaign_id: int) -> Sequence[Any]:
        return [row for row in care.rows(self.runtime.database, CampaignRow) if row.campaign_id == campaign_id]

    def change(self, model: Any, **values: Any) -> None:
        with self.runtime.database.begin() as session:
            session.execute(update(model).values(**values))


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinks.running() as started:
        yield started


@pytest.fixture
def office(database: Database, redis: Redis, redis_url: str, sink: Sink) -> Iterator[Office]:
    made = {"twilio_auth_token": "t" * 32, "twilio_api_base": sink.url, "public_url": "https://care.example"}
    runtime = care.runtime_on(database, redis_url, running(), **made)
    approve(database)
    office = Office(runtime, Runner(runtime), sink)
    yield office
    for sender in office.senders:
        sender.close()


def approve(database: Database) -> None:
    """Every wording is approved at the provider."""
    usual = {"account": care.ACCOUNT, "approval": "approved", "synced_at": clock.now(), "category": "UTILITY"}
    with database.begin() as session:
        for template in TEMPLATES:
            for language in template.languages:
                sid = "HX" + f"{template.name}{language}".encode().hex().ljust(32, "0")[:32]
                session.add(Template(name=template.name, language=language, external_id=sid, **usual))


@pytest.fixture
def listed() -> Callable[..., str]:
    """``listed(3)``: a list of three recipients."""

    def make(number: int) -> str:
        return "phone,order,name\n" + "".join(f"+92300{at:07},A-{at},P{at}\n" for at in range(1, number + 1))

    return make
