"""Requests as Twilio makes them, and what we read in them; the odd rows are the ones others lost messages by."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.twilio import inbound
from gateway.core.errors import Action, InvalidPayload, Verdict
from gateway.core.events import (
    CallReceived,
    CallStatusChanged,
    InboundMedia,
    Location,
    MessageReceived,
    SeenAddress,
    Selection,
    StatusChanged,
)
from gateway.core.http import WebhookRequest
from gateway.core.words import AddressKind, ChannelType, Kind

ACCOUNT = "AC" + "1" * 32
SID = "SM" + "a" * 32
FILE = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
PHONE = SeenAddress(AddressKind.PHONE, "+923001234567")
BSUID = SeenAddress(AddressKind.BSUID, "US.13491208655302741918")
WHATSAPP = {
    "SmsMessageSid": SID,
    "NumMedia": "0",
    "ProfileName": "Ayesha Khan",
    "MessageType": "text",
    "SmsSid": SID,
    "WaId": "923001234567",
    "SmsStatus": "received",
    "Body": "Salam",
    "To": "whatsapp:+14155238886",
    "NumSegments": "1",
    "ReferralNumMedia": "0",
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": "whatsapp:+923001234567",
    "ApiVersion": "2010-04-01",
}
SMS = {
    "ToCountry": "US",
    "ToState": "CA",
    "SmsMessageSid": SID,
    "NumMedia": "0",
    "ToCity": "SAN FRANCISCO",
    "FromZip": "54000",
    "SmsSid": SID,
    "FromState": "Punjab",
    "SmsStatus": "received",
    "FromCity": "Lahore",
    "Body": "where is my order",
    "FromCountry": "PK",
    "To": "+14155238886",
    "MessagingServiceSid": "MG" + "2" * 32,
    "NumSegments": "1",
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": "+923001234567",
    "ApiVersion": "2010-04-01",
}


def request(route: str, fields: dict[str, str], query: str = "") -> WebhookRequest:
    headers = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return WebhookRequest(
        route, "POST", f"/webhooks/twilio/{route}", query, headers, urlencode(fields).encode(), ACCOUNT
    )


def read(fields: dict[str, str]) -> MessageReceived:
    message = request("messages", fields)
    event = inbound.parse(message, inbound.split(message)[0])
    assert isinstance(event, MessageReceived)
    return event


def without(fields: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in names}


def media(content_type: str, **changes: str) -> dict[str, str]:
    return WHATSAPP | {"NumMedia": "1", "Body": "", "MediaUrl0": FILE, "MediaContentType0": content_type} | changes


FLOW = '{"screen":"RATE","answers":{"stars":5}}'
LIST_ITEM = {"ListId": "order_2", "ListTitle": "Order 2", "Body": "Order 2", "MessageType": "interactive"}

KINDS: list[tuple[str, dict[str, str], Kind, str]] = [
    ("text", WHATSAPP, Kind.TEXT, "Salam"),
    ("sms", SMS, Kind.TEXT, "where is my order"),
    ("empty sms", SMS | {"Body": ""}, Kind.TEXT, ""),
    ("empty whatsapp text", WHATSAPP | {"Body": ""}, Kind.TEXT, ""),
    ("image", media("image/jpeg", MessageType="image"), Kind.IMAGE, ""),
    ("image with caption", media("image/jpeg", MessageType="image", Body="broken"), Kind.IMAGE, "broken"),
    ("image whose label is missing", without(media("image/png"), "MessageType"), Kind.IMAGE, ""),
    ("image sent as a file", media("image/png", MessageType="document"), Kind.DOCUMENT, ""),
    ("voice note", media("audio/ogg", MessageType="audio"), Kind.VOICE, ""),
    ("voice note, type with codec", media("audio/ogg; codecs=opus"), Kind.VOICE, ""),
    ("audio", media("audio/mpeg", MessageType="audio"), Kind.AUDIO, ""),
    ("ogg by mms is audio", SMS | {"NumMedia": "1", "MediaUrl0": FILE, "MediaContentType0": "audio/ogg"}, Kind.AUDIO,
     "where is my order"),
    ("video", media("video/mp4", MessageType="video"), Kind.VIDEO, ""),
    ("document", media("application/pdf", MessageType="document", Body="bill.pdf"), Kind.DOCUMENT, "bill.pdf"),
    ("type nobody has heard of", media("application/x-thing", MessageType="thing"), Kind.DOCUMENT, ""),
    ("sticker", media("image/webp", MessageType="sticker"), Kind.STICKER, ""),
    ("sticker whose label is missing", without(media("image/webp"), "MessageType"), Kind.STICKER, ""),
    ("webp sent as an image", media("image/webp", MessageType="image"), Kind.IMAGE, ""),
    ("no content type, label helps", without(media("", MessageType="video"), "MediaContentType0"), Kind.VIDEO, ""),
    ("contact", media("text/vcard", MessageType="contacts"), Kind.CONTACT, ""),
    ("contact, label wrong", media("text/x-vcard", MessageType="document"), Kind.CONTACT, ""),
    ("media without NumMedia", without(media("image/jpeg"), "NumMedia"), Kind.IMAGE, ""),
    ("media with a NumMedia that is no number", media("image/jpeg", NumMedia="one"), Kind.IMAGE, ""),
    ("NumMedia without media", WHATSAPP | {"NumMedia": "1", "MessageType": "image", "Body": ""}, Kind.UNKNOWN, ""),
    ("location", WHATSAPP | {"Latitude": "31.52", "Longitude": "74.35", "MessageType": "location", "Body": ""},
     Kind.LOCATION, ""),
    ("location nowhere", WHATSAPP | {"Latitude": "north", "Longitude": "74", "MessageType": "location", "Body": ""},
     Kind.UNKNOWN, ""),
    ("location that is not finite", WHATSAPP | {"Latitude": "nan", "Longitude": "inf", "MessageType": "location",
     "Body": ""}, Kind.UNKNOWN, ""),
    ("button", WHATSAPP | {"ButtonText": "Track", "ButtonPayload": "track", "Body": "Track", "MessageType": "button"},
     Kind.BUTTON_REPLY, "Track"),
    ("button without body", WHATSAPP | {"ButtonText": "Track", "Body": ""}, Kind.BUTTON_REPLY, "Track"),
    ("call permission", WHATSAPP | {"ButtonText": "VOICE_CALL_REQUEST", "Body": "VOICE_CALL_REQUEST",
     "ButtonPayload": "ACCEPTED"}, Kind.BUTTON_REPLY, "VOICE_CALL_REQUEST"),
    ("list", WHATSAPP | LIST_ITEM, Kind.LIST_REPLY, "Order 2"),
    ("list, id in the button's field", WHATSAPP | {"ButtonPayload": "order_2", "Body": "Order 2",
     "MessageType": "interactive"}, Kind.LIST_REPLY, "Order 2"),
    ("flow", WHATSAPP | {"InteractiveData": FLOW, "MessageType": "interactive", "Body": ""}, Kind.FLOW_REPLY, ""),
    ("flow in its other field", WHATSAPP | {"FlowData": FLOW, "Body": ""}, Kind.FLOW_REPLY, ""),
    ("reaction", WHATSAPP | {"MessageType": "reaction", "Body": "👍", "OriginalRepliedMessageSid": "SM7"},
     Kind.REACTION, "👍"),
    ("unknown type", WHATSAPP | {"MessageType": "order", "Body": ""}, Kind.UNKNOWN, ""),
    ("unknown type with text", WHATSAPP | {"MessageType": "order", "Body": "2 shirts"}, Kind.TEXT, "2 shirts"),
    ("nothing at all", without(WHATSAPP, "Body", "MessageType", "NumMedia"), Kind.UNKNOWN, ""),
    ("very long", WHATSAPP | {"Body": "ا" * 5000}, Kind.TEXT, "ا" * 5000),
    ("NUL in the text", WHATSAPP | {"Body": "a\x00b"}, Kind.TEXT, "a\ufffdb"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "kind", "text"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_kind_and_text(fields: dict[str, str], kind: Kind, text: str) -> None:
    message = read(fields)
    assert (message.kind, message.text) == (kind, text)


def test_a_whatsapp_message_in_full() -> None:
    assert read(WHATSAPP) == MessageReceived(
        account=ACCOUNT,
        external_id=SID,
        sender="whatsapp:+14155238886",
        channel_type=ChannelType.WHATSAPP,
        addresses=(PHONE,),
        kind=Kind.TEXT,
        text="Salam",
        profile_name="Ayesha Khan",
        extra={"message_type": "text"},
    )


def test_an_sms_in_full() -> None:
    assert read(SMS) == MessageReceived(
        account=ACCOUNT,
        external_id=SID,
        sender="+14155238886",
        channel_type=ChannelType.SMS,
        addresses=(PHONE,),
        kind=Kind.TEXT,
        text="where is my order",
        service="MG" + "2" * 32,
        extra={"from_city": "Lahore", "from_state": "Punjab", "from_zip": "54000", "from_country": "PK"},
    )


METADATA = json.dumps({"type": "whatsapp", "data": {"context": {"ProfileName": "Ali", "WaId": "923001234567"}}})


@pytest.mark.parametrize(
    ("fields", "channel_type", "lane", "sender"),
    [
        (WHATSAPP, "whatsapp", "whatsapp:+923001234567", "whatsapp:+14155238886"),
        (SMS, "sms", "sms:+923001234567", "+14155238886"),
        (SMS | {"MediaUrl0": FILE}, "mms", "sms:+923001234567", "+14155238886"),
        (SMS | {"From": "8585"}, "sms", "sms:8585", "+14155238886"),
        (SMS | {"From": "RABTA", "To": "8585"}, "sms", "sms:RABTA", "8585"),
        (SMS | {"From": "messenger:4711", "To": "messenger:1"}, "messenger", "messenger:4711", "messenger:1"),
        (SMS | {"From": "rcs:+923001234567", "To": "rcs:rabta"}, "rcs", "rcs:+923001234567", "rcs:rabta"),
        (SMS | {"From": "WhatsApp:+923001234567"}, "whatsapp", "whatsapp:+923001234567", "whatsapp:+14155238886"),
        (SMS | {"ChannelMetadata": METADATA}, "whatsapp", "whatsapp:+923001234567", "whatsapp:+14155238886"),
        (SMS | {"ChannelMetadata": "{broken"}, "sms", "sms:+923001234567", "+14155238886"),
        (SMS | {"ChannelMetadata": '["whatsapp"]'}, "sms", "sms:+923001234567", "+14155238886"),
    ],
)
def test_channel_lane_and_sender(fields: dict[str, str], channel_type: str, lane: str, sender: str) -> None:
    message = read(fields)
    assert (message.channel_type, message.sender) == (channel_type, sender)
    assert inbound.split(request("messages", fields))[0].lane == lane


@pytest.mark.parametrize(
    ("changes", "addresses"),
    [
        ({}, (PHONE,)),
        ({"From": f"whatsapp:{BSUID.value}", "WaId": ""}, (BSUID,)),
        ({"From": f"whatsapp:{BSUID.value}"}, (BSUID, PHONE)),
        ({"ExternalUserId": f"whatsapp:{BSUID.value}"}, (PHONE, BSUID)),
        ({"From": f"whatsapp:{BSUID.value}", "WaId": "", "ExternalUserId": f"whatsapp:{BSUID.value}"}, (BSUID,)),
        ({"From": "whatsapp:US.ENT.77ab", "WaId": ""}, (SeenAddress(AddressKind.BSUID, "US.ENT.77ab"),)),
        (
            {"From": "whatsapp:+5511987654321", "WaId": "551187654321"},
            (SeenAddress(AddressKind.PHONE, "+5511987654321"), SeenAddress(AddressKind.PHONE, "+551187654321")),
        ),
        ({"WaId": "not a number"}, (PHONE,)),
        ({"WaId": "13491208655302741918"}, (PHONE,)),
    ],
)
def test_addresses(changes: dict[str, str], addresses: tuple[SeenAddress, ...]) -> None:
    assert read(WHATSAPP | changes).addresses == addresses


@pytest.mark.parametrize(
    ("changes", "attribute", "value"),
    [
        ({"Forwarded": "true"}, "forwarded", True),
        ({"Forwarded": "false"}, "forwarded", False),
        ({"FrequentlyForwarded": "true"}, "frequently_forwarded", True),
        ({}, "referral", None),
        ({"ReferralNumMedia": "0", "ReferralBody": ""}, "referral", None),
        ({"ReferralSourceId": "12", "ReferralHeadline": "Sale"}, "referral", {"source_id": "12", "headline": "Sale"}),
        ({"ReferralCtwaClid": "abc"}, "referral", {"ctwa_clid": "abc"}),
        ({"OriginalRepliedMessageSid": "SM7"}, "reply_to", "SM7"),
        ({"MessageType": "reaction", "OriginalRepliedMessageSid": "SM7", "Body": "👍"}, "reaction_to", "SM7"),
        ({"MessageType": "reaction", "OriginalRepliedMessageSid": "SM7", "Body": "👍"}, "reply_to", None),
        ({"OptOutType": "STOP"}, "opt_out", "STOP"),
        ({"OptOutType": ""}, "opt_out", None),
        ({"ProfileName": "x" * 500}, "profile_name", "x" * 200),
        ({"ProfileName": "", "ChannelMetadata": METADATA}, "profile_name", "Ali"),
        (LIST_ITEM, "selection", Selection("order_2", "Order 2")),
        ({"ButtonText": "Yes", "ButtonPayload": "yes_1"}, "selection", Selection("yes_1", "Yes")),
        ({"ButtonText": "Yes"}, "selection", Selection("Yes", "Yes")),
        ({}, "selection", None),
        ({"Latitude": "31.52", "Longitude": "74.35", "Label": "Shop"}, "location", Location(31.52, 74.35, "Shop")),
        ({"Latitude": "91", "Longitude": "74.35"}, "location", None),
        ({"InteractiveData": FLOW}, "flow_response", {"screen": "RATE", "answers": {"stars": 5}}),
        ({"InteractiveData": "[1]"}, "flow_response", {"raw": "[1]"}),
        ({"InteractiveData": "{not json"}, "flow_response", {"raw": "{not json"}),
        ({"InteractiveData": '{"a":NaN}'}, "flow_response", {"raw": '{"a":NaN}'}),
        ({"InteractiveData": '{"a":"x\\u0000y"}'}, "flow_response", {"a": "x\ufffdy"}),
        ({"InteractiveData": '{"a":' * 40 + "1" + "}" * 40}, "flow_response",
         {"raw": '{"a":' * 40 + "1" + "}" * 40}),
    ],
)  # fmt: skip
def test_details(changes: dict[str, str], attribute: str, value: object) -> None:
    assert getattr(read(WHATSAPP | changes), attribute) == value


def test_several_media_in_order() -> None:
    fields = SMS | {"NumMedia": "11"}
    for number in range(11):
        fields |= {f"MediaUrl{number}": f"{FILE}{number}", f"MediaContentType{number}": "image/gif"}
    assert read(fields).media == tuple(InboundMedia(f"{FILE}{number}", "image/gif") for number in range(11))


def test_a_repeated_field_counts_once_and_the_first_wins() -> None:
    message = request("messages", WHATSAPP)
    message = replace(message, body=message.body + b"&Body=again", memo={})
    event = inbound.parse(message, inbound.split(message)[0])
    assert isinstance(event, MessageReceived)
    assert event.text == "Salam"


STATUS = {
    "ChannelToAddress": "+9230012XXXX",
    "ChannelPrefix": "whatsapp",
    "MessageStatus": "undelivered",
    "SmsStatus": "undelivered",
    "ErrorCode": "63016",
    "ChannelStatusMessage": "outside the window",
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": "whatsapp:+14155238886",
    "To": "whatsapp:+923001234567",
}


def test_a_status_callback() -> None:
    callback = request("statuses", STATUS, "delivery=tok-1")
    ref = inbound.split(callback)[0]
    assert (ref.key, ref.lane, ref.kind) == (f"status:{SID}:undelivered", "whatsapp:+923001234567", "status")
    assert inbound.parse(callback, ref) == StatusChanged(
        ACCOUNT,
        SID,
        "undelivered",
        "tok-1",
        "63016",
        "outside the window",
        {"channel_prefix": "whatsapp"},
        Verdict(Action.TEMPLATE),
    )


@pytest.mark.parametrize(
    ("changes", "lane"),
    [
        ({"To": "+923001234567"}, "whatsapp:+923001234567"),
        ({"To": "+923001234567", "ChannelPrefix": ""}, "sms:+923001234567"),
        ({"To": ""}, f"status:{SID}"),
        ({"To": "x" * 500}, f"status:{SID}"),
    ],
)
def test_a_status_goes_to_the_lane_of_its_receiver(changes: dict[str, str], lane: str) -> None:
    assert inbound.split(request("statuses", STATUS | changes))[0].lane == lane


@pytest.mark.parametrize("missing", ["MessageSid", "MessageStatus", "AccountSid"])
def test_a_status_without_ids_is_refused(missing: str) -> None:
    with pytest.raises(InvalidPayload):
        inbound.split(request("statuses", without(STATUS, missing)))


@pytest.mark.parametrize(
    ("caller", "address"),
    [
        ("+923001234567", PHONE),
        ("+266696687", None),
        ("ANONYMOUS", None),
        ("RESTRICTED", None),
        ("sip:ali@example.com", None),
        ("client:browser", None),
        ("", None),
    ],
)
def test_a_call(caller: str, address: SeenAddress | None) -> None:
    fields = {"CallSid": "CA1", "AccountSid": ACCOUNT, "From": caller, "To": "+14155238886", "Direction": "inbound"}
    call = request("voice/incoming", fields)
    ref = inbound.split(call)[0]
    assert (ref.key, ref.lane) == ("call:CA1", "call:CA1")
    assert inbound.parse(call, ref) == CallReceived(
        ACCOUNT, "CA1", "+14155238886", address, caller, {"Direction": "inbound"}
    )


@pytest.mark.parametrize(("duration", "seconds"), [("61", 61), ("", None), ("-1", None), ("x", None), ("²", None)])
def test_a_call_status(duration: str, seconds: int | None) -> None:
    fields = {"CallSid": "CA1", "AccountSid": ACCOUNT, "CallStatus": "Completed", "CallDuration": duration}
    call = request("voice/status", fields)
    assert inbound.parse(call, inbound.split(call)[0]) == CallStatusChanged(ACCOUNT, "CA1", "completed", seconds)


NAMES = st.sampled_from([*WHATSAPP, *STATUS, "MediaUrl0", "MediaContentType0", "MediaUrl007", "Latitude", "Longitude",
    "InteractiveData", "ChannelMetadata", "ListId", "ButtonText", "ButtonPayload", "ExternalUserId", "OptOutType",
    "CallSid", "CallStatus", "CallDuration", "Label", "ReferralSourceId", "Forwarded"])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
).map(json.dumps)
HOSTILE = st.text(max_size=40) | JSON | st.sampled_from(["whatsapp:+1", "messenger:", ":", "true", "1e999", "-0", "٣"])


@given(st.sampled_from([*inbound.ROUTES]), st.dictionaries(NAMES, HOSTILE, max_size=15), st.binary(max_size=30))
def test_whatever_comes_is_read_or_refused(route: str, changes: dict[str, str], tail: bytes) -> None:
    body = urlencode(WHATSAPP | changes, errors="surrogatepass").encode() + b"&Body2=" + tail
    hostile = replace(request(route, {}), body=body, memo={})
    try:
        refs = inbound.split(hostile)
    except InvalidPayload:
        return
    event: Any = inbound.parse(hostile, refs[0])
    assert len(refs[0].key) <= 200
    assert len(refs[0].lane) <= 200
    assert not any("\x00" in text for text in _texts(asdict(event)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from (*_texts(name), *_texts(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
