"""Signing in: what begins a session, what ends it, and what wrong passwords lead to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.errors import (
    NotSignedIn,
    SessionEnded,
    SignedInElsewhere,
    SignedOut,
    Unknown,
    WrongPassword,
)
from coi.services import accounts, people, sessions
from coi.services.decoding import content_of_text
from coi.services.person_file import person_file
from coi.services.sessions import LOCKED, TRIES, Locked
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from tests.cast import WHY
from tests.coi.clinic import PASSWORD

WRONG = "not the password at all"


@pytest.fixture
def nina(clinic):
    """A nurse of one unit."""
    return clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))


def signed_in(clinic, username="nina"):
    """What Nina's browser holds after she signed in."""
    return sessions.sign_in(clinic.installation, username, PASSWORD)


def try_in_vain(clinic, times, username="nina"):
    """Type a wrong password so many times."""
    for _ in range(times):
        with pytest.raises(WrongPassword):
            sessions.sign_in(clinic.installation, username, WRONG)


def told(clinic, chain):
    """The actions in a chain, oldest first."""
    found = clinic.installation.read(lambda tx: list(entries_of(tx, chain)))
    return [content_of_text(text)["action"] for _hash, text, _signed in found]


def stored(clinic):
    """Every byte of the database, what is not yet in its main file too."""
    file = clinic.installation.settings.database_path
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


def test_whoever_signs_in_is_known_by_what_the_browser_holds(clinic, nina):
    """The session leads to the person, and to the only unit at which she works."""
    found = sessions.resume(clinic.installation, signed_in(clinic))

    assert found.proven.person == nina.person
    assert found.unit == "north-apheresis"


def test_whoever_works_at_several_units_chooses_one(clinic):
    """Before that nothing is assumed."""
    clinic.hire("mia", ("apheresis_nurse", "north-apheresis"), ("infusion_nurse", "north-ward"))
    token = signed_in(clinic, "mia")
    before = sessions.resume(clinic.installation, token)

    sessions.work_at(clinic.installation, before, "north-ward")

    assert before.unit == "-"
    assert sessions.resume(clinic.installation, token).unit == "north-ward"


@pytest.mark.usefixtures("nina")
def test_nobody_works_where_they_hold_no_role(clinic):
    """Another site's unit answers as one that is not there."""
    here = sessions.resume(clinic.installation, signed_in(clinic))

    with pytest.raises(Unknown):
        sessions.work_at(clinic.installation, here, "south-apheresis")


@pytest.mark.usefixtures("nina")
def test_signing_in_and_out_are_on_record(clinic):
    """Both stand in the chain of the person's site."""
    sessions.sign_out(clinic.installation, signed_in(clinic))

    assert told(clinic, "site:north")[-2:] == ["sign_in", "sign_out"]


@pytest.mark.usefixtures("nina")
def test_each_session_is_new(clinic):
    """What a browser held before leads nowhere by being known (SEC-14)."""
    assert signed_in(clinic) != signed_in(clinic)


@pytest.mark.usefixtures("nina")
def test_an_ended_session_opens_nothing(clinic):
    """What was stolen before signing out is worth nothing after it (SEC-14)."""
    token = signed_in(clinic)
    sessions.sign_out(clinic.installation, token)

    with pytest.raises(NotSignedIn):
        sessions.resume(clinic.installation, token)


@pytest.mark.usefixtures("nina")
def test_signing_out_twice_does_no_harm(clinic):
    """The second time nothing is left to end, and nothing is put on record."""
    token = signed_in(clinic)
    sessions.sign_out(clinic.installation, token)
    sessions.sign_out(clinic.installation, token)

    assert told(clinic, "site:north").count("sign_out") == 1


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\x00", "'; --"])
def test_what_was_never_given_out_opens_nothing(clinic, token):
    """A guess is no session."""
    with pytest.raises(NotSignedIn):
        sessions.resume(clinic.installation, token)


@pytest.mark.usefixtures("nina")
def test_what_the_browser_holds_stands_nowhere(clinic):
    """Whoever reads the database cannot sign in with it."""
    token = signed_in(clinic)

    found = sessions.resume(clinic.installation, token)

    assert token.encode() not in stored(clinic)
    assert found.session.encode() in stored(clinic)


@pytest.mark.usefixtures("nina")
def test_an_idle_session_ends(clinic):
    """A screen that was left alone belongs to nobody."""
    token = signed_in(clinic)
    clinic.installation.clock.advance(timedelta(minutes=15))

    with pytest.raises(NotSignedIn):
        sessions.resume(clinic.installation, token)


