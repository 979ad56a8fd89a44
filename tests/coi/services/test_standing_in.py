"""Who stands in for whoever releases: named and signed, with the role and training to the end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coi.clock import SteppedClock
from coi.errors import DataRefused, Unknown
from coi.reports.custody_contents import Signature
from coi.reports.wording import signature_block
from coi.services.people import grant_role
from coi.services.proofs import NotAllowed, authenticate
from coi.services.standing_in import (
    Duty,
    NoStandIn,
    Wish,
    end_standing_in,
    on_duty,
    stand_in,
    stood_in_for,
)
from coi.services.verifying import verify_record
from tests.coi.clinic import NOW, PASSWORD

WORKS = "works-production"
TODAY = NOW.date()


@pytest.fixture
def works(clinic):
    """A house with two qualified persons and one in quality assurance."""
    for username in ("quentin", "quinn"):
        clinic.hire(username, ("qualified_person", WORKS))
    clinic.hire("queenie", ("qa_reviewer", WORKS))
    return clinic


def as_(clinic, username):
    """Somebody who has just typed their password."""
    return authenticate(clinic.installation, username, PASSWORD)


def a_wish(**changes):
    """Quinn stands in from today on for a week."""
    told = {"duty": Duty.DEPUTY, "username": "quinn", "role": "qualified_person", "site": "works"}
    days = {"first": TODAY, "last": TODAY + timedelta(days=6)}
    return Wish(**(told | days | changes))


def later(clinic, days):
    """The same installation so many days later."""
    clock = SteppedClock(NOW + timedelta(days=days), timedelta(seconds=1))
    return replace(clinic.installation, clock=clock)


def on_duty_at(clinic, days=1.0):
    """Who stands in so many days from now, and for whom."""
    found = clinic.installation.read(lambda tx: on_duty(tx, NOW + timedelta(days=days)))
    return [(one.duty, one.name, one.instead) for one in found]


DEPUTY = (Duty.DEPUTY, "Quinn Example", "Quentin Example")
ON_CALL = (Duty.ON_CALL, "Quinn Example", "")


def test_a_deputy_stands_in_from_the_first_day_to_the_end_of_the_last(works):
    """By the clock of the site; before and after nobody does."""
    wish = a_wish(first=TODAY + timedelta(days=2), last=TODAY + timedelta(days=3))
    stand_in(works.installation, as_(works, "quentin"), wish)

    told = {days: on_duty_at(works, days) for days in (1.0, 2.5, 3.5, 5.0)}

    assert told == {1.0: [], 2.5: [DEPUTY], 3.5: [DEPUTY], 5.0: []}
    assert verify_record(works.installation).findings == ()


def test_deputies_come_before_who_is_on_call(works):
    """Quality assurance puts a qualified person on call, whatever role it holds itself."""
    stand_in(works.installation, as_(works, "queenie"), a_wish(duty=Duty.ON_CALL))
    stand_in(works.installation, as_(works, "quentin"), a_wish())

    assert on_duty_at(works) == [DEPUTY, ON_CALL]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"username": "quentin"}, "is you"),
        ({"username": "queenie"}, "is no qualified person at this site"),
        ({"username": "carla"}, "is no qualified person at this site"),
    ],
)
def test_nobody_stands_in_who_could_not_release(works, changes, reason):
    """Another role, another site, oneself: refused, and nothing is saved."""
    with pytest.raises(NoStandIn, match=reason):
        stand_in(works.installation, as_(works, "quentin"), a_wish(**changes))
    assert on_duty_at(works) == []


def test_the_training_lasts_to_the_end_of_the_period(works):
    """Who could not release on the last day does not stand in at all."""
    last = TODAY + timedelta(days=1_010)
    first = last - timedelta(days=20)
    with pytest.raises(NoStandIn, match="no training"):
        stand_in(later(works, 700), as_(works, "quentin"), a_wish(first=first, last=last))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY, TODAY - timedelta(days=1)),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=2)),
        (TODAY, TODAY + timedelta(days=400)),
        (TODAY + timedelta(days=400), TODAY + timedelta(days=401)),
    ],
)
def test_a_period_is_in_order_not_past_and_within_a_year(works, first, last):
    """Whoever stands in does so for a time that somebody can oversee."""
    with pytest.raises(DataRefused):
        stand_in(works.installation, as_(works, "quentin"), a_wish(first=first, last=last))
    assert on_duty_at(works) == []


def test_only_who_holds_the_role_there_names_somebody(works):
    """Nobody names a deputy for another role, nor puts people on call at another site."""
    nobody = a_wish(username="nobody")
    for by, wish, refusal in (
        ("queenie", a_wish(), NotAllowed),
        ("quentin", a_wish(site="north"), NotAllowed),
        ("quentin", a_wish(duty=Duty.ON_CALL, role="qa_reviewer"), NotAllowed),
        ("quentin", nobody, Unknown),
    ):
        with pytest.raises(refusal):
            stand_in(works.installation, as_(works, by), wish)
    assert on_duty_at(works) == []


def test_it_is_ended_by_whom_they_stood_in_for_or_quality_assurance(works):
    """Not by the deputy; what was before it stays true."""
    stand_in(works.installation, as_(works, "quentin"), a_wish())
    there = later(works, 2)
    (one,) = there.read(lambda tx: on_duty(tx, NOW + timedelta(days=1)))
    with pytest.raises(NotAllowed):
        end_standing_in(there, as_(works, "quinn"), one.site, one.seq)
    with pytest.raises(Unknown):
        end_standing_in(there, as_(works, "quentin"), one.site, one.seq + 1)

    end_standing_in(there, as_(works, "queenie"), one.site, one.seq)

    assert (on_duty_at(works, 1.0), on_duty_at(works, 3.0)) == ([DEPUTY], [])
    with pytest.raises(Unknown):
        end_standing_in(there, as_(works, "quentin"), one.site, one.seq)


def test_who_lost_the_role_stands_in_for_nobody(works):
    """What somebody may do is asked now; the entry that named them stays."""
    stand_in(works.installation, as_(works, "quentin"), a_wish())
    grant_role(works.installation, works.root, "quinn", "auditor", WORKS)
    assert on_duty_at(works) == [DEPUTY]

    grant_role(
        works.installation,
        works.root,
        "quinn",
        "qualified_person",
        WORKS,
        holds=False,
        why="Moved on.",
    )

    assert on_duty_at(works) == []


def test_a_deputy_signs_as_themselves_and_it_says_for_whom(works):
    """In the block in which every signature is shown; whoever is on call signs for nobody."""
    stand_in(works.installation, as_(works, "quentin"), a_wish())
    stand_in(
        works.installation, as_(works, "queenie"), a_wish(duty=Duty.ON_CALL, username="quentin")
    )

    def asked(username, days, role="qualified_person"):
        at = f"{NOW + timedelta(days=days):%Y-%m-%dT%H:%M:%S.000Z}"
        signed = (as_(works, username).person, role, at)
        return works.installation.read(lambda tx: stood_in_for(tx, [signed]))[signed]

    assert asked("quinn", 1) == "Quentin Example"
    assert [asked("quinn", 30), asked("quinn", 1, "qa_reviewer"), asked("quentin", 1)] == [""] * 3
    at = datetime(2026, 11, 24, tzinfo=UTC)
    signed = Signature("released", "Quinn Example", "qualified person", at, "quinn", "Quentin E")
    assert signature_block(signed)[2:4] == ("qualified person", "deputy of Quentin E at that time")
    assert len(signature_block(replace(signed, deputy_of=""))) == 4
