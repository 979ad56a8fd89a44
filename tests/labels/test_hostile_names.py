"""Whatever a name holds, it is printed letter by letter or not at all, and commands nothing."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from labels.drawing import drawing_of
from labels.errors import CannotPrint
from labels.layout import Slot
from labels.proof import proven
from labels.raster import Raster
from labels.text import fitted
from labels.wristband import wristband
from labels.zpl import zpl_of
from labels.zpl_reading import read_zpl
from tests.labels.builders import a_full_label, a_wristband
from tests.labels.reading import read, text_of

ROOM = Slot(field="patient_name", x_mm=0, y_mm=10, width_mm=118, size_pt=12.5, face="bold", lines=2)
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
PIECES = [
    *("Anna", "Łukasiewicz", "O'Brien", "Ὀδυσσεύς", "Иванова", "Nguyễn", "von der", "Smith-Jones"),
    *(
        "^XA",
        "^XZ",
        "^FS^FO0,0^FD",
        "~HI",
        "^CC+",
        "_5E",
        "\\5E",
        "^FH\\",
        ">0",
        "|1",
        "^GFA,1,1,1,F",
    ),
    *("<b>", "</para>", "<img src=file:///etc/passwd>", "&amp;", "&#x41;", "%s", "{0}", "(", ")\\"),
    *("\u202e", "\u2067", "\u200b", "\u200f", "\ufeff", "\x00", "\x1b", "\r\n", "\t", "\u2028"),
    *(
        "שרה",
        "فاطمة",
        "王芳",
        "\U0001f600",
        "e\u0301",
        "q\u0308",
        "\ud800",
        "\U000e0041",
        " ",
        "  ",
    ),
]


def names(many: int) -> Iterator[str]:
    """Put names together of what people and attackers write; every tenth of any characters."""
    random = Random(20)
    for n in range(many):
        if n % 10:
            yield "".join(random.choices(PIECES, k=random.randint(1, 5)))
        else:
            ends = random.choice([0x80, 0x250, 0x530, 0x3000, 0x110000])
            yield "".join(chr(random.randrange(1, ends)) for _ in range(random.randint(1, 30)))


def test_a_hundred_thousand_names_are_set_letter_by_letter_or_refused():
    """No letter is added, lost or changed, and nothing that cannot be seen gets through."""
    set_in_type = 0
    for name in names(100_000):
        try:
            lines = fitted(ROOM, name).lines
        except CannotPrint:
            continue
        set_in_type += 1
        assert " ".join(lines) == unicodedata.normalize("NFC", name)
        assert not UNSEEN & set(map(unicodedata.category, name))

    assert 20_000 < set_in_type < 80_000


def test_twenty_thousand_codes_are_sent_as_they_are_or_refused():
    """There is one label, its code is the given one, and nothing in it is a command."""
    drawing = drawing_of(a_full_label("location-label"))
    (found,) = drawing.symbols
    symbol = replace(found, slot=replace(found.slot, x_mm=0, y_mm=0, width_mm=0, height_mm=0))
    white = Raster(8, 1, b"\xff" * 8)
    for payload in names(20_000):
        try:
            zpl = zpl_of(replace(drawing, symbols=(replace(symbol, payload=payload),)), white, 300)
        except CannotPrint:
            continue
        assert read_zpl(zpl).payloads == (payload,)
        assert (zpl.count(b"^XA"), zpl.count(b"^XZ"), zpl.count(b"~")) == (1, 1, 0)


def test_hundreds_of_names_are_printed_exactly_or_left_off():
    """What stands on the wristband is the name or the words that it is left off, never a part."""
    left_off = 0
    for name in filter(str.strip, names(200)):
        label = proven(wristband(a_wristband(patient_name=name)), 203)
        said = "not printable here: see the record" if label.left_off else name
        left_off += bool(label.left_off)

        expected = " ".join(unicodedata.normalize("NFC", said).split())
        assert f"Name {expected} Date of birth 1961-03-09" in text_of(label.pdf)
        assert (label.zpl.count(b"^XA"), label.zpl.count(b"^XZ")) == (1, 1)

    assert 50 < left_off < 180


@pytest.mark.parametrize("name", ["<img src=file:///etc/passwd>", "<b>x</b>", "&amp;", "O<Brien"])
def test_markup_in_a_name_is_only_letters(name):
    """Nothing is parsed, and no file is opened (SEC-21)."""
    label = proven(wristband(a_wristband(patient_name=name)))

    assert f"Name {name} Date" in read(label.pdf).text
