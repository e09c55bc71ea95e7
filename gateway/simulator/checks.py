"""Is this a message that Twilio would take? The rules in Twilio's order, each with its error code."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from gateway.simulator.errors import Refusal
from gateway.simulator.world import World

PHONE = re.compile(r"\+[1-9]\d{6,14}")
BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
MEDIA_MOST = 10
BODY_MOST = 1600

Form = MultiDict[str, str]


def _one_of(*allowed: str) -> Callable[[str], bool]:
    return lambda text: text in allowed


def _pattern(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


_whole = _pattern(r"[+-]?\d+")
_truth = _one_of("true", "false", "True", "False")


def _any(text: str) -> bool:
    return True


FIELDS: dict[str, Callable[[str], bool]] = {
    "To": _any,
    "From": _any,
    "FallbackFrom": _any,
    "Body": _any,
    "MediaUrl": _any,
    "StatusCallback": _any,
    "PersistentAction": _any,
    "ContentVariables": _any,
    "ContentSid": _pattern(r"HX[0-9a-fA-F]{32}"),
    "MessagingServiceSid": _pattern(r"MG[0-9a-fA-F]{32}"),
    "ApplicationSid": _pattern(r"AP[0-9a-fA-F]{32}"),
    "MaxPrice": _pattern(r"-?\d+(\.\d+)?"),
    "Attempt": _whole,
    "ValidityPeriod": _whole,
    "ProvideFeedback": _truth,
    "ForceDelivery": _truth,
    "SmartEncoded": _truth,
    "ShortenUrls": _truth,
    "SendAsMms": _truth,
    "ContentRetention": _one_of("retain", "discard"),
    "AddressRetention": _one_of("retain", "obfuscate"),
    "TrafficType": _one_of("free"),
    "ScheduleType": _one_of("fixed"),
    "RiskCheck": _one_of("enable", "disable"),
    "SendAt": _pattern(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"),
}
"""The parameters of `POST Messages` in Twilio's specification, and what each accepts."""


def check(form: Form, world: World) -> None:
    """Raises Refusal with the code that Twilio would answer; returns for a message that it takes."""
    for rule in (_fields, _has_sender, _has_content, _addresses, _sender_known, _consent, _media, _callback, _content):
        rule(form, world)


def unknown_fields(form: Form) -> list[str]:
    """Fields that Twilio would silently ignore."""
    return sorted(set(form) - set(FIELDS))


def variables_of(form: Form) -> dict[str, str]:
    """ContentVariables as a mapping; raises Refusal 21656 if they are none."""
    try:
        value = json.loads(form.get("ContentVariables") or "{}")
    except ValueError as error:
        raise Refusal(21656) from error
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise Refusal(21656)
    return value


def _fields(form: Form, world: World) -> None:
    if "To" not in form:
        raise Refusal(21604)
    wrong = [name for name, fits in FIELDS.items() if not all(fits(text) for text in form.getlist(name))]
    if "ContentSid" in wrong:
        raise Refusal(21655)
    if wrong:
        raise Refusal(20001, text=f"Invalid parameter: {', '.join(wrong)}")


def _has_sender(form: Form, world: World) -> None:
    if not form.get("From") and not form.get("MessagingServiceSid"):
        raise Refusal(21603)


def _has_content(form: Form, world: World) -> None:
    if form.get("ContentVariables") and not form.get("ContentSid"):
        raise Refusal(21654)
    if not any(form.get(name) for name in ("Body", "MediaUrl", "ContentSid", "PersistentAction")):
        raise Refusal(21602)
    if len(form.get("Body", "")) > BODY_MOST:
        raise Refusal(21617)


def _addresses(form: Form, world: World) -> None:
    to, sender = form["To"], form.get("From", "")
    bare = to.removeprefix("whatsapp:")
    if not PHONE.fullmatch(bare) and not (bare != to and BSUID.fullmatch(bare)):
        raise Refusal(21211)
    if sender and to.startswith("whatsapp:") != sender.startswith("whatsapp:"):
        raise Refusal(21910)


def _sender_known(form: Form, world: World) -> None:
    sender = form.get("From")
    if sender and sender not in world.senders:
        raise Refusal(63007 if sender.startswith("whatsapp:") else 21606)


def _consent(form: Form, world: World) -> None:
    if world.has_opted_out(form["To"]):
        raise Refusal(21610)


def _media(form: Form, world: World) -> None:
    urls = form.getlist("MediaUrl")
    if len(urls) > MEDIA_MOST:
        raise Refusal(21623)
    if not all(re.match(r"https?://", url) for url in urls):
        raise Refusal(21620)


def _callback(form: Form, world: World) -> None:
    url = form.get("StatusCallback")
    if url and (not re.match(r"https?://[^/]", url) or "_" in (urlsplit(url).hostname or "")):
        raise Refusal(21609)


def _content(form: Form, world: World) -> None:
    content_sid = form.get("ContentSid")
    if content_sid and content_sid not in world.contents:
        raise Refusal(21655)
    if content_sid:
        variables_of(form)
