"""What may stand in a table of ISBT 128, and what is read where sites tell it differently."""

import pytest

from labels.codes.tables import tables_of, wrong_code, wrong_words


@pytest.mark.parametrize(
    ("table", "code", "is_right"),
    [
        ("products", "Z0001", True),
        ("products", "00001", False),
        ("facilities", "A9999", True),
        ("facilities", "AO999", False),
        ("collections", "1", True),
        ("blood_groups", "62", True),
        ("bands", "01", True),
        ("bands", "1", False),
        ("orders", "035", True),
        ("orders", "000", False),
    ],
)
def test_a_code_has_the_shape_of_its_table(table, code, is_right):
    """A wrong one is told before anybody relies on it."""
    assert (wrong_code(table, code) == "") is is_right


@pytest.mark.parametrize(
    ("table", "words", "is_right"),
    [
        ("products", "Made-up cells", True),
        ("products", "", False),
        ("products", "x" * 301, False),
        ("orders", "001 003", True),
        ("orders", "001 999", False),
    ],
)
def test_words_say_something(table, words, is_right):
    """Those of an order name the structures that are read."""
    assert (wrong_words(table, words) == "") is is_right


def test_what_two_sites_tell_differently_is_told_by_both():
    """And an order that they tell differently is read by neither."""
    one = {"products": {"Z0001": "cells"}, "orders": {"035": "001 003", "036": "001"}}
    other = {"products": {"Z0001": "tissue"}, "orders": {"035": "003 001", "036": "001"}}

    tables = tables_of([one, other])

    assert tables.products == {"Z0001": "cells or tissue"}
    assert tables.orders == {"036": ("001",)}
