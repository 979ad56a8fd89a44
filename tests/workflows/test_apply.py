"""Moves turn positions into the next ones, or into nothing at all."""

from dataclasses import dataclass, replace

import pytest

from workflows.apply import DoesNotFollow, apply
from workflows.facts import Position, unborn

NOWHERE = unborn(version=1)
HELD = Position(1, 1, "held", "WARD", "-", 0)


@dataclass(frozen=True)
class AMove:
    """The least that a move is."""

    subject: str = "bag"
    before: Position = NOWHERE
    after: Position = HELD


def test_a_birth_starts_from_nowhere():
    """A subject that stood nowhere stands where its first move puts it."""
    assert apply({}, [AMove()]) == {"bag": HELD}


def test_moves_follow_one_another_within_one_entry():
    """The second move of a subject starts where the first one ended."""
    sent = replace(HELD, turn=2, consignee="LAB")

    after = apply({}, [AMove(), AMove(before=HELD, after=sent)])

    assert after == {"bag": sent}


def test_what_was_given_stays_as_it_was():
    """The positions before are not touched, so that a refused entry changes nothing."""
    before = {"bag": HELD}

    apply(before, [AMove(before=HELD, after=replace(HELD, turn=2, stops=1))])

    assert before == {"bag": HELD}


@pytest.mark.parametrize(
    "move",
    [
        AMove(before=replace(HELD, state="sent"), after=replace(HELD, turn=2)),
        AMove(before=replace(HELD, holder="LAB"), after=replace(HELD, turn=2)),
        AMove(before=replace(HELD, turn=0), after=replace(HELD, turn=1)),
        AMove(before=HELD, after=HELD),
        AMove(before=HELD, after=replace(HELD, turn=3)),
        AMove(),
        AMove(subject="another", before=unborn(version=0), after=HELD),
    ],
)
def test_a_move_from_elsewhere_or_to_another_turn_does_not_follow(move: AMove):
    """A move must start where its subject stands, and take the next turn."""
    with pytest.raises(DoesNotFollow) as refused:
        apply({"bag": HELD}, [move])

    assert refused.value.subject == move.subject


def test_who_looks_into_it_is_told_where_the_subject_stands():
    """The message names the subject and all three positions."""
    with pytest.raises(DoesNotFollow) as refused:
        apply({"bag": HELD}, [AMove(before=HELD, after=HELD)])

    assert str(refused.value) == f"bag stands at {HELD}; a move goes from {HELD} to {HELD}"
