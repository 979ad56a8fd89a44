"""Reading a label back as a scanner and a person would: from its pixels and from its text."""

from dataclasses import dataclass

import pypdfium2
import zxingcpp

DPI = 300


@dataclass(frozen=True)
class Read:
    """What could be read from a label."""

    symbols: list[tuple[str, str]]
    text: str
    size_mm: tuple[int, int]


def text_of(pdf: bytes) -> str:
    """Extract the text of a PDF of one page, without looking at its symbols."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(document[0].get_textpage().get_text_range().split())
    finally:
        document.close()


def read(pdf: bytes) -> Read:
    """Rasterise a PDF of one page, decode its symbols and extract its text."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 1
        page = document[0]
        image = page.render(scale=DPI / 72).to_pil()
        found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
        text = page.get_textpage().get_text_range()
        width, height = page.get_size()
    finally:
        document.close()
    symbols = [(symbol.symbology_identifier, symbol.text) for symbol in found]
    return Read(
        symbols, " ".join(text.split()), (round(width / 72 * 25.4), round(height / 72 * 25.4))
    )
