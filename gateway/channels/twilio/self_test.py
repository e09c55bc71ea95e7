"""Tells before the first customer does what would keep Twilio and us from understanding each other.

Reads only: whatever it finds at Twilio stays as it is. URLs are printed as they must be entered there, with the
connection overrides that make Twilio try again after a 5xx (its default does not).
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urldefrag, urlsplit

import requests

from gateway.core.business import Channel
from gateway.core.remarks import Level, Said
from gateway.core.words import ChannelType
from gateway.settings import Settings

OVERRIDES = "#rc=3&rp=ct,rt,5xx"
TIMEOUT_SECONDS = 5
HOSTS = {"api": "https://api.twilio.com", "messaging": "https://messaging.twilio.com"}
LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".test", ".example", ".invalid", ".lan")


class NoAnswerError(Exception):
    """Twilio could not be asked; the text says why."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


def expected_url(settings: Settings, channel: Channel) -> str:
    """What must stand at Twilio as this sender's webhook."""
    path = "voice/incoming" if channel.type is ChannelType.VOICE else "messages"
    return f"{settings.public_url}/webhooks/twilio/{path}{OVERRIDES}"


def self_test(settings: Settings, channels: Sequence[Channel], *, ask: bool = True) -> Iterator[Said]:
    """Every finding in turn; ``ask`` False: nothing that needs the network."""
    yield from public_url_test(settings)
    own = [channel for channel in channels if channel.provider == "twilio"]
    usable = True
    for said in _credentials_form(settings):
        usable = usable and said.level is not Level.PROBLEM
        yield said
    if not settings.twilio_account_sid or not ask or not usable:
        yield from (Said(Level.NOTE, f"{_name(c)}: its webhook must be {expected_url(settings, c)}") for c in own)
        return
    with requests.Session() as session:
        yield from _ask(_Twilio(settings, session), settings, own)


def public_url_test(settings: Settings) -> Iterator[Said]:
    """The form of PUBLIC_URL: what a provider on the internet can reach and sign."""
    parts = urlsplit(settings.public_url)
    host, real = parts.hostname or "", bool(settings.twilio_account_sid) and not settings.twilio_api_base
    problems = [
        ("_" in host, "Twilio refuses hosts with an underscore"),
        (bool(parts.query or parts.fragment), "it must end before any ? or #"),
        (bool(parts.username), "it must not hold a password"),
        (real and parts.scheme != "https", "Twilio must reach it by https"),
        (real and _is_local(host), "nobody outside this machine or network reaches it"),
    ]
    wrong = [reason for applies, reason in problems if applies]
    yield from (Said(Level.PROBLEM, f"PUBLIC_URL {settings.public_url}: {reason}") for reason in wrong)
    if not wrong:
        yield Said(Level.OK, f"PUBLIC_URL {settings.public_url}")


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith(LOCAL_ENDINGS)


def _credentials_form(settings: Settings) -> Iterator[Said]:
    if not settings.twilio_account_sid:
        yield Said(Level.NOTE, "TWILIO_ACCOUNT_SID is not set: make run uses the simulator")
        return
    problems = [
        (not _is_sid(settings.twilio_account_sid), "TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits"),
        (
            not settings.twilio_auth_token and not settings.twilio_shared_keys,
            "TWILIO_AUTH_TOKEN is missing: no webhook could be verified, all would be refused",
        ),
        (bool(settings.twilio_api_key) != bool(settings.twilio_api_secret), "TWILIO_API_KEY needs TWILIO_API_SECRET"),
        (
            not settings.twilio_auth_token and not settings.twilio_api_key,
            "neither TWILIO_AUTH_TOKEN nor TWILIO_API_KEY is set: nothing could be sent",
        ),
    ]
    yield from (Said(Level.PROBLEM, text) for applies, text in problems if applies)


def _is_sid(value: str) -> bool:
    return len(value) == 34 and value.startswith("AC") and set(value[2:]) <= set("0123456789abcdef")


class _Twilio:
    """Reads from Twilio, or from what stands in its place, with a short time-out."""

    def __init__(self, settings: Settings, session: requests.Session) -> None:
        self._base, self._session = settings.twilio_api_base, session
        session.auth = (
            settings.twilio_api_key or settings.twilio_account_sid,
            settings.twilio_api_secret or settings.twilio_auth_token,
        )
        self.account = f"2010-04-01/Accounts/{settings.twilio_account_sid}"

    def get(self, product: str, path: str) -> dict[str, Any]:
        """The JSON at ``path``.

        Raises:
            NoAnswerError: unreachable, refused, or no JSON.
        """
        root = f"{self._base}/{product}" if self._base else HOSTS[product]
        try:
            response = self._session.get(f"{root}/{path}", timeout=TIMEOUT_SECONDS, allow_redirects=False)
            body = response.json() if response.status_code == 200 else {}
        except requests.JSONDecodeError as error:
            raise NoAnswerError(f"{root} does not answer like Twilio") from error
        except requests.RequestException as error:
            raise NoAnswerError(f"{root} cannot be reached ({type(error).__name__})") from error
        if response.status_code != 200 or not isinstance(body, dict):
            raise NoAnswerError(f"{root} answers {response.status_code}", response.status_code)
        return body


