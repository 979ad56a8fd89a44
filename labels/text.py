"""What may stand on a label, and whether it fits; text is drawn as given, markup means nothing.

Refused is what a reader could not see or would read wrongly: control and direction-changing
characters, characters without a glyph, combining marks that no composed letter absorbs, and
right-to-left scripts, which are not shaped here and would come out reversed.
"""

import unicodedata
from datetime import datetime
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from labels.errors import CannotPrint, DoesNotFit
from labels.fonts import font_name, has_glyph
from labels.identifiers import KINDS, Serial
from labels.layout import Slot

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
    return "yes" if holds else ""


def required(field: str, text: str) -> str:
    """Give the text back; raises CannotPrint if there is none."""
    if not text.strip():
        raise CannotPrint(field, "EMPTY", f"The field '{field}' is empty.", "Fill it in.")
    return text


def moment(field: str, at: datetime) -> str:
    """Write a time as `2026-11-22 14:05 +01:00`; raises CannotPrint without a zone."""
    if at.utcoffset() is None:
        raise CannotPrint(
            field, "NO_ZONE", f"The time '{field}' has no zone.", "Give the time with its zone."
        )
    # The offset is cut from the ISO form, because %z writes it without its colon.
    return f"{at:%Y-%m-%d %H:%M} {at.isoformat(timespec='minutes')[16:]}"


def lines_that_fit(slot: Slot, text: str) -> list[str]:
    """Break a text at spaces into the lines of its slot; raises CannotPrint or DoesNotFit."""
    # An accent that was typed apart has no glyph of its own; composed with its letter it has one.
    composed = unicodedata.normalize("NFC", text)
    _require_printable(slot, composed)
    lines: list[str] = []
    for word in composed.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _fits(slot, longer):
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > slot.lines or not all(_fits(slot, line) for line in lines):
        raise DoesNotFit(slot.field, text, slot.width_mm)
    return lines


def _fits(slot: Slot, line: str) -> bool:
    return bool(stringWidth(line, font_name(slot.face), slot.size_pt) <= slot.width_mm * mm)


def _require_printable(slot: Slot, text: str) -> None:
    for character in text:
        found = _why_not(slot, character)
        if found:
            code, what = found
            raise CannotPrint(slot.field, code, f"The field '{slot.field}' holds {what}.", _LATIN)


def _why_not(slot: Slot, character: str) -> tuple[str, str] | None:
    category = unicodedata.category(character)
    # First what cannot be seen: a mark that turns the direction of writing counts as right-to-left
    # too, and nobody would find the script that they are told of.
    if category in _UNSEEN:
        return "CONTROL_CHARACTERS", "characters that cannot be seen"
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return "RIGHT_TO_LEFT", "right-to-left script, which is not printed yet"
    if category.startswith("M"):
        return "COMBINING_MARK", "a combining mark that makes no single letter"
    if not has_glyph(slot.face, character):
        return "NO_GLYPH", "a character that the label's font does not have"
    return None
