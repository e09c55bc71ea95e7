"""Reads a message before the write transaction begins: matching takes milliseconds that no lock should wait for."""

from automation.distress import distress_of
from automation.faq.model import NOTHING
from automation.flows.mentions import as_words
from gateway.config.running import RunningConfig
from gateway.core.events import Event, MessageReceived
from handlers.turn import Understanding


def understand(event: Event, config: RunningConfig) -> Understanding | None:
    """What the event asks; None if it is no message."""
    if not isinstance(event, MessageReceived):
        return None
    if event.selection is not None or not event.text.strip():
        return Understanding(NOTHING)
    return Understanding(config.faq.match(as_words(event.text, config.flows.forms)), distress_of(event.text))
