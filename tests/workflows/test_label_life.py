"""What becomes of a printed label; no database."""

from collections import Counter

import pytest

from workflows.label_life import (
    CHANGES,
    DEAD,
    ENDS,
    SETTLED,
    LabelLife,
    LabelState,
    counted,
    may_become,
    newest_of,
    scanned_back,
    turned,
    unsettled,
)


def a_life(state=LabelState.ISSUED, turn=0, **changes):
    """A label of a bag, as it stands."""
    told = {"serial": "L1", "subject": "COI/1.1", "issue": 1, "issued_in": 1}
    return LabelLife(**(told | changes), turn=turn, state=state)


def test_nothing_leads_back_from_what_is_void():
    """Dead is dead for ever: from there a label is only accounted for (LB-05)."""
    out_of_death = {(before, after) for before, after in CHANGES if before in DEAD}

    assert out_of_death == {(LabelState.VOIDED, end) for end in ENDS}


def test_the_only_way_to_applied_is_the_scan_of_the_very_label():
    """What was not read back is on no bag (LB-03)."""
    ways = {before for before, after in CHANGES if after is LabelState.APPLIED}

    assert ways == {LabelState.VERIFIED}


def test_every_living_label_can_be_voided():
    """Whatever becomes of a printer, its label never stays in the way (LB-04)."""
    living = set(LabelState) - DEAD

    assert all(may_become(state, LabelState.VOIDED) for state in living)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (LabelState.ISSUED, ["printed", "verified", "applied"]),
        (LabelState.PRINTED, ["verified", "applied"]),
        (LabelState.VERIFIED, ["applied"]),
        (LabelState.APPLIED, []),
        *((dead, []) for dead in sorted(DEAD)),
    ],
)
def test_one_scan_tells_whatever_is_still_to_be_told(state, told):
    """Whoever scans a label where it is has said that it was printed, can be read, and is on."""
    turns = scanned_back(a_life(state, turn=4), "camera")

    assert [turn.after for turn in turns] == told
    assert [turn.turn for turn in turns] == [5 + n for n in range(len(told))]
    assert all(may_become(turn.before, turn.after) for turn in turns)
    assert {turn.how for turn in turns if turn.after == "verified"} <= {"camera"}


def test_a_typed_code_reads_nothing_back():
    """Whoever types a serial has shown nobody that the label can be read."""
    assert scanned_back(a_life(), "typed") == ()


def test_a_label_takes_its_next_turn():
    """A turn follows on the one before, and says why and of how many pieces."""
    turn = turned(a_life(LabelState.VOIDED, turn=1), LabelState.LOST, reason="why", pieces=2)

    assert (turn.turn, turn.before, turn.after) == (2, "voided", "lost")
    assert (turn.reason, turn.pieces) == ("why", 2)
    silent = turned(a_life(), LabelState.PRINTED)
    assert (silent.reason, silent.pieces) == ("-", 0)


def test_what_is_left_to_account_for_stands_in_the_order_of_issue():
    """Whatever is neither on its bag nor at its end is named, the oldest first (LB-02)."""
    lives = [
        a_life(state, serial=state.value, issued_in=9 - n) for n, state in enumerate(LabelState)
    ]

    left = [life.state for life in unsettled(lives)]

    assert set(left) == set(LabelState) - SETTLED
    assert left == sorted(left, key=[*reversed(LabelState)].index)


def test_the_labels_add_up():
    """As many as were issued stand somewhere, each once (21 CFR 211.125(c))."""
    lives = [a_life(state) for state in (*LabelState, LabelState.APPLIED)]

    found = counted(lives)

    assert sum(found.values()) == len(lives)
    assert found == Counter(life.state for life in lives)


def test_the_newest_label_of_a_bag_is_the_last_that_was_issued():
    """However they are listed."""
    old, new, other = a_life(issue=1), a_life(issue=2), a_life(subject="COI/1.2")

    assert newest_of([new, old, other]) == {"COI/1.1": new, "COI/1.2": other}
