"""How many bags come into being is a number that a person means."""

import pytest

from coi.services.screens import counts_of, is_number_of_bags


@pytest.mark.parametrize("text", ["1", "05", "50"])
def test_a_small_number_is_one(text):
    """With or without a zero before it."""
    assert is_number_of_bags(text)


@pytest.mark.parametrize("text", ["", "0", "51", "0500", "05" + "0" * 5_000, "-1", "1.0", "٣"])
def test_all_else_is_none_and_is_never_counted(text):
    """Neither when it is typed, nor from what was kept of a step."""
    assert not is_number_of_bags(text)
    assert counts_of({"count-material": text}) == {}
