"""Requests that the stand-in and our simulator must answer alike: one line each, with what it is about."""

from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "AC" + "0" * 31 + "1"
API = f"/api/2010-04-01/Accounts/{ACCOUNT}"
WHATSAPP, SMS = "whatsapp:+14155238886", "+14155550100"
CUSTOMER, CUSTOMER_SMS, STOPPED = "whatsapp:+923001234567", "+923001234567", "+923009999999"
CONTENT = {"friendly_name": "x", "language": "en", "types": {"twilio/text": {"body": "Hello {{1}}"}}}
NOTHING = "HX" + "0" * 32


@dataclass(frozen=True)
class Case:
    """One request. ``{content}`` and ``{message}`` in path and form stand for resources that were made before."""

    about: str
    method: str
    path: str
    form: dict[str, Any] | None = None
    json: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)


def send(about: str, **form: Any) -> Case:
    """`POST Messages` to the WhatsApp customer unless ``form`` says otherwise; None leaves a field out."""
    fields = {"To": CUSTOMER, "From": WHATSAPP} | form
    return Case(about, "POST", f"{API}/Messages.json", {k: v for k, v in fields.items() if v is not None})


CORPUS = [
    send("text", Body="hello"),
    send("text in Urdu", Body="السلام علیکم"),
    send("text by SMS", To=CUSTOMER_SMS, From=SMS, Body="hello"),
    send("1,600 characters", Body="x" * 1600),
    send("one file", MediaUrl="https://files.example/a.jpg"),
    send("ten files by MMS", To=CUSTOMER_SMS, From=SMS, MediaUrl=[f"https://files.example/{n}.jpg" for n in range(10)]),
    send("file with caption", Body="see", MediaUrl="https://files.example/a.jpg"),
    send("place", Body="here", PersistentAction="geo:31.52,74.35|Lahore"),
    send("content", ContentSid="{content}", ContentVariables='{"1": "Ali"}'),
    send("content without variables", ContentSid="{content}"),
    send("callback with our own id", Body="x", StatusCallback="https://shop.example/s?delivery=1#rc=3&rp=ct,rt,5xx"),
    send("validity", Body="x", ValidityPeriod="600"),
    send("business-scoped id", To="whatsapp:US.13491208655302741918", Body="x"),
    send("no sender", From=None, Body="x"),
    send("no recipient", To=None, Body="x"),
    send("neither", To=None, From=None, Body="x"),
    send("nothing to say"),
    send("empty body", Body=""),
    send("1,601 characters", Body="x" * 1601),
    send("no number", To="nobody", Body="x"),
    send("no number on WhatsApp", To="whatsapp:nobody", Body="x"),
    send("number with spaces", To="whatsapp:+92 300 1234567", Body="x"),
    send("WhatsApp to SMS", To=CUSTOMER_SMS, Body="x"),
    send("SMS to WhatsApp", From=SMS, Body="x"),
    send("unknown WhatsApp sender", From="whatsapp:+15550001111", Body="x"),
    send("unknown number", To=CUSTOMER_SMS, From="+15550001111", Body="x"),
    send("opted out", To=STOPPED, From=SMS, Body="x"),
    send("eleven files", MediaUrl=[f"https://files.example/{n}.jpg" for n in range(11)]),
    send("file of another scheme", MediaUrl="ftp://files.example/a.jpg"),
    send("underscore in the callback's host", Body="x", StatusCallback="https://my_shop.example/s"),
    send("callback that is no URL", Body="x", StatusCallback="shop.example/s"),
    send("variables without content", Body="x", ContentVariables="{}"),
    send("variables that are no JSON", ContentSid="{content}", ContentVariables="nope"),
    send("variables that are a list", ContentSid="{content}", ContentVariables="[]"),
    send("variables that are numbers", ContentSid="{content}", ContentVariables='{"1": 1}'),
    send("short ContentSid", ContentSid="HX1"),
    send("ContentSid that does not exist", ContentSid=NOTHING),
    send("unknown schedule type", Body="x", ScheduleType="later"),
    send("validity that is no number", Body="x", ValidityPeriod="soon"),
    send("MessagingServiceSid that is none", Body="x", From=None, MessagingServiceSid="MG1"),
    send("service in place of a sender", Body="x", From=None, MessagingServiceSid="MG" + "a" * 32),
    Case("wrong token", "POST", f"{API}/Messages.json", {"To": CUSTOMER}, options={"auth": (ACCOUNT, "wrong")}),
    Case("no credentials", "POST", f"{API}/Messages.json", {"To": CUSTOMER}, options={"auth": None}),
    Case("list", "GET", f"{API}/Messages.json?To=%2B923001234567&From=%2B14155550100"),
    Case("page size out of range", "GET", f"{API}/Messages.json?PageSize=many"),
    Case("fetch", "GET", f"{API}/Messages/{{message}}.json"),
    Case("fetch what does not exist", "GET", f"{API}/Messages/SM{'0' * 32}.json"),
    Case("fetch what has no SID", "GET", f"{API}/Messages/1.json"),
    Case("no such resource", "GET", f"{API}/Pigeons.json"),
    Case("look-up", "GET", "/lookups/v2/PhoneNumbers/+923001234567?Fields=line_type_intelligence"),
    Case("look-up of no number", "GET", "/lookups/v2/PhoneNumbers/12"),
    Case("make content", "POST", "/content/v1/Content", json=CONTENT),
    Case("content without types", "POST", "/content/v1/Content", json={"language": "en"}),
    Case("content with empty types", "POST", "/content/v1/Content", json={"language": "en", "types": {}}),
    Case("content without language", "POST", "/content/v1/Content", json={"types": CONTENT["types"]}),
    Case("fetch content", "GET", "/content/v1/Content/{content}"),
    Case("fetch content that does not exist", "GET", f"/content/v1/Content/{NOTHING}"),
    Case(
        "ask for approval",
        "POST",
        "/content/v1/Content/{content}/ApprovalRequests/whatsapp",
        json={"name": "hello", "category": "UTILITY"},
    ),
    Case("delete content that does not exist", "DELETE", f"/content/v1/Content/{NOTHING}"),
    Case(
        "typing",
        "POST",
        "/messaging/v3/Indicators/Typing.json",
        json={"channel": "WHATSAPP", "messageId": "SM" + "a" * 32},
    ),
    Case("delete", "DELETE", f"{API}/Messages/{{message}}.json"),
]
