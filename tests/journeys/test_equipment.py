"""A lot is expanded in an incubator whose calibration ends on the way; in each database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.stories import IN_MANUFACTURE, told
from coi.errors import DataRefused, Refused
from coi.services.acting import take_action
from coi.services.equipment import history_of
from coi.services.equipment_keeping import (
    About,
    Calibration,
    put_in_service,
    register_equipment,
    renew_calibration,
)
from coi.services.proofs import person_of
from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.cast import WHY

UNIT = "works-production"


@pytest.fixture
def coi(performer):
    """A lot that was just started."""
    return told(IN_MANUFACTURE)(performer, PATIENTS[0])


@pytest.fixture
def incubator(performer):
    """The serial of an incubator that is calibrated for two days more."""
    until = performer.installation.clock.now() + timedelta(days=2)
    about = About("INC-04", "incubator", "By the door", "SN 7741", f"{until:%Y-%m-%d}", "CAL-12")
    by = performer.proven["mia"]
    return register_equipment(performer.installation, by, UNIT, about, key="incubator")


def tried(performer, coi, action, field, number):
    """The codes by which a step with this equipment is refused; none when it was taken."""
    wanted, actor, signers = performer.request(coi, action)
    wanted = replace(wanted, values={**wanted.values, field: number})
    try:
        take_action(performer.installation, wanted, actor, signers)
    except Refused as refused:
        return [reason.code for reason in refused.refusals]
    return []


def test_a_calibration_that_ends_stops_the_next_step_until_it_is_renewed(performer, coi, incubator):
    """Each entry says until when it was calibrated then; the record verifies."""
    installation = performer.installation
    assert tried(performer, coi, "activate", "incubator", "INC-04") == []
    performer.do(coi, "transduce")

    installation.clock.advance(timedelta(days=3))
    assert tried(performer, coi, "expand", "incubator", incubator) == ["CALIBRATION_OVER"]

    until = f"{installation.clock.now() + timedelta(days=365):%Y-%m-%d}"
    new = Calibration(until, "CAL-13")
    renew_calibration(installation, performer.proven["mia"], incubator, new, why="yearly")
    assert tried(performer, coi, "expand", "incubator", incubator) == []

    told = [
        value["limits"]
        for event in look(installation, coi).history
        for value in event.content.get("values", ())
        if value["field"] == "incubator"
    ]
    assert len(told) == 2
    assert told[1] == f"calibrated until {until}"
    assert verify_record(installation).findings == ()


def test_two_who_take_it_out_of_service_at_once_do_it_once(performer, incubator):
    """The slower one is told that it is so already."""
    ready = Barrier(2)

    def take_out(username):
        by = performer.proven[username]
        ready.wait()
        try:
            put_in_service(performer.installation, by, incubator, in_service=False, why=WHY)
        except DataRefused as refused:
            return refused.problems[0].reason
        return ""

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take_out, ("mia", "max")))

    person = performer.installation.read(lambda tx: person_of(tx, "mia")).person
    assert answers == ["", "it is out of service already"]
    assert len(history_of(performer.installation, person, incubator)) == 2
