"""What a witness is asked, and what it signs: tlog-witness and tlog-cosignature of C2SP (TL-09).

A witness keeps the last checkpoint that it saw of a record, and signs a later one only where that
is proven to hold all of it. Its signature says when it saw it:

    cosignature/v1
    time 1679315147
    example.org/ledger
    1204
    4gVjwZ4jz...=
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.ledger.checkpoint import (
    LONGEST,
    NoCheckpoint,
    Signature,
    SignedCheckpoint,
    Verifier,
    read_checkpoint,
    verifier_of,
)
from coi.ledger.tree import LONGEST_PROOF

LONGEST_REQUEST: Final = LONGEST + 4_096
_COSIGNED: Final = b"\x04"
_TIME, _ID = 8, 4
_OLD: Final = re.compile("old (0|[1-9][0-9]{0,18})")
_KEY: Final = re.compile("([!-*,-~]{1,200})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]{1,60})")


@dataclass(frozen=True, slots=True)
class Witness:
    """Whose cosignatures count: a name, and a public key of Ed25519 that signs nothing else."""

    verifier: Verifier

    @property
    def name(self) -> str:
        """What it is called below a checkpoint."""
        return self.verifier.name

    @property
    def id(self) -> bytes:
        """What a cosignature names its key by."""
        named = self.name.encode() + b"\n" + _COSIGNED + self.verifier.key
        return sha256(named).digest()[:_ID]

    @property
    def text(self) -> str:
        """The key as people exchange it."""
        raw = b64encode(_COSIGNED + self.verifier.key).decode()
        return f"{self.name}+{self.id.hex()}+{raw}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a key as people exchange it.

        Raises:
            NoCheckpoint: it is none of a witness, or its id is another key's.
        """
        found = _KEY.fullmatch(text)
        raw = _bytes(found[3]) if found else b""
        if found is None or raw[:1] != _COSIGNED:
            raise NoCheckpoint("its witness has no key that is written as one")
        witness = cls(Verifier(found[1], raw[1:]))
        if witness.id.hex() != found[2]:
            raise NoCheckpoint("the id of its witness is another key's")
        return witness

    def cosigned_at(self, note: SignedCheckpoint) -> int | None:
        """When it signed this checkpoint, in seconds since 1970; None where it did not."""
        for one in note.signatures:
            if (one.name, one.key_id) != (self.name, self.id):
                continue
            at = int.from_bytes(one.signature[:_TIME])
            if self.verifier.has_signed(_statement(note, at), one.signature[_TIME:]):
                return at
        return None


def witness_of(name: str, key: Ed25519PrivateKey) -> Witness:
    """Who checks what this key cosigns, under a name."""
    return Witness(verifier_of(name, key))


def cosignature(note: SignedCheckpoint, name: str, key: Ed25519PrivateKey, at: int) -> Signature:
    """What a witness that saw a checkpoint at this second puts below it."""
    made = at.to_bytes(_TIME) + key.sign(_statement(note, at))
    return Signature(name, witness_of(name, key).id, made)


def _statement(note: SignedCheckpoint, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{note.checkpoint.text}".encode()


@dataclass(frozen=True, slots=True)
class Asked:
    """A checkpoint, and the proof that it goes on from the last one that the witness saw."""

    old: int
    proof: tuple[bytes, ...]
    note: SignedCheckpoint

    @property
    def text(self) -> str:
        """The request as it is sent."""
        proof = "".join(f"{b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{proof}\n{self.note.text}"


def read_asked(raw: bytes) -> Asked:
    """Read a request.

    Raises:
        NoCheckpoint: it is none, with the reason.
    """
    if len(raw) > LONGEST_REQUEST:
        raise NoCheckpoint(f"the request is longer than {LONGEST_REQUEST} bytes")
    above, blank, note = raw.partition(b"\n\n")
    first, *proof = above.decode("utf-8", "replace").split("\n")
    old = _OLD.fullmatch(first)
    if old is None or not blank or len(proof) >= LONGEST_PROOF:
        raise NoCheckpoint("the request does not begin with an old size and a proof")
    return Asked(int(old[1]), tuple(map(_bytes, proof)), read_checkpoint(note))


def read_cosigned(note: SignedCheckpoint, answer: bytes) -> SignedCheckpoint:
    """The checkpoint with what a witness answered below it, whoever that was.

    Raises:
        NoCheckpoint: these are no signatures.
    """
    lines = read_checkpoint(note.checkpoint.text.encode() + b"\n" + answer)
    return SignedCheckpoint(note.checkpoint, without_twice(note.signatures, lines.signatures))


def without_twice(first: Sequence[Signature], second: Sequence[Signature]) -> tuple[Signature, ...]:
    """All of these signatures, each once."""
    return tuple(dict.fromkeys((*first, *second)))


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise NoCheckpoint("a part of the request is not base64") from None
