"""By what of the record a code of another system is looked up, and how such a number is kept."""

import pytest

from labels.codes.scans import OURS, Dialects, IsbtTables
from labels.codes.sought import donation_named, kept_as, sought_by
from labels.errors import NotACode
from tests.labels.codes.builders import ALL, read, refusal

KEPT = "A9999 26 123456 T"
EUROPEAN = "&,4XX000001A999926123456A0S1234500120271231"


def wide(text):
    """As a keyboard writes it that is set to Japanese."""
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


@pytest.mark.parametrize(
    "raw", ["=A99992612345600", "=A99992612345608", "]C4=A99992612345600=<S25981A0"]
)
def test_a_donation_is_sought_in_one_spelling(raw):
    """Whatever its flags, its symbol, and what stands beside it."""
    fields = sought_by(read(raw))

    assert fields == (("donation_number", KEPT),)


@pytest.mark.parametrize(
    ("raw", "sought"),
    [
        ("]d2010952123454321310B-7", [("batch_number", "B-7")]),
        (
            "]d28004952LOGGER7",
            [("logger_serial", "(8004)952LOGGER7"), ("seal_number", "(8004)952LOGGER7")],
        ),
        ("]d28018123456789012345675", []),
        ("&#0108MRN12345", []),
    ],
)
def test_lots_and_things_are_sought_each_in_their_fields(raw, sought):
    """A lot is no serial; nothing of a patient is looked up."""
    assert list(sought_by(read(raw))) == sought


@pytest.mark.parametrize(
    "text",
    [
        *("=A99992612345600", "]C0=A99992612345600", "A9999 26 123456 T", "a999926123456t"),
        *(
            "A9999 26 123456 00 T",
            "A9999 26 123456T",
            " =A99992612345600",
            "A9999\u00a026 123456 T",
            wide("A999926123456T"),
            wide("]C0=A99992612345600"),
        ),
    ],
)
def test_a_donation_number_is_kept_in_one_spelling(text):
    """Scanned or typed, with its check character."""
    assert kept_as("donation_number", text, ALL) == KEPT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A9999 26 123456 X", "WRONG_CHECK_CHARACTER"),
        ("A9999 26 123456X", "WRONG_CHECK_CHARACTER"),
        ("A9999 26 123456 00 X", "WRONG_CHECK_CHARACTER"),
        ("A999926123456", "WRONG_LENGTH"),
        ("=<S25981A0", "BAD_VALUE"),
        ("]d28004952LOGGER7", "BAD_VALUE"),
        ("=A9999261234560", "WRONG_LENGTH"),
    ],
)
def test_a_wrong_donation_number_is_refused(text, code):
    """By its check character, its length, or because it names something else."""
    assert refusal(lambda: kept_as("donation_number", text, ALL)) == code


@pytest.mark.parametrize("dialects", [ALL, OURS])
@pytest.mark.parametrize(
    "text",
    ["\u04109999 26 123456 T", "D-\u0661", "D\u200b-1", "D-1\u0301", "D²", "=\u041099992612345600"],
)
def test_letters_that_only_look_like_plain_ones_are_refused(text, dialects):
    """A letter of Cyrillic, a digit of Arabic, what nobody sees: it would be another number."""
    assert refusal(lambda: kept_as("donation_number", text, dialects)) == "BAD_CHARACTER"


def test_whoever_typed_such_a_letter_is_told_which():
    """Nobody could see it."""
    with pytest.raises(NotACode, match="has no cyrillic capital letter a"):
        kept_as("donation_number", "\u0410-1", OURS)


@pytest.mark.parametrize("text", ["DN-17", "2026/0815", "A9999 26 123456 X"])
def test_numbers_of_another_scheme_stay_as_they_are(text):
    """And so does everything at a site that does not read ISBT 128."""
    assert kept_as("donation_number", text, OURS) == text
    assert text.startswith("A9999") or kept_as("donation_number", text, ALL) == text


def test_a_number_is_kept_without_what_nobody_sees():
    """Nor with what the scanner tells of the symbol, also where nobody reads ISBT 128."""
    spellings = ("]C0 ]C0=A99992612345600", "\u00a0D\u2009-\u200d1 ", "]C0")

    kept = [kept_as("donation_number", text, OURS) for text in spellings]

    assert kept == ["=A99992612345600", "D -1", "]C0"]


def test_letters_as_wide_as_those_of_another_script_are_plain_ones():
    """What a keyboard writes that is set to Japanese is the same number."""
    assert kept_as("donation_number", wide("D-1"), OURS) == "D-1"
    assert donation_named(wide("d-1")) == donation_named("D-1")


def test_a_thing_is_kept_without_what_else_its_symbol_says():
    """The same logger is the same, with its lot beside it or without."""
    assert kept_as("logger_serial", "]d28004952LOGGER7", ALL) == "(8004)952LOGGER7"
    assert kept_as("logger_serial", "TL-7", ALL) == "TL-7"
    assert kept_as("seal_number", "]d28004952X", Dialects(isbt128=IsbtTables())) == "]d28004952X"


@pytest.mark.parametrize(
    "number",
    [
        KEPT,
        "a9999 26 123456 t",
        "A999926123456T",
        "A999926123456",
        "=A99992612345608",
        "]C0=A99992612345600",
        "=A99992612345699",
        "]C4=A99992612345600=<S1234V00",
        "A9999 26 123456 00 T",
        "A99992612345600",
        "A9999 26 123456T\t",
        "\u00a0A9999\u202f26 123456 T",
        "XX000001A999926123456 A0S1234500120271231",
        "SEC: XX000001A999926123456 A0S1234500120271231",
        "SEC:XX000002A999926123456A0S1234500220271231",
        EUROPEAN,
    ],
)
def test_one_donation_is_named_in_many_spellings(number):
    """As it was written before anybody read the dialect, as it is kept since, and in a code."""
    assert donation_named(number) == ("A999926123456", "")


@pytest.mark.parametrize(
    "number", ["D-1", "A999926123456X", "SEC:SHORT", "SEC:", "", "Ä999926123456", "=A9", "ä-1"]
)
def test_a_number_of_another_scheme_is_told_as_it_is(number):
    """Also one that merely looks like one of ISBT 128, and has another check character."""
    assert donation_named(number) == (number, "")


@pytest.mark.parametrize(
    "number", ["d-1", "D -1", " D-1", "D-1\t", "\u00a0D-1", "]C0D-1", "]C0 ]d1D-1", "D\u200d-1"]
)
def test_case_and_blanks_make_no_other_donation(number):
    """A stop too many costs little; a label on a wrong bag is what it is there for."""
    assert donation_named(number) == donation_named("D-1")


def test_a_dash_makes_another_number():
    """All that is seen, but for blanks, is part of a number of another scheme."""
    assert donation_named("D1") != donation_named("D-1")


def test_another_european_code_names_a_donation_of_its_establishment():
    """Whatever of it is in the bag; another establishment may have the same number."""
    first = donation_named("SEC: DE000001000000000000D A0S1234500120271231")
    second = donation_named("SEC: DE000001000000000000D A0S9999900220271231")
    elsewhere = donation_named("SEC: FR000001000000000000D A0S1234500120271231")

    assert first == second == ("000000000000D", "DE000001")
    assert elsewhere != first
