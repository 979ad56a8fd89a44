"""Take one action of one therapy: who asks, what is scanned, what is decided, what is recorded."""

from dataclasses import replace

from coi.clock import rfc3339
from coi.errors import Refused
from coi.ledger.content import IssuedWristband, SignedBy
from coi.services.asked import answered_before
from coi.services.at_devices import refused_elsewhere
from coi.services.attempt import Attempt, Present, TakeAction, locked
from coi.services.benches import open_bench
from coi.services.device_tests import refused_untested
from coi.services.entered import told_of
from coi.services.entries import Issued, write_draft
from coi.services.installation import Installation
from coi.services.label_turns import label_turns_of
from coi.services.mismatches import record_refusal
from coi.services.proofs import Proven, Signer
from coi.services.receipts import Receipt, receipt
from coi.services.relying import refused_in_doubt
from coi.services.told_late import end_interrupted
from coi.services.unreviewed import refused_unreviewed
from coi.store import facts as read
from coi.store.transactions import Transaction
from labels.identifiers import issue_serial
from workflows.decide import decide
from workflows.draft import Draft
from workflows.facts import Mode
from workflows.guards.people import signing_role


def take_action(
    installation: Installation,
    wanted: TakeAction,
    actor: Proven,
    signers: tuple[Signer, ...] = (),
) -> Receipt:
    """Take the action, or say every reason why not; a refused attempt is recorded, then raised.

    Raises:
        Refused: the guards that did not hold; the attempt is on record.
        Conflict: what the caller saw has moved on; nothing was saved.
        KeyReused: the key already stands for another request.
        SignedOut: somebody's password was changed since they proved who they are.
        Unknown: therapy, unit or person are not known here.
    """
    outcome = installation.transact(lambda tx: taken(tx, installation, wanted, actor, signers))
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def taken(
    tx: Transaction,
    installation: Installation,
    wanted: TakeAction,
    actor: Proven,
    signers: tuple[Signer, ...] = (),
) -> Receipt | Refused:
    """The same inside a transaction, so that what follows from it is saved with it, or not at all.

    A refusal is returned: an exception would take the record of it back.

    Raises:
        Conflict, KeyReused, SignedOut, Unknown: as above; nothing was written.
    """
    digest = wanted.digest(installation.vault, actor, signers)
    # Whoever repeats a request that is under way gets its answer.
    scans = locked(tx, installation, wanted)
    present = Present.met(tx, actor, scans, signers)
    earlier = answered_before(tx, wanted.key, digest)
    if earlier is not None:
        return earlier
    attempt = Attempt.of(tx, installation, wanted, digest, present)
    decision = decide(attempt.standing.workflow, attempt.request, attempt.facts)
    decision = refused_elsewhere(attempt, refused_in_doubt(attempt, decision))
    decision = refused_untested(attempt, refused_unreviewed(attempt, decision))
    if decision.draft is None:
        record_refusal(attempt, decision)
        return Refused(decision.refusals)
    done = record(attempt, decision.draft)
    end_interrupted(attempt, decision.draft)
    return done


def record(attempt: Attempt, draft: Draft) -> Receipt:
    """Write what was decided: entry, parts, positions, serials, signatures; open the bench."""
    standing = attempt.standing
    open_bench(attempt)
    checked_at = attempt.request.checked_at if attempt.request.mode is Mode.ASK else {}
    entry, sealed = write_draft(
        attempt.tx,
        attempt.installation,
        standing.workflow,
        (attempt.request.coi, standing.head),
        replace(draft, document={**draft.document, **told_of(checked_at), **attempt.entered}),
        occasion=replace(attempt.occasion, signatures=signatures_of(attempt)),
        issued=_issue(attempt, draft),
    )
    done = receipt(entry, sealed)
    leave_on_paper(attempt, done)
    return done


def leave_on_paper(attempt: Attempt, done: Receipt) -> None:
    """What is printed now is remembered beside the record too (TL-18)."""
    serials = [*(serial for serial, _subject in done.labels), done.wristband]
    for serial in filter(None, serials):
        attempt.installation.on_paper.leaves(serial, done.coi, done.seq, done.hash)


def signatures_of(attempt: Attempt) -> tuple[SignedBy, ...]:
    """Each signer's signature, with the meaning they stated and the role it is given in."""
    unit = attempt.request.unit
    action = attempt.standing.workflow.actions[attempt.request.action]
    rules = action.signatures_for(unit.country)
    now = attempt.occasion.now
    return tuple(
        SignedBy(
            one.person.id,
            signing_role(one.person, rule, unit) or "-",
            one.printed_name,
            meaning,
            rfc3339(at or now),
        )
        for (one, meaning, at), rule in zip(attempt.signed, rules, strict=True)
    )


def _issue(attempt: Attempt, draft: Draft) -> Issued:
    """Draw the serials of what is to be printed, and tell what became of the labels in hand."""
    issuer, draw = attempt.installation.settings.issuer, attempt.installation.draw
    labelled = label_turns_of(attempt, draft)
    if not draft.new_wristband:
        return labelled
    patient = attempt.standing.therapy.patient
    current = read.wristband(attempt.tx, patient)
    issue = current[1] + 1 if current else 1
    serial = issue_serial("W", issuer, draw).text
    return replace(labelled, wristbands=(IssuedWristband(serial, patient, issue),))
