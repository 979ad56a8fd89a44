"""Who scans what is right hears no hard alarm; a wrong bag is always one (BD-16)."""

import random

import pytest

from benchmarks.alarm_budget import (
    _TIMED,
    BUDGET,
    DOCUMENT,
    ENDS,
    RATES,
    SEED,
    Mistake,
    Outcome,
    Simulation,
    sensitivity,
    simulated,
)
from coi.definitions import packaged_workflow


@pytest.fixture
def outcome(performer) -> Outcome:
    """What a few therapies make, one of each mistake and one without any."""
    return simulated(performer, len(Mistake))


def test_whoever_scans_what_is_right_hears_no_hard_alarm(outcome):
    """Hundreds of correct scans by the real rules, into the real record."""
    assert outcome.scans > 200
    assert outcome.for_nothing == 0


def test_a_misread_code_is_no_alarm_and_a_wrong_bag_is(outcome):
    """Each was tried, and the step was not taken with it."""
    assert outcome.made[Mistake.MISREAD] == outcome.made[Mistake.WRONG_BAG] == 1
    assert outcome.hard[Mistake.MISREAD] == 0
    assert outcome.hard[Mistake.WRONG_BAG] == 1


def test_what_is_late_rings(outcome):
    """Softly or hard: by the step."""
    late = Mistake.LATE
    assert outcome.hard[late] + outcome.warned[late] >= 1


def test_the_same_seed_makes_the_same_mistakes(performer):
    """What is drawn is drawn from the seed alone."""
    first, second = (Simulation(performer, random.Random(f"{SEED} alarms")) for _ in range(2))

    assert [first.chance.random() for _ in range(9)] == [second.chance.random() for _ in range(9)]


def test_the_steps_may_take_as_long_as_the_definition_says():
    """The simulation is late by the same times that ring."""
    actions = packaged_workflow("autologous-car-t").actions

    assert {name: actions[name].due for name in _TIMED} == dict(_TIMED)


def test_the_document_says_that_the_budget_is_kept():
    """At the rates that are stated, by the whole simulation that was told last."""
    section = DOCUMENT.read_text("utf-8").partition(ENDS)[0]
    stated = float(section.partition("| as stated | ")[2].partition(" |")[0])

    assert stated < BUDGET


def test_a_rate_that_is_higher_is_seen_in_the_result():
    """Ten times as many wrong bags make ten times as many stops."""
    outcome = Outcome(scans=1000, steps=900, timed=200)
    outcome.made.update(dict.fromkeys(RATES, 10))
    outcome.hard[Mistake.WRONG_BAG] = 10

    found = dict(sensitivity(outcome))

    assert found["as stated"] == pytest.approx(0.1)
    assert found[f"{Mistake.WRONG_BAG}, ten times as often"] == pytest.approx(1.0)
