"""A provider of identities on this machine (OpenID Connect), which can be told to lie.

It is written from the specifications and signs by itself, with no part of what it is asked by: what
it lets through was asked as it must be.
"""

import hmac
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CLIENT, SECRET = "coi", "what the house and the provider share"
RSA, EC = "RS256", "ES256"
_WAYS = "token_endpoint_auth_methods_supported"
_SHOWN = f"{CLIENT}:{SECRET.replace(' ', '+')}"
Claims = dict[str, Any]


@cache
def key_of(algorithm: str, name: str = "first") -> Any:
    """A private key; of one name always the same, since making one takes long."""
    assert name
    if algorithm == EC:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if name == "short" else 2048)


def encoded(raw: bytes) -> str:
    """As tokens write bytes."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _number(value: int, length: int = 0) -> str:
    return encoded(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def public(algorithm: str, name: str = "first") -> dict[str, str]:
    """The public half of a key, as a provider shows it."""
    numbers = key_of(algorithm, name).public_key().public_numbers()
    said = {"kid": f"{algorithm}-{name}", "use": "sig", "alg": algorithm}
    if algorithm == EC:
        at = {"x": _number(numbers.x, 32), "y": _number(numbers.y, 32)}
        return {**said, **at, "kty": "EC", "crv": "P-256"}
    return {**said, "kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}


def signed(claims: Mapping[str, Any], algorithm: str = RSA, name: str = "first") -> str:
    """A token that says so, signed."""
    return token({"alg": algorithm, "kid": f"{algorithm}-{name}"}, claims, signer(algorithm, name))


def token(
    header: Mapping[str, Any], claims: Mapping[str, Any] | str, sign: Callable[[bytes], bytes]
) -> str:
    """A token, signed however."""
    body = claims if isinstance(claims, str) else json.dumps(claims)
    said = f"{encoded(json.dumps(header).encode())}.{encoded(body.encode())}"
    return f"{said}.{encoded(sign(said.encode()))}"


def signer(algorithm: str, name: str = "first") -> Callable[[bytes], bytes]:
    """What signs with the key of this name."""
    key = key_of(algorithm, name)

    def sign(said: bytes) -> bytes:
        if algorithm == EC:
            r, s = decode_dss_signature(key.sign(said, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        made: bytes = key.sign(said, padding.PKCS1v15(), hashes.SHA256())
        return made

    return sign


def unsigned(claims: Mapping[str, Any]) -> str:
    """A token that says of itself that nobody signed it."""
    return token({"alg": "none"}, claims, lambda _said: b"")


def signed_with_what_all_know(claims: Mapping[str, Any]) -> str:
    """A token whose shared key is the public one of the provider."""
    pem = key_of(RSA).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": f"{RSA}-first"}
    return token(header, claims, lambda said: hmac.digest(pem, said, "sha256"))


@dataclass
class IdentityPeer:
    """Where it is, who stands before it, and how it is told to lie."""

    url: str = ""
    now: Callable[[], datetime] = datetime.now
    subject: str = "mara-4711"
    how: tuple[str, ...] = ("pwd",)
    says_who: bool = False
    lies: Claims = field(default_factory=dict)  # claims in the place of true ones; None is none
    signs: Callable[[Claims], str] = signed
    keys: list[dict[str, str]] = field(default_factory=lambda: [public(RSA), public(EC)])
    configuration: Claims = field(default_factory=dict)
    instead: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # the paths, in order
    given: dict[str, dict[str, str]] = field(default_factory=dict)  # code -> with what

    def described(self) -> Claims:
        """What it says of itself."""
        described = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?tenant=1",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "code_challenge_methods_supported": ["plain", "S256"],
            "authorization_response_iss_parameter_supported": self.says_who,
        }
        return {**described, **self.configuration}

    def answer_of(self, asked: Mapping[str, str]) -> str:
        """Where a browser is sent back to, after its person has proven who they are."""
        wanted = {"response_type": "code", "code_challenge_method": "S256", "prompt": "login"}
        assert asked.items() >= {**wanted, "client_id": CLIENT, "max_age": "0"}.items()
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.given[code] = dict(asked)
        back = {"code": code, "state": asked["state"]}
        back |= {"iss": self.url} if self.says_who else {}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def exchanged(self, form: Mapping[str, str], shown: str) -> Claims | None:
        """What is given for a code; None where it is not taken."""
        asked = self.given.pop(form.get("code", ""), None)
        posted = "client_secret_post" in self.described().get(_WAYS, ())
        if (form.get("client_secret"), shown) != ((SECRET, "") if posted else (None, _SHOWN)):
            return None
        if asked is None:
            return None
        challenge = encoded(sha256(form["code_verifier"].encode()).digest())
        if (challenge, form["redirect_uri"]) != (asked["code_challenge"], asked["redirect_uri"]):
            return None
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.told(asked["nonce"])}

    def told(self, nonce: str) -> str:
        """The token that tells who came."""
        now = int(self.now().timestamp())
        who = {"iss": self.url, "aud": CLIENT, "sub": self.subject, "nonce": nonce}
        when = {"iat": now, "exp": now + 300, "auth_time": now}
        said = {**who, **when, "amr": list(self.how), **self.lies}
        return self.signs({name: one for name, one in said.items() if one is not None})


def answered(peer: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Answer with this."""
    peer.send_response(status)
    for name, value in {"content-type": "application/json", **headers}.items():
        peer.send_header(name, value)
    peer.send_header("content-length", str(len(body)))
    peer.end_headers()
    peer.wfile.write(body)


def slowly(peer: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, for longer than anybody waits."""
    peer.send_response(200)
    peer.end_headers()
    for _ in range(100):
        try:
            peer.wfile.write(b" ")
            peer.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


class Answering(BaseHTTPRequestHandler):
    """One request to the provider of this server."""

    peer: IdentityPeer

    def do_GET(self) -> None:
        """Say what it is, its keys, or send a browser back."""
        parts = urlsplit(self.path)
        if self._is_told_otherwise(parts.path):
            return
        if parts.path == "/.well-known/openid-configuration":
            answered(self, json.dumps(self.peer.described()).encode())
        elif parts.path == "/keys":
            answered(self, json.dumps({"keys": self.peer.keys}).encode())
        else:
            back = self.peer.answer_of(dict(parse_qsl(parts.query)))
            answered(self, b"", 302, location=back)

    def do_POST(self) -> None:
        """Exchange a code."""
        length = int(self.headers["content-length"])
        form = {name: one[0] for name, one in parse_qs(self.rfile.read(length).decode()).items()}
        if self._is_told_otherwise(urlsplit(self.path).path):
            return
        shown = b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode()
        told = self.peer.exchanged(form, shown)
        if told is None:
            answered(self, b'{"error": "invalid_grant"}', 400)
        else:
            answered(self, json.dumps(told).encode())

    def _is_told_otherwise(self, path: str) -> bool:
        self.peer.asked.append(path)
        instead = self.peer.instead.get(path)
        if instead:
            instead(self)
        return instead is not None

    def log_message(self, *_told: object) -> None:
        """Nothing is said of it."""


@contextmanager
def identity_peer() -> Iterator[IdentityPeer]:
    """A provider that listens until the end."""
    peer = IdentityPeer()
    answering = type("AnsweringFor", (Answering,), {"peer": peer})
    with ThreadingHTTPServer(("127.0.0.1", 0), answering) as server:
        server.daemon_threads = True
        peer.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield peer
        finally:
            server.shutdown()
