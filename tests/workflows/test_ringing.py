"""What rings, when, whose it is, and what ends it."""

from datetime import timedelta

import pytest

from tests.builders import (
    a_bag,
    a_material,
    a_shipment,
    a_therapy,
    a_workflow,
    an_exception,
)
from tests.cast import NOW
from workflows.alarms import KINDS, MOST_WARNINGS, OVERSEERS, Level, Rings
from workflows.facts import Unit
from workflows.ringing import Said, VoidLabel, Watched, planned, ringing
from workflows.tasks import Standing

SITES = {"north": "hospital", "works": "manufacturer"}
UNITS = {
    "cell-lab": Unit("cell-lab", "north", "hospital", "DE"),
    "ward": Unit("ward", "north", "hospital", "DE"),
    "factory": Unit("factory", "works", "manufacturer", "GB"),
}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def alarms(*subjects, said=None, issued=None, void=()):
    """The alarms of a therapy with these subjects, which stand where they stand since now."""
    there = {subject.id: subject for subject in (a_therapy("treating"), *subjects)}
    standing = Standing(there, dict.fromkeys(there, NOW), SITES, UNITS)
    values = {told: Said(text, NOW, NOW) for told, text in (said or {}).items()}
    return planned(Watched(a_workflow(), standing, values, issued or {}, void))


def of_kind(found, kind):
    """The alarms of one kind."""
    return [one for one in found if one.kind is kind]


def thawed(state="thawed", **changes):
    """A bag that was thawed now, and what rings of it."""
    bag = a_bag(state, **changes)
    return alarms(bag, said={(bag.id, "thawed_at"): NOW.isoformat()})


@pytest.mark.parametrize("kind", Rings)
def test_each_kind_says_what_is_wrong_what_to_do_and_what_ends_it(kind):
    """An alarm without an action is noise (BD-16)."""
    told = KINDS[kind]

    assert all((told.title, told.sentence, told.next_step, told.ends))
    assert told.next_step.endswith(".")


def test_there_are_no_more_warnings_than_three_kinds():
    """Whoever is warned of everything hears nothing (BD-16)."""
    assert len([k for k in KINDS.values() if k.level is Level.WARNING]) <= MOST_WARNINGS


def test_what_was_thawed_and_not_checked_rings_after_15_minutes_and_goes_on_after_60():
    """It is the ward's first, and then of who answers for the whole (BD-09)."""
    (alarm,) = of_kind(thawed(), Rings.BEDSIDE_CHECK)

    assert alarm.rings_at - NOW == 15 * MINUTE
    assert alarm.escalates_at - NOW == 60 * MINUTE
    assert alarm.owners == {"north": ("infusion_nurse", "treating_physician")}
    assert alarm.about == ("check_at_bedside",)


def test_the_check_counts_from_the_thaw_that_is_told_and_not_from_its_entry():
    """Thawed at 9:00 and signed at 9:12: it rings at 9:15, and goes on at 10:00 (BD-09)."""
    bag, thaw = a_bag("thawed"), NOW - 12 * MINUTE

    (alarm,) = of_kind(
        alarms(bag, said={(bag.id, "thawed_at"): thaw.isoformat()}), Rings.BEDSIDE_CHECK
    )

    assert (alarm.since, alarm.rings_at) == (thaw, thaw + 15 * MINUTE)
    assert alarm.escalates_at == thaw + 60 * MINUTE


def test_a_thaw_that_is_told_later_than_its_entry_gives_no_more_time():
    """A watch that is ahead makes no time."""
    bag, told = a_bag("thawed"), NOW + 12 * MINUTE

    (alarm,) = of_kind(
        alarms(bag, said={(bag.id, "thawed_at"): told.isoformat()}), Rings.BEDSIDE_CHECK
    )

    assert alarm.rings_at == NOW + 15 * MINUTE


def wrong(state="open", **said):
    """What rings of an exception of which this is said: a mismatch that is critical, at first."""
    one = an_exception(state)
    said = {"kind": "mismatch", "class": "critical", **said}
    told = {(one.id, field): text for field, text in said.items()}
    return of_kind(alarms(one, said=told), Rings.CRITICAL)


