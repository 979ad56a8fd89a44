"""A recorded value is corrected: the old one stays, and what was judged by it is judged anew."""

import pytest

from coi.demo.cast import PATIENTS, STAFF
from coi.demo.chapters import CONDITIONED, EARLY, FILLED, OUT, Step, closed, play, results
from coi.demo.deviations import ASKED_FOR, OUT_OF_SPECIFICATION
from coi.demo.performer import CannotPerform, Wish
from coi.demo.stories import AT_SITE
from coi.services.reporting import custody_record
from coi.services.therapies import look
from tests.coi.reports.pages import text_of
from tests.journeys.asking import act, newest, refused, states, take_refused, values
from tests.journeys.worlds import verdict_of

RECORDING = {
    "weight_kg": ("carla", "nina", "nora"),
    "expires_at": ("mia", "milo"),
    "viability": ("anna", "abel"),
}


def corrected(field, content, **other):
    """Correct the newest value of a field, by those who may record it."""
    told = {"of": field, "content": content, **other}
    others = tuple(s.username for s in STAFF if s.username not in RECORDING[field])
    return Step("correct_value", values=told, avoid=others)


@pytest.fixture
def coi(performer):
    """Give a therapy that has just been ordered."""
    return performer.order(PATIENTS[0])


def seen(performer, coi):
    """What the exceptions of a therapy say was seen."""
    view = look(performer.installation, coi)
    return [view.texts[v.content] for v in view.values if v.field == "seen"]


def test_the_old_value_stays_beside_the_new_one(performer, coi):
    """With its reason, and who corrected and verified it; the record is whole."""
    play(performer, coi, [corrected("weight_kg", "46.5", reason="digits were exchanged")])

    assert values(performer, coi, "weight_kg") == ["46.5"]
    assert [s.meaning for s in newest(performer, coi).signatures] == ["corrected", "verified"]
    assert verdict_of(performer.installation).findings == ()
    told = text_of(custody_record(performer.installation, coi, "carla"))
    assert [one for one in ("64.5", "46.5", "digits were exchanged") if one not in told] == []


def test_a_weight_that_was_wrong_when_the_dose_was_judged_opens_an_exception(performer, coi):
    """The endotoxin in the dose has its limit per kg: what lay within lies outside now."""
    play(performer, coi, [*FILLED, *results("endotoxin", endotoxin="300")])
    before = states(performer, coi, "exception")
    play(performer, coi, [corrected("weight_kg", "46.5")])

    assert (before, states(performer, coi, "exception")) == ({}, {"open": 1})
    assert seen(performer, coi) == ["endotoxin is 300 before the decision"]
    take_refused(performer, coi, Step("release_lot"), "OUT_OF_SPECIFICATION", "EXCEPTION_OPEN")


def test_a_lot_that_was_released_by_a_wrong_weight_is_named(performer, coi):
    """Each step that would have been refused has its own exception, and nothing is infused."""
    play(performer, coi, [*FILLED, *results(*EARLY, "sterility", endotoxin="300")])
    play(performer, coi, [Step("release_lot")])
    play(performer, coi, [corrected("weight_kg", "46.5")])

    told = seen(performer, coi)
    assert told[0].startswith("“Release the lot” (entry ")
    assert "OUT_OF_SPECIFICATION" in told[0]
    assert told[1:] == ["endotoxin is 300 after the decision"]
    take_refused(performer, coi, Step("pack", "product", "released"), "EXCEPTION_OPEN")


def test_what_is_right_either_way_opens_nothing(performer, coi):
    """A kilogram more or less changes no verdict."""
    play(performer, coi, OUT)
    play(performer, coi, [corrected("weight_kg", "65.5")])

    assert states(performer, coi, "exception") == {}


def test_an_expiry_that_was_wrong_when_the_bag_was_accepted_opens_an_exception(performer, coi):
    """The bag was past its date when it was inspected, and nobody knew."""
    play(performer, coi, (*AT_SITE, CONDITIONED))
    play(performer, coi, [corrected("expires_at", "2026-10-01T00:00:00Z")])

    assert any("EXPIRED" in text for text in seen(performer, coi))


def test_what_others_record_is_not_corrected(performer, coi):
    """A coordinator corrects no expiry, which the manufacturer has set."""
    play(performer, coi, OUT)
    told = {"of": "expires_at", "content": "2027-10-01T00:00:00Z"}

    take_refused(performer, coi, Step("correct_value", values=told), "NOT_YOURS_TO_CORRECT")


def test_nobody_corrects_what_another_has_to_judge(performer, coi):
    """The medical opinion against a lot stays, whatever quality assurance signs."""
    against = Step("give_medical_opinion", values={"medical_opinion": "risk outweighs benefit"})
    play(performer, coi, (*OUT_OF_SPECIFICATION, ASKED_FOR[0], against))
    told = {"of": "medical_opinion", "content": "benefit outweighs risk"}
    others = tuple(s.username for s in STAFF if s.username not in {"queenie", "quirin"})

    step = Step("correct_value", values=told, avoid=others)
    take_refused(performer, coi, step, "NOT_YOURS_TO_CORRECT")


def test_a_result_that_turns_out_worse_is_an_exception_of_its_own(performer, coi):
    """The risk was accepted for another number: the lot is not released by the old acceptance."""
    *pieces, release = ASKED_FOR
    play(performer, coi, (*OUT_OF_SPECIFICATION, *closed()))
    play(performer, coi, (*pieces, corrected("viability", "8.5")))

    assert seen(performer, coi)[-1] == "viability is 8.5 before the decision"
    take_refused(performer, coi, release, "EXCEPTION_OPEN")


@pytest.mark.parametrize("field", ["treating_unit", "manufacturing_unit"])
def test_who_takes_part_is_not_changed_by_a_correction(performer, coi, field):
    """What names a unit is not among the values that can be corrected."""
    with pytest.raises(CannotPerform):
        performer.request(coi, "correct_value", Wish(values={"of": field, "content": "south-ward"}))


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"content": "64.5"}, "UNCHANGED"),
        ({"content": "sixty"}, "CONTENT_UNREADABLE"),
        ({"content": "4000"}, "CONTENT_UNREADABLE"),
        ({"reason": " "}, "REASON_MISSING"),
    ],
)
def test_a_correction_that_says_nothing_is_refused(performer, coi, told, code):
    """It changes something, can be read, and says why."""
    step = Step("correct_value", values={"of": "weight_kg", "content": "46.5"} | told)

    take_refused(performer, coi, step, code)


def test_a_value_that_was_corrected_meanwhile_is_not_corrected_blindly(performer, coi):
    """Who saw the first revision does not overwrite the second."""
    wanted = performer.request(coi, "correct_value")
    play(performer, coi, [corrected("weight_kg", "54.5")])

    with refused(performer, coi, "VALUE_UNKNOWN"):
        act(performer, wanted)
