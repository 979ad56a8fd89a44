"""An independent state machine, built from the same definition, comes to the same states.

The other implementation is the package python-statemachine, which knows nothing of ours: its events
are actions, its transitions the rows to which every recorded move refers. Ours is the plan that the
engine makes of a request.
"""

from collections import defaultdict
from dataclasses import replace
from functools import cache, reduce
from operator import or_
from random import Random

import pytest
from statemachine import State, StateMachine
from statemachine.transition_list import TransitionList

from tests import cast
from tests.builders import (
    a_label,
    a_lot,
    a_scan,
    a_shipment,
    a_subject,
    a_therapy,
    a_workflow,
    an_exception,
    facts,
)
from workflows.case import Case
from workflows.facts import Link, Request, Subject
from workflows.planning import plan

SEQUENCES = 30  # of each of nine machines
STEPS = 25


@cache
def the_other(machine: str) -> type[StateMachine]:
    """Build the other implementation of one machine."""
    rows = {
        (row.action, row.from_state, row.to_state)
        for row in a_workflow().transitions
        if row.machine == machine and acts_on(row.action, machine)
    }
    left = {from_state for _, from_state, _ in rows}
    states = {
        name: State(name, initial=("", name) in {row[1:] for row in rows}, final=name not in left)
        for name in a_workflow().machines[machine].states
    }
    ways: dict[str, list[TransitionList]] = defaultdict(list)
    for action, from_state, to_state in sorted(rows):
        if from_state:
            ways[action].append(states[from_state].to(states[to_state]))
    events = {action: reduce(or_, transitions) for action, transitions in ways.items()}
    # Our final states can be left by lifting a hold, and a dispensation is used by the way.
    checks = dict.fromkeys(("validate_final_reachability", "validate_disconnected_states"), False)
    return type(machine, (StateMachine,), {**states, **events, **checks})


def acts_on(action: str, machine: str) -> bool:
    """The definition's action has a rule for the machine."""
    return any(rule.machine == machine for rule in a_workflow().actions[action].moves)


@cache
def ours(machine: str, state: str, action: str) -> str | None:
    """Where our engine would bring a subject from this state; None where the action does not fit.

    The subject is scanned and named, packed in a shipment, made of a lot, and held by an exception.
    """
    subject = a_subject(machine, state, stops=1) if machine != "therapy" else a_therapy(state)
    companions = [c for c in around(subject, action) if c.machine != machine]
    told = facts(subject, *companions)
    boxes = [each.id for each in companions if each.machine == "shipment"]
    inside = replace(subject, position=replace(subject.position, inside="".join(boxes) or "-"))
    told = replace(told, subjects={**told.subjects, subject.id: inside})
    links = [Link(subject.id, lot.id, "made_of") for lot in companions if lot.machine == "lot"]
    request = Request(
        coi=cast.COI_A,
        action=action,
        actor=cast.MIA,
        unit=cast.FACTORY,
        scans=tuple(a_scan(a_label(each.id)) for each in (subject, *companions)),
        named=tuple(each.id for each in (subject, *companions)),
    )
    workflow = a_workflow()
    case = Case(workflow, workflow.actions[action], request, replace(told, links=tuple(links)))
    turns = [turn for turn in plan(case)[0].turns if turn.subject.id == subject.id]
    assert len(turns) <= 1
    return turns[0].rule.to_state or state if turns else None


def around(subject: Subject, action: str) -> list[Subject]:
    """What the subject depends on, in a state in which the action moves it."""
    rules = a_workflow().actions[action].moves
    lots = [rule.from_states[0] for rule in rules if rule.machine == "lot" and rule.from_states]
    return [a_shipment(), a_lot(lots[0] if lots else "filled"), an_exception(origin=subject.id)]


@pytest.mark.parametrize("machine", a_workflow().machines)
def test_both_reach_the_same_states(machine):
    """On random ways through a machine's life, both allow the same actions to the same states."""
    actions = [name for name in a_workflow().actions if acts_on(name, machine)]
    compared = 0
    for seed in range(SEQUENCES):
        random, other = Random(seed), the_other(machine)()
        for _ in range(STEPS):
            (state,) = other.configuration_values
            allowed = {event.id for event in other.allowed_events}
            assert {a for a in actions if ours(machine, state, a)} == allowed

            if not allowed:
                break
            action = random.choice(sorted(allowed))
            other.send(action)
            assert [ours(machine, state, action)] == list(other.configuration_values)
            compared += 1

    assert compared >= SEQUENCES


@pytest.mark.parametrize("machine", a_workflow().machines)
def test_both_agree_in_every_state(machine):
    """Not only on the ways that were walked: state by state, action by action."""
    for state in a_workflow().machines[machine].states:
        other = the_other(machine)(start_value=state)
        allowed = {event.id for event in other.allowed_events}

        assert {
            action for action in a_workflow().actions if ours(machine, state, action)
        } == allowed
