"""What the treating site lives with: damage, later doses and expiries, consent withdrawn."""

from dataclasses import replace

import pytest

from coi.demo import departures
from coi.demo.cast import PATIENTS
from coi.demo.chapters import CHECKED, FROZEN, Step, play
from coi.demo.performer import Wish
from coi.services.labelling import NotPrinted, bag_label_pdf, newest_serial
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
    values,
)
from tests.labels.reading import read


@pytest.fixture
def coi(performer):
    """Give a therapy that has just been ordered."""
    return performer.order(PATIENTS[0])


def test_a_damaged_bag_waits_for_the_physician(performer, coi):
    """Nobody checks or infuses it before; QA finds it in its register, and it stops nobody."""
    play(performer, coi, until(departures.DAMAGED_AT_THAW, "report_damage"))
    bag = ids(performer, coi, "product", "thawed")[0]
    check = performer.request(coi, "check_at_bedside", Wish(on=(bag,)))
    play(performer, coi, departures.DAMAGED_AT_THAW[-1:])
    view = look(performer.installation, coi)
    told = {v.field: v.content for v in view.values if v.field in {"kind", "class", "stops"}}
    with refused(performer, coi, "WRONG_STATE"):
        act(performer, check)
    play(performer, coi, [Step("use_damaged"), CHECKED])

    assert states(performer, coi, "product")["checked"] == 1
    assert told == {"kind": "damage", "class": "major", "stops": "nothing"}
    assert states(performer, coi, "exception") == {"open": 1}


def test_what_is_moved_into_another_bag_is_labelled_before_anything_else(performer, coi):
    """Until then it is neither checked nor given; afterwards the label of the old bag stops."""
    play(performer, coi, until(departures.DAMAGED_AT_THAW, "report_damage"))
    bag = ids(performer, coi, "product", "thawed")[0]
    check, *who = performer.request(coi, "check_at_bedside", Wish(on=(bag,)))
    old = newest_serial(performer.installation, bag)
    play(performer, coi, since(departures.DAMAGED_AND_SALVAGED, "report_damage"))
    with refused(performer, coi, "WRONG_STATE"):
        act(performer, (check, *who))

    play(performer, coi, [Step("rebag", "product", "salvaging")])

    assert newest_serial(performer.installation, bag) != old
    with refused(performer, coi, "OLD_LABEL"):
        act(performer, (replace(check, key="again"), *who))


def test_a_bag_that_leaks_while_it_runs_is_checked_anew(performer, coi):
    """The physician decides at once, without quality assurance; what was infused still counts."""
    story = departures.INFUSED_ALL_THE_SAME
    play(performer, coi, until(story, "infuse_part"))
    play(performer, coi, since(story, "infuse_part")[:-1])

    too_much = Step("infuse", "product", "checked", values={"infused_ml": "60"})
    take_refused(performer, coi, too_much, "MORE_THAN_FILLED")
    play(performer, coi, story[-1:])

    assert states(performer, coi, "product")["infused"] == 1
    assert newest(performer, coi).action == "infuse"


def test_a_bag_that_is_cracked_on_arrival_may_be_kept(performer, coi):
    """There may be no other: physician and QA decide, and it is accepted as what it is."""
    story = departures.DAMAGED_WHILE_FROZEN
    cracked = Step("accept_product", "product", first=1, values={"container_intact": "no"})
    play(performer, coi, until(story, "report_damage"))
    take_refused(performer, coi, cracked, "CONTAINER_DAMAGED")
    play(performer, coi, since(story, "report_damage")[:3])

    decision = next(
        one
        for one in look(performer.installation, coi).history
        if one.action == "use_damaged_frozen"
    )
    assert len(decision.signatures) == 2
    assert states(performer, coi, "product")["accepted"] == 1


def test_a_damaged_bag_that_is_given_up_is_destroyed(performer, coi):
    """It never comes near the patient again."""
    play(performer, coi, departures.INFUSED_ALL_THE_SAME)

    assert states(performer, coi, "product")["destroyed"] == 1
    assert states(performer, coi, "product")["infused"] == 1


def test_a_dose_is_postponed(performer, coi):
    """The day and the reason stand on record; nothing else changes."""
    play(performer, coi, until(departures.POSTPONED, "postpone_infusion"))
    before = look(performer.installation, coi).subjects
    play(performer, coi, [Step("postpone_infusion", values={"postponed_to": "2026-12-24"})])

    after = look(performer.installation, coi).subjects
    assert values(performer, coi, "postponed_to") == ["2026-12-24"]
    assert [s.position.state for s in after.values()] == [s.position.state for s in before.values()]


