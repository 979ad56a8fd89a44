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

NO_LABEL: Final = "SAMPLE: NO LABEL   "
_RULE_PT: Final = 0.4
_NO_LABEL_PT: Final = 15
_OUTLINE_PT: Final = 0.3
_OUTLINED: Final = 1  # how PDF calls letters of which the outline alone is drawn


def pdf_of(drawing: Drawing, *, is_label: bool = True) -> bytes:
    """Draw a label as a PDF of one page, which has the size of the label.

    What `is_label` not has it written under all of it, beside the symbols.
    """
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
    if not is_label:
        _draw_no_label(canvas, drawing)
    for symbol in drawing.symbols:
        _draw_symbol(canvas, template.height_mm, symbol)
    for rule in template.rules:
        _draw_rule(canvas, template.height_mm, rule)
    for text in drawing.texts:
        _draw_text(canvas, template.height_mm, text)
    canvas.save()
    return page.getvalue()


def _draw_no_label(canvas: Canvas, drawing: Drawing) -> None:
    """Write over the whole page, in outlines that can be read through, that it is no label."""
    template = drawing.template
    width, height = template.width_mm * mm, template.height_mm * mm
    canvas.saveState()
    canvas.setLineWidth(_OUTLINE_PT)
    for row in range(int(height // _NO_LABEL_PT) + 1):
        text = canvas.beginText(-(row % 3) * _NO_LABEL_PT, row * _NO_LABEL_PT)
        text.setFont(font_name("bold"), _NO_LABEL_PT)
        text.setTextRenderMode(_OUTLINED)
        text.textOut(NO_LABEL * (int(width // (_NO_LABEL_PT * len(NO_LABEL) / 2)) + 2))
        canvas.drawText(text)
    canvas.setFillGray(1)
    for left, top, right, bottom in (symbol.slot.box for symbol in drawing.symbols):
        corner = left * mm, height - bottom * mm
        canvas.rect(*corner, (right - left) * mm, (bottom - top) * mm, stroke=0, fill=1)
    canvas.restoreState()


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
