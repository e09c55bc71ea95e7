"""What a sender must know of a delivery, whether it is about to go or may have gone."""

from dataclasses import dataclass, fields
from typing import Any

from gateway.models.message import Delivery
from gateway.models.tables import metadata

deliveries = metadata.tables[Delivery.__tablename__]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message on its way over one channel."""

    id: int
    message_id: int
    contact_id: int
    conversation_id: int | None
    part: int
    rung: int
    token: str
    channel_id: str
    channel_type: str
    sender: str
    to: str
    body: str


def columns_of(kind: type[Part]) -> tuple[Any, ...]:
    """The columns that fill a ``kind``, in the order of its fields."""
    return tuple(deliveries.c[field.name] for field in fields(kind))
