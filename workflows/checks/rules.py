"""Whether the move rules of a definition can be followed by the engine at all."""

from collections.abc import Iterator

from workflows.expansion import GRANTED
from workflows.model import Kind, Pick, Verb, Workflow
from workflows.packing import PACKAGING
from workflows.paths import every_move, listed
from workflows.problem import Problem

OPEN_EXCEPTION = "open_exception"
THERAPY = "therapy"

# What must move in the same action, so that the subjects can be found by way of it.
_FOUND_BY: dict[Pick, frozenset[Kind]] = {
    Pick.CONTENTS: PACKAGING,
    Pick.CHILDREN: frozenset({Kind.LOT}),
    Pick.ORIGIN: frozenset({Kind.EXCEPTION}),
}


def special_machines_exist_once(workflow: Workflow) -> Iterator[Problem]:
    """One machine is the therapy; exceptions and dispensations have at most one each."""
    therapies = [machine.name for machine in workflow.machine_of_kind(Kind.THERAPY)]
    if therapies != [THERAPY]:
        found = listed(therapies) or "none"
        reason = f"need exactly one of kind therapy, called {THERAPY}; there is: {found}"
        yield Problem("machines", reason, "Keep one, under that name")
    for kind in (Kind.EXCEPTION, Kind.DISPENSATION):
        names = [machine.name for machine in workflow.machine_of_kind(kind)]
        if len(names) > 1:
            reason = f"have several of kind {kind}: {listed(names)}"
            yield Problem("machines", reason, "Keep one")


def births_are_complete(workflow: Workflow) -> Iterator[Problem]:
    """What comes into being has a first state; what exists already is not born."""
    for place, _action, rule in every_move(workflow):
        born = rule.pick is Pick.BORN
        if born == bool(rule.from_states):
            reason = "is born, but has states before" if born else "has no state to begin in"
            yield Problem(f"{place}.from", reason, "Write either from, or pick: born")
        if born and not rule.to_state:
            yield Problem(f"{place}.to", "is born in no state", "Say in which state it is born")


def parents_are_there(workflow: Workflow) -> Iterator[Problem]:
    """Parents are of machines that move in the same action; the therapy always is there."""
    for place, action, rule in every_move(workflow):
        if rule.parents and rule.pick is not Pick.BORN:
            reason = "has parents, but is not born here"
            yield Problem(f"{place}.parents", reason, "Remove the parents")
        moved = {each.machine for each in action.moves} | {THERAPY}
        strangers = set(rule.parents) - moved
        if strangers:
            reason = f"does not move its parents: {listed(strangers)}"
            yield Problem(f"{place}.parents", reason, "Add a move for each, or remove it here")


def picks_find_something(workflow: Workflow) -> Iterator[Problem]:
    """Each way of finding subjects has what it starts from."""
    for place, action, rule in every_move(workflow):
        is_therapy = workflow.machines[rule.machine].kind is Kind.THERAPY
        if (rule.pick is Pick.THERAPY) != (is_therapy and bool(rule.from_states)):
            reason = f"finds a {rule.machine} by {rule.pick}"
            yield Problem(
                f"{place}.pick", reason, "pick: therapy is for the therapy, and only for it"
            )
        by = _FOUND_BY.get(rule.pick)
        moved = {workflow.machines[each.machine].kind for each in action.moves if each is not rule}
        if by is not None and not by & moved:
            sought = " or ".join(sorted(by, reverse=True))
            reason = f"looks for {rule.pick}, but no {sought} moves"
            yield Problem(f"{place}.pick", reason, f"Add a move of the {sought}, or pick otherwise")


def rules_of_a_machine_are_alternatives(workflow: Workflow) -> Iterator[Problem]:
    """Of one machine's rules in an action, at most one fits a subject as it stands."""
    begun: dict[tuple[str, str, str, bool], str] = {}
    for place, action, rule in every_move(workflow):
        for state in rule.from_states or ("",):
            first = begun.setdefault((action.name, rule.machine, state, rule.is_inside), place)
            if first != place:
                earlier = first.removeprefix(f"actions.{action.name}.")
                reason = f"begins where {earlier} does: {rule.machine} {state or 'unborn'}"
                yield Problem(f"{place}.from", reason, "Keep the state in one of them")


def subjects_of_a_machine_are_found_one_way(workflow: Workflow) -> Iterator[Problem]:
    """All rules of one machine in an action pick its subjects alike, but for what is inside."""
    picks: dict[tuple[str, str, bool], Pick] = {}
    for place, action, rule in every_move(workflow):
        first = picks.setdefault((action.name, rule.machine, rule.is_inside), rule.pick)
        if first is not rule.pick:
            reason = f"picks by {rule.pick} what an earlier move picks by {first}"
            yield Problem(f"{place}.pick", reason, "Pick one machine's subjects in one way")


def exceptions_can_be_opened(workflow: Workflow) -> Iterator[Problem]:
    """The engine itself opens exceptions, by the action of that name."""
    births = {
        rule.machine
        for _place, action, rule in every_move(workflow)
        if action.name == OPEN_EXCEPTION
        and action.verb is Verb.OPEN_EXCEPTION
        and rule.pick is Pick.BORN
    }
    for machine in workflow.machine_of_kind(Kind.EXCEPTION):
        if machine.name not in births:
            reason = f"lack {OPEN_EXCEPTION}, which opens an exception ({machine.name})"
            yield Problem("actions", reason, "Add the action, of that verb")


def dispensations_are_used_once(workflow: Workflow) -> Iterator[Problem]:
    """Where a rule may be departed from, only the engine moves the granted dispensation."""
    for place, action, rule in every_move(workflow):
        uses = any(guard.name in workflow.dispensable for guard in action.guards)
        is_dispensation = workflow.machines[rule.machine].kind is Kind.DISPENSATION
        if uses and is_dispensation and GRANTED in rule.from_states:
            reason = "moves the dispensation that a guard of the action uses up"
            yield Problem(f"{place}.from", reason, f"Remove {GRANTED}")
