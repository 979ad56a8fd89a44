"""Check characters are those of the standards, and of an implementation that is not ours."""

from random import Random

import pytest
from stdnum import ean
from stdnum.iso7064 import mod_37_2 as oracle

from labels.codes import mod37_2
from labels.codes.donations import Din
from labels.codes.gmn import has_right_pair
from labels.codes.gs1_elements import check_digit
from tests.labels.codes.builders import GS1, ISBT128

DINS = ISBT128["check_characters"]
WRONG = ISBT128["wrong_check_characters"]
OTHERS = {vector["kind"].split()[0]: vector for vector in ISBT128["other_check_characters"]}


@pytest.mark.parametrize("vector", DINS, ids=lambda vector: vector["din"])
def test_a_donation_number_has_its_published_check_character(vector):
    """The printed character and the flags of the third type are those of the vector."""
    din = Din.read(vector["din"] + "00")

    assert (din.check, din.check_flags) == (vector["check_char"], vector["type3_flag"])


@pytest.mark.parametrize("vector", WRONG, ids=lambda vector: vector["din"])
def test_a_wrong_check_character_is_not_that_of_the_number(vector):
    """Neither a wrong character nor that of two swapped digits is right."""
    wrong = vector.get("wrong_check", vector.get("check_char"))

    assert mod37_2.check_character(vector["din"]) != wrong


def test_check_digits_of_other_numbers_are_the_published_ones():
    """The two digits of a basic UDI-DI and of a registry donor, and the character of a chain."""
    device, chain, donor = OTHERS["Basic"], OTHERS["CoI"], OTHERS["GRID"]

    assert f"{mod37_2.check_value(device['data']):02}" == device["checksum_2digit"]
    assert mod37_2.check_character(chain["data"]) == chain["check_char"]
    assert f"{mod37_2.check_value(donor['ion'] + donor['rdi']):02}" == donor["checksum"]


def test_the_check_character_is_that_of_an_independent_implementation():
    """For 2,000 random texts; it is an asterisk for some."""
    random = Random(372)
    texts = ["".join(random.choices(mod37_2.ALPHABET[:-1], k=15)) for _ in range(2_000)]

    ours = [mod37_2.check_character(text) for text in texts]

    assert ours == [oracle.calc_check_digit(text) for text in texts]
    assert "*" in ours


@pytest.mark.parametrize("vector", GS1["check_digits"], ids=lambda vector: vector["value"])
def test_a_gs1_number_ends_with_its_check_digit(vector):
    """Of any length, the eighteen digits too that the usual library refuses."""
    value = vector["value"]

    assert (check_digit(value[:-1]) == value[-1]) is vector["valid"]


def test_the_check_digit_is_that_of_an_independent_implementation():
    """For 500 random numbers of the lengths that the other one knows."""
    random = Random(10)
    numbers = ["".join(random.choices("0123456789", k=13)) for _ in range(500)]

    assert [check_digit(one) for one in numbers] == [ean.calc_check_digit(one) for one in numbers]


@pytest.mark.parametrize("vector", GS1["check_pairs"], ids=lambda vector: vector["value"])
def test_a_model_number_ends_with_its_check_pair(vector):
    """The two last characters belong to all that stand before them."""
    assert has_right_pair(vector["value"]) is vector["valid"]
