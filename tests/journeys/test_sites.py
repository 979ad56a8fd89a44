"""Which sites take part: who acts, who sees and who is sent something is of one of them."""

from dataclasses import replace

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_LAB, Step, play, travelled
from coi.services.incidents import Incident, report_incident
from coi.services.proofs import Signer
from coi.store import facts
from tests.journeys.asking import act, newest, refused, take_refused
from tests.journeys.worlds import verdict_of


@pytest.fixture
def coi(performer):
    """A therapy that the northern hospital has ordered, and the manufacturer is to make."""
    return performer.order(PATIENTS[0])


def sites(performer, coi):
    """Give the sites that take part in a therapy."""
    return performer.installation.read(lambda tx: facts.sites(tx, coi))


def by_another(performer, coi, action):
    """Give the request for an action, made by the physician of another hospital there."""
    wanted, _, signers = performer.request(coi, action)
    jonas = performer.proven["jonas"]
    signed = tuple(Signer(jonas, signer.meaning) for signer in signers)
    return replace(wanted, unit="south-ward"), jonas, signed


def test_a_physician_of_another_hospital_approves_nothing(performer, coi):
    """The attempt is on record, and makes nobody take part."""
    with refused(performer, coi, "SITE_TAKES_NO_PART"):
        act(performer, by_another(performer, coi, "approve"))

    assert newest(performer, coi).unit == "south-ward"
    assert sites(performer, coi) == {"north", "works"}


def test_a_bag_is_not_sent_to_another_hospital(performer, coi):
    """Nor does it go there by way of a slip on a paper, told late."""
    play(performer, coi, AT_LAB)

    take_refused(
        performer,
        coi,
        Step("release_custody", "material", to="south-lab"),
        "CONSIGNEE_TAKES_NO_PART",
    )

    assert sites(performer, coi) == {"north", "works"}


def test_a_courier_takes_part_from_the_handoff_on(performer, coi):
    """The entry that sends something says whom it brings in; the record is whole."""
    play(performer, coi, (*AT_LAB, Step("freeze_material", "material", "collected")))
    packed, sent, *rest = travelled("material", "frozen")
    play(performer, coi, [packed])
    before = sites(performer, coi)

    play(performer, coi, [sent])

    assert newest(performer, coi).content["sites"] == ["wheels"]
    assert sites(performer, coi) == before | {"wheels"}
    play(performer, coi, rest)
    assert verdict_of(performer.installation).findings == ()


def test_an_incident_seen_elsewhere_is_recorded_and_brings_nobody_in(performer, coi):
    """Whoever saw that two therapies were taken for each other tells it, at whichever site."""
    other = performer.order(PATIENTS[1])
    incident = Incident((coi, other), "south-ward", "A bag hung at the wrong bed", "one")

    report_incident(performer.installation, incident, performer.proven["jonas"])

    assert newest(performer, coi).kind == newest(performer, other).kind == "incident"
    assert sites(performer, coi) == sites(performer, other) == {"north", "works"}
