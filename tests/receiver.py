"""A receiver of webhooks: a real server, on this machine, that answers as it is told."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

Reply = Callable[[BaseHTTPRequestHandler], None]
"""Answers one request, or does not."""


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id by which the receiver knows it again."""
        return self.headers["webhook-id"]

    def is_signed_with(self, *secrets: str) -> bool:
        """A library of Standard Webhooks writes the same below it, at whatever time it was sent."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        written = (Webhook(one).sign(self.id, at, self.body.decode()) for one in secrets)
        return self.headers["webhook-signature"] == " ".join(written)


@dataclass(slots=True)
class Receiver:
    """What came, and how it is answered."""

    reply: Reply
    got: list[Got] = field(default_factory=list)
    at_once: int = 0  # how many are being answered
    most_at_once: int = 0
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Where it listens."""
        return f"{scheme}://{host}:{self.port}{path}"

    def wait_for(self, number: int, seconds: float = 60) -> list[Got]:
        """What came, once it is so many."""
        until = time.monotonic() + seconds
        while len(self.got) < number:
            assert time.monotonic() < until, f"{len(self.got)} of {number} came"
            time.sleep(0.01)
        return self.got


def says(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
    """Answer with a status."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def answers_never(handler: BaseHTTPRequestHandler) -> None:
    """Keep the connection, and say nothing until the server ends."""
    handler.server.receiver.over.wait()
    handler.close_connection = True


@contextmanager
def receiving(
    reply: Reply | None = None, tls: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[Receiver]:
    """Listen on this machine, as long as the test needs it; what comes is taken."""
    receiver = Receiver(reply or says(204))
    server = _Quiet(("127.0.0.1", port), _handler(receiver))
    server.daemon_threads = True
    server.block_on_close = False
    server.receiver = receiver
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(ThreadingHTTPServer):
    """A server to which it is nothing new that a sender breaks off."""

    def handle_error(self, *_told: object) -> None:
        """Say nothing."""


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # the sender died in the middle of it
            headers = {name.lower(): value for name, value in self.headers.items()}
            with receiver.lock:
                receiver.got.append(Got(headers, body))
                receiver.at_once += 1
                receiver.most_at_once = max(receiver.most_at_once, receiver.at_once)
            try:
                receiver.reply(self)
            except OSError:
                self.close_connection = True  # the sender has gone
            finally:
                with receiver.lock:
                    receiver.at_once -= 1

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    return Handler


def a_house(folder: Path, name: str = "lims.example.org") -> tuple[Path, ssl.SSLContext]:
    """An authority of a house: its certificate as a file, and a server's with this name."""
    key, house = ec.generate_private_key(ec.SECP256R1()), _named("The House")
    authority = _certificate(house, house, key, key, is_authority=True)
    own = ec.generate_private_key(ec.SECP256R1())
    served = _certificate(_named(name), house, own, key, host=name)
    file, chain = folder / "house.pem", folder / "served.pem"
    file.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    private = own.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain.write_bytes(private + served.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return file, context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(subject, issuer, key, signer, *, is_authority=False, host=""):
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    )
    if host:
        names = [x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))]
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return made.sign(signer, hashes.SHA256())
