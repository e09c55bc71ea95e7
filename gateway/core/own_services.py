"""The business's own services that flows may call: which hosts are listed, and which addresses nobody may reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote, urlsplit

PORTS = {"https": 443, "http": 80}
NEVER = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "100.100.100.200/32",
        "192.0.0.192/32",
        "fe80::/10",
        "fd00:ec2::254/128",
    )
]
"""Also where private addresses are allowed: link-local ones, where clouds tell their secrets, and nowhere."""
WITH_IPV4_AT_THE_END = [IPv6Network(text) for text in ("64:ff9b::/96", "::/96")]

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Service:
    """A host of ``calls.hosts`` in ``care.yaml``. ``name`` is ``host`` or ``host:port``, in small letters."""

    name: str
    timeout_seconds: float = 10.0
    """No call to it may take longer, whatever the flow says."""
    private: bool = False
    """It stands in the business's own network."""
    insecure: bool = False
    """http is allowed, too."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Header → the secret that is its value (``SHOP``: the variable ``CALL_SECRET_SHOP``)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes; ``path`` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def names(self) -> tuple[str, ...]:
        """How ``care.yaml`` may call it."""
        named = f"{self.host}:{self.port}"
        return (self.host, named) if self.port == PORTS[self.scheme] else (named,)


def target_of(url: str) -> Target:
    """The parts of an address of the form that flows are checked for.

    Raises:
        ValueError: it has another form.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise ValueError("no http(s) address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname.lower(), parts.port or PORTS[parts.scheme], path)


def service_of(target: Target, services: Sequence[Service]) -> Service | None:
    """The listed service that a call would reach."""
    return next((service for service in services if service.name in target.names), None)


def why_not(url: str, services: Sequence[Service]) -> str:
    """Why a flow may not call this address; empty: it may."""
    try:
        target = target_of(url)
    except ValueError as error:
        return str(error)
    service = service_of(target, services)
    if service is None:
        return f"{target.names[0]} is not among calls.hosts in care.yaml"
    if target.scheme == "http" and not service.insecure:
        return f"{service.name} is called by https, unless calls.hosts says insecure: true"
    return ""


def climbs(path: str) -> bool:
    """Whether a path has a part like ``..``, plain or written out: a value must not lead elsewhere."""
    plain = unquote(unquote(path.partition("?")[0])).replace("\\", "/")
    return any(part in (".", "..") for part in plain.split("/"))


def refused(address: str, *, private: bool) -> str:
    """Why nobody may connect to this address; empty: they may. ``private``: the service stands in our own network."""
    found = _plain(ip_address(address.partition("%")[0]))
    if found.is_multicast or found.is_unspecified or any(found in network for network in NEVER):
        return "no service has such an address"
    if not private and not (found.is_global and not found.is_reserved):
        return "it is in a private network; calls.hosts would have to say private: true"
    return ""


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and int(address) > 1 and any(address in network for network in WITH_IPV4_AT_THE_END):
        inner = IPv4Address(address.packed[12:])
    return inner or address
