"""Two versions of one workflow, compared in plain words."""

from dataclasses import fields, replace

from coi.definitions import packaged, packaged_workflow
from tests import builders
from tests.journeys.changing import changed
from workflows.differences import Difference, differences, of_action
from workflows.loading import load
from workflows.model import Action, MoveRule

FIRST = packaged_workflow("autologous-car-t")


def told(changes, subjects=()):
    """The differences from version 1, by what they are about."""
    newer = load(changed({"version: 1\n": "version: 2\n", **changes}))
    return {one.about: one for one in differences(FIRST, newer, subjects)}


def test_a_version_does_not_differ_from_itself():
    """Of no packaged workflow."""
    for text in packaged().values():
        workflow = load(text)

        assert differences(workflow, replace(workflow, version=2)) == ()


def test_each_change_of_a_step_is_told():
    """Who may, rules, fields, signatures, hours and what becomes of things."""
    who = "who: [manufacturing_planner@manufacturer]\n    moves:\n"
    shown = told(
        {
            who: "who: [qa_reviewer]\n    moves:\n",
            "from: [approved], to: scheduled}": "from: [approved, ordered], to: scheduled}",
            "      slot_on:             {title: Manufacture starts on, kind: date}": "      slot: "
            "{title: Start, kind: text, required: false}",
        }
    )["“Confirm the manufacturing slot”"]

    assert shown.how == "changed"
    assert shown.lines == (
        "who: now qa reviewer; before manufacturing planner at a manufacturer",
        "new: asks “Start” (a text of the therapy, may be left out)",
        (
            "does to the therapy: now approved by the physician or ordered → manufacturing slot"
            " confirmed, therapy; before approved by the physician → manufacturing slot confirmed,"
            " therapy"
        ),
        "no longer: asks “Manufacture starts on” (a day of the therapy, must be given)",
    )


def test_from_when_a_time_counts_and_why_there_is_none_are_told():
    """For the whole step, and where it differs by the state."""
    shown = told(
        {
            "    due_after: collection\n": "",
            "Each test takes its own time; the decision that waits for all of them has one": (
                "The laboratory tells when"
            ),
            ", undated: A further bag or dose is given on the day that the physician chooses": "",
        }
    )

    assert shown["“Declare the collection complete”"].lines == (
        "time allowed: now 24 h; before 24 h from the end of the last collection",
    )
    (reason,) = shown["“Record a test result”"].lines
    assert reason.startswith("no time for it: now The laboratory tells when; before Each test")
    assert "no time for it from there: A further bag" in shown["“Thaw”"].lines[0]


def test_rules_with_their_parameters_are_told():
    """A rule that is gone, and one that asks otherwise."""
    shown = told(
        {"guards: [container_is_intact, material_is_fresh]": "guards: [container_is_intact]"}
    )

    lines = shown["“Inspect and accept starting material”"].lines
    assert lines == ("no longer: rule “material is fresh”",)


def test_signatures_and_hours_are_told():
    """Another who signs, and another time that it may take."""
    shown = told(
        {
            "signatures: [prescribed by treating_physician]\n    due_hours: 72": "signatures:"
            " [seen by coordinator]\n    due_hours: 24"
        }
    )

    assert shown["“Approve the order”"].lines == (
        "signatures: now “seen” by coordinator; before “prescribed” by treating physician",
        "time allowed: now 24 h; before 72 h",
    )


def test_tests_states_and_product_are_told():
    """Limits of a result, what a state is called, how long a product keeps."""
    shown = told(
        {
            "unit: '%', low: 70}": "unit: '%', low: 75}",
            "shelf_life_days: 365": "shelf_life_days: 180",
            "{phase: order, title: approved by the physician}": "{phase: order, title: signed}",
        }
    )

    assert shown["Test “Viability”"].lines[0] == "limits: now ≥ 75 %; before ≥ 70 %"
    assert shown["Product"].lines == ("shelf life days: now 180; before 365",)
    (line,) = shown["States of therapy"].lines
    assert line == (
        "“approved”: now signed, phase order; before approved by the physician, phase order"
    )


