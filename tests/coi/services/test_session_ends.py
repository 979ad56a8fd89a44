"""When a session ends, to the second, and which use of it is noted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock, parse_rfc3339
from coi.errors import NotSignedIn, SessionEnded, Unknown
from coi.services import sessions
from coi.services.accounts import SECRET_LASTS, issue_secret
from coi.services.decoding import content_of_text
from coi.services.proofs import person_of
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from coi.store.sessions import choose_bench, sessions_of
from tests.cast import WHY
from tests.coi.clinic import PASSWORD

IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=12)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def still(clinic):
    """The clinic at a moment that goes by only where a test says so."""
    clock = SteppedClock(clinic.installation.clock.now(), timedelta())
    return replace(clinic, installation=replace(clinic.installation, clock=clock))


@pytest.fixture
def held(still):
    """What a browser holds in which Carla has just signed in."""
    return sessions.sign_in(still.installation, "carla", PASSWORD)


def used_at(clinic):
    """When Carla's session was last used, as it is noted."""
    (row,) = clinic.installation.read(lambda tx: sessions_of(tx, clinic.carla.person))
    return parse_rfc3339(row.seen_at)


def test_it_is_idle_from_the_very_minute(still, held):
    """A second before the quarter of an hour is over it goes on, and then no more."""
    still.installation.clock.advance(IDLE - A_SECOND)
    assert sessions.resume(still.installation, held, is_use=False)

    still.installation.clock.advance(A_SECOND)

    with pytest.raises(SessionEnded, match="nobody used it for 15 minutes"):
        sessions.resume(still.installation, held)


def test_it_is_over_from_the_very_hour(still, held):
    """However busy it was: after its last second it goes on no more."""
    settings = replace(still.installation.settings, idle_minutes=24 * 60)
    busy = replace(still.installation, settings=settings)
    busy.clock.advance(LONGEST - A_SECOND)
    assert sessions.resume(busy, held)

    busy.clock.advance(A_SECOND)

    with pytest.raises(SessionEnded, match="it had lasted 12 hours"):
        sessions.resume(busy, held)


def test_a_use_is_noted_after_half_a_minute_and_not_before(still, held):
    """Reading stays reading; and what is noted is when it was."""
    began = used_at(still)
    noted = []
    for passes in (sessions.NOTED_AFTER - A_SECOND, A_SECOND):
        still.installation.clock.advance(passes)
        sessions.resume(still.installation, held)
        noted.append(used_at(still))

    assert noted == [began, began + sessions.NOTED_AFTER]


def test_a_use_of_what_is_held_anew_is_noted_after_a_moment_and_not_before(still, held):
    """Until then two pages of one browser ask with either; then the old one is worth nothing."""
    anew = sessions.hold_anew(still.installation, held)
    still.installation.clock.advance(sessions.AT_ONCE - A_SECOND)
    sessions.resume(still.installation, anew)
    assert sessions.resume(still.installation, held)

    still.installation.clock.advance(A_SECOND)
    sessions.resume(still.installation, anew)

    with pytest.raises(NotSignedIn):
        sessions.resume(still.installation, held)


def test_what_was_held_before_is_given_another_after_a_moment_and_not_before(still, held):
    """Of two forms that come at once, one is given something new."""
    anew = sessions.hold_anew(still.installation, held)
    still.installation.clock.advance(sessions.AT_ONCE - A_SECOND)
    assert sessions.hold_anew(still.installation, held) == ""

    still.installation.clock.advance(A_SECOND)

    assert sessions.hold_anew(still.installation, held) not in {"", anew}


def test_a_session_of_a_one_time_secret_ends_with_the_secret(still):
    """To the second: whoever chose no password of their own until then is out."""
    secret = issue_secret(still.installation, still.root, "carla", why=WHY)
    still.installation.clock.advance(SECRET_LASTS - 2 * A_SECOND)
    held = sessions.sign_in(still.installation, "carla", secret)
    still.installation.clock.advance(A_SECOND)
    assert sessions.resume(still.installation, held).one_time

    still.installation.clock.advance(A_SECOND)

    with pytest.raises(NotSignedIn):
        sessions.resume(still.installation, held)


def test_a_session_is_forgotten_an_hour_after_it_is_over_and_not_before(still, held):
    """Somebody who signs in ends none that goes on; whoever comes back soon learns why it ended."""
    settings = replace(still.installation.settings, idle_minutes=24 * 60)
    busy = replace(still.installation, settings=settings)
    still.hire("nina")
    later = [LONGEST - A_SECOND, A_SECOND + timedelta(hours=1), A_SECOND]
    met = []
    for passes in later:
        busy.clock.advance(passes)
        sessions.sign_in(busy, "nina", PASSWORD)
        met.append(what_meets(busy, held))

    assert met == [None, SessionEnded, NotSignedIn]


