"""What customers do: write, tap, choose, send things. Each becomes a signed webhook to the business."""

import json
import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gateway.simulator.files import Files
from gateway.simulator.scheduler import Scheduler
from gateway.simulator.state import Customer, Media, Message, new_sid
from gateway.simulator.webhooks import Hooks
from gateway.simulator.world import World

STOP_WORDS = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
START_WORDS = frozenset(("START", "UNSTOP", "YES"))
STOPPED = "You have successfully been unsubscribed. You will not receive any more messages. Reply START to resubscribe."
STARTED = "You have successfully been re-subscribed. Reply HELP for help. Reply STOP to unsubscribe."
SLOW_SECONDS = 4.0
TYPES = {"image": "image", "audio": "audio", "video": "video"}


@dataclass(frozen=True, slots=True)
class File:
    data: bytes
    content_type: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a customer is about to send; ``fields`` are further webhook fields (``ButtonText``, ``Latitude`` …)."""

    to: str
    frm: str
    body: str = ""
    files: tuple[File, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""


@dataclass(slots=True)
class Pens:
    """Customers' hands."""

    world: World
    hooks: Hooks
    files: Files
    scheduler: Scheduler

    def send(self, draft: Draft) -> Message:
        """Write now; the webhook goes out in the background."""
        message = self._message(draft)
        delay = SLOW_SECONDS if self.world.levers_of(draft.frm).slow else 0
        self.scheduler.after(delay, partial(self.deliver, message))
        return message

    def send_now(self, draft: Draft) -> dict[str, Any]:
        """Write and wait for the product's answer: what came back, with the ``MessageSid``."""
        message = self._message(draft)
        return self.deliver(message) | {"MessageSid": message.sid}

    def deliver(self, message: Message) -> dict[str, Any]:
        """Send the message's webhook (twice if the line repeats), and tick it by what came back."""
        sender = self.world.senders[message.sender]
        self.world.ticked(message, "sent")
        customer = self.world.customer_of(message.customer)
        params = inbound_params(message, self.world.setup.account_sid, self.world.base_url)
        post = partial(
            self.hooks.post,
            sender.messages_url,
            params,
            token=str(uuid.uuid4()),
            customer=customer.id if customer else "",
            what=f"message {params.get('MessageType', 'text')}",
        )
        if customer and customer.levers.duplicates:
            self.scheduler.after(0, post)
        answer = post()
        taken = (answer["status"] or 500) < 400
        self.world.ticked(message, "delivered" if taken else "refused")
        return answer

    def _message(self, draft: Draft) -> Message:
        media = [self._kept(file) for file in draft.files]
        fields = dict(draft.fields)
        if draft.frm.startswith("whatsapp:"):
            fields = _whatsapp_fields(draft, self.world.customer_of(draft.frm)) | fields
        message = Message(
            sid=fields.pop("MessageSid", "") or new_sid("MM" if media else "SM"),
            outbound=False,
            sender=draft.to,
            customer=draft.frm,
            body=draft.body,
            status="received",
            media=media,
            fields=fields,
            tick="sending",
        )
        self.world.add(message)
        self.world.wrote(draft.frm)
        if message.channel == "sms":
            self._consent(message)
        return message

    def _kept(self, file: File) -> Media:
        media = Media(new_sid("ME"), file.content_type, file.name, size=len(file.data))
        self.files.put(media.sid, file.data)
        return media

    def _consent(self, message: Message) -> None:
        """SMS keywords count at Twilio itself, which answers them too."""
        word = message.body.strip().upper()
        stopped = message.customer in self.world.opted_out
        if word in STOP_WORDS and not stopped:
            self.world.opt(message.customer, out=True)
            self._notice(message, STOPPED)
        if word in START_WORDS and stopped:
            self.world.opt(message.customer, out=False)
            self._notice(message, STARTED)

    def _notice(self, message: Message, text: str) -> None:
        notice = Message(new_sid("SM"), True, message.sender, message.customer, text, "delivered")
        self.world.add(notice)
        customer = self.world.customer_of(message.customer)
        if customer:
            customer.levers.opted_out = False
            self.world.customer_changed(customer)


def inbound_params(message: Message, account: str, base_url: str) -> dict[str, str]:
    """The form fields of an inbound message's webhook, as captured from real ones."""
    params = {
        "SmsMessageSid": message.sid,
        "NumMedia": str(len(message.media)),
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "Body": message.body,
        "To": message.sender,
        "NumSegments": "1",
        "MessageSid": message.sid,
        "AccountSid": account,
        "From": message.customer,
        "ApiVersion": "2010-04-01",
    }
    for index, media in enumerate(message.media):
        path = f"/api/2010-04-01/Accounts/{account}/Messages/{message.sid}/Media/{media.sid}"
        params[f"MediaUrl{index}"] = base_url + path
        params[f"MediaContentType{index}"] = media.content_type
    if message.channel == "sms":
        params |= {"FromCountry": _country(message.customer), "FromCity": "", "FromState": "", "FromZip": ""}
    return params | message.fields


def _whatsapp_fields(draft: Draft, customer: Customer | None) -> dict[str, str]:
    name = draft.name or (customer.name if customer else "Customer")
    number = customer.number if customer else draft.frm.removeprefix("whatsapp:")
    fields = {"ProfileName": name, "ReferralNumMedia": "0", "MessageType": _message_type(draft.files)}
    context = {"ProfileName": name}
    if draft.frm.startswith("whatsapp:+"):
        fields["WaId"] = context["WaId"] = number.lstrip("+")
    if customer:
        fields["ExternalUserId"] = f"whatsapp:{customer.bsuid}"
    metadata = {"type": "whatsapp", "data": {"context": context}}
    return fields | {"ChannelMetadata": json.dumps(metadata, separators=(",", ":"), ensure_ascii=False)}


def _message_type(files: tuple[File, ...]) -> str:
    if not files:
        return "text"
    content_type = files[0].content_type
    if content_type == "text/vcard":
        return "contacts"
    return TYPES.get(content_type.partition("/")[0], "document")


def _country(number: str) -> str:
    known = {"+92": "PK", "+1": "US", "+34": "ES", "+966": "SA", "+44": "GB"}
    return next((name for prefix, name in known.items() if number.startswith(prefix)), "")
