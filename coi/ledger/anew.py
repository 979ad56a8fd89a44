"""All entries hashed anew with SHA-512, and a signed statement of it (TL-24).

The bytes are those from which an entry's own hash comes (`docs/ledger-format.md`), in the order of
the tree, and what stands above two hashes is as in RFC 9162, section 2.1, with SHA-512:

    coi hashed anew v1
    sha-512
    example.org/ledger
    1204
    v4R1...==
    2026-11-22T03:04:05.123456Z

    — example.org/ledger c74f20a3...

Whoever finds other bytes of the same SHA-256 finds none that are of the same SHA-512 as well.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha512
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.ledger.checkpoint import NoCheckpoint, Signature, Verifier, verifier_of
from coi.ledger.signers import Signer

ALGORITHM: Final = "sha-512"
_ID: Final = 4
_NOTE: Final = re.compile(
    "coi hashed anew v1\nsha-512\n([!-*,-~]{1,200})\n([1-9][0-9]{0,18})\n([A-Za-z0-9+/]{86}==)\n"
    "([0-9TZ:.-]{27})\n\n\u2014 ([!-*,-~]{1,200}) ([A-Za-z0-9+/=]{1,400})\n"
)


class Grown:
    """A tree of SHA-512 that grows by the bytes of entries; only its whole parts are kept."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self._peaks: list[bytes] = []
        self.size = 0

    def add(self, content: bytes, signed: bytes) -> None:
        """One more entry."""
        peak = sha512(b"\0%b\n%b" % (content, signed)).digest()
        # It joins with as many whole parts as its number ends with ones, in binary.
        joined = self.size
        while joined & 1:
            peak = _above(self._peaks.pop(), peak)
            joined >>= 1
        self._peaks.append(peak)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The hash over all of it."""
        if not self._peaks:
            return sha512(b"").digest()
        *larger, root = self._peaks
        for peak in reversed(larger):
            root = _above(peak, root)
        return root


def _above(left: bytes, right: bytes) -> bytes:
    return sha512(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Anew:
    """What was hashed anew: whose record, how many entries, the root, and when that was done."""

    origin: str
    size: int
    root: bytes
    at: str

    @property
    def text(self) -> str:
        """What is signed."""
        root = b64encode(self.root).decode()
        return f"coi hashed anew v1\n{ALGORITHM}\n{self.origin}\n{self.size}\n{root}\n{self.at}\n"


def signed_anew(anew: Anew, key: Ed25519PrivateKey) -> str:
    """The statement with the signature of the key that signs checkpoints below it."""
    signature = key.sign(anew.text.encode())
    line = Signature(anew.origin, verifier_of(anew.origin, key).id, signature).line
    return f"{anew.text}\n{line}"


def read_anew(text: str, signers: Sequence[Signer]) -> Anew | None:
    """A statement that a key has signed that the record names for a tree of that size.

    None where it was signed of a record that was put back since, of entries that were lost.

    Raises:
        NoCheckpoint: it is none, or nobody who may has signed it.
    """
    found = _NOTE.fullmatch(text)
    if found is None:
        raise NoCheckpoint("it is no statement that all was hashed anew")
    anew = Anew(found[1], int(found[2]), b64decode(found[3]), found[4])
    signed = [one for one in signers if _has_signed(one.verifier, anew, found)]
    if any(one.may_sign(anew.size) for one in signed):
        return anew
    if any(one.is_closed and one.after < anew.size for one in signed):
        return None
    raise NoCheckpoint("no key that the record names for so many entries has signed it")


def _has_signed(verifier: Verifier, anew: Anew, found: re.Match[str]) -> bool:
    try:
        raw = b64decode(found[6], validate=True)
    except (NotBase64, ValueError):
        return False
    named = (found[5], raw[:_ID])
    is_named = named == (verifier.name, verifier.id) and verifier.name == anew.origin
    return is_named and verifier.has_signed(anew.text.encode(), raw[_ID:])
