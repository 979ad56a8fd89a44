"""How an entry's moves turn positions into the next ones.

The store updates the live table with this function and the verifier replays the ledger with it, so
that the two cannot come to mean different things.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from workflows.facts import Position, unborn


class Move(Protocol):
    """One subject's turn: where it stood before, and where it stands after."""

    @property
    def subject(self) -> str:
        """Name the subject that moves."""

    @property
    def before(self) -> Position:
        """Tell where it stood; for a birth nowhere, in the version that it is born into."""

    @property
    def after(self) -> Position:
        """Tell where it stands, one turn later."""


class DoesNotFollow(Exception):
    """A move does not start where its subject stands; nothing was applied."""

    def __init__(self, subject: str, standing: Position, before: Position, after: Position) -> None:
        super().__init__(f"{subject} stands at {standing}; a move goes from {before} to {after}")
        self.subject = subject
        self.standing = standing
        self.before = before
        self.after = after


def apply(positions: Mapping[str, Position], moves: Iterable[Move]) -> dict[str, Position]:
    """Return the positions after the moves, one after the other; `positions` stays as it was.

    Raises:
        DoesNotFollow: a move's `before` is not the subject's position, or its turn is not the next.
    """
    moved = dict(positions)
    for move in moves:
        standing = moved.get(move.subject) or unborn(move.after.version)
        if move.before != standing or move.after.turn != standing.turn + 1:
            raise DoesNotFollow(move.subject, standing, move.before, move.after)
        moved[move.subject] = move.after
    return moved
