"""Whether each chosen label can be printed: the definition says, or records, what stands on it."""

from collections.abc import Callable, Iterator, Mapping

from workflows.donations import NUMBERED_ONCE
from workflows.labelled import BATCH, DONATION, EXPIRY, ISBT_PRODUCT, NEEDS, template_of
from workflows.model import Action, Field, Kind, MoveRule, Pick, Relation, Workflow
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
                "Write numbers in quotes below product, record fields as required before anything"
                " is made of what they are on, or choose another label",
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


def products_are_told_apart(workflow: Workflow) -> Iterator[Problem]:
    """No two sorts of container bear one product code: of one donation they would be one bag."""
    codes = workflow.product.get(ISBT_PRODUCT)
    of_code: dict[str, str] = {}
    for machine, code in codes.items() if isinstance(codes, dict) else ():
        if (other := of_code.setdefault(str(code), str(machine))) != machine:
            yield Problem(
                f"product.{ISBT_PRODUCT}.{machine}",
                f"is the product code of {other} too",
                "Give each sort of container the code of its own product",
            )


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
    return all(_tells(action, machine, name) for action in makers)


def _of_its_lot(workflow: Workflow, machine: str, name: str) -> bool:
    """Each is made of a lot itself, whose number is told by then: the label names no other lot."""
    lots = {one.name for one in workflow.machine_of_kind(Kind.LOT)}
    births = [rule for _action, rule in _births(workflow) if rule.machine == machine]
    are_made_so = bool(births) and all(lots.intersection(rule.parents) for rule in births)
    return are_made_so and all(_is_told(workflow, lot, name, {machine}) for lot in lots)


def _of_its_donation(workflow: Workflow, machine: str, name: str) -> bool:
    """It descends from collections, whose number is told before anything is made of them."""
    before = _descent(workflow, machine)
    kinds = workflow.machines
    origins = [one for one in before if kinds[one].kind is Kind.COLLECTION]
    line = {machine, *before}
    return bool(origins) and all(_is_told(workflow, one, name, line) for one in origins)


def _is_told(workflow: Workflow, origin: str, name: str, line: set[str]) -> bool:
    """Nothing of this line is made of such a thing before its number was recorded.

    A step that nobody has to take, or that may come later, does not tell it.
    """
    untold = _states_untold(workflow, origin, name)
    for action, birth in _births(workflow):
        if birth.machine in line and origin in birth.parents and not _tells(action, origin, name):
            moved = (rule for rule in action.moves if rule.machine == origin)
            if any(untold.intersection(rule.from_states) for rule in moved):
                return False
    return True


def _states_untold(workflow: Workflow, origin: str, name: str) -> set[str]:
    """The states in which such a thing can be, and its number was not recorded on the way."""
    steps = [
        rule
        for action in workflow.actions.values()
        for rule in action.moves
        if rule.machine == origin and not _tells(action, origin, name)
    ]
    found = {rule.to_state for rule in steps if not rule.from_states}
    while (
        more := {
            rule.to_state
            for rule in steps
            if rule.to_state and found.intersection(rule.from_states)
        }
        - found
    ):
        found |= more
    return found


def _tells(action: Action, machine: str, name: str) -> bool:
    return any(_always_tells(field, machine, name) for field in action.fields)


def _always_tells(field: Field, machine: str, name: str) -> bool:
    return field.name == name and field.on in {machine, "*"} and field.required


def _births(workflow: Workflow) -> Iterator[tuple[Action, MoveRule]]:
    """Each rule by which something is made of something, with its step."""
    for action in workflow.actions.values():
        for rule in action.moves:
            if rule.relation is Relation.MADE_OF and rule.parents:
                yield action, rule


def _descent(workflow: Workflow, machine: str) -> set[str]:
    """Every machine of which its things may have been made, or those before them."""
    made_of = [rule for _action, rule in _births(workflow)]
    found: set[str] = set()
    after = {machine}
    while after:
        after = {one for rule in made_of if rule.machine in after for one in rule.parents} - found
        found |= after
    return found


_IS_THERE: Mapping[str, Callable[[Workflow, str, str], bool]] = {
    "gtin": _in_the_definition,
    ISBT_PRODUCT: _in_the_definition,
    EXPIRY: _of_its_own,
    BATCH: _of_its_lot,
    DONATION: _of_its_donation,
}
