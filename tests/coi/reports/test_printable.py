"""What is drawn is what was given: nothing is parsed, dropped or turned round."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coi.reports.printable import Style, broken, width_of, written_out
from tests.coi.reports.pages import as_given, squeezed

STYLE = Style()


@pytest.mark.parametrize(
    "text", ["O'Brien <b>", "&amp;", "Łukasiewicz Zoë", "5 µg, ≥ 70 %", "a{b}"]
)
def test_ordinary_text_is_drawn_as_it_is(text):
    """European names, markup and measures need no writing out."""
    assert written_out(text) == text


@pytest.mark.parametrize(
    "text", ["דוד", "محمد", "王", "a\u202eb", "tab\there", "x\u0301\u0323", "🙂"]
)
def test_what_would_come_out_wrongly_is_written_out(text):
    """Right-to-left script, controls, loose marks and missing glyphs stand as numbers."""
    printed = written_out(text)

    assert "{U+" in printed
    assert as_given(printed) == unicodedata.normalize("NFC", text)


def test_text_that_looks_like_a_number_is_told_apart():
    """Who writes {U+05D0} is not taken for somebody with a Hebrew name."""
    assert written_out("{U+05D0}") != written_out("\u05d0")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")))
def test_whatever_was_given_can_be_read_back(text):
    """Writing out loses nothing."""
    assert as_given(written_out(text)) == unicodedata.normalize("NFC", text)


@given(st.text("ab -ŁW<&\n", max_size=200), st.floats(20, 200))
def test_lines_are_never_wider_than_their_column(text, width):
    """Whatever its length, a text is broken into lines that fit, and none of it is lost."""
    lines = broken(text, STYLE, width)

    assert all(width_of(line, STYLE) <= width for line in lines)
    assert squeezed("".join(lines)) == squeezed(text)


def test_a_long_word_is_not_broken_behind_its_hyphen():
    """A hyphen at the end of a line would look like a broken word."""
    lines = broken("ABCD-" * 30, STYLE, 60)

    assert not any(line.endswith("-") for line in lines[:-1])


def test_line_breaks_of_the_text_stay():
    """A comment of two lines has two lines."""
    assert broken("first\nsecond", STYLE, 200) == ["first", "second"]
