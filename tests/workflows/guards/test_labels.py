"""Before a lot is released, every label that was printed is somewhere."""

from dataclasses import replace

import pytest

from tests.builders import a_deed, a_value, decided
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from tests.workflows.guards.test_quality import TESTED
from workflows.label_life import ENDS, SETTLED, LabelLife, LabelState

BAG = "COI-A/30.1"


def labelled(*states):
    """The tested lot, with a label of its product in each of these states."""
    lives = tuple(
        LabelLife(f"B:{BAG}:{n}", BAG, n, 30, state=state) for n, state in enumerate(states, 1)
    )
    return replace(TESTED, label_lives=lives)


ALL_SETTLED = labelled(*ENDS, LabelState.APPLIED)

EXAMPLES = (
    [
        Example(
            "labels_are_accounted_for",
            action,
            ALL_SETTLED,
            f"a label is {state}",
            "LABELS_UNACCOUNTED",
            told_instead=labelled(LabelState.APPLIED, state),
        )
        for action in ("release_lot", "release_lot_provisionally")
        for state in sorted(set(LabelState) - SETTLED)
    ]
    + [
        Example(
            "labels_are_accounted_for",
            "release_lot",
            ALL_SETTLED,
            "a test for infection was reported since a label was printed",
            "LABEL_SHOWS_OLD_VALUE",
            told_instead=replace(
                ALL_SETTLED,
                values=(*ALL_SETTLED.values, a_value("COI-A", "donor_test_hbv", "reactive")),
            ),
        )
    ]
    + [
        Example(
            "labels_are_accounted_for",
            "release_lot",
            ALL_SETTLED,
            f"the newest label of a bag is {state}, and none came in its place",
            "BAG_UNLABELLED",
            told_instead=labelled(LabelState.APPLIED, state),
        )
        for state in ENDS
    ]
)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_guard_holds(example):
    """What is as it has to be is allowed."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_guard_refuses(example):
    """What is not is refused, with its code, a reason and a next step."""
    asking.fails(example)


def test_the_refusal_names_each_open_label():
    """Whoever wants to release reads which labels to look for, and which to account for."""
    told = labelled(LabelState.PRINTED, LabelState.APPLIED, LabelState.VOIDED)

    (refusal,) = decided(a_request(told, "release_lot"), told).refusals

    assert refusal.sentence == (
        "2 of 3 labels are not accounted for: never scanned where it belongs: B:COI-A/30.1:1;"
        " void, and nobody has said where its pieces are: B:COI-A/30.1:3"
    )


def test_what_was_over_before_our_labels_came_has_none_to_account_for():
    """A container that was used up while the therapy ran on paper was never labelled by us."""
    root = TESTED.subjects["COI-A"]
    over = replace(root, id=BAG, machine="material")
    over = replace(over, position=replace(root.position, state="used"))
    copied = replace(a_deed("collect", over), seq=30, kind="transcribed")
    told = replace(
        labelled(LabelState.ISSUED),
        subjects={**TESTED.subjects, BAG: over},
        history=(*TESTED.history, copied),
    )

    decision = decided(a_request(TESTED, "release_lot"), told)

    assert "LABELS_UNACCOUNTED" not in [refusal.code for refusal in decision.refusals]


@pytest.mark.parametrize(("kind", "state"), [("transcribed", "collected"), ("act", "used")])
def test_a_label_of_ours_is_asked_for_however_its_container_ended(kind, state):
    """On paper, and still there; or over, and labelled by us: there is a piece of it."""
    root = TESTED.subjects["COI-A"]
    bag = replace(root, id=BAG, machine="material", position=replace(root.position, state=state))
    told = replace(
        labelled(LabelState.ISSUED),
        subjects={**TESTED.subjects, BAG: bag},
        history=(*TESTED.history, replace(a_deed("collect", bag), seq=30, kind=kind)),
    )

    decision = decided(a_request(TESTED, "release_lot"), told)

    assert "LABELS_UNACCOUNTED" in [refusal.code for refusal in decision.refusals]
