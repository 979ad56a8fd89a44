"""Is it good: results, disposition, and what stands open against it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from workflows.case import Case
from workflows.facts import Subject, Value
from workflows.model import Kind, Relation
from workflows.refusal import Refusal

USED_BECAUSE = "used_because"
"""What is recorded of a damaged bag that is used all the same: why."""

OUT = "released_out_of_specification"
RELEASED_LOT = frozenset({"released", "provisionally_released", OUT})
"""The states of a lot whose product may be moved on and infused."""


def required_results_are_in(
    case: Case, *, which: Literal["all", "before_release"]
) -> Refusal | None:
    """Every result that the specification asks for at this point has been recorded."""
    for turn in case.turns_of(Kind.LOT):
        missing = [
            test.title
            for test in case.workflow.tests.values()
            if (which == "all" or test.before_release)
            and case.value(turn.subject.id, test.name) is None
        ]
        if missing:
            return Refusal(
                "RESULTS_MISSING",
                f"Results are outstanding: {', '.join(missing)}",
                "Quality control records them first",
            )
    return None


def results_are_within_limits(case: Case) -> Refusal | None:
    """No newest result of a test lies outside its limits."""
    for title, value in outside(case, list(case.workflow.tests)):
        return Refusal(
            "OUT_OF_SPECIFICATION",
            f"{title} is {value.content} {value.unit}; the limit is {value.limits}",
            "QA decides: reject the lot, or the out-of-specification way",
        )
    return None


def outside(case: Case, tests: Sequence[str]) -> Iterator[tuple[str, Value]]:
    """The newest results of these tests that lie outside their limits, with the test's title."""
    for turn in case.turns_of(Kind.LOT):
        for name in tests:
            value = case.value(turn.subject.id, name)
            # Anything but yes: what was compared with no limit does not lie within one.
            if value is not None and value.within != "yes":
                yield case.workflow.tests[name].title, value


def disposition_is_released(case: Case) -> Refusal | None:
    """Each product that moves comes from a released lot (hard guard 4).

    A rejected product may travel back; it can never be accepted or infused.
    """
    return _lot_bars(case, lambda lot: lot.position.state in RELEASED_LOT)


def disposition_is_decided(case: Case) -> Refusal | None:
    """Each product that is handed over comes from a lot on which somebody has decided.

    What comes from a lot that will never be released can be handed on by whoever has it, so that
    it reaches somebody who destroys it.
    """
    return _lot_bars(case, lambda lot: lot.position.state in RELEASED_LOT or case.is_final(lot))


def _lot_bars(case: Case, lets_pass: Callable[[Subject], bool]) -> Refusal | None:
    """The first product that may not move, because of how the lot stands that it comes from."""
    for turn in case.turns_of(Kind.CONTAINER):
        if turn.subject.position.state == "rejected":
            continue
        parents = case.parents(turn.subject.id, Relation.MADE_OF)
        for lot in (p for p in parents if _is_lot(case, p.machine)):
            if not lets_pass(lot):
                return Refusal(
                    "NOT_RELEASED",
                    f"STOP. {turn.subject.id} is not released",
                    "Leave it where it is; the qualified person releases the lot",
                )
            if lot.position.stops:
                return Refusal(
                    "LOT_ON_HOLD",
                    f"STOP. {turn.subject.id} comes from {lot.id}, which is on hold",
                    "Leave it where it is; QA lifts the hold of the lot first",
                )
    return None


def unreleased_product_stays_at_its_site(case: Case) -> Refusal | None:
    """What is handed over to another site has been decided on, and no critical exception is open.

    By hand as well as in a shipper; what is rejected may go back.
    """
    consignee = case.facts.consignee
    # A receiver that is not known is taken for another site.
    if consignee is not None and consignee.site == case.request.unit.site:
        return None
    undecided = disposition_is_decided(case)
    states = {turn.subject.position.state for turn in case.turns_of(Kind.CONTAINER)}
    return undecided if undecided or states <= {"rejected"} else no_critical_exception_is_open(case)


def _is_lot(case: Case, machine: str) -> bool:
    return case.kind_of(machine) is Kind.LOT


def no_critical_exception_is_open(case: Case) -> Refusal | None:
    """No critical exception is open on the therapy (hard guard 9).

    A stopped pairing is left to `another_pair_checks_after_a_mismatch`: a wrong scan does not
    stop the patient's treatment.
    """
    for subject in case.subjects_of(Kind.EXCEPTION):
        if case.is_final(subject):
            continue
        of_class, stops = case.value(subject.id, "class"), case.value(subject.id, "stops")
        if stops is not None and stops.content == "pairing":
            continue
        # What nobody has classified yet counts as critical.
        if of_class is None or of_class.content == "critical":
            return Refusal(
                "EXCEPTION_OPEN",
                f"The critical exception {subject.id} is open",
                "QA resolves and closes it first",
            )
    return None


def no_other_lot_is_running(case: Case) -> Refusal | None:
    """One attempt at a time: an earlier lot has ended before the next begins."""
    running = [s.id for s in case.subjects_of(Kind.LOT) if not case.is_final(s)]
    if not running:
        return None
    return Refusal("LOT_RUNNING", f"The lot {running[0]} is not ended", "Decide on it first")


def container_is_intact(case: Case) -> Refusal | None:
    """The inspector found the container whole, or it was decided to use it all the same."""
    if case.given("container_intact").lower() == "yes":
        return None
    bags = [turn.subject for turn in case.turns_of(Kind.CONTAINER)]
    if bags and all(case.value(bag.id, USED_BECAUSE) for bag in bags):
        return None
    return Refusal(
        "CONTAINER_DAMAGED",
        "The container is not intact",
        "Reject it, or report the damage where the physician may decide to use it",
    )
