"""Whether a record goes on from what was seen of it last: RFC 9162, 2.1.4.2, with nothing else.

A server that was put in the place of another, with another history, cannot prove it.
"""

import json
import os
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_LONGEST = 66


class HistoryChanged(Exception):
    """The record is not the one that was seen before, or not all of it: do nothing with it."""

    def __init__(self, before: "Head", now: "Head | None", why: str) -> None:
        self.before, self.now = before, now
        super().__init__(
            f"History changed: {why}. Stop, keep the file with the last head, and tell quality"
            " assurance."
        )


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint as it was seen: whose record, how many entries, their root, and the note."""

    origin: str
    size: int
    root: bytes
    note: str = ""

    @classmethod
    def read(cls, note: str) -> "Head":
        """A checkpoint as the server sends it.

        Raises:
            ValueError: it is none.
        """
        origin, size, root, *_rest = note.split("\n")
        return cls(origin, int(size), b64decode(root, validate=True), note)


def require_growth(before: Head, now: Head | None, proof: Sequence[bytes]) -> None:
    """What is there now holds all that was seen before, as it was.

    A record that was put back, and goes on, has another origin, which begins with the old one. That
    quality assurance has signed for it only people can say, by another way than this server's word.

    Raises:
        HistoryChanged: it does not, or another record answers.
    """
    if now is None:
        raise HistoryChanged(before, now, f"{before.size} entries were seen, and none is signed")
    if now.origin.startswith(f"{before.origin}/"):
        why = f"the record says that it was put back, and goes on as {now.origin}; where quality"
        why += " assurance confirms that, remove the file with the last head"
        raise HistoryChanged(before, now, why)
    if now.origin != before.origin:
        raise HistoryChanged(before, now, f"{now.origin} answers in the place of {before.origin}")
    if now.size < before.size:
        raise HistoryChanged(before, now, f"{before.size} entries were seen, {now.size} are there")
    if not _only_grew(before, now, proof):
        told = f"the first {before.size} entries are not those that were seen"
        raise HistoryChanged(before, now, told)


def _only_grew(before: Head, now: Head, proof: Sequence[bytes]) -> bool:
    if before.size < 1:
        return False
    if before.size == now.size:
        return not proof and before.root == now.root
    path = [before.root, *proof] if before.size.bit_count() == 1 else [*proof]
    if not path or len(path) > _LONGEST:
        return False
    at, last = before.size - 1, now.size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = _above(one, old), _above(one, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = _above(new, one)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (before.root, now.root)


def _above(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def kept_head(file: Path) -> Head | None:
    """The last head that was seen; None where none was.

    Raises:
        ValueError: the file holds something else.
    """
    try:
        return Head.read(json.loads(file.read_text("utf-8"))["note"])
    except FileNotFoundError:
        return None


def keep_head(file: Path, head: Head) -> None:
    """Keep it for the next contact, whole or not at all."""
    beside = file.with_name(f".{file.name}.partial")
    with beside.open("w", encoding="utf-8") as opened:
        json.dump({"note": head.note}, opened)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
