"""What a caller hears: for now who was called, and that messages are answered at once."""

import structlog

from gateway.channels.twilio import voice
from gateway.core.calls import CallPlan, HangUp, Say
from gateway.runtime import Runtime

log = structlog.get_logger(__name__)


def greeting(runtime: Runtime) -> str:
    """The TwiML for a call that just arrived."""
    name = _business_name(runtime)
    welcome = f"Thank you for calling {name}." if name else "Thank you for calling."
    return voice.render(
        CallPlan((Say(f"{welcome} Send us a message at this number and we answer at once. Goodbye."), HangUp()))
    )


def _business_name(runtime: Runtime) -> str:
    """Empty while it cannot be known: a caller is answered even with the database down."""
    try:
        return runtime.config().business.name
    except Exception as error:
        log.error("config_unavailable", error=type(error).__name__)
        return ""
