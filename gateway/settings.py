"""The environment, read once: the only module that looks at ``os.environ``."""

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from gateway.core.errors import ConfigError

OF_CALLS, OF_CRM = "CALL_SECRET_", "CRM_SECRET_"
"""How the names of variables begin that hold headers for the business's own services, and keys of its CRM."""
LONGEST_SOCKET_PATH = 100
"""Bytes; Linux takes 107, macOS 103."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of DESIGN.md 6; field names are the variables' names in lower case."""

    database_url: str = field(default="", repr=False)
    """SQLAlchemy URL; empty: SQLite in ``var_dir``."""
    redis_url: str = field(default="", repr=False)
    """Empty: the embedded Redis on a unix socket in ``var_dir``."""
    public_url: str = ""
    """How the provider reaches us, scheme and host and perhaps a path; empty: the local address."""
    secret_key: str = field(default="", repr=False)
    """Signs cookies and media links; empty: made once and kept in ``var_dir/secret_key``."""
    care_config: Path = Path("config")
    var_dir: Path = Path("var")
    web_host: str = "127.0.0.1"
    """Where the web and live servers listen; ``0.0.0.0`` when a proxy on another host stands in front."""
    web_port: int = 8000
    live_port: int = 8002
    simulator_port: int = 8001
    workers: int = 2
    """Worker processes that drain lanes; senders and chores have one each beside them."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose ``Forwarded`` headers count."""
    simulated: bool = False
    """The provider's account is the local simulator's (``var_dir/simulator.json``), because no other was named."""
    bootstrap_api_token: str = field(default="", repr=False)
    twilio_account_sid: str = ""
    twilio_auth_token: str = field(default="", repr=False)
    twilio_auth_token_secondary: str = field(default="", repr=False)
    """The other token while one is being rotated: both verify, the first one signs."""
    twilio_api_key: str = ""
    twilio_api_secret: str = field(default="", repr=False)
    twilio_api_base: str = ""
    """Prefix in place of Twilio's hosts (``{base}/api/2010-04-01/…``); empty: Twilio itself."""
    twilio_shared_keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """``id:secret`` pairs for webhooks signed with a SharedKey (HMAC-SHA256)."""
    media_url: str = ""
    """fsspec URL for stored media; empty: a folder in ``var_dir``."""
    media_max_mb: int = 16
    """Largest file taken in, from customers and from people, in megabytes; at most 100."""
    meta_app_secret: str = field(default="", repr=False)
    meta_verify_token: str = field(default="", repr=False)
    meta_access_token: str = field(default="", repr=False)
    meta_api_base: str = ""
    sqlite_synchronous: str = "NORMAL"
    """NORMAL or FULL; FULL survives a power cut to the last commit, at the price docs/benchmarks.md shows."""
    prometheus_multiproc_dir: str = ""
    """Where all processes of a host keep their counters, so that ``/metrics`` shows them together."""
    call_secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """What ``CALL_SECRET_…`` variables hold, by the rest of their name: headers for the business's own services."""
    crm_secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """What ``CRM_SECRET_…`` variables hold, by the rest of their name: keys of a CRM elsewhere."""
    embeddings: str = "auto"
    """``auto``: embedding models are used where they run; ``light``: without the one for English; ``off``: none."""
    language_model_key: str = field(default="", repr=False)
    """For the service that ``language_model`` in ``care.yaml`` names; empty: it needs none."""
    log_level: str = "INFO"
    log_message_text: bool = False
    """True puts message texts and whole numbers into the log: for debugging on demo data only."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Settings from ``environ`` (default: the process's), with defaults filled in and checked.

        Raises:
            ConfigError: one or more variables are unusable; the message lists all of them.
        """
        settings, problems = cls.usable(environ)
        if problems:
            raise ConfigError("; ".join(problems))
        return settings

    @classmethod
    def usable(cls, environ: Mapping[str, str] | None = None) -> "tuple[Settings, list[str]]":
        """What of ``environ`` can be used, and what is wrong with the rest."""
        values, problems = _read(os.environ if environ is None else environ)
        return _with_defaults(cls(**values)), problems  # type: ignore[arg-type]

    @property
    def spool_dir(self) -> Path:
        return self.var_dir / "spool"

    @property
    def workers_ready(self) -> Path:
        """Touched when a lane worker can take its first job: the supervisor waits for it."""
        return self.var_dir / "workers.ready"

    @property
    def redis_socket(self) -> Path:
        """Where the embedded Redis listens; a socket's path is bounded, so a deep ``var_dir`` gets a short one."""
        socket = self.var_dir / "redis.sock"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        name = hashlib.sha256(os.fsencode(self.var_dir)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"rabta-{os.getuid()}-{name}" / "redis.sock"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def twilio_auth_tokens(self) -> tuple[str, ...]:
        return tuple(t for t in (self.twilio_auth_token, self.twilio_auth_token_secondary) if t)


HIGHEST = {"web_port": 65535, "live_port": 65535, "simulator_port": 65535, "workers": 64, "media_max_mb": 100}
"""Settings that are whole numbers, from 1 to this."""


CHOICES = {"sqlite_synchronous": ("NORMAL", "FULL"), "embeddings": ("auto", "light", "off")}
"""Settings that are one of these words, in any case."""


def child_environment(**defaults: str) -> dict[str, str]:
    """What a program that we start finds in its environment: ours, and ``defaults`` where ours has nothing."""
    return defaults | dict(os.environ)


def _read(environ: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
    values: dict[str, object] = {"call_secrets": _secrets(environ, OF_CALLS), "crm_secrets": _secrets(environ, OF_CRM)}
    problems: list[str] = []
    for item in fields(Settings):
        text = environ.get(item.name.upper(), "").strip()
        if not text or item.name in ("simulated", "call_secrets", "crm_secrets"):
            continue
        try:
            values[item.name] = _parse(item.name, text)
        except ValueError as error:
            problems.append(f"{item.name.upper()}: {error}")
    return values, problems


def _secrets(environ: Mapping[str, str], prefix: str) -> tuple[tuple[str, str], ...]:
    """By the rest of their name; an empty one is none."""
    found = {name.removeprefix(prefix): text for name, text in environ.items() if name.startswith(prefix) and text}
    return tuple(sorted(found.items()))


def _parse(name: str, text: str) -> object:
    if name in ("care_config", "var_dir"):
        return Path(text)
    if name in HIGHEST:
        return _number(text, 1, HIGHEST[name])
    if name == "trusted_proxies":
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if name == "twilio_shared_keys":
        return tuple(_pair(part) for part in text.split(",") if part.strip())
    if name == "log_message_text":
        return _truth(text)
    if name in ("public_url", "twilio_api_base", "meta_api_base"):
        return _web_url(text)
    if name in CHOICES:
        return _one_of(text, CHOICES[name])
    return text


def _number(text: str, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ValueError(f"{text!r} is no whole number from {low} to {high}")
    return int(text)


def _pair(text: str) -> tuple[str, str]:
    key, found, secret = text.strip().partition(":")
    if not (found and key and secret):
        raise ValueError("each entry must be id:secret")
    return key, secret


def _truth(text: str) -> bool:
    if text.lower() not in ("1", "0", "true", "false", "yes", "no"):
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() in ("1", "true", "yes")


def _web_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is no http(s) URL")
    return text.rstrip("/")


def _one_of(text: str, allowed: tuple[str, ...]) -> str:
    found = next((word for word in allowed if word.lower() == text.lower()), None)
    if found is None:
        raise ValueError(f"{text!r} is none of {', '.join(allowed)}")
    return found


def _with_defaults(settings: Settings) -> Settings:
    var_dir = settings.var_dir.absolute()
    settings = _with_simulator(replace(settings, var_dir=var_dir))
    return replace(
        settings,
        care_config=settings.care_config.absolute(),
        database_url=settings.database_url or f"sqlite:///{var_dir / 'rabta.db'}",
        redis_url=settings.redis_url or f"unix://{settings.redis_socket}",
        public_url=settings.public_url or f"http://127.0.0.1:{settings.web_port}",
        secret_key=settings.secret_key or _kept_secret(var_dir / "secret_key"),
        media_url=settings.media_url or f"file://{var_dir / 'media'}",
    )


def _with_simulator(settings: Settings) -> Settings:
    """The account that the supervisor made for the simulator, so that commands run by hand use it too."""
    if settings.twilio_account_sid:
        return settings
    try:
        kept = json.loads((settings.var_dir / "simulator.json").read_text())
    except FileNotFoundError:
        return settings
    return replace(
        settings,
        simulated=True,
        twilio_account_sid=kept["account_sid"],
        twilio_auth_token=kept["auth_token"],
        twilio_api_base=settings.twilio_api_base or f"http://127.0.0.1:{settings.simulator_port}",
    )


def _kept_secret(path: Path) -> str:
    """The secret of this installation, made at the first call: two processes that race agree on the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _keep_first(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _keep_first(path: Path, text: str) -> None:
    """A file that is whole when it appears, and stays as whoever came first wrote it."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
