"""What is particular about each therapy beside the first: hours, tissue, a rescue graft."""

from dataclasses import replace

import pytest

from coi.definitions import packaged_workflow
from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, play, take
from coi.demo.others import TOLD
from coi.demo.performer import Performer
from coi.errors import Refused
from coi.services.therapies import look
from workflows.facts import Mode

TOLD_BY_NAME = {told.workflow: told for told in TOLD}
STEM_CELLS = TOLD_BY_NAME["gene-edited-hsc"]
POINT_OF_CARE = TOLD_BY_NAME["point-of-care-car-t"]
TUMOUR = TOLD_BY_NAME["til"]


def until(told, action):
    """The steps of a good story up to the first of this action."""
    return told.good[: [step.action for step in told.good].index(action)]


def without(steps, *actions):
    """The steps, but for those of these actions."""
    return [step for step in steps if step.action not in actions]


def refused(performer: Performer, coi: str, step: Step) -> set[str]:
    """The codes by which a step is refused."""
    with pytest.raises(Refused) as refusal:
        take(performer, coi, step)
    return {reason.code for reason in refusal.value.refusals}


def late(performer: Performer, coi: str, step: Step) -> set[str]:
    """The codes by which even a late fact is refused: a lock, and no rule that bends."""
    return refused(performer, coi, replace(step, mode=Mode.LATE, hours_ago=1 / 3600))


def test_myeloablation_waits_for_the_rescue_graft(performer):
    """Product is there and accepted; without an accepted rescue graft nothing is begun."""
    steps = without(until(STEM_CELLS, "start_myeloablation"), "accept_rescue")
    coi = STEM_CELLS.tell(performer, PATIENTS[0], steps)

    codes = refused(performer, coi, Step("start_myeloablation"))
    play(performer, coi, [Step("accept_rescue"), Step("start_myeloablation")])

    assert codes == {"PRODUCT_NOT_ACCEPTED"}


def test_a_rescue_graft_on_hold_counts_for_nothing(performer):
    """It may never be given, and myeloablation cannot be taken back: not even told late."""
    steps = [*until(STEM_CELLS, "start_myeloablation"), Step("hold", "rescue", "accepted")]
    coi = STEM_CELLS.tell(performer, PATIENTS[0], steps)

    assert "PRODUCT_NOT_ACCEPTED" in late(performer, coi, Step("start_myeloablation"))


def test_the_rescue_graft_is_guarded_as_the_product_is():
    """At the bedside each guard of the product's is asked of it too, and by the same signatures."""
    actions = packaged_workflow(STEM_CELLS.workflow).actions
    pairs = [("check_at_bedside", "check_rescue_at_bedside"), ("infuse", "infuse_rescue")]

    for product, rescue in pairs:
        assert actions[rescue].guards == actions[product].guards
        assert actions[rescue].signatures == actions[product].signatures


def test_the_collections_of_two_cycles_are_one_lot(performer):
    """Cells of both are in it, and all of them are this patient's."""
    coi = STEM_CELLS.tell(performer, PATIENTS[0], until(STEM_CELLS, "select"))

    view = look(performer.installation, coi)
    lot = next(one.id for one in view.subjects.values() if one.machine == "lot")
    bags = {link.parent for link in view.links if link.child == lot}
    collections = {link.parent for link in view.links if link.child in bags}
    assert (len(bags), len(collections)) == (2, 2)


def test_every_bag_of_stem_cells_is_given(performer):
    """As long as one is there and not rejected, the infusion is not complete."""
    coi = STEM_CELLS.tell(performer, PATIENTS[0], until(STEM_CELLS, "infuse_part"))
    play(performer, coi, [Step("infuse", "product", "checked")])

    assert "PRODUCT_IS_LEFT" in refused(performer, coi, Step("complete_infusion"))


def test_a_fresh_product_is_out_of_date_within_hours(performer):
    """After a day at the point of care it is not accepted any more."""
    coi = POINT_OF_CARE.tell(performer, PATIENTS[0], until(POINT_OF_CARE, "accept_product"))

    step = Step("accept_product", "product", "released", after_hours=24)

    assert refused(performer, coi, step) == {"EXPIRED"}


def test_a_fresh_product_is_not_given_a_date_beyond_its_shelf_life(performer):
    """Twenty-four hours are said, and not twenty-five."""
    coi = POINT_OF_CARE.tell(performer, PATIENTS[0], until(POINT_OF_CARE, "fill"))

    assert refused(performer, coi, Step("fill", expires_in_hours=25)) == {"EXPIRY_IMPLAUSIBLE"}


def test_nothing_is_harvested_before_the_seventh_day(performer):
    """In the closed device the cells grow for 7 to 12 days."""
    coi = POINT_OF_CARE.tell(performer, PATIENTS[0], until(POINT_OF_CARE, "harvest"))

    assert refused(performer, coi, Step("harvest", values={"day_of_culture": "6"}))


def test_tissue_is_excised_under_two_pairs_of_eyes(performer):
    """Without the patient's identifiers from both nobody excises."""
    coi = TUMOUR.tell(performer, PATIENTS[0], until(TUMOUR, "collect"))
    performer.identities[coi] = {**PATIENTS[0], "birth_date": "1999-09-09"}

    assert refused(performer, coi, Step("collect")) == {"IDENTITY_DIFFERS"}
