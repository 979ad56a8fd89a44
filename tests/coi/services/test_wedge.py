"""What is wrong with a scanner is told by what it typed."""

import pytest

from coi.services.device_tests import CHARACTERS
from coi.services.received import Sent, marks, pictured, with_controls
from coi.services.wedge import diagnosis, notes, without_identifier

CODE = f"{CHARACTERS}0a1b2c3d"
TO_GERMAN = str.maketrans("yzYZ-=+/:&", "zyZYß\N{ACUTE ACCENT}`-Ö/")
FROM_GERMAN = str.maketrans("zyZYß\N{ACUTE ACCENT}`-Ö/", "yzYZ-=+/:&")
TO_FRENCH = str.maketrans("1234567890aqzwAQZWmM-/:&%!.", "&é\"'(-è_çàqawzQAWZ,?)!M751:")


@pytest.mark.parametrize("came", [CODE, f"{CODE}\r", f"{CODE}\r\n", f"]Q1{CODE}", f"]d2{CODE}\r"])
def test_a_code_that_came_as_it_is_has_nothing_wrong(came):
    """With its Enter, and with what a scanner says of the symbol that it read."""
    assert diagnosis(CODE, came) is None


@pytest.mark.parametrize(
    ("came", "what", "do"),
    [
        ("", "Nothing came", "cable"),
        (CODE.swapcase(), "Caps Lock is on", "Press Caps Lock"),
        (CODE.upper(), "one case", "leave capitals"),
        (CODE.lower(), "one case", "leave capitals"),
        (f"#{CODE}", "“#” before", "Clear its prefix"),
        (f"{CODE}\t", "“<TAB>” after", "in place of Tab"),
        (CODE.translate(TO_GERMAN), "set to one that is German", "to the German keyboard"),
        (
            CODE.translate(TO_GERMAN).replace("\N{ACUTE ACCENT}", "").replace("`", ""),
            "set to one that is German",
            "to the German keyboard",
        ),
        (CODE.translate(FROM_GERMAN), "a keyboard that is German", "to the English (US) keyboard"),
        (CODE.translate(TO_FRENCH), "set to one that is French", "to the French keyboard"),
        ("".join(one * 2 for one in CODE), "came twice", "alone"),
        (CODE[:10] + CODE[12:], "2 characters are missing", "wait a little"),
        (CODE[::-1], "Other characters came", "its maker delivers"),
        ("\u202e<b>x</b>", "Other characters came", "its maker delivers"),
    ],
)
def test_each_wrong_setting_is_told_with_what_to_do(came, what, do):
    """Caps Lock, prefix and suffix, keyboards of two countries, doubles, gaps; or it says so."""
    found = diagnosis(CODE, came)

    assert what in found.what
    assert do in found.do


GS1 = f"010950600013435210yzYZ-=+/:&\x1d21{CODE[-8:]}"


@pytest.mark.parametrize(
    ("came", "what"),
    [
        (GS1.replace("\x1d", ""), "separator GS of GS1 is missing"),
        (GS1.replace("\x1d", "{GS}"), "“{GS}” came in place of the separator GS"),
        (GS1.replace("\x1d", "").translate(TO_GERMAN), "set to one that is German"),
    ],
)
def test_a_separator_that_does_not_come_is_told(came, what):
    """Many scanners do not send it before they are set to."""
    assert what in diagnosis(GS1, came).what


@pytest.mark.parametrize(
    ("came", "around"),
    [
        (f"#{CODE}", ("#", "")),
        (f"#{CODE}$\r", ("#", "$")),
        (f"\x02]Q1{CODE}", ("\x02", "")),
        (f"B{CODE}", ("", "")),
        (f"{CODE}7", ("", "")),
        (f"{CODE}\t", ("", "")),
    ],
)
def test_a_device_takes_off_what_no_code_of_ours_begins_or_ends_with(came, around):
    """Else a code might lose what is its own; that is cleared at the scanner."""
    found = diagnosis(CODE, came)

    assert (found.before, found.after) == around


@pytest.mark.parametrize(
    ("ending", "said"), [("\r", ""), ("\r\n", ""), ("", "No Enter"), ("\r\r", "More than one")]
)
def test_the_end_of_a_code_is_told(ending, said):
    """Between two codes of a form stands an Enter."""
    found = " ".join(notes(ending))

    assert bool(found) == bool(said)
    assert said in found


def test_each_character_that_came_is_told_with_what_is_wrong_with_it():
    """In order; those that show nothing by name or number."""
    found = marks("ab\x1dc-d", Sent("#]Q1xb c-d\u200b\r", "#", is_heard=True))

    assert [(one.how, one.shown, one.instead_of) for one in found] == [
        *[("left out", one, "") for one in "#]Q1"],
        ("changed", "x", "a"),
        ("right", "b", ""),
        ("changed", "<SPACE>", "<GS>"),
        *[("right", one, "") for one in "c-d"],
        ("added", "<U+200B>", ""),
        ("right", "<CR>", ""),
    ]
    assert [one.place for one in found] == list(range(1, len(found) + 1))


def test_what_is_missing_stands_where_it_should_have_come():
    """Crossed out."""
    found = marks("abc", Sent("ac"))

    assert [(one.how, one.shown) for one in found] == [
        ("right", "a"),
        ("missing", "b"),
        ("right", "c"),
    ]


@pytest.mark.parametrize("sent", ["#A$", "A$", "#A", "#$", "A"])
def test_what_is_taken_off_stands_on_both_sides(sent):
    """What came otherwise was not typed by this scanner, and is left as it is."""
    assert Sent(sent, "#", "$").bare == ("A" if sent == "#A$" else sent)


def test_any_form_carries_a_control_character():
    """As the sign for it."""
    assert with_controls(pictured("a\x1d\r\x00")) == "a\x1d\r\x00"
    assert pictured("\x1d") == "\u241d"


def test_only_what_is_an_identifier_is_taken_off():
    """A code that begins otherwise is left as it is."""
    assert without_identifier("]x") == "]x"
    assert without_identifier("]C1]C1AB\r") == "]C1AB"
    assert without_identifier("AB]C1") == "AB]C1"
