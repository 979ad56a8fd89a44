"""The fonts that labels are set in: DejaVu 2.37, unmodified, under the licence beside it.

reportlab's built-in Vera covers Latin-1 only; DejaVu covers the Latin, Greek and Cyrillic names of
Europe. The fonts are embedded in each PDF, only the glyphs used. Codes are set in the monospaced
face, so that every code has the same width and 0, 1, B and 8 are told apart.
"""

from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from threading import Lock
from typing import Final, Literal
from zlib import compress

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument, PDFStream
from reportlab.pdfbase.ttfonts import TTFont

Face = Literal["regular", "bold", "mono"]

_FILES: Final[dict[Face, str]] = {
    "regular": "DejaVuSansCondensed.ttf",
    "bold": "DejaVuSansCondensed-Bold.ttf",
    "mono": "DejaVuSansMono-Bold.ttf",
}
_ONE_AT_A_TIME: Final = Lock()
_EMBEDDING: Final = Lock()


class _Packed:
    """Compresses as reportlab does, and keeps the last results: labels use the same letters."""

    pdfname: Final = "FlateDecode"
    encode = staticmethod(lru_cache(maxsize=16)(compress))


class _LabelFont(TTFont):
    """A font that several threads can embed, and that is cut to the same letters only once."""

    def __init__(self, name: str, content: BytesIO) -> None:
        super().__init__(name, content)
        kept = lru_cache(maxsize=16)(self.face.makeSubset)
        # The letters come as a list, of which nothing can be kept.
        vars(self.face)["makeSubset"] = lambda letters: kept(tuple(letters))

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802 - as reportlab calls it
        """Embed the letters that a document uses."""
        # The reader of the font's file stands at one place of it: two threads would move it away
        # from each other, and a letter would be put together of the wrong parts.
        with _EMBEDDING:
            super().addObjects(doc)
        for name, part in doc.idToObject.items():
            if isinstance(part, PDFStream) and name.startswith("fontFile:"):
                part.filters = [_Packed]


def font_name(face: Face) -> str:
    """Give the name by which reportlab knows a face; the font is registered on first use."""
    return str(_font(face).fontName)


def has_glyph(face: Face, character: str) -> bool:
    """Tell whether a face can show a character; without a glyph an empty box would be printed."""
    return ord(character) in _font(face).face.charToGlyph


def _font(face: Face) -> TTFont:
    # The lock keeps two threads from registering twice: a page under way would change fonts.
    with _ONE_AT_A_TIME:
        return _registered(face)


@cache
def _registered(face: Face) -> TTFont:
    content = files(__name__).joinpath(_FILES[face]).read_bytes()
    font = _LabelFont(f"label-{face}", BytesIO(content))
    pdfmetrics.registerFont(font)
    return font