def test_a_later_expiry_stands_on_a_label_of_its_own(performer, coi):
    """The label below is drawn no more, and the new one shows the new time."""
    play(performer, coi, departures.OUT)
    bag = ids(performer, coi, "product", "released")[0]
    old = newest_serial(performer.installation, bag)
    later = {"expires_at": "2027-10-31T23:59:00Z"}
    play(performer, coi, [Step("extend_expiry", "product", "released", first=1, values=later)])

    label = read(bag_label_pdf(performer.installation, newest_serial(performer.installation, bag)))

    assert "2027-10-31" in label.text
    with pytest.raises(NotPrinted, match="labelled anew"):
        bag_label_pdf(performer.installation, old)


def test_an_expiry_is_never_shortened_by_extending_it(performer, coi):
    """Not even to the same moment."""
    play(performer, coi, departures.OUT)
    earlier = {"expires_at": "2026-12-01T00:00:00Z"}
    step = Step("extend_expiry", "product", "released", first=1, values=earlier)

    take_refused(performer, coi, step, "EXPIRY_NOT_EXTENDED")


def test_an_expiry_is_not_extended_for_ever(performer, coi):
    """Twice, each time by quality assurance and the qualified person; then no more."""
    play(performer, coi, departures.OUT)
    step = Step("extend_expiry", "product", "released", first=1)
    later = [replace(step, values={"expires_at": f"2027-10-0{n}T00:00:00Z"}) for n in (1, 2, 3)]
    play(performer, coi, later[:2])

    take_refused(performer, coi, later[2], "EXPIRY_EXTENDED_BEFORE")


def test_consent_that_is_given_anew_lets_the_therapy_go_on(performer, coi):
    """Physician and QA lift the stop, and only once the new document is on record."""
    lifting = Step("lift_therapy", "exception", "open")
    play(performer, coi, (*departures.OUT, Step("withdraw_consent")))
    take_refused(performer, coi, lifting, "CONSENT_WITHDRAWN")
    play(performer, coi, [Step("renew_consent"), lifting])

    assert len(newest(performer, coi).signatures) == 2
    assert look(performer.installation, coi).therapy.stops == 0


def test_a_courier_brings_a_stopped_shipper_to_where_it_is_kept(performer, coi):
    """The hospital accepts and unpacks it, and can do nothing else with it."""
    story = departures.STOPPED_WITH_THE_COURIER["product"]
    play(performer, coi, until(story, "secure_shipment"))
    onward = Step("release_shipment", "shipment", "packed", to="lab")
    take_refused(performer, coi, onward, "ON_HOLD")
    play(performer, coi, (*story[-2:], Step("unpack", "shipment", "packed")))

    accepting = Step("accept_product", "product", "received", first=1)
    take_refused(performer, coi, accepting, "CAME_ON_HOLD")
    assert states(performer, coi, "product")["received"] > 0


def test_growth_after_the_infusion_is_acknowledged_by_the_physician(performer, coi):
    """The alarm stays open for quality assurance, and what is done stands on record."""
    play(performer, coi, departures.GROWTH_AFTER_RELEASE)

    assert newest(performer, coi).action == "acknowledge_late_result"
    assert states(performer, coi, "exception") == {"open": 1}


def test_a_result_within_its_limits_needs_no_acknowledgement(performer, coi):
    """There is nothing to acknowledge."""
    play(performer, coi, until(departures.GROWTH_AFTER_RELEASE, "record_late_result"))

    take_refused(performer, coi, Step("acknowledge_late_result"), "WITHIN_SPECIFICATION")


def test_once_consent_is_withdrawn_nothing_goes_on(performer, coi):
    """Until the therapy is cancelled, and what is left comes to its end as the patient wishes."""
    play(performer, coi, until(departures.CONSENT_WITHDRAWN, "cancel"))
    take_refused(performer, coi, FROZEN, "THERAPY_ON_HOLD")
    play(performer, coi, since(departures.CONSENT_WITHDRAWN, "cancel"))

    assert state(performer, coi) == "cancelled"
    assert states(performer, coi, "material") == {"destroyed": 3}
