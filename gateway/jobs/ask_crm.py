"""Look-ups and actions that flows ask of the CRM, as calls of its client, whichever it is."""

from automation.flows.requests import Act, Answered, Lookup, Result
from gateway.core.crm import Asker, CrmAmbiguous, CrmClient, CrmNotOffered, CrmRefused

NOT_FOUND = "not_found"


def ask_crm(crm: CrmClient, request: Lookup | Act, asker: Asker, key: str) -> Answered:
    """What the CRM answers; ``key`` makes an action happen once, however often it is asked for.

    Raises:
        CrmUnavailable: no answer.
    """
    try:
        if isinstance(request, Lookup):
            found = crm.look_up(request.what, request.by, asker)
            return Answered(Result.MISSING) if found is None else Answered(Result.FOUND, found)
        return Answered(Result.FOUND, crm.act(request.action, request.fields, asker, key))
    except CrmAmbiguous:
        return Answered(
            Result.MISSING
        )  # to the customer it is as if we did not know them; people are shown who it may be
    except CrmNotOffered:
        return Answered(Result.NOT_OFFERED)
    except CrmRefused as refused:
        if refused.code == NOT_FOUND:
            return Answered(Result.MISSING)
        return Answered(Result.REFUSED, {**refused.record, "refused": refused.code})
