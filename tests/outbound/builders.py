"""A contact with an open conversation, and a business with two senders: what most outbound tests begin with."""

from types import SimpleNamespace
from typing import Any, cast

from redis import Redis
from sqlalchemy.orm import Session

from gateway.channels.registry import Registry
from gateway.channels.twilio.adapter import TwilioAdapter
from gateway.core import clock
from gateway.core.business import Business, Channel, Queue
from gateway.core.crm import CrmSettings
from gateway.core.events import SeenAddress
from gateway.core.sending_rules import SendingRules
from gateway.core.templates import Category, Templates, TemplateSpec, Variable, Wording
from gateway.core.words import AddressKind, ChannelType
from gateway.desk import contacts, conversations
from gateway.desk.conversations import OpenConversation
from gateway.models.database import Database
from gateway.models.template import Template
from gateway.models.user import User
from gateway.runtime import Runtime
from gateway.settings import Settings
from gateway.signals.wakes import Waker
from tests.outbound.sink import ACCOUNT

WHATSAPP = Channel(
    "wa", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886", rate_per_second=1000, burst=1000, read_marks=True
)
SMS = Channel("sms", "twilio", ChannelType.SMS, "+14155550100", rate_per_second=1000, burst=1000)
BUSINESS = Business("Shop", "Asia/Karachi", ("en", "ur"), "en", (WHATSAPP, SMS), (Queue("care", "Care"),))


TEMPLATES = Templates(
    {
        "reply_waiting": TemplateSpec(
            "reply_waiting", Category.UTILITY, (), {"en": Wording("reply_waiting_en", "Your answer is here.", "")}
        ),
        "order": TemplateSpec(
            "order",
            Category.UTILITY,
            (Variable("order", "5531"),),
            {"en": Wording("order_en", "Your order {{order}} is coming.", "Order {{order}} is coming.")},
        ),
    }
)


def approve(session: Session, *names: str) -> None:
    """The provider has approved these templates in English: ``HX`` and the name."""
    for name in names or ("reply_waiting", "order"):
        known = {"account": ACCOUNT, "external_id": f"HX{name}", "name": name, "language": "en"}
        session.add(Template(**known, approval="approved", types=[], variables={}, synced_at=clock.now()))


def open_conversation(session: Session, number: str = "+923001234567", channel: Channel = WHATSAPP) -> OpenConversation:
    found = contacts.resolve(
        session, [SeenAddress(AddressKind.PHONE, number)], profile_name="Ayesha", channel_id=channel.id
    )
    return conversations.open_of(session, found.contact_id) or conversations.start(
        session,
        found.contact_id,
        channel_id=channel.id,
        channel_type=channel.type,
        address_id=found.address_id,
        language="en",
    )


def runtime_at(database: Database, redis_url: str, provider_url: str) -> Runtime:
    settings = Settings(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token="t" * 32,
        twilio_api_base=provider_url,
        public_url="https://care.example",
        redis_url=redis_url,
        secret_key="s" * 32,
    )
    running = SimpleNamespace(version=1, business=BUSINESS, sending=SendingRules(), templates=TEMPLATES, quiet=None)
    running.crm = CrmSettings()
    config = SimpleNamespace(newest=lambda: running)
    return Runtime(
        settings=settings,
        database=database,
        waker=Waker(Redis.from_url(redis_url)),
        registry=Registry({"twilio": TwilioAdapter(settings)}),
        storage=cast(Any, None),
        versions=cast(Any, config),
    )


def agent(session: Session) -> int:
    user = User(
        email="a@example.com", name="Asma", role="agent", password_hash="x", created_at=clock.now(), timezone="UTC"
    )
    session.add(user)
    session.flush()
    return user.id
