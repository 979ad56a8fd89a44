"""What a scanner sent, character by character, beside what the symbol holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest
from typing import Final

_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_CONTROLS: Final = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF"),
    *("CR", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM"),
    *("SUB", "ESC", "FS", "GS", "RS", "US"),
)
_NAMED: Final = {chr(n): f"<{name}>" for n, name in enumerate(_CONTROLS)} | {" ": "<SPACE>"}
_PICTURES: Final = {0x2400 + n: n for n in range(len(_CONTROLS))}


class How(StrEnum):
    """How one character stands beside what was expected."""

    RIGHT = "right"
    CHANGED = "changed"
    ADDED = "added"
    MISSING = "missing"
    LEFT_OUT = "left out"  # what this device takes off before a code is read


@dataclass(frozen=True, slots=True)
class Mark:
    """One character; `expected` is '' for one too many, `came` for one that is missing."""

    place: int
    how: How
    expected: str
    came: str

    @property
    def shown(self) -> str:
        """What came, or what should have, so that it can be seen."""
        return visible(self.came or self.expected)

    @property
    def instead_of(self) -> str:
        """What should have come in its place; '' where that is nothing else."""
        return visible(self.expected) if self.how is How.CHANGED else ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a scanner sent; with `is_heard` each key, with it all that comes behind a code.

    What this device leaves out stands `before` and `after` it.
    """

    text: str
    before: str = ""
    after: str = ""
    is_heard: bool = False

    @property
    def ending(self) -> str:
        """What ended the code."""
        return self.text[len(self.text.rstrip("\r\n")) :]

    @property
    def bare(self) -> str:
        """The code without its end, and without what this device leaves out."""
        text, around = self.text.rstrip("\r\n"), len(self.before) + len(self.after)
        fits = text.startswith(self.before) and text.endswith(self.after) and len(text) > around
        return text[len(self.before) : len(text) - len(self.after)] if fits else text

    @property
    def is_shortened(self) -> bool:
        """This device left something out of it."""
        return self.bare != self.text.rstrip("\r\n")


def identifier_of(text: str) -> str:
    """What a scanner says of the symbol before its code (`]Q1`); '' where it says nothing."""
    found = _AIM.match(text)
    return found[0] if found else ""


def with_controls(text: str) -> str:
    """A text whose control characters came as the signs for them, which any form carries."""
    return text.translate(_PICTURES)


def pictured(text: str) -> str:
    """A text with signs in the place of its control characters."""
    return text.translate({n: sign for sign, n in _PICTURES.items()})


def visible(text: str) -> str:
    """A text in which each character can be seen: controls by name, others by number."""
    return "".join(map(_seen, text))


def _seen(one: str) -> str:
    if one in _NAMED:
        return _NAMED[one]
    return one if one.isprintable() else f"<U+{ord(one):04X}>"


def marks(expected: str, sent: Sent) -> tuple[Mark, ...]:
    """Each character that came, in order, and each that is missing between them."""
    bare, ending = sent.bare, sent.ending
    symbol = identifier_of(bare)
    before, after = (sent.before, sent.after) if sent.is_shortened else ("", "")
    told = [
        *((How.LEFT_OUT, "", one) for one in before + symbol),
        *_aligned(expected, bare.removeprefix(symbol)),
        *((How.LEFT_OUT, "", one) for one in after),
        *((How.RIGHT, one, one) for one in ending),
    ]
    return tuple(Mark(place, *one) for place, one in enumerate(told, start=1))


def _aligned(expected: str, came: str) -> Iterator[tuple[How, str, str]]:
    matcher = SequenceMatcher(None, expected, came, autojunk=False)
    for _, low, high, first, last in matcher.get_opcodes():
        for pair in zip_longest(expected[low:high], came[first:last], fillvalue=""):
            yield _how(*pair), *pair


def _how(expected: str, came: str) -> How:
    if expected == came:
        return How.RIGHT
    if not came:
        return How.MISSING
    return How.CHANGED if expected else How.ADDED
