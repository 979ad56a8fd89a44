"""Element strings of GS1 are read as what they name, written as they read, or refused."""

from datetime import UTC, date, datetime

import pytest

from labels.codes.gs1 import (
    Giai,
    Gln,
    Grai,
    Gs1Codes,
    Provider,
    Recipient,
    Sgtin,
    Sscc,
    day_near,
    read_gs1,
)
from labels.codes.gs1_elements import Element, elements_of, judged
from tests.labels.codes.builders import GS1, read, refusal, refused

BAG = "010952123454321317271231" + "10LOT42\x1d21SN0001"
TODAY = date(2026, 11, 28)


def without_fnc1(vector):
    """Give what a scanner sends for a vector: separators, and nothing for the first FNC1."""
    return vector["raw"].removeprefix("^").replace("^", "\x1d")


@pytest.mark.parametrize("vector", GS1["element_strings"], ids=lambda vector: vector["hri"])
def test_elements_are_those_that_are_printed(vector):
    """Each identifier has its value; needless separators are allowed."""
    elements = elements_of(without_fnc1(vector))

    assert "".join(f"({one.identifier}){one.value}" for one in elements) == vector["hri"]


@pytest.mark.parametrize("vector", GS1["no_element_strings"], ids=lambda vector: vector["why"])
def test_what_is_no_element_string_is_refused(vector):
    """Without FNC1 nothing says that it is GS1; with it, what follows must be right."""
    symbology = "]d2" if vector["raw"].startswith("^") else ""

    assert refused(symbology + without_fnc1(vector))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (BAG, (Sgtin("09521234543213", "SN0001"),)),
        ("00106141412345678908", (Sscc("106141412345678908"),)),
        ("414952132100001825401-A-3", (Gln("9521321000018", "01-A-3"),)),
        ("4179521321000018", (Gln("9521321000018"),)),
        ("800309521321000018SER1", (Grai("9521321000018", "SER1"),)),
        ("800309521321000018", (Grai("9521321000018"),)),
        ("80049521321LOGGER7", (Giai("9521321LOGGER7"),)),
        ("8017123456789012345675\x1d80197", (Provider("123456789012345675", "7"),)),
        ("8018123456789012345675", (Recipient("123456789012345675"),)),
        ("0109521234543213", ()),
    ],
)
def test_a_symbol_names_typed_keys(text, keys):
    """An item, a shipper, a place with its position, a thing, a person at work, a patient."""
    assert read("]d2" + text).keys == keys


@pytest.mark.parametrize("symbology", ["]C1", "]d2", "]Q3"])
def test_the_same_elements_are_equal_in_every_carrier_and_order(symbology):
    """Element strings of each carrier, in another order, and written again."""
    codes = read(symbology + "0109521234543213" + "21SN0001\x1d10LOT42\x1d17271231")

    assert codes == read("]d2" + BAG) == read("]d2" + codes.data)


def test_what_is_written_has_separators_only_where_they_are_due():
    """Fixed lengths first, one separator between two values of changing length, none at the end."""
    codes = Gs1Codes(tuple(elements_of(BAG))[::-1])

    assert codes.data == BAG
    assert codes.text == "(01)09521234543213(17)271231(10)LOT42(21)SN0001"
    assert (codes.gtin, codes.lot) == ("09521234543213", "LOT42")


