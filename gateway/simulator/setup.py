"""What the simulator is told before it starts: the account it plays, the business's senders, where webhooks go."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.core.errors import ConfigError

OVERRIDES = "#rc=3&rp=ct,rt,5xx"
"""Connection overrides as docs/operations.md recommends them for the real account."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A number or WhatsApp sender of the business, in the provider's spelling."""

    address: str
    channel_type: str
    name: str
    messages_url: str
    voice_url: str
    service: str | None = None

    @property
    def is_whatsapp(self) -> bool:
        return self.address.startswith("whatsapp:")


@dataclass(frozen=True, slots=True)
class Setup:
    account_sid: str
    auth_token: str
    public_url: str
    senders: tuple[Sender, ...]
    folder: Path | None = None
    """Where chats are kept between starts; None: nowhere."""
    api_key: str = ""
    api_secret: str = ""
    desk_url: str = ""
    templates: tuple[dict[str, Any], ...] = ()
    """The business's templates, which count as approved: name, language, category, body, samples, buttons."""
    auto: bool = True
    """Statuses advance by themselves; False: only when a test says so."""

    def sender(self, address: str) -> Sender | None:
        return next((s for s in self.senders if s.address.lower() == address.lower()), None)


def read(path: Path, *, folder: Path | None, api_key: str = "", api_secret: str = "") -> Setup:
    """The set-up that the supervisor wrote.

    Raises:
        ConfigError: the file is missing or lacks something; the message says what.
    """
    try:
        return parse(json.loads(path.read_text(encoding="utf-8")), folder, api_key, api_secret)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; `make run` writes this file") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: {error!r}") from error


def parse(data: dict[str, Any], folder: Path | None, api_key: str = "", api_secret: str = "") -> Setup:
    public_url = str(data["public_url"]).rstrip("/")
    return Setup(
        account_sid=data["account_sid"],
        auth_token=data["auth_token"],
        public_url=public_url,
        senders=tuple(sender_of(entry, public_url, data.get("name", "")) for entry in data["senders"]),
        folder=folder,
        api_key=data.get("api_key", api_key),
        api_secret=data.get("api_secret", api_secret),
        desk_url=data.get("desk_url", public_url + "/"),
        templates=tuple(data.get("templates", ())),
        auto=bool(data.get("auto", True)),
    )


def sender_of(entry: dict[str, Any], public_url: str, business: str = "") -> Sender:
    address = entry["address"]
    webhooks = f"{public_url}/webhooks/twilio"
    return Sender(
        address=address,
        channel_type=entry.get("channel_type", "whatsapp" if address.startswith("whatsapp:") else "sms"),
        name=entry.get("name") or business or address.removeprefix("whatsapp:"),
        messages_url=entry.get("messages_url", f"{webhooks}/messages{OVERRIDES}"),
        voice_url=entry.get("voice_url", f"{webhooks}/voice/incoming"),
        service=entry.get("service"),
    )
