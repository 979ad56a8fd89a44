"""What a label printer makes of the commands is the label that was proven, dot for dot."""

import pytest
import zxingcpp
from PIL import Image, ImageChops

from labels.layout import DOTS_PER_MM
from labels.proof import proven, require_as_given
from labels.raster import dots_of
from labels.templates import TEMPLATES
from tests.browser.printer import a_printer, printed
from tests.labels.builders import a_full_label, with_bars_of_gs1


@pytest.fixture(scope="module")
def printer(chromium):
    """Give a label printer; it is loaded once."""
    page = a_printer(chromium)
    yield page
    page.close()


@pytest.mark.parametrize("resolution", DOTS_PER_MM)
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_printed_label_is_the_one_that_was_proven(printer, name, resolution):
    """Every symbol is scanned as it was given; every other dot is that of the page."""
    content = a_full_label(name)
    label = proven(content, resolution)

    picture = printed(printer, label.zpl, content.template, resolution)

    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    assert sorted(symbol.text for symbol in found) == sorted(content.payloads.values())
    assert other_dots(picture, content, label.pdf, resolution) is None


@pytest.mark.parametrize("resolution", DOTS_PER_MM)
def test_codes_of_gs1_are_printed_with_their_fnc1(printer, resolution):
    """Bars and Data Matrix are read as GS1, with the fields that were given, and no bracket."""
    content = with_bars_of_gs1()
    label = proven(content, resolution)

    picture = printed(printer, label.zpl, content.template, resolution)

    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    read = {symbol.symbology_identifier: symbol.text for symbol in found}
    assert read == {"]d2": content.payloads["gs1"], "]C1": content.payloads["gs1_item"]}
    assert other_dots(picture, content, label.pdf, resolution) is None


def other_dots(picture, content, pdf, resolution):
    """Compare a picture with the page, apart from the symbols; None if no dot differs."""
    page = require_as_given(content, pdf, resolution)
    drawn = Image.frombytes("L", (page.width, page.height), page.dots)
    difference = ImageChops.difference(picture, drawn)
    for slot in content.template.symbols:
        left, top = dots_of(slot.x_mm, resolution), dots_of(slot.y_mm, resolution)
        right = dots_of(slot.x_mm + slot.width_mm, resolution)
        bottom = dots_of(slot.y_mm + slot.height_mm, resolution)
        # A printer may encode the same text another way; it stays in its room all the same.
        difference.paste(0, (left, top, right, bottom))
    return difference.getbbox()
