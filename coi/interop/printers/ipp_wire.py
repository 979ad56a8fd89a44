"""The bytes of IPP, written and read (RFC 8010): as much of them as printing a label takes.

Own, since no library fits: pyipp is asynchronous and brings aiohttp, and pycups is built against
the headers of CUPS. Read strictly: whatever is cut off or longer than it says is no answer.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

VERSION = b"\x02\x00"
_OPERATION, _JOB, _END, _PRINTER = 0x01, 0x02, 0x03, 0x04
_LAST_DELIMITER = 0x0F
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_TEXT, _NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MEDIA = (
    *(0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49),
)
_HEAD = struct.Struct(">2sHI")
_TEXTS = frozenset({_TEXT, _NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MEDIA})

Value = int | bool | str | bytes
Attributes = Mapping[str, Sequence[Value]]


class NotIpp(Exception):
    """These bytes are no answer of IPP."""


class Operation(IntEnum):
    """What is asked for (RFC 8011, 5.4.15)."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: about which printer, perhaps about which job, and with what said of it."""

    operation: Operation
    number: int
    printer: str
    job: int | None = None
    job_name: str = ""
    media_type: str = ""
    wanted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: its status, and what it tells of the printer or of the job."""

    status: int
    number: int
    attributes: Attributes

    def number_of(self, name: str) -> int | None:
        """The one number of this name; None where there is none."""
        value = next(iter(self.attributes.get(name, ())), None)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def words_of(self, name: str) -> tuple[str, ...]:
        """The words of this name."""
        return tuple(one for one in self.attributes.get(name, ()) if isinstance(one, str))


def written(asked: Asked) -> bytes:
    """A question as bytes; the label comes after them."""
    head = _HEAD.pack(VERSION, asked.operation, asked.number)
    return b"".join((head, bytes([_OPERATION]), *_attributes(asked), bytes([_END])))


def _attributes(asked: Asked) -> Iterable[bytes]:
    """In the order that the standard asks for: character set, language, printer, job."""
    yield _attribute(_CHARSET, "attributes-charset", "utf-8")
    yield _attribute(_LANGUAGE, "attributes-natural-language", "en")
    yield _attribute(_URI, "printer-uri", asked.printer)
    if asked.job is not None:
        yield _attribute(_INTEGER, "job-id", asked.job)
    yield _attribute(_NAME, "requesting-user-name", "coi")
    if asked.job_name:
        yield _attribute(_NAME, "job-name", asked.job_name)
        # Rather no label than one with something left out.
        yield _attribute(_BOOLEAN, "ipp-attribute-fidelity", value=True)
        yield _attribute(_MEDIA, "document-format", asked.media_type)
    for n, name in enumerate(asked.wanted):
        yield _attribute(_KEYWORD, "" if n else "requested-attributes", name)


def _attribute(tag: int, name: str, value: str | int | bool) -> bytes:  # noqa: FBT001 - a value
    if isinstance(value, bool):
        raw = bytes([value])
    elif isinstance(value, int):
        raw = struct.pack(">i", value)
    else:
        raw = value.encode()
    return bytes([tag]) + _counted(name.encode()) + _counted(raw)


def _counted(raw: bytes) -> bytes:
    return struct.pack(">H", len(raw)) + raw


def read(answer: bytes) -> Told:
    """Read an answer to its last byte.

    Raises:
        NotIpp: it is none.
    """
    if len(answer) < _HEAD.size or answer[0] not in {1, 2}:
        raise NotIpp
    _version, status, number = _HEAD.unpack_from(answer)
    found: dict[str, list[Value]] = {}
    at, name = _HEAD.size, ""
    while True:
        tag, at = _byte(answer, at)
        if tag == _END:
            break
        if tag <= _LAST_DELIMITER:
            name = ""
            continue
        said, at = _piece(answer, at)
        raw, at = _piece(answer, at)
        name = said.decode("ascii", "replace") or name
        if not name:
            raise NotIpp
        found.setdefault(name, []).append(_value(tag, raw))
    if at != len(answer):
        raise NotIpp
    return Told(status, number, found)


def _byte(answer: bytes, at: int) -> tuple[int, int]:
    if at >= len(answer):
        raise NotIpp
    return answer[at], at + 1


def _piece(answer: bytes, at: int) -> tuple[bytes, int]:
    """A piece that says first how long it is; and where the next one begins."""
    if at + 2 > len(answer):
        raise NotIpp
    begin = at + 2
    end = begin + struct.unpack_from(">H", answer, at)[0]
    if end > len(answer):
        raise NotIpp
    return answer[begin:end], end


def _value(tag: int, raw: bytes) -> Value:
    """A value as what its tag says; what is not asked for here stays bytes."""
    if tag in {_INTEGER, _ENUM}:
        if len(raw) != struct.calcsize(">i"):
            raise NotIpp
        return int(struct.unpack(">i", raw)[0])
    if tag == _BOOLEAN:
        if raw not in {b"\0", b"\1"}:
            raise NotIpp
        return raw == b"\1"
    return raw.decode("utf-8", "replace") if tag in _TEXTS else raw
