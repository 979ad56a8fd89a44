"""At the edge of each limit, and for the second of several things: where a slip would hide."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import (
    a_bag,
    a_collection,
    a_lot,
    a_material,
    a_shipper,
    a_therapy,
    a_value,
    a_workflow,
    an_exception,
    codes,
    decided,
    facts,
)
from tests.cast import COI_A, NOW
from tests.performer import a_request
from workflows.case import Arrival, Case, Turn
from workflows.facts import NewSubject, Request
from workflows.guards import bedside, custody, quality, time
from workflows.model import FieldName, Kind, MoveRule, Pick

UNQUALIFIED = ["SHIPPER_NOT_QUALIFIED"]
HANDED = [(-1, 0, []), (1, 0, ["CHECKED_BEFORE_HANDOVER"]), (-1, 1, ["CHECKED_BEFORE_HANDOVER"])]


def case_of(told, action="infuse", **changes):
    """A case with a turn for each container that is told of."""
    found = a_workflow()
    request = a_request(told, action)
    case = Case(found, found.actions[action], replace(request, **changes), told)
    rule = MoveRule("product", (), "", Pick.NAMED)
    turns = [Turn(subject, rule) for subject in case.subjects_of(Kind.CONTAINER)]
    return replace(case, turns=tuple(turns))


def test_a_rejected_bag_does_not_hide_the_next_one():
    """Every bag that moves is looked at, not only those before a rejected one."""
    told = facts(a_lot("filled"), a_bag("rejected", 1), a_bag("frozen", 2))

    refusal = quality.disposition_is_released(case_of(told, "destroy"))

    assert refusal is not None
    assert refusal.code == "NOT_RELEASED"


def test_a_closed_exception_does_not_hide_an_open_one():
    """Every exception is looked at, not only those before a closed or a pairing's one."""
    first, pairing, third = (
        an_exception("closed", 1),
        an_exception("open", 2),
        an_exception("open", 3),
    )
    values = [
        a_value(pairing, "stops", "pairing"),
        a_value(pairing, "class", "critical"),
        a_value(third, "stops", "nothing"),
        a_value(third, "class", "critical"),
    ]
    told = facts(a_bag("checked"), first, pairing, third, values=values)

    refusal = quality.no_critical_exception_is_open(case_of(told))

    assert refusal is not None
    assert third.id in refusal.sentence


def test_an_exception_of_another_sort_does_not_hide_a_stopped_pair():
    """Whoever was at a wrong scan is found behind an exception that names nobody."""
    plain, stopped = an_exception("open", 1), an_exception("open", 2)
    told = facts(a_bag("thawed", holder="ward"), plain, stopped)
    case = case_of(told, "check_at_bedside")
    named = a_value(stopped, "pairing", case.request.actor.id)
    case = replace(case, facts=replace(told, values=(*(told.values or ()), named)))

    refusal = bedside.another_pair_checks_after_a_mismatch(case)

    assert refusal is not None
    assert refusal.code == "SAME_PAIR_AFTER_MISMATCH"


def test_frozen_cells_do_not_hide_old_ones():
    """Every bag of starting material is looked at, not only those before a frozen one."""
    frozen, old = a_material("received", 1), a_material("received", 2)
    told = facts(frozen, old)
    case = case_of(told, "accept_material")
    freezing = [
        replace(
            deed,
            action="freeze_material",
            subjects=(frozen.id,),
            happened_at=NOW - timedelta(days=29),
        )
        for deed in (told.history or ())[:1]
    ]
    aged = [replace(d, happened_at=NOW - timedelta(days=30)) for d in told.history or ()]
    case = replace(case, facts=replace(told, history=(*aged, *freezing)))

    refusal = time.material_is_fresh(case)

    assert refusal is not None
    assert old.id in refusal.sentence


@pytest.mark.parametrize(("hours", "refused"), [(54, None), (53, "SHIPPER_HOLD_TIME")])
def test_a_shipper_must_hold_exactly_as_long_as_it_takes(hours, refused):
    """Thirty hours of transit and a day's margin are fifty-four; one hour less is too short."""
    told = facts(a_material("frozen"))
    request = a_request(told, "pack")
    values = {**request.values, "planned_transit_hours": "30"}
    scans = tuple(
        replace(scan, means=a_shipper(hours)) if isinstance(scan.means, type(a_shipper())) else scan
        for scan in request.scans
    )

    decision = decided(replace(request, values=values, scans=scans), told)

    assert codes(decision) == ([refused] if refused else [])


