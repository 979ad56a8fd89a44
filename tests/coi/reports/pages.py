"""Reads a document back: the text of each page, its symbols, and where everything stands."""

import re
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_TEXT

_NUMBER = re.compile(r"\{U\+([0-9A-F]{4,6})\}")


@dataclass(frozen=True)
class Page:
    """One page, as it was read."""

    text: str
    images: int
    left: float
    right: float

    def says(self, given):
        """The text is there, whatever lines it was broken into."""
        return squeezed(given) in squeezed(self.text)


def pages_of(pdf):
    """Extract every page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_page(document[number]) for number in range(len(document))]
    finally:
        document.close()


def _page(page):
    text = page.get_textpage().get_text_range()
    words = [each.get_bounds() for each in page.get_objects(filter=[FPDF_PAGEOBJ_TEXT])]
    return Page(
        " ".join(text.split()),
        len(list(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))),
        min(left for left, _, _, _ in words),
        max(right for _, _, right, _ in words),
    )


def text_of(pdf):
    """The text of the whole document."""
    return " ".join(page.text for page in pages_of(pdf))


def squeezed(text):
    """The text without its spaces and line breaks."""
    return "".join(text.split())


def as_given(printed):
    """The text behind what is printed: numbers in braces become characters again."""
    return _NUMBER.sub(lambda found: chr(int(found[1], 16)), printed)


def symbols_of(pdf):
    """What a scanner reads on each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        images = [document[n].render(scale=200 / 72).to_pil() for n in range(len(document))]
        return [[code.text for code in zxingcpp.read_barcodes(image)] for image in images]
    finally:
        document.close()


def metadata_of(pdf):
    """What the document says of itself outside its pages."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document.get_metadata_dict()
    finally:
        document.close()
