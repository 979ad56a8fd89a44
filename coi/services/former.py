"""A therapy as a hospital sees it that does not treat any more: what it did, and what it still has.

What happened until another hospital took the patient over stays visible, for its own records;
afterwards only what its own units do, and what comes into their hands or leaves them.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, replace
from typing import Any

from coi.services.therapies import Happened, Outline, TherapyView
from workflows.facts import Position, Subject
from workflows.model import Machine, Workflow
from workflows.packing import NOTHING
from workflows.treating import TREATING, Named, left_after

DESTROYED = "destroyed"
"""Who holds what was destroyed, in the words of the definitions."""


def as_former(view: TherapyView, site_of: Mapping[str, str], sites: frozenset[str]) -> TherapyView:
    """The view, ended for these sites where they ceased to treat."""
    treated = [
        Named(value.field, value.occurrence, site_of.get(value.content, ""))
        for value in view.values
        if value.field == TREATING
    ]
    left = left_after(treated, sites)
    own = frozenset(unit for unit, site in site_of.items() if site in sites)
    history = tuple(one for one in view.history if _is_theirs(one, left or 0, own))
    return _as_told_by(view, history)


def in_hand(now: Outline, own: AbstractSet[str]) -> Outline:
    """How the therapy stands, of which only what these units have, or what comes to them."""
    there = {
        name: subject
        for name, subject in now.subjects.items()
        if name == now.therapy.coi or is_in_hand(subject, own)
    }
    return replace(now, subjects=there)


def is_in_hand(subject: Subject, own: AbstractSet[str]) -> bool:
    """One of these units has it, or it is on its way there."""
    return not own.isdisjoint({subject.position.holder, subject.position.consignee})


def destroyed_at(view: TherapyView, own: AbstractSet[str]) -> frozenset[str]:
    """What was destroyed at one of these units."""
    return frozenset(
        move["subject"]
        for event in view.history
        if event.unit in own
        for move in event.content.get("moves", ())
        if move["to"]["holder"] == DESTROYED
    )


def _is_theirs(event: Happened, left: int, own: frozenset[str]) -> bool:
    """It was before they left, at one of their units, or with something in their hands."""
    return event.seq <= left or event.unit in own or bool(own & _hands(event))


def _hands(event: Happened) -> set[str]:
    """Everybody who held something that the entry moved, or was to hold it."""
    moves = event.content.get("moves", ())
    ends = [end for move in moves for end in (move["from"], move["to"])]
    return {party for end in ends for party in (end["holder"], end["consignee"])}


def _as_told_by(view: TherapyView, history: tuple[Happened, ...]) -> TherapyView:
    """The view as far as these entries tell it."""
    moves = [move for event in history for move in event.content.get("moves", ())]
    # What another hospital corrected since is its own to know: one's own wording stays.
    worded = {_wording(value) for e in history for value in e.content.get("values", ())}
    stands = {move["subject"]: _position(move) for move in moves}
    subjects = {
        name: replace(subject, position=stands[name])
        for name, subject in view.subjects.items()
        if name in stands
    }
    stops = history[-1].content["stops"] if history else 0
    return replace(
        view,
        workflow=_knowing_every_place(view),
        therapy=replace(view.therapy, stops=stops),
        subjects=subjects,
        labels={name: serials for name, serials in view.labels.items() if name in stands},
        links=tuple(one for one in view.links if {one.child, one.parent} <= stands.keys()),
        values=tuple(one for one in view.values if _wording(asdict(one)) in worded),
        history=history,
    )


def _wording(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Which wording of which value it is."""
    return tuple([str(value[name]) for name in ("subject", "field", "occurrence", "revision")])


def _knowing_every_place(view: TherapyView) -> Workflow:
    """The workflow with the states of the versions before it: from there these entries tell."""
    machines: dict[str, Machine] = {}
    for workflow in (*(one.workflow for one in view.earlier), view.workflow):
        for name, machine in workflow.machines.items():
            before = machines[name].states if name in machines else {}
            machines[name] = replace(machine, states={**before, **machine.states})
    return replace(view.workflow, machines=machines) if view.earlier else view.workflow


def _position(move: Mapping[str, Mapping[str, object]]) -> Position:
    """Where an entry says that it left a subject."""
    to = move["to"]
    turn, version, stops = (int(str(x)) for x in (move["turn"], to["version"], to["stops"]))
    state, holder, consignee = (str(to[name]) for name in ("state", "holder", "consignee"))
    return Position(turn, version, state, holder, consignee, stops, str(to.get("inside", NOTHING)))
