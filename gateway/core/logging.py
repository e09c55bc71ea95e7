"""Structured logs for every process: one JSON object a line on stderr, without message text and whole numbers.

Context (lane, event id, message id …) is bound with ``structlog.contextvars.bound_contextvars`` by who works on it.
"""

import logging
import logging.config
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PRIVATE_KEYS = frozenset(
    {"text", "body", "caption", "message_text", "profile_name", "name", "password", "token", "secret", "authorization"}
)
"""Values under these keys never reach the log, whatever they hold."""

NUMBER = re.compile(r"(?<![\w.-])\+?\d{8,15}(?![\w-])|(?<=\+)\d{8,15}")
"""Phone numbers, with or without their plus; not the digits inside ids such as ``SM…`` or a UUID."""

QUIET = {
    "alembic": "WARNING",
    "granian.access": "WARNING",
    "httpx": "WARNING",
    "rq": "WARNING",
    "twilio": "WARNING",
    "urllib3": "WARNING",
    "werkzeug": "WARNING",
}


def configure(level: str = "INFO", private: bool = True) -> None:
    """Send structlog's and the standard library's lines to stderr; ``private=False`` shows texts and numbers."""
    guard: list[Processor] = [_hide] if private else []
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        *guard,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _RENDER],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(quiet)


def mask(text: str) -> str:
    """``text`` with each phone number cut to its last three digits: ``+923001234567`` → ``…567``."""
    return NUMBER.sub(lambda found: "…" + found[0][-3:], text)


def _hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: "(hidden)" if key in PRIVATE_KEYS and value else _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {key: "(hidden)" if key in PRIVATE_KEYS else _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    return value


_RENDER = structlog.processors.JSONRenderer(ensure_ascii=False)
