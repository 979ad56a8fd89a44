"""Every label is read back before it is offered: a mismatch is a refusal, and nothing is printed.

The page is laid out in the printer's dots, its symbols are decoded, its text is taken out, and
each field is compared with what was given (LB-09). What was drawn is not asked: a fault of the
drawing must not vouch for itself.
"""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from ctypes import c_double
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import pypdfium2
import zxingcpp
from pypdfium2 import raw
from reportlab.lib.units import mm

from labels.content import Content
from labels.drawing import drawing_of
from labels.errors import CannotPrint
from labels.layout import DOTS_PER_MM, LEADING, Box, Resolution, Slot, SymbolKind, Template
from labels.pdf import pdf_of
from labels.raster import READING, Raster, rasterised
from labels.zpl import as_sent, hex_lines, is_native, without, zpl_of
from labels.zpl_reading import read_zpl

_FORMATS: Final[Mapping[SymbolKind, zxingcpp.BarcodeFormat]] = {
    "data_matrix": zxingcpp.BarcodeFormat.DataMatrix,
    "qr_code": zxingcpp.BarcodeFormat.QRCode,
    "code_128": zxingcpp.BarcodeFormat.Code128,
    "gs1_data_matrix": zxingcpp.BarcodeFormat.DataMatrix,
    "gs1_128": zxingcpp.BarcodeFormat.Code128,
}
_IDENTIFIERS: Final[Mapping[SymbolKind, str]] = {
    "data_matrix": "]d1",
    "qr_code": "]Q1",
    "code_128": "]C0",
    "gs1_data_matrix": "]d2",
    "gs1_128": "]C1",
}
_NEAR: Final = 0.05  # points: how exactly a letter stands where it was put


@dataclass(frozen=True, slots=True)
class ProvenLabel:
    """A label that reads as it was given: as a page and as dots, and what it was made by.

    `left_off` names the fields that are not on it and go on the accompanying sheet, each with the
    code of why.
    """

    pdf: bytes
    zpl: bytes
    resolution: Resolution
    template_sha256: str
    left_off: Mapping[str, str]

    @property
    def pdf_sha256(self) -> str:
        """What the event of printing keeps of the page."""
        return sha256(self.pdf).hexdigest()

    @property
    def zpl_sha256(self) -> str:
        """What the event of printing keeps of what was sent to a label printer."""
        return sha256(self.zpl).hexdigest()


def proven(content: Content, resolution: Resolution = 300) -> ProvenLabel:
    """Draw a label for a printer, and read it back.

    Raises:
        CannotPrint: it cannot be printed as given, or does not read as given; the error names the
            field.
    """
    drawing = drawing_of(content)
    pdf = pdf_of(drawing)
    raster = require_as_given(content, pdf, resolution, drawing.left_off)
    zpl = zpl_of(drawing, raster, resolution)
    require_as_sent(content, zpl, raster, resolution)
    return ProvenLabel(pdf, zpl, resolution, content.template.sha256, drawing.left_off)


def require_as_given(
    content: Content, pdf: bytes, resolution: Resolution, left_off: Collection[str] = ()
) -> Raster:
    """Refuse a page that does not read as the content says; gives the dots that were read.

    Where a field is `left_off` the words of the template must stand that say so.

    Raises:
        CannotPrint: with the first field that differs.
    """
    with READING:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            raster = rasterised(page, content.template, resolution)
            _require_texts(content, left_off, page)
        finally:
            document.close()
    _require_symbols(content, raster, resolution)
    return raster


def dots_of_page(pdf: bytes, template: Template, resolution: Resolution) -> Raster:
    """The dots of a page that was drawn here."""
    with READING:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return rasterised(document[0], template, resolution)
        finally:
            document.close()


# -- the text --------------------------------------------------------------------------------------


def _require_texts(content: Content, left_off: Collection[str], page: pypdfium2.PdfPage) -> None:
    """Each slot says what was given for it, an empty one nothing, and there is no other letter."""
    letters, expected = list(_letters(page)), 0
    for slot in content.template.slots:
        given = _given(content, left_off, slot)
        if _read_at(slot, letters, content.template.height_mm) != given:
            raise _differs(slot.asks)
        expected += len(given)
    if len(letters) != expected:
        raise _differs("text")


_Letter = tuple[float, float, str]


