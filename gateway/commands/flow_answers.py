"""What other systems answer in a rehearsal: the CRM from the folder's own files, calls as the conversation says."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from automation.flows.requests import Act, Answered, Call, Lookup, Request, Result, unfit
from gateway.core.crm import Asker, CrmClient, CrmUnavailable
from gateway.jobs.ask_crm import ask_crm
from handlers.rehearsal import Ask

FAILED = Answered(Result.FAILED)


def answers_of(crm: CrmClient | None, calls: Mapping[str, Mapping[str, Any]]) -> Ask:
    """Answers at once. ``crm`` None: it is down; ``calls``: address → what stands there, others do not answer."""
    numbers = count(1)

    def ask(request: Request, asker: Asker) -> Answered:
        if isinstance(request, Lookup | Act) and crm is not None:
            try:
                return ask_crm(crm, request, asker, f"rehearsal-{next(numbers)}")
            except CrmUnavailable:
                return FAILED
        value = calls.get(request.url) if isinstance(request, Call) else None
        fits = isinstance(request, Call) and value is not None and not unfit(value, request.expects)
        return Answered(Result.FOUND, value or {}) if fits else FAILED

    return ask