def test_what_is_born_is_stopped_with_its_therapy():
    """On a therapy on hold nothing new comes into being either."""
    told = facts(a_therapy("collecting"), stops=1)
    found = a_workflow()
    asked = a_request(told, "hold_therapy")
    request = Request(told.therapy.coi, "collect", asked.actor, asked.unit)
    born = Arrival(NewSubject("material"), MoveRule("material", (), "collected", Pick.BORN))
    case = Case(found, found.actions["collect"], request, told, arrivals=(born,))

    refusal = custody.nothing_is_on_hold(case)

    assert refusal is not None
    assert refusal.code == "THERAPY_ON_HOLD"


MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("late", "code"), [(timedelta(), None), (SECOND, "CONSENT_LAPSED")])
def test_a_consent_holds_for_its_days_to_the_second(late, code):
    """What was signed so many days ago still holds; a second later it has lapsed."""
    days = timedelta(days=int(str(a_workflow().product["consent_valid_days"])))
    signed = a_value(COI_A, "consent_signed_on", (MIDNIGHT - days).date().isoformat())
    told = replace(facts(a_bag("checked"), values=[signed]), now=MIDNIGHT + late)

    assert code_of(time.consent_is_given(case_of(told))) == code


@pytest.mark.parametrize(("early", "code"), [(timedelta(), None), (SECOND, "DATE_IN_FUTURE")])
def test_a_consent_is_dated_at_most_one_day_ahead(early, code):
    """The day of grace for time zones is one day, to the second."""
    told = replace(facts(a_bag("checked")), now=MIDNIGHT - early)
    tomorrow = (MIDNIGHT + timedelta(days=1)).date().isoformat()

    case = case_of(told, values={"consent_signed_on": tomorrow})

    assert code_of(time.date_is_plausible(case, given=FieldName("consent_signed_on"))) == code


@pytest.mark.parametrize(("late", "code"), [(timedelta(), None), (SECOND, "EXPIRY_IMPLAUSIBLE")])
def test_a_product_expires_at_the_latest_when_its_shelf_life_ends(late, code):
    """The last moment of the shelf life may be the expiry; a second later may not."""
    told = facts(a_bag("checked"))
    days = timedelta(days=int(str(a_workflow().product["shelf_life_days"])))
    born = Arrival(NewSubject("product"), MoveRule("product", (), "filled", Pick.BORN))

    case = case_of(told, values={"expires_at": (NOW + days + late).isoformat()})

    refusal = time.expiry_is_within_the_shelf_life(replace(case, arrivals=(born,)))
    assert code_of(refusal) == code


@pytest.mark.parametrize(("early", "codes_"), [(timedelta(), []), (SECOND, UNQUALIFIED)])
def test_a_shipper_is_qualified_until_it_arrives(early, codes_):
    """The qualification may end with the transit; a second earlier is too early."""
    told = facts(a_material("frozen"))
    request = a_request(told, "pack")
    values = {**request.values, "planned_transit_hours": "30"}
    until = NOW + timedelta(hours=30) - early
    scans = tuple(
        replace(scan, means=replace(a_shipper(54), qualified_until=until))
        if isinstance(scan.means, type(a_shipper()))
        else scan
        for scan in request.scans
    )

    decision = decided(replace(request, values=values, scans=scans), told)

    assert codes(decision) == codes_


def test_a_shipper_of_which_nobody_knows_how_long_it_holds_is_refused():
    """Not known is not one hour."""
    told = facts(a_material("frozen"))
    request = a_request(told, "pack")
    values = {**request.values, "planned_transit_hours": "0"}
    scans = tuple(
        replace(scan, means=replace(a_shipper(54), hold_hours=None))
        if isinstance(scan.means, type(a_shipper()))
        else scan
        for scan in request.scans
    )

    assert "SHIPPER_HOLD_TIME" in codes(decided(replace(request, values=values, scans=scans), told))


def test_a_check_of_this_very_moment_is_fresh():
    """Whoever infuses at once after the check need not wait for a second."""
    told = facts(a_bag("checked"))
    checked = [
        replace(deed, happened_at=NOW) if deed.action == "check_at_bedside" else deed
        for deed in told.history or ()
    ]
    now = replace(told, history=tuple(checked))

    assert "CHECK_TOO_OLD" not in codes(decided(a_request(now, "infuse"), now))


