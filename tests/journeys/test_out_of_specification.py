"""Out of specification: each piece on record before it moves, and on the label of every bag."""

from dataclasses import replace

import pytest

from coi.demo import deviations
from coi.demo.cast import PATIENTS, STAFF
from coi.demo.chapters import ACCEPTED, Step, closed, play
from coi.services.labelling import bag_label_pdf, newest_serial
from coi.services.reporting import custody_record
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.coi.reports.pages import text_of
from tests.journeys.asking import act, ids, refused, since, states, take_refused, until
from tests.journeys.worlds import verdict_of
from tests.labels.reading import read

RELEASED = Step("release_out_of_specification")
ASKED_BY_WHO_TREATS = {"request_out_of_specification", "accept_out_of_specification"}
LABELLED = Step("relabel", "product", "released")


@pytest.fixture
def coi(performer):
    """Give a therapy whose lot is out of specification, with its exception closed."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, until(deviations.SUPPLIED, "evaluate_risk"))
    return coi


def test_it_is_supplied_at_the_physician_s_request(performer, coi):
    """Each piece is on record: it is released, labelled, sent and infused; a late result counts."""
    play(performer, coi, since(deviations.SUPPLIED, "evaluate_risk"))

    assert states(performer, coi, "lot") == {"released_out_of_specification": 1}
    assert states(performer, coi, "product")["infused"] == 2
    assert verdict_of(performer.installation).findings == ()


@pytest.mark.parametrize("left_out", [step.action for step in deviations.ASKED_FOR[:-1]])
def test_without_a_piece_it_is_not_released(performer, coi, left_out):
    """Whatever else is there: the release, or a piece that builds on it, is refused."""
    for step in deviations.ASKED_FOR[:-1]:
        if step.action == left_out:
            continue
        if left_out in _ASKED_BEFORE.get(step.action, ()):
            take_refused(performer, coi, step, "NOT_ON_RECORD")
            return
        play(performer, coi, [step])

    take_refused(performer, coi, RELEASED, "NOT_ON_RECORD")


_ASKED_BEFORE = {
    "give_medical_opinion": {"evaluate_risk"},
    "consent_to_out_of_specification": {"evaluate_risk"},
    "accept_out_of_specification": {
        "give_medical_opinion",
        "request_out_of_specification",
        "consent_to_out_of_specification",
    },
}


def test_a_result_that_comes_after_the_acceptance_is_weighed_anew(performer, coi):
    """What was accepted is no longer what is known."""
    *pieces, release = deviations.ASKED_FOR
    play(performer, coi, pieces)
    worse = {"test": "car_expression", "result": "4"}
    play(performer, coi, [Step("record_result", values=worse)])
    play(performer, coi, closed())

    take_refused(performer, coi, release, "KNOWN_TOO_LATE")


def test_a_result_that_was_corrected_after_the_acceptance_is_weighed_anew(performer, coi):
    """The number that the physician accepted is not the one that stands now."""
    *pieces, release = deviations.ASKED_FOR
    play(performer, coi, pieces)
    worse = {"of": "car_expression", "content": "3"}
    others = tuple(one.username for one in STAFF if one.username not in {"anna", "abel"})
    play(performer, coi, [Step("correct_value", values=worse, avoid=others)])
    play(performer, coi, closed())

    take_refused(performer, coi, release, "KNOWN_TOO_LATE")


def test_the_hospital_that_has_taken_the_patient_over_asks_anew(performer, coi):
    """What the former physician asked for and accepted is no piece of the one who treats now."""
    *pieces, release = deviations.ASKED_FOR
    play(performer, coi, pieces)
    play(performer, coi, [Step("ask_other_hospital"), Step("take_over_treatment")])

    take_refused(performer, coi, release, "ASKED_ELSEWHERE")
    again = [one for one in pieces if one.action in ASKED_BY_WHO_TREATS]
    play(performer, coi, [*again, release])

    assert states(performer, coi, "lot") == {"released_out_of_specification": 1}


def test_cells_that_are_not_proven_to_be_the_patient_s_are_never_supplied(performer):
    """There is no way around an identity that does not fit."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, until(deviations.SUPPLIED, "declare_out_of_specification"))
    strange = {"test": "identity", "result": "not confirmed"}
    play(performer, coi, [Step("record_result", values=strange)])

    take_refused(performer, coi, Step("declare_out_of_specification"), "NEVER_SUPPLIED")


def test_no_bag_leaves_without_a_label_that_says_so(performer, coi):
    """Released, but its label says nothing yet: it is not packed."""
    play(performer, coi, until(since(deviations.SUPPLIED, "evaluate_risk"), "relabel"))

    take_refused(performer, coi, ACCEPTED[0], "LABEL_SAYS_NOTHING")


def test_the_new_label_says_it_and_the_old_one_leads_nowhere(performer, coi):
    """It is printed on it; whoever scans the label below it is stopped."""
    play(performer, coi, until(since(deviations.SUPPLIED, "evaluate_risk"), "relabel"))
    bag = ids(performer, coi, "product", "released")[0]
    old = newest_serial(performer.installation, bag)
    play(performer, coi, [LABELLED])
    label = read(bag_label_pdf(performer.installation, newest_serial(performer.installation, bag)))

    packing, *who = performer.request(coi, "pack")
    codes = [
        Code(f"{old}/{coi}") if newest_serial(performer.installation, bag) in code.raw else code
        for code in packing.codes
    ]
    assert "OUT OF SPECIFICATION" in label.text
    with refused(performer, coi, "OLD_LABEL"):
        act(performer, (replace(packing, codes=tuple(codes)), *who))


def test_the_custody_record_tells_the_whole_of_it(performer, coi):
    """Who declared, evaluated, advised, asked, accepted, told and released, each with what."""
    play(performer, coi, since(deviations.SUPPLIED, "evaluate_risk"))
    view = look(performer.installation, coi)

    told = text_of(custody_record(performer.installation, coi, "carla"))

    titles = [view.workflow.actions[step.action].title for step in deviations.ASKED_FOR]
    assert [title for title in titles if title not in told] == []
    assert "RA-2026-014" in told
    assert "EU GMP Part IV 11.5" in told
