"""What could be done next, by the positions alone: a worklist, not a permission."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from workflows.facts import Position, Subject
from workflows.guards.quality import RELEASED_LOT
from workflows.loading import load
from workflows.model import Action, Alternatives, Custody, Kind, MoveRule, Pick, Verb, Workflow
from workflows.packing import reaches


def possible_actions(
    workflow: Workflow, subjects: Mapping[str, Subject], units: frozenset[str] | None = None
) -> tuple[Action, ...]:
    """The actions whose subjects stand where they would have to, in the definition's order.

    With `units`, only those for which these units have the things in hand, or on their way to them.
    """
    if not subjects:
        return ()
    there = subjects.values()
    return tuple(
        action
        for action in workflow.actions.values()
        if action.verb is not Verb.ORDER and _is_possible(action, there, units)
    )


def is_rare_among(action: Action, subjects: Collection[Subject]) -> bool:
    """What nobody hopes to do today, with things that stand so: it stands apart on a page."""
    found = (action.rule_for(one.machine, one.position.state) for one in subjects)
    rules = [rule for rule in found if rule is not None]
    return action.is_rare or (bool(rules) and all(rule.seldom for rule in rules))


def lifts_nothing(action: Action, subjects: Collection[Subject], stops: int) -> bool:
    """It lifts a hold, and there is none: of the therapy, or of something that it could be on."""
    if action.chain_stop < 0:
        return not stops
    if action.verb is not Verb.LIFT:
        return False
    return not any(subject.position.stops for subject in subjects)


def relies_on_record(action: Action) -> bool:
    """It may release a lot, or gives something to the patient: so all before must be true."""
    if action.verb is Verb.DECIDE:
        return any(rule.to_state in RELEASED_LOT for rule in action.moves)
    return action.verb is Verb.ADMINISTER


def decides_release(workflow: Workflow, action: Action) -> bool:
    """It may release a lot: what it came from is looked over once more before."""
    return action.verb is Verb.DECIDE and any(
        rule.to_state in RELEASED_LOT and workflow.machines[rule.machine].kind is Kind.LOT
        for rule in action.moves
    )


@lru_cache(maxsize=64)
def releases_of(text: str) -> frozenset[tuple[str, str, str, str]]:
    """What in the definition decides that a lot is released: machine, action, from and to.

    Raises:
        DefinitionError: it is no definition.
    """
    workflow = load(text)
    return frozenset(
        (one.machine, one.action, one.from_state, one.to_state)
        for one in workflow.transitions
        if one.to_state in RELEASED_LOT
        and one.to_state != one.from_state
        and workflow.machines[one.machine].kind is Kind.LOT
        and workflow.actions[one.action].verb is Verb.DECIDE
    )


def moves_it(
    action: Action, subject: Subject, units: frozenset[str], *, stopped: bool = False
) -> bool:
    """The action moves this very subject when its label is scanned at one of these units.

    What is on hold, or whose therapy is (`stopped`), moves only where the rule says so.
    """
    rule = action.rule_for(subject.machine, subject.position.state)
    if rule is None or not rule.scan or not units or not reaches(action, rule, subject.position):
        return False
    held = stopped or subject.position.stops > 0
    return (rule.while_stopped or not held) and _is_theirs(rule, subject.position, units)


def _is_possible(
    action: Action, subjects: Collection[Subject], units: frozenset[str] | None
) -> bool:
    """Each machine that must move has a subject that can, and something moves."""
    found = [
        (rules.optional, _fits(action, rules, subjects, units))
        for rules in action.alternatives
        if rules.pick not in {Pick.BORN, Pick.CONTENTS}
    ]
    if not all(fits or optional for optional, fits in found):
        return False
    return not found or any(fits for _optional, fits in found)


def _fits(
    action: Action,
    rules: Alternatives,
    subjects: Collection[Subject],
    units: frozenset[str] | None,
) -> bool:
    """Some subject of the machine stands where one of the rules begins, and can be reached."""
    for subject in subjects:
        rule = rules.rule_from(subject.position.state) if subject.machine == rules.machine else None
        if rule is None or not reaches(action, rule, subject.position):
            continue
        if units is None or _is_theirs(rule, subject.position, units):
            return True
    return False


def _is_theirs(rule: MoveRule, position: Position, units: frozenset[str]) -> bool:
    """One of these units could act on it: what is decided on paper is in nobody's hand."""
    if rule.custody is Custody.NONE:
        return True
    return not units.isdisjoint(in_reach(rule, position))


def in_reach(rule: MoveRule, position: Position) -> tuple[str, ...]:
    """Who has it in hand, or waits for it, as this rule asks; nobody where paper decides."""
    match rule.custody:
        case Custody.NONE:
            return ()
        case Custody.ACCEPTS:
            return (position.consignee,)
        case Custody.TAKES_BACK:
            return (position.holder,) if position.in_transit else ()
        case Custody.LOSES:
            return (position.holder, position.consignee)
    return () if position.in_transit else (position.holder,)
