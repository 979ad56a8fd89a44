"""What was written for a label printer, read back: one label, only known commands, the same dots.

It knows nothing of how the commands are made, but the few that there may be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_LABEL: Final = re.compile(
    r"\^XA\^MUD\^LH0,0\^LT0\^LS0\^LRN\^PON\^PMN\^FWN\^CI28\n"
    r"\^PW(?P<width>\d+)\^LL(?P<height>\d+)\n"
    r"\^FO0,0\^GFA,(?P<bytes>\d+),(?P=bytes),(?P<across>\d+),(?P<dots>[0-9A-Fg-zG-Y,:]*)\^FS\n"
    r"(?P<symbols>(?:\^FO[^\n]*\n)*)"
    r"\^PQ1,0,0,N\^XZ"
)
_SYMBOL: Final = re.compile(
    r"\^FO\d+,\d+"
    r"(?:\^BY\d+,2,\d+\^BCN,\d+,N,N,N,(?P<mode>[AD])|\^BXN,\d+,200,\d+,\d+,6,\|,1|(?P<qr>\^BQN,2,\d+,Q))"
    r"\^FH_\^FD(?P<data>(?:[0-9A-Za-z,]|_[0-9A-F]{2})*)\^FS"
)
FNC1: Final = "\x1d"  # as scanners tell it within the data; a first one says that it is GS1
_COUNTED: Final = re.compile(r"([g-zG-Y]+)([0-9A-F])")


@dataclass(frozen=True, slots=True)
class PrinterLabel:
    """One label as a printer would take it: its size, its dots in words, its codes."""

    width: int
    height: int
    lines: tuple[str, ...]
    payloads: tuple[str, ...]


def read_zpl(zpl: bytes) -> PrinterLabel | None:
    """The one label that these commands print; None if they are, or could be, anything else."""
    try:
        found = _LABEL.fullmatch(zpl.decode("ascii"))
    except UnicodeDecodeError:
        return None
    if found is None:
        return None
    symbols = [_SYMBOL.fullmatch(line) for line in found["symbols"].splitlines()]
    across, height = int(found["across"]), int(found["height"])
    lines = tuple(_lines(found["dots"], across * 2))
    if not all(symbols) or len(lines) != height or int(found["bytes"]) != across * height:
        return None
    payloads = tuple(_payload(symbol) for symbol in symbols if symbol)
    return PrinterLabel(int(found["width"]), height, lines, payloads)


def _payload(symbol: re.Match[str]) -> str:
    data = re.sub("_([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), symbol["data"])
    if symbol["qr"]:
        return data.removeprefix("QA,")
    # In mode D the printer writes a first FNC1 by itself.
    if symbol["mode"] == "D":
        return FNC1 + data.replace(">8", FNC1)
    return data if symbol["mode"] else data.replace("|1", FNC1)


def _lines(packed: str, length: int) -> Iterator[str]:
    """The lines of a graphic, unpacked."""
    spelled = _COUNTED.sub(lambda run: run[2] * _count(run[1]), packed)
    at, line = 0, ""
    while at < len(spelled):
        if spelled[at] == ":":
            at += 1
        else:
            digits = spelled[at : at + length].partition(",")[0]
            # A line that is shorter than it should be ends in a comma.
            at += len(digits) + (len(digits) < length)
            line = digits.ljust(length, "0")
        yield line


def _count(letters: str) -> int:
    """How often a digit stands there: `g` to `z` are twenties, `G` to `Y` are ones."""
    return sum(
        ord(letter) - ord("F") if letter.isupper() else 20 * (ord(letter) - ord("f"))
        for letter in letters
    )
