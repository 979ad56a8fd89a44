"""Vein-to-vein and turnaround: of a whole life, one that began again, one that was rescued."""

import pytest

from coi.clock import parse_rfc3339
from coi.demo import exits
from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_WORKS, FILLED, Step, collected, play
from coi.demo.others import TOLD
from coi.demo.stories import POSITIVE_AFTER_INFUSION
from coi.services.spans import Span, Spans, spans_of
from coi.services.therapies import look
from workflows.model import Verb

STEM_CELLS = next(told for told in TOLD if told.workflow == "gene-edited-hsc")


@pytest.fixture
def coi(performer):
    """Give a therapy that has just been ordered."""
    return performer.order(PATIENTS[0])


def spans(performer, coi, *, is_over=False):
    """Give the named times of a therapy."""
    return spans_of(look(performer.installation, coi), is_over=is_over)


def taken(performer, coi, action):
    """Tell when each step of this action was taken, the first first."""
    history = look(performer.installation, coi).history
    return [parse_rfc3339(one.happened_at) for one in history if one.action == action]


def test_nothing_is_counted_before_anything_was_collected(performer, coi):
    """The clock begins at the vein."""
    assert spans(performer, coi) == Spans()


def test_the_clock_runs_from_the_first_collection_to_the_first_dose(performer, coi):
    """The first infusion ends it, and each end is named by its step."""
    play(performer, coi, POSITIVE_AFTER_INFUSION)
    doses = sorted(taken(performer, coi, "infuse") + taken(performer, coi, "infuse_part"))

    told = spans(performer, coi, is_over=True)

    (collected_at, *_), (released_at, *_) = (
        taken(performer, coi, name) for name in ("collect", "release_lot_provisionally")
    )
    assert (told.vein_to_vein.begun, told.vein_to_vein.ended) == (collected_at, doses[0])
    assert told.vein_to_vein.what.startswith("Infuse")
    assert told.turnaround == Span(
        collected_at, released_at, "Release the lot with results outstanding"
    )
    assert told.first_collected is None
    assert told.from_first is None


def test_a_rescue_graft_ends_no_vein_to_vein(performer):
    """The patient was given cells, and none of what was made of them."""
    steps = STEM_CELLS.stories["product lost after conditioning, and rescued"]
    coi = STEM_CELLS.tell(performer, PATIENTS[0], steps)
    actions = look(performer.installation, coi).workflow.actions
    given = {
        one.action
        for one in look(performer.installation, coi).history
        if one.action in actions and actions[one.action].verb is Verb.ADMINISTER
    }

    told = spans(performer, coi, is_over=True)

    assert given == {"infuse_rescue"}
    assert told.vein_to_vein.ended is None
    assert told.turnaround.ended == taken(performer, coi, "release_lot")[0]


def test_a_rescue_after_the_product_changes_nothing(performer):
    """The first dose of the product ends it, whatever is given later."""
    steps = STEM_CELLS.stories["called in the midst of it"]
    coi = STEM_CELLS.tell(performer, PATIENTS[0], steps)

    told = spans(performer, coi)

    assert told.vein_to_vein.ended == taken(performer, coi, "infuse")[0]


def test_cells_of_two_cycles_are_counted_from_the_first(performer):
    """Both became the product: the patient's cells are on their way since the first."""
    coi = STEM_CELLS.tell(performer, PATIENTS[0], STEM_CELLS.good)
    first, second, *_ = taken(performer, coi, "collect")
    doses = sorted(taken(performer, coi, "infuse") + taken(performer, coi, "infuse_part"))

    told = spans(performer, coi)

    assert first < second
    assert len(doses) > 1
    assert (told.vein_to_vein.begun, told.vein_to_vein.ended) == (first, doses[0])
    assert told.first_collected is None


def test_after_a_collection_that_came_to_nothing_the_clock_counts_from_the_next(performer, coi):
    """Its material was rejected and destroyed; both moments are told, and both times."""
    play(performer, coi, (*AT_WORKS, *[Step("reject_material", "material", "received")]))
    play(performer, coi, [Step("destroy", "material", "rejected")])
    before = spans(performer, coi)
    play(performer, coi, collected(1))
    first, second = taken(performer, coi, "collect")

    told = spans(performer, coi)

    assert before.vein_to_vein == Span(first, None)
    assert told.vein_to_vein == told.turnaround == Span(second, None)
    assert told.first_collected == first
    assert told.from_first == Span(first, None)


def test_while_older_material_can_still_become_the_product_it_counts_from_there(performer, coi):
    """A second collection does not set the clock back by itself."""
    play(performer, coi, exits.COLLECTED_AGAIN)
    first, second = taken(performer, coi, "collect")

    told = spans(performer, coi)

    assert first < second
    assert told.vein_to_vein.begun == first


def test_a_lot_that_is_rejected_ends_its_turnaround_until_another_begins(performer, coi):
    """What is decided of the lot that the product comes from counts; of others nothing does."""
    play(performer, coi, (*FILLED, Step("reject_lot", values={"cause": "cell count"})))
    play(performer, coi, [Step("destroy", "product", "rejected")])
    play(performer, coi, [Step("destroy", "material", "accepted")])
    rejected = spans(performer, coi)
    play(performer, coi, collected(1))
    going_on = spans(performer, coi)

    assert rejected.turnaround.what == "Reject the lot"
    assert rejected.turnaround.ended == taken(performer, coi, "reject_lot")[0]
    assert going_on.turnaround == Span(taken(performer, coi, "collect")[-1], None)
    assert going_on.first_collected == taken(performer, coi, "collect")[0]


def test_a_lot_made_of_what_was_kept_counts_from_the_collection_of_that(performer, coi):
    """Manufacture failed once: the patient waits since the same day."""
    play(performer, coi, exits.MANUFACTURE_FAILED[:-1])
    failed = spans(performer, coi)

    assert failed.turnaround.begun == taken(performer, coi, "collect")[0]
    assert failed.turnaround.what == "Declare that manufacture failed"
    assert failed.vein_to_vein == Span(failed.turnaround.begun, None)
