"""The label of a place, printed and read again, says which place it is and carries its serial."""

import pytest

from labels.errors import CannotPrint, DoesNotFit
from labels.identifiers import parse_scan
from tests.labels.builders import a_location_label, a_serial
from tests.labels.printing import location_label
from tests.labels.reading import read


def test_its_symbol_holds_the_serial_only():
    """A Data Matrix of the place's serial: no COI, no name."""
    label = read(location_label(a_location_label()))

    assert label.symbols == [("]d1", a_serial("L").text)]
    assert parse_scan("".join(label.symbols[0])).serial == a_serial("L")


def test_it_says_which_place_this_is():
    """Name, unit, site and serial stand on it in words."""
    label = read(location_label(a_location_label(demonstration=True)))

    assert label.size_mm == (100, 50)
    assert label.text == (
        "Place Freezer 2, shelf 3 Unit Cell laboratory Example Hospital "
        f"{a_serial('L').text} NOT FOR CLINICAL USE"
    )


def test_it_is_for_clinical_use_unless_it_is_a_demonstration():
    """The mark of a demonstration stands only on demonstrations."""
    assert "CLINICAL" not in read(location_label(a_location_label())).text


@pytest.mark.parametrize("field", ["name", "unit", "site"])
def test_too_long_a_text_is_refused(field):
    """500 characters are refused, naming the field."""
    with pytest.raises(DoesNotFit) as caught:
        location_label(a_location_label(**{field: "x" * 500}))

    assert caught.value.field == field


@pytest.mark.parametrize("field", ["name", "unit", "site"])
@pytest.mark.parametrize("text", ["", " ", "abc\u202edef", "a\tb"])
def test_an_empty_or_deceptive_text_is_refused(field, text):
    """Nothing on the label of a place is blank or hides characters."""
    with pytest.raises(CannotPrint) as caught:
        location_label(a_location_label(**{field: text}))

    assert caught.value.field == field


def test_a_serial_of_another_kind_is_refused():
    """A bag's serial never stands on a shelf."""
    with pytest.raises(CannotPrint) as caught:
        location_label(a_location_label(serial=a_serial("B")))

    assert caught.value.code == "WRONG_KIND"
