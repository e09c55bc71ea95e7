"""Carries accepted messages to phones: statuses advance step by step, each with its signed callback."""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.core.files import File, Fits, Link, Why, fit
from gateway.core.words import ChannelType
from gateway.simulator import files
from gateway.simulator.files import Files
from gateway.simulator.scheduler import Scheduler
from gateway.simulator.state import Levers, Message
from gateway.simulator.webhooks import Hooks
from gateway.simulator.world import World

SENT_SECONDS = 0.15
DELIVERED_SECONDS = 0.35
SLOW_FACTOR = 18
RANK = {name: n for n, name in enumerate(("accepted", "queued", "sending", "sent", "undelivered", "delivered", "read"))}
RANK["failed"] = RANK["undelivered"]
PATH = ("queued", "sent", "delivered", "read")

Steps = tuple[tuple[str, float], ...]


@dataclass(slots=True)
class Carrier:
    world: World
    hooks: Hooks
    files: Files
    scheduler: Scheduler

    def follow(self, message: Message) -> None:
        """Let the message go its way by itself (unless the world stands still)."""
        if self.world.auto:
            self._next(message.sid, plan(message, self.world.levers_of(message.customer)))

    def advance(self, sid: str, to: str | None = None, error: int | None = None) -> dict[str, Any]:
        """One status step, or straight to ``to``, with its callback: ``{status, callback}``.

        Raises:
            KeyError: there is no such message.
        """
        message = self.world.messages[sid]
        status = to or _following(message, error or message.fate)
        failed = status in ("undelivered", "failed")
        if RANK.get(status, 0) >= RANK.get(message.status, 0):
            message.status = status
            message.error_code = (error or message.fate or 30008) if failed else None
        if status == "sent" and message.sent is None:
            message.sent = time.time()
        self.world.changed(message)
        return {"status": status, "callback": self._tell(message, status, error or message.fate)}

    def read(self, sids: list[str]) -> None:
        """The customer looks at these messages."""
        for sid in sids:
            message = self.world.messages.get(sid)
            if message and message.outbound and message.channel == "whatsapp" and message.status == "delivered":
                message.status = "read"
                self.world.changed(message)
                self.scheduler.after(0, partial(self._tell, message, "read", None))

    def _next(self, sid: str, steps: Steps) -> None:
        if steps:
            self.scheduler.after(steps[0][1], partial(self._step, sid, steps))

    def _step(self, sid: str, steps: Steps) -> None:
        message = self.world.messages.get(sid)
        if not message:
            return
        if message.status in ("queued", "accepted") and (wrong := self._wrong_with_files(message)):
            message.fate = wrong
            steps = (("undelivered", 0.0),)
        self.advance(sid, steps[0][0])
        self._next(sid, steps[1:])

    def _wrong_with_files(self, message: Message) -> int | None:
        """Get the files that the business offers; the error code if one cannot be had or is not carried."""
        for media in message.media:
            if media.size or not media.url:
                continue
            got = files.fetch(media.url)
            if not got:
                return 63019 if message.channel == "whatsapp" else 30008
            data, media.content_type, media.filename = got
            media.size = len(data)
            if message.channel == "whatsapp" and (refused := refusal(media.content_type, media.size)):
                return refused
            self.files.put(media.sid, data)
        return None

    def _tell(self, message: Message, status: str, error: int | None) -> dict[str, Any] | None:
        if not message.callback:
            return None
        params = callback_params(message, status, self.world.setup.account_sid, error)
        customer = self.world.customer_of(message.customer)
        post = partial(
            self.hooks.post, message.callback, params, customer=customer.id if customer else "", what=f"status {status}"
        )
        if customer and customer.levers.duplicates:
            self.scheduler.after(0, post)
        return post()


def refusal(content_type: str, size: int) -> int | None:
    """The error code for a file that WhatsApp does not carry; what is inside it nobody looks at here."""
    found = fit(File(content_type, size, ours=False), ChannelType.WHATSAPP)
    if isinstance(found, Fits):
        return None
    return 63034 if isinstance(found, Link) and found.why is Why.TOO_LARGE else 63021


def plan(message: Message, levers: Levers) -> Steps:
    """The statuses this message will go through, each with the seconds before it."""
    slower = SLOW_FACTOR if levers.slow else 1
    sent, delivered = SENT_SECONDS * slower, DELIVERED_SECONDS * slower
    first: Steps = (("queued", 0.1),) if message.status == "accepted" else ()
    if message.fate:
        carried: Steps = () if message.channel == "whatsapp" else (("sent", sent),)
        return (*first, *carried, ("undelivered", delivered))
    if levers.disorder:
        return (*first, ("delivered", sent), ("sent", delivered))
    return (*first, ("sent", sent), ("delivered", delivered))


def callback_params(message: Message, status: str, account: str, error: int | None) -> dict[str, str]:
    """The form fields of a status callback, as captured from real ones."""
    params = {
        "SmsSid": message.sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": message.customer,
        "MessageSid": message.sid,
        "AccountSid": account,
        "From": message.sender,
        "ApiVersion": "2010-04-01",
    }
    if message.service:
        params["MessagingServiceSid"] = message.service
    if status in ("undelivered", "failed"):
        params["ErrorCode"] = str(error or 30008)
    if message.channel == "whatsapp":
        return params | _whatsapp_params(message, status, "ErrorCode" in params)
    if status in ("delivered", "undelivered"):
        params["RawDlrDoneDate"] = time.strftime("%y%m%d%H%M", time.gmtime())
    return params


def _whatsapp_params(message: Message, status: str, failed: bool) -> dict[str, str]:
    params = {
        "ChannelPrefix": "whatsapp",
        "ChannelInstallSid": "XE" + message.sid[2:][::-1],
        "ChannelToAddress": message.customer.removeprefix("whatsapp:")[:-4] + "XXXX",
        "StructuredMessage": "true" if message.content else "false",
    }
    if status in ("delivered", "read"):
        params["EventType"] = status.upper()
    if failed:
        params["ChannelStatusMessage"] = "The channel did not deliver the message"
    return params


def _following(message: Message, error: int | None) -> str:
    if error:
        return "undelivered"
    if message.status not in PATH:
        return "queued"
    return PATH[min(PATH.index(message.status) + 1, len(PATH) - 1)]