def what_meets(installation, held):
    """How whoever comes with this is refused; None where they are not."""
    try:
        sessions.resume(installation, held, is_use=False)
    except NotSignedIn as refused:
        return type(refused)
    return None


def test_who_changes_the_password_goes_on_where_they_worked(clinic):
    """In a new session at the same unit, held as before."""
    clinic.hire("mia", ("apheresis_nurse", "north-apheresis"), ("infusion_nurse", "north-ward"))
    held = sessions.sign_in_program(clinic.installation, "mia", PASSWORD)
    before = sessions.resume(clinic.installation, held)
    before = sessions.work_at(clinic.installation, before, "north-ward")

    held = sessions.change_password(clinic.installation, before, PASSWORD, "quite another one, new")

    after = sessions.resume(clinic.installation, held)
    assert after.session != before.session
    assert (after.unit, after.held_by) == ("north-ward", "program")


@pytest.mark.parametrize(
    ("at", "unit"),
    [("north-ward", "north-ward"), ("-", "-"), ("south-ward", "-"), ("no-such-unit", "-")],
)
def test_where_a_session_begins_is_one_of_the_persons_units(clinic, at, unit):
    """At a device of another unit nobody works there; whoever has several chooses."""
    roles = ("apheresis_nurse", "north-apheresis"), ("infusion_nurse", "north-ward")
    mia = clinic.hire("mia", *roles)

    held = clinic.installation.transact(
        lambda tx: sessions.take_over(tx, clinic.installation, mia, "", at=at)
    )

    assert sessions.resume(clinic.installation, held).unit == unit


def test_a_role_for_the_whole_house_is_no_second_unit(clinic):
    """Whoever has one beside the role at a unit begins there, and at no bench of it."""
    clinic.hire("mia", ("auditor", "-"), ("apheresis_nurse", "north-apheresis"))
    held = sessions.sign_in(clinic.installation, "mia", PASSWORD)

    found = sessions.resume(clinic.installation, held)

    assert (found.unit, found.bench) == ("north-apheresis", "-")


def test_what_a_password_opened_names_no_device_no_badge_and_no_identity(clinic):
    """Nothing is on record that nobody showed."""
    for _ in range(2):
        held = sessions.sign_in(clinic.installation, "carla", PASSWORD)
    sessions.sign_out(clinic.installation, held)

    entries = told(clinic, "site:north")[-4:]
    assert [one["action"] for one in entries][-2:] == ["replace_session", "sign_out"]
    assert not any(one.get("device") or "registers" in one for one in entries)


def test_whoever_works_at_another_unit_leaves_the_bench_behind(clinic):
    """At once, and at the next look."""
    held = sessions.sign_in(clinic.installation, "carla", PASSWORD)
    before = sessions.resume(clinic.installation, held)
    clinic.installation.transact(lambda tx: choose_bench(tx, before.session, "north-ward", "bench"))
    before = sessions.resume(clinic.installation, held)

    after = sessions.work_at(clinic.installation, before, "south-ward")

    assert (before.unit, before.bench) == ("north-ward", "bench")
    assert after == sessions.resume(clinic.installation, held)
    assert (after.unit, after.bench) == ("south-ward", "-")


def test_nobody_works_at_a_unit_of_somebody_else(clinic):
    """The answer says which unit it was, as of one that is not there."""
    clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))
    nina = sessions.resume(
        clinic.installation, sessions.sign_in(clinic.installation, "nina", PASSWORD)
    )

    with pytest.raises(Unknown) as refused:
        sessions.work_at(clinic.installation, nina, "south-ward")

    assert refused.value.args == Unknown("unit", "south-ward").args


@pytest.mark.parametrize(("username", "chain"), [("carla", "site:north"), ("rosa", ORGANISATION)])
def test_who_ended_whose_session_is_on_record(clinic, username, chain):
    """In the chain of the person's site; of whoever is at none, in that of the house."""
    clinic.hire("rosa", ("administrator", "-"))
    person = clinic.installation.read(lambda tx: person_of(tx, username)).person.id
    held = sessions.sign_in(clinic.installation, username, PASSWORD)
    session = sessions.resume(clinic.installation, held).session

    for _ in range(2):
        sessions.end_session(clinic.installation, clinic.root, person, session)

    *_, before, last = told(clinic, chain)
    assert (last["action"], last["actor"]) == ("end_session", clinic.root.person)
    assert last["registers"]["sessions"] == [{"person": person}]
    assert before["action"] == "sign_in"


def told(clinic, chain):
    """What a chain tells, entry by entry."""
    found = clinic.installation.read(lambda tx: list(entries_of(tx, chain)))
    return [content_of_text(text) for _hash, text, _signed in found]
