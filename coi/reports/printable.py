"""What can be set in type, and how it is broken into lines; text is drawn, never parsed (SEC-21).

A label refuses what it cannot print. A document about what has happened cannot refuse: a character
that would come out wrongly (control and direction-changing ones, right-to-left script, loose marks,
no glyph in the fonts) is written out by its number, `{U+05D0}`, so that nothing changes unseen. Who
wrote `{U+` in the text has the brace written out, so that on paper it always means a number.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from reportlab.pdfbase.pdfmetrics import stringWidth

from labels.fonts import Face, font_name, has_glyph

NUMBERED: Final = (
    "Characters that the fonts of this document cannot show as they are read stand as their"
    " Unicode number, U+ and digits, in braces."
)
_LOOKS_LIKE_A_NUMBER: Final = re.compile(r"\{(?=U\+)")
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_RIGHT_TO_LEFT: Final = {"R", "AL", "AN"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: face, size and distance of baselines in points, grey from 0 (black)."""

    face: Face = "regular"
    size: float = 7.5
    leading: float = 9.2
    grey: float = 0.0


def written_out(text: str, face: Face = "regular") -> str:
    """Return the text as it is drawn, composed (NFC), each unprintable character by its number."""
    # Braces first: what is put in for a character must not be taken for the author's.
    composed = unicodedata.normalize("NFC", text)
    safe = _LOOKS_LIKE_A_NUMBER.sub(_number("{"), composed)
    return "".join(c if _is_plain(c, face) else _number(c) for c in safe)


def _number(character: str) -> str:
    return f"{{U+{ord(character):04X}}}"


@lru_cache(maxsize=4096)
def _is_plain(character: str, face: Face) -> bool:
    """It looks on paper as it is read, by itself and beside any other."""
    category = unicodedata.category(character)
    return (
        category not in _UNSEEN
        and not category.startswith("M")
        and unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT
        and has_glyph(face, character)
    )


@lru_cache(maxsize=4096)
def width_of(line: str, style: Style) -> float:
    """Measure a drawn line, in points."""
    return float(stringWidth(line, font_name(style.face), style.size))


def broken(text: str, style: Style, width: float) -> list[str]:
    """Break a text into lines no wider than `width` points; its own line breaks stay.

    Nothing is dropped but the one space at which a line is broken.
    """
    paragraphs = text.replace("\r\n", "\n").split("\n")
    return [
        line
        for paragraph in paragraphs
        for line in _filled(written_out(paragraph, style.face), style, width)
    ]


def _filled(text: str, style: Style, width: float) -> list[str]:
    """Fill line after line with words; a word that is wider than a line is broken too."""
    lines: list[str] = []
    used, blank = 0.0, width_of(" ", style)
    # Split at single blanks, so that several in a row stay what somebody wrote.
    for word in text.split(" "):
        longer = used + blank + width_of(word, style)
        if lines and longer <= width:
            lines[-1] += f" {word}"
            used = longer
        else:
            lines += _pieces(word, style, width)
            used = width_of(lines[-1], style)
    return lines


def _pieces(word: str, style: Style, width: float) -> list[str]:
    """Break a word that is too wide, never behind a hyphen, which would look like a broken word."""
    if width_of(word, style) <= width:
        return [word]
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character, style) > width:
            carried = "-" if len(pieces[-1]) > 1 and pieces[-1].endswith("-") else ""
            pieces[-1] = pieces[-1][: -1 if carried else None]
            pieces.append(carried)
        pieces[-1] += character
    return pieces
