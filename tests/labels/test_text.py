"""Text is printed as it is given, or refused; never clipped, shrunk or interpreted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from labels.errors import CannotPrint, DoesNotFit
from labels.layout import Slot
from labels.text import fitted, moment

NAME = Slot(field="patient_name", x_mm=0, y_mm=10, width_mm=80, size_pt=10)
TWO_LINES = Slot(field="patient_name", x_mm=0, y_mm=10, width_mm=40, size_pt=10, lines=2)


@pytest.mark.parametrize(
    "text",
    [
        "O'Brien <b>",
        "Łukasiewicz Zoë",
        "Ὀδυσσεύς",
        "Иванова",
        "& &amp; %s {0} \\n",
        "≤ \N{MINUS SIGN}150 °C",
    ],
)
def test_names_and_markup_are_plain_text(text):
    """Letters of Europe are printed, and what looks like markup is only letters."""
    assert fitted(NAME, text).lines == (text,)


def test_a_letter_and_its_mark_become_one_letter():
    """Decomposed letters are composed, so that the mark stands over its letter."""
    assert fitted(NAME, "Zoe\u0308").lines == ("Zoë",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x00b", "CONTROL_CHARACTERS"),
        ("two\nlines", "CONTROL_CHARACTERS"),
        ("right \u202eto left", "CONTROL_CHARACTERS"),
        ("isolate \u2067x\u2069", "CONTROL_CHARACTERS"),
        ("zero\u200bwidth", "CONTROL_CHARACTERS"),
        ("soft\u00adhyphen", "CONTROL_CHARACTERS"),
        ("line\u2028separator", "CONTROL_CHARACTERS"),
        ("half a pair \ud800", "CONTROL_CHARACTERS"),
        ("שרה", "RIGHT_TO_LEFT"),
        ("فاطمة", "RIGHT_TO_LEFT"),
        ("q\u0308", "COMBINING_MARK"),
        ("王芳", "NO_GLYPH"),
        ("private \ue999", "NO_GLYPH"),
    ],
)
def test_what_cannot_be_read_is_refused(text, code):
    """Whatever a reader could not see, or would see wrongly, is refused."""
    with pytest.raises(CannotPrint) as caught:
        fitted(NAME, text)

    assert caught.value.code == code
    assert caught.value.field == "patient_name"


def test_a_refusal_does_not_repeat_the_text():
    """A patient's name does not stand in the sentence of a refusal."""
    with pytest.raises(CannotPrint) as caught:
        fitted(NAME, "Secretname\x07")

    assert "Secretname" not in str(caught.value)


def test_too_long_a_text_is_refused_whole():
    """500 characters are not clipped; the refusal says which field and how much room there is."""
    with pytest.raises(DoesNotFit) as caught:
        fitted(NAME, "x" * 500)

    assert (caught.value.field, caught.value.width_mm) == ("patient_name", 80)
    assert caught.value.text == "x" * 500


def test_a_text_is_broken_at_spaces():
    """A text too long for one line goes on in the next, and no word is lost or parted."""
    lines = fitted(TWO_LINES, "Maria Magdalena Example Longname").lines

    assert lines == ("Maria Magdalena", "Example Longname")


def test_a_text_of_too_many_lines_is_refused():
    """What needs a third line in a place of two does not fit."""
    with pytest.raises(DoesNotFit):
        fitted(TWO_LINES, "Maria Magdalena Example Longname the Third of Somewhere")


def test_a_moment_is_printed_with_its_zone():
    """Times are printed with their distance from UTC, in the zone in which they are given."""
    west = timezone(timedelta(hours=-3, minutes=-30))

    assert moment("made", datetime(2026, 11, 22, 14, 5, tzinfo=UTC)) == "2026-11-22 14:05 +00:00"
    assert moment("made", datetime(2026, 1, 2, 3, 4, 59, tzinfo=west)) == "2026-01-02 03:04 -03:30"


def test_a_moment_without_a_zone_is_refused():
    """A time without a zone means nothing on a bag that travels."""
    with pytest.raises(CannotPrint) as caught:
        moment("expires_at", datetime(2026, 11, 22, 14, 5))  # noqa: DTZ001 - the fault itself

    assert caught.value.code == "NO_ZONE"


def test_a_long_text_is_set_smaller_where_its_slot_allows_it():
    """As large as it fits, and never smaller than the template says."""
    slot = replace(NAME, width_mm=60, size_pt=12, smallest_pt=9)

    assert fitted(slot, "Short").size_pt == 12
    assert 9 <= fitted(slot, "A name that is too long for its size").size_pt < 12
    with pytest.raises(DoesNotFit):
        fitted(slot, "A name that is too long for its size, as small as it gets")
