"""What a printer is tried with: a label that says of itself that it is none.

It holds nothing that anybody has typed, and no code that could be scanned for another one.
"""

from io import BytesIO
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels.fonts import font_name

SAYS: Final = "TEST PRINT"
NO_LABEL: Final = "No label: destroy it"
_INCH_MM: Final = 25.4


def test_print_zpl(number: str, dpi: int, size_mm: tuple[int, int]) -> bytes:
    """A test print for a printer of ZPL; the number, in letters and digits, tells it from others.

    Raises:
        ValueError: the number holds something else.
    """
    width, height = (round(side / _INCH_MM * dpi) for side in size_mm)
    letter = height // 6
    lines = (
        f"^XA^PW{width}^LL{height}^CI28",
        f"^FO{letter},{letter}^A0N,{letter},{letter}^FD{SAYS}^FS",
        f"^FO{letter},{letter * 2}^A0N,{letter // 2},{letter // 2}^FD{_plain(number)}^FS",
        f"^FO{letter},{letter * 3}^A0N,{letter // 2},{letter // 2}^FD{NO_LABEL}^FS",
        "^PQ1^XZ",
    )
    return "\n".join(lines).encode()


def test_print_pdf(number: str, size_mm: tuple[int, int]) -> bytes:
    """The same as a PDF.

    Raises:
        ValueError: the number holds something else than letters and digits.
    """
    width, height = (side * mm for side in size_mm)
    letter, file = height / 6, BytesIO()
    canvas = Canvas(file, pagesize=(width, height), invariant=True)
    texts = ((SAYS, letter), (_plain(number), letter / 2), (NO_LABEL, letter / 2))
    for line, (text, size) in enumerate(texts, start=1):
        canvas.setFont(font_name("bold"), size)
        canvas.drawString(letter, height - letter * (line + 1), text)
    canvas.save()
    return file.getvalue()


def _plain(number: str) -> str:
    if not (number.isascii() and number.isalnum()):
        raise ValueError(number)
    return number
