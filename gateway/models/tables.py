"""Every table, so that one import makes the metadata whole (migrations, tests)."""

from gateway.models.base import Base
from gateway.models.call import Call
from gateway.models.campaign import Campaign, CampaignRow
from gateway.models.config_version import ConfigVersion
from gateway.models.contact import Address, Consent, Contact, ContactMerge, OptOut, SessionWindow
from gateway.models.conversation import Conversation, FlowSession, Note
from gateway.models.crm import CrmLink, CrmWrite
from gateway.models.customer import Customer, CustomerAddress
from gateway.models.inbound import InboundEvent, Lane, RawRequest
from gateway.models.log_entry import LogEntry
from gateway.models.message import Content, Delivery, HeldStatus, Media, Message, Variant
from gateway.models.model_day import ModelDay
from gateway.models.order import Invoice, Order, OrderCase, OrderLine
from gateway.models.question import AnswerGiven, Label, Miss, Question, QuestionRun, Refit
from gateway.models.request import Request
from gateway.models.saved_view import SavedView
from gateway.models.sla import SlaClock
from gateway.models.template import Template
from gateway.models.timer import Timer
from gateway.models.user import ApiToken, Presence, User, UserSession

TABLES = (
    Address, AnswerGiven, ApiToken, Call, Campaign, CampaignRow, ConfigVersion, Consent, Contact, ContactMerge,
    Content, Conversation, CrmLink, CrmWrite, Customer, CustomerAddress, Delivery, FlowSession, HeldStatus,
    InboundEvent, Invoice, Label, Lane, LogEntry, Media, Message, Miss, ModelDay, Note, OptOut, Order, OrderCase,
    OrderLine, Presence, Question, QuestionRun, RawRequest, Refit, Request, SavedView, SessionWindow, SlaClock,
    Template, Timer, User, UserSession, Variant,
)  # fmt: skip

metadata = Base.metadata
