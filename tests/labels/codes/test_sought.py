"""By what of the record a code of another system is looked up, and how such a number is kept."""

import pytest

from labels.codes.scans import OURS, Dialects, IsbtTables
from labels.codes.sought import donation_named, kept_as, sought_by
from tests.labels.codes.builders import ALL, read, refusal

KEPT = "A9999 26 123456 T"
EUROPEAN = "&,4XX000001A999926123456A0S1234500120271231"


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
    ["=A99992612345600", "]C0=A99992612345600", "A9999 26 123456 T", "a999926123456t"],
)
def test_a_donation_number_is_kept_in_one_spelling(text):
    """Scanned or typed, with its check character."""
    assert kept_as("donation_number", text, ALL) == KEPT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A9999 26 123456 X", "WRONG_CHECK_CHARACTER"),
        ("A999926123456", "WRONG_LENGTH"),
        ("=<S25981A0", "BAD_VALUE"),
        ("]d28004952LOGGER7", "BAD_VALUE"),
        ("=A9999261234560", "WRONG_LENGTH"),
    ],
)
def test_a_wrong_donation_number_is_refused(text, code):
    """By its check character, its length, or because it names something else."""
    assert refusal(lambda: kept_as("donation_number", text, ALL)) == code


@pytest.mark.parametrize("text", ["DN-17", "2026/0815", "A9999 26 123456 X"])
def test_numbers_of_another_scheme_stay_as_they_are(text):
    """And so does everything at a site that does not read ISBT 128."""
    assert kept_as("donation_number", text, OURS) == text
    assert text.startswith("A9999") or kept_as("donation_number", text, ALL) == text


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
        "SEC: XX000001A999926123456 A0S1234500120271231",
        "SEC:XX000002A999926123456A0S1234500220271231",
        EUROPEAN,
    ],
)
def test_one_donation_is_named_in_many_spellings(number):
    """As it was written before anybody read the dialect, as it is kept since, and in a code."""
    assert donation_named(number) == ("A999926123456", "")


@pytest.mark.parametrize(
    "number", ["D-1", "d-1", "A999926123456X", "SEC: short", "SEC:", "", "Ä999926123456", "=A9"]
)
def test_a_number_of_another_scheme_is_told_as_it_is(number):
    """Also one that merely looks like one of ISBT 128, and has another check character."""
    assert donation_named(number) == (number, "")


def test_another_european_code_names_a_donation_of_its_establishment():
    """Whatever of it is in the bag; another establishment may have the same number."""
    first = donation_named("SEC: DE000001000000000000D A0S1234500120271231")
    second = donation_named("SEC: DE000001000000000000D A0S9999900220271231")
    elsewhere = donation_named("SEC: FR000001000000000000D A0S1234500120271231")

    assert first == second == ("000000000000D", "DE000001")
    assert elsewhere != first
