"""All therapies that somebody sees, phase by phase: how many, which are late, what comes next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from coi.clock import rfc3339
from coi.services import worklist
from coi.services.installation import Installation
from coi.services.sessions import SignedIn
from coi.services.worklist import ALL, Waiting, Wanted, WorkList, narrowed_to
from coi.store.board import counted
from coi.store.transactions import Transaction

CARDS = 6
"""So many therapies of a phase stand on the board, the soonest first."""


@dataclass(frozen=True, slots=True)
class Column:
    """One phase: how many therapies fit, and those of them that are due first."""

    phase: str
    therapies: int
    overdue: int
    on_hold: int
    cards: tuple[Waiting, ...]
    is_over: bool  # nothing goes on there


@dataclass(frozen=True, slots=True)
class Board:
    """Every phase in the order of the definitions, with the form that narrows it down."""

    columns: tuple[Column, ...]
    work: WorkList

    @property
    def therapies(self) -> int:
        """How many there are on it."""
        return sum(column.therapies for column in self.columns)

    @property
    def now(self) -> datetime:
        """When it was looked at."""
        return self.work.now


def board(installation: Installation, signed_in: SignedIn, wanted: Wanted) -> Board:
    """What the person sees, narrowed down.

    The numbers are those of all that fits, of which the cards are the first; a phase in which
    nothing fits has no column.
    """
    wanted = replace(wanted, which=ALL, after=("", ""), most=CARDS)

    def look(tx: Transaction) -> Board:
        work = worklist.work_of(tx, installation, signed_in, replace(wanted, most=1))
        places = worklist.places_seen(tx, installation, signed_in.person, wanted.unit)
        counts = counted(tx, places, narrowed_to(wanted, work.now), rfc3339(work.now))
        return Board(
            tuple(_columns(tx, _Asked(installation, signed_in, wanted), work, counts)), work
        )

    return installation.read(look)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks where, for what."""

    installation: Installation
    signed_in: SignedIn
    wanted: Wanted


def _columns(
    tx: Transaction, asked: _Asked, work: WorkList, counts: Mapping[str, tuple[int, int, int]]
) -> Iterator[Column]:
    for phase in work.phases:
        if phase in counts:
            wanted = replace(asked.wanted, phase=phase)
            found = worklist.work_of(tx, asked.installation, asked.signed_in, wanted)
            yield Column(phase, *counts[phase], found.waiting, phase in work.ended)
