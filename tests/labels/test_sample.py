"""A sample shows what a template prints, and can be mistaken for no label."""

from dataclasses import replace

import pypdfium2
import pytest

from labels.errors import CannotPrint, NotACode
from labels.identifiers import parse_scan
from labels.measure import fit_of
from labels.png import png_of
from labels.proof import dots_of_page, symbols_in
from labels.raster import READING, Raster
from labels.sample import sample_of, sample_print, tried
from labels.templates import TEMPLATES
from labels.zpl_reading import read_zpl

RESOLUTIONS = (203, 300, 600)
BAG = TEMPLATES["bag-label"]


def narrow(template, field):
    """The template with a place that is too narrow for what stands there."""
    slots = (
        replace(slot, width_mm=2.0) if slot.field == field else slot for slot in template.slots
    )
    return replace(template, slots=tuple(slots))


def letters_of(pdf):
    """The text of a page."""
    with READING:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return document[0].get_textpage().get_text_bounded()
        finally:
            document.close()


@pytest.mark.parametrize("values", ["usual", "longest"])
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_has_room_for_usual_and_for_long_values(name, values):
    """Each text fits, and each symbol reads as it was given."""
    trial = tried(TEMPLATES[name], values)

    assert trial.problem is None
    assert [fit.problem for fit in trial.fits if fit.problem] == []
    given = sample_of(TEMPLATES[name], values).payloads
    assert {one.slot.payload: one.text for one in trial.decoded} == given


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_what_is_printed_of_a_sample_says_that_it_is_no_label(name, resolution):
    """It says so all over the page, and its symbols can be scanned all the same."""
    template = TEMPLATES[name]

    sample = sample_print(template, resolution=resolution)

    raster = dots_of_page(sample.pdf, template, resolution)
    read = symbols_in(template, raster, resolution)
    given = sample_of(template).payloads
    assert letters_of(sample.pdf).count("NO LABEL") >= 4
    assert [[one.text for one in here] for here in read] == [
        [given[slot.payload]] for slot in template.symbols
    ]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_code_of_a_sample_names_anything(name):
    """What stands in a symbol, or is typed from the page, is refused by every step."""
    content = sample_of(TEMPLATES[name], "longest")

    for code in (*content.payloads.values(), content.texts["serial"]):
        with pytest.raises(NotACode):
            parse_scan(code)


def test_the_commands_of_a_sample_hold_its_codes_alone():
    """The words are dots, as on a label, and no command is made of them."""
    label = read_zpl(sample_print(BAG).zpl)

    assert label is not None
    assert sorted(label.payloads) == sorted(sample_of(BAG).payloads.values())


def test_a_text_that_does_not_fit_is_told_beside_its_place():
    """The others are measured all the same; nothing is drawn, and nothing is printed."""
    template = narrow(BAG, "volume")

    trial = tried(template)

    assert [fit.slot.asks for fit in trial.fits if fit.problem] == ["volume"]
    assert (trial.raster, trial.decoded) == (None, ())
    with pytest.raises(CannotPrint, match="volume"):
        sample_print(template)


def test_a_text_tells_the_size_that_it_reached_and_what_is_left():
    """A long one is set smaller, and leaves less."""
    slot = next(slot for slot in BAG.slots if slot.field == "establishment")

    short, long = fit_of(slot, "Here"), fit_of(slot, "Here and " * 9)

    assert (short.size_pt, short.lines) == (slot.size_pt, 1)
    assert slot.smallest_pt <= long.size_pt < short.size_pt
    assert 0 <= long.left_mm < short.left_mm < slot.width_mm


def test_a_picture_has_the_dots_and_the_size_of_the_label():
    """One bit a dot, black as black, and as many dots a metre as the printer lays."""
    png = png_of(Raster(9, 2, b"\x00" * 9 + b"\xff" * 9), 300)

    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert b"IHDR\0\0\0\x09\0\0\0\x02\x01\0" in png
    assert b"pHYs" + (12_000).to_bytes(4, "big") * 2 + b"\x01" in png
