"""Structures of the ISBT 128 format are read as what they are, written as they were, or refused."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from labels.codes.dates import (
    BirthDate,
    Collection,
    Expiry,
    ExpiryDay,
    Flexible,
    MonthOfExpiry,
    ProductionDay,
)
from labels.codes.donations import ChainId, Din
from labels.codes.isbt128 import STRUCTURES, message
from labels.codes.things import BloodGroup, Consignment, Division, PatientNumber, Product
from tests.labels.codes.builders import ISBT128, read, refusal, refused

WHOLE = ISBT128["structures"]
NONE = ISBT128["no_structures"]
MESSAGES = ISBT128["messages"]
TOGETHER = [*MESSAGES, *ISBT128["side_by_side"]]
DIN = "=A99992612345600"
CHAIN = "&/CHA999926A00123"


@pytest.mark.parametrize("vector", WHOLE, ids=lambda vector: vector["ds"])
def test_a_structure_is_read_and_written_again(vector):
    """Each is of the number that it should be, and its data are those that were read."""
    (structure,) = read(vector["raw"]).structures

    assert (structure.shape.number, structure.data) == (vector["ds"], vector["raw"])


@pytest.mark.parametrize("vector", NONE, ids=lambda vector: vector["why"])
def test_what_is_no_structure_is_refused(vector):
    """Whatever the reason, it is refused as a code that is none."""
    assert refused(vector["raw"])


@pytest.mark.parametrize("vector", TOGETHER, ids=lambda vector: "-".join(vector["ds"]))
def test_several_structures_are_read_as_one_scan(vector):
    """A message and two codes side by side hold the structures that they should."""
    codes = read(vector["raw"])

    assert [one.shape.number for one in codes.structures] == sorted(vector["ds"])


@pytest.mark.parametrize("vector", ISBT128["no_messages"], ids=lambda vector: vector["why"])
def test_what_is_no_message_is_refused(vector):
    """A wrong count and a structure that may not stand in a message are refused."""
    assert refused(vector["raw"]) in {"WRONG_COUNT", "NATIONAL_STRUCTURE"}


def test_antigens_of_red_cells_are_never_a_blood_group():
    """The trap of the standard: a backslash where a blood group has its percent sign."""
    codes = read(ISBT128["traps"][0]["raw"])

    assert codes.one(BloodGroup) is None
    assert [one.shape.number for one in codes.structures] == ["012"]


def test_two_labels_of_one_donation_name_the_same():
    """Flags tell labels apart and are no part of the donation number."""
    first, second = read("=A99992612345612"), read("=A99992612345613")

    assert first == second
    assert [codes.one(Din).flags for codes in (first, second)] == ["12", "13"]


def test_a_message_names_the_same_in_any_order():
    """The published message in free order and in that of the table are equal; so is one built."""
    free, ordered = (read(vector["raw"]) for vector in MESSAGES[:2])

    assert free == ordered == read(message(free.structures))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("=A9999261234560", "WRONG_LENGTH"),
        (DIN + "0", "WRONG_LENGTH"),
        (DIN + "\x1d", "WRONG_LENGTH"),
        ("=O99992612345600", "LOOK_ALIKE"),
        ("=A9999261234S600", "BAD_CHARACTER"),
        ("=A999926123I5600", "LOOK_ALIKE"),
        ("=A99992612345614", "RESERVED_FLAGS"),
        ("=A99992612345690", "WRONG_CHECK_CHARACTER"),
        ("=A9999\N{ARABIC-INDIC DIGIT TWO}612345600", "BAD_CHARACTER"),
        ("=>026000", "NO_SUCH_DAY"),
        ("=>025366", "NO_SUCH_DAY"),
        ("=>526001", "BAD_CHARACTER"),
        ("&>0263312360", "NO_SUCH_DAY"),
        ("=#0120260230", "NO_SUCH_DAY"),
        ("=(2002202602301530", "NO_SUCH_DAY"),
        ("&#01XX", "BAD_CHARACTER"),
        ("&#", "WRONG_LENGTH"),
        ("&$01AAAA", "WRONG_LENGTH"),
        ("&:9990A1B2C3D4E5F6G07", "WRONG_CHECK_CHARACTER"),
        ("={123456", "RETIRED_STRUCTURE"),
        ("&,3" + "0" * 18, "RETIRED_STRUCTURE"),
        ("&aLOCAL", "NATIONAL_STRUCTURE"),
        ("&,9", "UNKNOWN_STRUCTURE"),
        ("=", "WRONG_LENGTH"),
        ("=?", "UNKNOWN_STRUCTURE"),
        ("&", "UNKNOWN_STRUCTURE"),
        ("=+", "WRONG_COUNT"),
        ("=+00000", "WRONG_COUNT"),
        ("=+XX000" + DIN, "WRONG_COUNT"),
        ("=+01000=+01000" + DIN, "WRONG_COUNT"),
        ("=+02000" + DIN + DIN, "SAID_TWICE"),
        ("=+02999" + DIN + CHAIN, "UNKNOWN_ORDER"),
        ("=+02035" + DIN + CHAIN, "WRONG_ORDER"),
        ("=<S2598199", "DIVISION_MISSING"),
        (DIN + CHAIN + "=>026331", "WRONG_COUNT"),
        ("]C4" + DIN, "WRONG_COUNT"),
        ("]C0" + DIN + CHAIN, "WRONG_COUNT"),
        ("]d1" + DIN + CHAIN, "WRONG_COUNT"),
        ("]C1" + DIN, "WRONG_SYMBOL"),
        ("]Q1" + DIN, "WRONG_SYMBOL"),
        ("=" * 401, "TOO_LONG"),
    ],
)
def test_every_fault_is_refused_by_its_name(raw, code):
    """What is wrong with a code is what its refusal says."""
    assert refused(raw) == code


@pytest.mark.parametrize("symbology", ["", "]C0", "]d1"])
def test_one_donation_number_is_the_same_in_every_symbol(symbology):
    """Read from Code 128, from a Data Matrix or without a word of the symbol, it is equal."""
    codes = read(symbology + DIN)

    assert codes == read(DIN)
    assert codes.symbology == symbology


def test_a_division_beside_its_product_is_read():
    """A product code that leaves the division to a code of its own is read together with it."""
    codes = read("]C4=<S2598199=,000012")

    assert codes.one(Division).division == "000012"
    assert codes.one(Product).division_is_elsewhere


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("=>019031", date(2019, 1, 31)),
        ("=>024366", date(2024, 12, 31)),
        ("=>999001", date(1999, 1, 1)),
        ("=#0119610704", date(1961, 7, 4)),
    ],
)
def test_a_day_is_a_day_of_the_calendar(raw, day):
    """Ordinal days and written days, of the last century too."""
    (structure,) = read(raw).structures

    assert structure.day == day


def test_a_moment_is_told_by_the_clock_of_the_one_who_printed_it():
    """The code names no zone; one that says UTC is not asked for the local one."""
    berlin = ZoneInfo("Europe/Berlin")
    local, universal = read("&>0183652359").one(Expiry), read("=(2002202612031530").one(Flexible)

    assert local.moment(berlin) == datetime(2018, 12, 31, 23, 59, tzinfo=berlin)
    assert universal.moment(berlin) == datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
    assert universal.of == "collection"


def test_structures_are_built_from_what_they_mean():
    """Days, moments, numbers with their length, and a chain of identity."""
    at = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    built = (
        ExpiryDay.of(date(2019, 1, 31)),
        ProductionDay.of(date(2017, 2, 1)),
        Collection.at(at),
        PatientNumber.of("01", "MRN12345"),
        ChainId.of("A9999", "26", "A00123"),
        Consignment("A9999", "17", "12345", "01", "02"),
        MonthOfExpiry("2017", "03"),
    )

    assert [one.data for one in built] == [
        "=>019031",
        "=}017032",
        "&*0263261030",
        "&#0108MRN12345",
        CHAIN,
        "=$A999917123450102",
        "=]201703",
    ]


def test_nothing_wrong_is_built():
    """Parts that make no structure are refused when they are put together."""
    assert refusal(lambda: Din("O9999", "26", "123456")) == "LOOK_ALIKE"
    assert refusal(lambda: ExpiryDay.of(date(2126, 1, 1))) == "NO_SUCH_DAY"
    assert refusal(lambda: PatientNumber("01", "09", "MRN12345")) == "WRONG_LENGTH"


def test_a_number_on_a_band_keeps_what_it_was_printed_on():
    """Birth date and number say on what they were printed, and show nothing of the patient."""
    codes = read("&#0108MRN12345=#0119610704")

    assert codes.one(PatientNumber).printed_on == codes.one(BirthDate).printed_on == "01"
    assert "MRN12345" not in repr(codes)
    assert "19610704" not in repr(codes)


def test_no_two_structures_start_alike():
    """Each data identifier has one structure, and none is the beginning of another."""
    starts = [start for start in STRUCTURES if start != Din.shape.identifier]

    assert not [(a, b) for a in starts for b in starts if a != b and b.startswith(a)]
