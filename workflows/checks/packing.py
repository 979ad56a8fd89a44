"""Whether whatever a definition closes can be opened again, and goes along until then."""

from collections.abc import Iterator

from workflows.model import Action, Custody, MoveRule, Verb, Workflow
from workflows.packing import PACKAGING, Packing, packing_of
from workflows.paths import every_move, listed
from workflows.problem import Problem

WHOLE = "whole_contents_are_scanned"
_ALONG = frozenset({Custody.RELEASES, Custody.ACCEPTS, Custody.TAKES_BACK, Custody.LOSES})
"""What a package does not do without what is in it."""


def packages_are_closed_around_something(workflow: Workflow) -> Iterator[Problem]:
    """A package or shipment comes into being by a step that packs, around what is scanned."""
    for place, action, rule in _births(workflow):
        if action.verb is not Verb.PACK:
            yield Problem(place, f"makes a {rule.machine}, but packs nothing", "Write verb: pack")
            continue
        for machine in rule.parents:
            if not _goes_in(action, machine):
                reason = f"is closed around a {machine} that nobody puts in"
                yield Problem(f"{place}.parents", reason, "Move it: pick: scanned, custody: keeps")


def what_is_packed_comes_out(workflow: Workflow) -> Iterator[Problem]:
    """Each opening takes out whatever can be inside, by its scan, and compares it."""
    for place, action, rule in every_move(workflow):
        if not _is_packaging(workflow, rule) or action.verb is not Verb.UNPACK:
            continue
        if rule.custody is not Custody.ENDS:
            continue
        if not action.asks(WHOLE):
            yield Problem(place, "opens without comparing", f"Add the guard {WHOLE}")
        for machine, states in _inside(workflow, rule.machine).items():
            stuck = states - _states(action, machine, Packing.COMES_OUT)
            if stuck:
                reason = f"leaves inside: {machine} {listed(stuck)}"
                yield Problem(place, reason, "Add a move: pick: scanned, custody: keeps")


def contents_go_along(workflow: Workflow) -> Iterator[Problem]:
    """Where a package is handed over, taken back or lost, so is whatever can be in it."""
    for place, action, rule in every_move(workflow):
        if not _is_packaging(workflow, rule) or rule.custody not in _ALONG:
            continue
        for machine, states in _inside(workflow, rule.machine).items():
            along = (one for one in action.moves if one.machine == machine and one.is_inside)
            if not states & {state for one in along for state in one.from_states}:
                reason = f"goes without what is in it: {machine}"
                yield Problem(place, reason, f"Add a move with pick: contents of the {machine}")


def _inside(workflow: Workflow, package: str) -> dict[str, set[str]]:
    """What can be put into this sort of package, and in which states it can be there."""
    inside: dict[str, set[str]] = {}
    for _place, action, rule in _births(workflow):
        for machine in rule.parents if rule.machine == package else ():
            states = _states(action, machine, Packing.GOES_IN)
            inside.setdefault(machine, set()).update(states)
    return inside


def _states(action: Action, machine: str, packing: Packing) -> set[str]:
    """The states from which a machine's subjects go in, or come out, by this action."""
    rules = (one for one in action.moves if one.machine == machine)
    return {
        state for one in rules if packing_of(action, one) is packing for state in one.from_states
    }


def _goes_in(action: Action, machine: str) -> bool:
    rules = (one for one in action.moves if one.machine == machine and one.scan)
    return any(packing_of(action, one) is Packing.GOES_IN for one in rules)


def _births(workflow: Workflow) -> Iterator[tuple[str, Action, MoveRule]]:
    """Each rule by which a package or shipment comes into being."""
    for place, action, rule in every_move(workflow):
        if _is_packaging(workflow, rule) and not rule.from_states:
            yield place, action, rule


def _is_packaging(workflow: Workflow, rule: MoveRule) -> bool:
    return workflow.machines[rule.machine].kind in PACKAGING
