"""Everything the simulator knows at one moment: one lock, plain look-ups, and a feed of what changed."""

import itertools
import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.simulator.feed import Feed
from gateway.simulator.setup import Sender, Setup
from gateway.simulator.state import Customer, Levers, Message, Wire, plain

MESSAGES_KEPT = 2000
WIRE_KEPT = 400
DAY_SECONDS = 86400.0
COLOURS = ("teal", "violet", "amber", "rose", "sky", "lime")


class Keeper(Protocol):
    """Where changes are remembered for the next start."""

    def keep(self, kind: str, key: str, data: dict[str, Any]) -> None: ...

    def forget(self, kind: str, key: str) -> None: ...


@dataclass(slots=True)
class World:
    setup: Setup
    keeper: Keeper | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    feed: Feed = field(default_factory=Feed)
    senders: dict[str, Sender] = field(default_factory=dict)
    customers: OrderedDict[str, Customer] = field(default_factory=OrderedDict)
    messages: OrderedDict[str, Message] = field(default_factory=OrderedDict)
    contents: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict)
    last_inbound: dict[str, float] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    wire: deque[Wire] = field(default_factory=lambda: deque(maxlen=WIRE_KEPT))
    wire_ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    ledger: list[dict[str, Any]] = field(default_factory=list)
    webhooks: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=5000))
    fail_next: deque[tuple[int, int | None]] = field(default_factory=deque)
    shared_key: dict[str, str] | None = None
    base_url: str = ""
    """Where this simulator is reached, as its media URLs say."""
    auto: bool = True
    """Statuses advance by themselves."""
    approval_seconds: float = 0.0
    """How long reviewers take over a template."""

    def __post_init__(self) -> None:
        self.auto = self.setup.auto
        for sender in self.setup.senders:  # a number that also takes calls is named twice
            self.senders.setdefault(sender.address, sender)

    # customers

    def customer_of(self, address: str) -> Customer | None:
        with self.lock:
            return next((c for c in self.customers.values() if c.owns(address)), None)

    def levers_of(self, address: str) -> Levers:
        customer = self.customer_of(address)
        return customer.levers if customer else Levers()

    def add_customer(self, name: str, number: str, language: str) -> Customer:
        """A further customer, or the one who has this number already."""
        with self.lock:
            known = self.customer_of(number)
            if known:
                return known
            colour = COLOURS[len(self.customers) % len(COLOURS)]
            customer = Customer(number.lstrip("+"), name, number, language, colour)
            self.customers[customer.id] = customer
        self.customer_changed(customer)
        return customer

    def customer_changed(self, customer: Customer) -> None:
        with self.lock:
            self._keep("customer", customer.id, plain(customer))
            self.feed.publish("customer", self.customer_view(customer))

    def customer_view(self, customer: Customer) -> dict[str, Any]:
        out = sorted(channel for channel in ("sms", "whatsapp") if self.has_opted_out(customer.address(channel)))
        return plain(customer) | {
            "bsuid": customer.bsuid,
            "opted_out_on": out,
            "window_left": self.window_left(customer),
        }

    # the session window

    def window_left(self, customer: Customer) -> float:
        """Seconds of WhatsApp's 24 hours that are left for this customer; 0: closed."""
        if customer.levers.window_hours is not None:
            return max(0.0, DAY_SECONDS - customer.levers.window_hours * 3600)
        last = max(self.last_inbound.get(f"whatsapp:{a}", 0.0) for a in (customer.number, customer.bsuid))
        return max(0.0, DAY_SECONDS - (time.time() - last))

    def window_open(self, address: str) -> bool:
        customer = self.customer_of(address)
        if customer:
            return self.window_left(customer) > 0
        return time.time() - self.last_inbound.get(address, 0.0) < DAY_SECONDS

    def wrote(self, address: str) -> None:
        with self.lock:
            self.last_inbound[address] = time.time()
            customer = self.customer_of(address)
            if customer and address.startswith("whatsapp:") and customer.levers.window_hours is not None:
                customer.levers.window_hours = None
        self._keep("wrote", address, {"at": self.last_inbound[address]})
        if customer:
            self.customer_changed(customer)

    # opt-out, by address

    def has_opted_out(self, address: str) -> bool:
        if address in self.opted_out:
            return True
        return not address.startswith("whatsapp:") and self.levers_of(address).opted_out

    def opt(self, address: str, *, out: bool) -> None:
        if out:
            self.opted_out.add(address)
            self._keep("opted_out", address, {})
        else:
            self.opted_out.discard(address)
            self._forget("opted_out", address)

    # messages

    def add(self, message: Message) -> None:
        with self.lock:
            self.messages[message.sid] = message
            while len(self.messages) > MESSAGES_KEPT:
                old, _ = self.messages.popitem(last=False)
                self._forget("message", old)
        self.changed(message)

    def changed(self, message: Message) -> None:
        with self.lock:  # else a thread could tell of an older state after another told of a newer one
            message.updated = time.time()
            self._keep("message", message.sid, plain(message))
            self.feed.publish("message", self.message_view(message))

    def ticked(self, message: Message, tick: str) -> None:
        """A tick on what the customer wrote; who has read it keeps the blue ones."""
        with self.lock:
            if message.tick != "read":
                message.tick = tick
            self.changed(message)

    def business_read(self, message: Message) -> None:
        """Blue ticks for what the customer wrote on WhatsApp up to ``message``: who answers has read."""
        with self.lock:
            theirs = [m for m in self.messages.values() if m.customer == message.customer and not m.outbound]
            for one in theirs:
                if one.channel == "whatsapp" and one.tick in ("sent", "delivered") and one.created <= message.created:
                    self.ticked(one, "read")

    def remove(self, sid: str) -> None:
        with self.lock:
            self.messages.pop(sid, None)
        self._forget("message", sid)
        self.feed.publish("gone", {"sid": sid})

    def message_view(self, message: Message) -> dict[str, Any]:
        customer = self.customer_of(message.customer)
        return plain(message) | {"channel": message.channel, "customer_id": customer.id if customer else ""}

    def store_content(self, sid: str, content: dict[str, Any] | None) -> None:
        with self.lock:
            if content is None:
                self.contents.pop(sid, None)
            else:
                self.contents[sid] = content
        if content is None:
            self._forget("content", sid)
        else:
            self._keep("content", sid, content)

    # the wire

    def saw(self, entry: Wire) -> None:
        with self.lock:
            self.wire.append(entry)
        self.feed.publish("wire", plain(entry))

    def _keep(self, kind: str, key: str, data: dict[str, Any]) -> None:
        if self.keeper:
            self.keeper.keep(kind, key, data)

    def _forget(self, kind: str, key: str) -> None:
        if self.keeper:
            self.keeper.forget(kind, key)
