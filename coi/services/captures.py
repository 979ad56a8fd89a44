"""What a device captured without a line, and whether it is the device's own chain that goes on.

Pure. A capture is one handoff: its kind, the codes that were scanned, and the time of the device,
which is a claim. Each holds the hash of the one before, so that a queue that was copied, cut or
changed is noticed (F-12, F-13). It holds codes and nothing that somebody typed: no name (SEC-34).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem
from coi.services.scanning import WAYS
from labels.errors import NotACode
from labels.identifiers import parse_scan

RELEASED, RECEIVED, MOVED, OTHER = "released", "received", "moved", "other"
KINDS: Final = (RELEASED, RECEIVED, MOVED, OTHER)
"""What somebody says that a handoff was."""

BEFORE_THE_FIRST: Final = "0" * 64
MOST_CODES, MOST_CAPTURES = 20, 200
_FORMAT: Final = "coi capture 1"
_DEVICE: Final = re.compile(r"[0-9A-Z]{1,40}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z")
_BADGE: Final = "S"
_MOST_SEQ: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class CapturedCode:
    """One code, how it was entered, and when, as the device claims."""

    raw: str
    how: str
    at: str


@dataclass(frozen=True, slots=True)
class Capture:
    """One handoff as a device captured it."""

    device: str
    seq: int
    kind: str
    at: str
    codes: tuple[CapturedCode, ...]
    previous: str

    @property
    def text(self) -> str:
        """What is hashed: one thing on each line, so that a browser writes the same."""
        head = (_FORMAT, self.device, str(self.seq), self.kind, self.at, self.previous)
        return "\n".join([*head, *(f"{one.how} {one.at} {one.raw}" for one in self.codes)])

    @property
    def hash(self) -> str:
        """By which the next one of this device follows it."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def id(self) -> str:
        """Device and sequence, as ids of one device sort."""
        return id_of(self.device, self.seq)


@dataclass(frozen=True, slots=True)
class Link:
    """How far a device's chain is: its last capture."""

    seq: int = 0
    hash: str = BEFORE_THE_FIRST


@dataclass(frozen=True, slots=True)
class Judged:
    """The captures of one sending, each once: known before, new, too early, or of no chain."""

    known: tuple[Capture, ...]
    fresh: tuple[Capture, ...]
    early: tuple[Capture, ...]
    forked: tuple[Capture, ...]


def id_of(device: str, seq: int) -> str:
    """The id of a capture that is in its turn."""
    return f"{device}-{seq:09}"


def judge(
    captures: Iterable[Capture], device: str, before: Link, recorded: Callable[[int], str]
) -> Judged:
    """Sort what was sent into what follows the chain of this device, and what does not.

    `recorded` gives the hash of what is on record under a sequence. Whatever the order in which
    they come, they are taken in that of the device; what is too early waits for what is missing.
    """
    found: dict[str, list[Capture]] = {"known": [], "fresh": [], "early": [], "forked": []}
    last = before
    for one in sorted(set(captures), key=lambda capture: (capture.seq, capture.hash)):
        sort = _sort(one, device, (before, last), recorded)
        found[sort].append(one)
        last = Link(one.seq, one.hash) if sort == "fresh" else last
    return Judged(**{name: tuple(ones) for name, ones in found.items()})


def _sort(
    one: Capture, device: str, chain: tuple[Link, Link], recorded: Callable[[int], str]
) -> str:
    before, last = chain
    if one.device != device:
        return "forked"
    if one.seq <= before.seq:
        return "known" if recorded(one.seq) == one.hash else "forked"
    if one.seq > last.seq + 1:
        return "early"
    follows = one.seq == last.seq + 1 and one.previous == last.hash
    return "fresh" if follows else "forked"


def read_captures(text: str) -> tuple[Capture, ...]:
    """What a device sends, read strictly.

    Raises:
        DataRefused: it is no list of captures, one is not what its hash says, or a text in it is no
            code of ours.
    """
    try:
        told = json.loads(text)
        found = tuple(_read(one) for one in _list(told, MOST_CAPTURES))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refused("is no list of captures") from error
    for one in found:
        _require_whole(one)
    return found


def capture_of(text: str) -> Capture:
    """A capture as it stands on record.

    Raises:
        ValueError: the text is none.
    """
    _format, device, seq, kind, at, previous, *lines = text.split("\n")
    codes = (line.split(" ", maxsplit=2) for line in lines)
    told = tuple(CapturedCode(raw, how, when) for how, when, raw in codes)
    return Capture(device, int(seq), kind, at, told, previous)


def _list(told: object, most: int) -> Sequence[Mapping[str, Any]]:
    if not isinstance(told, list) or len(told) > most:
        raise TypeError
    return told


def _read(told: Mapping[str, Any]) -> Capture:
    codes = tuple(
        CapturedCode(*(_text(one[name]) for name in ("raw", "how", "at")))
        for one in _list(told["codes"], MOST_CODES)
    )
    seq = told["seq"]
    if type(seq) is not int:
        raise TypeError
    texts = {name: _text(told[name]) for name in ("device", "kind", "at", "previous")}
    capture = Capture(seq=seq, codes=codes, **texts)
    if told["hash"] != capture.hash:
        raise _refused("has another hash than it says")
    return capture


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise TypeError
    return told


def _require_whole(one: Capture) -> None:
    for wrong in _wrong_with(one):
        raise _refused(wrong)


def _wrong_with(one: Capture) -> Iterator[str]:
    """What keeps it from being one; a text that is no code of ours is never shown or kept."""
    if not (_DEVICE.fullmatch(one.device) and _HASH.fullmatch(one.previous)):
        yield "names no device, or nothing before it"
    if not 1 <= one.seq <= _MOST_SEQ or one.kind not in KINDS:
        yield "has no place or no kind"
    if not one.codes:
        yield "holds no code"
    if not all(map(_is_moment, (one.at, *(code.at for code in one.codes)))):
        yield "has no time"
    if not all(code.how in WAYS and _is_thing(code.raw) for code in one.codes):
        yield "holds what is no code of this system"


def _is_thing(raw: str) -> bool:
    """It is a code of ours, of an order or a thing; a badge opens a door, and is nobody's here."""
    try:
        read = parse_scan(raw)
    except NotACode:
        return False
    return read.serial is None or read.serial.kind != _BADGE


def _is_moment(text: str) -> bool:
    try:
        parse_rfc3339(text)
    except ValueError:
        return False
    return _MOMENT.fullmatch(text) is not None


def _refused(reason: str) -> DataRefused:
    return DataRefused([Problem(reason, column="captures")])
