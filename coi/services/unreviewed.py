"""No lot is released before the trail of its therapy was reviewed; nothing switches that off.

Told late or as it happens, it is the same: whoever tells of a release late has its trail reviewed
first. Only a therapy that is copied from paper has no trail yet that could be (A11d-12.8, DI-07).
"""

import logging

from coi.services.attempt import Attempt
from coi.services.installation import Installation
from coi.services.trail_reviews import Read, entries_since, reviews_of
from coi.store.facts import therapy
from coi.store.transactions import Transaction
from workflows.draft import Decision, Draft
from workflows.guards.quality import RELEASED_LOT
from workflows.model import Kind, Verb
from workflows.refusal import Refusal

TRAIL_NOT_REVIEWED = "TRAIL_NOT_REVIEWED"
_NEXT = (
    "Quality assurance or a qualified person who took no part reviews the audit trail of the"
    " therapy, and signs"
)
_log = logging.getLogger(__name__)


def unreviewed(installation: Installation, coi: str) -> Read | None:
    """The newest entry of a trail of which something is not reviewed; None where all of it is."""

    def work(tx: Transaction) -> Read | None:
        found = therapy(tx, coi)
        if found is None or not entries_since(tx, coi, reviews_of(tx, coi)):
            return None
        return Read(found[1].seq, found[1].hash)

    return installation.read(work)


def refused_unreviewed(attempt: Attempt, decision: Decision) -> Decision:
    """The decision, unless it would release a lot whose trail was not reviewed to its end."""
    draft = decision.draft
    if draft is None or attempt.standing.therapy.is_copied or not _releases(attempt, draft):
        return decision
    why = _why_not(attempt)
    if not why:
        return decision
    refusal = Refusal(TRAIL_NOT_REVIEWED, why, _NEXT)
    return Decision(None, (refusal,), at_patient=decision.at_patient)


def _releases(attempt: Attempt, draft: Draft) -> bool:
    """It decides that a lot is released, in whichever way."""
    machines = attempt.standing.workflow.machines
    action = attempt.standing.workflow.actions.get(draft.action)
    return (action is None or action.verb is Verb.DECIDE) and any(
        move.after.state in RELEASED_LOT
        and move.after.state != move.before.state
        and machines[move.machine].kind is Kind.LOT
        for move in draft.moves
    )


def _why_not(attempt: Attempt) -> str:
    """What was not reviewed, in words; '' where everything was."""
    coi = attempt.request.coi
    try:
        reviews = reviews_of(attempt.tx, coi)
        since = entries_since(attempt.tx, coi, reviews)
    except Exception as error:  # noqa: BLE001 - SEC-45 asks for every one of them
        _log.warning("It cannot be told whether a trail was reviewed: %s", type(error).__name__)
        return "It cannot be told whether the audit trail of this therapy was reviewed"
    if not reviews:
        return "The audit trail of this therapy was not reviewed"
    if not since:
        return ""
    entries = "1 entry" if since == 1 else f"{since} entries"
    return f"{entries} came since the audit trail of this therapy was reviewed"
