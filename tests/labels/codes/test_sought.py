"""By what of the record a code of another system is looked up, and how such a number is kept."""

import pytest

from labels.codes.scans import OURS, Dialects, IsbtTables
from labels.codes.sought import also_written, kept_as, sought_by
from tests.labels.codes.builders import ALL, read, refusal

KEPT = "A9999 26 123456 T"
EUROPEAN = "&,4XX0000010A999926123456A0S1234500120271231"


@pytest.mark.parametrize(
    "raw", ["=A99992612345600", "=A99992612345608", "]C4=A99992612345600=<S25981A0"]
)
def test_a_donation_is_sought_in_one_spelling(raw):
    """Whatever its flags, its symbol, and what stands beside it."""
    fields = sought_by(read(raw))

    assert fields[0] == ("donation_number", KEPT)
    assert ("donation_number", "A999926123456") in fields


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
    ("number", "others"),
    [
        (KEPT, {"A999926123456", "A999926123456T", "=A99992612345600"}),
        ("SEC: XX000001A999926123456 A0S1234500120271231", {KEPT, "A999926123456T"}),
        ("SEC: XX000001000000000000D A0S1234500120271231", set()),
        ("SEC: short", set()),
        ("D-1", set()),
    ],
)
def test_one_number_is_looked_for_in_every_spelling(number, others):
    """As it was written before anybody read the dialect, and as it is kept since."""
    spelt = also_written(number)

    assert number in spelt
    assert others <= {*spelt}
    assert bool(others) == (len(spelt) > 1)
