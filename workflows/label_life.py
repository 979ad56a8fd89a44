"""The life of one printed label: which change follows on which, and what is left to account for.

A label names its container for ever; this says what became of the piece of paper. `coi/store` keeps
each change as a row that follows on the one before, and repeats the table of changes as a check.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class LabelState(StrEnum):
    """Where a label stands; a new one is issued by the entry that draws its serial."""

    ISSUED = "issued"  # the serial is drawn; whether there is paper, nobody has said
    PRINTED = "printed"  # it came out of a printer, or was drawn as a page
    VERIFIED = "verified"  # the very label was read by a device
    APPLIED = "applied"  # it is on its container
    VOIDED = "voided"  # it is dead, and each piece of it is still to be accounted for
    DESTROYED = "destroyed"  # every piece is destroyed, before a witness
    RETURNED = "returned"  # every piece was given back to who keeps the labels
    LOST = "lost"  # a piece was not found, and quality assurance has signed for that


class LabelDeed(StrEnum):
    """What is done with one label."""

    PRINTED = "note_printed"
    CONFIRM = "confirm_label"
    VOID = "void_label"
    ACCOUNT = "account_for_label"
    REPRINT = "print_label_anew"


CHANGES: frozenset[tuple[LabelState, LabelState]] = frozenset(
    {
        (LabelState.ISSUED, LabelState.PRINTED),
        (LabelState.PRINTED, LabelState.VERIFIED),
        (LabelState.VERIFIED, LabelState.APPLIED),
        (LabelState.ISSUED, LabelState.VOIDED),
        (LabelState.PRINTED, LabelState.VOIDED),
        (LabelState.VERIFIED, LabelState.VOIDED),
        (LabelState.APPLIED, LabelState.VOIDED),
        (LabelState.VOIDED, LabelState.DESTROYED),
        (LabelState.VOIDED, LabelState.RETURNED),
        (LabelState.VOIDED, LabelState.LOST),
    }
)
"""Every change that there is. Nothing leads back from what is void: dead is dead for ever."""

ENDS: tuple[LabelState, ...] = (LabelState.DESTROYED, LabelState.RETURNED, LabelState.LOST)
"""How the pieces of a void label can be accounted for."""
DEAD = frozenset({LabelState.VOIDED, *ENDS})
"""Of these no scan is ever taken again."""
SETTLED = frozenset({LabelState.APPLIED, *ENDS})
"""Of these nothing is left to account for."""
WITNESSED = frozenset({LabelState.DESTROYED, LabelState.LOST})
"""Of these two people sign (21 CFR 211.125(d))."""
EXPLAINED = frozenset({LabelState.VOIDED, LabelState.RETURNED, LabelState.LOST})
"""Of these it is said why."""
MOST_PIECES = 9
BY_DEVICE = ("scanned", "camera")
"""How a label was read that is verified: a typed code has shown nobody the label."""

_WAY_ON = (LabelState.ISSUED, LabelState.PRINTED, LabelState.VERIFIED, LabelState.APPLIED)


@dataclass(frozen=True, slots=True)
class LabelTurn:
    """One change of one label; `reason` is a commitment when it reaches the ledger."""

    serial: str
    turn: int
    before: str
    after: str
    how: str = "-"
    reason: str = "-"
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class LabelLife:
    """One label of a therapy as it stands now, the `issue`-th of its container."""

    serial: str
    subject: str
    issue: int
    issued_in: int
    turn: int = 0
    state: LabelState = LabelState.ISSUED

    @property
    def is_dead(self) -> bool:
        """No scan of it is ever taken again."""
        return self.state in DEAD

    @property
    def is_settled(self) -> bool:
        """Nothing is left to account for."""
        return self.state in SETTLED


def may_become(before: str, after: str) -> bool:
    """There is such a change."""
    return (before, after) in CHANGES


def scanned_back(life: LabelLife, how: str) -> tuple[LabelTurn, ...]:
    """The turns by which a label is on its container, once a device has read it there.

    One scan tells all of it: that it was printed, that it can be read, and where it is. Nothing for
    what is on already, for what is dead, and for what was typed.
    """
    if life.state not in _WAY_ON or how not in BY_DEVICE:
        return ()
    ahead = _WAY_ON[_WAY_ON.index(life.state) :]
    return tuple(
        LabelTurn(
            life.serial,
            life.turn + n,
            before,
            after,
            how=how if after is LabelState.VERIFIED else "-",
        )
        for n, (before, after) in enumerate(itertools.pairwise(ahead), start=1)
    )


def turned(life: LabelLife, after: LabelState, *, reason: str = "-", pieces: int = 0) -> LabelTurn:
    """The next turn of a label; whether there is such a change is asked before."""
    return LabelTurn(life.serial, life.turn + 1, life.state, after, reason=reason, pieces=pieces)


def newest_of(lives: Iterable[LabelLife]) -> Mapping[str, LabelLife]:
    """The newest label of each labelled thing."""
    return {life.subject: life for life in sorted(lives, key=lambda life: life.issue)}


def unsettled(lives: Iterable[LabelLife]) -> Iterator[LabelLife]:
    """Each label of which nobody has said yet where it is, in the order of issue."""
    open_ = (life for life in lives if not life.is_settled)
    return iter(sorted(open_, key=lambda life: (life.issued_in, life.subject, life.issue)))


def counted(lives: Collection[LabelLife]) -> Mapping[LabelState, int]:
    """How many labels stand where; together they are as many as were issued."""
    return {state: sum(life.state is state for life in lives) for state in LabelState}