def _ask(twilio: _Twilio, settings: Settings, channels: Sequence[Channel]) -> Iterator[Said]:
    try:
        twilio.get("api", f"{twilio.account}/Messages.json?PageSize=1")
    except NoAnswerError as error:
        hint = " (wrong account, token or key)" if error.status in (401, 403) else ""
        yield Said(Level.PROBLEM, f"credentials: {error}{hint}")
        yield from (Said(Level.NOTE, f"{_name(c)}: its webhook must be {expected_url(settings, c)}") for c in channels)
        return
    yield Said(Level.OK, f"credentials: Twilio knows account …{settings.twilio_account_sid[-4:]}")
    known = _Known(twilio, channels)
    for channel in channels:
        yield from _sender_test(known, channel, expected_url(settings, channel))


class _Known:
    """What Twilio has configured for these channels, asked once each."""

    def __init__(self, twilio: _Twilio, channels: Sequence[Channel]) -> None:
        self._twilio = twilio
        addresses = [channel.address for channel in channels]
        self.numbers = self._all("api", f"{twilio.account}/IncomingPhoneNumbers.json?PageSize=1000", *_NUMBERS)
        if any(address.isdigit() for address in addresses):
            self.numbers |= self._all("api", f"{twilio.account}/SMS/ShortCodes.json?PageSize=1000", *_SHORT_CODES)
        if any(address.startswith("whatsapp:") for address in addresses):
            self.numbers |= self._all("messaging", "v2/Channels/Senders?Channel=whatsapp&PageSize=100", *_SENDERS)

    def _all(self, product: str, path: str, rows_key: str, address_key: str) -> dict[str, dict[str, Any]]:
        """Address → its record; empty where Twilio (or a stand-in) does not tell."""
        try:
            rows = self._twilio.get(product, path).get(rows_key, [])
        except NoAnswerError:
            return {}
        return {str(row[address_key]).lower(): row for row in rows if isinstance(row, dict) and address_key in row}

    def service(self, sid: str) -> dict[str, Any] | None:
        try:
            return self._twilio.get("messaging", f"v1/Services/{sid}")
        except NoAnswerError:
            return None


_NUMBERS = ("incoming_phone_numbers", "phone_number")
_SHORT_CODES = ("short_codes", "short_code")
_SENDERS = ("senders", "sender_id")


def _sender_test(known: _Known, channel: Channel, expected: str) -> Iterator[Said]:
    configured = _configured(known, channel)
    if configured is None:
        yield Said(Level.NOTE, f"{_name(channel)}: Twilio does not tell its webhook here; it must be {expected}")
        return
    url, fallback = configured
    if not url:
        yield Said(Level.PROBLEM, f"{_name(channel)}: no webhook is set at Twilio; set {expected}")
    elif urldefrag(url).url != urldefrag(expected).url:
        yield Said(Level.PROBLEM, f"{_name(channel)}: Twilio calls {url}; it must be {expected}")
    elif "5xx" not in urldefrag(url).fragment:
        yield Said(Level.NOTE, f"{_name(channel)}: Twilio does not try again after a 5xx; set {expected}")
    else:
        yield Said(Level.OK, f"{_name(channel)}: {url}")
    if url and not fallback:
        yield Said(Level.NOTE, f"{_name(channel)}: no fallback URL is set at Twilio; {urldefrag(expected).url} will do")


def _configured(known: _Known, channel: Channel) -> tuple[str, str] | None:
    """The webhook and fallback URL of a sender; None: Twilio does not tell."""
    if channel.service and channel.type is not ChannelType.VOICE:
        service = known.service(channel.service)
        if service is not None and not service.get("use_inbound_webhook_on_number"):
            return _text(service, "inbound_request_url"), _text(service, "fallback_url")
    record = known.numbers.get(channel.address.lower())
    if record is None:
        return None
    if "webhook" in record:
        webhook = record["webhook"] or {}
        return _text(webhook, "callback_url"), _text(webhook, "fallback_url")
    kind = "voice" if channel.type is ChannelType.VOICE else "sms"
    return _text(record, f"{kind}_url"), _text(record, f"{kind}_fallback_url")


def _text(record: Mapping[str, Any], key: str) -> str:
    return str(record.get(key) or "")


def _name(channel: Channel) -> str:
    return f"channel {channel.id} ({channel.address})"
