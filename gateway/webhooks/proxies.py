"""Whom we believe about where a request really came to: ``X-Forwarded-*`` counts only from ``TRUSTED_PROXIES``."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::[0-9]{1,5})?|\[[0-9a-fA-F:.]{2,45}\](?::[0-9]{1,5})?")


def forwarded_base(environ: Mapping[str, Any], trusted: Sequence[str]) -> str:
    """``https://host`` as the nearest trusted proxy names it; empty when there is none or it says nothing usable."""
    if not trusted or "HTTP_X_FORWARDED_HOST" not in environ or not is_trusted(_peer(environ), tuple(trusted)):
        return ""
    host = _last(environ, "HTTP_X_FORWARDED_HOST")
    scheme = _last(environ, "HTTP_X_FORWARDED_PROTO").lower() or "http"
    return f"{scheme}://{host}" if scheme in ("http", "https") and HOST.fullmatch(host) else ""


def is_trusted(peer: str, trusted: tuple[str, ...]) -> bool:
    """Whether the address ``peer`` lies in one of the trusted networks."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    return any(address in network for network in _networks(trusted))


def _peer(environ: Mapping[str, Any]) -> str:
    """Who connected to us, whatever a middleware has written over ``REMOTE_ADDR`` since."""
    original = environ.get("werkzeug.proxy_fix.orig", environ)
    return str(original.get("REMOTE_ADDR") or "")


def _last(environ: Mapping[str, Any], name: str) -> str:
    """The entry our own proxy added: it appends to what it was sent."""
    return str(environ.get(name, "")).rpartition(",")[2].strip()


@lru_cache(maxsize=8)
def _networks(trusted: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    networks = []
    for text in trusted:
        try:
            networks.append(ip_network(text, strict=False))
        except ValueError:
            continue
    return tuple(networks)