def test_what_lies_behind_is_told_apart():
    """A therapy that is infused is ordered no more."""
    infused = builders.a_therapy("infused")
    shown = told({"title: Approve the order": "title: Prescribe"}, (infused,))

    assert [one.ahead for one in shown.values()] == [False]


def test_what_can_still_come_lies_ahead():
    """Cells that are expanding are not collected once more; they are harvested, and infused."""
    there = (builders.a_therapy("manufacturing"), builders.a_subject("lot", "expanded"))
    titles = ("Order the therapy", "Harvest", "Infuse a part of the bag")
    changes = {f"title: {title}\n": f"title: Do “{title}”\n" for title in titles}

    shown = told(changes, there)

    assert [one.ahead for one in shown.values()] == [False, True, True]


def test_a_step_that_is_new_is_told_whole():
    """With all that it asks."""
    newer = load(changed({"version: 1\n": "version: 2\n"}))
    step = replace(newer.actions["approve"], name="bless", title="Bless")
    newer = replace(newer, actions={**newer.actions, "bless": step})

    (found,) = differences(FIRST, newer)

    assert (found.about, found.how) == ("“Bless”", "added")
    assert "signatures: “prescribed” by treating physician" in found.lines


def test_nothing_that_an_action_says_is_left_out():
    """Whatever is changed in an action or in a move of it is told."""
    action = FIRST.actions["infuse"]
    assert isinstance(action, Action)
    before = of_action(FIRST, action)
    rule = action.moves[0]
    for one in fields(MoveRule):
        other = _other(getattr(rule, one.name))
        if one.name in {"machine", "from_states", "to_state", "pick", "custody", "relation"}:
            continue  # told as the way that a thing goes, which the tests above try
        moves = (replace(rule, **{one.name: other}), *action.moves[1:])
        assert of_action(FIRST, replace(action, moves=moves)) != before, one.name


def _other(value):
    """Another value of the same sort."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return (*value, "lot") if isinstance(value, tuple) else f"{value}x"


def test_who_may_sign_from_another_site_is_told():
    """It decides who answers for the step."""
    rule = FIRST.actions["approve"].signatures[0]
    wider = (replace(rule, anywhere=frozenset({"treating_physician"})),)
    newer = with_action(replace(FIRST.actions["approve"], signatures=wider))

    (found,) = differences(FIRST, newer)

    (line,) = found.lines
    assert "now “prescribed” by treating physician, from any site treating physician;" in line


def with_action(action):
    """Version 2, in which this action is otherwise."""
    return replace(FIRST, version=2, actions={**FIRST.actions, action.name: action})


def test_a_field_that_is_kept_by_another_name_is_told():
    """It is called as before, and no rule finds what was recorded by the former name."""
    action = FIRST.actions["confirm_slot"]
    renamed = [replace(action.fields[0], name="begins"), *action.fields[1:]]

    (found,) = differences(FIRST, with_action(replace(action, fields=tuple(renamed))))

    assert found.lines == ("keeps “Manufacture starts on” as: now begins; before slot on",)


def test_two_fields_that_are_called_the_same_are_both_told():
    """One does not hide the other."""
    action = FIRST.actions["confirm_slot"]
    twice = (*action.fields, replace(action.fields[0], name="again", required=False))

    (found,) = differences(FIRST, with_action(replace(action, fields=twice)))

    assert "new: asks “Manufacture starts on” (2)" in found.lines[0]


def test_a_test_of_another_name_is_another_test():
    """It is called as before, and what was recorded of the former one releases nothing."""
    tests = {
        ("alive" if name == "viability" else name): replace(test, name="alive")
        if name == "viability"
        else test
        for name, test in FIRST.tests.items()
    }

    found = differences(FIRST, replace(FIRST, version=2, tests=tests))

    assert {(one.about, one.how) for one in found} == {
        ("Test “Viability”", "added"),
        ("Test “Viability”", "removed"),
    }


def test_a_difference_is_a_value():
    """Two that say the same are the same."""
    assert Difference("a", "changed", ("b",)) == Difference("a", "changed", ("b",))
