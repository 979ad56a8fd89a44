"""A signed statement of how large the ledger is and what its root is: a checkpoint (TL-06, TL-24).

The text is that of C2SP's tlog-checkpoint, signed as its signed-note has it, so that programs of
others read and witness it. The origin names the ledger and, with its first line, the format:

    example.org/ledger
    1204
    4gVjwZ4jz...=

    — example.org/ledger c74f20a3...

Read strictly: what another program could read otherwise is refused.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from coi.errors import CoiError
from coi.ledger.tree import HASH_LENGTH

LONGEST: Final = 16_384
MOST_SIGNATURES: Final = 32
_ED25519: Final = b"\x01"
_KEY_LENGTH, _ID_LENGTH = 32, 4
_NAME: Final = re.compile(r"[!-*,-~]{1,200}")  # printable, without blanks and without a plus
_NUMBER: Final = re.compile("0|[1-9][0-9]{0,18}")
_SIGNATURE: Final = re.compile("\u2014 ([!-*,-~]{1,200}) ([A-Za-z0-9+/=]{1,400})")
_NOTE: Final = re.compile(
    "^[!-~]+\n[0-9]+\n[A-Za-z0-9+/=]+\n\n(?:\u2014 [!-~]+ [A-Za-z0-9+/=]+\n)+(?=\n)", re.MULTILINE
)
_VERIFIER: Final = re.compile("([!-*,-~]{1,200})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]{1,60})")


class NoCheckpoint(CoiError):
    """These bytes are no checkpoint, or no key to check one; the message says what is wrong."""

    code = "NO_CHECKPOINT"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"This is no checkpoint: {what}.", "Take it anew from where it is kept.")


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose signatures count: a name, and a public key of Ed25519."""

    name: str
    key: bytes

    def __post_init__(self) -> None:
        """Refuse a name or a key that no note can name."""
        if _NAME.fullmatch(self.name) is None or len(self.key) != _KEY_LENGTH:
            raise NoCheckpoint("its key has a wrong name or length")

    @property
    def id(self) -> bytes:
        """What a signature names its key by: the first bytes of a hash of name and key."""
        return bytes.fromhex(self.fingerprint)[:_ID_LENGTH]

    @property
    def fingerprint(self) -> str:
        """All of that hash, to be compared by people: for so short an id anybody finds a key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).hexdigest()

    @property
    def text(self) -> str:
        """The key as people exchange it: name, id and key with plus signs between them."""
        return f"{self.name}+{self.id.hex()}+{b64encode(_ED25519 + self.key).decode()}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a key as people exchange it.

        Raises:
            NoCheckpoint: it is none, or its id is another key's.
        """
        found = _VERIFIER.fullmatch(text)
        if found is None:
            raise NoCheckpoint("its key is not written as a key is")
        raw = _bytes(found[3])
        if raw[:1] != _ED25519:
            raise NoCheckpoint("its key is of another kind than Ed25519")
        verifier = cls(found[1], raw[1:])
        if verifier.id.hex() != found[2]:
            raise NoCheckpoint("the id of its key is another key's")
        return verifier

    def has_signed(self, text: bytes, signature: bytes) -> bool:
        """Tell whether the key has signed this text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


def verifier_of(name: str, key: Ed25519PrivateKey) -> Verifier:
    """Who checks what this key signs, under a name."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Verifier(name, raw)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a text: a name, the id of a key, and what the key has signed."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands below the text."""
        return f"\u2014 {self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries a ledger holds, and the root of its tree."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what no checkpoint says."""
        if _NAME.fullmatch(self.origin) is None:
            raise NoCheckpoint("its origin is no name")
        if _NUMBER.fullmatch(str(self.size)) is None or len(self.root) != HASH_LENGTH:
            raise NoCheckpoint("its size or its root has a wrong length")

    @property
    def text(self) -> str:
        """What is signed: origin, size and root, each on a line of its own."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the signatures below it, of whomever."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    @property
    def text(self) -> str:
        """The note as it is kept and sent."""
        return f"{self.checkpoint.text}\n{''.join(one.line for one in self.signatures)}"

    def signed_by(self, known: Iterable[Verifier]) -> tuple[Verifier, ...]:
        """Who of those that are known has signed it; what others signed says nothing.

        Raises:
            NoCheckpoint: a line names a known key, and that has not signed this.
        """
        keys = {(one.name, one.id): one for one in known}
        signers = []
        for one in self.signatures:
            verifier = keys.pop((one.name, one.key_id), None)
            if verifier is None:
                continue
            if not verifier.has_signed(self.checkpoint.text.encode(), one.signature):
                raise NoCheckpoint(f"{one.name} has not signed it")
            signers.append(verifier)
        return tuple(signers)


def signed(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey) -> SignedCheckpoint:
    """A checkpoint signed by a key, under a name; by nobody else yet."""
    return with_signature(SignedCheckpoint(checkpoint, ()), name, key)


def with_signature(note: SignedCheckpoint, name: str, key: Ed25519PrivateKey) -> SignedCheckpoint:
    """The same with one more signature, as a witness adds one."""
    made = key.sign(note.checkpoint.text.encode())
    own = Signature(name, verifier_of(name, key).id, made)
    return SignedCheckpoint(note.checkpoint, (*note.signatures, own))


def read_checkpoint(raw: bytes) -> SignedCheckpoint:
    """Read a note; whose signatures count is asked of the result.

    Raises:
        NoCheckpoint: it is none, with the reason.
    """
    text = _text(raw)
    body, blank, below = text.rpartition("\n\n")
    lines = body.split("\n")
    if not blank or len(lines) != len(("origin", "size", "root")):
        raise NoCheckpoint("it has not three lines, a blank one, and signatures")
    origin, size, root = lines
    if _NUMBER.fullmatch(size) is None:
        raise NoCheckpoint("its size is no number")
    return SignedCheckpoint(Checkpoint(origin, int(size), _bytes(root)), _signatures(below))


def read_checkpoints(raw: bytes) -> tuple[SignedCheckpoint, ...]:
    """Every note in a text that holds one behind the other, a blank line below each, in its order.

    What is no whole note is passed over: a power cut tears the last one, and the next one stands
    below it.
    """
    found = []
    for note in _NOTE.finditer(raw.decode("utf-8", "replace")):
        try:
            found.append(read_checkpoint(note[0].encode()))
        except NoCheckpoint:
            continue
    return tuple(found)


def _text(raw: bytes) -> str:
    if len(raw) > LONGEST:
        raise NoCheckpoint(f"it is longer than {LONGEST} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise NoCheckpoint("it is not UTF-8 text") from None
    if not text.endswith("\n") or any(one < " " and one != "\n" for one in text):
        raise NoCheckpoint("it has characters that no note has, or no end")
    return text


def _signatures(below: str) -> tuple[Signature, ...]:
    lines: Sequence[str] = below.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoCheckpoint(f"it has more than {MOST_SIGNATURES} signatures")
    return tuple(map(_signature, lines))


def _signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise NoCheckpoint("a line below it is no signature")
    raw = _bytes(found[2])
    if len(raw) <= _ID_LENGTH:
        raise NoCheckpoint("a signature below it is empty")
    return Signature(found[1], raw[:_ID_LENGTH], raw[_ID_LENGTH:])


def _bytes(text: str) -> bytes:
    """What is written in base64, in the one way in which it can be written."""
    try:
        raw = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise NoCheckpoint("a part of it is not base64") from None
    if b64encode(raw).decode() != text:
        raise NoCheckpoint("a part of it is written in two possible ways")
    return raw
