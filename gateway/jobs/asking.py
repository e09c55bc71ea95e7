"""What can be asked of whom: a kind of request and the function that asks, outside any transaction, with a time-out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from automation.flows import filling
from automation.flows.requests import Act, Answered, Call, Lookup, Phrase
from gateway.core import clock
from gateway.core.crm import Asker, CrmUnavailable
from gateway.core.errors import Unanswered
from gateway.desk import contacts, crm_links
from gateway.desk.requests import Asked, message_of
from gateway.jobs.ask_crm import ask_crm
from gateway.jobs.ask_model import ask_model
from gateway.jobs.http_call import Caller
from gateway.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Asking:
    """A claimed request, and who may be asked."""

    runtime: Runtime
    asked: Asked

    @property
    def left_seconds(self) -> float:
        """Until the request has failed."""
        return (self.asked.deadline - clock.now()).total_seconds()

    @property
    def key(self) -> str:
        """The same however often it is asked, and no other's: SQLite gives the ids of forgotten rows again."""
        return f"request-{self.asked.id}-{self.asked.deadline:%Y%m%d%H%M%S%f}"


def ask(asking: Asking, request: Any) -> Answered:
    """The answer of whoever is asked such things.

    Raises:
        Unanswered: there is none.
    """
    return ASKS[type(request)](asking, request)


def repeatable(request: object) -> bool:
    """Whether asking twice does no more than asking once: actions have a key, other calls but GET have nothing."""
    return not isinstance(request, Call) or request.method == "GET"


def _crm(asking: Asking, request: Lookup | Act) -> Answered:
    try:
        return _tidy(ask_crm(asking.runtime.crm(), request, _asker(asking), asking.key))
    except CrmUnavailable as error:
        raise Unanswered(error.reason, again=error.again) from error


def _asker(asking: Asking) -> Asker:
    return asker_of(asking.runtime, asking.asked.contact_id)


def asker_of(runtime: Runtime, contact_id: int) -> Asker:
    """A contact as the CRM is asked about them."""
    config = runtime.config()
    today = clock.now().astimezone(ZoneInfo(config.business.timezone)).date()
    with runtime.database.read() as session:
        name, addresses = contacts.reached_by(session, contact_id)
        customer = crm_links.chosen(session, contact_id, config.crm.system)
    return Asker(contact_id, addresses, today, name, customer)


def _call(asking: Asking, request: Call) -> Answered:
    caller = Caller(tuple(asking.runtime.config().services), dict(asking.runtime.settings.call_secrets))
    return _tidy(caller.call(request, asking.key, asking.left_seconds))


def _tidy(answered: Answered) -> Answered:
    """Without signs that a database does not take, and no larger than a slot may be."""
    return replace(answered, value=filling.bounded(answered.value))


def _model(asking: Asking, request: Phrase) -> Answered:
    return ask_model(asking.runtime, request, message_of(asking.asked), asking.left_seconds)


ASKS: Mapping[type, Callable[[Asking, Any], Answered]] = {Lookup: _crm, Act: _crm, Call: _call, Phrase: _model}
