"""How a text is set in its place: how large, in how many lines, and what is left beside it."""

from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from labels.errors import CannotPrint
from labels.fonts import font_name
from labels.layout import BAND_PADDING, Slot
from labels.text import fitted


@dataclass(frozen=True, slots=True)
class Fit:
    """The size that a text reached, and the millimetres left beside its longest line.

    `problem` says why it cannot be set; it has no size then.
    """

    slot: Slot
    text: str
    size_pt: float = 0
    lines: int = 0
    left_mm: float = 0
    problem: str = ""


def fit_of(slot: Slot, text: str) -> Fit:
    """Measure a text in its place, as it would be drawn."""
    try:
        put = fitted(slot, text)
    except CannotPrint as error:
        return Fit(slot, text, problem=error.sentence)
    widest = max(stringWidth(line, font_name(slot.face), put.size_pt) for line in put.lines)
    padding = put.size_pt * BAND_PADDING if slot.band else 0
    left = slot.width_mm - (widest + padding) / mm
    return Fit(slot, text, put.size_pt, len(put.lines), round(left, 1))
