"""What is wrong with a scanner is told by what it typed."""

import pytest

from coi.services.device_tests import CHARACTERS
from coi.services.wedge import diagnosis, without_identifier

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
        (f"{CODE}\t", "“\t” after", "Clear its prefix"),
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


def test_the_first_characters_that_differ_are_shown_with_their_numbers():
    """Some characters show nothing, and a screen full of them helps nobody."""
    found = diagnosis(CODE, f"\u200b{CODE[1:-1]}")
    every = diagnosis(CODE, "?" * len(CODE))

    assert [(one.place, one.expected, one.number) for one in found.differ] == [
        (1, "0", "U+200B"),
        (len(CODE), "d", ""),
    ]
    assert len(every.differ) == 12


def test_only_what_is_an_identifier_is_taken_off():
    """A code that begins otherwise is left as it is."""
    assert without_identifier("]x") == "]x"
    assert without_identifier("]C1]C1AB\r") == "]C1AB"
    assert without_identifier("AB]C1") == "AB]C1"
