"""Which steps can be copied from paper, and what an open transcription refuses; no database."""

import pytest

from coi.definitions import packaged, packaged_workflow
from tests.workflows.small import SMALL
from workflows.expansion import copies
from workflows.loading import load
from workflows.model import Verb
from workflows.on_paper import (
    APPLY_LABEL,
    END_TRANSCRIPTION,
    is_at_the_bed,
    is_beside,
    is_copied,
    knowing_paper,
    knowing_transcription,
    transcription_after,
)
from workflows.problem import DefinitionError

CAR_T = packaged_workflow("autologous-car-t")


@pytest.mark.parametrize("name", sorted(packaged()))
def test_nothing_at_the_bed_is_ever_copied(name):
    """No check, no infusion, and no bag that is brought to where these begin."""
    workflow = packaged_workflow(name)
    at_the_bed = {n for n, one in workflow.actions.items() if is_at_the_bed(workflow, one)}
    copied = {row.action for row in copies(workflow) if row.on_paper == 2}

    assert {n for n, a in workflow.actions.items() if a.verb in {Verb.CHECK, Verb.ADMINISTER}}
    assert at_the_bed.isdisjoint(copied)
    assert not {row for row in copies(workflow) if row.on_paper == 2 and row.signatures != 1}


def test_each_step_is_of_one_sort():
    """Copied, done beside, at the bed, or a dispensation, which waits until it is over."""
    sorts = {
        name: [is_copied(CAR_T, one), is_beside(CAR_T, one), is_at_the_bed(CAR_T, one)]
        for name, one in CAR_T.actions.items()
    }

    assert {name for name, sort in sorts.items() if sum(sort) != 1} == {
        "grant_dispensation",
        "withdraw_dispensation",
    }
    assert sorts["accept_product"] == [True, False, False]
    assert sorts["thaw"] == [False, False, True]
    assert sorts["cancel"] == [False, True, False]


def test_a_copied_step_takes_one_signature_and_says_where_it_stands():
    """What the step asks besides stays; who signed on paper is a text that may be left out."""
    before, after = CAR_T.actions["collect"], knowing_transcription(CAR_T).actions["collect"]
    told = after.fields[len(before.fields) :]

    assert [rule.meaning for rule in after.signatures] == ["transcribed from paper"]
    assert (after.moves, after.guards, after.prints) == (before.moves, before.guards, before.prints)
    assert [(one.name, one.required, one.confidential) for one in told] == [
        ("paper_reference", True, True),
        ("signed_on_paper_by", False, True),
    ]


def test_it_is_labelled_and_ended_by_what_no_definition_has():
    """Both take two signatures; and an order has a field more, that may stay empty."""
    known = knowing_transcription(CAR_T)
    (asked,) = set(knowing_paper(CAR_T).actions["order"].fields) - set(
        CAR_T.actions["order"].fields
    )

    assert {APPLY_LABEL, END_TRANSCRIPTION}.isdisjoint(CAR_T.actions)
    assert len(known.actions[APPLY_LABEL].signatures) == 2
    assert [rule.meaning for rule in known.actions[END_TRANSCRIPTION].signatures] == [
        "transcribed from paper",
        "verified against the paper",
    ]
    assert (asked.name, asked.required, asked.confidential) == ("on_paper", False, False)


@pytest.mark.parametrize(
    ("before", "kind", "action", "after"),
    [
        ("-", "act", "approve", "-"),
        ("open", "transcribed", "approve", "step"),
        ("step", "refused", "end_transcription", "open"),
        ("step", "act", "correct_value", "open"),
        ("step", "act", "end_transcription", "ended"),
        ("open", "hold", "hold_therapy", "open"),
        ("ended", "act", "end_transcription", "ended"),
        ("-", "act", "end_transcription", "-"),
    ],
)
def test_how_an_entry_leaves_the_transcription(before, kind, action, after):
    """It is open until two have ended it; a refused attempt ends nothing."""
    assert transcription_after(before, kind, action) == after


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  infuse:", "  end_transcription:", "actions.end_transcription"),
        ("  infuse:", "  apply_label:", "actions.apply_label"),
    ],
)
def test_no_definition_has_a_step_of_this_name(old, new, place):
    """What every workflow has while it is copied is none of its own."""
    with pytest.raises(DefinitionError) as caught:
        load(SMALL.replace(old, new))

    assert place in [problem.place for problem in caught.value.problems]
