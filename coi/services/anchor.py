"""What every anchor is: a place where checkpoints are kept that who runs the database cannot reach.

One that is away stops nobody who works. Nothing is lost by it: what waits for it is kept there as
soon as it is back.
"""

from typing import Protocol

from coi.errors import CoiError
from coi.ledger.checkpoint import SignedCheckpoint
from coi.services.installation import Installation


class AnchorAway(CoiError):
    """An anchor cannot be reached; what waits for it is kept there later."""

    code = "ANCHOR_AWAY"

    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            f"{place} cannot be reached: {why}.",
            "Is its mount there, and its network? See docs/checkpoints.md.",
        )


class Anchor(Protocol):
    """One place where checkpoints are kept."""

    @property
    def name(self) -> str:
        """What it is called in lists and measurements."""

    @property
    def place(self) -> str:
        """Where it is, as it was set."""

    def newest(self) -> SignedCheckpoint | None:
        """The last checkpoint that is known to be kept there.

        Raises:
            AnchorAway: it cannot be asked.
        """

    def notes(self) -> tuple[SignedCheckpoint, ...]:
        """Everything that is known to be kept there.

        Raises:
            AnchorAway: it cannot be asked.
        """

    def keep(self, installation: Installation) -> int:
        """Keep there what is not there yet; returns how many checkpoints that were.

        Raises:
            AnchorAway: it cannot be reached.
            HistoryChanged: the record does not go on from what is kept there.
        """
