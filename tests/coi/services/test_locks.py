"""How long a lock lasts, to the second, on which door it is, and who opens it before its time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.errors import DataRefused, WrongPassword
from coi.services import people, sessions, tries
from coi.services.accounts import add_account
from coi.services.decoding import content_of_text
from coi.services.devices import register_device
from coi.services.person_file import person_file
from coi.services.tries import LOCKED, TRIES, Locked, LockedBeside
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from tests.cast import WHY
from tests.coi.clinic import PASSWORD
from tests.coi.printing import a_ward

WRONG = "not the password at all"
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def still(clinic):
    """The clinic at a moment that goes by only where a test says so."""
    clock = SteppedClock(clinic.installation.clock.now(), timedelta())
    return replace(clinic, installation=replace(clinic.installation, clock=clock))


def enter(clinic, secret=PASSWORD, held=""):
    """Come to the door with Carla's name."""
    return sessions.sign_in(clinic.installation, "carla", secret, device=held)


def sign(clinic, secret=PASSWORD, typist=None):
    """Type her password below a signature, where the typist is signed in."""
    return tries.prove(clinic.installation, "carla", secret, typist)


def in_vain(by, clinic, times=TRIES, **more):
    """Type a wrong password so many times."""
    for _ in range(times):
        with pytest.raises(WrongPassword):
            by(clinic, WRONG, **more)


def told(clinic, chain="site:north"):
    """What a chain tells, entry by entry."""
    found = clinic.installation.read(lambda tx: list(entries_of(tx, chain)))
    return [content_of_text(text) for _hash, text, _signed in found]


@pytest.mark.parametrize("lock", [Locked, LockedBeside])
def test_a_lock_says_how_long_it_lasts(lock):
    """Whoever stands before it is told when to come back."""
    assert lock().next_step.startswith("Wait 15 minutes, or")


@pytest.mark.parametrize("by", [enter, sign])
def test_a_lock_is_over_at_the_very_minute(still, by):
    """A second before its quarter of an hour is over it holds, and then no more."""
    in_vain(by, still)
    still.installation.clock.advance(LOCKED - A_SECOND)
    with pytest.raises(Locked):
        by(still)

    still.installation.clock.advance(A_SECOND)

    assert by(still)


@pytest.mark.parametrize("by", [enter, sign])
def test_the_tries_of_before_a_lock_count_no_more_after_it(still, by):
    """Four more are wrong passwords, and the fifth locks anew."""
    in_vain(by, still)
    still.installation.clock.advance(LOCKED)
    in_vain(by, still, TRIES - 1)
    assert by(still)
    in_vain(by, still, TRIES)

    with pytest.raises(Locked):
        by(still)


def test_the_door_is_locked_anew_by_five_and_by_no_fewer(still):
    """Below a signature or at the door; what was tried before the last lock does not count."""
    in_vain(enter, still)
    still.installation.clock.advance(LOCKED)
    in_vain(sign, still, TRIES - 1)
    in_vain(enter, still, 1)

    with pytest.raises(Locked):
        enter(still)


def test_slips_beside_are_forgotten_at_the_very_minute(still):
    """A second before a quarter of an hour is over since the last one, they count."""
    in_vain(sign, still, TRIES - 1, typist=still.root)
    still.installation.clock.advance(LOCKED)
    in_vain(sign, still, TRIES - 1, typist=still.root)
    still.installation.clock.advance(LOCKED - A_SECOND)
    in_vain(sign, still, 1, typist=still.root)

    with pytest.raises(LockedBeside):
        sign(still, typist=still.root)


def test_whose_signature_is_locked_signs_beside_nobody_either(clinic):
    """The typist's own count is another one: five more tries are no gift to a thief."""
    in_vain(sign, clinic)

    with pytest.raises(Locked) as refused:
        sign(clinic, typist=clinic.root)

    assert not isinstance(refused.value, LockedBeside)


def test_a_password_of_ones_own_other_account_is_ones_own(clinic):
    """In vain it locks that account, and nobody's signing beside."""
    add_account(clinic.installation, clinic.root, "carla", "carla.two")
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            tries.prove(clinic.installation, "carla.two", WRONG, clinic.carla)

    with pytest.raises(Locked) as refused:
        tries.prove(clinic.installation, "carla.two", PASSWORD)

    assert not isinstance(refused.value, LockedBeside)
    assert told(clinic)[-1]["action"] == "lock_account"


@pytest.mark.parametrize("place", ["door", "pen", "device"])
def test_a_lock_of_each_door_is_shown_and_opened(clinic, place):
    """On the person's page; and by an administrator, whichever of the doors it is."""
    ward = a_ward(clinic)
    held = register_device(clinic.installation, ward.quentin, "north-ward", "Tablet")
    by, more = {
        "door": (enter, {}),
        "pen": (sign, {}),
        "device": (enter, {"held": held}),
    }[place]
    in_vain(by, clinic, **more)
    locked = person_file(clinic.installation, "carla").locked

    tries.unlock_account(clinic.installation, clinic.root, "carla")

    assert locked == ("carla",)
    assert person_file(clinic.installation, "carla").locked == ()
    assert by(clinic, **more)


def test_that_a_lock_was_opened_is_on_record(clinic):
    """Who did it, and for whom, in the chain of the person's site; where none was, nothing is."""
    tries.unlock_account(clinic.installation, clinic.root, "carla")
    in_vain(enter, clinic)
    tries.unlock_account(clinic.installation, clinic.root, "carla")

    last, before = told(clinic)[-1], told(clinic)[-2]
    assert (last["action"], last["actor"]) == ("unlock_account", clinic.root.person)
    assert last["registers"]["locks"] == [{"person": clinic.carla.person}]
    assert before["action"] == "lock_account"
    assert [one["action"] for one in told(clinic)].count("unlock_account") == 1


def test_a_closed_account_is_opened_by_no_unlocking(clinic):
    """It is closed for good, which is no lock."""
    in_vain(enter, clinic)
    people.close_account(clinic.installation, clinic.root, "carla", why=WHY)

    with pytest.raises(DataRefused, match="was closed, and stays so"):
        tries.unlock_account(clinic.installation, clinic.root, "carla")


def test_a_name_of_nobody_is_told_where_whoever_typed_it_is(clinic):
    """In the chain of the typist's site, and under the typist's name alone."""
    with pytest.raises(WrongPassword):
        tries.prove(clinic.installation, "nobody.at.all", WRONG, clinic.carla)

    last = told(clinic)[-1]
    assert (last["action"], last["actor"]) == ("refuse_sign_in", clinic.carla.person)
    assert "registers" not in last


def test_a_wrong_password_of_whoever_is_at_no_site_is_told_by_the_house(clinic):
    """As is one of nobody's, and one that was typed by whoever is at none."""
    before = len(told(clinic, ORGANISATION))
    with pytest.raises(WrongPassword):
        sessions.sign_in(clinic.installation, "root", WRONG)
    with pytest.raises(WrongPassword):
        sessions.sign_in(clinic.installation, "nobody.at.all", WRONG)
    with pytest.raises(WrongPassword):
        tries.prove(clinic.installation, "nobody.at.all", WRONG, clinic.root)

    after = told(clinic, ORGANISATION)[before:]
    root = clinic.root.person
    assert [one["action"] for one in after] == ["refuse_sign_in"] * 3
    assert [one["actor"] for one in after] == [root, "-", root]
    assert not any("registers" in one for one in after)
