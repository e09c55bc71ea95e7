"""What a CRM's answer means to a flow, and which way it goes on."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from automation.flows.requests import Act, Answered, Lookup, Result
from gateway.core.crm import Asker, Candidate, CrmAmbiguous, CrmClient, CrmNotOffered, CrmRefused, Record
from gateway.jobs.ask_crm import ask_crm

LOOKUP, ACT = Lookup("order", {}), Act("cancel_order", {})
ASKER = Asker(1, (), date(2026, 11, 20))


def says(answer: Record | Exception | None) -> Callable[..., Any]:
    def say(*_: object) -> Record | None:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return say


@pytest.mark.parametrize(
    ("request_", "answer", "result", "value"),
    [
        (LOOKUP, {"number": "A1"}, Result.FOUND, {"number": "A1"}),
        (LOOKUP, None, Result.MISSING, {}),
        (LOOKUP, CrmAmbiguous([Candidate("C1", "Ana"), Candidate("C2", "Ali")]), Result.MISSING, {}),
        (LOOKUP, CrmNotOffered("orders"), Result.NOT_OFFERED, {}),
        (ACT, {"number": "A1"}, Result.FOUND, {"number": "A1"}),
        (ACT, CrmRefused("not_found", {}), Result.MISSING, {}),
        (ACT, CrmRefused("passed_on", {"case": "7"}), Result.REFUSED, {"case": "7", "refused": "passed_on"}),
        (ACT, CrmNotOffered("orders"), Result.NOT_OFFERED, {}),
    ],
)
def test_every_answer_has_a_result(
    request_: Lookup | Act, answer: Record | Exception | None, result: Result, value: Record
) -> None:
    crm = cast("CrmClient", SimpleNamespace(look_up=says(answer), act=says(answer)))
    assert ask_crm(crm, request_, ASKER, "k") == Answered(result, value)
