"""What is true of every guard: used, documented, shown, and closed when it breaks down."""

from dataclasses import replace

import pytest

from tests.builders import a_bag, a_dispensation, a_lot, a_workflow, decided, facts
from tests.performer import a_request, told_late
from tests.workflows.guards.examples import EXAMPLES, MODULES, ONE_EACH
from workflows.decide import CHECK_FAILED, needs
from workflows.guards import ALWAYS, GUARDS

USED = {use.name for action in a_workflow().actions.values() for use in action.guards}


class Broken(Exception):
    """What a fault inside a check may raise."""


def breaks_down(*_, **__):
    """Break down, as a check with a bug would."""
    raise Broken


@pytest.mark.parametrize("name", GUARDS)
def test_every_guard_is_used(name):
    """A guard is asked of every action, or named by an action of the packaged definition."""
    assert name in ALWAYS or name in USED


@pytest.mark.parametrize("name", GUARDS)
def test_every_guard_is_a_sentence(name):
    """The docstring of a guard is the sentence that must be true."""
    sentence = (GUARDS[name].check.__doc__ or "").partition("\n")[0]

    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_every_guard_is_shown():
    """Each guard has its examples in the module of tests that bears its module's name."""
    shown = {
        example.guard: module.__name__.removeprefix("tests.workflows.guards.test_")
        for module in MODULES
        for example in module.EXAMPLES
    }

    expected = {name: guard.check.__module__ for name, guard in GUARDS.items()}
    assert {name: f"workflows.guards.{module}" for name, module in shown.items()} == expected


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("example", ONE_EACH, ids=lambda example: example.guard)
def test_a_fault_inside_a_check_is_a_refusal(example, late, monkeypatch):
    """SEC-45: a check that breaks down never passes, not even for a late fact."""
    broken = replace(GUARDS[example.guard], check=breaks_down)
    for table in (GUARDS, ALWAYS):
        if example.guard in table:
            monkeypatch.setitem(table, example.guard, broken)
    request, told = example.good
    if late:
        request = told_late(request, told.now)

    decision = decided(request, told)

    assert decision.draft is None
    assert [(r.code, r.guard) for r in decision.refusals] == [(CHECK_FAILED, example.guard)]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("example", "section"),
    [(example, need) for example in ONE_EACH for need in sorted(GUARDS[example.guard].needs)],
    ids=str,
)
def test_a_section_that_is_not_told_is_a_refusal(example, section, late):
    """SEC-45: a check that was not told what it needs never passes."""
    request, told = example.good
    if late:
        request = told_late(request, told.now)

    decision = decided(request, replace(told, **{section: None}))

    assert decision.draft is None
    assert (CHECK_FAILED, example.guard) in [(r.code, r.guard) for r in decision.refusals]


@pytest.mark.parametrize("example", ONE_EACH, ids=lambda example: example.guard)
def test_what_an_action_needs_is_all_that_it_reads(example):
    """The sections that `needs` does not name can be left out."""
    request, told = example.good
    needed = needs(a_workflow().actions[example.action])
    sections = ("sites", "treatment", "links", "values", "history", "templates", "benches")
    left_out = {*sections, "equipment", "files"} - needed

    assert decided(request, replace(told, **dict.fromkeys(left_out))).allowed


def test_no_dispensation_covers_a_fault(monkeypatch):
    """SEC-45: a departure is from a rule that was asked, not from a check that broke down."""
    bag = a_bag("accepted")
    told = facts(bag, a_dispensation(on=bag))
    broken = replace(GUARDS["product_is_in_date"], check=breaks_down)
    monkeypatch.setitem(GUARDS, "product_is_in_date", broken)

    decision = decided(a_request(told, "thaw"), told)

    assert [refusal.code for refusal in decision.refusals] == [CHECK_FAILED]


def test_a_fault_while_planning_is_a_refusal():
    """SEC-45: facts that contradict each other refuse."""
    told = facts(a_lot("filled"), a_bag("frozen"))
    request = a_request(told, "reject_lot")
    subjects = {name: s for name, s in told.subjects.items() if s.machine != "product"}

    decision = decided(request, replace(told, subjects=subjects))

    first = decision.refusals[0]
    assert (first.code, first.guard) == (CHECK_FAILED, "planning")


def test_every_refusal_is_a_sentence_with_a_next_step():
    """Whatever else is refused beside: the person at the bench reads why, and what to do."""
    for example in EXAMPLES:
        for refusal in decided(*example.bad).refusals:
            assert refusal.code == refusal.code.upper()
            assert refusal.sentence
            assert refusal.next_step


def test_only_rules_that_bend_may_be_dispensed_with():
    """There is no dispensation from identity, custody or signatures."""
    workflow = a_workflow()

    assert all(GUARDS[name].bends_to_facts for name in workflow.dispensable)


def test_which_rules_bend_to_facts_is_decided_one_by_one():
    """A late fact may break only these; those about things open an exception on the thing."""
    bend = {name: guard for name, guard in GUARDS.items() if guard.bends_to_facts}

    assert {name for name, guard in bend.items() if guard.about_things} == {
        *("bedside_check_is_fresh", "bench_is_clear", "consent_is_given", "container_is_intact"),
        *("equipment_is_fit",),
        *("expiry_is_within_the_shelf_life", "label_template_is_approved", "material_is_fresh"),
        *("disposition_is_on_the_label",),
        *("no_more_is_infused_than_was_filled", "product_is_in_date", "shipper_holds_long_enough"),
        *("thaw_window_is_open", "the_bag_before_is_in", "who_infuses_has_checked"),
    }
    assert {name for name, guard in bend.items() if not guard.about_things} == {
        *("date_is_plausible", "material_disposition_is_stated", "people_are_trained")
    }
