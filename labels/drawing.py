"""The one way to draw a label: template, texts and the symbol's payload become a page of PDF.

The same input gives the same bytes, with the same versions of the libraries. The PDF carries no
time and no name outside the page.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels import symbols
from labels.errors import DoesNotFit
from labels.fonts import font_name
from labels.layout import Rule, Slot, SymbolSlot, Template
from labels.text import lines_that_fit

_ENCODERS: Final = {"data_matrix": symbols.data_matrix, "qr_code": symbols.qr_code}
_CAPITALS: Final = 0.73  # how tall the capitals of the fonts are, as a part of their size
_LEADING: Final = 1.2
_BAND_PADDING: Final = 0.35
_RULE_PT: Final = 0.4


def draw_label(template: Template, texts: Mapping[str, str], payload: str) -> bytes:
    """Draw a label; a slot whose field has no text stays empty.

    Raises CannotPrint, DoesNotFit among them, rather than print anything else.
    """
    page = BytesIO()
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
    _draw_symbol(canvas, template, template.symbol, payload)
    for rule in template.rules:
        _draw_rule(canvas, template, rule)
    for slot in template.slots:
        if texts.get(slot.field):
            _draw_text(canvas, template, slot, slot.wording or texts[slot.field])
    canvas.save()
    return page.getvalue()


def _draw_symbol(canvas: Canvas, template: Template, slot: SymbolSlot, payload: str) -> None:
    modules = _ENCODERS[slot.kind](payload)
    # The modules are never made smaller to fit: a scanner might not read them any more.
    side_mm = len(modules) * slot.module_mm
    if side_mm > slot.side_mm:
        raise DoesNotFit("symbol", payload, slot.side_mm)
    symbols.require_readable(modules, payload)
    symbols.draw(
        canvas, modules, slot.x_mm, template.height_mm - slot.y_mm - side_mm, slot.module_mm
    )


def _draw_rule(canvas: Canvas, template: Template, rule: Rule) -> None:
    y = (template.height_mm - rule.y_mm) * mm
    canvas.setLineWidth(_RULE_PT)
    canvas.line(rule.x_mm * mm, y, (rule.x_mm + rule.width_mm) * mm, y)


def _draw_text(canvas: Canvas, template: Template, slot: Slot, text: str) -> None:
    lines = lines_that_fit(slot, text)
    y = (template.height_mm - slot.y_mm) * mm
    canvas.setFont(font_name(slot.face), slot.size_pt)
    if slot.band:
        _draw_band(canvas, slot, y, lines[0])
        return
    for number, line in enumerate(lines):
        canvas.drawString(slot.x_mm * mm, y - number * slot.size_pt * _LEADING, line)


def _draw_band(canvas: Canvas, slot: Slot, baseline: float, line: str) -> None:
    padding = slot.size_pt * _BAND_PADDING
    left, width = slot.x_mm * mm, slot.width_mm * mm
    canvas.setFillGray(0)
    canvas.rect(
        left, baseline - padding, width, slot.size_pt * _CAPITALS + 2 * padding, stroke=0, fill=1
    )
    canvas.setFillGray(1)
    canvas.drawCentredString(left + width / 2, baseline, line)
    canvas.setFillGray(0)
