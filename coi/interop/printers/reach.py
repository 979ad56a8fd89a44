"""Where a printer is, and the connection to it: only where the operator allows printers (SEC-19).

An administrator registers a printer, and the operator of the machine says in which networks
printers are. So nobody can make this machine speak to its own database, or to anything outside.
"""

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore

from coi.interop.addresses import (
    LONGEST_URL,
    Allowed,
    NotReached,
    Resolve,
    Target,
    is_named,
    look_up,
    read_host,
    resolved,
)
from coi.interop.connecting import To, TooLate
from coi.interop.printers.outcome import Trouble

RAW, IPP, IPPS = "socket", "ipp", "ipps"
"""How the address of a printer begins, as CUPS writes it: by it one knows how it is spoken to."""

MOST_SENT = 4 * 1024 * 1024
"""How long a label may be, in bytes; a bitmap of the largest at 600 dpi is shorter."""

_USUAL: Mapping[str, int] = {RAW: 9100, IPP: 631, IPPS: 631}
_PORTS: Mapping[str, Sequence[range]] = {
    RAW: (range(9100, 9200),),
    IPP: (range(631, 632), range(8600, 8700)),
    IPPS: (range(443, 444), range(631, 632), range(8600, 8700)),
}


class NoWay(Exception):
    """Nothing could be said to the printer, and nothing was."""

    def __init__(self, why: Trouble) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Reach:
    """How printers are spoken to: where they may be, and how long each part may take."""

    allowed: Allowed
    tls: ssl.SSLContext
    resolve: Resolve = look_up
    connect_seconds: float = 5.0
    answer_seconds: float = 5.0  # until it has said how it is
    print_seconds: float = 60.0  # until it has taken a label and printed it
    between_seconds: float = 0.25  # between two questions whether it is done


def read_address(text: str) -> Target:
    """Read where a printer is: `socket://10.1.2.3:9100`, `ipp://printer.house/ipp/print`.

    Raises:
        NotReached: it is no such address; the message says why, as half a sentence.
    """
    if len(text) > LONGEST_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise NotReached(f"is not an address of at most {LONGEST_URL} plain characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise NotReached("is not an address") from None
    if parts.scheme not in _USUAL:
        raise NotReached("begins with none of socket://, ipp:// and ipps://")
    if "@" in parts.netloc or parts.query or parts.fragment or "%" in text or "\\" in text:
        raise NotReached("holds a user name, a question, or characters that no printer has")
    if parts.scheme == RAW and parts.path not in {"", "/"}:
        raise NotReached("has a path, which a raw connection has not")
    host = read_host(parts.hostname or "", parts.netloc)
    port = port or _USUAL[parts.scheme]
    if not any(port in some for some in _PORTS[parts.scheme]):
        raise NotReached(f"names the port {port}, at which no printer listens")
    return Target(parts.scheme, host, port, parts.path or "/", text)


def require_reachable(target: Target, reach: Reach) -> tuple[str, ...]:
    """Resolve the host once; these addresses are connected to, and no others.

    Raises:
        NotReached: one of them lies where the operator allows no printer, or there is none.
    """
    found = resolved(target.host, target.port, reach.resolve)
    if not all(is_named(target.host, address, reach.allowed) for address in found):
        raise NotReached("lies in no network in which printers are allowed")
    return tuple(map(str, found))


def connection_to(target: Target, reach: Reach, seconds: float) -> To:
    """A way to the printer that is over after so many seconds.

    Raises:
        NoWay: its address is not one that may be spoken to.
    """
    try:
        addresses = require_reachable(target, reach)
    except NotReached:
        raise NoWay(Trouble.ADDRESS) from None
    return To(addresses, time.monotonic() + seconds, reach.connect_seconds)


@contextmanager
def before_anything() -> Iterator[None]:
    """Whoever does not get a connection in here has sent nothing.

    Raises:
        NoWay: the printer was not reached.
    """
    try:
        yield
    except httpcore.ConnectError as error:
        is_tls = isinstance(error.args[0], ssl.SSLError)  # what the socket said is kept so
        raise NoWay(Trouble.CERTIFICATE if is_tls else Trouble.NO_CONNECTION) from error
    except httpcore.ConnectTimeout as error:
        raise NoWay(Trouble.NO_CONNECTION) from error


def trouble_of(error: Exception) -> Trouble:
    """What an error of the network says, after a connection was there."""
    late = isinstance(error, (httpcore.TimeoutException, TooLate))
    return Trouble.NO_ANSWER if late else Trouble.BROKEN_OFF


BROKEN = (
    *(httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException),
    *(TooLate, OSError),
)
"""What a connection may end with."""
