"""Twilio's adapter: one class that hands each task to the module that knows it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from gateway.channels.base import MediaStream
from gateway.channels.twilio import content, inbound, indicators, messaging, templates
from gateway.channels.twilio.client import make_client
from gateway.channels.twilio.media import MediaDownloader
from gateway.channels.twilio.signature import Signatures
from gateway.core.errors import Forbidden
from gateway.core.events import Event, EventRef
from gateway.core.http import WebhookRequest
from gateway.core.provider_templates import ProviderTemplate, Submission
from gateway.core.replies import Accepted, ContentShape, FoundMessage, Sending
from gateway.core.words import ChannelType
from gateway.settings import Settings


class TwilioAdapter:
    """Implements ``gateway.channels.base.Adapter`` for Twilio; inbound, outbound, content and media live beside it."""

    provider = "twilio"
    shows_typing = frozenset({ChannelType.WHATSAPP})

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.account = settings.twilio_account_sid
        self._client = make_client(settings)
        self._media = MediaDownloader(settings)
        self._signatures = Signatures(
            settings.public_url, settings.twilio_auth_tokens, dict(settings.twilio_shared_keys)
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> "TwilioAdapter":
        return cls(settings)

    def verify(self, request: WebhookRequest) -> str:
        self._signatures.check(request)
        account = inbound.account_of(request)
        if account != self._settings.twilio_account_sid:
            raise Forbidden("signed for an account that is not ours")
        return account

    def split(self, request: WebhookRequest) -> Sequence[EventRef]:
        return inbound.split(request)

    def parse(self, request: WebhookRequest, ref: EventRef) -> Event:
        return inbound.parse(request, ref)

    def send(self, sending: Sending) -> Accepted:
        return messaging.send(self._client, sending)

    def list_messages(self, to: str, sender: str) -> Sequence[FoundMessage]:
        return messaging.list_messages(self._client, to, sender)

    def create_content(self, shape: ContentShape) -> str:
        return content.create_content(self._client, shape)

    def delete_content(self, external_id: str) -> None:
        content.delete_content(self._client, external_id)

    def list_templates(self) -> Sequence[ProviderTemplate]:
        return templates.list_templates(self._client)

    def create_template(self, submission: Submission) -> str:
        return templates.create_template(self._client, submission)

    def request_approval(self, external_id: str, submission: Submission) -> None:
        templates.request_approval(self._client, external_id, submission)

    def show_typing(self, external_id: str) -> None:
        indicators.show_typing(self._client, external_id)

    def open_media(self, url: str) -> AbstractContextManager[MediaStream]:
        return self._media.open(url)
