"""What releases or infuses something relies on the record and on its times: not on doubtful ones.

The verification of the record (TL-20) and the clock (CL-03) may each give a reason. Quality
assurance looks at it, and signs that work goes on; what happened all the same is recorded late, for
this refuses no fact.
"""

from coi.services.attempt import Attempt
from coi.services.doubt import doubt_about_record
from coi.services.stepped import clock_in_doubt
from workflows.draft import Decision, Draft
from workflows.facts import Mode
from workflows.guards.quality import RELEASED_LOT
from workflows.model import Verb
from workflows.refusal import Refusal

RECORD_IN_DOUBT, CLOCK_IN_DOUBT = "RECORD_IN_DOUBT", "CLOCK_IN_DOUBT"


def refused_in_doubt(attempt: Attempt, decision: Decision) -> Decision:
    """The decision, unless it would release or infuse something while a doubt stands."""
    draft = decision.draft
    if draft is None or attempt.request.mode is not Mode.ASK or not _relies(attempt, draft):
        return decision
    why = doubts(attempt)
    return Decision(None, why, at_patient=decision.at_patient) if why else decision


def doubts(attempt: Attempt) -> tuple[Refusal, ...]:
    """Why nothing may rely on the record and its times now; nothing where nothing is in doubt."""
    found = (
        (RECORD_IN_DOUBT, doubt_about_record(attempt), "what was found"),
        (CLOCK_IN_DOUBT, clock_in_doubt(attempt.tx), "what the clock did"),
    )
    return tuple(
        Refusal(code, doubt, f"Quality assurance looks at {what}, and signs that work goes on")
        for code, doubt, what in found
        if doubt
    )


def _relies(attempt: Attempt, draft: Draft) -> bool:
    """It releases a lot, or gives something to the patient."""
    action = attempt.standing.workflow.actions.get(draft.action)
    if action is None:
        return False
    if action.verb is Verb.DECIDE:
        return any(move.after.state in RELEASED_LOT for move in draft.moves)
    return action.verb is Verb.ADMINISTER
