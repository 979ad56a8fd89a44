"""How the record is kept, as its page and its interface tell it: doubts, gaps, and what served."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coi.services.doubt import in_doubt_since
from coi.services.gaps import Gap, following_not, gaps
from coi.services.installation import Installation
from coi.services.served import Served, served
from coi.services.stepped import Step, clock_in_doubt, steps
from coi.services.untold import untold
from coi.store.clocks import began_at
from coi.store.transactions import Transaction

NOT_YET = "-"
"""Since when findings wait that could not be put on record yet."""


@dataclass(frozen=True, slots=True)
class RecordKept:
    """Everything newest first; a text is '' where there is nothing to say."""

    began_at: str  # when the record of this installation began
    found_in_doubt: str  # since when findings wait for a signature
    clock_in_doubt: str  # what a clock did that waits for one
    alone: Mapping[str, str]  # each server whose clock follows no other, and since when
    steps: Sequence[Step]
    gaps: Sequence[Gap]
    served: Sequence[Served]


def record_kept(installation: Installation) -> RecordKept:
    """How it is kept at this moment."""

    def look(tx: Transaction) -> RecordKept:
        return RecordKept(
            began_at(tx),
            in_doubt_since(tx) or (NOT_YET if untold(installation) else ""),
            clock_in_doubt(tx),
            following_not(tx),
            steps(tx),
            gaps(tx),
            served(tx),
        )

    return installation.read(look)
