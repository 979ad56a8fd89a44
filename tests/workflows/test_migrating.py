"""Whether a therapy can go on by a newer version, told without any database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from coi.definitions import packaged, packaged_workflow
from tests import builders
from workflows.expansion import MIGRATE, migrations
from workflows.facts import Value
from workflows.loading import load
from workflows.migrating import knowing_migration, obstacles, outside, outside_but_released
from workflows.model import Kind, Who
from workflows.problem import DefinitionError

FIRST = packaged_workflow("autologous-car-t")
SECOND = replace(FIRST, version=2)
COI = builders.COI_A


def machines(name, **changes):
    """Version 2, in which one machine is otherwise."""
    one = replace(SECOND.machines[name], **changes)
    return replace(SECOND, machines={**SECOND.machines, name: one})


def codes(newer, *subjects):
    """For what a therapy with these things could not go on."""
    there = (builders.a_therapy("testing"), *subjects)
    return [refusal.code for refusal in obstacles(FIRST, newer, COI, there)]


def test_nothing_forbids_a_newer_version_that_has_every_place():
    """Where everything stands, both know."""
    assert codes(SECOND, builders.a_subject("lot", "filled")) == []


def test_a_state_that_is_gone_forbids_it():
    """Once, however many things stand there; and where nothing stands it forbids nothing."""
    states = {n: s for n, s in SECOND.machines["product"].states.items() if n != "filled"}
    newer = machines("product", states=states)
    bags = [builders.a_subject("product", "filled", n) for n in (1, 2)]

    assert codes(newer, *bags) == ["STATE_MISSING"]
    assert codes(newer, builders.a_subject("product", "frozen")) == []


@pytest.mark.parametrize("state", ["filled", "destroyed"])
def test_what_lives_does_not_end_by_a_move_and_what_ended_does_not_begin_again(state):
    """A state is the same in both versions, or it is another."""
    states = dict(SECOND.machines["product"].states)
    states[state] = replace(states[state], final=not states[state].final)
    newer = machines("product", states=states)

    assert codes(newer, builders.a_subject("product", state)) == ["STATE_DIFFERS"]


def test_a_sort_of_thing_that_is_gone_or_is_another_forbids_it():
    """A machine of this name, and of this kind."""
    lot = builders.a_subject("lot", "filled")
    others = {name: one for name, one in SECOND.machines.items() if name != "lot"}

    assert codes(replace(SECOND, machines=others), lot) == ["MACHINE_MISSING"]
    assert codes(machines("lot", kind=Kind.SAMPLE), lot) == ["MACHINE_MISSING"]


@pytest.mark.parametrize(
    "newer", [FIRST, replace(SECOND, name="another"), replace(FIRST, version=0)]
)
def test_only_a_newer_version_of_the_same_workflow_will_do(newer):
    """Neither the same, nor another's, nor an older one."""
    assert codes(newer) == ["NO_NEWER_VERSION"]


def test_a_therapy_that_is_over_stays_with_its_version():
    """Nothing can happen in it that a newer one would judge."""
    over = [builders.a_therapy("closed")]

    assert [one.code for one in obstacles(FIRST, SECOND, COI, over)] == ["THERAPY_OVER"]


# -- results ---------------------------------------------------------------------------------------


def told_outside(content, within="yes", state="filled", which=outside, **changes):
    """Whether a viability is called outside by a version in which its test is otherwise."""
    test = replace(SECOND.tests["viability"], **changes)
    newer = replace(SECOND, tests={**SECOND.tests, "viability": test})
    lot = builders.a_subject("lot", state)
    value = Value(lot.id, "viability", 5, 1, content, unit="%", within=within)
    return [one.sentence for one in which(FIRST, newer, [lot], [value])]


def test_a_result_is_told_that_the_new_limits_call_outside():
    """It was within, and is not any more."""
    assert told_outside("80", low=85) == ["Viability is 80 %; the newer version asks ≥ 85 %"]


@pytest.mark.parametrize(
    "changes", [{"low": 70}, {"within": "no", "low": 85}, {"state": "failed", "low": 85}]
)
def test_what_is_as_it_was_is_not_told(changes):
    """Within both; outside already, which is an exception by now; or of a lot that is over."""
    assert told_outside("80", **changes) == []


def test_a_result_that_is_reported_otherwise_now_is_outside():
    """A number where the newer version takes one of some words."""
    assert told_outside("80", choices=("good", "bad"), passes=("good",), low=None) != []


@pytest.mark.parametrize(("state", "told"), [("released", 1), ("filled", 0), ("rejected", 0)])
def test_what_is_released_already_is_told_apart(state, told):
    """Its decision stands, and whoever signs the move knows what it would be by the new limits."""
    assert len(told_outside("80", state=state, which=outside_but_released, low=85)) == told


def test_a_result_in_another_unit_is_outside():
    """80 is above 0.7, and still nothing that the newer version could release by."""
    told = told_outside("80", unit="-", low=Decimal("0.7"))

    assert told == ["Viability is 80 %; the newer version asks ≥ 0.7 -"]


# -- transitions -----------------------------------------------------------------------------------


def test_each_state_that_both_have_gets_a_step_signed_by_two():
    """It changes nothing but the version, and a hold forbids it not."""
    newer = [replace(one, version=2, from_version=2) for one in FIRST.transitions]
    rows = migrations([FIRST.transitions], newer)

    assert {(r.from_version, r.version, r.action, r.signatures) for r in rows} == {
        (1, 2, MIGRATE, 2)
    }
    assert all(r.from_state == r.to_state and r.while_stopped and not r.stop_effect for r in rows)
    assert {(r.machine, r.to_state) for r in rows} == {
        (name, state) for name, one in FIRST.machines.items() for state in one.states
    }


def test_a_state_that_one_of_them_lacks_gets_none():
    """Whatever stands there cannot move at all."""
    newer = [r for r in FIRST.transitions if r.to_state != "frozen"]

    assert {r for r in migrations([FIRST.transitions], newer) if r.from_state == "frozen"} == set()


def test_no_definition_calls_an_action_of_its_own_so():
    """The name is that of the move."""
    text = packaged()["autologous-car-t.1"].replace("  approve:\n", "  migrate:\n", 1)

    with pytest.raises(DefinitionError, match="is the name by which a therapy moves"):
        load(text)


def test_the_move_is_an_action_of_every_workflow_once_it_is_asked_for():
    """And no step of the usual way, so that nobody is told to take it."""
    action = knowing_migration(FIRST).actions[MIGRATE]

    assert action.is_rare
    assert MIGRATE not in FIRST.actions


@pytest.mark.parametrize(
    ("name", "kind"), [("autologous-car-t", "manufacturer"), ("point-of-care-car-t", "hospital")]
)
def test_it_is_moved_where_the_product_is_made(name, kind):
    """There the qualified person decides on lots, as the definition says."""
    action = knowing_migration(packaged_workflow(name)).actions[MIGRATE]

    assert action.who == (Who("qa_reviewer", kind), Who("qualified_person", kind))


def test_where_no_definition_says_who_makes_it_any_site_may_move_it():
    """Nobody is kept from it by a guess."""
    action = knowing_migration(replace(FIRST, actions={})).actions[MIGRATE]

    assert action.who == (Who("qa_reviewer"), Who("qualified_person"))
