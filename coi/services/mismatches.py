"""What is recorded of a refused attempt, and of what turned up in the wrong therapy's place."""

from collections.abc import Container, Sequence
from dataclasses import replace

from coi.errors import Reason
from coi.services.attempt import Attempt, Standing, facts_for, stand
from coi.services.entries import write_draft
from workflows.decide import decide
from workflows.donations import OF_ANOTHER
from workflows.draft import Decision, Draft, Mismatch, Strange
from workflows.facts import Facts, Label, Order, Request, Scan
from workflows.guards.identity import TYPED
from workflows.mix_ups import (
    contained,
    dead_label,
    is_suspected,
    refused_with_contents,
    refused_with_dead_label,
    refused_with_donation,
    refused_with_mismatch,
    refused_with_over_label,
    suspected,
    wrong_contents,
)
from workflows.moves import OPEN_EXCEPTION
from workflows.over_labels import ELSEWHERE
from workflows.refusal import Refusal


def record_refusal(attempt: Attempt, decision: Decision) -> None:
    """Write that it was tried and why it was refused; tell each therapy whose things were there."""
    workflow, request = attempt.standing.workflow, attempt.request
    if decision.mispairing:
        draft = refused_with_mismatch(workflow, request, attempt.facts, decision.mispairing)
    elif (label := dead_label(request)) and request.action in workflow.actions:
        draft = refused_with_dead_label(workflow, request, attempt.facts, label, decision.refusals)
    elif any(one.code == ELSEWHERE for one in decision.refusals):
        draft = refused_with_over_label(workflow, request, attempt.facts)
    elif any(one.code == OF_ANOTHER for one in decision.refusals):
        draft = refused_with_donation(workflow, request, attempt.facts)
    elif wrong := wrong_contents(decision.refusals):
        draft = refused_with_contents(workflow, request, attempt.facts, wrong)
    else:
        known = request.action if request.action in workflow.actions else "-"
        draft = Draft(kind="refused", action=known, role="-")
    write_draft(
        attempt.tx,
        attempt.installation,
        workflow,
        (request.coi, attempt.standing.head),
        draft,
        occasion=replace(
            attempt.occasion, attempted_by=[one.person.id for one, *_ in attempt.signed]
        ),
        refusals=decision.refusals,
    )
    for mismatch in sorted(set(decision.mismatches), key=lambda found: found.coi):
        _tell(attempt, mismatch)


def record_stop(
    attempt: Attempt, reasons: Sequence[Reason], untold: Container[str] = ()
) -> tuple[Refusal, ...]:
    """Write that a hand was stopped, for these reasons and all others; returns every reason.

    It stands whatever the engine would say by now: what was wrong when it was scanned was wrong.
    Nothing is ever taken here. `untold` are codes that only an attempt at its end can have.
    """
    found = decide(attempt.standing.workflow, attempt.request, attempt.facts)
    told = [one for one in found.refusals if one.code not in untold]
    known = {one.code for one in told}
    judged = [Refusal(w.code, w.sentence, w.next_step) for w in reasons if w.code not in known]
    decision = replace(found, draft=None, refusals=(*judged, *told))
    record_refusal(attempt, decision)
    return decision.refusals


def _tell(attempt: Attempt, mismatch: Mismatch) -> None:
    """The other therapy records it: a bag that was scanned is held.

    The therapy was locked together with the one in hand, before anything was read.
    """
    standing = stand(attempt.tx, attempt.installation, mismatch.coi)
    action = standing.workflow.actions[OPEN_EXCEPTION]
    facts = facts_for(attempt.tx, standing, action, attempt.occasion.now)
    if mismatch.what is Strange.BAND and _is_over(standing, facts):
        return
    request = Request(
        coi=mismatch.coi,
        action=OPEN_EXCEPTION,
        actor=attempt.request.actor,
        unit=attempt.request.unit,
        # The other therapy's record names this one, whatever of it was in hand.
        scans=(Scan(attempt.request.coi, "", "", Order(attempt.request.coi)),),
    )
    if is_suspected(standing.workflow, request, facts, mismatch):
        return
    if _is_here(attempt, mismatch):
        draft = contained(standing.workflow, request, facts, mismatch.subject)
    else:
        draft = suspected(standing.workflow, request, facts, mismatch)
    write_draft(
        attempt.tx,
        attempt.installation,
        standing.workflow,
        (mismatch.coi, standing.head),
        draft,
        # A key is answered by one entry, and that is the one of the therapy in hand.
        occasion=replace(attempt.occasion, key="", digest="", identity_checks=()),
    )


def _is_over(standing: Standing, facts: Facts) -> bool:
    """The therapy has come to its end: its patient's wristband says nothing of it any more."""
    root = facts.subjects[standing.therapy.coi]
    return standing.workflow.machines[root.machine].states[root.position.state].final


def _is_here(attempt: Attempt, mismatch: Mismatch) -> bool:
    """The bag's label was read by a device; whoever types a serial may never have seen the bag."""
    return any(
        isinstance(scan.means, Label) and scan.means.serial == mismatch.serial
        for scan in attempt.request.scans
        if scan.how != TYPED
    )
