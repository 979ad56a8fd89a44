"""Sees the checkpoints of other records, and signs that they go on from what it saw (TL-09).

Which records those are whoever runs this machine has said, by their keys. Of each the last
checkpoint is kept in a file beside the key: nothing of it stands in the record of this instance,
and a database that is put back takes nothing of it with it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.errors import SettingError
from coi.ledger.checkpoint import NoCheckpoint, SignedCheckpoint, Verifier, read_checkpoint
from coi.ledger.tree import EMPTY, only_grew
from coi.ledger.witnessed import (
    LONGEST_REQUEST,
    Asked,
    Witness,
    cosignature,
    read_asked,
    witness_of,
)
from coi.services.checkpoint_keys import NoSigningKey, read_signing_key, signers_of
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.services.vault import write_key_file
from coi.settings import Settings

LONGEST = LONGEST_REQUEST
"""So many bytes somebody may send at most."""

SIZE = "text/x.tlog.size"
"""What a witness calls the answer that says how large a tree it saw last."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers: a status, and a cosignature, a size or a sentence."""

    status: HTTPStatus
    body: str = ""
    kind: str = "text/plain"


def witness_key(installation: Installation) -> Witness:
    """The public half of the key that cosigns here; it is made when it is first asked for.

    Raises:
        NoSigningKey: the record names no key for its own checkpoints, and so nothing to be called.
    """
    file = _key_file(installation.settings)
    if not file.exists():
        write_key_file(file, Ed25519PrivateKey.generate().private_bytes_raw())
    return witness_of(_name(installation), read_signing_key(file))


def witnessed_here(installation: Installation, raw: bytes) -> Answer:
    """Answer whoever asks to have a checkpoint cosigned, as tlog-witness says.

    What is answered with 200 is kept before, and nobody else is answered of this record meanwhile.
    """
    try:
        asked = read_asked(raw)
    except NoCheckpoint as fault:
        return Answer(HTTPStatus.BAD_REQUEST, f"{fault.sentence}\n")
    known = [
        one for one in _known(installation.settings) if one.name == asked.note.checkpoint.origin
    ]
    if not known:
        return Answer(HTTPStatus.NOT_FOUND, "Nobody here witnesses this record.\n")
    if not _is_signed(asked.note, known):
        return Answer(HTTPStatus.FORBIDDEN, "No key that is known here has signed it.\n")
    with _alone(installation.settings, asked.note.checkpoint.origin) as file:
        return _judged(asked, _last(file)) or _cosigned(installation, asked.note, file)


def _judged(asked: Asked, last: SignedCheckpoint | None) -> Answer | None:
    """Why this is not cosigned; None where it goes on from the last one that was seen."""
    point = asked.note.checkpoint
    size, root = (last.checkpoint.size, last.checkpoint.root) if last else (0, EMPTY)
    if asked.old > point.size:
        return Answer(HTTPStatus.BAD_REQUEST, "The old size is larger than the new one.\n")
    if asked.old != size:
        return Answer(HTTPStatus.CONFLICT, f"{size}\n", SIZE)
    if asked.old == point.size and point.root != root:
        return Answer(HTTPStatus.CONFLICT, f"{size}\n", SIZE)
    if not only_grew(asked.old, root, point.size, point.root, asked.proof):
        told = "It is not proven to go on from what was seen before.\n"
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    return None


def _cosigned(installation: Installation, note: SignedCheckpoint, file: Path) -> Answer:
    try:
        key = read_signing_key(_key_file(installation.settings))
    except NoSigningKey as fault:
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{fault.sentence}\n")
    at = int(installation.clock.now().timestamp())
    write_durably(file, note.text)
    return Answer(HTTPStatus.OK, cosignature(note, _name(installation), key, at).line)


def _is_signed(note: SignedCheckpoint, known: list[Verifier]) -> bool:
    try:
        return bool(note.signed_by(known))
    except NoCheckpoint:
        return False


def _known(settings: Settings) -> tuple[Verifier, ...]:
    """The keys of the records that are witnessed here.

    Raises:
        SettingError: a line of the file is no key, or it cannot be read.
    """
    if settings.witness_for is None:
        return ()
    try:
        lines = settings.witness_for.read_text("ascii").splitlines()
        return tuple(Verifier.read(one.strip()) for one in lines if one.strip())
    except (OSError, ValueError, NoCheckpoint) as error:
        raise SettingError(
            "COI_WITNESS_FOR",
            f"names {settings.witness_for}, which holds something that is no key.",
            "Write the key of each record on a line of its own, as `coi checkpoint key` tells it.",
        ) from error


def _name(installation: Installation) -> str:
    signers = installation.read(signers_of)
    if not signers:
        raise NoSigningKey("The record names no key that signs checkpoints.")
    return f"{signers[0].verifier.name}/witness"


def _key_file(settings: Settings) -> Path:
    return settings.checkpoint_key_file.with_name("witness.key")


@contextmanager
def _alone(settings: Settings, origin: str) -> Iterator[Path]:
    """Where the last checkpoint of a record is kept, while nobody else looks at it."""
    folder = settings.checkpoint_key_file.with_name("witnessed")
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder / sha256(origin.encode()).hexdigest()
    finally:
        os.close(descriptor)


def _last(file: Path) -> SignedCheckpoint | None:
    """What was seen last; a file that was damaged is an error, and nothing is cosigned over it."""
    try:
        return read_checkpoint(file.read_bytes())
    except FileNotFoundError:
        return None
