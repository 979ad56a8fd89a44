"""Symbols hold exactly the text, in a form that every common scanner reads."""

import pytest
import zxingcpp
from PIL import Image

from labels.errors import CannotPrint
from labels.identifiers import bag_payload
from labels.symbols import Modules, code_128, data_matrix, qr_code, rectangles, require_readable
from tests.labels.builders import a_coi, a_serial


def picture(modules: Modules) -> Image.Image:
    """Draw modules, ten pixels each, with a quiet zone."""
    height, width = len(modules), len(modules[0])
    image = Image.new("L", (width, height), 255)
    image.putdata([0 if dark else 255 for row in modules for dark in row])
    page = Image.new("L", (width + 20, height + 8), 255)
    page.paste(image, (10, 4))
    return page.resize((page.width * 10, page.height * 10), 0)


def decode(modules: Modules) -> tuple[str, str]:
    """Read a symbol from its modules."""
    found = zxingcpp.read_barcodes(picture(modules))
    return found[0].symbology_identifier, found[0].text


def test_a_data_matrix_holds_exactly_its_text():
    """A bag's payload is read back from a plain Data Matrix."""
    payload = bag_payload(a_serial(), a_coi())

    assert decode(data_matrix(payload)) == ("]d1", payload)


def test_a_qr_code_holds_exactly_its_text():
    """A wristband's serial is read back from a QR code."""
    text = a_serial("W").text

    assert decode(qr_code(text)) == ("]Q1", text)


def test_bars_hold_exactly_their_text():
    """Letters, digits and what codes of other houses begin with come back as they were."""
    for text in ("BM9S37KFT02XHE", "0012345678", "=A99992612345600", "&>0263312359"):
        (row,) = code_128(text)
        found = zxingcpp.read_barcodes(picture((row,) * 30), formats=zxingcpp.BarcodeFormat.Code128)

        assert [(symbol.symbology_identifier, symbol.text) for symbol in found] == [("]C0", text)]


@pytest.mark.parametrize("text", ["", "é", "\xf1A"])
def test_bars_hold_no_more_than_ascii(text):
    """A function code is no letter, and would not be read back as one."""
    with pytest.raises(CannotPrint) as caught:
        code_128(text)

    assert caught.value.code == "NOT_ENCODABLE"


def test_a_data_matrix_is_always_square():
    """No payload comes out in the rectangular form that standard scanners refuse."""
    sides = [
        (len(modules), {len(row) for row in modules})
        for modules in (data_matrix("A1" * length) for length in range(1, 50))
    ]

    assert all(widths == {height} for height, widths in sides)


def test_the_same_text_gives_the_same_symbol():
    """Encoding is a function of the text alone."""
    assert data_matrix("M9S3") == data_matrix("M9S3")
    assert qr_code("M9S3") == qr_code("M9S3")


def test_rectangles_cover_the_dark_modules_once():
    """The rectangles of a symbol are its dark modules, none twice and none missing."""
    modules = data_matrix(bag_payload(a_serial(), a_coi()))
    dark = [
        (row, column)
        for row, line in enumerate(modules)
        for column, is_dark in enumerate(line)
        if is_dark
    ]

    covered = [
        (row + down, column + across)
        for row, column, height, width in rectangles(modules)
        for down in range(height)
        for across in range(width)
    ]

    assert sorted(covered) == dark


def test_rectangles_are_merged_both_ways():
    """A block of equal runs is one rectangle, not one for each module or row."""
    block = ((True, True, False), (True, True, False), (False, False, True))

    assert sorted(rectangles(block)) == [(0, 0, 2, 2), (2, 2, 1, 1)]


def test_a_symbol_that_reads_as_its_payload_is_printed():
    """Each is read back before it is handed out (LB-09)."""
    payload = bag_payload(a_serial(), a_coi())

    require_readable(data_matrix(payload), payload)
    require_readable(qr_code(payload), payload)


@pytest.mark.parametrize("spoil", [lambda _: data_matrix("M9S3"), lambda m: m[:8] + m[9:]])
def test_a_symbol_that_reads_as_anything_else_is_not(spoil):
    """Another code, and a symbol with a hole, are refused."""
    payload = bag_payload(a_serial(), a_coi())

    with pytest.raises(CannotPrint) as caught:
        require_readable(spoil(data_matrix(payload)), payload)

    assert caught.value.code == "NOT_READ_BACK"
