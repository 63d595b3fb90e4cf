"""Which addresses of the outside may be called: public ones by https, however they are written.

Whoever gives us an address to call could name our own network by it (SSRF). So what a client of
some kind may read as a number must be written as one, and every address must be public.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

LONGEST_URL = 2048
PORTS = frozenset({443, 8443})
VISIBLE = re.compile(r"[!$-;=?-\[\]_a-z~]+", re.ASCII)  # what RFC 3986 has, but `#`
NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
LOCAL_NAMES = ("localhost", "local", "internal", "arpa")
LOOPBACK = "127.0.0.1"

# Beside what Python knows to be no global address: relays, protocol assignments, Azure's wire.
NOT_PUBLIC_4 = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
# Global unicast, but for what stands for something else: Teredo, documentation, 6to4.
PUBLIC_6 = IPv6Network("2000::/3")
NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


class BlockedAddress(Exception):
    """Nothing of ours may call it; says why in one word."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be called, as far as can be said of how it is written."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host header has it (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"


def read_target(url: str, loopback_ports: range = range(0)) -> Target:
    """Raises BlockedAddress for what may not be called.

    `loopback_ports` are those of 127.0.0.1 that may be called without TLS: of local runs.
    """
    parts = _split(url)
    host, port = parts.hostname or "", _port(parts)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    if parts.scheme == "http" and host == LOOPBACK and port in loopback_ports:
        return Target("http", host, port, path)
    if parts.scheme != "https":
        raise BlockedAddress("scheme")
    if port not in PORTS:
        raise BlockedAddress("port")
    _refuse_host(host)
    return Target("https", host, port, path)


def is_public(address: str) -> bool:
    """Whether an address in numbers is of the open internet and of a single host there."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return _is_public_6(found) if isinstance(found, IPv6Address) else _is_public_4(found)


def is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not VISIBLE.fullmatch(url):
        raise BlockedAddress("characters")
    try:
        parts = urlsplit(url)
    except ValueError as broken:
        raise BlockedAddress("syntax") from broken
    if "@" in parts.netloc:
        raise BlockedAddress("credentials")
    return parts


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError as broken:
        raise BlockedAddress("port") from broken
    if port is None and parts.netloc.endswith(":"):
        raise BlockedAddress("port")
    return 443 if port is None else port


def _refuse_host(host: str) -> None:
    if is_number(host):
        if not is_public(host):
            raise BlockedAddress("private_address")
    elif len(host) > 253 or not NAME.fullmatch(host):
        raise BlockedAddress("host")
    elif host.rpartition(".")[2] in LOCAL_NAMES:
        raise BlockedAddress("private_name")


def _is_public_4(address: IPv4Address) -> bool:
    special = address.is_multicast or any(address in network for network in NOT_PUBLIC_4)
    return address.is_global and not special


def _is_public_6(address: IPv6Address) -> bool:
    special = address.scope_id or any(address in network for network in NOT_PUBLIC_6)
    return address in PUBLIC_6 and address.is_global and not special
