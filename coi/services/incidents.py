"""What must never be, and was: recorded in both therapies, and it moves nothing.

A wrong bag was hung, a label stuck on another's cells. Asking comes too late and no late fact
fits, since identity never bends. What then holds what, people decide: each therapy has a critical
exception, which stops it from being released, shipped or infused.
"""

from dataclasses import dataclass, replace

from coi.errors import DataRefused, Problem, Refused
from coi.services.asked import answered_before
from coi.services.attempt import Attempt, Present, TakeAction, scanned
from coi.services.entries import write_draft
from coi.services.installation import Installation
from coi.services.mismatches import record_refusal
from coi.services.proofs import Proven
from coi.services.receipts import Receipt, receipt
from coi.services.scanning import Code
from coi.store import facts as read
from coi.store.transactions import Transaction
from workflows.decide import decide
from workflows.draft import Decision
from workflows.facts import Mode
from workflows.mix_ups import incident
from workflows.moves import OPEN_EXCEPTION
from workflows.wrong import Wrong


@dataclass(frozen=True, slots=True)
class Incident:
    """What was seen, at which unit, and which two therapies it is about."""

    cois: tuple[str, str]
    unit: str
    seen: str
    key: str

    def __post_init__(self) -> None:
        if self.cois[0] == self.cois[1]:
            reason = "an incident is about two therapies; open an exception where it is one"
            raise DataRefused([Problem(reason, column="cois")])

    def told_to(self, coi: str) -> TakeAction:
        """The report as one of the two therapies records it: it names the other."""
        (other,) = set(self.cois) - {coi}
        return TakeAction(
            coi=coi,
            action=OPEN_EXCEPTION,
            unit=self.unit,
            key=f"{self.key}/{coi}",
            # Named, and not scanned: nobody need have had the other order in hand.
            codes=(Code(other, how="typed"),),
            values={"kind": Wrong.MISMATCH, "class": "critical", "seen": self.seen},
            mode=Mode.INCIDENT,
        )


def report_incident(
    installation: Installation, reported: Incident, actor: Proven
) -> tuple[Receipt, ...]:
    """Record an incident in both therapies, in one transaction; a critical exception in each.

    Raises:
        Refused: the actor may open no exception at this unit, or the text cannot be recorded.
        KeyReused: the key already stands for another report.
        Unknown: a therapy, the unit or the person are not known here.
    """

    def work(tx: Transaction) -> tuple[Receipt, ...] | Refused:
        # Always in the same order, so that two reports of the same pair never wait for each other.
        for coi in sorted(reported.cois):
            read.lock(tx, coi)
        known = _answers(tx, installation, reported, actor)
        return known or _report(tx, installation, reported, actor)

    outcome = installation.transact(work)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _answers(
    tx: Transaction, installation: Installation, reported: Incident, actor: Proven
) -> tuple[Receipt, ...] | Refused:
    """What the same report was answered before, in both therapies alike; nothing the first time."""
    wishes = map(reported.told_to, reported.cois)
    answers = [answered_before(tx, w.key, w.digest(installation.vault, actor)) for w in wishes]
    refused = next((answer for answer in answers if isinstance(answer, Refused)), None)
    return refused or tuple(answer for answer in answers if isinstance(answer, Receipt))


def _report(
    tx: Transaction, installation: Installation, reported: Incident, actor: Proven
) -> tuple[Receipt, ...] | Refused:
    """Decide for both therapies, then write into both."""
    attempts = [
        Attempt.of(
            tx,
            installation,
            wanted,
            wanted.digest(installation.vault, actor),
            Present.met(tx, actor, scanned(tx, wanted)),
        )
        for wanted in map(reported.told_to, reported.cois)
    ]
    decisions = [_may_be_told(attempt) for attempt in attempts]
    refused = [decision for decision in decisions if decision.draft is None]
    if refused:
        for attempt in attempts:
            record_refusal(attempt, refused[0])
        # Returned, and raised outside: an exception would take the record of the refusal back.
        return Refused(refused[0].refusals)
    return tuple(_record(attempt, reported.seen) for attempt in attempts)


def _may_be_told(attempt: Attempt) -> Decision:
    """Whoever may open an exception here may report an incident; the other COI is no wrong scan."""
    return decide(attempt.standing.workflow, replace(attempt.request, scans=()), attempt.facts)


def _record(attempt: Attempt, seen: str) -> Receipt:
    """One of the two entries."""
    workflow, request = attempt.standing.workflow, attempt.request
    entry, sealed = write_draft(
        attempt.tx,
        attempt.installation,
        workflow,
        (request.coi, attempt.standing.head),
        incident(workflow, request, attempt.facts, seen),
        occasion=attempt.occasion,
    )
    return receipt(entry, sealed)
