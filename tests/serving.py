"""The product's server in a process of its own, with granian, for every test that needs a real one.

What it says is kept in a file, so that a test can read it, and a full pipe never stops it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from ssl import SSLContext, create_default_context

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from coi.settings import Settings

ROOT = Path(__file__).parents[1]
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Served:
    """A server that listens: where, by which process, and what it said so far."""

    port: int
    process: subprocess.Popen[bytes]
    said: Path
    secure: SSLContext | None = None  # what knows its certificate, where it has one

    @property
    def url(self) -> str:
        """The address of its pages."""
        return f"http{'s' if self.secure else ''}://127.0.0.1:{self.port}"

    def stop(self) -> int:
        """Ask it to stop, as a supervisor does; returns the status with which it ended."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=_PATIENCE)

    def interrupt(self) -> int:
        """Press Ctrl-C: it reaches every process of the terminal; returns how it ended."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=_PATIENCE)


@contextmanager
def a_kept_port() -> Iterator[int]:
    """A port that nobody else is given until the end: a server that is told of it listens there."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


def environ_of(settings: Settings) -> dict[str, str]:
    """The environment in which a command finds this installation."""
    home = {"COI_HOME": str(settings.home), "COI_DATABASE_URL": settings.database_url}
    return {**os.environ, "PYTHONPATH": str(ROOT), **home}


def a_certificate(folder: Path) -> tuple[tuple[str, str], SSLContext]:
    """A certificate of this machine and its key, in files, and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    own = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(own, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kind = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(pem))
    secret.write_bytes(key.private_bytes(pem, *kind))
    return (str(certificate), str(secret)), create_default_context(cafile=certificate)


@contextmanager
def serving(
    environ: dict[str, str], said: Path, *words: str, secure: SSLContext | None = None
) -> Iterator[Served]:
    """A command that serves the pages, once it listens; at the end it is gone."""
    with a_kept_port() as port, said.open("wb") as file:
        command = [sys.executable, "-m", "coi.cli", *words, "--port", str(port)]
        process = subprocess.Popen(
            command, env=environ, stdout=file, stderr=file, start_new_session=True
        )
        try:
            served = Served(port, process, said, secure)
            _wait_for(served)
            yield served
        finally:
            # With its workers: they would outlive a server that is killed alone.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answer_of(
    port: int, path: str = "/sign-in", secure: SSLContext | None = None
) -> tuple[int, str]:
    """The status and the page."""
    connection = (
        HTTPSConnection("127.0.0.1", port, timeout=20, context=secure)
        if secure
        else HTTPConnection("127.0.0.1", port, timeout=20)
    )
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _wait_for(served: Served) -> None:
    """Wait until it answers; a server that ended says why."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            answer_of(served.port, secure=served.secure)
        except OSError:
            assert served.process.poll() is None, served.said.read_text()
            assert time.monotonic() < until, served.said.read_text()
            time.sleep(0.05)
        else:
            return
