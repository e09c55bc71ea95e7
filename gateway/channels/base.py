"""What an adapter must do: translate between one provider and our words, and nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from gateway.core.events import Event, EventRef
from gateway.core.http import WebhookRequest
from gateway.core.provider_templates import ProviderTemplate, Submission
from gateway.core.replies import Accepted, ContentShape, FoundMessage, Sending
from gateway.core.words import ChannelType


@dataclass(frozen=True, slots=True)
class MediaStream:
    """An open download: ``chunks`` are read once, ``content_type`` and ``length`` are what the server claims."""

    content_type: str
    filename: str | None
    chunks: Iterator[bytes]
    length: int | None = None


class Adapter(Protocol):
    provider: str
    account: str
    """The provider's id of the account we send from."""
    shows_typing: frozenset[ChannelType]
    """Where ``show_typing`` does anything."""

    def verify(self, request: WebhookRequest) -> str:
        """The account that signed this request.

        Raises:
            Forbidden: no valid signature, or an algorithm or key we do not know.
        """
        ...

    def split(self, request: WebhookRequest) -> Sequence[EventRef]:
        """The events in a verified request, each with its key and lane; cheap, because the provider waits.

        Raises:
            InvalidPayload: an id that names the event is missing.
        """
        ...

    def parse(self, request: WebhookRequest, ref: EventRef) -> Event:
        """One event of a stored request, in full. Unknown types become ``Kind.UNKNOWN``, never an error."""
        ...

    def send(self, sending: Sending) -> Accepted:
        """Hand one message over; time-out 10 s.

        Raises:
            SendError: refused, or (``Action.UNKNOWN``) without a clear answer.
        """
        ...

    def list_messages(self, to: str, sender: str) -> Sequence[FoundMessage]:
        """The provider's newest records (at most 50) from ``sender`` to ``to``, to settle an unknown outcome.

        Raises:
            SendError: the provider could not be asked.
        """
        ...

    def create_content(self, shape: ContentShape) -> str:
        """Make a reusable content resource; returns its provider id.

        Raises:
            SendError: refused or no answer.
        """
        ...

    def delete_content(self, external_id: str) -> None:
        """Delete a content resource; one that is gone already is no error.

        Raises:
            SendError: refused or no answer.
        """
        ...

    def list_templates(self) -> Sequence[ProviderTemplate]:
        """Every template of the account with its approval, oldest first, at most ``MOST_TEMPLATES``.

        Raises:
            SendError: refused or no answer; a part of the list is never returned for the whole.
        """
        ...

    def create_template(self, submission: Submission) -> str:
        """Make the content of a template, not yet submitted; returns its provider id.

        Raises:
            SendError: refused or no answer.
        """
        ...

    def request_approval(self, external_id: str, submission: Submission) -> None:
        """Ask for the approval of a template that was made.

        Raises:
            SendError: refused or no answer.
        """
        ...

    def show_typing(self, external_id: str) -> None:
        """Mark a customer's message as read and show that we are writing, until we answer; time-out 3 s.

        Raises:
            SendError: refused or no answer.
        """
        ...

    def open_media(self, url: str) -> AbstractContextManager[MediaStream]:
        """Download a file the provider holds; credentials go to the provider's own host only.

        Raises:
            SendError: refused (``FINAL``), or worth another try (``RETRY``).
        """
        ...
