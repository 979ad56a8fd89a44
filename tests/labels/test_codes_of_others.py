"""Symbols of a label in the codes of others: GS1 with its FNC1, and messages of ISBT 128."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from labels.bag_label import bag_label
from labels.codes.dates import Expiry
from labels.codes.donations import Din
from labels.codes.gs1 import Sgtin
from labels.codes.scans import Dialects, IsbtTables, read_scan
from labels.codes.things import Product
from labels.errors import CannotPrint
from labels.gs1_symbols import gs1_128, gs1_data_matrix
from labels.identifiers import parse_code
from labels.layout import DOTS_PER_MM
from labels.proof import proven, require_as_given, require_as_sent
from labels.templates import TEMPLATES
from labels.zpl_reading import read_zpl
from tests.labels.builders import a_bag_label, a_full_label, a_serial, with_bars_of_gs1
from tests.labels.reading import read

EVERYTHING = Dialects(isbt128=IsbtTables(), gs1=True)
GTIN = "09521234543213"
UNTIL = datetime(2027, 11, 22, 14, 30, tzinfo=UTC)


def a_gs1_label(**changes):
    """Give what a label with a GS1 Data Matrix says."""
    fields = {"gtin": GTIN, "lot": "LOT42", "expires_at": UNTIL}
    return bag_label(a_bag_label(**fields | changes), TEMPLATES["bag-label-gs1"])


def an_isbt_label(**changes):
    """Give what a label with a message of ISBT 128 says."""
    fields = {"donations": ("A9999 26 123456 T",), "isbt_product": "S1234V", "expires_at": UNTIL}
    return bag_label(a_bag_label(**fields | changes), TEMPLATES["bag-label-isbt-2d"])


def scanned(content):
    """What a scanner sends of each symbol of the page, by its AIM identifier and the rest."""
    return dict(read(proven(content).pdf).symbols)


def test_a_gs1_data_matrix_is_one_scan_of_the_very_fields():
    """Product, lot, expiry to the minute, and the serial of the label, as `]d2`."""
    found = read_scan("]d2" + scanned(a_gs1_label())["]d2"], EVERYTHING)

    assert found.keys == (Sgtin(GTIN, a_serial("B").text.replace("-", "")),)
    assert (found.lot, found.value("17")) == ("LOT42", "271122")
    assert found.expires_at(date(2026, 11, 29), UTC) == UNTIL
    assert parse_code(found.keys[0].serial) == a_serial("B")


def test_bars_of_gs1_are_one_scan_of_product_and_serial():
    """As `]C1`; a plain Code 128 of the same digits would be a code of ours, or none."""
    found = read_scan("]C1" + scanned(with_bars_of_gs1())["]C1"], EVERYTHING)

    assert [type(key) for key in found.keys] == [Sgtin]
    assert found.gtin == GTIN


def test_a_message_of_isbt_128_is_one_scan_of_donation_product_and_expiry():
    """In one Data Matrix beside our own, in an order that needs no table."""
    content = an_isbt_label(container=2, containers=3)
    (message,) = [text for _sort, text in read(proven(content).pdf).symbols if text[:2] == "=+"]

    found = read_scan("]d1" + message, EVERYTHING)

    assert found.one(Din).text == "A9999 26 123456 T"
    assert found.one(Product).data == "=<S1234VB0"
    assert found.one(Expiry).moment(UTC) == UNTIL


def test_no_two_bags_of_a_product_have_one_code_of_isbt_128():
    """The part is told by the number of the bag; a product of one bag is undivided."""
    parts = [an_isbt_label(container=n, containers=26).payloads["isbt128"] for n in range(1, 27)]

    assert len({*parts}) == 26
    assert "=<S1234V00" in an_isbt_label(container=1, containers=1).payloads["isbt128"]
    with pytest.raises(CannotPrint, match="no code here for the part 27"):
        an_isbt_label(container=27, containers=27)


@pytest.mark.parametrize(
    ("label", "field", "code"),
    [
        ({"gtin": ""}, "gtin", "NUMBER_MISSING"),
        ({"gtin": " "}, "gtin", "NUMBER_MISSING"),
        ({"lot": ""}, "lot", "NUMBER_MISSING"),
        ({"expires_at": None}, "expires_at", "NUMBER_MISSING"),
        ({"gtin": "09521234543214"}, "gtin", "WRONG_CHECK_CHARACTER"),
        ({"gtin": "9521234543213"}, "gtin", "BAD_VALUE"),
        ({"lot": "B" * 21}, "lot", "BAD_VALUE"),
        ({"lot": "BX 42"}, "lot", "BAD_CHARACTER"),
        ({"lot": "BX\x1d2142"}, "lot", "BAD_VALUE"),
        ({"lot": "Łódź"}, "lot", "BAD_CHARACTER"),
    ],
)
def test_a_missing_or_wrong_number_is_a_refusal_and_no_empty_symbol(label, field, code):
    """With the field that it is about."""
    with pytest.raises(CannotPrint) as caught:
        a_gs1_label(**label)

    assert (caught.value.field, caught.value.code) == (field, code)


@pytest.mark.parametrize(
    ("label", "field", "code"),
    [
        ({"isbt_product": ""}, "isbt_product", "NUMBER_MISSING"),
        ({"isbt_product": "s1234v"}, "isbt_product", "BAD_CHARACTER"),
        ({"isbt_product": "S1234"}, "isbt_product", "BAD_CHARACTER"),
        ({"expires_at": None}, "expires_at", "NUMBER_MISSING"),
        ({"donations": ()}, "donation", "NUMBER_MISSING"),
        ({"donations": ("",)}, "donation", "BAD_CHARACTER"),
        (
            {"donations": ("A9999 26 123456 T", "A9999 26 123457 R")},
            "donation",
            "SEVERAL_DONATIONS",
        ),
        ({"donations": ("A9999 26 123456 3",)}, "donation", "WRONG_CHECK_CHARACTER"),
    ],
)
def test_a_message_needs_each_of_its_numbers(label, field, code):
    """As with GS1: nothing is left out of it."""
    with pytest.raises(CannotPrint) as caught:
        an_isbt_label(**label)

    assert (caught.value.field, caught.value.code) == (field, code)


@pytest.mark.parametrize("value", ["A(21)1", "A)", "A>8B", "A>0", "(10)"])
@pytest.mark.parametrize("encode", [gs1_data_matrix, gs1_128])
def test_what_a_printer_would_take_for_something_else_is_refused(encode, value):
    """Brackets and `>` are letters of GS1, and mean something to a printer."""
    with pytest.raises(CannotPrint) as caught:
        encode(f"01{GTIN}10{value}")

    assert caught.value.code == "NOT_ENCODABLE"


@pytest.mark.parametrize("data", ["", "no elements", f"01{GTIN}x", "0109521234543214"])
@pytest.mark.parametrize("encode", [gs1_data_matrix, gs1_128])
def test_what_is_not_gs1_gets_no_symbol_of_it(encode, data):
    """Nor does a wrong check digit."""
    with pytest.raises(CannotPrint):
        encode(data)


@pytest.mark.parametrize("resolution", DOTS_PER_MM)
def test_a_printer_is_told_where_fnc1_stands(resolution):
    """`|1` in a Data Matrix, a first one too; `>8` in bars, before which mode D writes one."""
    content = with_bars_of_gs1(lot="LOT42")

    zpl = proven(content, resolution).zpl.decode()

    (matrix,) = re.findall(r"\^BXN,\d+,200,\d+,\d+,6,\|,1\^FH_\^FD(\S+)\^FS", zpl)
    (bars,) = re.findall(r"\^BCN,\d+,N,N,N,D\^FH_\^FD(\S+)\^FS", zpl)
    assert matrix.startswith(f"_7C101{GTIN}17")
    assert "10LOT42_7C121" in matrix
    assert bars.startswith(f"01{GTIN}21")
    assert sorted(read_zpl(zpl.encode()).payloads) == sorted(
        "\x1d" + payload for payload in content.payloads.values()
    )


@pytest.mark.parametrize(
    ("sent", "instead"),
    [
        (b"^FH_^FD_7C101", b"^FH_^FD01"),  # no first FNC1: a Data Matrix of digits
        (b"LOT42_7C121", b"LOT4221"),  # the lot goes on with the serial
        (b"N,N,N,D", b"N,N,N,A"),  # a plain Code 128
    ],
)
def test_commands_that_lose_an_fnc1_are_not_sent(sent, instead):
    """They would be read as something else, cleanly."""
    content = with_bars_of_gs1(lot="LOT42")
    label = proven(content)
    raster = require_as_given(content, label.pdf, 300)
    assert label.zpl.count(sent) == 1

    with pytest.raises(CannotPrint, match="symbol"):
        require_as_sent(content, label.zpl.replace(sent, instead), raster, 300)


def test_a_plain_symbol_is_not_taken_for_one_of_gs1():
    """Whoever draws a Data Matrix without FNC1 in its place is found out by the reading back."""
    content = a_gs1_label()
    slots = tuple(
        replace(slot, kind="data_matrix") if slot.payload == "gs1" else slot
        for slot in content.template.symbols
    )
    plain = replace(content, template=replace(content.template, symbols=slots))
    plain = replace(plain, payloads={**plain.payloads, "gs1": f"01{GTIN}"})
    page = proven(plain).pdf

    asked = replace(content, payloads={**content.payloads, "gs1": f"01{GTIN}"})
    with pytest.raises(CannotPrint, match="gs1"):
        require_as_given(asked, page, 300)


@pytest.mark.parametrize("name", ["bag-label-gs1", "bag-label-isbt-2d"])
def test_our_own_code_stands_beside_it(name):
    """By it the bag is known at every step."""
    payloads = a_full_label(name).payloads

    assert {"container", "serial"} < payloads.keys()
