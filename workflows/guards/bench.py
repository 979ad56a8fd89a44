"""Where hands-on work is done: at a bench with one therapy on it, and no other (21 CFR 211.130)."""

from workflows.case import Case
from workflows.facts import Bench, Place, Request
from workflows.model import Verb
from workflows.refusal import Refusal

HANDS_ON = frozenset({Verb.TRANSFORM, Verb.SAMPLE, Verb.PACK})
"""What opens, divides or packs material; what is done at the patient or on paper has no bench."""

CLEARED = "-"
"""What a bench holds after its changeover."""


def bench_is_clear(case: Case) -> Refusal | None:
    """Hands-on work is done at one bench of its unit, which holds no other therapy (BD-12)."""
    if case.action.verb not in HANDS_ON:
        return None
    named = _named(case.request, case.benches)
    if not named:
        return _not_named() if case.benches else None
    if len(named) > 1:
        return Refusal("TWO_BENCHES", "Two benches were named", "Scan the one at which you work")
    bench = bench_in_use(case.request, case.benches)
    if bench is None:
        return Refusal(
            "BENCH_UNKNOWN",
            f"“{min(named)[:64]}” is no bench of this unit",
            "Scan the label of the bench at which you work",
        )
    return _held_by_another(bench, case.facts.therapy.coi)


def bench_in_use(request: Request, benches: tuple[Bench, ...]) -> Bench | None:
    """The bench of the unit that was named or scanned, or None when none was, or several were."""
    named = _named(request, benches)
    found = [bench for bench in benches if bench.serial in named]
    return found[0] if len(found) == len(named) == 1 else None


def _named(request: Request, benches: tuple[Bench, ...]) -> set[str]:
    """What was named as the bench, and each bench whose label was scanned; shelves are none."""
    scanned = {scan.means.serial for scan in request.scans if isinstance(scan.means, Place)}
    return ({request.bench} - {"-"}) | (scanned & {bench.serial for bench in benches})


def _not_named() -> Refusal:
    return Refusal(
        "BENCH_NOT_NAMED",
        "This unit works at registered benches, and none was named",
        "Scan the label of the bench at which you work",
    )


def _held_by_another(bench: Bench, coi: str) -> Refusal | None:
    """A cleared bench is opened by the first therapy; no second comes beside it."""
    if bench.holds in {CLEARED, coi}:
        return None
    return Refusal(
        "BENCH_HOLDS_ANOTHER",
        f"The bench {bench.name} holds {bench.holds}, not {coi}",
        "Clear the bench: take away all that is on it, and sign the changeover",
    )
