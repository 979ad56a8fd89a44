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
    r"(?:\^BY\d+,2,\d+\^BCN,\d+,N,N,N,A|\^BXN,\d+,200,\d+,\d+,6,\|,1|(?P<qr>\^BQN,2,\d+,Q))"
    r"\^FH_\^FD(?P<data>(?:[0-9A-Za-z,]|_[0-9A-F]{2})*)\^FS"
)
_PIECE: Final = re.compile(r"(z*)([g-z]?)([G-Y]?)([0-9A-F])|([,:])")


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
    return data.removeprefix("QA,") if symbol["qr"] else data


def _lines(packed: str, length: int) -> Iterator[str]:
    """The lines of a graphic, unpacked."""
    line, above = "", ""
    for piece in _PIECE.finditer(packed):
        many, twenties, ones, digit, end = piece.groups()
        if end == ":":
            line = above
        elif end == ",":
            line = line.ljust(length, "0")
        else:
            line += digit * _count(many, twenties, ones)
        if len(line) >= length:
            yield line
            line, above = "", line


def _count(many: str, twenties: str, ones: str) -> int:
    count = 400 * len(many)
    count += 20 * (ord(twenties) - ord("f")) if twenties else 0
    count += ord(ones) - ord("F") if ones else 0
    return count or 1
