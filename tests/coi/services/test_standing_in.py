"""Who stands in for whoever releases: named and signed, with the role and training to the end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coi.clock import SteppedClock
from coi.errors import DataRefused, Unknown
from coi.reports.custody_contents import Signature
from coi.reports.wording import signature_block
from coi.services import people, sessions, standing_in
from coi.services.decoding import content_of_text, signatures_of_text
from coi.services.people import NewPerson, grant_role
from coi.services.proofs import NotAllowed, authenticate
from coi.services.standing_in import (
    ENDED,
    LONGEST,
    MEANINGS,
    Duty,
    NoStandIn,
    Wish,
    end_standing_in,
    on_duty,
    own_posts,
    stand_in,
    stood_in_for,
)
from coi.services.verifying import verify_record
from coi.store.engine import write
from coi.store.entries import entries_of
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


def at(clinic, moment):
    """The same installation, for which it is this moment."""
    return replace(clinic.installation, clock=SteppedClock(moment, timedelta(0)))


def newest(clinic):
    """What the newest entry of the works says: the action, the document, and who signed as what."""
    *_before, (_hash, text, signed) = clinic.installation.read(
        lambda tx: list(entries_of(tx, "site:works"))
    )
    signers = [(one["person"], one["role"], one["meaning"]) for one in signatures_of_text(signed)]
    return content_of_text(text)["action"], content_of_text(text)["document"], signers


DEPUTY = (Duty.DEPUTY, "Quinn Example", "Quentin Example")
ON_CALL = (Duty.ON_CALL, "Quinn Example", "")


def test_a_deputy_stands_in_from_the_first_day_to_the_end_of_the_last(works):
    """By the clock of the site; before and after nobody does."""
    wish = a_wish(first=TODAY + timedelta(days=2), last=TODAY + timedelta(days=3))
    stand_in(works.installation, as_(works, "quentin"), wish)

    told = {days: on_duty_at(works, days) for days in (1.0, 2.5, 3.5, 5.0)}

    assert told == {1.0: [], 2.5: [DEPUTY], 3.5: [DEPUTY], 5.0: []}
    assert verify_record(works.installation).findings == ()


def test_they_stand_in_from_the_first_moment_on_and_at_the_last_no_more(works):
    """The day begins with its first moment, and the next one does not belong to it."""
    wish = a_wish(first=TODAY + timedelta(days=2), last=TODAY + timedelta(days=2))
    stand_in(works.installation, as_(works, "quentin"), wish)
    begins, ends = (datetime(2026, 11, day, tzinfo=UTC) for day in (24, 25))
    (one,) = works.installation.read(lambda tx: on_duty(tx, begins))

    soon = timedelta(microseconds=1)

    assert [one.is_in_force(begins - soon), one.is_in_force(begins)] == [False, True]
    assert [one.is_in_force(ends - soon), one.is_in_force(ends)] == [True, False]


def test_who_named_them_for_when_stands_on_record_and_is_signed(works):
    """By the clock of the site of which it is, in the role in which they are named."""
    wish = a_wish(first=TODAY + timedelta(days=2), last=TODAY + timedelta(days=3))
    quentin, quinn, queenie = (as_(works, one) for one in ("quentin", "quinn", "queenie"))
    named = {"kind": "standing_in", "about": quinn.person, "role": "qualified_person"}
    days = {"since": "2026-11-24T00:00:00.000000Z", "until": "2026-11-26T00:00:00.000000Z"}

    stand_in(works.installation, quentin, wish)
    deputy = newest(works)
    stand_in(works.installation, queenie, replace(wish, duty=Duty.ON_CALL))
    on_call = newest(works)

    told = named | days | {"site": "works"}
    signed = (quentin.person, "qualified_person", MEANINGS[Duty.DEPUTY])
    assert deputy == ("name_deputy", told | {"for": quentin.person}, [signed])
    signed = (queenie.person, "qa_reviewer", MEANINGS[Duty.ON_CALL])
    assert on_call == ("put_on_call", told | {"for": "-"}, [signed])


def test_that_it_ended_stands_on_record_and_is_signed(works):
    """By whom they stood in for in their own role, by others as quality assurance."""
    quentin, quinn, queenie = (as_(works, one) for one in ("quentin", "quinn", "queenie"))
    for by, role in ((quentin, "qualified_person"), (queenie, "qa_reviewer")):
        stand_in(works.installation, quentin, a_wish())
        (one,) = works.installation.read(lambda tx: on_duty(tx, NOW + timedelta(days=1)))

        end_standing_in(works.installation, by, one.site, one.seq)

        told = {"kind": "standing_in", "about": quinn.person, "entry": str(one.seq)}
        assert newest(works) == (ENDED, told, [(by.person, role, MEANINGS[ENDED])])
        assert on_duty_at(works) == []


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
    with pytest.raises(NoStandIn, match=f"column username: {reason}"):
        stand_in(works.installation, as_(works, "quentin"), a_wish(**changes))
    assert on_duty_at(works) == []


def test_nobody_stands_in_who_could_not_sign(works):
    """Identity check and signature statement are both on record (P11-100b, P11-10j)."""
    until, post = NOW + timedelta(days=1000), ("qualified_person", WORKS)
    for username in ("pia", "paul"):
        new = NewPerson(username, f"{username.title()} Example", PASSWORD, WORKS)
        people.register_person(works.installation, works.root, new)
        people.grant_role(works.installation, works.root, username, *post)
        people.record_training(works.installation, works.root, username, post[0], until)
    people.record_proofing(works.installation, works.root, "pia", "passport")
    people.accept_policy(works.installation, as_(works, "paul"))

    for username in ("pia", "paul"):
        with pytest.raises(NoStandIn, match="cannot sign"):
            stand_in(works.installation, as_(works, "quentin"), a_wish(username=username))


def test_training_to_the_very_end_of_the_period_is_enough(works):
    """And a moment less is not."""
    ends = datetime(2026, 11, 25, tzinfo=UTC)
    wish = a_wish(last=TODAY + timedelta(days=2))

    def trained(until):
        role = "qualified_person"
        people.record_training(works.installation, works.root, "quinn", role, until)
        stand_in(works.installation, as_(works, "quentin"), wish)

    with pytest.raises(NoStandIn, match="no training"):
        trained(ends - timedelta(seconds=1))
    trained(ends)

    assert on_duty_at(works) == [DEPUTY]


def test_the_training_lasts_to_the_end_of_the_period(works):
    """Who could not release on the last day does not stand in at all."""
    last = TODAY + timedelta(days=1_010)
    first = last - timedelta(days=20)
    with pytest.raises(NoStandIn, match="no training"):
        stand_in(later(works, 700), as_(works, "quentin"), a_wish(first=first, last=last))


BACKWARDS, TOO_FAR = "lies before the first day", "ends later than now, within a year"


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (0, -1, BACKWARDS),
        (5, 4, BACKWARDS),
        (-9, -2, TOO_FAR),
        (0, 400, TOO_FAR),
        (1, 1 + LONGEST.days, TOO_FAR),
        (400, 401, TOO_FAR),
    ],
)
def test_a_period_is_in_order_not_past_and_within_a_year(works, first, last, why):
    """Whoever stands in does so for a time that somebody can oversee."""
    wish = a_wish(first=TODAY + timedelta(days=first), last=TODAY + timedelta(days=last))
    with pytest.raises(DataRefused, match=f"column last: {why}"):
        stand_in(works.installation, as_(works, "quentin"), wish)
    assert on_duty_at(works) == []


MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_period_that_ends_at_this_moment_is_past(works):
    """At midnight, of the day that is over."""
    with pytest.raises(DataRefused, match=TOO_FAR):
        stand_in(at(works, MIDNIGHT), as_(works, "quentin"), a_wish(last=TODAY))


@pytest.mark.parametrize(("first", "days"), [(LONGEST.days, 1), (1, LONGEST.days)])
def test_a_year_ahead_and_a_year_long_are_not_too_much(works, first, days):
    """The longest that there is, at midnight, when the day begins at this moment."""
    begins = MIDNIGHT.date() + timedelta(days=first)
    wish = a_wish(first=begins, last=begins + timedelta(days=days - 1))

    stand_in(at(works, MIDNIGHT), as_(works, "quentin"), wish)

    assert on_duty_at(works, first + 1) == [DEPUTY]


def test_only_who_holds_the_role_there_names_somebody(works):
    """Nobody names a deputy for another role, nor puts people on call at another site."""
    nobody = a_wish(username="nobody")
    for by, wish, refusal, why in (
        ("queenie", a_wish(), NotAllowed, "queenie is no qualified person there"),
        ("quentin", a_wish(site="north"), NotAllowed, "quentin is no"),
        ("quentin", a_wish(duty=Duty.ON_CALL, role="qa_reviewer"), NotAllowed, "no qa reviewer"),
        ("quentin", nobody, Unknown, "nobody"),
    ):
        with pytest.raises(refusal, match=why):
            stand_in(works.installation, as_(works, by), wish)
    assert on_duty_at(works) == []


def test_it_is_ended_by_whom_they_stood_in_for_or_quality_assurance(works):
    """Not by the deputy; what was before it stays true."""
    stand_in(works.installation, as_(works, "quentin"), a_wish())
    there = later(works, 2)
    (one,) = there.read(lambda tx: on_duty(tx, NOW + timedelta(days=1)))
    with pytest.raises(NotAllowed):
        end_standing_in(there, as_(works, "quinn"), one.site, one.seq)
    with pytest.raises(Unknown, match="No stand-in works"):
        end_standing_in(there, as_(works, "quentin"), one.site, one.seq + 1)

    end_standing_in(there, as_(works, "queenie"), one.site, one.seq)

    assert (on_duty_at(works, 1.0), on_duty_at(works, 3.0)) == ([DEPUTY], [])
    with pytest.raises(Unknown):
        end_standing_in(there, as_(works, "quentin"), one.site, one.seq)


def test_what_is_over_is_not_ended_again(works):
    """From the moment on at which they stand in no more."""
    stand_in(works.installation, as_(works, "quentin"), a_wish(last=TODAY))
    (one,) = works.installation.read(lambda tx: on_duty(tx, MIDNIGHT - timedelta(hours=1)))

    with pytest.raises(Unknown):
        end_standing_in(at(works, MIDNIGHT), as_(works, "quentin"), one.site, one.seq)


def seen_by(clinic, username, moment=None):
    """Who stands in at their sites now or later, as somebody is told."""
    token = sessions.sign_in(clinic.installation, username, PASSWORD)
    signed_in = sessions.resume(clinic.installation, token)
    there = at(clinic, moment or clinic.installation.clock.now())
    return [(one.duty, one.name) for one in standing_in.standing_in(there, signed_in)]


def test_who_stands_in_is_told_at_the_sites_where_one_could_oneself(works):
    """Now or later, and until it is over; nobody else learns of it."""
    wish = a_wish(first=TODAY + timedelta(days=2), last=TODAY + timedelta(days=3))
    stand_in(works.installation, as_(works, "quentin"), wish)
    works.hire("norma", ("qa_reviewer", "north-ward"))
    ends = datetime(2026, 11, 26, tzinfo=UTC)

    told = {one: seen_by(works, one) for one in ("quentin", "queenie", "norma", "carla")}

    deputy = [(Duty.DEPUTY, "Quinn Example")]
    assert told == {"quentin": deputy, "queenie": deputy, "norma": [], "carla": []}
    assert seen_by(works, "quentin", ends - timedelta(seconds=1)) == deputy
    assert seen_by(works, "quentin", ends) == []


def test_ones_own_posts_are_the_roles_that_release_at_a_site(works):
    """Neither another role, nor one that is held everywhere and so at no site."""
    grant_role(works.installation, works.root, "queenie", "auditor", WORKS)
    grant_role(works.installation, works.root, "queenie", "qa_reviewer", "-")

    token = sessions.sign_in(works.installation, "queenie", PASSWORD)
    somebody = sessions.resume(works.installation, token).person

    assert ("qa_reviewer", "-") in somebody.site_roles
    assert own_posts(somebody) == (("qa_reviewer", "works"),)


def test_a_name_that_was_erased_is_said_to_be_erased(works):
    """Who stood in for whom stays on record; whoever is on call stands in for nobody by name."""
    stand_in(works.installation, as_(works, "quentin"), a_wish())
    stand_in(works.installation, as_(works, "queenie"), a_wish(duty=Duty.ON_CALL))
    with write(works.installation.engine) as connection:
        connection.exec_driver_sql("DELETE FROM erasable WHERE text LIKE 'Qu%'")

    assert on_duty_at(works) == [
        (Duty.DEPUTY, "(erased)", "(erased)"),
        (Duty.ON_CALL, "(erased)", ""),
    ]


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
    for username in ("quentin", "quinn"):
        on_call = a_wish(duty=Duty.ON_CALL, username=username)
        stand_in(works.installation, as_(works, "queenie"), on_call)

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
