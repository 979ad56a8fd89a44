"""What may stand on a label, and whether it fits; text is drawn as given, markup means nothing.

Refused is what a reader could not see or would read wrongly: control and direction-changing
characters, characters without a glyph, combining marks that no composed letter absorbs, and
right-to-left scripts, which are not shaped here and would come out reversed.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from labels.errors import CannotPrint, DoesNotFit
from labels.fonts import Face, font_name, has_glyph
from labels.identifiers import KINDS, Serial
from labels.layout import BAND_PADDING, Slot

SHOWN: Final = "yes"
_LAST_READABLE: Final = 0xFFFF
_STEP_PT: Final = 0.5
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_RIGHT_TO_LEFT: Final = {"R", "AL", "AN"}
_LATIN: Final = "Write it in Latin letters, as in the passport's machine-readable lines."


def serial_text(serial: Serial, kind: str) -> str:
    """Give the printed form of a serial; raises CannotPrint for one of another kind."""
    if serial.kind != kind:
        raise CannotPrint(
            "serial",
            "WRONG_KIND",
            f"This serial is not that of a {KINDS[kind]}.",
            f"Issue a serial of kind {kind}.",
        )
    return serial.text


def shown(holds: object) -> str:
    """Give some text for a slot with a wording of its own, which is then printed; else none."""
    return SHOWN if holds else ""


def moment(field: str, at: datetime) -> str:
    """Write a time as `2026-11-22 14:05 +01:00`; raises CannotPrint without a zone."""
    if at.utcoffset() is None:
        raise CannotPrint(
            field, "NO_ZONE", f"The time '{field}' has no zone.", "Give the time with its zone."
        )
    # The offset is cut from the ISO form, because %z writes it without its colon.
    return f"{at:%Y-%m-%d %H:%M} {at.isoformat(timespec='minutes')[16:]}"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as it is set: the size of its letters in points, and its lines."""

    size_pt: float
    lines: tuple[str, ...]


def fitted(slot: Slot, text: str) -> Fitted:
    """Set a text in its slot, broken at spaces, as large as it fits.

    Raises:
        CannotPrint: it cannot be printed exactly.
        DoesNotFit: in the smallest size of the slot it is still too long.
    """
    # An accent that was typed apart has no glyph of its own; composed with its letter it has one.
    composed = unicodedata.normalize("NFC", text)
    _require_printable(slot, composed)
    for size in _sizes(slot):
        lines = _broken(slot, size, composed)
        if lines is not None:
            return Fitted(size, lines)
    raise DoesNotFit(slot.asks, text, slot.width_mm)


def _sizes(slot: Slot) -> Iterator[float]:
    """The sizes that a slot allows, the largest first."""
    size, smallest = slot.size_pt, slot.smallest_pt or slot.size_pt
    while size > smallest:
        yield size
        size -= _STEP_PT
    yield smallest


def _broken(slot: Slot, size: float, text: str) -> tuple[str, ...] | None:
    """The lines of a text in this size; None if they are too many or too wide."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _fits(slot, size, longer):
            lines[-1] = longer
        elif len(lines) < slot.lines and _fits(slot, size, word):
            lines.append(word)
        else:
            return None
    return tuple(lines)


def _fits(slot: Slot, size: float, line: str) -> bool:
    padding = size * BAND_PADDING if slot.band else 0
    width = stringWidth(line, font_name(slot.face), size) + padding
    return bool(width <= slot.width_mm * mm)


def _require_printable(slot: Slot, text: str) -> None:
    for character in text:
        found = _why_not(slot.face, character)
        if found:
            code, what = found
            raise CannotPrint(slot.asks, code, f"The field '{slot.asks}' holds {what}.", _LATIN)


@lru_cache(maxsize=4096)
def _why_not(face: Face, character: str) -> tuple[str, str] | None:
    category = unicodedata.category(character)
    # First what cannot be seen: a mark that turns the direction of writing counts as right-to-left
    # too, and nobody would find the script that they are told of.
    if category in _UNSEEN:
        return "CONTROL_CHARACTERS", "characters that cannot be seen"
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return "RIGHT_TO_LEFT", "right-to-left script, which is not printed yet"
    if category.startswith("M"):
        return "COMBINING_MARK", "a combining mark that makes no single letter"
    # Of characters beyond 16 bits the page would keep the half only, and read as something else.
    if ord(character) > _LAST_READABLE or not has_glyph(face, character):
        return "NO_GLYPH", "a character that the label's font does not have"
    return None
