"""Draws the pages: a head and a foot around each body, so that a single sheet still says it all.

The foot carries the hash of the ledger's last entry, as text and as a QR code: whoever holds the
sheet can show later that the ledger was not rewritten. A sheet that is to be scanned itself has one
symbol, its own, and no other. Head and foot have one line for each thing; what does not fit raises,
it is never clipped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from coi.reports.flow import Block, Mark, Shade, Words, set_pages
from coi.reports.printable import Style, width_of, written_out
from labels import symbols
from labels.errors import DoesNotFit
from labels.fonts import font_name

LEFT: Final = 16 * mm
WIDTH: Final = A4[0] - 2 * LEFT
_TOP: Final = 20 * mm
_BOTTOM: Final = 35 * mm
HEIGHT: Final = A4[1] - _TOP - _BOTTOM

_HEAD: Final = A4[1] - 14 * mm
_FOOT: Final = 30 * mm
_BAND: Final = 45 * mm
_MODULE_MM: Final = 0.42
_SYMBOL_MM: Final = 20.0
_LARGE_MODULE_MM: Final = 2.4
_CORNER_MM: Final = 15.6
_ABOVE_CODE: Final = 18.2 * mm
_BESIDE: Final = LEFT + (_SYMBOL_MM + 3) * mm

_TITLE: Final = Style(face="bold", size=8.5)
_CODE: Final = Style(face="mono", size=9.5)
_PLAIN: Final = Style(size=7)
_STRONG: Final = Style(face="bold", size=7)
_HASH: Final = Style(face="mono", size=6.8)
_MARK: Final = Style(face="bold", size=8)
_RULE_PT: Final = 0.7

COPY: Final = "CONTROLLED COPY"
NOT_CLINICAL: Final = "NOT FOR CLINICAL USE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What every page says."""

    title: str
    subject: str  # what the document is about, in the head of each page
    seal: str = ""  # the payload of the QR code in the foot
    symbol: str = ""  # the payload of the Data Matrix at the head of the first page
    checkpoint: str = ""  # that of the QR code there, on a sheet that is not to be scanned itself
    foot: tuple[str, ...]  # the first in bold, then the lines that explain it
    software: str
    demonstration: bool = False


def draw(sheet: Sheet, blocks: Sequence[Block]) -> bytes:
    """Set and draw a document; returns the bytes of the PDF.

    Raises:
        DoesNotFit: a line of the head or foot is wider than its place.
    """
    return draw_together(sheet, [(sheet, blocks)])


def draw_together(about: Sheet, documents: Iterable[tuple[Sheet, Sequence[Block]]]) -> bytes:
    """Set and draw several documents, each counting its own pages; the file is `about` one thing.

    Raises:
        DoesNotFit: a line of the head or foot is wider than its place.
    """
    # Without `invariant` reportlab writes the moment of drawing into the file, and the same record
    # would not give the same bytes.
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1, pageCompression=1, lang="en-GB")
    canvas.setTitle(f"{about.title} {about.subject}")
    canvas.setSubject(about.title)
    canvas.setAuthor(about.software)
    canvas.setCreator(about.software)
    for sheet, blocks in documents:
        _pages(canvas, sheet, blocks)
    canvas.save()
    return file.getvalue()


def _pages(canvas: Canvas, sheet: Sheet, blocks: Sequence[Block]) -> None:
    # All pages are set before the first is drawn: each foot says of how many it is one.
    pages = set_pages(blocks, WIDTH, HEIGHT)
    for number, marks in enumerate(pages, start=1):
        _head(canvas, sheet)
        for mark in sorted(marks, key=_layer):
            _draw(canvas, mark)
        if sheet.symbol and number == 1:
            _symbol(canvas, sheet.symbol)
        if sheet.checkpoint and number == 1:
            _code(canvas, sheet.checkpoint, (LEFT + WIDTH) / mm, (A4[1] - _ABOVE_CODE) / mm)
        _foot(canvas, sheet, f"Page {number} of {len(pages)}")
        canvas.showPage()


def _head(canvas: Canvas, sheet: Sheet) -> None:
    """The title, what it is about, and the marks that must not be missed."""
    beside = LEFT + width_of(sheet.title, _TITLE) + 3 * mm
    right = LEFT + WIDTH - width_of(COPY, _MARK)
    _write(canvas, LEFT, _HEAD, sheet.title, _TITLE)
    # The room of the band stays free on a real record too: what fits on the one fits on the other.
    _write(canvas, beside, _HEAD, sheet.subject, _CODE, until=right - _BAND)
    _write(canvas, right, _HEAD, COPY, _MARK)
    if sheet.demonstration:
        _band(canvas, right - 4 * mm, _HEAD, NOT_CLINICAL)
    _rule(canvas, _HEAD - 2.2 * mm)


