"""How often a password may be tried, and how many are looked at at once."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from coi import events
from coi.clock import SteppedClock
from coi.errors import Crowded, WrongPassword
from coi.services import passwords, sessions, tries
from coi.services.decoding import content_of_text
from coi.services.devices import end_device, register_device
from coi.services.passwords import Turnstile, check_password
from coi.services.sessions import TRIES, Locked
from coi.services.tried_from import MOST_WRONG, TooManyFromHere, source_of
from coi.services.tries import LockedBeside
from coi.store.entries import entries_of
from tests.cast import WHY
from tests.coi.clinic import PASSWORD, QUICK
from tests.coi.printing import a_ward

WRONG = "not the password at all"


def in_vain(clinic, by, times=TRIES, username="carla"):
    """Type a wrong password so many times."""
    for _ in range(times):
        with pytest.raises(WrongPassword):
            by(clinic.installation, username, WRONG)


def actions(clinic):
    """The actions in the chain of Carla's site."""
    found = clinic.installation.read(lambda tx: list(entries_of(tx, "site:north")))
    return [content_of_text(text)["action"] for _hash, text, _signed in found]


def test_who_is_locked_out_at_the_door_still_signs_inside(clinic):
    """Nobody without a session can keep a ward from signing (SEC-44)."""
    token = sessions.sign_in(clinic.installation, "carla", PASSWORD)
    in_vain(clinic, sessions.sign_in)

    assert tries.prove(clinic.installation, "carla", PASSWORD) == clinic.carla
    assert sessions.resume(clinic.installation, token).proven.person == clinic.carla.person


def test_who_guesses_below_a_signature_is_locked_out_at_the_door_too(clinic):
    """A thief at an open screen has five tries, and not ten."""
    in_vain(clinic, tries.prove)

    with pytest.raises(Locked):
        tries.prove(clinic.installation, "carla", PASSWORD)
    with pytest.raises(Locked):
        sessions.sign_in(clinic.installation, "carla", PASSWORD)


def test_a_locked_account_is_not_counted_on(clinic):
    """Who goes on trying writes nothing, and makes the lock no longer."""
    in_vain(clinic, sessions.sign_in)
    before = actions(clinic)

    for _ in range(10):
        with pytest.raises(Locked):
            sessions.sign_in(clinic.installation, "carla", WRONG)

    assert actions(clinic) == before


def test_where_too_many_wait_nobody_is_counted(clinic, monkeypatch):
    """The answer says so, and the account is as open as before (SEC-43)."""
    full = Turnstile(at_once=1, waiting=0, seconds=0)
    monkeypatch.setattr(passwords, "_HASHING", full)
    before = actions(clinic)

    with full.passed():
        for _ in range(TRIES + 1):
            with pytest.raises(Crowded):
                sessions.sign_in(clinic.installation, "carla", WRONG)

    assert actions(clinic) == before
    assert sessions.sign_in(clinic.installation, "carla", PASSWORD)


def test_the_door_takes_no_turn_from_those_who_sign(clinic, monkeypatch):
    """However many stand at it, a signature is looked at at once."""
    full = Turnstile(at_once=1, waiting=0, seconds=0)
    monkeypatch.setattr(tries, "AT_THE_DOOR", full)

    with full.passed():
        with pytest.raises(Crowded):
            sessions.sign_in(clinic.installation, "carla", PASSWORD)

        assert tries.prove(clinic.installation, "carla", PASSWORD) == clinic.carla


def test_a_turnstile_lets_the_next_one_through_when_somebody_leaves():
    """Whoever waits gets a turn; whoever finds the queue full is told at once."""
    turnstile, waiting, passed = Turnstile(1, 1, 30), Event(), Event()

    def second():
        waiting.set()
        with turnstile.passed():
            passed.set()

    thread = Thread(target=second)
    with turnstile.passed():
        thread.start()
        waiting.wait(30)
        while turnstile._there.acquire(blocking=False):  # noqa: SLF001 - until the other one waits
            turnstile._there.release()  # noqa: SLF001 - as above
        with pytest.raises(Crowded), turnstile.passed():
            raise AssertionError
        assert not passed.is_set()
    thread.join(30)

    assert passed.is_set()


def test_nobody_waits_for_ever():
    """After its time the answer is that it is crowded, and the place in the queue is free again."""
    turnstile = Turnstile(at_once=1, waiting=1, seconds=0.01)

    with turnstile.passed():
        for _ in range(3):
            with pytest.raises(Crowded), turnstile.passed():
                raise AssertionError

    with turnstile.passed():
        pass


