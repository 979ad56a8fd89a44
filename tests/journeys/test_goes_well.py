"""The therapy that goes well, from the order to the hand-over to follow-up."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.stories import GOES_WELL
from coi.services.therapies import look
from tests.journeys.asking import ancestors, ids, state, states


@pytest.fixture
def coi(performer):
    """Give the therapy, told to its end."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, GOES_WELL)
    return coi


def test_a_therapy_goes_from_vein_to_vein(performer, coi):
    """Everything of it comes to its end, and every entry but the order is signed where asked."""
    view = look(performer.installation, coi)
    actions = view.workflow.actions

    assert state(performer, coi) == "closed"
    assert states(performer, coi, "material") == {"used": 2}
    assert states(performer, coi, "product") == {"infused": 2}
    assert states(performer, coi, "lot") == {"released": 1}
    assert [event.action for event in view.history[1:]] == [step.action for step in GOES_WELL]
    for event in view.history:
        meanings = [signature.meaning for signature in event.signatures]
        assert meanings == [rule.meaning for rule in actions[event.action].signatures]


def test_what_is_infused_was_collected(performer, coi):
    """Each infused bag descends from every collected bag, and from nothing else."""
    view = look(performer.installation, coi)
    collected = set(ids(performer, coi, "material"))

    for bag in ids(performer, coi, "product"):
        material = {one for one in ancestors(view, bag) if view.subjects[one].machine == "material"}
        assert material == collected
        assert view.subjects[bag].position.holder == view.therapy.patient


def test_custody_has_no_gap(performer, coi):
    """Of each thing, every turn begins where the one before ended: state, holder, consignee."""
    view = look(performer.installation, coi)
    ended = {}

    for event in view.history:
        for move in event.content.get("moves", ()):
            subject = move["subject"]
            assert move["from"] == ended.get(subject, move["from"])
            if move["custody"] == "accepts":
                assert move["to"]["holder"] == ended[subject]["consignee"] == event.unit
            ended[subject] = move["to"]
