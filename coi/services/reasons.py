"""Why something that is kept was changed or ended: asked of whoever does it (A11d-12.2, DI-03).

The entry holds the reason as a commitment, beside what was changed; the text is kept apart, for it
may speak of a person. What is registered for the first time takes none.
"""

from collections.abc import Mapping

from coi.errors import DataRefused, Problem
from coi.services.entries import commit_text
from coi.services.installation import Installation
from coi.store.transactions import Transaction

REASON = "reason"
"""Under this name it stands among the notes of an entry."""

LONGEST_REASON = 300


class ReasonMissing(DataRefused):
    """Nobody said why; nothing was changed."""

    code = "REASON_MISSING"


def require_reason(why: str) -> str:
    """The reason, without the blanks around it.

    Raises:
        ReasonMissing: there is none.
        DataRefused: it is none that can be shown in a line.
    """
    reason = why.strip()
    if not reason:
        raise ReasonMissing([Problem("say why: whoever reads the trail asks for it", column="why")])
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        told = f"is not 1 to {LONGEST_REASON} visible characters"
        raise DataRefused([Problem(told, column="why")])
    return reason


def noted(tx: Transaction, installation: Installation, reason: str) -> Mapping[str, str]:
    """The notes of the entry that it explains; none where there is no reason."""
    return {REASON: commit_text(tx, installation, reason)} if reason else {}
