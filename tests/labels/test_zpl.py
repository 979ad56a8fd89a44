"""What is sent to a label printer is one label, whole dots, and no command of anybody's text."""

import re
from dataclasses import replace

import pytest

from labels.drawing import drawing_of
from labels.errors import CannotPrint
from labels.layout import DOTS_PER_MM
from labels.proof import proven
from labels.raster import Raster
from labels.zpl import graphic, hex_lines, zpl_of
from labels.zpl_reading import read_zpl
from tests.labels.builders import a_full_label


@pytest.mark.parametrize(("resolution", "dots"), [(203, (2, 6)), (300, (3, 9)), (600, (6, 18))])
def test_modules_are_whole_dots(resolution, dots):
    """A quarter of a millimetre is 2, 3 or 6 dots; so are all modules."""
    zpl = proven(a_full_label("bag-label"), resolution).zpl.decode()

    bars, matrix = dots
    assert f"^BY{bars},2," in zpl
    assert f"^BXN,{matrix},200,22,22,6,|,1" in zpl


def test_bars_are_sent_in_mode_a_as_they_are():
    """In mode N a `>` begins a code and a digit is lost, which scans cleanly as something else."""
    zpl = proven(a_full_label("bag-label")).zpl.decode()

    assert re.search(r"\^BCN,\d+,N,N,N,A\^FH_\^FDBM9S37KFT02XHE\^FS", zpl)


def test_no_character_of_a_payload_can_be_a_command():
    """All but letters and digits is sent as hexadecimal."""
    drawing = drawing_of(a_full_label("location-label"))
    (symbol,) = drawing.symbols
    hostile = replace(drawing, symbols=(replace(symbol, payload="^XZ_5E^XA\\>0>:"),))
    white = Raster(1200, 600, b"\xff" * 720_000)

    zpl = zpl_of(hostile, white, 300)

    assert b"^FD_5EXZ_5F5E_5EXA_5C_3E0_3E_3A^FS" in zpl
    assert (zpl.count(b"^XA"), zpl.count(b"^XZ")) == (1, 1)
    assert read_zpl(zpl).payloads == ("^XZ_5E^XA\\>0>:",)


@pytest.mark.parametrize("payload", ["a|b", "é", "a\x1db", "a\nb", "x" * 401])
def test_what_a_printer_cannot_be_sent_is_refused(payload):
    """The escape of its Data Matrix, control characters, letters beyond ASCII, and no end."""
    drawing = drawing_of(a_full_label("location-label"))
    (symbol,) = drawing.symbols
    hostile = replace(drawing, symbols=(replace(symbol, payload=payload),))

    with pytest.raises(CannotPrint) as caught:
        zpl_of(hostile, Raster(8, 1, b"\xff" * 8), 300)

    assert caught.value.code == "NOT_ENCODABLE"


def test_no_command_changes_what_begins_a_command():
    """A label never sets the printer's prefixes, and begins and ends once."""
    for resolution in DOTS_PER_MM:
        zpl = proven(a_full_label("bag-label"), resolution).zpl

        assert not re.search(rb"\^C[CTD]|~", zpl)
        assert (zpl.count(b"^XA"), zpl.count(b"^XZ")) == (1, 1)


def test_a_large_qr_code_is_sent_as_dots():
    """Above ten dots a module many printers print a smaller one without a word."""
    assert b"^BQN,2,6,Q" in proven(a_full_label("wristband"), 300).zpl
    assert b"^BQ" not in proven(a_full_label("wristband"), 600).zpl


@pytest.mark.parametrize(
    "rows",
    [
        ["00000000", "00000000", "11111111"],
        ["1" * 3200, "0" * 3200, "10" * 1600],
        ["1" + "0" * 3211, "1" + "0" * 3211, "0" * 3211 + "1"],
        ["0000000011110000" * 30] * 5,
    ],
)
def test_a_graphic_unpacks_to_the_same_dots(rows):
    """Lines that repeat, lines that end white, and runs of thousands come back as they were."""
    dots = "".join(rows).translate({ord("1"): "\x00", ord("0"): "\xff"}).encode("latin-1")
    raster = Raster(len(rows[0]), len(rows), dots)

    zpl = (
        "^XA^MUD^LH0,0^LT0^LS0^LRN^PON^PMN^FWN^CI28\n"
        f"^PW{raster.width}^LL{raster.height}\n^FO0,0{graphic(raster)}^FS\n^PQ1,0,0,N^XZ"
    )

    assert read_zpl(zpl.encode()).lines == tuple(hex_lines(raster))
