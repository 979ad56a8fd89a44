"""One entry reads every dialect; what a site does not read it names, and refuses."""

from dataclasses import replace

import pytest

from labels.codes import aim
from labels.codes.naming import read_ours
from labels.codes.scans import OURS, Dialects, IsbtTables, read_scan
from labels.codes.wristbands import require_wristband
from labels.identifiers import bag_payload
from tests.labels.builders import a_coi, a_serial
from tests.labels.codes.builders import ALL, read, refusal, refused

DIN = "=A99992612345600"
GTIN = "0109521234543213"
BAG = bag_payload(a_serial(), a_coi())
PATIENT = "&#0108MRN12345"


@pytest.mark.parametrize("symbology", ["", "]C0", "]d1", "]Q1"])
def test_our_codes_are_read_with_every_choice_of_dialects(symbology):
    """Whatever else a site reads, a label of ours is the same label in every symbol of ours."""
    scan = read_scan(symbology + BAG, OURS)

    assert scan == read(symbology + BAG) == read(BAG)
    assert (scan.serial, scan.coi) == (a_serial(), a_coi())


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (DIN, "ISBT128_OFF"),
        ("]C4" + DIN + "=,000012", "ISBT128_OFF"),
        ("]d2" + GTIN, "GS1_OFF"),
        ("https://id.gs1.org/01/09521234543213", "GS1_OFF"),
        (GTIN, "WRONG_LENGTH"),
    ],
)
def test_a_dialect_that_is_off_is_named_and_not_read(raw, code):
    """Without a switch nothing but our own codes is read."""
    assert refused(raw, OURS) == code


def test_each_dialect_is_switched_on_alone():
    """One of them on leaves the other one off."""
    assert refused("]d2" + GTIN, Dialects(isbt128=IsbtTables())) == "GS1_OFF"
    assert refused(DIN, Dialects(gs1=True)) == "ISBT128_OFF"


@pytest.mark.parametrize(
    ("symbology", "named"),
    [
        ("]d7", "rectangular extension"),
        ("]d8", "rectangular extension"),
        ("]d3", "Data Matrix of another use"),
        ("]C2", "Code 128 of another use"),
        ("]Q2", "QR code of another use"),
        ("]A0", "Code 39"),
        ("]E0", "EAN or UPC"),
        ("]e0", "GS1 DataBar"),
        ("]z0", "Aztec"),
        ("]L2", "PDF417"),
        ("]X0", "symbol of another kind"),
    ],
)
def test_a_symbol_that_is_not_read_is_refused_by_its_name(symbology, named):
    """A rectangular Data Matrix first of all, and everything that is not on the list."""
    assert {refused(symbology + text) for text in (BAG, DIN, GTIN)} == {"SYMBOL_REFUSED"}
    with pytest.raises(ValueError, match=named):
        aim.require_known(symbology)


@pytest.mark.parametrize("symbology", ["]C1", "]C4", "]d2", "]Q3"])
def test_a_code_of_ours_in_a_symbol_of_others_is_refused(symbology):
    """We print none in a symbol that says it is of GS1 or of ISBT 128."""
    assert refused(symbology + a_coi().text, OURS) in {"WRONG_SYMBOL", "GS1_OFF"}
    assert refused(symbology + a_coi().text) in {"WRONG_SYMBOL", "UNKNOWN_IDENTIFIER", "LOOK_ALIKE"}


def test_digits_are_no_gs1_code_where_no_symbol_was_told():
    """Without an AIM identifier nobody knows; the refusal says what to switch on."""
    assert refused(GTIN) == "SYMBOL_UNSAID"


def test_readings_of_two_dialects_are_never_equal():
    """A donation number, a product of GS1 and a COI of ours are three things."""
    readings = {read(DIN), read("]d2" + GTIN), read(a_coi().text)}

    assert len(readings) == 3


@pytest.mark.parametrize("raw", ["<script>", "=<script>", "]d2<script>", "https://a/<script>"])
def test_a_refusal_does_not_repeat_what_was_scanned(raw):
    """No sentence holds anything of a hostile text."""
    with pytest.raises(ValueError, match=r"^[^<>]+$") as caught:
        read(raw)

    assert "script" not in caught.value.sentence + caught.value.next_step


def test_a_reading_keeps_how_it_was_read():
    """The raw text and the symbol stand beside what is named."""
    for raw in ("]d1" + BAG, "]d1" + DIN, "]d2" + GTIN):
        reading = read(raw)

        assert (reading.raw, reading.symbology) == (raw, raw[:3])


def test_a_band_of_ours_is_a_wristband():
    """Its serial is given back, from the QR code or without a word of the symbol."""
    band = a_serial("W")

    assert require_wristband(read("]Q1" + band.text)) == band
    assert require_wristband(read(band.text)) == band


def test_a_number_that_stands_on_a_band_is_a_wristband():
    """By the table of the site, which says which codes mean a band."""
    codes = read(PATIENT)

    assert require_wristband(codes, ALL.isbt128).number == "MRN12345"


@pytest.mark.parametrize(
    ("raw", "code", "named"),
    [
        (a_serial("P").text, "CHART_LABEL", "This is a chart label, not a wristband"),
        ("&#0208MRN12345", "CHART_LABEL", "This is a chart label, not a wristband"),
        ("=#0119610704", "CHART_LABEL", "This is a chart label, not a wristband"),
        (PATIENT + "=#0219610704", "CHART_LABEL", "This is a chart label, not a wristband"),
        (BAG, "NOT_A_WRISTBAND", "This is a bag label"),
        (a_coi().text, "NOT_A_WRISTBAND", "This is a COI identifier"),
        ("]d1" + a_serial("W").text, "NOT_A_WRISTBAND", "This is a copy of a wristband"),
        (DIN, "NOT_A_WRISTBAND", "This is a code of a product"),
        ("]d28018123456789012345675", "NOT_A_WRISTBAND", "number of a patient"),
        ("]d2" + GTIN, "NOT_A_WRISTBAND", "This is a GS1 code"),
    ],
)
def test_what_is_no_wristband_is_told_what_it_is(raw, code, named):
    """A chart label, a bag, an order, a copy, a number that may stand anywhere."""
    reading = read(raw)

    with pytest.raises(ValueError, match=named):
        require_wristband(reading, ALL.isbt128)
    assert refusal(lambda: require_wristband(reading, ALL.isbt128)) == code


def test_without_a_table_no_number_of_another_system_is_a_wristband():
    """Where a site has not said which codes mean a band, none does."""
    tables = replace(ALL.isbt128, bands=frozenset())

    assert refusal(lambda: require_wristband(read(PATIENT), tables)) == "CHART_LABEL"
    assert refusal(lambda: require_wristband(read(PATIENT))) == "CHART_LABEL"


def test_who_reads_our_codes_alone_names_the_others():
    """Ours are read as ever; of the others is said whose they are, without reading them."""
    assert read_ours("]d1" + BAG) == read(BAG)
    assert [
        refusal(lambda raw=raw: read_ours(raw)) for raw in (DIN, "]d2" + GTIN, "]d8" + BAG)
    ] == [
        "ISBT128_OFF",
        "GS1_OFF",
        "SYMBOL_REFUSED",
    ]
