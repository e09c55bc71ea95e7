"""Nudges for the live stream: somebody committed something. A hint that may be missing; whoever waits looks anyway."""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.signals.wakes import LIVE_CHANNEL

RETRY_SECONDS = 5.0
CONNECT_SECONDS = 2.0

log = structlog.get_logger(__name__)


async def listen(url: str, nudge: Callable[[], None]) -> None:
    """Call ``nudge`` at every commit heard of, until cancelled; a broken Redis is asked again every 5 s."""
    away = False
    while True:
        try:
            await _hear(url, nudge)
        except (RedisError, OSError) as error:
            if not away:
                log.warning("live_without_nudges", error=str(error))
            away = True
        await asyncio.sleep(RETRY_SECONDS)


async def _hear(url: str, nudge: Callable[[], None]) -> None:
    redis = Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS)
    try:
        async with redis.pubsub() as channel:
            await channel.subscribe(LIVE_CHANNEL)
            nudge()  # something may have happened while nobody listened
            async for message in channel.listen():
                if message["type"] == "message":
                    nudge()
    finally:
        await redis.aclose()