def test_equal_texts_of_two_kinds_are_not_equal():
    """A lot is no serial, though both hold the same characters."""
    as_lot, as_serial = read("]d2010952123454321310ABC"), read("]d2010952123454321321ABC")

    assert as_lot != as_serial


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "EMPTY"),
        ("\x1d", "UNKNOWN_IDENTIFIER"),
        ("0109521234543214", "WRONG_CHECK_CHARACTER"),
        ("8018123456789012345674", "WRONG_CHECK_CHARACTER"),
        ("800309521321000019SER1", "WRONG_CHECK_CHARACTER"),
        ("80131987654Ad4X4bL5ttr2310cXK", "WRONG_CHECK_CHARACTER"),
        ("80030952132100001", "BAD_VALUE"),
        ("0109521234543213" + "10" + "A" * 20 + "17271231", "NO_SEPARATOR"),
        ("0109521234543213" + "10" + "A" * 21, "NO_SEPARATOR"),
        ("010952123454321310AB\x1d\x1d21C", "UNKNOWN_IDENTIFIER"),
        ("0109521234543213 ", "UNKNOWN_IDENTIFIER"),
        (" 0109521234543213", "UNKNOWN_IDENTIFIER"),
        ("010952123454321310A\nB", "NO_SEPARATOR"),
        ("010952123454321310\x00", "BAD_CHARACTER"),
        ("01" + "\N{ARABIC-INDIC DIGIT ONE}" * 14, "BAD_CHARACTER"),
        ("010952123454321O", "LOOK_ALIKE"),
        ("010952123454321317270230", "NO_SUCH_DAY"),
        ("010952123454321317271331", "BAD_VALUE"),
        ("01095212345432137003271231" + "2400", "NO_SUCH_DAY"),
        ("01095212345432137003271301" + "1200", "NO_SUCH_DAY"),
        ("8018123456789012345675\x1d725019610231", "NO_SUCH_DAY"),
        ("10LOT42", "DESCRIBES_NOTHING"),
        ("21SN0001", "DESCRIBES_NOTHING"),
        ("254SHELF", "DESCRIBES_NOTHING"),
        ("725019610704", "DESCRIBES_NOTHING"),
        ("8017123456789012345675\x1d8018123456789012345675", "NOT_TOGETHER"),
        ("010952123454321310A\x1d10B", "SAID_TWICE"),
        ("0" * 401, "TOO_LONG"),
    ],
)
def test_every_fault_is_refused_by_its_name(text, code):
    """What is wrong with a symbol is what its refusal says, where biip is lenient too."""
    assert refused("]d2" + text) == code


def test_elements_are_read_from_symbols_of_gs1_alone():
    """Whoever asks for them from another symbol is refused."""
    assert refusal(lambda: read_gs1(BAG, "]d1")) == "WRONG_SYMBOL"


def test_an_element_is_of_its_identifier_alone():
    """An identifier that runs into its value, or that there is not, makes no element."""
    assert judged("10", "LOT42") == Element("10", "LOT42")
    assert refusal(lambda: judged("1", "0LOT42")) == "UNKNOWN_IDENTIFIER"
    assert refusal(lambda: judged("89", "1")) == "UNKNOWN_IDENTIFIER"


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("271231", TODAY, date(2027, 12, 31)),
        ("280200", TODAY, date(2028, 2, 29)),
        ("761231", TODAY, date(2076, 12, 31)),
        ("771231", TODAY, date(1977, 12, 31)),
        ("000101", date(2060, 1, 1), date(2100, 1, 1)),
        ("990101", date(2060, 1, 1), date(2099, 1, 1)),
        ("100101", date(2060, 1, 1), date(2110, 1, 1)),
        ("110101", date(2060, 1, 1), date(2011, 1, 1)),
    ],
)
def test_a_year_of_two_digits_is_the_one_near_today(text, today, day):
    """The century is the one within fifty years; day 00 is the last one of its month."""
    assert day_near(text, today) == day


def test_an_expiry_is_the_last_moment_of_its_day_or_the_one_that_is_said():
    """With a time it is that time; without one the end of the day; without an expiry nothing."""
    timed = read("]d201095212345432137003" + "2712310630")

    assert read("]d2" + BAG).expires_at(TODAY, UTC) == datetime(2027, 12, 31, 23, 59, tzinfo=UTC)
    assert timed.expires_at(TODAY, UTC) == datetime(2027, 12, 31, 6, 30, tzinfo=UTC)
    assert read("]d20109521234543213").expires_at(TODAY, UTC) is None


def test_what_a_band_says_of_its_patient_is_not_shown():
    """Name and birth date of a patient's symbol stand in no text about it."""
    codes = read("]d28018123456789012345675\x1d725019610704\x1d7256Anna+Example")

    assert "Anna" not in repr(codes)
    assert "1961" not in repr(codes)
