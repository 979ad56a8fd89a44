"""An entry's two texts and its two hashes.

What happened (`content`) is written first, and its hash is what signers sign. Who signed is
written beside it (`signed`), and the entry's hash covers both, as the leaf hash of RFC 9162,
section 2.1, over `content LF signed`. Canonical JSON never holds a raw line feed, so the two
cannot run together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from coi.ledger.canonical import canonical

FORMAT = 1
GENESIS = "0" * 64  # what stands for the previous hash in the first entry of a chain


@dataclass(frozen=True, slots=True)
class Sealed:
    """The bytes of one entry, as they are stored, and their hashes in lower-case hex."""

    content_text: str
    signed_text: str
    content_hash: str
    hash: str


def content_hash(text: str) -> str:
    """Hash what happened; this is what a signer signs."""
    return sha256(text.encode()).hexdigest()


def entry_hash(content_text: str, signed_text: str) -> str:
    """Hash what happened together with who signed it; the next entry of the chain names this."""
    return sha256(f"\0{content_text}\n{signed_text}".encode()).hexdigest()


def seal(content: Mapping[str, object], signed: Sequence[Mapping[str, object]]) -> Sealed:
    """Write and hash one entry; `signed` is in the order of signing, empty when nobody signs.

    Raises:
        CannotBeCanonical: some part of either lies outside what canonical text can say.
    """
    content_text = canonical(content)
    signed_text = canonical(signed)
    return Sealed(
        content_text,
        signed_text,
        content_hash(content_text),
        entry_hash(content_text, signed_text),
    )
