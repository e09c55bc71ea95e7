"""A message from the business: checked, given its fate, put on its way."""

import time
from dataclasses import dataclass
from typing import Any

from gateway.simulator import approvals, checks, content
from gateway.simulator.carrier import Carrier
from gateway.simulator.checks import Form
from gateway.simulator.errors import Refusal, comes_later
from gateway.simulator.state import Levers, Media, Message, new_sid
from gateway.simulator.world import World


@dataclass(slots=True)
class Desk:
    """Where the business's messages are handed in."""

    world: World
    carrier: Carrier

    def accept(self, form: Form) -> Message:
        """The message Twilio's 201 tells of, already on its way.

        Raises:
            Refusal: Twilio would answer an error; the message never existed.
        """
        levers = self.world.levers_of(form.get("To", ""))
        checks.check(form, self.world)
        failure = _take_failure(levers)
        if failure and not comes_later(failure):
            raise Refusal(failure)
        message = self._message(form)
        message.fate = failure or self._fate(message, levers, form)
        self.world.add(message)
        self.carrier.follow(message)
        return message

    def _message(self, form: Form) -> Message:
        service = form.get("MessagingServiceSid")
        urls = form.getlist("MediaUrl")
        view = self._content(form)
        return Message(
            sid=new_sid("MM" if urls else "SM"),
            outbound=True,
            sender=form.get("From") or self._from_pool(form["To"], service),
            customer=form["To"],
            body=form.get("Body") or (view or {}).get("body", ""),
            status="accepted" if service else "queued",
            media=[Media(new_sid("ME"), "", url=url) for url in [*urls, *(view or {}).get("media", [])]],
            service=service,
            callback=form.get("StatusCallback") or None,
            content=view,
            fields=_place(form.get("PersistentAction", "")),
        )

    def _content(self, form: Form) -> dict[str, Any] | None:
        content_sid = form.get("ContentSid")
        if not content_sid:
            return None
        resource = self.world.contents[content_sid]
        return content.shown(resource, checks.variables_of(form), form["To"].startswith("whatsapp:"))

    def _from_pool(self, to: str, service: str | None) -> str:
        """The sender a Messaging Service would pick: its own of that channel, else any of that channel."""
        whatsapp = to.startswith("whatsapp:")
        fitting = [s for s in self.world.senders.values() if s.is_whatsapp == whatsapp]
        if not fitting:
            raise Refusal(21703)
        return next((s.address for s in fitting if s.service == service), fitting[0].address)

    def _fate(self, message: Message, levers: Levers, form: Form) -> int | None:
        """The error this message will end in, if any: the person's phone first, then WhatsApp's rules."""
        if message.channel == "sms":
            return 30004 if levers.blocked else 30006 if levers.landline else None
        if levers.blocked or levers.no_whatsapp:
            return 63003 if levers.no_whatsapp else 63033
        return self._fate_by_window(message, form)

    def _fate_by_window(self, message: Message, form: Form) -> int | None:
        content_sid = form.get("ContentSid")
        resource = self.world.contents[content_sid] if content_sid else None
        state = approvals.status_of(resource) if resource else ""
        if message.content and content.unacceptable(message.content, state == "approved"):
            return 63005
        if resource and state == "approved":
            return content.misfilled(resource, checks.variables_of(form))
        return None if self.world.window_open(message.customer) else approvals.FATES.get(state, 63016)


def _take_failure(levers: Levers) -> int | None:
    code, levers.fail_next = levers.fail_next, None
    return code


def _place(action: str) -> dict[str, str]:
    """``geo:31.52,74.35|Label`` as the fields of a location."""
    where, _, label = action.removeprefix("geo:").partition("|")
    latitude, found, longitude = where.partition(",")
    return {"Latitude": latitude, "Longitude": longitude, "Label": label} if found else {}


def resource(message: Message, account: str) -> dict[str, Any]:
    """The message as Twilio's REST shows it."""
    path = f"/2010-04-01/Accounts/{account}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "to": message.to_address,
        "from": message.sender_address,
        "body": message.body,
        "status": message.status,
        "direction": "outbound-api" if message.outbound else "inbound",
        "messaging_service_sid": message.service,
        "num_media": str(len(message.media)),
        "num_segments": segments(message),
        "error_code": message.error_code,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(message.updated),
        "date_sent": rfc2822(message.sent) if message.sent else None,
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json"},
    }


def rfc2822(at: float) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at))


def segments(message: Message) -> str:
    """Parts an SMS is cut into (ASCII as GSM-7); 1 on WhatsApp."""
    if message.channel != "sms":
        return "1"
    single, many = (160, 153) if message.body.isascii() else (70, 67)
    length = len(message.body)
    return str(1 if length <= single else -(-length // many))
