"""Connections that go where somebody looked first, and are over at a moment whatever comes."""

import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

_ONCE = 4 * 1024


class TooLate(Exception):
    """The time for all of it is over."""


class To(httpcore.NetworkBackend):
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
        seconds = min(self._seconds, left(self._until))
        stream = self._backend.connect_tcp(address, port, seconds, socket_options=options)
        return Within(stream, self._until)


class Within(httpcore.NetworkStream):
    """A connection that is over at a moment, however slowly the other side goes on."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        seconds = left(self._until)
        seconds = seconds if timeout is None else min(seconds, timeout)
        return self._stream.read(min(max_bytes, _ONCE), seconds)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it, in pieces: whoever takes them slowly takes no longer by that."""
        del timeout
        for begin in range(0, len(buffer), _ONCE):
            self._stream.write(buffer[begin : begin + _ONCE], left(self._until))

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
        stream = self._stream.start_tls(ssl_context, server_hostname, left(self._until))
        return Within(stream, self._until)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore says it
        """What the connection tells of itself."""
        return self._stream.get_extra_info(info)


def left(until: float) -> float:
    """How many seconds there are until then.

    Raises:
        TooLate: none.
    """
    left = until - time.monotonic()
    if left <= 0:
        raise TooLate
    return left
