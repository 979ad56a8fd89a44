"""A device that makes passkeys and shows them; and what a dishonest one would say."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ORIGIN, DOMAIN = "http://127.0.0.1:8000", "127.0.0.1"
"""Of the address under which the pages are reached, where nothing is set."""


def _text(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One device with one key; it counts how often it was used, where `counts` says so."""

    counts: bool = True
    identifier: bytes = b"the key of this device"
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, asked, flags=PRESENT | VERIFIED, **told):
        """What a browser answers that was asked for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, **point})
        length = len(self.identifier).to_bytes(2, "big")
        more = b"\0" * 16 + length + self.identifier + public
        told_of = self._data(flags | ATTESTED, told) + more
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told_of})
        return self._answer(
            self._client("webauthn.create", asked, told), attestationObject=attested
        )

    def show(self, asked, flags=PRESENT | VERIFIED, **told):
        """What a browser answers that was asked to show a passkey."""
        self.count += self.counts
        client, told_of = self._client("webauthn.get", asked, told), self._data(flags, told)
        signed = self.key.sign(told_of + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(client, authenticatorData=told_of, signature=signed)

    def _client(self, kind, asked, told):
        challenge = told.get("challenge", json.loads(asked)["challenge"])
        origin = told.get("origin", ORIGIN)
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _data(self, flags, told):
        domain = sha256(told.get("domain", DOMAIN).encode()).digest()
        return domain + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, client, **response):
        told = {name: _text(raw) for name, raw in response.items()}
        identifier = _text(self.identifier)
        return json.dumps(
            {
                "id": identifier,
                "rawId": identifier,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {"clientDataJSON": _text(client), **told},
            }
        )
