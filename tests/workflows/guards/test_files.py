"""What a step keeps as a file: its content is there, or the record would speak of nothing."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import a_bag, a_value, a_workflow, decided, facts
from tests.performer import a_request, told_late
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.correcting import correctable
from workflows.decide import CHECK_FAILED, needs
from workflows.files import Reference
from workflows.model import FileKind

GUARD = "file_is_held"
PICTURE = Reference(FileKind.JPEG, 48_213, "0a" * 32).text
COMMITMENT = "5c" * 32
THAWED = replace(facts(a_bag("thawed")), files={PICTURE: COMMITMENT})


def picturing(text: str):
    """A change of a request: this is given as the picture of the damage."""
    return lambda request: {**request.values, "damage_picture": text}


def pictured(told, text: str = PICTURE):
    """The report of a damaged bag, with its picture."""
    request = a_request(told, "report_damage")
    return replace(request, values={**request.values, "damage_picture": text})


OTHER = Reference(FileKind.JPEG, 48_213, "0b" * 32).text
EXAMPLES = [
    Example(
        GUARD,
        "report_damage",
        THAWED,
        "the picture is not held here",
        "CONTENT_NOT_HELD",
        {"values": picturing(OTHER)},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_holds(example):
    """An action that keeps to the rule is allowed."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails(example):
    """An action that breaks the rule is refused, with a reason and a next step."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails_with_another(example):
    """Whoever breaks two rules hears of both at once."""
    asking.fails_beside_another(example)


def test_a_file_is_recorded_beside_the_commitment_to_its_content():
    """What it is, how large and its hash are a value of the entry; the content stands apart."""
    decision = decided(pictured(THAWED), THAWED)

    (value,) = [one for one in decision.draft.values if one.field == "damage_picture"]
    assert (value.content, value.limits, value.confidential) == (PICTURE, COMMITMENT, True)


def test_no_late_fact_tells_of_a_file_that_is_not_there():
    """What has happened is told without its picture, or with one that is held."""
    late = told_late(pictured(THAWED, OTHER), cast.NOW)

    found = decided(late, THAWED)

    assert [one.code for one in found.refusals] == ["CONTENT_NOT_HELD"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bag.jpg", "is no file that was handed in; choose one: JPEG, PNG"),
        (PICTURE.replace("jpeg", "gif"), "is no file that was handed in; choose one: JPEG, PNG"),
        (
            Reference(FileKind.PDF, 1, "0a" * 32).text,
            "is a file of another kind, PDF; choose one: JPEG, PNG",
        ),
        (PICTURE.replace("48213", "048213"), "is no file that was handed in"),
        (PICTURE.upper(), "is no file that was handed in"),
    ],
)
def test_what_is_no_file_of_the_kind_is_unreadable(text, said):
    """A field takes what the definition accepts, in its one form, whatever is held."""
    told = replace(THAWED, files={text: COMMITMENT})

    found = decided(pictured(told, text), told)

    assert [one.code for one in found.refusals] == ["FIELD_UNREADABLE"]
    assert found.refusals[0].sentence.startswith(f"Picture of the damage {said}")


def test_not_knowing_what_is_held_is_a_refusal():
    """SEC-45: a file that is named is held, or the step is refused."""
    found = decided(pictured(THAWED), replace(THAWED, files=None))

    assert (CHECK_FAILED, GUARD) in [(one.code, one.guard) for one in found.refusals]


def test_a_step_without_its_picture_reads_no_files():
    """Where a picture may be left out, the bag is reported without one."""
    told = replace(THAWED, files=None)

    assert decided(a_request(told, "report_damage"), told).allowed


def test_only_steps_that_ask_for_a_file_read_them():
    """A handoff does not ask which files are held."""
    actions = a_workflow().actions

    assert "files" in needs(actions["report_damage"])
    assert "files" not in needs(actions["release_custody"])


def test_a_file_is_not_corrected_as_a_text():
    """Another picture would have to be handed in: an exception tells that it was another."""
    bag = a_bag("damaged")
    told = facts(bag, values=[a_value(bag, "damage_picture", PICTURE)])

    found = correctable(a_workflow(), told.subjects, told.values)

    assert "damage_picture" not in {one.value.field for one in found}
