"""What somebody at a terminal is asked, and what they are not asked again."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from coi.cli.completing import Completion, Wish
from coi.definitions import packaged_workflow
from coi.services.directory import ListedUnit
from tests.coi.clinic import NORTH, NOW, WORKS
from workflows.facts import NewSubject

NOTHING_SAID = Wish(
    coi="TEST-00000000-0",
    action="",
    username="nina",
    unit="north-lab",
    scanned=(),
    typed=(),
    values={},
    births=(),
    named=(),
    consignee="-",
    bench="-",
    signers=(),
    stated=(),
    happened_at=None,
    late=False,
    seen={},
)

UNITS = {
    unit: ListedUnit(unit, unit.title(), site)
    for unit, site in (("north-ward", NORTH), ("works-production", WORKS))
}


@pytest.fixture
def asked():
    """Ask about an action; gives the wish as it was completed, and everything that was shown."""
    workflow = packaged_workflow("autologous-car-t")

    def ask(action, *answers, **said):
        wish = replace(NOTHING_SAID, action=action, **said)
        asked_of = workflow.actions[action]
        completion = Completion(workflow, asked_of, asked_of.signatures, NOW, UNITS)
        with CliRunner().isolation(input="".join(f"{one}\n" for one in answers)) as streams:
            completion.asked(wish)
            shown = streams[1].getvalue().decode()
        return wish, shown

    return ask


def test_a_handover_asks_to_whom(asked):
    """Who signs, what is scanned, and the unit that shall accept it."""
    wish, shown = asked("release_custody", "leo", "B-TEST-7KQ2M9XA-P", "", "north-ward")

    assert "Scan a code (typed:CODE for one typed by hand, nothing to end)" in shown
    assert (wish.scanned, wish.consignee) == (("B-TEST-7KQ2M9XA-P",), "north-ward")


def test_a_unit_is_one_of_those_that_are_known(asked):
    """They are named with the question, and another answer is asked for again."""
    told = {"prescriber": "Ines", "weight_kg": "70", "collection_wanted_on": "2026-12-01"}

    wish, shown = asked("order", "works-production", "north-ward", "works-production", values=told)

    assert "Treating unit (north-ward)" in shown
    assert "is no unit of a hospital that is known here" in shown
    assert wish.values["treating_unit"] == "north-ward"
    assert wish.values["manufacturing_unit"] == "works-production"


def test_a_code_typed_by_hand_is_told_apart(asked):
    """What did not come from a scanner stays known as that."""
    wish, _ = asked("release_custody", "leo", "typed:B-TEST-7KQ2M9XA-P", "", "north-ward")

    assert (wish.scanned, wish.typed) == ((), ("B-TEST-7KQ2M9XA-P",))


def test_what_was_said_is_not_asked_again(asked):
    """With codes, consignee and signer on the command line there is nothing left to ask."""
    _, shown = asked(
        "release_custody", scanned=("B-TEST-7KQ2M9XA-P",), consignee="north-ward", signers=("leo",)
    )

    assert shown == ""


def test_a_result_is_asked_for_by_the_tests_of_the_workflow(asked):
    """First which test, then its result, with what can be reported of it."""
    wish, shown = asked("record_result", "sterility", "no growth", signers=("anna", "abel"))

    assert "Result of Sterility, 14 days (no growth/growth)" in shown
    assert {"test": "sterility", "result": "no growth"}.items() <= wish.values.items()


def test_a_result_is_asked_for_with_its_unit(asked):
    """The test was said; what came out is a number, in the unit of the specification."""
    _, shown = asked(
        "record_result", "91.5", values={"test": "viability"}, signers=("anna", "abel")
    )

    assert "Result of Viability (%)" in shown


def test_a_result_that_was_said_is_not_asked_for(asked):
    """Both parts stand on the command line."""
    said = {"test": "viability", "result": "91.5"}

    wish, shown = asked("record_result", values=dict(said), signers=("anna", "abel"))

    assert (shown, wish.values) == ("", said)


def test_what_is_born_and_was_told_keeps_what_was_told(asked):
    """A bag with its volume on the command line is asked for what it lacks, and only for that."""
    bag = NewSubject("product", {"volume_ml": "60"})

    wish, shown = asked("fill", "55", "2027-11-22T23:59Z", births=(bag,), signers=("mia", "max"))

    assert shown.startswith("CAR+ cells of number 1 (")
    assert "Volume" not in shown
    assert wish.births[0].values["volume_ml"] == "60"


def test_a_time_is_kept_as_it_is_read(asked):
    """What was typed in one form is recorded in the one form that all times have."""
    bag = NewSubject("product", {"volume_ml": "60", "cells_e6": "55"})

    wish, _ = asked("fill", "2027-11-22T23:59+01:00", births=(bag,), signers=("mia", "max"))

    assert wish.births[0].values["expires_at"] == "2027-11-22T22:59:00.000000Z"


def test_a_day_says_how_it_is_written(asked):
    """The question shows the form in which a day is read."""
    wish, shown = asked("confirm_slot", "2026-12-05")

    assert shown.startswith("Manufacture starts on (as 2026-11-30)")
    assert wish.values == {"slot_on": "2026-12-05"}


def test_a_day_that_was_said_is_not_asked_for(asked):
    """Whoever writes everything on the command line is asked nothing but passwords."""
    assert asked("confirm_slot", values={"slot_on": "2026-12-05"})[1] == ""


def test_a_file_is_given_by_its_path_where_one_is_recorded():
    """Everywhere else an at sign is what somebody wrote."""
    workflow = packaged_workflow("autologous-car-t")
    action = workflow.actions["report_damage"]
    said = {"damage": "@ the port", "damage_picture": "@/tmp/O'Brien.jpg"}
    wish = replace(NOTHING_SAID, action="report_damage", values=said)

    Completion(workflow, action, (), NOW, UNITS).with_files(wish, lambda path: f"held {path}")

    assert wish.values == {"damage": "@ the port", "damage_picture": "held /tmp/O'Brien.jpg"}


def test_a_file_that_must_be_there_is_asked_for_by_its_path():
    """What can be chosen stands beside the question."""
    workflow = packaged_workflow("gene-edited-hsc")
    action = workflow.actions["unpack"]
    wish = replace(NOTHING_SAID, action="unpack", unit="north-lab", scanned=("B-1",))
    completion = Completion(workflow, action, (), NOW, UNITS)

    with CliRunner().isolation(input="@logger.csv\n") as streams:
        completion.asked(wish)
        shown = streams[1].getvalue().decode()

    assert "Record of the temperature logger (@PATH of a file, TEXT, PDF, JPEG, PNG)" in shown
    assert wish.values == {"logger_record": "@logger.csv"}
