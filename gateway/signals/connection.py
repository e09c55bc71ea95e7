"""Connections to Redis: impatient ones for requests, patient ones for workers."""

from redis import Redis

REQUEST_TIMEOUT_SECONDS = 0.05
WORKER_TIMEOUT_SECONDS = 5.0


def connect(url: str, timeout_seconds: float = REQUEST_TIMEOUT_SECONDS) -> Redis:
    """A client whose every command gives up after ``timeout_seconds`` and is not retried."""
    return Redis.from_url(
        url, socket_timeout=timeout_seconds, socket_connect_timeout=timeout_seconds, retry=None, health_check_interval=0
    )
