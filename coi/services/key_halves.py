"""The vault key in two halves, each for a custodian: together they are the key, alone nothing.

One half is drawn at random, the other is what makes it the key (an exclusive or of each bit). So a
half says no more of the key than dice would. Each is printed with check digits behind each line,
because somebody will type it from paper on a bad day.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from coi.errors import DataRefused, Problem
from coi.services.vault import KEY_BYTES

_LINE_BYTES = 8
_LINES = range(1, KEY_BYTES // _LINE_BYTES + 1)
_CHECK_DIGITS = 4
_HEADER = re.compile(r"half\s+([12])\s+of\s+2\b", re.IGNORECASE)
_FINGERPRINT = re.compile(r"fingerprint[: ]+((?:[0-9a-f] *){16})$", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(
    r"^line\s+([1-9])[: ]+([0-9a-f]{8})[ -]*([0-9a-f]{8})\s+check\s+([0-9a-f]{4})$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two halves of a vault key, with the fingerprint of the whole."""

    number: int
    share: bytes
    fingerprint: str


def split(key: bytes, fingerprint: str, draw: Callable[[int], bytes]) -> tuple[Half, Half]:
    """Two halves of a key; other ones each time."""
    one = draw(KEY_BYTES)
    return Half(1, one, fingerprint), Half(2, _either(one, key), fingerprint)


def joined(one: Half, other: Half) -> bytes:
    """The key of two halves, in whichever order.

    Raises:
        DataRefused: it is the same half twice, or the halves are of two keys.
    """
    if one.number == other.number:
        raise DataRefused([Problem(f"both are half {one.number}; the other one is needed too")])
    if one.fingerprint != other.fingerprint:
        raise DataRefused([Problem("the halves are of two keys: their fingerprints differ")])
    return _either(one.share, other.share)


def _either(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def printed(half: Half) -> str:
    """A half as its custodian keeps it on paper."""
    told = half.fingerprint
    return "\n".join(
        [
            f"VAULT KEY, HALF {half.number} OF 2",
            "",
            f"Key fingerprint: {told[:4]} {told[4:8]} {told[8:12]} {told[12:]}",
            "",
            *_lines(half),
            "",
            "Alone this half opens nothing. With the other it opens the name of every patient.",
            "Keep it sealed, in a place of your own, never together with the other half.",
            "To use it: coi keys restore HALF1 HALF2 (docs/keys.md).",
            "",
        ]
    )


def _lines(half: Half) -> Iterator[str]:
    for n, start in enumerate(range(0, KEY_BYTES, _LINE_BYTES), start=1):
        digits = half.share[start : start + _LINE_BYTES].hex()
        yield f"line {n}  {digits[:8]} {digits[8:]}  check {_check(half.number, n, digits)}"


def _check(half: int, line: int, digits: str) -> str:
    """Four digits that a slip in this line of this half does not survive."""
    return sha256(f"{half}.{line}.{digits}".encode()).hexdigest()[:_CHECK_DIGITS]


def read_half(text: str) -> Half:
    """A half that was typed or copied from its paper.

    Raises:
        DataRefused: it is none, or a line of it was misread; says which.
    """
    text = "\n".join(line.strip() for line in text.splitlines())
    header, fingerprint = _HEADER.search(text), _FINGERPRINT.search(text)
    lines = {int(found[1]): found for found in _LINE.finditer(text)}
    if header is None or fingerprint is None or not lines:
        raise DataRefused([Problem("this is no half of a vault key")])
    number = int(header[1])
    _require_whole(number, lines)
    share = bytes.fromhex("".join(_digits(lines[n]) for n in _LINES))
    return Half(number, share, "".join(fingerprint[1].lower().split()))


def _require_whole(number: int, lines: Mapping[int, re.Match[str]]) -> None:
    """Every line is there, and has its check.

    Raises:
        DataRefused: says which is not so.
    """
    problems = [
        Problem(f"line {n} of half {number} is missing or was misread; type it again")
        for n in _LINES
        if n not in lines or not _fits(number, n, lines[n])
    ]
    if problems:
        raise DataRefused(problems)


def _digits(line: re.Match[str]) -> str:
    return (line[2] + line[3]).lower()


def _fits(half: int, n: int, line: re.Match[str]) -> bool:
    return line[4].lower() == _check(half, n, _digits(line))
