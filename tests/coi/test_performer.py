"""Whoever plays a therapy finds who can act where, and says when nobody and nothing fits."""

from dataclasses import replace

import pytest

from coi.demo.cast import STAFF
from coi.demo.fitting import CannotPerform
from coi.demo.performer import Wish, contents, spoilt, wristband_of
from coi.services.therapies import look


@pytest.fixture
def performer(lives):
    """Everybody, able to ask; what they ask for is not carried out here."""
    return lives.performer


def view_of(lives, life):
    """A therapy by the name of its life."""
    return look(lives.performer.installation, lives.cois[life])


def ids(view, machine):
    """The things of a machine."""
    return [one.id for one in view.subjects.values() if one.machine == machine]


def test_whoever_holds_it_takes_it_back(lives, performer):
    """Handed to the courier and not yet accepted: only the laboratory can take it back."""
    coi = lives.cois["handed to the courier"]

    wanted, actor, _ = performer.request(coi, "take_back_shipment")

    assert wanted.unit == "north-lab"
    assert actor.username in {"leo", "lena"}


def test_whoever_it_was_sent_to_accepts_it(lives, performer):
    """The courier scans the label of the shipment, in the courier's own van."""
    coi = lives.cois["handed to the courier"]
    view = view_of(lives, "handed to the courier")

    wanted, _, _ = performer.request(coi, "accept_shipment", view=view)

    (shipment,) = ids(view, "shipment")
    assert wanted.unit == "wheels-van"
    assert wanted.codes[0].raw == f"{view.labels[shipment][-1]}/{coi}"


def test_what_is_on_its_way_cannot_be_worked_with(lives, performer):
    """In the van nobody unpacks a shipment: it has to be accepted first."""
    with pytest.raises(CannotPerform):
        performer.request(lives.cois["handed to the courier"], "unpack")


def test_what_is_wished_for_and_does_not_fit_is_refused(lives, performer):
    """A bag that was used up is not packed, and no other one is taken in its place."""
    view = view_of(lives, "in manufacture")
    used = ids(view, "material")[0]

    with pytest.raises(CannotPerform):
        performer.request(lives.cois["in manufacture"], "pack", Wish(on=(used,)))


def test_without_anybody_who_may_nothing_is_done(lives, performer):
    """When all who could act are kept out, no other person steps in."""
    everybody = tuple(staff.username for staff in STAFF)

    with pytest.raises(CannotPerform):
        performer.request(lives.cois["packed"], "admit_patient", Wish(avoid=everybody))


def test_without_enough_people_nobody_signs_twice(lives, performer):
    """Two signatures need two persons; whoever is left alone cannot give both."""
    nurses_but_nina = tuple(staff.username for staff in STAFF if staff.username != "nina")

    with pytest.raises(CannotPerform):
        performer.request(lives.cois["packed"], "admit_patient", Wish(avoid=nurses_but_nina))


def test_whoever_acts_signs_first_and_no_one_twice(lives, performer):
    """The actor is one of the signers; the second signature comes from somebody else."""
    _, actor, signers = performer.request(lives.cois["packed"], "admit_patient")

    assert [signer.meaning for signer in signers] == ["performed", "verified"]
    assert actor == signers[0].proven != signers[1].proven


def test_each_request_has_a_key_of_its_own(lives, performer):
    """Asked twice it is done twice: a key that was used is answered with what it did before."""
    first, second = (
        performer.request(lives.cois["handed to the courier"], "take_back_shipment")[0]
        for _ in range(2)
    )

    assert first.key != second.key
    assert spoilt(second).key == f"{second.key}-spoilt"


def test_what_was_taken_out_is_no_longer_inside(lives):
    """Three bags travelled together; where they were unpacked none is left in the shipper."""
    packed, opened = view_of(lives, "packed"), view_of(lives, "in manufacture")

    inside = [contents(view, ids(view, "shipment")[0]) for view in (packed, opened)]

    assert [len(each) for each in inside] == [3, 0]


def test_before_the_admission_there_is_no_wristband(lives):
    """Nobody scans a band that was never issued."""
    view = view_of(lives, "packed")
    unadmitted = replace(view, history=view.history[:3])

    with pytest.raises(CannotPerform):
        wristband_of(unadmitted)
