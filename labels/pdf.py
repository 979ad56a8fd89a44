"""A drawing as a page of PDF: vectors, embedded fonts, text that can be read out.

The same drawing gives the same bytes, with the same versions of the libraries. The PDF carries no
time and no name outside the page.
"""

from io import BytesIO
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels import symbols
from labels.drawing import Drawing, PlacedSymbol, PlacedText
from labels.fonts import font_name
from labels.layout import BAND_PADDING, CAPITALS, LEADING, Rule

_RULE_PT: Final = 0.4


def pdf_of(drawing: Drawing) -> bytes:
    """Draw a label as a PDF of one page, which has the size of the label."""
    page, template = BytesIO(), drawing.template
    # Without `invariant` reportlab writes the moment of drawing into the file, and a label could
    # not be compared with the hash under which it is on record (TL-01).
    canvas = Canvas(
        page,
        pagesize=(template.width_mm * mm, template.height_mm * mm),
        invariant=1,
        pageCompression=1,
        lang="en-GB",
    )
    canvas.setTitle(f"{template.name} {template.version}")
    for symbol in drawing.symbols:
        _draw_symbol(canvas, template.height_mm, symbol)
    for rule in template.rules:
        _draw_rule(canvas, template.height_mm, rule)
    for text in drawing.texts:
        _draw_text(canvas, template.height_mm, text)
    canvas.save()
    return page.getvalue()


def _draw_symbol(canvas: Canvas, height_mm: float, symbol: PlacedSymbol) -> None:
    slot = symbol.slot
    left, bottom = slot.x_mm, height_mm - slot.y_mm - symbol.height_mm
    row_mm = symbol.height_mm / len(symbol.modules)
    symbols.draw(canvas, symbol.modules, (left, bottom), (slot.module_mm, row_mm))


def _draw_rule(canvas: Canvas, height_mm: float, rule: Rule) -> None:
    y = (height_mm - rule.y_mm) * mm
    canvas.setLineWidth(_RULE_PT)
    canvas.line(rule.x_mm * mm, y, (rule.x_mm + rule.width_mm) * mm, y)


def _draw_text(canvas: Canvas, height_mm: float, text: PlacedText) -> None:
    slot, size = text.slot, text.set.size_pt
    y = (height_mm - slot.y_mm) * mm
    canvas.setFont(font_name(slot.face), size)
    if slot.band:
        _draw_band(canvas, text, y)
        return
    for number, line in enumerate(text.set.lines):
        canvas.drawString(slot.x_mm * mm, y - number * size * LEADING, line)


def _draw_band(canvas: Canvas, text: PlacedText, baseline: float) -> None:
    slot, size = text.slot, text.set.size_pt
    padding = size * BAND_PADDING
    left, width = slot.x_mm * mm, slot.width_mm * mm
    canvas.setFillGray(0)
    canvas.rect(left, baseline - padding, width, size * CAPITALS + 2 * padding, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.drawCentredString(left + width / 2, baseline, text.set.lines[0])
    canvas.setFillGray(0)
