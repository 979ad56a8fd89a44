"""What is said of several processes that verify a record together is what was measured."""

from benchmarks.growth.sharing import Waited, waited
from coi.store import together


def test_both_verify_the_whole_record_by_turns(place, monkeypatch):
    """The same entries, each as often."""
    monkeypatch.setattr(together, "SHARED_FROM", 0)

    found = waited(place, 2, 2)

    assert found.entries >= 1_000
    assert len(found.alone) == len(found.together) == 2
    assert all(seconds > 0 for seconds in (*found.alone, *found.together))


def test_what_is_missed_is_said_to_be_missed():
    """By medians; six million entries are reckoned at the speed of several."""
    good = Waited(20_000, 2, (2.0, 1.9, 9.0), (1.0, 1.2, 0.9))
    poor = Waited(20_000, 2, (1.5,), (1.1,))

    assert [line.rpartition(" ")[2] for line in good.lines()][1:] == ["met", "met"]
    assert [line.rpartition(" ")[2] for line in poor.lines()][1:] == ["MISSED", "MISSED"]
    assert good.minutes_of_many == 5.0
