"""Identifiers made on our side: sortable where a table grows by them, unguessable where they are shown."""

import os
import secrets
import time
import uuid
from datetime import datetime


def new_uuid() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): millisecond time first, so indexes grow at their end."""
    millis = time.time_ns() // 1_000_000
    value = (millis & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def first_uuid_of(moment: datetime) -> uuid.UUID:
    """No UUID made at ``moment`` or later sorts before this one."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def new_token(size_bytes: int = 18) -> str:
    """An unguessable URL-safe word; 18 bytes give 24 characters."""
    return secrets.token_urlsafe(size_bytes)
