"""A claimed delivery as one complete provider call."""

from urllib.parse import quote

from gateway.core.capabilities import capabilities_of
from gateway.core.replies import OutMedia, Sending
from gateway.core.words import ChannelType
from gateway.desk.attachments import with_links
from gateway.desk.deliveries import Claimed
from gateway.settings import Settings
from gateway.storage.links import public_url, shared_url

CALLBACK_OVERRIDES = "#rc=3&rp=ct,rt,5xx"
"""Asks the provider to repeat a callback that we did not take, also after a 5xx."""


def sending_of(settings: Settings, delivery: Claimed, provider: str, content_sid: str | None) -> Sending:
    """The call for a delivery: content (a template, or options) where it exists, else the words that say the same.

    Files that were not made ready in time go as links.
    """
    files = [OutMedia(**file) for file in delivery.media]
    late = [link_of(settings, file) for file in files if file.why]
    limit = capabilities_of(ChannelType(delivery.channel_type)).text
    body = with_links(delivery.body, "", late, delivery.channel_type, None, limit)
    return Sending(
        to=delivery.to,
        sender=delivery.sender,
        channel_type=ChannelType(delivery.channel_type),
        text="" if content_sid else body,
        media_urls=tuple(_url(settings, file) for file in files if not file.why),
        content_sid=content_sid,
        content_variables=delivery.content_variables if content_sid else None,
        status_callback=callback_url(settings, provider, delivery.token),
    )


def callback_url(settings: Settings, provider: str, token: str) -> str:
    """Where the provider tells what became of this delivery; our token in it finds the row even before its own id."""
    return f"{settings.public_url}/webhooks/{provider}/statuses?delivery={quote(token)}{CALLBACK_OVERRIDES}"


def link_of(settings: Settings, file: OutMedia) -> str:
    """Where a customer can open a file that the channel does not carry."""
    return file.url or shared_url(settings, file.media_id or 0, file.content_type)


def _url(settings: Settings, file: OutMedia) -> str:
    if file.media_id is None:
        return file.url or ""
    return public_url(settings, file.media_id, file.filename, file.variant_id)
