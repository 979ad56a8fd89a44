"""Whether what is about to be labelled has the numbers without which its label is not printed.

The definition was asked when it was installed; the record and a newer version of a template may say
otherwise by now. Asked before the bag is filled, and not when it lies there without a label.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.case import Arrival, Case, NotTold, Turn
from workflows.donations import say_isbt128
from workflows.facts import Facts, Subject, Value
from workflows.labelled import (
    BAG_LABEL,
    BATCH,
    DONATION,
    EXPIRY,
    ISBT_PRODUCT,
    NEEDS,
    OWN,
    Known,
    as_told,
    descent,
    donations_of,
    known_of,
    made_of,
    newest_value,
    template_of,
)
from workflows.model import Action, Kind, Workflow
from workflows.refusal import Refusal

_TITLES = {
    "gtin": "number of the product (GTIN)",
    ISBT_PRODUCT: "product code of ISBT 128",
    EXPIRY: "expiry",
    BATCH: "batch number of the lot",
    DONATION: "donation number",
}


@dataclass(frozen=True, slots=True)
class Thing:
    """What gets a label: its sort, what it was made of, its expiry, and by which template."""

    machine: str
    parents: tuple[Subject, ...]
    expires_at: str
    template: str


def needed_by(facts: Facts, template: str) -> tuple[str, ...]:
    """What a label by this template cannot be printed without."""
    return NEEDS.get(template) or facts.own_numbers.get(template, ())


def asks_for_numbers(workflow: Workflow, action: Action, facts: Facts) -> bool:
    """A label by which the step may print needs a number."""
    machines = workflow.machines.values()
    of_sorts = {template_of(workflow, one.name) for one in machines if one.labelled}
    printed = {*action.prints} - {BAG_LABEL} | (of_sorts if BAG_LABEL in action.prints else set())
    return any(needed_by(facts, one) for one in printed)


def why_unprintable(case: Case, anew: Iterable[Subject]) -> Refusal | None:
    """Why a label of this step could not be printed; None where each has what it says.

    `anew` is what is labelled once more; what is born and carries a label is asked for too.
    """
    machines = case.workflow.machines
    is_told = BAG_LABEL in case.action.prints and asks_for_numbers(
        case.workflow, case.action, case.facts
    )
    if not is_told:
        return None
    known = _known_now(case)
    born = (_born(case, one) for one in case.arrivals if machines[one.rule.machine].labelled)
    things = (*born, *(_living(known, subject) for subject in anew))
    return next((no for one in things if (no := _against(case, known, one)) is not None), None)


def why_not_again(case: Case, subject: Subject) -> Refusal | None:
    """Why the label of a thing could not be printed anew, beside every step."""
    if not asks_for_numbers(case.workflow, case.action, case.facts):
        return None
    known = _known_now(case)
    return _against(case, known, _living(known, subject))


def _known_now(case: Case) -> Known:
    """What is known, with what the step itself records."""
    if case.facts.values is None:
        raise NotTold("values")
    return known_of(case, (*case.facts.values, *_given(case)))


def _living(known: Known, subject: Subject) -> Thing:
    """A thing that there is already, and that is labelled once more."""
    parents = tuple(made_of(known, subject.id))
    expires_at = newest_value(known, subject.id, EXPIRY)
    return Thing(subject.machine, parents, expires_at, template_of(known.workflow, subject.machine))


def _against(case: Case, known: Known, thing: Thing) -> Refusal | None:
    """Why the label of this thing could not be printed."""
    needed = needed_by(case.facts, thing.template)
    numbers = _donations(known, thing)
    there = {
        "gtin": _said(known.workflow, "gtin", thing.machine),
        ISBT_PRODUCT: _said(known.workflow, ISBT_PRODUCT, thing.machine),
        EXPIRY: thing.expires_at,
        BATCH: _batch(known, thing),
        DONATION: numbers[0] if numbers else "",
    }
    if missing := [one for one in needed if not there[one]]:
        return Refusal(
            "NUMBER_MISSING",
            f"The label “{thing.template}” could not be printed: no {_TITLES[missing[0]]}",
            _way_out(thing, missing[0]),
        )
    if not say_isbt128(case, [thing.template]):
        return None
    if len(numbers) > 1:
        return Refusal(
            "SEVERAL_DONATIONS",
            f"It is of {len(numbers)} donations, and the label “{thing.template}” says one",
            _way_out(thing, ""),
        )
    if numbers[0] not in case.facts.donations_said:
        return Refusal(
            "DONATION_NOT_ISBT128",
            f"“{numbers[0][:64]}” is no donation number of ISBT 128, which the label says",
            _way_out(thing, DONATION),
        )
    return None


def _way_out(thing: Thing, number: str) -> str:
    """What makes it printable: the number, another version of the label, or another label."""
    ways = ["let QA move the therapy to a version of its definition with another label"]
    if thing.template.startswith(OWN):
        ways.insert(0, "let QA keep and approve a version of the label without it")
    if number in {DONATION, BATCH, EXPIRY}:
        ways.insert(0, "record the right number")
    told = "; or ".join(ways)
    return f"{told[:1].upper()}{told[1:]}"


def _born(case: Case, arrival: Arrival) -> Thing:
    parents = tuple(one.subject for one in case.turns if _is_parent(arrival, one))
    expires_at = arrival.new.values.get(EXPIRY) or case.request.values.get(EXPIRY, "")
    machine = arrival.rule.machine
    return Thing(machine, parents, expires_at.strip(), template_of(case.workflow, machine))


def _is_parent(arrival: Arrival, turn: Turn) -> bool:
    return turn.subject.machine in arrival.rule.parents and not turn.rule.is_inside


def _given(case: Case) -> Iterator[Value]:
    """The numbers that the step itself records of what it moves."""
    names = {DONATION, BATCH, EXPIRY}
    fields = [one for one in case.action.fields if one.name in names and case.given(one.name)]
    occurrence = case.facts.therapy.next_seq + 1
    for turn in case.turns:
        for field in fields:
            if field.on in {turn.subject.machine, "*"}:
                yield Value(turn.subject.id, field.name, occurrence, 1, case.given(field.name))


def _donations(known: Known, thing: Thing) -> tuple[str, ...]:
    before = {one.id for one in thing.parents}
    for one in thing.parents:
        before |= descent(known.links, one.id)
    return as_told(donations_of(known, before))


def _batch(known: Known, thing: Thing) -> str:
    """Of the lot that it was made of itself, as the label says it."""
    machines = known.workflow.machines
    lot = next((one for one in thing.parents if machines[one.machine].kind is Kind.LOT), None)
    return newest_value(known, lot.id, BATCH) if lot else ""


def _said(workflow: Workflow, number: str, machine: str) -> str:
    numbers = workflow.product.get(number)
    return str(numbers.get(machine) or "") if isinstance(numbers, dict) else ""
