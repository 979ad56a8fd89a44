"""A drawing in the language of label printers, ZPL II, for 203, 300 and 600 dpi.

What is read by people is sent as the very dots of the page that was read back, in one graphic: the
printer's own fonts have other widths, lack letters, and differ from model to model. So no text of
anybody is in the commands, and none can be one (SEC-20). What is read by scanners is sent as the
printer's own symbols, whose modules are whole dots whatever happens on the way.

Settings that an earlier job may have left behind (shift, mirror, reverse, units) are set first. The
characters that begin a command are never changed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from labels.codes.gs1_elements import SEPARATOR
from labels.drawing import Drawing, PlacedSymbol
from labels.errors import CannotPrint
from labels.gs1_symbols import UNSENDABLE
from labels.layout import DOTS_PER_MM, GS1, Resolution, SymbolKind, SymbolSlot
from labels.raster import Raster, dots_of

BEGIN: Final = "^XA^MUD^LH0,0^LT0^LS0^LRN^PON^PMN^FWN^CI28"
END: Final = "^PQ1,0,0,N^XZ"
LONGEST_PAYLOAD: Final = 400
_BITS: Final = bytes(ord("1") if grey == 0 else ord("0") for grey in range(256))
_RUN: Final = re.compile(r"([0-9A-F])\1{2,}")
_LARGEST_QR: Final = 10  # Many printers know no larger one, and print a smaller without a word.
_ESCAPE: Final = "|"  # Of Data Matrix; given each time, because what it is by itself differs.


def zpl_of(drawing: Drawing, raster: Raster, resolution: Resolution) -> bytes:
    """The commands that print a label; `raster` is its page in the dots of this resolution.

    Raises:
        CannotPrint: a payload cannot be sent.
    """
    native = [symbol for symbol in drawing.symbols if is_native(symbol.slot, resolution)]
    words = without(raster, [symbol.slot for symbol in native], resolution)
    return "\n".join(
        (
            BEGIN,
            f"^PW{raster.width}^LL{raster.height}",
            f"^FO0,0{graphic(words)}^FS",
            *(_symbol(symbol, resolution) for symbol in native),
            END,
        )
    ).encode("ascii")


def is_native(slot: SymbolSlot, resolution: Resolution) -> bool:
    """The printer can be told to draw it; else it is a part of the graphic."""
    return slot.kind != "qr_code" or dots_of(slot.module_mm, resolution) <= _LARGEST_QR


def without(raster: Raster, slots: list[SymbolSlot], resolution: Resolution) -> Raster:
    """The dots of a label with the places of these symbols white; nothing else stands there."""
    dots = bytearray(raster.dots)
    for slot in slots:
        left, top = dots_of(slot.x_mm, resolution), dots_of(slot.y_mm, resolution)
        # A room that ends between two dots ends in its quiet zone.
        width = dots_of(slot.width_mm, resolution) + 1
        for row in range(top, top + dots_of(slot.height_mm, resolution) + 1):
            start = row * raster.width + left
            dots[start : start + width] = b"\xff" * width
    return Raster(raster.width, raster.height, bytes(dots))


# -- the graphic -----------------------------------------------------------------------------------


def graphic(raster: Raster) -> str:
    """Dots as a `^GFA` command, in the printer's own compression of hexadecimal."""
    across = -(-raster.width // 8)
    lines = list(hex_lines(raster))
    packed = "".join(_compressed(lines))
    return f"^GFA,{across * raster.height},{across * raster.height},{across},{packed}"


def hex_lines(raster: Raster) -> Iterator[str]:
    """Each row of dots in hexadecimal, eight dots a byte, black is 1."""
    across, bits = -(-raster.width // 8), raster.dots.translate(_BITS)
    rows = (bits[n : n + raster.width] for n in range(0, len(bits), raster.width))
    padded = b"".join(row.ljust(across * 8, b"0") for row in rows)
    digits = f"{int(padded, 2):0{len(padded) // 4}X}"
    return (digits[n : n + across * 2] for n in range(0, len(digits), across * 2))


def _compressed(lines: list[str]) -> Iterator[str]:
    """A line like the one above it is `:`, zeros to the end of a line are `,`."""
    above = ""
    for line in lines:
        if line == above:
            yield ":"
        else:
            kept = line.rstrip("0")
            kept += "0" * (len(kept) % 2)
            yield _RUN.sub(_counted, kept) + ("," if len(kept) < len(line) else "")
        above = line


def _counted(run: re.Match[str]) -> str:
    """A digit with its count before it: `g` to `z` are twenties, `G` to `Y` are ones."""
    many, rest = divmod(len(run[0]), 400)
    twenties, ones = divmod(rest, 20)
    tens = chr(ord("f") + twenties) if twenties else ""
    return "z" * many + tens + (chr(ord("F") + ones) if ones else "") + run[1]


# -- the symbols -----------------------------------------------------------------------------------


def _symbol(symbol: PlacedSymbol, resolution: Resolution) -> str:
    slot = symbol.slot
    command = _COMMANDS[slot.kind](symbol, DOTS_PER_MM[resolution])
    x, y = dots_of(slot.x_mm, resolution), dots_of(slot.y_mm, resolution)
    return f"^FO{x},{y}{command}^FH_^FD{_PREFIX.get(slot.kind, '')}{_field(symbol)}^FS"


def _gs1_128(symbol: PlacedSymbol, dots: int) -> str:
    """In mode D the printer begins with FNC1 itself; it drops brackets and blanks of the data."""
    return _code_128(symbol, dots).removesuffix("A") + "D"


def _code_128(symbol: PlacedSymbol, dots: int) -> str:
    """In mode A the data is sent as it is: in mode N a `>` begins a code, and a digit is lost."""
    module, height = round(symbol.slot.module_mm * dots), round(symbol.slot.height_mm * dots)
    return f"^BY{module},2,{height}^BCN,{height},N,N,N,A"


def _data_matrix(symbol: PlacedSymbol, dots: int) -> str:
    side = len(symbol.modules)
    return f"^BXN,{round(symbol.slot.module_mm * dots)},200,{side},{side},6,{_ESCAPE},1"


def _qr_code(symbol: PlacedSymbol, dots: int) -> str:
    return f"^BQN,2,{round(symbol.slot.module_mm * dots)},Q"


_COMMANDS: Final[Mapping[SymbolKind, Callable[[PlacedSymbol, int], str]]] = MappingProxyType(
    {
        "code_128": _code_128,
        "gs1_128": _gs1_128,
        "data_matrix": _data_matrix,
        "gs1_data_matrix": _data_matrix,
        "qr_code": _qr_code,
    }
)
_FNC1: Final[Mapping[SymbolKind, str]] = MappingProxyType(
    {"gs1_128": ">8", "gs1_data_matrix": f"{_ESCAPE}1"}
)
"""How the printer is told to write FNC1 where the data of GS1 has a separator."""

_PREFIX: Final[Mapping[SymbolKind, str]] = MappingProxyType(
    {"qr_code": "QA,", "gs1_data_matrix": f"_{ord(_ESCAPE):02X}1"}
)
"""What stands before the data: of a QR code level and encoding, of a GS1 Data Matrix its FNC1."""


def as_sent(slot: SymbolSlot, payload: str) -> str:
    """What a scanner is told with the code: one of GS1 begins with FNC1, and has it within."""
    return SEPARATOR + payload if slot.kind in GS1 else payload


def _field(symbol: PlacedSymbol) -> str:
    """The data of a symbol, with the printer's own FNC1 where those of GS1 have separators."""
    if symbol.slot.kind not in GS1:
        return _hex(symbol, symbol.payload)
    parts = symbol.payload.split(SEPARATOR)
    if symbol.slot.kind == "gs1_128" and any(UNSENDABLE.intersection(part) for part in parts):
        raise _not_sendable(symbol)
    fnc1 = _written(_FNC1[symbol.slot.kind])
    return fnc1.join(_hex(symbol, part) for part in parts)


def _hex(symbol: PlacedSymbol, payload: str) -> str:
    """A payload with all but letters and digits in hexadecimal, so that none of it is a command."""
    if (
        not (payload.isascii() and payload.isprintable())
        or len(payload) > LONGEST_PAYLOAD
        or _ESCAPE in payload
    ):
        raise _not_sendable(symbol)
    return _written(payload)


def _written(text: str) -> str:
    return "".join(c if c.isalnum() else f"_{ord(c):02X}" for c in text)


def _not_sendable(symbol: PlacedSymbol) -> CannotPrint:
    return CannotPrint(
        symbol.slot.payload,
        "NOT_ENCODABLE",
        "The code holds characters that a label printer cannot be sent.",
        "Print the label as PDF; tell support.",
    )
