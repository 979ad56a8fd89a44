"""Which addresses on the network may be spoken to, when somebody else names them (SEC-19).

Whoever may name an address makes this machine speak to it, from inside the hospital's network. So
only what is public is reached, and what the operator has allowed by name. A name is resolved once,
and the connection goes to what was looked at: a name that resolves otherwise the next moment gains
nothing by it.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""Give the addresses of a host and port, as text."""

LONGEST_URL = 500
PORTS = frozenset({443, 8443})
"""Where a public host is spoken to; one that the operator allowed, at any port."""

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NUMERIC = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PATH = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?")
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")

_NEVER = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            *("100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128"),
            *("fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128"),
            *("::/128", "fe80::/10", "fec0::/10", "ff00::/8"),
            # IPv4 in disguise, which would be routed to we do not know where.
            *("2002::/16", "2001::/32", "64:ff9b:1::/48"),
        ),
    )
)
"""What nobody can allow: no host at all, this link alone, many hosts, a cloud's own metadata."""

_INSIDE = tuple(
    map(
        ip_network,
        (
            *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
            *("192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "::1/128", "100::/64", "2001:db8::/32", "3fff::/20", "5f00::/16"),
            *("fc00::/7", "2001:10::/28", "2001:20::/28"),
        ),
    )
)
"""What the operator can allow: this machine, private networks, and those for examples."""

_V4_MAPPED, _NAT64 = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")
_PUBLIC_V6 = IPv6Network("2000::/3")


class NotReached(Exception):
    """This address is not spoken to; the message says why, as half a sentence."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator allows beside what is public; and where it need not be encrypted."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    unencrypted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, named: Sequence[str], unencrypted: Sequence[str] = ()) -> "Allowed":
        """Read names, addresses and networks.

        Raises:
            ValueError: one is none of them.
        """
        hosts, networks = set(), []
        for one in named:
            if _NAME.fullmatch(one) and not _NUMERIC.fullmatch(one.rpartition(".")[2]):
                hosts.add(one)
            else:
                networks.append(ip_network(one))
        return cls(frozenset(hosts), tuple(networks), frozenset(unencrypted))


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be spoken to, in its parts."""

    scheme: str
    host: str
    port: int
    path: str  # with its query
    url: str = field(repr=False)  # it may hold a secret


def read_target(url: str, allowed: Allowed) -> Target:
    """Read a URL, in the one spelling that all programs read alike.

    Raises:
        NotReached: it is none, or not one that may be spoken to.
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise NotReached(f"is not a URL of at most {LONGEST_URL} plain characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotReached("is not a URL") from None
    if parts.scheme not in {"https", "http"} or "\\" in url or "#" in url:
        raise NotReached("does not begin with https://, or holds a # or a backslash")
    if "@" in parts.netloc:
        raise NotReached("holds a user name; the signature says who sends")
    if not (_PATH.fullmatch(parts.path) and _QUERY.fullmatch(parts.query)):
        raise NotReached("holds characters that a URL writes with %")
    host = read_host(parts.hostname or "", parts.netloc)
    if parts.scheme == "http" and host not in allowed.unencrypted:
        raise NotReached("is not encrypted; write https://")
    port = port or {"https": 443, "http": 80}[parts.scheme]
    _require_port(host, port, allowed)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, url)


def read_host(host: str, netloc: str) -> str:
    """The host in its only spelling: a name in ASCII, or an address as it is usually written.

    Raises:
        NotReached: it is neither.
    """
    if netloc.startswith("["):
        address = _address(host)
        if not isinstance(address, IPv6Address):
            raise NotReached("holds no address between its brackets")
        return str(address)
    if _NUMERIC.fullmatch(host.rpartition(".")[2]):
        # Some programs read 127.1, 0177.0.0.1, 0x7f000001 and 2130706433 as addresses too.
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise NotReached("holds an address that is not four numbers from 0 to 255") from None
    if not _NAME.fullmatch(host) or len(host) > 253:  # noqa: PLR2004 - RFC 1035
        raise NotReached("names no host; write it in ASCII, without a point at its end")
    return host


def _require_port(host: str, port: int, allowed: Allowed) -> None:
    if port in PORTS or host in allowed.hosts or host in allowed.unencrypted:
        return
    address = _address(host)
    if address is None or not _is_in(address, allowed.networks):
        ports = " or ".join(map(str, sorted(PORTS)))
        raise NotReached(f"names the port {port}; only {ports} is spoken to")


def _address(text: str) -> Address | None:
    """The address in a text; None where it is none, or names a link of this machine after a %."""
    try:
        return ip_address(text) if "%" not in text else None
    except ValueError:
        return None


def look_up(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as this machine resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def addresses_of(target: Target, allowed: Allowed, resolve: Resolve = look_up) -> tuple[str, ...]:
    """Resolve the host once; these addresses are connected to, and no others.

    Raises:
        NotReached: one of them is not spoken to, or there is none.
    """
    known = _address(target.host)
    try:
        found = [str(known)] if known else resolve(target.host, target.port)
    except (OSError, UnicodeError):
        raise NotReached("has a host that is not found") from None
    if not found:
        raise NotReached("has a host that is not found")
    for text in found:
        address = _address(text)
        if address is None or not may_reach(target.host, address, allowed):
            raise NotReached("leads to an address that is not public, and that nobody allowed")
    return tuple(found)


def may_reach(host: str, address: Address, allowed: Allowed) -> bool:
    """This host may be spoken to at this address."""
    address = _undisguised(address)
    if _is_in(address, _NEVER):
        return False
    if host in allowed.hosts or host in allowed.unencrypted or _is_in(address, allowed.networks):
        return True
    if isinstance(address, IPv6Address) and address not in _PUBLIC_V6:
        return False
    return not _is_in(address, _INSIDE)


def is_named(host: str, address: Address, allowed: Allowed) -> bool:
    """The operator named this host or a network that it is in; that it is public is not enough."""
    address = _undisguised(address)
    return not _is_in(address, _NEVER) and (
        host in allowed.hosts or _is_in(address, allowed.networks)
    )


def resolved(host: str, port: int, resolve: Resolve = look_up) -> tuple[Address, ...]:
    """Every address of a host; one that cannot be read is none.

    Raises:
        NotReached: there is none.
    """
    known = _address(host)
    try:
        found = [known] if known else [_address(text) for text in resolve(host, port)]
    except (OSError, UnicodeError):
        raise NotReached("has a host that is not found") from None
    if not found or None in found:
        raise NotReached("has a host that is not found")
    return tuple(address for address in found if address is not None)


def _undisguised(address: Address) -> Address:
    """The IPv4 address inside of one of IPv6 that leads to it."""
    if isinstance(address, IPv6Address) and (address in _V4_MAPPED or address in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
