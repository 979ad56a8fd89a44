"""A departure from a rule is granted first, by those whom the definition names; it serves once."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, play, started
from coi.demo.performer import Wish
from coi.demo.stories import DISPENSATION_WITHDRAWN, DISPENSED, spoilt
from coi.services.therapies import look
from tests.journeys.asking import (
    act,
    ids,
    newest,
    refused,
    since,
    state,
    states,
    take_refused,
    until,
)

FRESH = {"guard": "material_is_fresh"}


@pytest.fixture
def coi(performer):
    """Give a therapy whose fresh cells arrived too late, and wait for inspection."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, until(DISPENSED, "grant_dispensation"))
    play(performer, coi, [Step("relocate", "material", "received", after_hours=80)])
    return coi


def test_each_departure_is_granted_used_and_on_record(performer, coi):
    """Late cells and an expired product reach the patient, by eight dispensations used once."""
    take_refused(performer, coi, Step("accept_material", "material", "received"), "NOT_FRESH")

    play(performer, coi, since(DISPENSED, "grant_dispensation"))

    assert states(performer, coi, "dispensation") == {"used": 8}
    assert states(performer, coi, "product") == {"infused": 1}
    assert state(performer, coi) == "infused"


def test_a_dispensation_serves_once(performer, coi):
    """What was granted for the inspection does not also serve the start of manufacture."""
    play(performer, coi, since(DISPENSED, "grant_dispensation")[:2])
    used = newest(performer, coi).content["moves"]

    take_refused(performer, coi, started(), "NOT_FRESH")

    assert [m["to"]["state"] for m in used if m["machine"] == "dispensation"] == ["used"]


def test_a_withdrawn_dispensation_is_none(performer, coi):
    """After it was withdrawn, the rule holds again."""
    play(performer, coi, since(DISPENSATION_WITHDRAWN, "grant_dispensation")[:2])

    take_refused(performer, coi, Step("accept_material", "material", "received"), "NOT_FRESH")

    assert states(performer, coi, "dispensation") == {"withdrawn": 1}


def test_there_is_no_dispensation_from_identity(performer, coi):
    """Only rules that the definition names can be departed from."""
    identity = {"guard": "wristband_is_this_patients"}
    step = Step("grant_dispensation", "material", "received", values=identity)

    take_refused(performer, coi, step, "NOT_DISPENSABLE")


def test_a_dispensation_has_the_signatures_that_its_rule_asks_for(performer, coi):
    """For late cells the qualified person signs; the physician's signature is not enough."""
    step = Step(
        "grant_dispensation", "material", "received", values=FRESH, avoid=("quentin", "quinn")
    )

    take_refused(performer, coi, step, "DISPENSATION_UNSIGNED")


def test_a_dispensation_is_for_one_thing(performer, coi):
    """It names the bag that it is granted for; for none, or for two, it is refused."""
    (bag,) = ids(performer, coi, "material")
    request, actor, signers = performer.request(
        coi, "grant_dispensation", Wish(on=(bag,), values=FRESH)
    )

    with refused(performer, coi, "ONE_AT_A_TIME"):
        act(performer, (spoilt(request, named=()), actor, signers))

    assert look(performer.installation, coi).subjects[bag].position.state == "received"
