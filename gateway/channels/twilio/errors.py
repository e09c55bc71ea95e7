"""Twilio's error codes as data: what each means for us, whether it comes with a response or with a callback."""

import json
from collections.abc import Iterator, Mapping

from gateway.core.errors import Action, SendError, Verdict

PAGE, FLAG, BUG, CHANNEL, NEW = "page", "flag", "bug", "channel", "new"
OPT_OUT, LOOP, LINK, WITHHELD, CONTENT = "opt_out", "loop", "link", "withheld", "content"

TABLE: tuple[tuple[str, Action, tuple[str, ...]], ...] = (
    ("20429 63009 63010 63012 63023 63037", Action.RETRY, ()),
    ("30003 30008 30017 30410", Action.RETRY, (CHANNEL,)),
    ("63019", Action.RETRY, (LINK,)),
    ("20500 20503", Action.UNKNOWN, ()),
    ("21611 30001 30022 30023 63017 63018", Action.LATER, ()),
    ("63038", Action.LATER, (PAGE,)),
    ("21610 63014 63033", Action.OPT_OUT, ()),
    ("63016", Action.TEMPLATE, ()),
    ("21612 63036", Action.CHANNEL, ()),
    ("20003 20005 21606 21701 21703 21704 63007", Action.PAGE, ()),
    ("21215 21408", Action.PAGE, (CHANNEL,)),
    ("30002 30018 30024 30032 30033 30034 30035", Action.PAGE, ()),
    ("63001 63002 63008 63020 63022 63026 63051 63059 63062 63101", Action.PAGE, ()),
    ("11200 11205 11750 12100 12200 12300", Action.PAGE, ()),
    ("20404", Action.FINAL, (CONTENT,)),
    ("21608 63015 63031", Action.FINAL, ()),
    ("21211 21217 21401 21604 21614", Action.FINAL, (FLAG,)),
    ("21602 21603 21609 21617 21620 21623 21654 21656 21658 21910", Action.FINAL, (BUG,)),
    ("21655", Action.FINAL, (BUG, CONTENT)),
    ("63013 63028", Action.FINAL, (PAGE,)),
    ("63027 63040 63041 63042", Action.FINAL, (PAGE, CONTENT)),
    ("63005 63021", Action.FINAL, (BUG, LINK)),
    ("63006 63030", Action.FINAL, (BUG,)),
    ("30004", Action.FINAL, (OPT_OUT,)),
    ("21635 30005 30006", Action.FINAL, (FLAG, CHANNEL)),
    ("63003 63024", Action.FINAL, (FLAG, CHANNEL)),
    ("30036 63032", Action.FINAL, (CHANNEL,)),
    ("30007 30450", Action.FINAL, (PAGE,)),
    ("11751 30019 63034", Action.FINAL, (LINK,)),
    ("14107", Action.FINAL, (LOOP,)),
    ("63049", Action.FINAL, (WITHHELD,)),
)
USUAL_TRIES = 5
TRIES = {"30003": 3, "30008": 3, "30017": 3, "30410": 3, "63019": 2}
"""All attempts together, where other than usual: "again twice", "again once"."""

UNKNOWN_CODE = Verdict(Action.FINAL, frozenset({NEW}))


def _rows() -> Iterator[tuple[str, Verdict]]:
    for codes, action, also in TABLE:
        for code in codes.split():
            yield code, Verdict(action, frozenset(also), TRIES.get(code, USUAL_TRIES))


BY_CODE: Mapping[str, Verdict] = dict(_rows())


def verdict_on(code: str) -> Verdict:
    """What a code means; one that nobody listed is final, and said to be new."""
    return BY_CODE.get(code, UNKNOWN_CODE)


def refusal(status: int, body: str, headers: Mapping[str, str]) -> SendError:
    """The error that a response other than 2xx stands for; the text keeps Twilio's own words."""
    code, text = _code_and_text(status, body)
    verdict = _verdict_on_response(status, code)
    return SendError(code, text, verdict.action, verdict.also, _retry_after(headers), verdict.tries)


def not_sent(reason: str) -> SendError:
    """No connection came about: nothing was sent, so it may be tried again."""
    return SendError("connect", reason, Action.RETRY)


def unknown_outcome(reason: str) -> SendError:
    """The request went out and no whole answer came back."""
    return SendError("no_answer", reason, Action.UNKNOWN)


def _verdict_on_response(status: int, code: str) -> Verdict:
    """429 was never processed and 5xx may have been, whatever code stands beside them."""
    if status == 429:
        return Verdict(Action.RETRY)
    if status >= 500:
        return Verdict(Action.UNKNOWN)
    return verdict_on(code)


HTTP_CODES = {401: "20003", 404: "20404", 429: "20429"}


def _code_and_text(status: int, body: str) -> tuple[str, str]:
    try:
        payload = json.loads(body)
        code, text = payload.get("code"), payload.get("message") or payload.get("detail") or payload.get("title")
    except (ValueError, AttributeError):
        code, text = None, None
    return str(code or HTTP_CODES.get(status, status)), str(text or f"HTTP {status}")[:500]


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    return float(value) if value.replace(".", "", 1).isdecimal() else None
