"""Time stamps of checkpoints: each with what was stamped, in a folder beside the key (CL-06).

A stamp is never written over and never removed here. What reads it stands in the extra `sign`.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from coi.errors import CoiError
from coi.ledger.checkpoint import NoCheckpoint, SignedCheckpoint, read_checkpoint
from coi.settings import Settings

QUERY: Mapping[str, str] = {
    "content-type": "application/timestamp-query",
    "accept": "application/timestamp-reply",
}
"""What a question to an authority is sent with."""

NOTE, TOKEN = ".txt", ".tst"
"""The checkpoint as it was stamped, and the stamp (RFC 3161, DER)."""

NEWEST = 12
"""So many stamps come between two looks at what is new."""

_FOLDER = "timestamps"
_log = logging.getLogger(__name__)


class StampUnread(CoiError):
    """A time stamp cannot be read, or is none of its checkpoint by anybody who is trusted."""

    code = "STAMP_UNREAD"

    def __init__(self, file: Path, why: str) -> None:
        self.file, self.why = file, why
        super().__init__(
            f"The time stamp {file} proves nothing: {why}.",
            "Put the file back, and see docs/checkpoints.md for COI_TIMESTAMP_CA.",
        )


@dataclass(frozen=True, slots=True)
class Stamped:
    """A checkpoint, and when an authority saw it."""

    note: SignedCheckpoint
    at: datetime


def is_installed() -> bool:
    """Whether what reads time stamps is there."""
    return find_spec("pyhanko") is not None


def stamp_folder(settings: Settings) -> Path:
    """Where time stamps are kept: beside the key, and so not in the database."""
    return settings.checkpoint_key_file.with_name(_FOLDER)


def stamp_file(settings: Settings, note: SignedCheckpoint) -> Path:
    """Where the stamp of a checkpoint is kept; by name they stand in the order of their sizes."""
    point = note.checkpoint
    return stamp_folder(settings) / f"{point.size:012}-{point.root.hex()[:16]}{TOKEN}"


def stamp_files(settings: Settings) -> list[Path]:
    """Every stamp that is kept, those of smaller trees first; of another user's none."""
    try:
        return sorted(stamp_folder(settings).glob(f"*{TOKEN}"))
    except PermissionError as error:
        _log.warning("Time stamps are not compared: %s is another user's.", error.filename)
        return []


def stamp_of(note: SignedCheckpoint, sent: Callable[[bytes], bytes]) -> bytes:
    """The stamp with which an authority answers; `sent` sends it a question.

    Raises:
        ValueError: it answers something else; the text says what.
    """
    from coi.interop.stamping import NoStamp, question, stamp_in

    asked = question(note.text.encode())
    try:
        return stamp_in(sent(asked.raw), asked)
    except NoStamp as error:
        raise ValueError(str(error)) from error


def note_of(file: Path) -> SignedCheckpoint:
    """What was stamped.

    Raises:
        StampUnread: it is no checkpoint any more.
    """
    try:
        return read_checkpoint(file.with_suffix(NOTE).read_bytes())
    except (OSError, NoCheckpoint) as error:
        raise StampUnread(file, "what was stamped does not stand beside it as it was") from error


def proven(settings: Settings, file: Path, note: SignedCheckpoint, token: bytes) -> Stamped:
    """A stamp of this checkpoint, by an authority that is trusted; `file` is where it is kept.

    Raises:
        StampUnread: it is none.
    """
    from coi.interop.stamping import NoStamp, stamped_at

    try:
        trusted = settings.timestamp_ca.read_bytes() if settings.timestamp_ca else b""
        return Stamped(note, stamped_at(token, note.text.encode(), trusted))
    except OSError as error:
        raise StampUnread(file, "who is trusted cannot be read") from error
    except NoStamp as error:
        raise StampUnread(file, str(error)) from error


def read_stamp(settings: Settings, file: Path) -> Stamped:
    """A stamp that is kept, once it is proven.

    Raises:
        StampUnread: it cannot be read, or is none of what stands beside it.
    """
    try:
        token = file.read_bytes()
    except OSError as error:
        raise StampUnread(file, "it cannot be read") from error
    return proven(settings, file, note_of(file), token)


def stamps(settings: Settings, *, every: bool) -> Iterator[Stamped | StampUnread]:
    """All that are kept with `every`, else the newest; of one that proves nothing, why."""
    for file in stamp_files(settings)[0 if every else -NEWEST :]:
        try:
            yield read_stamp(settings, file)
        except StampUnread as fault:
            yield fault
