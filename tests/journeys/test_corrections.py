"""A recorded value is corrected: the old one stays, and what was judged by it is judged anew."""

from datetime import timedelta

import pytest

from coi.clock import parse_rfc3339, rfc3339
from coi.demo.cast import PATIENTS, STAFF
from coi.demo.chapters import (
    AT_SITE,
    CHECKED,
    CONDITIONED,
    EARLY,
    FILLED,
    IN_MANUFACTURE,
    OUT,
    Step,
    closed,
    play,
    results,
    thawed,
)
from coi.demo.deviations import ASKED_FOR, OUT_OF_SPECIFICATION
from coi.demo.fitting import CannotPerform
from coi.demo.performer import Wish
from coi.services.labelling import NotPrinted, bag_label_pdf, newest_serial
from coi.services.reporting import custody_record
from coi.services.therapies import look
from tests.coi.reports.pages import text_of
from tests.journeys.asking import act, ids, newest, refused, states, take_refused, values
from tests.journeys.worlds import verdict_of

RECORDING = {
    "weight_kg": ("carla", "nina", "nora"),
    "expires_at": ("mia", "milo"),
    "viability": ("anna", "abel"),
    "sample_ml": ("mia", "milo"),
}


DOSE = "CAR+ cells in the dose was worked out by Body weight, which was corrected: work it out anew"


def corrected(field, content, **other):
    """Correct the newest value of a field, by those who may record it."""
    told = {"of": field, "content": content, **other}
    others = tuple(s.username for s in STAFF if s.username not in RECORDING[field])
    return Step("correct_value", values=told, avoid=others)


@pytest.fixture
def coi(performer):
    """Give a therapy that has just been ordered."""
    return performer.order(PATIENTS[0])


def stopped(performer, coi, machine):
    """How many stops are on each of a therapy's things of one machine."""
    found = look(performer.installation, coi).subjects.values()
    return [one.position.stops for one in found if one.machine == machine]


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
    """The endotoxin has its limit per kg, and the dose itself was worked out by the weight."""
    play(performer, coi, [*FILLED, *results("endotoxin", endotoxin="300")])
    before = states(performer, coi, "exception")
    play(performer, coi, [corrected("weight_kg", "46.5")])

    assert (before, states(performer, coi, "exception")) == ({}, {"open": 2})
    assert seen(performer, coi) == [DOSE, "endotoxin is 300 before the decision"]
    take_refused(performer, coi, Step("release_lot"), "OUT_OF_SPECIFICATION", "EXCEPTION_OPEN")


def test_a_lot_that_was_released_by_a_wrong_weight_is_named(performer, coi):
    """The lot and each of its bags has its own exception and stands still; nothing is infused."""
    play(performer, coi, [*FILLED, *results(*EARLY, "sterility", endotoxin="300")])
    play(performer, coi, [Step("release_lot")])
    play(performer, coi, [corrected("weight_kg", "46.5")])

    *released, dose, result = seen(performer, coi)
    assert all(one.startswith("“Release the lot” (entry ") for one in released)
    assert all("OUT_OF_SPECIFICATION" in one for one in released)
    assert (dose, result) == (DOSE, "endotoxin is 300 after the decision")
    assert stopped(performer, coi, "product") == [1, 1, 1, 1]
    take_refused(performer, coi, Step("pack", "product", "released"), "EXCEPTION_OPEN")


def test_a_bag_that_moved_on_since_is_stopped_where_it_stands(performer, coi):
    """It was accepted by a wrong date, and thawed since: it is held, and the others are not."""
    play(performer, coi, (*AT_SITE, CONDITIONED, *thawed()))
    bag = ids(performer, coi, "product", "thawed")[0]
    play(performer, coi, [corrected("expires_at", "2026-10-01T00:00:00Z", on=bag)])

    held = [s.id for s in look(performer.installation, coi).subjects.values() if s.position.stops]
    assert held == [bag]
    take_refused(performer, coi, CHECKED, "ON_HOLD")


def test_what_is_right_either_way_leaves_the_dose_alone(performer, coi):
    """A kilogram more or less changes no verdict; that the dose is worked out anew is asked."""
    play(performer, coi, OUT)
    play(performer, coi, [corrected("weight_kg", "65.5")])

    assert seen(performer, coi) == [DOSE]
    assert stopped(performer, coi, "product") == [0, 0, 0, 0]


def test_before_the_dose_was_worked_out_nothing_is_opened(performer, coi):
    """Nothing was judged by the weight yet."""
    play(performer, coi, IN_MANUFACTURE)
    play(performer, coi, [corrected("weight_kg", "46.5")])

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


# -- what a label shows ----------------------------------------------------------------------------


def shortened(performer, coi, bag):
    """Correct the expiry of a bag by a minute; returns the serial of its label."""
    view = look(performer.installation, coi)
    expiry = next(v for v in view.values if (v.subject, v.field) == (bag, "expires_at"))
    earlier = rfc3339(parse_rfc3339(expiry.content) - timedelta(minutes=1))
    play(performer, coi, [corrected("expires_at", earlier, on=bag)])
    return view.labels[bag][-1]


def test_a_label_that_shows_an_old_value_is_refused_until_the_bag_is_labelled_anew(performer, coi):
    """The exception names its serial, no step at hand takes it, and nobody prints it once more."""
    play(performer, coi, OUT)
    bag = ids(performer, coi, "product", "released")[0]
    check = performer.request(coi, "release_custody", Wish(on=(bag,), to="works-store"))
    serial = shortened(performer, coi, bag)

    told = f"The label {serial} shows an old value of Expires at: relabel"
    assert seen(performer, coi) == [told]
    assert values(performer, coi, "kind") == ["label discrepancy"]
    with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE"):
        act(performer, check)
    with pytest.raises(NotPrinted, match="an old value of Expires at"):
        bag_label_pdf(performer.installation, serial)


def test_labelling_anew_ends_it(performer, coi):
    """The newest label shows what is recorded, and the old one leads nowhere."""
    play(performer, coi, OUT)
    bag = ids(performer, coi, "product", "released")[0]
    shortened(performer, coi, bag)
    performer.do(coi, "relabel", Wish(on=(bag,), values={"label_says": ""}))
    performer.do(coi, "release_custody", Wish(on=(bag,), to="works-store"))

    assert len(look(performer.installation, coi).labels[bag]) == 2
    assert bag_label_pdf(performer.installation, newest_serial(performer.installation, bag))


def test_another_bag_s_label_shows_what_is_recorded(performer, coi):
    """Its expiry was right, so its label is not printed anew, and moves on."""
    play(performer, coi, OUT)
    bag, other, *_ = ids(performer, coi, "product", "released")
    shortened(performer, coi, bag)
    step = performer.request(coi, "relabel", Wish(on=(other,), values={"label_says": ""}))
    with refused(performer, coi, "LABEL_IS_RIGHT"):
        act(performer, step)
    performer.do(coi, "release_custody", Wish(on=(other,), to="works-store"))

    assert states(performer, coi, "exception") == {"open": 1}


def test_no_bag_with_an_old_label_is_packed(performer, coi):
    """What packing prints is the label of the shipper: the bag is labelled anew before."""
    play(performer, coi, OUT)
    bag = ids(performer, coi, "product", "released")[0]
    shortened(performer, coi, bag)

    with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE"):
        performer.do(coi, "pack", Wish(on=(bag,)))
