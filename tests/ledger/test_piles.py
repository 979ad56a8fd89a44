"""What entries registered takes little memory however much it is, and is compared all the same."""

import random
import resource
import tempfile
import tracemalloc
from contextlib import closing, contextmanager

import pytest

from coi.ledger import piles
from coi.ledger.piles import Pile, beside
from coi.ledger.source import Unreadable
from tests.ledger.conftest import verdict_on

MANY = 20_000


@pytest.fixture
def few_in_memory(monkeypatch):
    """Three sheets in memory, and two of each heap that is read back."""
    monkeypatch.setattr(piles, "MOST", 3)
    monkeypatch.setattr(piles, "TOGETHER", 2)


@pytest.mark.usefixtures("few_in_memory")
def test_of_each_key_the_newest_counts_in_the_order_of_the_keys():
    """Whenever each was put away; of two of one moment it is the one that was laid down last."""
    drawn = random.Random(1)
    said = [(f"P-{drawn.randrange(9)}", f"{drawn.randrange(4)}", n) for n in range(50)]

    with closing(Pile(str)) as pile:
        for key, moment, n in said:
            pile.add((key,), ("row", n, None), (moment, "-", 0))
        taken = [(sheet.key, sheet.what) for sheet in pile.taken_up()]

    counts = {key: n for key, _moment, n in sorted(said, key=lambda one: (one[1], one[2]))}
    assert taken == [((key,), ("row", counts[key], None)) for key in sorted(counts)]


def test_a_pile_takes_as_little_memory_however_high_it_is(monkeypatch):
    """What is more than so many sheets lies on the disk, and is read back a few at a time."""
    monkeypatch.setattr(piles, "MOST", 500)
    monkeypatch.setattr(piles, "TOGETHER", 10)

    tracemalloc.start()
    with closing(Pile(str)) as pile:
        for n in range(MANY):
            pile.add((f"{n * 7919 % MANY:064}",), f"{n:064}")
        taken = sum(1 for _sheet in pile.taken_up())
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken == MANY
    assert most < 1_000_000


@pytest.mark.parametrize("key", [(5,), (None,), ("a", "b"), ()])
def test_a_key_that_could_not_be_sorted_is_refused(key):
    """The entry that says it is not of format 1."""
    with pytest.raises(TypeError, match="no place"):
        Pile(str).add(key)


def test_rows_and_sheets_are_met_by_their_keys():
    """Stored alone, said alone, or both; a damaged key is nobody's, and a second row alone."""
    pile = Pile(str)
    for key in "bce":
        pile.add((key,), key.upper())
    rows = [(None, 0), ("a", 1), ("b", 2), ("b", 3), ("d", 4), ("e", 5)]

    met = [(row, told and told.what) for _key, row, told in beside(iter(rows), 1, pile)]

    alone = [((None, 0), None), (("a", 1), None)]
    assert met == [
        *alone,
        *((("b", 2), "B"), (("b", 3), None), ((), "C"), (("d", 4), None), (("e", 5), "E")),
    ]


@pytest.mark.usefixtures("few_in_memory")
def test_a_whole_history_holds_whatever_lies_on_the_disk(history):
    """The verdict does not depend on how much fits into memory."""
    assert verdict_on(history).findings == ()


@pytest.mark.usefixtures("few_in_memory")
def test_what_is_wrong_is_found_whatever_lies_on_the_disk(history, attack):
    """A changed name of a site, and a register without one of its rows."""
    attack("UPDATE site SET name = 'Elsewhere'")
    attack("DELETE FROM party WHERE kind = 'patient'")

    found = {finding.table for finding in verdict_on(history).findings}

    assert {"site", "party"} <= found


@contextmanager
def no_room():
    """Files cannot grow beyond a few bytes, as on a full disk; that of the report neither."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("few_in_memory")
def test_a_full_disk_is_told_at_once():
    """And not when everything is taken up."""
    with closing(Pile(str)) as pile:
        pile.add(("a",))
        pile.add(("b",))

        with pytest.raises(Unreadable, match="no room"), no_room():
            pile.add(("c",))


@pytest.mark.usefixtures("few_in_memory")
def test_without_room_on_the_disk_nothing_is_called_whole(history, monkeypatch):
    """Not everything was compared, and the verdict says so."""
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")

    (found,) = verdict_on(history).findings

    assert "no room" in found.what
