"""Whether whatever a definition closes can be opened again, and goes along until then."""

from collections.abc import Iterator

from workflows.checks.contained import anywhere_in, births, deeper_in, directly_in, states_of
from workflows.model import Action, Custody, MoveRule, Verb, Workflow
from workflows.packing import PACKAGING, Packing, packing_of
from workflows.paths import every_move, listed
from workflows.problem import Problem

WHOLE = "whole_contents_are_scanned"
_ALONG = frozenset({Custody.RELEASES, Custody.ACCEPTS, Custody.TAKES_BACK, Custody.LOSES})
"""What a package does not do without what is in it."""


def packages_are_closed_around_something(workflow: Workflow) -> Iterator[Problem]:
    """A package or shipment comes into being by a step that packs, around what is scanned."""
    for place, action, rule in births(workflow):
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
        for machine, states in directly_in(workflow, rule.machine).items():
            stuck = states - states_of(action, machine, Packing.COMES_OUT)
            if stuck:
                reason = f"leaves inside: {machine} {listed(stuck)}"
                yield Problem(place, reason, "Add a move: pick: scanned, custody: keeps")
        yield from _kept_closed(workflow, place, action, rule)


def _kept_closed(
    workflow: Workflow, place: str, action: Action, rule: MoveRule
) -> Iterator[Problem]:
    """An opening that moves what lies deeper moves it from whatever state it is in there."""
    for machine, states in deeper_in(workflow, rule.machine).items():
        moved = states_of(action, machine, Packing.INSIDE)
        if moved and states - moved:
            reason = f"is never opened around: {machine} {listed(states - moved)}"
            yield Problem(place, reason, f"Add a move with pick: contents of the {machine}")


def contents_go_along(workflow: Workflow) -> Iterator[Problem]:
    """Where a package is handed over, taken back or lost, so is whatever can be in it.

    What lies deeper in it moves only with the layer in between.
    """
    yield from _layers_passed_over(workflow)
    for place, action, rule in every_move(workflow):
        # What lies in something that moves is asked of that: it may let pass less than can be here.
        if not _is_packaging(workflow, rule) or rule.custody not in _ALONG or rule.is_inside:
            continue
        for machine, states in anywhere_in(workflow, rule.machine).items():
            left = states - _along(action, machine, rule.custody)
            if left:
                reason = f"goes without what is in it: {machine} {listed(left)}"
                next_step = f"Add a move with pick: contents of the {machine}"
                yield Problem(place, reason, f"{next_step}, custody: {rule.custody}")


def _layers_passed_over(workflow: Workflow) -> Iterator[Problem]:
    """Each step that moves what lies in a layer inside, and leaves the layer where it is."""
    for place, action, rule in every_move(workflow):
        if not _is_packaging(workflow, rule) or not rule.from_states:
            continue
        if packing_of(action, rule) is Packing.EITHER or rule.custody is Custody.ENDS:
            continue
        inside = {one.machine for one in action.moves if one.is_inside}
        for layer in directly_in(workflow, rule.machine):
            within = directly_in(workflow, layer).keys() & inside
            if layer not in inside and within:
                reason = f"moves what is in a {layer} without it: {listed(within)}"
                yield Problem(place, reason, f"Add a move with pick: contents of the {layer}")


def _along(action: Action, machine: str, custody: Custody) -> set[str]:
    """The states from which what is inside does the same as the package around it."""
    rules = (one for one in action.moves if one.machine == machine and one.is_inside)
    return {state for one in rules if one.custody is custody for state in one.from_states}


def _goes_in(action: Action, machine: str) -> bool:
    rules = (one for one in action.moves if one.machine == machine and one.scan)
    return any(packing_of(action, one) is Packing.GOES_IN for one in rules)


def _is_packaging(workflow: Workflow, rule: MoveRule) -> bool:
    return workflow.machines[rule.machine].kind in PACKAGING
