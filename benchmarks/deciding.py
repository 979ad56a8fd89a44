"""`decide` alone: the guards of a handoff over the facts of a real therapy."""

from collections.abc import Iterator
from statistics import median

from benchmarks.clinic import MEANINGS, Bag, Clinic, a_handoff, leg_after
from benchmarks.measure import Row, cpu_ms, per_second
from coi.services.attempt import Attempt, Present, scanned
from coi.services.proofs import Signer
from coi.store.transactions import Transaction
from workflows.decide import decide

AT_ONCE = 500
ROUNDS = 9
WANTED = 20_000


def rows(clinic: Clinic, bag: Bag, calibration: float) -> Iterator[Row]:
    """Decisions a second about a release of custody that is allowed."""
    attempt = clinic.installation.read(lambda tx: _attempt(tx, clinic, bag))
    workflow, request, facts = attempt.standing.workflow, attempt.request, attempt.facts
    assert decide(workflow, request, facts).allowed

    def decisions() -> None:
        for _ in range(AT_ONCE):
            decide(workflow, request, facts)

    each = median(cpu_ms(decisions) for _ in range(ROUNDS)) / AT_ONCE
    here, there = per_second(each, calibration)
    told = f"{here:,.0f}/s here, {there:,.0f}/s scaled"
    yield Row(f"decide {request.action}", told, f"{WANTED:,}/s scaled", there >= WANTED)


def _attempt(tx: Transaction, clinic: Clinic, bag: Bag) -> Attempt:
    leg = leg_after(clinic.turn_of(bag))
    wanted, person = a_handoff(bag, leg, "undecided"), clinic.proven[leg.username]
    signer = Signer(person, MEANINGS[leg.action])
    present = Present.met(tx, person, scanned(tx, wanted), (signer,))
    return Attempt.of(tx, clinic.installation, wanted, "-", present)