def test_a_turn_ends_with_an_error_too():
    """What goes wrong inside keeps nobody out afterwards."""
    turnstile = Turnstile(at_once=1, waiting=0, seconds=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turnstile.passed():
            raise ZeroDivisionError

    assert check_password(QUICK, QUICK.hash(PASSWORD), PASSWORD)


def beside(clinic, username="kira", times=TRIES):
    """Type a wrong password of somebody else so many times, where Carla is signed in."""
    for _ in range(times):
        with pytest.raises(WrongPassword):
            tries.prove(clinic.installation, username, WRONG, clinic.carla)


def test_whoever_types_wrong_passwords_of_others_locks_nobody_else(clinic):
    """Nobody with a session can keep a ward from signing; only the typist is stopped (SEC-44)."""
    clinic.hire("kira")
    beside(clinic, "kira")

    with pytest.raises(LockedBeside):
        tries.prove(clinic.installation, "kira", PASSWORD, clinic.carla)
    assert tries.prove(clinic.installation, "kira", PASSWORD)
    assert sessions.sign_in(clinic.installation, "kira", PASSWORD)
    assert tries.prove(clinic.installation, "carla", PASSWORD, clinic.carla) == clinic.carla


def test_a_wrong_password_inside_a_session_names_who_typed_it(clinic):
    """Each entry says whose password it should have been and who typed it; the fifth one locks."""
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            tries.prove(clinic.installation, "carla", WRONG, clinic.root)

    found = clinic.installation.read(lambda tx: list(entries_of(tx, "site:north")))[-TRIES:]
    contents = [content_of_text(text) for _hash, text, _signed in found]
    assert {content["actor"] for content in contents} == {clinic.root.person}
    assert all(
        content["registers"]["locks"] == [{"person": clinic.carla.person}] for content in contents
    )
    assert [content["action"] for content in contents][-2:] == ["refuse_sign_in", "lock_beside"]


def test_a_right_password_beside_a_guess_forgets_no_guess(clinic):
    """An accomplice's password begins no count anew, and unknown names count."""
    clinic.hire("kira")
    beside(clinic, "nobody.at.all", times=TRIES - 1)
    tries.prove(clinic.installation, "kira", PASSWORD, clinic.carla)
    beside(clinic, "kira", times=1)

    with pytest.raises(LockedBeside):
        tries.prove(clinic.installation, "kira", PASSWORD, clinic.carla)


def test_slips_of_long_ago_stop_nobody(clinic):
    """A quarter of an hour after the last one, wrong passwords of others count no more."""
    clinic.hire("kira")
    beside(clinic, "kira", times=TRIES - 1)
    later = SteppedClock(clinic.installation.clock.now() + tries.LOCKED, timedelta(seconds=1))
    clinic = replace(clinic, installation=replace(clinic.installation, clock=later))
    beside(clinic, "kira", times=TRIES - 1)

    assert tries.prove(clinic.installation, "kira", PASSWORD, clinic.carla)


def test_a_right_signature_says_nothing_of_the_door(clinic):
    """Who tries at the door begins no new count because the ward goes on signing."""
    in_vain(clinic, sessions.sign_in, TRIES - 1)
    in_vain(clinic, tries.prove, 1)

    tries.prove(clinic.installation, "carla", PASSWORD)

    with pytest.raises(Locked):
        sessions.sign_in(clinic.installation, "carla", PASSWORD)


def test_another_letter_of_the_same_look_counts_on_no_account(clinic):
    """The Kelvin sign is lowered to a k, and is still no letter of anybody's name."""
    clinic.hire("kira")
    in_vain(clinic, sessions.sign_in, username="\u212aira")

    assert sessions.sign_in(clinic.installation, "kira", PASSWORD)


# -- at a registered device ------------------------------------------------------------------------


@pytest.fixture
def tablet(clinic):
    """What the browser of a registered tablet of the north ward holds."""
    ward = a_ward(clinic)
    return register_device(clinic.installation, ward.quentin, "north-ward", "Tablet")


def at(held):
    """Signing in where the browser holds this of a device."""

    def sign_in(installation, username, password):
        return sessions.sign_in(installation, username, password, device=held)

    return sign_in


def test_whoever_locks_a_ward_from_outside_keeps_nobody_from_its_devices(clinic, tablet):
    """Every account of it is locked; at a registered device each person signs in (SEC-44)."""
    usernames = ("carla", "nina", "quentin")
    for username in usernames:
        in_vain(clinic, sessions.sign_in, username=username)
        with pytest.raises(Locked):
            sessions.sign_in(clinic.installation, username, PASSWORD)

    assert all(at(tablet)(clinic.installation, username, PASSWORD) for username in usernames)


def test_a_device_that_somebody_made_up_opens_no_door(clinic, tablet):
    """Nor one that was ended."""
    in_vain(clinic, sessions.sign_in)
    identifier = tablet.partition(".")[0]

    with pytest.raises(Locked):
        at(f"{identifier}.made up")(clinic.installation, "carla", PASSWORD)


def test_an_ended_device_opens_no_door(clinic):
    """Whoever has found it has no more tries than anybody (P11-300c)."""
    ward = a_ward(clinic)
    held = register_device(clinic.installation, ward.quentin, "north-ward", "Tablet")
    end_device(clinic.installation, ward.quentin, held.partition(".")[0], why=WHY)
    in_vain(clinic, sessions.sign_in)

    with pytest.raises(Locked):
        at(held)(clinic.installation, "carla", PASSWORD)


def test_at_a_device_too_five_tries_lock(clinic, tablet):
    """There alone; an administrator opens it, as the other doors."""
    in_vain(clinic, at(tablet))

    with pytest.raises(Locked):
        at(tablet)(clinic.installation, "carla", PASSWORD)
    assert sessions.sign_in(clinic.installation, "carla", PASSWORD)
    tries.unlock_account(clinic.installation, clinic.root, "carla")
    assert at(tablet)(clinic.installation, "carla", PASSWORD)


def test_a_thief_at_the_open_screen_of_a_device_has_five_tries(clinic, tablet):
    """What was typed in vain to sign locks the door of the device too."""
    in_vain(clinic, tries.prove)

    with pytest.raises(Locked):
        at(tablet)(clinic.installation, "carla", PASSWORD)


def test_a_crowd_at_the_door_keeps_nobody_from_a_device(clinic, tablet, monkeypatch):
    """A hundred who try passwords from elsewhere do not stand before the ward (SEC-43)."""
    full = Turnstile(at_once=1, waiting=0, seconds=0)
    monkeypatch.setattr(tries, "AT_THE_DOOR", full)

    with full.passed():
        with pytest.raises(Crowded):
            sessions.sign_in(clinic.installation, "carla", PASSWORD)
        assert at(tablet)(clinic.installation, "carla", PASSWORD)


def test_signing_in_names_the_device(clinic, tablet):
    """In the chain of the person's site (P11-10h)."""
    at(tablet)(clinic.installation, "carla", PASSWORD)

    found = clinic.installation.read(lambda tx: list(entries_of(tx, "site:north")))
    told = [content_of_text(text) for _hash, text, _signed in found]
    (signed_in,) = [one for one in told if one["action"] == "sign_in"]
    assert signed_in["device"] == tablet.partition(".")[0]


# -- by where they come from -----------------------------------------------------------------------

WARD, ELSEWHERE = "192.0.2.7", "198.51.100.7"


@pytest.fixture
def sprayed(clinic):
    """Somebody behind the ward's address has tried one password of everybody, within a minute."""
    hour = clinic.installation.clock.now().replace(minute=0, second=0) + timedelta(hours=2)
    still = replace(clinic.installation, clock=SteppedClock(hour, timedelta()))
    for n in range(MOST_WRONG):
        with pytest.raises(WrongPassword):
            sessions.sign_in(still, f"user-{n}", "Spring2026!", came_from=WARD)
    return replace(clinic, installation=still)


def test_whoever_tries_one_password_of_everybody_is_stopped_by_their_address(sprayed):
    """No account is locked by it; the right password is not looked at either (SEC-44)."""
    with pytest.raises(TooManyFromHere):
        sessions.sign_in(sprayed.installation, "carla", PASSWORD, came_from=WARD)
    with pytest.raises(TooManyFromHere):
        sessions.sign_in_program(sprayed.installation, "carla", PASSWORD, came_from=WARD)

    assert sessions.sign_in(sprayed.installation, "carla", PASSWORD, came_from=ELSEWHERE)


def test_that_somebody_was_stopped_by_their_address_is_told(sprayed):
    """Whoever looks after the machine sees it, and why (SEC-43)."""
    told = []

    def hear(event, values):
        told.append((event, values.get("why")))

    events.listen(hear)
    with pytest.raises(TooManyFromHere):
        sessions.sign_in(sprayed.installation, "carla", PASSWORD, came_from=WARD)
    events.stop_listening(hear)

    assert ("passwords_crowded", "one address") in told


def test_it_keeps_nobody_of_the_ward_from_working(sprayed):
    """Registered devices and whoever is signed in are not asked where they are (SEC-44)."""
    ward = a_ward(sprayed)
    tablet = register_device(sprayed.installation, ward.quentin, "north-ward", "Tablet")

    assert at(tablet)(sprayed.installation, "carla", PASSWORD)
    assert tries.prove(sprayed.installation, "carla", PASSWORD)


def test_the_next_minute_is_another(sprayed):
    """Nobody waits longer."""
    sprayed.installation.clock.advance(timedelta(minutes=1))

    assert sessions.sign_in(sprayed.installation, "carla", PASSWORD, came_from=WARD)


def test_right_passwords_are_counted_for_nobody(clinic):
    """A ward that signs in behind one address is as many people as it likes."""
    counted = clinic.installation.tried_from
    now = clinic.installation.clock.now()

    for _ in range(MOST_WRONG * 2):
        with counted.counted(WARD, now):
            pass
    with suppress(Crowded), counted.counted(WARD, now):
        raise Crowded

    assert counted.counts == {source_of(WARD): 0}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", WARD, True),
        (WARD, ELSEWHERE, False),
        ("", "unknown", True),
    ],
)
def test_whose_an_address_is(one, other, same):
    """Within a network of IPv6 each machine takes any it likes."""
    assert (source_of(one) == source_of(other)) is same
