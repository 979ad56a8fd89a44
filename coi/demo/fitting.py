"""Who of the cast fits an action, where, and with which things in hand.

As a practised person would find it: whoever is nearest, and what is within reach.
"""

from collections.abc import Iterator, Sequence

from coi.demo.cast import STAFF, UNITS, Staff
from coi.demo.values import KINDS, who_treats
from coi.services.therapies import TherapyView
from workflows.facts import Subject
from workflows.guards.treating import TAKES_OVER, is_left_to_others
from workflows.model import Action, Custody, MoveRule, Pick
from workflows.packing import reaches

_PICKED = frozenset({Pick.SCANNED, Pick.NAMED})
_BY_HOLDER = frozenset(
    {Custody.KEEPS, Custody.RELEASES, Custody.TAKES_BACK, Custody.ENDS, Custody.LOSES}
)
_ON_THE_WAY_TOO = frozenset({Custody.TAKES_BACK, Custody.LOSES})


class CannotPerform(LookupError):
    """Nobody, or nothing, fits the action now."""


# -- where ----------------------------------------------------------------------------------------


def rule_of(action: Action, subject: Subject) -> MoveRule:
    """The rule that moves a subject which is known to move."""
    rule = action.rule_for(subject.machine, subject.position.state)
    if rule is None:
        raise CannotPerform(action.name)
    return rule


def place_and_things(
    view: TherapyView, action: Action, on: Sequence[str], staff: Sequence[Staff]
) -> tuple[str, list[Subject]]:
    """The unit that can act, and the subjects that it would scan or name."""
    units = list(_eligible_units(view, action, staff))
    for unit in units:
        found = [s for s in view.subjects.values() if _is_within_reach(unit, action, s)]
        if chosen := _chosen(action, on, found):
            return unit, chosen
    needs_a_subject = any(rule.pick in _PICKED and not rule.optional for rule in action.moves)
    if on or needs_a_subject or not units:
        raise CannotPerform(action.name)
    return units[0], []


def _chosen(action: Action, on: Sequence[str], found: Sequence[Subject]) -> list[Subject]:
    """What is wished for; without a wish all that is found of one sort, or one thing of a list."""
    if on:
        return [subject for subject in found if subject.id in on]
    if found and rule_of(action, found[0]).pick is Pick.NAMED:
        return [found[0]]
    return [subject for subject in found if subject.machine == found[0].machine]


def _is_within_reach(unit: str, action: Action, subject: Subject) -> bool:
    """Somebody at the unit can pick the subject now: as its holder, its consignee, or anyone."""
    rule = action.rule_for(subject.machine, subject.position.state)
    position = subject.position
    if rule is None or rule.pick not in _PICKED or not reaches(action, rule, position):
        return False
    if rule.custody is Custody.ACCEPTS:
        return unit == position.consignee
    if rule.custody in _BY_HOLDER:
        # Who released a thing still answers for it, but has it no more: until the consignee
        # accepts it, the holder can only take it back or report it lost.
        at_hand = rule.custody in _ON_THE_WAY_TOO or not position.in_transit
        return at_hand and unit == position.holder
    return True


def site_of(view: TherapyView) -> str:
    """The hospital that treats."""
    return who_treats(view).treats or UNITS[view.history[0].unit][0]


def _eligible_units(view: TherapyView, action: Action, staff: Sequence[Staff]) -> Iterator[str]:
    """The units of sites that take part, where somebody may take the action."""
    told = who_treats(view)
    taking_part = {site for event in view.history for site in event.content.get("sites", ())}
    if action.asks(TAKES_OVER):
        taking_part = {told.asked}
    elif not is_left_to_others(action):
        taking_part -= told.aside
    # Who treats comes first: another hospital only has in hand what it has not given away yet.
    for unit, (site, _) in sorted(UNITS.items(), key=lambda one: one[1][0] in told.aside):
        if site in taking_part and any(may_act(somebody, action, unit) for somebody in staff):
            yield unit


def holding(role: str, unit: str) -> Staff:
    """The first who holds the role at the unit."""
    return next(somebody for somebody in STAFF if (role, unit) in somebody.roles)


# -- who ------------------------------------------------------------------------------------------


def may_act(somebody: Staff, action: Action, unit: str) -> bool:
    """The person holds a role at the unit by which its sort of site takes the action."""
    kind = KINDS[UNITS[unit][0]]
    asked = {who.role for who in action.who if who.site_kind in {"*", kind}}
    held = {role for role, at in somebody.roles if at == unit}
    return bool(held & asked) or ("*" in asked and bool(held))


def people_for(action: Action, unit: str, staff: Sequence[Staff]) -> tuple[str, ...]:
    """The actor, then each signer: different people with the roles that are asked."""
    signers = _signers(action, unit, staff)
    actors = [somebody.username for somebody in staff if may_act(somebody, action, unit)]
    # Whoever takes a step signs for it, so the actor is one of the signers wherever one can be.
    actor = next((username for username in signers if username in actors), actors[0])
    return (actor, *signers)


def _signers(action: Action, unit: str, staff: Sequence[Staff]) -> list[str]:
    """A person of its own for each signature, the nearest who can give it."""
    signers: list[str] = []
    for rule in action.signatures:
        fitting = [s for s in staff if s.username not in signers and _units_of(s, rule.roles)]
        if not fitting:
            raise CannotPerform(f"{action.name}: {rule.meaning}")
        nearest = min(fitting, key=lambda s: _distance(_units_of(s, rule.roles), unit))
        signers.append(nearest.username)
    return signers


def _units_of(somebody: Staff, roles: Sequence[str]) -> set[str]:
    """The units at which the person holds one of these roles."""
    return {unit for role, unit in somebody.roles if role in roles}


def _distance(units: set[str], unit: str) -> int:
    """Colleagues of the unit before those of the site, before all others."""
    if unit in units:
        return 0
    sites = {UNITS[at][0] for at in units}
    return 1 if UNITS[unit][0] in sites else 2


def openers(view: TherapyView) -> set[str]:
    """The persons who opened an exception of the therapy, or signed that they did."""
    exceptions = (s for s in view.subjects.values() if s.machine == "exception")
    openings = [view.history[exception.born_seq] for exception in exceptions]
    signed = {signature.person for event in openings for signature in event.signatures}
    return signed | {event.actor for event in openings}


def investigators(view: TherapyView) -> set[str]:
    """The persons who took an exception of the therapy on, or investigated it."""
    actions = {"take_on_exception", "record_investigation"}
    return {event.actor for event in view.history if event.action in actions}
