"""What a browser holds of a session is another after each password that is typed for something."""

from datetime import timedelta

import pytest

from coi.errors import NotSignedIn, SessionEnded, SignedInElsewhere
from coi.services import sessions
from coi.store.sessions import sessions_of
from tests.coi.clinic import PASSWORD

HALF_A_MINUTE, A_QUARTER = timedelta(seconds=31), timedelta(minutes=15)


@pytest.fixture
def held(clinic):
    """What a browser holds in which Carla is signed in."""
    return sessions.sign_in(clinic.installation, "carla", PASSWORD)


@pytest.fixture
def anew(clinic, held):
    """What it holds after she has typed her password for something."""
    return sessions.hold_anew(clinic.installation, held)


def opens(clinic, held):
    """It opens the session; raises where it does not."""
    return sessions.resume(clinic.installation, held).session


def test_it_is_the_same_session(clinic, held):
    """What she has in hand, and where she is, goes on (SEC-14)."""
    before = opens(clinic, held)
    anew = sessions.hold_anew(clinic.installation, held)

    assert anew != held
    assert opens(clinic, anew) == before


def test_what_was_held_before_is_good_until_the_new_one_is_used(clinic, held, anew):
    """The answer may be lost on its way; whoever took the old one is out at her next use."""
    assert opens(clinic, anew) == opens(clinic, held)
    clinic.installation.clock.advance(sessions.AT_ONCE)
    assert opens(clinic, held)

    opens(clinic, anew)

    with pytest.raises(NotSignedIn):
        opens(clinic, held)


def test_what_was_held_before_keeps_no_session_from_becoming_idle(clinic, held, anew):
    """Whoever took it stays no longer than she does."""
    assert anew
    for _ in range(2):
        clinic.installation.clock.advance(A_QUARTER / 3)
        opens(clinic, held)
    clinic.installation.clock.advance(A_QUARTER / 3)

    with pytest.raises(SessionEnded):
        opens(clinic, held)


def test_of_two_forms_that_come_at_once_one_is_given_something_new(clinic, held, anew):
    """Both are answered, and either answer may be the one that arrives."""
    assert sessions.hold_anew(clinic.installation, held) == ""
    assert opens(clinic, held) == opens(clinic, anew)


def test_whose_answer_was_lost_is_given_another_with_the_next_password(clinic, held, anew):
    """What never arrived is then nobody's."""
    clinic.installation.clock.advance(HALF_A_MINUTE)
    again = sessions.hold_anew(clinic.installation, held)

    assert opens(clinic, again)
    with pytest.raises(NotSignedIn):
        opens(clinic, anew)


@pytest.mark.parametrize("by", ["held", "anew"])
def test_signing_out_ends_it_by_either(clinic, held, anew, by):
    """And neither opens anything any more."""
    sessions.sign_out(clinic.installation, {"held": held, "anew": anew}[by])

    for one in (held, anew):
        with pytest.raises(NotSignedIn):
            opens(clinic, one)
        assert sessions.hold_anew(clinic.installation, one) == ""


def test_who_signed_in_elsewhere_is_told_so_by_either(clinic, held, anew):
    """Whichever the browser holds."""
    sessions.sign_in(clinic.installation, "carla", PASSWORD)

    for one in (held, anew):
        with pytest.raises(SignedInElsewhere):
            opens(clinic, one)


def test_what_is_held_stands_nowhere(clinic, anew):
    """The row has its hash."""
    carla = clinic.carla.person
    (row,) = clinic.installation.read(lambda tx: sessions_of(tx, carla))

    assert anew not in str(row)
