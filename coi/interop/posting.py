"""Send one message to one URL, and be done with it after so many seconds whatever comes (F-21).

Nothing is followed, nothing is decoded, no proxy is asked, and of the answer little is read.
"""

import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore

from coi.interop.addresses import Allowed, NotReached, Resolve, Target, addresses_of, look_up

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 15.0
MOST_READ = 16 * 1024
_ONCE = 4 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, or in a word why there is none."""

    status: int = 0
    trouble: str = ""
    retry_after: str = ""

    @property
    def told(self) -> str:
        """The same in a word."""
        return self.trouble or str(self.status)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent where."""

    target: Target
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Way:
    """How anything is sent: what is reached, how names are resolved, whose certificates hold."""

    allowed: Allowed
    tls: ssl.SSLContext
    resolve: Resolve = look_up
    connect_seconds: float = CONNECT_SECONDS
    total_seconds: float = TOTAL_SECONDS


def post(message: Message, way: Way) -> Answer:
    """Send a message; every trouble is an answer."""
    until = time.monotonic() + way.total_seconds
    try:
        addresses = addresses_of(message.target, way.allowed, way.resolve)
        return _sent(message, way, _To(addresses, until, way.connect_seconds))
    except NotReached:
        return Answer(trouble="address refused")
    except (httpcore.ConnectTimeout, httpcore.ReadTimeout, httpcore.WriteTimeout, _TooLate):
        return Answer(trouble="timeout")
    except httpcore.ConnectError as error:
        is_tls = isinstance(error.args[0], ssl.SSLError)  # what the socket said is kept so
        return Answer(trouble="certificate" if is_tls else "no connection")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Answer(trouble="connection broken")


def _sent(message: Message, way: Way, to: "_To") -> Answer:
    target = message.target
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    headers = [("host", _host_header(target)), *message.headers.items()]
    with (
        httpcore.ConnectionPool(ssl_context=way.tls, network_backend=to, retries=0) as pool,
        pool.stream("POST", url, headers=headers, content=message.body) as response,
    ):
        read = 0
        # What a receiver says is not used; it is read so that it is not cut off in its sentence.
        for part in response.iter_stream():
            if (read := read + len(part)) > MOST_READ:
                break
        return Answer(response.status, retry_after=_retry_after(response.headers))


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"https": 443, "http": 80}[target.scheme]
    return host if target.port == usual else f"{host}:{target.port}"


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """When the receiver wants to be asked again, if it says so."""
    found = (value for name, value in headers if name.lower() == b"retry-after")
    return next(found, b"")[:40].decode("ascii", "replace")


class _TooLate(Exception):
    """The time for all of it is over."""


class _To(httpcore.NetworkBackend):
    """Connects to the addresses that were looked at, and to nothing else."""

    def __init__(self, addresses: Sequence[str], until: float, seconds: float) -> None:
        self._addresses = addresses
        self._until = until
        self._seconds = seconds
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the addresses that answers."""
        del host, timeout, local_address  # the name was resolved before
        *others, last = self._addresses
        for address in others:
            try:
                return self._connected(address, port, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port, socket_options)

    def _connected(
        self, address: str, port: int, options: Iterable[Any] | None
    ) -> httpcore.NetworkStream:
        seconds = min(self._seconds, _left(self._until))
        stream = self._backend.connect_tcp(address, port, seconds, socket_options=options)
        return _Within(stream, self._until)


class _Within(httpcore.NetworkStream):
    """A connection that is over at a moment, however slowly the other side goes on."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        del timeout
        return self._stream.read(min(max_bytes, _ONCE), _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        del timeout
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        """End it."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Encrypt it, with the name that the certificate must bear."""
        del timeout
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._until))
        return _Within(stream, self._until)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore says it
        """What the connection tells of itself."""
        return self._stream.get_extra_info(info)


def _left(until: float) -> float:
    """How many seconds there are until then.

    Raises:
        _TooLate: none.
    """
    left = until - time.monotonic()
    if left <= 0:
        raise _TooLate
    return left
