"""What a device captured without a line, and whether it is the device's own chain that goes on.

Pure. A capture is one handoff: its kind, the codes that were scanned, and the time of the device,
which is a claim. Each holds the hash of the one before, so that a queue that was copied, cut or
changed is noticed (F-12, F-13). It holds codes and nothing that somebody typed: no name (SEC-34).

No capture is refused: it would keep all that a device captured after it from the record, for good.
What can be read in part is kept in part and in its place, with why; what is not what its hash says
is of no chain.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem
from coi.services.scanning import TYPED, WAYS
from labels.errors import NotACode
from labels.identifiers import CROCKFORD, parse_scan

RELEASED, RECEIVED, MOVED, OTHER = "released", "received", "moved", "other"
KINDS: Final = (RELEASED, RECEIVED, MOVED, OTHER)
"""What somebody says that a handoff was."""

BEFORE_THE_FIRST: Final = "0" * 64
MOST_CAPTURES = 200
_FORMAT: Final = "coi capture 1"
_IN_PART: Final = f"{_FORMAT} part"
_DEVICE: Final = re.compile(r"[0-9A-Z]{1,40}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z")
_ONE: Final = f"[{CROCKFORD}]{{4}}-[{CROCKFORD}]{{8}}-[{CROCKFORD}]"
_AS_A_CODE: Final = re.compile(rf"(\](C0|d1|Q1))?([BWLXCP]-)?{_ONE}(/{_ONE})?")
_BADGE: Final = "S"
_MOST_SEQ: Final = 999_999_999
_MOST_DIGITS: Final = 20
_DEEPEST: Final = 8  # ours are four deep: the list, a capture, its codes, a code
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")
_PART: Final = re.compile(r'''"(?:[^"\\]|\\.)*"|[][{}]|[^][{}"]+|"''', re.DOTALL)
"""A text, a bracket, or what is between them."""


@dataclass(frozen=True, slots=True)
class CapturedCode:
    """One code, how it was entered, and when, as the device claims."""

    raw: str
    how: str
    at: str


@dataclass(frozen=True, slots=True)
class Capture:
    """One handoff as a device captured it; of one that was read in part, what could be read."""

    device: str
    seq: int
    kind: str
    at: str
    codes: tuple[CapturedCode, ...]
    previous: str
    unread: tuple[str, ...] = ()  # why it was read in part, each in words
    hash_of_all: str = ""  # of what was sent, where it was read in part
    claimed: str = field(default="", compare=False)  # its hash by the device, where that is another

    @property
    def text(self) -> str:
        """What is hashed: one thing on each line, so that a browser writes the same."""
        head = (self.device, str(self.seq), self.kind, self.at, self.previous)
        why = (_UNREAD.join(self.unread), self.hash_of_all) if self.unread else ()
        codes = (f"{one.how} {one.at} {one.raw}" for one in self.codes)
        return "\n".join([_IN_PART if why else _FORMAT, *head, *why, *codes])

    @property
    def hash(self) -> str:
        """By which the next one of this device follows it."""
        return self.hash_of_all or sha256(self.text.encode()).hexdigest()

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
    if one.device != device or not one.previous:
        return "forked"
    if one.seq <= before.seq:
        return "known" if recorded(one.seq) == one.hash else "forked"
    if one.seq > last.seq + 1:
        return "early"
    follows = one.seq == last.seq + 1 and one.previous == last.hash
    return "fresh" if follows else "forked"


def read_captures(text: str) -> tuple[Capture, ...]:
    """What a device sends: each for itself, so that none keeps another from the record.

    Raises:
        DataRefused: it is no list of captures.
    """
    try:
        told = json.loads(_no_deeper(text), parse_int=_number)
        return tuple(map(_read, _list(told)))
    except (ValueError, TypeError) as error:
        raise DataRefused([Problem("is no list of captures", column="captures")]) from error


def capture_of(text: str) -> Capture:
    """A capture as it stands on record.

    Raises:
        ValueError: the text is none.
    """
    of, device, seq, kind, at, previous, *lines = text.split("\n")
    why, hash_of_all, *lines = lines if of == _IN_PART else ("", "", *lines)
    codes = (line.split(" ", maxsplit=2) for line in lines)
    told = tuple(CapturedCode(raw, how, when) for how, when, raw in codes)
    unread = tuple(why.split(_UNREAD)) if why else ()
    return Capture(device, int(seq), kind, at, told, previous, unread, hash_of_all)


def _no_deeper(text: str) -> str:
    """The same JSON, with nothing in the place of what lies deeper than any capture of ours."""
    kept: list[str] = []
    depth = 0
    for part in _PART.findall(text):
        opens, closes = part in _OPENING, part in _CLOSING
        if opens and depth == _DEEPEST:
            kept.append("null")
        depth += opens
        if depth <= _DEEPEST:
            kept.append(part)
        depth -= closes
    return "".join(kept)


def _number(digits: str) -> int | str:
    """A number, or the text of one that is longer than any of ours."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _list(told: object) -> list[Mapping[str, Any]]:
    if not isinstance(told, list) or len(told) > MOST_CAPTURES:
        raise TypeError
    return [one if isinstance(one, dict) else {"": one} for one in told]


