"""docs/deadlines.md says of each step which time it has, or why it has none."""

from tests.whole.deadlines import DOCUMENT, steps, time_of, written


def test_the_document_lists_every_step_that_may_come_next():
    """With the time that each definition gives it; written by `tests.whole.deadlines`."""
    text = DOCUMENT.read_text("utf-8")

    assert written(text) == text
    assert all(f"| `{name}` |" in text for name in steps())


def test_a_time_is_told_as_people_tell_it():
    """Minutes, hours, days; and that there is none."""
    autologous = [found[0] for found in steps().values() if found[0]]
    told = {action.name: time_of(action) for action in autologous}

    assert (told["infuse"], told["fill"], told["collect"]) == ("30 min", "2 h", "30 d")
    assert told["record_result"] == "none"
