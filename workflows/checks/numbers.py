"""Whether each chosen label can be printed: the definition says, or records, what stands on it."""

from collections.abc import Callable, Iterator, Mapping

from workflows.donations import NUMBERED_ONCE
from workflows.labelled import BATCH, DONATION, EXPIRY, NEEDS, template_of
from workflows.model import Action, Field, Kind, Pick, Relation, Workflow
from workflows.problem import Problem


def labels_can_say_their_numbers(workflow: Workflow) -> Iterator[Problem]:
    """What a chosen template cannot be printed without is in the definition, or always recorded."""
    return numbers_lacking(workflow, NEEDS)


def numbers_lacking(workflow: Workflow, needs: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Each sort of container that chooses one of these templates and lacks what that needs."""
    for machine in workflow.machines.values():
        template = template_of(workflow, machine.name)
        needed = needs.get(template, ()) if machine.labelled else ()
        lacking = [one for one in needed if not _IS_THERE[one](workflow, machine.name, one)]
        if lacking:
            yield Problem(
                f"product.label.{machine.name}",
                f"chooses {template}, which needs {', '.join(lacking)}",
                "Write numbers in quotes below product, record fields as required, or choose"
                " another label",
            )


def donations_are_numbered_once(workflow: Workflow) -> Iterator[Problem]:
    """A step that records the number of a donation asks whether it is another's already.

    It records it of one collection that is there before it: of what is born in the step several
    numbers could be told, and the guard is told of one.
    """
    for action in workflow.actions.values():
        fields = [field for field in action.fields if field.name == DONATION]
        place = f"actions.{action.name}.fields.{DONATION}"
        if fields and not action.asks(NUMBERED_ONCE):
            yield Problem(place, "may be another's", f"Add the guard {NUMBERED_ONCE}")
        elif not all(_is_of_one_collection(workflow, action, field.on) for field in fields):
            yield Problem(
                place,
                "is not of one collection that was planned before",
                "Record it on a collection that the step finds by pick: named",
            )


def _is_of_one_collection(workflow: Workflow, action: Action, machine: str) -> bool:
    """The field is on a collection, each rule of which moves one that is there."""
    if machine not in workflow.machines or workflow.machines[machine].kind is not Kind.COLLECTION:
        return False
    rules = [rule for rule in action.moves if rule.machine == machine]
    return bool(rules) and all(rule.pick in {Pick.NAMED, Pick.SCANNED} for rule in rules)


def _in_the_definition(workflow: Workflow, machine: str, number: str) -> bool:
    """The definition says it as a text: without quotes a number loses the zeros before it."""
    numbers = workflow.product.get(number)
    text = numbers.get(machine) if isinstance(numbers, dict) else None
    return isinstance(text, str) and bool(text.strip())


def _of_its_own(workflow: Workflow, machine: str, name: str) -> bool:
    """Whatever brings such a thing into being records it."""
    makers = (
        action
        for action in workflow.actions.values()
        if any(rule.machine == machine and rule.pick is Pick.BORN for rule in action.moves)
    )
    return all(
        any(_always_tells(field, machine, name) for field in action.fields) for action in makers
    )


def _of_its_origin(kind: Kind) -> Callable[[Workflow, str, str], bool]:
    """It descends from a thing of this kind, of which it is always recorded."""

    def is_there(workflow: Workflow, machine: str, name: str) -> bool:
        before = [one for one in _descent(workflow, machine) if workflow.machines[one].kind is kind]
        fields = [field for action in workflow.actions.values() for field in action.fields]
        told = (any(_always_tells(field, one, name) for field in fields) for one in before)
        return bool(before) and all(told)

    return is_there


def _always_tells(field: Field, machine: str, name: str) -> bool:
    return field.name == name and field.on in {machine, "*"} and field.required


def _descent(workflow: Workflow, machine: str) -> set[str]:
    """Every machine of which its things may have been made, or those before them."""
    rules = [rule for action in workflow.actions.values() for rule in action.moves]
    made_of = [rule for rule in rules if rule.relation is Relation.MADE_OF]
    found: set[str] = set()
    after = {machine}
    while after:
        after = {one for rule in made_of if rule.machine in after for one in rule.parents} - found
        found |= after
    return found


_IS_THERE: Mapping[str, Callable[[Workflow, str, str], bool]] = {
    "gtin": _in_the_definition,
    "isbt_product": _in_the_definition,
    EXPIRY: _of_its_own,
    BATCH: _of_its_origin(Kind.LOT),
    DONATION: _of_its_origin(Kind.COLLECTION),
}
