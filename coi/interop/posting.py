"""Ask one URL once, and be done with it after so many seconds whatever comes (F-21).

Nothing is followed, nothing is decoded, no proxy is asked, and of the answer little is read.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpcore

from coi.interop.addresses import Allowed, NotReached, Resolve, Target, addresses_of, look_up
from coi.interop.connecting import To, TooLate

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 15.0
MOST_READ = 16 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, or in a word why there is none."""

    status: int = 0
    trouble: str = ""
    retry_after: str = ""
    body: bytes = (
        b""  # the beginning of it; of those who are sent messages a witness is listened to
    )
    is_whole: bool = True  # there was no more of it than is read

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
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Way:
    """How anything is sent: what is reached, how names are resolved, whose certificates hold."""

    allowed: Allowed
    tls: ssl.SSLContext
    resolve: Resolve = look_up
    connect_seconds: float = CONNECT_SECONDS
    total_seconds: float = TOTAL_SECONDS
    most_read: int = MOST_READ


def post(message: Message, way: Way) -> Answer:
    """Send a message; every trouble is an answer."""
    until = time.monotonic() + way.total_seconds
    try:
        addresses = addresses_of(message.target, way.allowed, way.resolve)
        return _sent(message, way, To(addresses, until, way.connect_seconds))
    except NotReached:
        return Answer(trouble="address refused")
    except (httpcore.ConnectTimeout, httpcore.ReadTimeout, httpcore.WriteTimeout, TooLate):
        return Answer(trouble="timeout")
    except httpcore.ConnectError as error:
        is_tls = isinstance(error.args[0], ssl.SSLError)  # what the socket said is kept so
        return Answer(trouble="certificate" if is_tls else "no connection")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Answer(trouble="connection broken")


def _sent(message: Message, way: Way, to: To) -> Answer:
    target = message.target
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    headers = [("host", _host_header(target)), *message.headers.items()]
    with (
        httpcore.ConnectionPool(ssl_context=way.tls, network_backend=to, retries=0) as pool,
        pool.stream(message.method, url, headers=headers, content=message.body) as response,
    ):
        read = b""
        # What a receiver of messages says is not used; it is not cut off in its sentence.
        for part in response.iter_stream():
            if len(read := read + part) > way.most_read:
                break
        told, kept = _retry_after(response.headers), read[: way.most_read]
        return Answer(response.status, retry_after=told, body=kept, is_whole=kept == read)


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"https": 443, "http": 80}[target.scheme]
    return host if target.port == usual else f"{host}:{target.port}"


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """When the receiver wants to be asked again, if it says so."""
    found = (value for name, value in headers if name.lower() == b"retry-after")
    return next(found, b"")[:40].decode("ascii", "replace")