def test_a_wrong_bag_rings_at_once_at_quality_assurance_and_who_leads_the_site():
    """Nobody waits for the list of exceptions to be opened (BD-03)."""
    (alarm,) = wrong()

    assert alarm.rings_at == NOW
    assert alarm.escalates_at - NOW == 15 * MINUTE
    assert alarm.about == ("take_on_exception",)
    assert {"coordinator", "treating_physician", "qa_reviewer"} <= {*alarm.owners["north"]}
    assert "qa_reviewer" in alarm.owners["works"]
    assert KINDS[Rings.CRITICAL].level is Level.ALARM


@pytest.mark.parametrize(
    "said",
    [{"owner": "queenie"}, {"class": "major"}, {"kind": "stop-ship"}, {"kind": "quality stop"}],
)
def test_it_is_silent_when_somebody_has_taken_it_on_or_quality_assurance_stopped_it_itself(said):
    """Whoever is at it already is not called."""
    assert wrong(**said) == []


def test_what_is_raised_to_critical_later_rings_from_then_on():
    """It was minor for a weekend, and somebody had taken it on as that."""
    one, monday = an_exception("open"), NOW + 72 * HOUR
    said = {(one.id, "class"): Said("critical", NOW, monday, since_seq=9, newest_seq=9)}
    as_minor = {(one.id, "owner"): Said("queenie", NOW, NOW, since_seq=8, newest_seq=8)}
    anew = {(one.id, "owner"): Said("queenie", NOW, NOW, since_seq=8, newest_seq=10)}
    there = {subject.id: subject for subject in (a_therapy("treating"), one)}
    standing = Standing(there, dict.fromkeys(there, NOW), SITES, UNITS)
    found = lambda told: of_kind(  # noqa: E731
        planned(Watched(a_workflow(), standing, said | told)), Rings.CRITICAL
    )

    for told in ({}, as_minor):
        (alarm,) = found(told)
        assert (alarm.since, alarm.rings_at) == (monday, monday)
        assert alarm.escalates_at == monday + 15 * MINUTE
    assert found(anew) == []


def test_a_critical_exception_that_is_closed_is_silent():
    """Nothing is left to take on."""
    assert wrong("closed") == []


def test_it_rings_from_its_time_on_and_not_before():
    """A second before is in time."""
    found = thawed()

    assert ringing(found, NOW + 15 * MINUTE - timedelta(seconds=1)) == ()
    assert [one.kind for one in ringing(found, NOW + 15 * MINUTE)] == [Rings.BEDSIDE_CHECK]


@pytest.mark.parametrize("state", ["checked", "infusing", "infused", "rejected", "destroyed"])
def test_the_check_ends_it_or_that_the_bag_is_given_up(state):
    """Nothing else does."""
    assert of_kind(thawed(state), Rings.BEDSIDE_CHECK) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "damaged"},
        {"state": "salvaging"},
        {"stops": 1},
        {"holder": "ward"},
        {"holder": "cell-lab", "consignee": "ward"},
    ],
)
def test_neither_a_hold_nor_a_handover_nor_a_damage_ends_it(changes):
    """The bag is still thawed, and still nobody has checked it."""
    state = changes.pop("state", "thawed")

    assert of_kind(thawed(state, **changes), Rings.BEDSIDE_CHECK)


def test_what_is_issued_without_a_thaw_rings_too():
    """A fresh product is handed to the ward as it is."""
    bag = a_bag("accepted", holder="ward")

    (alarm,) = of_kind(alarms(bag, issued={bag.id: NOW}), Rings.BEDSIDE_CHECK)

    assert alarm.rings_at - NOW == 15 * MINUTE


def test_a_bag_that_lies_in_the_freezer_does_not_ring():
    """It was neither thawed nor issued."""
    assert of_kind(alarms(a_bag("accepted")), Rings.BEDSIDE_CHECK) == []