def _read(told: Mapping[str, Any]) -> Capture:
    """One as it was sent; what no device of ours writes is of no chain, and read in part."""
    try:
        capture = _written(told)
        is_whole = told["hash"] == capture.hash
    except (ValueError, KeyError, TypeError):
        return _of_no_chain(told, _NOT_WRITTEN_SO)
    if not is_whole:
        return _of_no_chain(told, _ANOTHER_HASH)
    wrong = tuple(_wrong_with(capture))
    return _in_part(capture, wrong, capture.hash) if wrong else capture


def _written(told: Mapping[str, Any]) -> Capture:
    seq = told["seq"]
    if type(seq) is not int:
        raise TypeError
    device, kind, at, previous = (
        _text(told[name]) for name in ("device", "kind", "at", "previous")
    )
    codes = tuple(
        CapturedCode(*(_text(one[name]) for name in ("raw", "how", "at"))) for one in told["codes"]
    )
    return Capture(device, seq, kind, at, codes, previous)


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise TypeError
    return told


def _of_no_chain(told: Mapping[str, Any], why: str) -> Capture:
    """Nothing can follow it, and it follows nothing: it is kept apart, with what can be read."""
    device, kind, at, claimed = (str(told.get(name)) for name in ("device", "kind", "at", "hash"))
    seq = told["seq"] if type(told.get("seq")) is int else 0
    listed = told["codes"] if isinstance(told.get("codes"), list) else []
    codes = tuple(
        CapturedCode(*(str(one.get(name)) for name in ("raw", "how", "at")))
        for one in listed
        if isinstance(one, dict)
    )
    read = Capture(device, seq, kind, at, codes, previous="")
    digest = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return replace(_in_part(read, (why, *_wrong_with(read)), digest), claimed=claimed)


def _in_part(one: Capture, why: tuple[str, ...], hash_of_all: str) -> Capture:
    """What of it is ours: never a text that somebody may have typed (SEC-34)."""
    return Capture(
        device=one.device if _DEVICE.fullmatch(one.device) else "",
        seq=one.seq if 1 <= one.seq <= _MOST_SEQ else 0,
        kind=one.kind if one.kind in KINDS else OTHER,
        at=_moment(one.at),
        codes=tuple(
            CapturedCode(code.raw, code.how if code.how in WAYS else TYPED, _moment(code.at))
            for code in one.codes
            if _AS_A_CODE.fullmatch(code.raw)
        ),
        previous=one.previous if _HASH.fullmatch(one.previous) else "",
        unread=tuple(dict.fromkeys(why)),
        hash_of_all=hash_of_all,
    )


_UNREAD: Final = "; "
_NOT_WRITTEN_SO: Final = "It is written as no device of this system writes"
_ANOTHER_HASH: Final = "It is not what its hash says: it was changed"
_NO_PLACE: Final = "It does not say of which device it is, or which one of it"
_NO_KIND: Final = "It does not say what was done"
_NO_CODE: Final = "It holds no code"
_NO_TIME: Final = "One of its times is none"
_NOT_OURS: Final = "One of its codes is none of this system"


def _wrong_with(one: Capture) -> Iterator[str]:
    """What keeps it from being read whole."""
    is_placed = _DEVICE.fullmatch(one.device) and 1 <= one.seq <= _MOST_SEQ
    if not is_placed or not _HASH.fullmatch(one.previous or BEFORE_THE_FIRST):
        yield _NO_PLACE
    if one.kind not in KINDS:
        yield _NO_KIND
    if not one.codes:
        yield _NO_CODE
    if not all(map(_moment, (one.at, *(code.at for code in one.codes)))):
        yield _NO_TIME
    if not all(code.how in WAYS and _is_thing(code.raw) for code in one.codes):
        yield _NOT_OURS


def _is_thing(raw: str) -> bool:
    """It is a code of ours, of an order or a thing; a badge opens a door, and is nobody's here."""
    try:
        read = parse_scan(raw)
    except NotACode:
        return False
    return read.serial is None or read.serial.kind != _BADGE


def _moment(text: str) -> str:
    """The same, where it is a time; otherwise ''."""
    try:
        parse_rfc3339(text)
    except ValueError:
        return ""
    return text if _MOMENT.fullmatch(text) else ""