def _letters(page: pypdfium2.PdfPage) -> Iterator[_Letter]:
    """Where each letter of a page begins on its line, from the lower left, and what it is."""
    reader = page.get_textpage()
    x, y = c_double(), c_double()
    for n in range(reader.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(reader, n))
        # What the reader adds between two texts was not printed.
        if not letter.isspace() and not raw.FPDFText_IsGenerated(reader, n):
            raw.FPDFText_GetCharOrigin(reader, n, x, y)
            yield x.value, y.value, letter


def _read_at(slot: Slot, letters: list[_Letter], height_mm: float) -> str:
    """What can be read on the lines of a slot."""
    # What begins where this slot ends is the next one's.
    left, right = slot.x_mm * mm - _NEAR, (slot.x_mm + slot.width_mm) * mm - _NEAR
    first = (height_mm - slot.y_mm) * mm
    last = first - (slot.lines - 1) * slot.size_pt * LEADING
    return "".join(
        letter
        for x, y, letter in letters
        if last - _NEAR <= y <= first + _NEAR and left <= x < right
    )


def _given(content: Content, left_off: Collection[str], slot: Slot) -> str:
    """What is to stand in a slot, asked of whoever gave it and not of the drawing."""
    text = content.texts.get(slot.asks, "")
    if not text or slot.say:
        return _plain(slot.say if text else "")
    if slot.field in left_off:
        return _plain(dict(content.template.left_off)[slot.field])
    return _plain(unicodedata.normalize("NFC", text))


def _plain(text: str) -> str:
    return "".join(text.split())


# -- the symbols -----------------------------------------------------------------------------------


def _require_symbols(content: Content, raster: Raster, resolution: Resolution) -> None:
    """Each symbol reads as it was given, and there is no other."""
    slots = content.template.symbols
    found = _scanned(content.template, raster)
    for slot in slots:
        here = [symbol for symbol in found if _lies_in(symbol, slot.box, resolution)]
        read = [(symbol.symbology_identifier, symbol.text) for symbol in here]
        if read != [(_IDENTIFIERS[slot.kind], content.payloads[slot.payload])]:
            raise _differs(slot.payload)
    if len(found) != len(slots):
        raise _differs("symbol")


def symbols_in(
    template: Template, raster: Raster, resolution: Resolution
) -> list[list[zxingcpp.Barcode]]:
    """What a scanner reads in the place of each symbol of a template."""
    found = _scanned(template, raster)
    return [
        [symbol for symbol in found if _lies_in(symbol, slot.box, resolution)]
        for slot in template.symbols
    ]


def _scanned(template: Template, raster: Raster) -> list[zxingcpp.Barcode]:
    """Every symbol on a label that is of a kind which its template has."""
    return zxingcpp.read_barcodes(
        raster.picture,
        formats=zxingcpp.BarcodeFormats([_FORMATS[slot.kind] for slot in template.symbols]),
        text_mode=zxingcpp.TextMode.Plain,
        # The dots are black or white, upright and sharp: what else a reader tries takes time.
        binarizer=zxingcpp.Binarizer.BoolCast,
        try_rotate=False,
        try_invert=False,
    )


def _lies_in(symbol: zxingcpp.Barcode, box: Box, resolution: Resolution) -> bool:
    """The middle of a symbol that was read lies in a place of the template."""
    corners, dots = symbol.position, DOTS_PER_MM[resolution]
    x = (corners.top_left.x + corners.bottom_right.x) / 2 / dots
    y = (corners.top_left.y + corners.bottom_right.y) / 2 / dots
    left, top, right, bottom = box
    return left <= x <= right and top <= y <= bottom


# -- what is sent to a printer ---------------------------------------------------------------------


def require_as_sent(content: Content, zpl: bytes, raster: Raster, resolution: Resolution) -> None:
    """Refuse commands that would print anything but these dots and these codes.

    Raises:
        CannotPrint: with the field that differs.
    """
    native = [slot for slot in content.template.symbols if is_native(slot, resolution)]
    label = read_zpl(zpl)
    if label is None:
        raise _differs("commands")
    if label.payloads != tuple(as_sent(slot, content.payloads[slot.payload]) for slot in native):
        raise _differs("symbol")
    if label.lines != tuple(hex_lines(without(raster, native, resolution))):
        raise _differs("text")


def _differs(field: str) -> CannotPrint:
    return CannotPrint(
        field,
        "NOT_READ_BACK",
        f"The label was drawn, and its field '{field}' does not read as it was given.",
        "Print nothing with it; tell support.",
    )
