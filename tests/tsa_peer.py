"""Time-stamping authorities on this machine: openssl's own, and one whose clock can be set."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper


@dataclass
class TsaPeer:
    """Where it is asked, whom to trust for it, and what it is told to do."""

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    now: datetime | None = None  # its clock, where it is set
    answers: Callable[[bytes], bytes] | None = None  # in its place

    def stamp(self, raw: bytes) -> bytes:
        """What it answers to a question."""
        return (_by_clock if self.now else _by_openssl)(self, raw)

    @property
    def trusted(self) -> Path:
        """The certificate that its people hand out."""
        return self.folder / "tsa.pem"


def _certified(folder: Path, begins: datetime) -> None:
    """A key that stamps, with a certificate that says so."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A time-stamping authority")])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - timedelta(days=3650))
        .not_valid_after(begins + timedelta(days=3650))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tsa.key").write_bytes(private)
    (folder / "tsa.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = here\n[here]\n"
        f"serial = {folder}/serial\ndefault_policy = 1.2.3.4.1\ndigests = sha512\n"
        f"signer_cert = {folder}/tsa.pem\nsigner_key = {folder}/tsa.key\nsigner_digest = sha256\n"
    )


def _by_openssl(peer: TsaPeer, raw: bytes) -> bytes:
    query, reply = peer.folder / "query.tsq", peer.folder / "reply.tsr"
    query.write_bytes(raw)
    words = ["-config", peer.folder / "tsa.cnf", "-queryfile", query, "-out", reply]
    subprocess.run(["openssl", "ts", "-reply", *map(str, words)], check=True, capture_output=True)
    return reply.read_bytes()


def _by_clock(peer: TsaPeer, raw: bytes) -> bytes:
    pem = x509.load_pem_x509_certificate(peer.trusted.read_bytes())
    certificate = asn1_x509.Certificate.load(pem.public_bytes(Encoding.DER))
    private = asn1_keys.PrivateKeyInfo.load(
        _loaded_key(peer).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    )
    stamper = DummyTimeStamper(certificate, private, fixed_dt=peer.now)
    answer: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(raw)).dump()
    return answer


def _loaded_key(peer: TsaPeer) -> rsa.RSAPrivateKey:
    key = load_pem_private_key((peer.folder / "tsa.key").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@contextmanager
def tsa_peer(folder: Path, begins: datetime) -> Iterator[TsaPeer]:
    """An authority that listens until the end; openssl answers, unless its clock is set."""
    folder.mkdir(exist_ok=True)
    _certified(folder, begins)
    peer = TsaPeer(folder)

    class Answering(BaseHTTPRequestHandler):
        """One question."""

        def do_POST(self) -> None:
            """Answer it."""
            raw = self.rfile.read(int(self.headers["content-length"]))
            peer.asked.append(raw)
            answer = (peer.answers or peer.stamp)(raw)
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_told: object) -> None:
            """Nothing is said of it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        peer.url = f"http://127.0.0.1:{server.server_address[1]}/tsr"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield peer
        finally:
            server.shutdown()
