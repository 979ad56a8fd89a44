"""A wristband, printed and read again, says who this is and carries only its own serial."""

import pytest

from labels import wristband as wristbands
from labels.errors import CannotPrint, DoesNotFit
from labels.identifiers import parse_scan
from labels.proof import proven
from tests.labels.builders import a_bag_label, a_serial, a_wristband
from tests.labels.printing import bag_label, wristband
from tests.labels.reading import read


def test_its_symbol_holds_the_serial_only():
    """The one symbol is a QR code of the wristband's serial: no name, no COI."""
    band = read(wristband(a_wristband()))

    assert band.symbols == [("]Q1", a_serial("W").text)]
    scan = parse_scan("".join(band.symbols[0]))
    assert (scan.serial, scan.coi) == (a_serial("W"), None)


def test_bag_and_wristband_carry_different_symbols():
    """A copy of one can never be scanned as the other."""
    bag, band = read(bag_label(a_bag_label())), read(wristband(a_wristband()))

    assert bag.symbols[0][0] != band.symbols[0][0]


def test_it_says_who_this_is():
    """Name, birth date, record number and serial stand on it in words."""
    band = read(wristband(a_wristband(demonstration=True)))

    assert band.size_mm == (250, 25)
    assert band.text == (
        "Name Anna Example Date of birth 1961-03-09 Record number MRN 00123456 "
        f"Wristband serial {a_serial('W').text} NOT FOR CLINICAL USE"
    )


def test_it_is_for_clinical_use_unless_it_is_a_demonstration():
    """The mark of a demonstration stands only on demonstrations."""
    assert "CLINICAL" not in read(wristband(a_wristband())).text


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien <b>",
        "Łukasiewicz Zoë",
        "Maria Magdalena Wilhelmina Example-Longname von und zu Somewhere in the Mountains",
    ],
)
def test_a_name_is_printed_whole(name):
    """A name is printed letter by letter, on two lines if it is long."""
    assert f"Name {name} Date of birth" in read(wristband(a_wristband(patient_name=name))).text


@pytest.mark.parametrize("field", ["birth_date", "record_number"])
def test_too_long_a_text_is_refused(field):
    """500 characters are refused, naming the field."""
    with pytest.raises(DoesNotFit) as caught:
        wristband(a_wristband(**{field: "x" * 500}))

    assert caught.value.field == field


@pytest.mark.parametrize("field", ["birth_date", "record_number"])
@pytest.mark.parametrize("text", ["", " ", "abc\u202edef", "a\tb"])
def test_an_empty_or_deceptive_text_is_refused(field, text):
    """Nothing on a wristband is blank or hides characters."""
    with pytest.raises(CannotPrint) as caught:
        wristband(a_wristband(**{field: text}))

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("שרה", "RIGHT_TO_LEFT"),
        ("王芳", "NO_GLYPH"),
        ("abc\u202edef", "CONTROL_CHARACTERS"),
        ("x" * 500, "DOES_NOT_FIT"),
    ],
)
def test_a_name_that_cannot_be_printed_is_left_off_and_said_to_be(name, code):
    """Nobody is without a wristband for the letters of their name; nothing is changed unseen."""
    band = proven(wristbands.wristband(a_wristband(patient_name=name)))

    assert band.left_off == {"patient_name": code}
    said = read(band.pdf)
    assert "Name not printable here: see the record Date of birth 1961-03-09" in said.text
    assert said.symbols == [("]Q1", a_serial("W").text)]


@pytest.mark.parametrize("name", ["", " "])
def test_a_wristband_without_a_name_is_refused(name):
    """That a name cannot be printed is something else than that there is none."""
    with pytest.raises(CannotPrint) as caught:
        wristband(a_wristband(patient_name=name))

    assert (caught.value.field, caught.value.code) == ("patient_name", "EMPTY")


def test_a_serial_of_another_kind_is_refused():
    """A bag's serial never stands on a wristband."""
    with pytest.raises(CannotPrint) as caught:
        wristband(a_wristband(serial=a_serial("B")))

    assert caught.value.code == "WRONG_KIND"


def test_no_name_stands_outside_the_page():
    """The name of the patient is in the page's text, not in the document's properties."""
    pdf = wristband(a_wristband())

    assert b"Example" not in pdf
    assert wristband(a_wristband()) == pdf