def _band(canvas: Canvas, right: float, y: float, words: str) -> None:
    """White words on black, ending at `right`."""
    width = width_of(words, _MARK) + 3 * mm
    canvas.setFillGray(0)
    canvas.rect(right - width, y - 1.2 * mm, width, 4.4 * mm, stroke=0, fill=1)
    _write(canvas, right - width + 1.5 * mm, y, words, Style(face="bold", size=8, grey=1.0))


def _symbol(canvas: Canvas, payload: str) -> None:
    """What is scanned, in the upper right corner: large, so that it is read from an arm away."""
    modules = symbols.data_matrix(payload)
    symbols.require_readable(modules, payload)
    side = len(modules) * _LARGE_MODULE_MM
    left, top = (LEFT + WIDTH) / mm - side, (A4[1] - _TOP) / mm
    canvas.setFillGray(0)
    symbols.draw(canvas, modules, (left, top - side), (_LARGE_MODULE_MM, _LARGE_MODULE_MM))


def _code(canvas: Canvas, payload: str, right_mm: float, top_mm: float) -> None:
    """What was signed of the whole ledger as a QR code, in the corner beside the title."""
    modules = _code_of(payload)
    side = len(modules) * _MODULE_MM
    if side > _CORNER_MM:
        raise DoesNotFit("checkpoint", payload, _CORNER_MM)
    canvas.setFillGray(0)
    corner = (right_mm - side, top_mm - side)
    symbols.draw(canvas, modules, corner, (_MODULE_MM, _MODULE_MM))


def _foot(canvas: Canvas, sheet: Sheet, page: str) -> None:
    """The seal as a symbol and in words, and which page of how many this is."""
    _rule(canvas, _FOOT)
    beside = _BESIDE if sheet.seal else LEFT
    right = LEFT + WIDTH - width_of(page, _MARK)
    y = _FOOT - 4.4 * mm
    _write(canvas, beside, y, sheet.foot[0], _STRONG, until=right - 2 * mm)
    if sheet.seal:
        _seal(canvas, sheet.seal)
        _write(canvas, beside, y - 4.2 * mm, sheet.seal, _HASH)
    below = 8.4 if sheet.seal else 4.2
    for number, line in enumerate(sheet.foot[1:]):
        _write(canvas, beside, y - (below + 3.8 * number) * mm, line, _PLAIN)
    _write(canvas, right, y, page, _MARK)


@lru_cache(maxsize=8)
def _code_of(seal: str) -> symbols.Modules:
    # A document has the same one on each of its pages, and to make it takes as long as the rest.
    return symbols.qr_code(seal)


def _seal(canvas: Canvas, seal: str) -> None:
    """The hash of the ledger's head as a QR code."""
    modules = _code_of(seal)
    side = len(modules) * _MODULE_MM
    if side > _SYMBOL_MM:
        raise DoesNotFit("seal", seal, _SYMBOL_MM)
    canvas.setFillGray(0)
    corner = (LEFT / mm, _FOOT / mm - 2 - side)
    symbols.draw(canvas, modules, corner, (_MODULE_MM, _MODULE_MM))


def _write(
    canvas: Canvas, x: float, y: float, text: str, style: Style, *, until: float = LEFT + WIDTH
) -> None:
    """Write one line that ends before `until`."""
    line = written_out(text, style.face)
    # Sums of millimetres in points are not exact; a tenth of a point is no overlap.
    if x + width_of(line, style) > until + 0.1:
        raise DoesNotFit("head or foot", text, (until - x) / mm)
    _set(canvas, x, y, line, style)


def _set(canvas: Canvas, x: float, y: float, line: str, style: Style) -> None:
    canvas.setFillGray(style.grey)
    canvas.setFont(font_name(style.face), style.size)
    canvas.drawString(x, y, line)


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setFillGray(0)
    canvas.rect(LEFT, y, WIDTH, _RULE_PT, stroke=0, fill=1)


def _layer(mark: Mark) -> float:
    """Shades lie below rules, and both below words."""
    return -mark.grey if isinstance(mark, Shade) else 1.0


def _draw(canvas: Canvas, mark: Mark) -> None:
    """Draw what stands in the body; there, y counts from the top."""
    top = A4[1] - _TOP
    if isinstance(mark, Shade):
        canvas.setFillGray(mark.grey)
        canvas.rect(
            LEFT + mark.x, top - mark.y - mark.height, mark.width, mark.height, stroke=0, fill=1
        )
        return
    _set(canvas, LEFT + mark.x, top - mark.y, mark.line, mark.style)
    if mark.section:
        _outline(canvas, mark, top - mark.y)


def _outline(canvas: Canvas, words: Words, y: float) -> None:
    """Let the outline of the PDF lead here."""
    key = f"{canvas.getPageNumber()}-{round(y)}"
    canvas.bookmarkHorizontal(key, 0, y + 2 * words.style.leading)
    canvas.addOutlineEntry(words.line, key, level=0)
