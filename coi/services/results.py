"""What quality control has found of each lot: its newest results, and what is outstanding."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from coi.ledger.shown import VALUE
from coi.services.therapies import TherapyView
from workflows.facts import Subject, Value
from workflows.model import Kind, QualityTest
from workflows.quality import limits


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of a lot; without a result it is outstanding, as an ended lot's never is."""

    lot: str
    title: str
    limits: str
    content: str = ""
    unit: str = ""
    is_outside: bool = False
    is_corrected: bool = False
    repeats: int = 0  # earlier results of the same test, which stay on the record
    is_invalid: bool = False  # one of them is not what was signed


def results_of(therapy: TherapyView) -> tuple[Tested, ...]:
    """Each test of each lot that has a result of any, in the order of the definition."""
    machines = therapy.workflow.machines
    lots = [s for s in therapy.subjects.values() if machines[s.machine].kind is Kind.LOT]
    return tuple(tested for lot in lots for tested in _of_lot(therapy, lot))


def _of_lot(therapy: TherapyView, lot: Subject) -> Iterator[Tested]:
    found: dict[str, dict[int, Value]] = {}
    for value in therapy.values:
        if value.subject == lot.id and value.field in therapy.tests:
            # A correction takes the place of what it corrects; a repeated test is one more.
            found.setdefault(value.field, {})[value.occurrence] = value
    is_over = therapy.workflow.machines[lot.machine].states[lot.position.state].final
    for name, test in therapy.tests.items() if found else ():
        if name in found:
            yield replace(
                _tested(lot, test, found[name]),
                is_invalid=any(therapy.is_invalid(VALUE, lot.id, name, n) for n in found[name]),
            )
        elif not is_over and name in therapy.workflow.tests:
            yield Tested(lot.id, test.title, limits(test))


def _tested(lot: Subject, test: QualityTest, values: dict[int, Value]) -> Tested:
    newest = values[max(values)]
    unit = "" if newest.unit == "-" else newest.unit
    # Anything but yes, as the guards have it.
    is_outside = newest.within != "yes"
    return Tested(
        lot=lot.id,
        title=test.title,
        limits=newest.limits,
        content=newest.content,
        unit=unit,
        is_outside=is_outside,
        is_corrected=newest.revision > 1,
        repeats=len(values) - 1,
    )
