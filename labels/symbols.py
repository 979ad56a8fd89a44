"""Symbols as modules, and as vector rectangles on a page; a Code 128 is a symbol of one row.

Bags carry a Data Matrix and wristbands a QR code, so that the one can never stand in for the other.
The Data Matrix is always square: common scanners refuse the rectangular extension. reportlab's own
Data Matrix is not used, it encodes several characters wrongly.
"""

from collections.abc import Iterator
from typing import Any

import qrcode
import zxingcpp
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from labels.errors import CannotPrint

Modules = tuple[tuple[bool, ...], ...]

_SCALE = 4  # pixels for each module
_QUIET = 4  # modules of white around a symbol, as the QR code asks for
_BAR_WIDTHS = " ABCD"
_DARK, _LIGHT = b"\x00" * _SCALE, b"\xff" * _SCALE


def data_matrix(text: str) -> Modules:
    """Encode `text` as a square Data Matrix without quiet zone; True is dark, rows from the top."""
    return square(text)


def square(text: str, *, gs1: bool = False) -> Modules:
    """The same; with `gs1` of elements with their identifiers in brackets, behind an FNC1."""
    kind = zxingcpp.BarcodeFormat.DataMatrix
    barcode = zxingcpp.create_barcode(text, kind, force_square=True, gs1=gs1)
    # Any, because the published types do not say that an image is a buffer.
    image: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    pixels, (height, width) = bytes(image), image.shape
    dark = [pixel == 0 for pixel in pixels]
    return tuple(tuple(dark[row * width : (row + 1) * width]) for row in range(height))


def qr_code(text: str) -> Modules:
    """Encode `text` as a QR code that survives the loss of a quarter; as `data_matrix` gives it."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, border=0)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def code_128(text: str) -> Modules:
    """Encode `text` as the shortest Code 128, one row of modules without quiet zone.

    Raises:
        CannotPrint: it holds what this symbology cannot.
    """
    # A function code is a letter to reportlab, and would not be read back as one.
    if not text.isascii() or not text:
        raise CannotPrint("symbol", "NOT_ENCODABLE", "Bars hold ASCII only.", "Tell support.")
    return bars(text)


def bars(text: str) -> Modules:
    """The same of what may hold function codes, as reportlab writes them."""
    code = Code128(text)
    code.validate()  # type: ignore[no-untyped-call]
    code.encode()  # type: ignore[no-untyped-call]
    code.decompose()  # type: ignore[no-untyped-call]
    return (tuple(module for at, bar in enumerate(code.decomposed) for module in _bar(at, bar)),)


def _bar(at: int, width: str) -> list[bool]:
    """Dark and light take turns, and a letter says how many modules each is wide."""
    return [at % 2 == 0] * _BAR_WIDTHS.index(width.upper())


def require_readable(modules: Modules, payload: str) -> None:
    """Refuse a symbol that a scanner would not read as its payload (LB-09).

    Raises:
        CannotPrint: it reads as something else, or as nothing.
    """
    found = zxingcpp.read_barcodes(_picture(modules), text_mode=zxingcpp.TextMode.Plain)
    if [symbol.text for symbol in found] != [payload]:
        raise CannotPrint(
            "symbol",
            "NOT_READ_BACK",
            "The symbol does not read as what it stands for.",
            "Print nothing with it; tell support.",
        )


def _picture(modules: Modules) -> memoryview:
    """The symbol as grey pixels with a quiet zone, as a camera would see it."""
    blank = [False] * (len(modules[0]) + 2 * _QUIET)
    framed = [blank] * _QUIET
    framed += [[False] * _QUIET + [*row] + [False] * _QUIET for row in modules]
    framed += [blank] * _QUIET
    lines = (b"".join(_DARK if dark else _LIGHT for dark in row) * _SCALE for row in framed)
    shape = (len(framed) * _SCALE, len(blank) * _SCALE)
    return memoryview(b"".join(lines)).cast("B", shape=shape)


def draw(
    canvas: Canvas, modules: Modules, corner_mm: tuple[float, float], module_mm: tuple[float, float]
) -> None:
    """Draw a symbol as one filled path, its lower left corner at the given place.

    `module_mm` is how wide and how high a module is: those of a Code 128 are as high as its bars.
    """
    # Measured in modules the places are whole numbers, which are quick to write, and exact.
    below = len(modules)
    path = PDFPathObject(
        [
            f"{column} {below - row - height} {width} {height} re"
            for row, column, height, width in rectangles(modules)
        ]
    )
    canvas.saveState()
    canvas.translate(corner_mm[0] * mm, corner_mm[1] * mm)
    canvas.scale(module_mm[0] * mm, module_mm[1] * mm)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def rectangles(modules: Modules) -> Iterator[tuple[int, int, int, int]]:
    """Cover the dark modules with (row, column, height, width).

    Each is as wide as its run and as tall as the run repeats, so that no hairline parts the rows.
    """
    growing: dict[tuple[int, int], int] = {}
    # An empty row below the last one lets every rectangle end that is still growing.
    for row, line in enumerate((*modules, ())):
        runs = dict.fromkeys(_runs(line), row)
        for (column, width), top in growing.items():
            if (column, width) in runs:
                runs[column, width] = top
            else:
                yield top, column, row - top, width
        growing = runs


def _runs(line: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    start = None
    for column, dark in enumerate((*line, False)):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            yield start, column - start
            start = None
