"""Vein-to-vein and turnaround: from which collection, until which infusion or decision.

Vein-to-vein ends when the patient is given the first of what was made; a graft that was kept by
for a rescue ends nothing. Turnaround ends when the lot is released, or is decided against. Both are
counted from the first collection whose material became the product; until there is product, from
the first of those whose material still can. Pure: all of it is worked out from one view.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from coi.clock import parse_rfc3339
from coi.services.therapies import Happened, TherapyView
from workflows.facts import Subject
from workflows.given import may_be_given, may_be_made, products
from workflows.guards.quality import RELEASED_LOT
from workflows.labelled import descent
from workflows.model import Action, Kind, Verb

_NOT_DONE = "refused"


@dataclass(frozen=True, slots=True)
class Span:
    """A time that is named: from when, and until when where that has come."""

    begun: datetime
    ended: datetime | None
    what: str = ""  # the title of the step that ended it

    def days(self, now: datetime) -> float:
        """How long it took, or has taken so far."""
        return ((self.ended or now) - self.begun).total_seconds() / 86_400


@dataclass(frozen=True, slots=True)
class Spans:
    """The times of a therapy by their names; None where nothing was collected."""

    vein_to_vein: Span | None = None  # from collection to the first infusion of the product
    turnaround: Span | None = None  # from collection to release, or to the decision against it
    first_collected: datetime | None = None  # where the clock counts from a later collection
    is_over: bool = False  # what has no end by now will have none

    @property
    def from_first(self) -> Span | None:
        """From the first collection of all until that infusion, where the clock counts later."""
        if self.first_collected is None or self.vein_to_vein is None:
            return None
        return replace(self.vein_to_vein, begun=self.first_collected)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step that was taken, and what it moved."""

    at: datetime
    action: Action
    title: str
    things: frozenset[str]


def spans_of(view: TherapyView, *, is_over: bool) -> Spans:
    """The named times of a therapy, each as far as it has come."""
    steps = sorted(_steps(view), key=lambda step: step.at)
    collected = {
        thing: step.at
        for step in reversed(steps)
        if step.action.verb is Verb.COLLECT
        for thing in step.things & {one.id for one in _of_kind(view, Kind.COLLECTION)}
    }
    if not collected:
        return Spans(is_over=is_over)
    dose = next(_doses(view, steps), None)
    things = dose.things if dose else _goes_on(view) or _last_lot(view) or frozenset(collected)
    came_from = things.union(*(descent(view.links, one) for one in things))
    begun = min((collected[one] for one in came_from & collected.keys()), default=None)
    first = min(collected.values())
    begun = first if begun is None else begun
    lots = frozenset(one.id for one in _of_kind(view, Kind.LOT)) & came_from
    return Spans(
        vein_to_vein=_span(begun, dose),
        turnaround=_span(begun, _decision(view, steps, lots)),
        first_collected=first if first != begun else None,
        is_over=is_over,
    )


def _span(begun: datetime, end: _Step | None) -> Span:
    return Span(begun, end.at, end.title) if end else Span(begun, None)


def _steps(view: TherapyView) -> Iterator[_Step]:
    for event in view.history:
        action = _action(view, event)
        if action is not None and event.kind != _NOT_DONE:
            moved = frozenset(move["subject"] for move in event.content.get("moves", ()))
            yield _Step(parse_rfc3339(event.happened_at), action, event.title, moved)


def _action(view: TherapyView, event: Happened) -> Action | None:
    """The step by its name, in the version by which it runs, or the newest before that has it."""
    older = (one.workflow for one in reversed(view.earlier))
    known = (workflow.actions.get(event.action) for workflow in (view.workflow, *older))
    return next((action for action in known if action is not None), None)


def _of_kind(view: TherapyView, kind: Kind) -> list[Subject]:
    machines = view.workflow.machines
    return [one for one in view.subjects.values() if machines[one.machine].kind is kind]


def _doses(view: TherapyView, steps: Collection[_Step]) -> Iterator[_Step]:
    """Each infusion of product, with the bags of which something was given; the first first."""
    made = products(view.workflow)
    bags = {one.id for one in view.subjects.values() if one.machine in made}
    for step in steps:
        given = step.things & bags
        if given and step.action.verb is Verb.ADMINISTER:
            yield _Step(step.at, step.action, step.title, given)


def _goes_on(view: TherapyView) -> frozenset[str]:
    """What a later infusion will be of: product, otherwise lots, otherwise what was collected."""
    given, made = may_be_given(view.workflow), may_be_made(view.workflow)
    machines = view.workflow.machines
    lots = (
        one
        for one in _of_kind(view, Kind.LOT)
        if not machines[one.machine].states[one.position.state].final
    )
    by_stage = (
        (one for one in view.subjects.values() if (one.machine, one.position.state) in given),
        lots,
        (one for one in view.subjects.values() if (one.machine, one.position.state) in made),
    )
    found = (frozenset(one.id for one in stage) for stage in by_stage)
    return next((things for things in found if things), frozenset())


def _last_lot(view: TherapyView) -> frozenset[str]:
    """The newest lot, where nothing is left from which another could come."""
    lots = sorted(_of_kind(view, Kind.LOT), key=lambda one: one.born_seq)
    return frozenset(one.id for one in lots[-1:])


def _decision(view: TherapyView, steps: Collection[_Step], lots: frozenset[str]) -> _Step | None:
    """The first release of one of these lots; otherwise what was decided against them."""
    decided = [step for step in steps if step.action.verb is Verb.DECIDE and step.things & lots]
    released = (step for step in decided if _leads_to(step, view, RELEASED_LOT))
    return next(released, None) or next(
        (step for step in decided if _leads_to(step, view, _ends(view))), None
    )


def _leads_to(step: _Step, view: TherapyView, states: frozenset[str]) -> bool:
    lots = {machine.name for machine in view.workflow.machine_of_kind(Kind.LOT)}
    return any(rule.machine in lots and rule.to_state in states for rule in step.action.moves)


def _ends(view: TherapyView) -> frozenset[str]:
    """The states in which a lot ends, and was not released."""
    machines = view.workflow.machine_of_kind(Kind.LOT)
    ends = (state.name for one in machines for state in one.states.values() if state.final)
    return frozenset(ends) - RELEASED_LOT
