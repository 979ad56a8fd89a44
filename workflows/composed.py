"""Text in the one spelling of its accents (NFC), as fast for hostile text as for any other.

The marks above and below a letter are brought into an order, and the library takes for that the
square of their number: a hundred thousand of them behind one letter would stop everybody for
minutes. In order already, they take no longer than other text.
"""

from collections.abc import Iterator
from itertools import groupby
from unicodedata import combining, normalize

_SHORT = 1_000
"""Up to here it is quick whatever the text is."""


def nfc(text: str) -> str:
    """The same text, composed."""
    if text.isascii():
        return text
    return normalize("NFC", text if len(text) <= _SHORT else "".join(_in_order(text)))


def _in_order(text: str) -> Iterator[str]:
    """The same text with each row of marks in its canonical order (UAX #15)."""
    for is_marks, row in groupby(text, lambda character: combining(character) > 0):
        if is_marks:
            apart = (mark for one in row for mark in normalize("NFD", one))
            yield from sorted(apart, key=combining)
        else:
            yield from row
