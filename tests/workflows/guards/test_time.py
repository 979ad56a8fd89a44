"""Is it in time: expiry, thaw window, freshness, consent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_collection,
    a_deed,
    a_lot,
    a_material,
    a_therapy,
    a_value,
    an_exception,
    decided,
    facts,
    stopped_by,
    without,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example

CHECKED = facts(a_bag("checked"))
ACCEPTED = facts(a_bag("accepted"))
MATERIAL = facts(a_therapy("collected"), a_material("accepted"))
COLLECTING = facts(a_therapy("collecting"), a_collection("planned"))
WITHDRAWN = a_value(an_exception("closed"), "consent_withdrawn_on", "2026-11-25", occurrence=58)
ORDERED = facts(a_therapy("ordered"))
FILLING = facts(a_therapy("manufacturing"), a_lot("formulated"))
EXPIRED = cast.NOW.isoformat()


RELEASED = facts(a_therapy("released"), a_bag("released"))


def expiry_of(expiry):
    """Give a bag this expiry, with the data for it."""
    because = {"stability_number": "STAB-3", "extended_because": "18 months are shown"}
    return {"values": {"expires_at": expiry, **because}}


LATER = expiry_of("2027-09-01T00:00:00Z")


def expiring(moment):
    """Tell that the bag expires then."""
    return facts(a_bag("accepted"), values=[a_value(a_bag(), "expires_at", moment.isoformat())])


def thawed_minutes_ago(recorded, written=None):
    """Tell when the thaw was recorded, and when it was written to have begun."""
    thaw = a_deed("thaw", a_bag(), minutes_ago=recorded)
    history = (*without(CHECKED, "thaw").history, thaw)
    told = replace(CHECKED, history=history)
    if written is None:
        return told
    moment = (cast.NOW - timedelta(minutes=written)).isoformat()
    return replace(told, values=(*told.values, a_value(a_bag(), "thawed_at", moment)))


def collected_hours_ago(hours, *also):
    """Tell that the material was collected so long ago."""
    collected = a_deed("collect", a_material(), minutes_ago=60 * hours, seq=6)
    history = (*without(MATERIAL, "collect").history, collected, *also)
    return replace(MATERIAL, history=history)


def consent_of(day):
    """Tell when the consent was signed."""
    consent = a_value(cast.COI_A, "consent_signed_on", day.date().isoformat())
    return replace(COLLECTING, values=(*COLLECTING.values, consent))


def expires_at(text):
    """Give this expiry to what is filled."""
    return {"values": lambda request: {**request.values, "expires_at": text}}


EXTENDED = a_value(a_bag(), "stability_number", "STAB-1", occurrence=40)
WITHDREW = stopped_by("withdraw_consent", consent_withdrawn_on="2026-11-20")
CONSENTS = a_value(cast.COI_A, "consent_signed_on", "2026-11-21", occurrence=58)
CONSENTED_ANEW = replace(WITHDREW, values=(*WITHDREW.values, CONSENTS))

EXAMPLES = [
    Example(
        "expiry_may_be_extended_again",
        "extend_expiry",
        replace(RELEASED, values=(*RELEASED.values, EXTENDED)),
        "it was extended twice already",
        "EXPIRY_EXTENDED_BEFORE",
        told_instead=replace(
            RELEASED, values=(*RELEASED.values, EXTENDED, replace(EXTENDED, occurrence=41))
        ),
        holds_with=LATER,
    ),
    Example(
        "consent_follows_its_withdrawal",
        "renew_consent",
        WITHDREW,
        "the patient has consented anew already",
        "CONSENT_STANDS",
        told_instead=CONSENTED_ANEW,
    ),
    Example(
        "consent_follows_its_withdrawal",
        "renew_consent",
        WITHDREW,
        "nobody withdrew it",
        "CONSENT_STANDS",
        told_instead=without(WITHDREW, "consent_withdrawn_on"),
    ),
    Example(
        "consent_follows_its_withdrawal",
        "renew_consent",
        WITHDREW,
        "it was signed before the patient withdrew",
        "CONSENT_OLDER",
        {"values": {"consent_signed_on": "2026-11-19", "consent_document": "C-2"}},
    ),
    Example(
        "consent_is_given_anew",
        "lift_therapy",
        CONSENTED_ANEW,
        "the patient withdrew, and has not consented since",
        "CONSENT_WITHDRAWN",
        told_instead=WITHDREW,
    ),
    Example(
        "consent_is_given_anew",
        "lift_therapy",
        CONSENTED_ANEW,
        "no consent is on record",
        "CONSENT_WITHDRAWN",
        told_instead=without(WITHDREW, "consent_signed_on"),
    ),
    *(
        Example(
            "expiry_is_extended",
            "extend_expiry",
            RELEASED,
            why,
            "EXPIRY_NOT_EXTENDED",
            expiry_of(expiry),
            holds_with=LATER,
        )
        for why, expiry in {
            "the new expiry is the one before": "2027-06-01T00:00:00Z",
            "the new expiry lies before the one before": "2027-05-31T23:59:59Z",
            "the new expiry cannot be read": "soon",
        }.items()
    ),
    Example(
        "expiry_is_extended",
        "extend_expiry",
        RELEASED,
        "no expiry is on record",
        "EXPIRY_NOT_EXTENDED",
        told_instead=without(RELEASED, "expires_at"),
        holds_with=LATER,
    ),
    Example(
        "product_is_in_date",
        "thaw",
        ACCEPTED,
        "the bag expires now",
        "EXPIRED",
        told_instead=expiring(cast.NOW),
    ),
    Example(
        "product_is_in_date",
        "thaw",
        ACCEPTED,
        "no expiry is on record",
        "EXPIRED",
        told_instead=without(ACCEPTED, "expires_at"),
    ),
    Example(
        "thaw_window_is_open",
        "infuse",
        CHECKED,
        "the thaw was recorded 61 minutes ago",
        "THAW_WINDOW_PASSED",
        told_instead=thawed_minutes_ago(61),
    ),
    Example(
        "thaw_window_is_open",
        "infuse",
        CHECKED,
        "the thaw began 61 minutes ago, and was recorded later",
        "THAW_WINDOW_PASSED",
        told_instead=thawed_minutes_ago(5, written=61),
    ),
    Example(
        "thaw_window_is_open",
        "infuse",
        CHECKED,
        "the thaw was recorded 61 minutes ago, and written to have begun later",
        "THAW_WINDOW_PASSED",
        told_instead=thawed_minutes_ago(61, written=5),
    ),
    Example(
        "thaw_window_is_open",
        "infuse",
        CHECKED,
        "when it was thawed is not on record",
        "THAW_WINDOW_PASSED",
        told_instead=without(CHECKED, "thaw"),
    ),
    *(
        Example(
            "dispensation_runs_out",
            "grant_dispensation",
            ACCEPTED,
            why,
            "DISPENSATION_TOO_LONG",
            {"values": lambda request, until=until: {**request.values, "valid_until": until}},
        )
        for why, until in {
            "it is valid for longer than the definition allows": "2026-11-26T09:01Z",
            "it has run out": "2026-11-23T09:00Z",
            "nobody can read until when": "for ever",
        }.items()
    ),
    Example(
        "material_is_fresh",
        "start_lot",
        MATERIAL,
        "unfrozen cells were collected 73 hours ago",
        "NOT_FRESH",
        told_instead=collected_hours_ago(73),
    ),
    Example(
        "material_is_fresh",
        "start_lot",
        MATERIAL,
        "when they were collected is not on record",
        "NOT_FRESH",
        told_instead=without(MATERIAL, "collect"),
    ),
    Example(
        "consent_is_given",
        "collect",
        COLLECTING,
        "no consent is on record",
        "CONSENT_MISSING",
        told_instead=without(COLLECTING, "consent_signed_on"),
    ),
    Example(
        "consent_is_given",
        "collect",
        COLLECTING,
        "the patient has withdrawn it since",
        "CONSENT_WITHDRAWN",
        told_instead=replace(COLLECTING, values=(*COLLECTING.values, WITHDRAWN)),
    ),
    Example(
        "consent_is_given",
        "collect",
        COLLECTING,
        "the consent is more than a year old",
        "CONSENT_LAPSED",
        told_instead=consent_of(cast.NOW - timedelta(days=366)),
    ),
    Example(
        "date_is_plausible",
        "record_consent",
        ORDERED,
        "the consent is dated the day after tomorrow",
        "DATE_IN_FUTURE",
        {"values": {"consent_signed_on": "2026-11-25"}},
    ),
    Example(
        "date_is_plausible",
        "record_consent",
        ORDERED,
        "the consent bears no date",
        "DATE_UNREADABLE",
        {"values": {"consent_signed_on": "soon"}},
    ),
    Example(
        "expiry_is_within_the_shelf_life",
        "fill",
        FILLING,
        "the expiry has passed",
        "EXPIRY_IMPLAUSIBLE",
        expires_at("2026-11-23T09:00Z"),
    ),
    Example(
        "expiry_is_within_the_shelf_life",
        "fill",
        FILLING,
        "the expiry is later than the shelf life",
        "EXPIRY_IMPLAUSIBLE",
        expires_at("2027-11-23T09:01Z"),
    ),
    Example(
        "expiry_is_within_the_shelf_life",
        "fill",
        FILLING,
        "the expiry lacks its zone",
        "EXPIRY_IMPLAUSIBLE",
        expires_at("2027-11-01T09:00"),
    ),
    Example(
        "expiry_is_within_the_shelf_life",
        "extend_expiry",
        RELEASED,
        "the expiry is extended by more than the shelf life of a new product",
        "EXPIRY_IMPLAUSIBLE",
        expiry_of("2027-11-23T09:00:01Z"),
        holds_with=LATER,
    ),
    Example(
        "expiry_is_within_the_shelf_life",
        "fill",
        FILLING,
        "one of two bags has its own, passed expiry",
        "EXPIRY_IMPLAUSIBLE",
        {
            "births": lambda request: (
                *request.births,
                replace(request.births[0], values={"expires_at": "2020-01-01T00:00Z"}),
            )
        },
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_holds(example):
    """An action that keeps to the rule is allowed."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails(example):
    """An action that breaks the rule is refused, with a reason and a next step."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails_with_another(example):
    """Whoever breaks two rules hears of both at once."""
    asking.fails_beside_another(example)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("thaw", expiring(cast.NOW + timedelta(seconds=1))),
        ("infuse", thawed_minutes_ago(60, written=60)),
        ("start_lot", collected_hours_ago(72)),
        ("collect", consent_of(cast.NOW - timedelta(days=364))),
    ],
)
def test_the_last_moment_is_in_time(action, told):
    """A window is passed after its end, not at it."""
    assert decided(a_request(told, action), told).allowed


def test_frozen_cells_keep():
    """The hold time ends with the freezing; what was frozen after it is not fresh any more."""
    in_time = a_deed("freeze_material", a_material(), seq=8, minutes_ago=928 * 60)
    too_late = a_deed("freeze_material", a_material(), seq=8, minutes_ago=927 * 60)

    for frozen, allowed in ((in_time, True), (too_late, False)):
        told = collected_hours_ago(1000, frozen)
        assert decided(a_request(told, "start_lot"), told).allowed is allowed


def test_a_consent_may_be_dated_tomorrow_elsewhere():
    """On the other side of the world it is tomorrow already."""
    request = a_request(ORDERED, "record_consent", values={"consent_signed_on": "2026-11-24"})

    assert decided(request, ORDERED).allowed


def test_a_dispensation_is_granted_for_as_long_as_the_definition_allows():
    """Seventy-two hours are allowed to the minute."""
    request = a_request(ACCEPTED, "grant_dispensation")
    request = replace(request, values={**request.values, "valid_until": "2026-11-26T09:00Z"})

    assert decided(request, ACCEPTED).allowed


def test_expiry_and_thaw_window_are_two_rules():
    """What was thawed too long ago has not expired, and the other way round."""
    late = thawed_minutes_ago(61)
    expired = replace(CHECKED, values=(*CHECKED.values, a_value(a_bag(), "expires_at", EXPIRED)))

    broken = [
        {refusal.guard for refusal in decided(a_request(told, "infuse"), told).refusals}
        for told in (late, expired)
    ]

    assert broken == [{"thaw_window_is_open"}, {"product_is_in_date"}]