@pytest.mark.parametrize("state", ["thawed", "checked", "infusing"])
def test_the_thaw_window_rings_when_it_is_over(state):
    """Counted from the earlier of what was written down and what was recorded."""
    bag = a_bag(state)
    told = {(bag.id, "thawed_at"): (NOW - 10 * MINUTE).isoformat()}

    (alarm,) = of_kind(alarms(bag, said=told), Rings.THAW_WINDOW)

    assert alarm.rings_at - NOW == 50 * MINUTE


def test_a_shipper_rings_before_it_grows_warm():
    """By the margin of the definition; it goes on when it is warm. Both ends of the way own it."""
    shipment = a_shipment(holder="factory", consignee="cell-lab")

    (alarm,) = of_kind(alarms(shipment, said={(shipment.id, "hold_hours"): "120"}), Rings.SHIPPER)

    assert alarm.escalates_at - NOW == 120 * HOUR
    assert timedelta(0) < alarm.escalates_at - alarm.rings_at < 120 * HOUR
    assert set(alarm.owners) == {"north", "works"}


def test_an_unpacked_shipper_is_silent():
    """Nothing is in it any more."""
    shipment = a_shipment("unpacked", holder="unpacked")

    assert of_kind(alarms(shipment, said={(shipment.id, "hold_hours"): "1"}), Rings.SHIPPER) == []


def test_an_expiry_rings_while_there_is_time_to_do_something():
    """When a tenth of the shelf life is left; it goes on when it has expired."""
    bag, expiry = a_bag("accepted"), NOW + timedelta(days=365)

    (alarm,) = of_kind(alarms(bag, said={(bag.id, "expires_at"): expiry.isoformat()}), Rings.EXPIRY)

    assert expiry - alarm.rings_at == timedelta(days=36.5)
    assert alarm.escalates_at == expiry


def test_a_reading_is_missing_until_it_is_there_or_all_is_inspected():
    """A logger travelled, and what came waits for its inspection."""
    shipment = a_shipment("unpacked", holder="unpacked")
    logger, reading = (shipment.id, "logger_serial"), (shipment.id, "temperature_high_celsius")

    missing = alarms(shipment, a_bag("received"), said={logger: "L1"})
    read = alarms(shipment, a_bag("received"), said={logger: "L1", reading: "-150"})
    inspected = alarms(shipment, a_bag("thawed"), said={logger: "L1"})

    (alarm,) = of_kind(missing, Rings.LOGGER)
    assert alarm.owners == {"north": ("cell_lab_technologist",)}
    assert of_kind(read, Rings.LOGGER) == of_kind(inspected, Rings.LOGGER) == []


def test_a_void_label_rings_after_a_day():
    """Somebody has to say where each piece is."""
    bag = a_bag("accepted")

    (alarm,) = of_kind(alarms(bag, void=[VoidLabel("B-1", bag.id, NOW)]), Rings.LABEL)

    assert alarm.rings_at - NOW == 24 * HOUR
    assert alarm.subject == "B-1"
    assert alarm.owners


def test_each_deadline_of_the_definition_rings_when_it_is_over():
    """What can be done instead of each other is one alarm."""
    (alarm,) = [
        one for one in alarms(a_bag("damaged")) if one.kind is Rings.STEP and "use" in one.about[0]
    ]

    assert alarm.rings_at - NOW == 15 * MINUTE
    assert set(alarm.about) == {"use_damaged", "salvage_damaged", "give_up_damaged"}
    assert alarm.escalates_at - alarm.rings_at == 15 * MINUTE


def test_a_check_that_was_made_is_no_step_that_is_overdue():
    """From a checked bag it may be checked again, and need not be."""
    found = of_kind(alarms(a_bag("checked", holder="ward")), Rings.STEP)

    assert [one for one in found if "check_at_bedside" in one.about] == []


def test_every_alarm_has_an_owner():
    """What belongs to nobody belongs to who answers for the whole."""
    nowhere = a_bag("thawed", holder="nobody-knows")

    found = alarms(nowhere, a_material(), said={(nowhere.id, "thawed_at"): NOW.isoformat()})

    (alarm,) = of_kind(found, Rings.BEDSIDE_CHECK)
    assert alarm.owners == dict.fromkeys(SITES, OVERSEERS)
    assert all(one.owners and one.next_step for one in found)
