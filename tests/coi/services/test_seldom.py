"""What goes on for long is told seldom, and how often it was met is told with it."""

from datetime import UTC, datetime, timedelta

from coi.services.seldom import EVERY, MOST_CAUSES, Seldom

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_a_cause_is_told_at_once_and_then_once_an_hour():
    """With how often it was met since it was told last, and in how long."""
    seldom, a_minute = Seldom(), timedelta(minutes=1)

    told = [seldom.tell("It fails", NOW + n * a_minute) for n in range(121)]

    assert [(n, one) for n, one in enumerate(told) if one] == [
        (0, "It fails"),
        (60, "It fails (60 times in the last 60 minutes)"),
        (120, "It fails (60 times in the last 60 minutes)"),
    ]


def test_each_cause_is_told_for_itself():
    """One that is told hides no other."""
    seldom = Seldom()

    assert seldom.tell("One", NOW) == "One"
    assert seldom.tell("Another", NOW) == "Another"
    assert seldom.tell("One", NOW) == ""


def test_a_cause_that_was_over_for_an_hour_is_told_as_new():
    """It is another trouble than that of yesterday."""
    seldom = Seldom()
    seldom.tell("One", NOW)

    seldom.tell("Another", NOW + EVERY)

    assert seldom.tell("One", NOW + EVERY) == "One"


def test_no_number_of_causes_fills_the_log_or_the_memory():
    """Beyond so many they are told together, and what is over is forgotten."""
    seldom = Seldom()

    told = [seldom.tell(f"Therapy {n}", NOW) for n in range(10 * MOST_CAUSES)]

    assert len([one for one in told if one]) == MOST_CAUSES + 1
    assert "Further warnings like these" in told
    assert len(seldom.met) == MOST_CAUSES + 1
    assert seldom.tell("Something else", NOW + EVERY) == "Something else"
    assert len(seldom.met) == 1