@pytest.mark.usefixtures("nina")
def test_what_a_page_asks_by_itself_is_no_use(clinic):
    """The session is idle from when its person was last there (A11d-11.8)."""
    token = signed_in(clinic)
    clinic.installation.clock.advance(timedelta(minutes=14))
    sessions.resume(clinic.installation, token, is_use=False)
    clinic.installation.clock.advance(timedelta(minutes=1))

    with pytest.raises(SessionEnded, match="nobody used it for 15 minutes"):
        sessions.resume(clinic.installation, token)


def test_a_session_in_use_goes_on(clinic, nina):
    """Each use counts from anew."""
    token = signed_in(clinic)
    for _ in range(3):
        clinic.installation.clock.advance(timedelta(minutes=14))
        found = sessions.resume(clinic.installation, token)

    assert found.proven.person == nina.person


@pytest.mark.usefixtures("nina")
def test_a_session_ends_in_any_case(clinic):
    """Twelve hours are a day's work, however busy."""
    token = signed_in(clinic)
    for _ in range(12 * 60 // 14):
        clinic.installation.clock.advance(timedelta(minutes=14))
        sessions.resume(clinic.installation, token)
    clinic.installation.clock.advance(timedelta(minutes=14))

    with pytest.raises(NotSignedIn):
        sessions.resume(clinic.installation, token)


@pytest.mark.usefixtures("nina")
def test_a_closed_account_is_signed_out_at_once(clinic):
    """What the browser still holds opens nothing any more (SEC-09)."""
    token = signed_in(clinic)
    people.close_account(clinic.installation, clinic.root, "nina", why=WHY)

    with pytest.raises(SignedOut):
        sessions.resume(clinic.installation, token)


def test_a_new_password_ends_every_session(clinic, nina):
    """Whoever suspects a thief changes the password, and the thief is out."""
    token = signed_in(clinic)
    people.set_password(clinic.installation, nina, "quite another good one")

    with pytest.raises(SignedOut):
        sessions.resume(clinic.installation, token)
    assert person_file(clinic.installation, "nina").sessions == ()


@pytest.mark.usefixtures("nina")
def test_a_role_that_is_taken_away_is_gone_at_the_next_look(clinic):
    """Permissions are read at each request (SEC-09)."""
    token = signed_in(clinic)
    people.grant_role(
        clinic.installation,
        clinic.root,
        "nina",
        "apheresis_nurse",
        "north-apheresis",
        holds=False,
        why=WHY,
    )

    assert not sessions.resume(clinic.installation, token).person.roles


# -- one person, one workstation (DI-01) -----------------------------------------------------------


def test_whoever_signs_in_elsewhere_is_out_where_they_were(clinic, nina):
    """The first session ends at once and says why; the second is not touched by that."""
    first, second = signed_in(clinic), signed_in(clinic)

    with pytest.raises(SignedInElsewhere, match="you signed in at another workstation"):
        sessions.resume(clinic.installation, first)
    assert sessions.resume(clinic.installation, second).proven.person == nina.person
    assert len(person_file(clinic.installation, "nina").sessions) == 1


def test_the_other_name_of_a_person_is_the_same_person(clinic, nina):
    """A second account is no second workstation."""
    accounts.add_account(clinic.installation, clinic.root, "nina", "nina.two")
    first = signed_in(clinic)
    second = signed_in(clinic, "nina.two")

    with pytest.raises(SignedInElsewhere):
        sessions.resume(clinic.installation, first)
    assert sessions.resume(clinic.installation, second).proven.person == nina.person


@pytest.mark.usefixtures("nina")
def test_that_it_ended_a_session_is_on_record(clinic):
    """So that quality assurance sees a password that several people use."""
    signed_in(clinic)
    signed_in(clinic)
    happened = person_file(clinic.installation, "nina").happened

    assert told(clinic, "site:north")[-3:] == ["sign_in", "sign_in", "replace_session"]
    assert happened[0].title == "Signed in at another workstation; the session before was ended"
    assert happened[0].by == "Nina Example"


@pytest.mark.usefixtures("nina")
def test_what_had_ended_before_is_ended_by_nobody(clinic):
    """Whoever signed out or was away is not told of another workstation, and there is no entry."""
    out = signed_in(clinic)
    sessions.sign_out(clinic.installation, out)
    idle = signed_in(clinic)
    clinic.installation.clock.advance(timedelta(minutes=15))
    signed_in(clinic)

    for token in (out, idle):
        with pytest.raises(NotSignedIn) as ended:
            sessions.resume(clinic.installation, token)
        assert not isinstance(ended.value, SignedInElsewhere)
    assert "replace_session" not in told(clinic, "site:north")


def test_somebody_else_goes_on(clinic, nina):
    """Two people at two workstations, or beside each other at one screen, are two."""
    clinic.hire("mia", ("apheresis_nurse", "north-apheresis"))
    token = signed_in(clinic)
    signed_in(clinic, "mia")

    assert sessions.resume(clinic.installation, token).proven.person == nina.person


@pytest.mark.usefixtures("nina")
def test_whoever_signs_in_again_in_the_same_browser_signs_out_there(clinic):
    """It is the same workstation: nobody was elsewhere."""
    token = signed_in(clinic)
    sessions.sign_in(clinic.installation, "nina", PASSWORD, before=token)

    assert told(clinic, "site:north")[-2:] == ["sign_out", "sign_in"]


def test_a_program_that_a_person_works_with_stands_beside_the_pages(clinic, nina):
    """Neither ends the other, also after the password was changed by the program."""
    page = signed_in(clinic)
    program = sessions.sign_in_program(clinic.installation, "nina", PASSWORD)
    beside = sessions.sign_in_program(clinic.installation, "nina", PASSWORD)
    after = [sessions.resume(clinic.installation, one) for one in (page, program, beside)]
    new = "quite another good one"
    changed = sessions.change_password(clinic.installation, after[1], PASSWORD, new)
    sessions.sign_in(clinic.installation, "nina", new)

    assert {one.proven.person for one in after} == {nina.person}
    assert sessions.resume(clinic.installation, changed).proven.person == nina.person


@pytest.mark.usefixtures("nina")
def test_in_a_demonstration_everybody_is_anybody(clinic):
    """Two visitors who try the same account do not put each other out."""
    shown = replace(clinic.installation, demonstration=True)
    first = sessions.sign_in(shown, "nina", PASSWORD)
    sessions.sign_in(shown, "nina", PASSWORD)

    assert sessions.resume(shown, first)


@pytest.mark.usefixtures("nina")
def test_the_record_with_an_ended_session_is_whole(clinic):
    """The verifier knows the entry."""
    signed_in(clinic)
    signed_in(clinic)

    assert verify_record(clinic.installation).findings == ()


@pytest.mark.usefixtures("nina")
def test_a_wrong_password_is_on_record(clinic):
    """Each vain attempt is an entry, and the one that locks says so (A11d-11.7)."""
    try_in_vain(clinic, TRIES)

    assert told(clinic, "site:north")[-TRIES:] == ["refuse_sign_in"] * (TRIES - 1) + [
        "lock_account"
    ]


@pytest.mark.usefixtures("nina")
def test_a_locked_account_refuses_the_right_password_too(clinic):
    """Or else whoever guesses would learn when they are right."""
    try_in_vain(clinic, TRIES)

    with pytest.raises(Locked):
        signed_in(clinic)


def test_a_lock_runs_out(clinic, nina):
    """After a quarter of an hour the right password opens again, and a wrong one does not lock."""
    try_in_vain(clinic, TRIES)
    clinic.installation.clock.advance(LOCKED)
    try_in_vain(clinic, TRIES - 1)

    assert sessions.resume(clinic.installation, signed_in(clinic)).proven.person == nina.person


def test_the_right_password_begins_the_count_anew(clinic, nina):
    """Four mistakes yesterday and one today lock nobody out."""
    try_in_vain(clinic, TRIES - 1)
    signed_in(clinic)
    try_in_vain(clinic, TRIES - 1)

    assert sessions.resume(clinic.installation, signed_in(clinic)).proven.person == nina.person


@pytest.mark.usefixtures("nina")
def test_the_name_may_be_typed_in_capitals(clinic):
    """And capitals do not open a second count of mistakes."""
    try_in_vain(clinic, TRIES - 1)
    try_in_vain(clinic, 1, "NINA")

    with pytest.raises(Locked):
        sessions.sign_in(clinic.installation, "Nina", PASSWORD)


def test_an_unknown_name_is_answered_and_locked_like_a_known_one(clinic):
    """Nobody learns from the answer who has an account."""
    try_in_vain(clinic, TRIES, "nobody")

    with pytest.raises(Locked):
        sessions.sign_in(clinic.installation, "nobody", WRONG)


def test_what_was_typed_as_a_name_stands_nowhere(clinic):
    """People type their password where their name belongs."""
    try_in_vain(clinic, 1, "my secret password")

    assert b"refuse_sign_in" in stored(clinic)
    assert b"my secret password" not in stored(clinic)
