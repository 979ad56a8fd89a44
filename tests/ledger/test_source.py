"""Rows that are read alongside others: each is taken once, in order, and none is lost."""

from coi.ledger.source import Alongside

ROWS = [("A", 0, 1), ("A", 0, 2), ("A", 1, 1), ("B", 0, 1)]


def test_rows_are_taken_up_to_a_key_and_with_it():
    """All parts of an entry belong to its key, which is shorter than theirs."""
    alongside = Alongside(iter(ROWS))

    assert alongside.through(("A", 0)) == ROWS[:2]
    assert alongside.through(("A", 1)) == ROWS[2:3]


def test_rows_before_the_key_are_not_lost():
    """A row that belongs to no entry comes out with those of the next one, and can be named."""
    assert Alongside(iter(ROWS)).through(("A", 1)) == ROWS[:3]


def test_a_row_is_given_once():
    """Asking again for the same key finds nothing."""
    alongside = Alongside(iter(ROWS))
    alongside.through(("A", 0))

    assert alongside.through(("A", 0)) == []


def test_what_nobody_asked_for_is_left_over():
    """The rest is what belongs to no entry at all; it is given once too."""
    alongside = Alongside(iter(ROWS))
    alongside.through(("A",))

    assert alongside.rest() == ROWS[3:]
    assert alongside.rest() == []


def test_no_rows_are_no_fault():
    """An empty table has nothing to give."""
    alongside = Alongside(iter([]))

    assert alongside.through(("A", 0)) == []
    assert alongside.rest() == []


def test_a_key_of_another_type_ends_the_order():
    """A text where a number stands cannot be put in order: it is given, with all that follows."""
    damaged = [ROWS[0], ("A", "one", 1), ROWS[3]]
    alongside = Alongside(iter(damaged))

    assert alongside.through(("A", 1)) == damaged
    assert alongside.rest() == []