@pytest.mark.parametrize(("seq", "minutes", "code"), HANDED)
def test_a_bag_that_changed_hands_after_its_check_is_checked_again(seq, minutes, code):
    """Recorded later or happened later is after; recorded before, in the same minute, is not."""
    told = facts(a_bag("checked"))
    (checked,) = (deed for deed in told.history or () if deed.action == "check_at_bedside")
    handed = replace(
        checked,
        action="accept_custody",
        seq=checked.seq + seq,
        happened_at=checked.happened_at + timedelta(minutes=minutes),
    )
    others = (deed for deed in told.history or () if deed.action != "accept_custody")
    now = replace(told, history=(*others, handed))

    assert codes(decided(a_request(now, "infuse"), now)) == code


def test_a_thaw_that_nobody_recorded_is_not_said_to_be_long_ago():
    """Not known and too late are two things for whoever stands at the bedside."""
    told = facts(a_bag("checked"))
    unrecorded = replace(told, history=tuple(d for d in told.history if d.action != "thaw"))
    later = replace(told, now=NOW + timedelta(days=1))

    assert "not on record" in time.thaw_window_is_open(case_of_product(unrecorded)).sentence
    assert "too long ago" in time.thaw_window_is_open(case_of_product(later)).sentence


def test_an_expiry_that_nobody_recorded_is_not_said_to_have_passed():
    """Not known and passed are two things for whoever stands at the bedside."""
    told = facts(a_bag("checked"))
    unknown = replace(told, values=tuple(v for v in told.values if v.field != "expires_at"))
    later = replace(told, now=NOW + timedelta(days=4000))

    assert "no expiry on record" in time.product_is_in_date(case_of_product(unknown)).sentence
    assert "has expired" in time.product_is_in_date(case_of_product(later)).sentence


@pytest.mark.parametrize(("hours", "code"), [(1, None), (73, "NOT_FRESH")])
def test_cells_wait_from_the_end_of_their_collection(hours, code):
    """Whatever was recorded later: the cells left the patient when it was written that they did."""
    told = facts(a_therapy("collected"), a_collection("collected"), a_material("accepted"))
    (parent,) = Case(
        a_workflow(), a_workflow().actions["start_lot"], a_request(told, "start_lot"), told
    ).parents(a_material("accepted").id)
    ended = a_value(parent, "ended_at", (NOW - timedelta(hours=hours)).isoformat())

    case = case_of(replace(told, values=(*told.values, ended)), "start_lot")

    assert code_of(time.material_is_fresh(case)) == code


def test_unreleased_product_goes_from_unit_to_unit_of_one_site():
    """Only another site must wait for the release; one that is not known is taken for another."""
    told = facts(a_lot("filled"), a_bag("filled"))
    case = case_of(told, "release_custody")
    at_home = replace(case, facts=replace(told, consignee=case.request.unit))
    unknown = replace(case, facts=replace(told, consignee=None))

    assert quality.unreleased_product_stays_at_its_site(at_home) is None
    assert quality.unreleased_product_stays_at_its_site(unknown) is not None


def test_what_is_rejected_may_go_back_while_a_critical_exception_is_open():
    """It can never be given, and whoever destroys it is often at another site."""
    critical = a_value(an_exception(), "class", "critical")
    told = facts(a_lot("rejected"), a_bag("rejected"), an_exception(), values=[critical])
    case = case_of(replace(told, consignee=None), "release_custody")
    bag = [turn for turn in case.turns if turn.subject.machine == "product"]
    elsewhere = replace(case, turns=tuple(bag))

    assert quality.unreleased_product_stays_at_its_site(elsewhere) is None


def test_a_missing_signature_is_asked_for_with_its_role():
    """Whoever is told that signatures are missing is told whose."""
    told = facts(a_bag("checked"))
    request = replace(a_request(told, "infuse"), signings=())

    missing = [r for r in decided(request, told).refusals if r.code == "SIGNATURE_MISSING"]

    rules = a_workflow().actions["infuse"].signatures_for(request.unit.country)
    assert [refusal.next_step.count(": ") for refusal in missing] == [len(rules)]


def case_of_product(told):
    """A case with a turn for the product alone."""
    case = case_of(told)
    return replace(case, turns=[t for t in case.turns if t.subject.machine == "product"])


def code_of(refusal):
    """The code of a refusal, or None."""
    return refusal and refusal.code
