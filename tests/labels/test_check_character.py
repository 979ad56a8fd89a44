"""The check character agrees with an independent implementation and catches what it promises."""

from random import Random

import pytest
from stdnum.iso7064 import mod_37_36

from labels.check_character import ALPHABET, check_character, silent_swaps
from tests.labels.builders import VECTORS


@pytest.mark.parametrize("vector", VECTORS["coi"], ids=lambda vector: vector["body"])
def test_it_gives_the_published_check_characters(vector):
    """Every vector has the check character that its source gives."""
    text = vector["issuer"] + vector["body"]

    assert check_character(text) == vector["check"]


@pytest.mark.parametrize("vector", VECTORS["other"], ids=lambda vector: vector["text"])
def test_it_gives_the_check_character_of_other_codes(vector):
    """A code of another system with the same check has the same check character."""
    assert check_character(vector["text"]) == vector["check"]


def test_it_agrees_with_an_independent_implementation():
    """On 5,000 random texts of any length the oracle says the same."""
    random = Random(37)
    texts = ["".join(random.choices(ALPHABET, k=random.randint(1, 30))) for _ in range(5_000)]

    differing = [
        text for text in texts if check_character(text) != mod_37_36.calc_check_digit(text)
    ]

    assert differing == []


def test_every_wrong_character_is_caught():
    """No single character can be replaced by another without the check noticing."""
    text = "M9S346Q3D25V"
    others = [
        text[:at] + other + text[at + 1 :]
        for at in range(len(text))
        for other in ALPHABET
        if other != text[at]
    ]

    assert check_character(text) not in {check_character(other) for other in others}


def test_a_swap_that_the_check_misses_is_found():
    """A text whose neighbours may swap unnoticed is told apart from one where none may."""
    missed = _a_text_with_a_silent_swap()
    at = silent_swaps(missed)[0]
    swapped = missed[:at] + missed[at + 1] + missed[at] + missed[at + 2 :]

    assert mod_37_36.calc_check_digit(missed) == mod_37_36.calc_check_digit(swapped)
    assert silent_swaps("M9S346Q3D25V") == []


def _a_text_with_a_silent_swap() -> str:
    random = Random(7)
    while True:
        text = "".join(random.choices(ALPHABET, k=12))
        if silent_swaps(text) and silent_swaps(text)[0] < len(text) - 1:
            return text
