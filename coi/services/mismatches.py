"""What is recorded of a refused attempt, and of a bag that turned up in the wrong therapy."""

from dataclasses import replace

from coi.services.attempt import Attempt, facts_for, stand
from coi.services.entries import write_draft
from workflows.decide import contained, refused_with_mismatch, suspected
from workflows.draft import Decision, Draft, Mismatch
from workflows.facts import Label, Request
from workflows.guards.identity import TYPED
from workflows.moves import OPEN_EXCEPTION


def record_refusal(attempt: Attempt, decision: Decision) -> None:
    """Write that it was tried and why it was refused; tell each strange bag's own therapy of it."""
    workflow, request = attempt.standing.workflow, attempt.request
    if decision.mispaired:
        draft = refused_with_mismatch(workflow, request, attempt.facts)
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
        _contain(attempt, mismatch)


def _contain(attempt: Attempt, mismatch: Mismatch) -> None:
    """The strange bag's own therapy records it: a bag that was scanned is held.

    The therapy was locked together with the one in hand, before anything was read.
    """
    standing = stand(attempt.tx, attempt.installation, mismatch.coi)
    action = standing.workflow.actions[OPEN_EXCEPTION]
    facts = facts_for(attempt.tx, standing, action, attempt.occasion.now)
    request = Request(
        coi=mismatch.coi,
        action=OPEN_EXCEPTION,
        actor=attempt.request.actor,
        unit=attempt.request.unit,
    )
    record = contained if _is_here(attempt, mismatch) else suspected
    draft = record(standing.workflow, request, facts, mismatch.subject)
    write_draft(
        attempt.tx,
        attempt.installation,
        standing.workflow,
        (mismatch.coi, standing.head),
        draft,
        # A key is answered by one entry, and that is the one of the therapy in hand.
        occasion=replace(attempt.occasion, key="", digest="", identity_checks=()),
    )


def _is_here(attempt: Attempt, mismatch: Mismatch) -> bool:
    """The bag's label was read by a device; whoever types a serial may never have seen the bag."""
    return any(
        isinstance(scan.means, Label) and scan.means.serial == mismatch.serial
        for scan in attempt.request.scans
        if scan.how != TYPED
    )
