"""Second factors: enrolled, shown beside each password, used once, lost and ended."""

import hmac
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, update

from coi.clock import SteppedClock
from coi.errors import (
    DataRefused,
    OutsideWithoutFactor,
    WrongPassword,
)
from coi.services import enrolling, people, sessions
from coi.services import factors as factors_kept
from coi.services.factors import CodeNeeded, Typed, WrongCode
from coi.services.grants import Wanted, give
from coi.services.person_file import person_file
from coi.services.proofs import FactorFirst, NotAllowed, Proven
from coi.services.tries import TRIES, Locked, prove
from coi.services.vault import VaultClosed
from coi.services.verifying import verify_record
from coi.store import factors, tables
from tests.coi.clinic import NOW, PASSWORD

HALF_MINUTE = timedelta(seconds=30)
WIDE = "".join(chr(0xFF10 + n) for n in range(6))  # digits that are not those of ASCII
LOST = "telephone lost on the way home"


@pytest.fixture
def nina(clinic) -> Proven:
    """Somebody who works at one unit, and signs."""
    return clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))


@pytest.fixture
def vera(clinic) -> Proven:
    """Somebody of quality assurance, who checks identities too."""
    return clinic.hire("vera", ("qa_reviewer", "works-production"))


def code_of(installation, secret, steps=0):
    """What the app shows now, or some half minutes from now."""
    return pyotp.TOTP(secret).at(installation.clock.now() + steps * HALF_MINUTE)


def resumed(installation, username="nina", secret=PASSWORD):
    """Somebody who has just signed in."""
    return sessions.resume(installation, sessions.sign_in(installation, username, secret))


@pytest.fixture
def app(clinic, nina):
    """The secret of the app that Nina has enrolled, a minute ago."""
    assert nina.username == "nina"
    secret = enrol(clinic.installation)
    clinic.installation.clock.advance(timedelta(minutes=1))
    return secret


def enrol(installation, username="nina", secret=PASSWORD):
    """Enrol an app; returns what it shares with the product."""
    signed_in = resumed(installation, username, secret)
    offer = enrolling.offer_app(installation, signed_in)
    first = code_of(installation, offer.secret)
    enrolling.enrol_app(installation, signed_in, secret, offer.sealed, first)
    return offer.secret


def test_whoever_has_one_shows_it_at_the_door(clinic, app, nina):
    """The password alone is not enough, and is told apart from a wrong one (SEC-11)."""
    installation = clinic.installation

    with pytest.raises(CodeNeeded):
        sessions.sign_in(installation, "nina", PASSWORD)
    entered = resumed(installation, secret=Typed(PASSWORD, code_of(installation, app)))
    assert entered.proven.person == nina.person
    assert entered.has_factor


@pytest.mark.usefixtures("app")
def test_a_code_without_the_password_says_nothing(clinic):
    """Whoever has the telephone alone learns not even that there is a factor."""
    with pytest.raises(WrongPassword) as refusal:
        sessions.sign_in(clinic.installation, "nina", Typed("a wrong one entirely", "123456"))

    assert refusal.value.code == "WRONG_PASSWORD"


def test_whoever_has_one_shows_it_below_each_signature(clinic, app, nina):
    """As at the door: the session proves nothing, the password alone neither (P11-200a1)."""
    installation = clinic.installation

    with pytest.raises(CodeNeeded):
        prove(installation, "nina", PASSWORD)
    with pytest.raises(CodeNeeded):
        prove(installation, "nina", PASSWORD, clinic.carla)
    code = code_of(installation, app)
    assert prove(installation, "nina", Typed(PASSWORD, code)).person == nina.person


def test_a_program_gives_the_code_for_each_grant(clinic, app):
    """A grant is a signature (P11-200a1)."""
    installation, wanted = clinic.installation, Wanted("I release", "0" * 64)
    code = code_of(installation, app)
    token = sessions.sign_in_program(installation, "nina", Typed(PASSWORD, code))
    signed_in = sessions.resume(installation, token)

    with pytest.raises(CodeNeeded):
        give(installation, signed_in, PASSWORD, wanted)
    with pytest.raises(WrongCode):
        give(installation, signed_in, Typed(PASSWORD, code), wanted)
    installation.clock.advance(HALF_MINUTE)
    assert give(installation, signed_in, Typed(PASSWORD, code_of(installation, app)), wanted)


def test_a_code_is_good_once(clinic, app):
    """At the door and for signing alike, also an older one that nobody used (SEC-12)."""
    installation = clinic.installation
    before, now = code_of(installation, app, -1), code_of(installation, app)
    sessions.sign_in(installation, "nina", Typed(PASSWORD, now))

    for used in (now, before):
        with pytest.raises(WrongCode):
            prove(installation, "nina", Typed(PASSWORD, used))


def test_of_one_code_that_comes_twice_at_once_one_is_taken(clinic, app):
    """By the row of the factor, and not by who looked first."""
    installation = clinic.installation
    typed = Typed(PASSWORD, code_of(installation, app))

    def answered(_n):
        try:
            return bool(prove(installation, "nina", typed))
        except WrongCode:
            return False

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(answered, range(4))) == 1


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
def test_the_servers_clock_decides_and_one_half_minute_is_forgiven(clinic, app, steps):
    """Before and after; no more (SEC-12)."""
    typed = Typed(PASSWORD, code_of(clinic.installation, app, steps))

    if abs(steps) > 1:
        with pytest.raises(WrongCode):
            prove(clinic.installation, "nina", typed)
    else:
        assert prove(clinic.installation, "nina", typed)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", WIDE, "\0" * 6, "{", "x" * 9_000])
def test_what_is_no_code_is_a_wrong_one(clinic, code):
    """Whatever somebody types."""
    with pytest.raises(WrongCode):
        prove(clinic.installation, "nina", Typed(PASSWORD, code))


@pytest.mark.usefixtures("app")
def test_wrong_codes_lock_as_wrong_passwords_do(clinic):
    """Five in a row, and the right one opens nothing either; each is on record (SEC-12)."""
    installation = clinic.installation
    for _ in range(TRIES):
        with pytest.raises(WrongCode):
            sessions.sign_in(installation, "nina", Typed(PASSWORD, "000000"))

    with pytest.raises(Locked):
        sessions.sign_in(installation, "nina", Typed(PASSWORD, "000000"))
    happened = [one.title for one in person_file(installation, "nina").happened]
    assert happened[:2] == [
        "Wrong password or code; the account was locked",
        "Wrong password or code",
    ]


@pytest.mark.usefixtures("app")
def test_a_password_without_its_code_forgets_no_wrong_code(clinic):
    """Whoever knows the password does not guess for ever between two codes (SEC-12)."""
    installation = clinic.installation
    for _ in range(TRIES):
        with pytest.raises(CodeNeeded):
            sessions.sign_in(installation, "nina", PASSWORD)
        with pytest.raises(WrongCode):
            sessions.sign_in(installation, "nina", Typed(PASSWORD, "000000"))

    with pytest.raises(Locked):
        sessions.sign_in(installation, "nina", PASSWORD)


def test_a_code_is_used_up_as_that_of_its_own_half_minute(clinic):
    """One that came early is not good a second time when its half minute has come."""
    still = replace(clinic.installation, clock=SteppedClock(NOW, timedelta()))
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    now = int(NOW.timestamp()) // factors_kept.STEP_SECONDS

    found = [
        factors_kept.step_of(still, secret, code_of(still, secret, steps))
        for steps in (-2, -1, 0, 1, 2)
    ]

    assert found == [None, now - 1, now, now + 1, None]


def test_a_code_may_be_typed_with_blanks(clinic, app, nina):
    """As the app shows it, in two groups."""
    code = code_of(clinic.installation, app)

    typed = Typed(PASSWORD, f" {code[:3]} {code[3:]}")

    assert prove(clinic.installation, "nina", typed).person == nina.person


def test_a_factor_is_sealed_with_a_key_of_its_own_and_for_its_place(clinic):
    """What an earlier version has sealed opens; in another place nothing does."""
    vault = clinic.installation.vault
    key = AESGCM(hmac.digest(vault.opening, b"factor", "sha256"))
    before = (b"n" * 12 + key.encrypt(b"n" * 12, b"secret", b"factor:f:p")).hex()
    assert factors_kept.unseal_at(vault, "factor:f:p", before) == "secret"

    sealed = factors_kept.seal_factor(vault, "factor:f:p", "secret")

    assert factors_kept.unseal_at(vault, "factor:f:p", sealed) == "secret"
    for place, text in (("factor:f:q", sealed), ("factor:f:p", "xx"), ("factor:f:p", before[:-2])):
        with pytest.raises(VaultClosed):
            factors_kept.unseal_at(vault, place, text)


def test_another_persons_code_opens_nothing(clinic, app):
    """Each has a secret of their own."""
    clinic.hire("mia", ("manufacturing_technician", "works-production"))
    other = enrol(clinic.installation, "mia")

    assert other != app
    with pytest.raises(WrongCode):
        prove(clinic.installation, "nina", Typed(PASSWORD, code_of(clinic.installation, other)))


# -- what stands apart is what the record names ---------------------------------------------------


def test_a_factor_that_was_deleted_by_hand_opens_nothing(clinic, app):
    """The record says that there is one: the password alone is not enough again."""
    code = code_of(clinic.installation, app)
    clinic.installation.transact(lambda tx: tx.execute(delete(tables.factor)))

    with pytest.raises(CodeNeeded):
        prove(clinic.installation, "nina", PASSWORD)
    with pytest.raises(WrongCode):
        prove(clinic.installation, "nina", Typed(PASSWORD, code))


def test_a_factor_that_was_exchanged_by_hand_opens_nothing(clinic, app, nina):
    """What is sealed is hashed in the record: another's in its place, or an own one beside it."""
    clinic.hire("mia", ("manufacturing_technician", "works-production"))
    other = enrol(clinic.installation, "mia")
    clinic.installation.clock.advance(timedelta(minutes=1))
    mine = tables.factor.c.person != nina.person

    def exchange(tx):
        tx.execute(delete(tables.factor).where(tables.factor.c.person == nina.person))
        tx.execute(update(tables.factor).where(mine).values(person=nina.person))

    clinic.installation.transact(exchange)

    for secret in (app, other):
        typed = Typed(PASSWORD, code_of(clinic.installation, secret))
        with pytest.raises(WrongCode):
            prove(clinic.installation, "nina", typed)


def test_the_secret_stands_nowhere_in_clear(clinic, app, nina):
    """Neither in the table apart nor in the record."""
    rows = clinic.installation.read(lambda tx: factors.factors_of(tx, nina.person))

    assert len(rows) == 1
    assert app not in rows[0].sealed
    assert verify_record(clinic.installation).findings == ()


# -- enrolling ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nina")
def test_it_takes_the_password_and_a_code_of_the_new_app(clinic):
    """A session alone enrols nothing, and no app that does not show the right code."""
    installation = clinic.installation
    signed_in = resumed(installation)
    offer = enrolling.offer_app(installation, signed_in)
    first = code_of(installation, offer.secret)

    with pytest.raises(WrongPassword):
        enrolling.enrol_app(installation, signed_in, "a wrong one entirely", offer.sealed, first)
    with pytest.raises(DataRefused, match="first code"):
        enrolling.enrol_app(installation, signed_in, PASSWORD, offer.sealed, "000000")
    assert person_file(installation, "nina").factors == ()


def test_a_second_one_takes_the_first(clinic, app):
    """Whoever took the password enrols nothing beside it."""
    installation = clinic.installation
    signed_in = resumed(installation, secret=Typed(PASSWORD, code_of(installation, app)))
    installation.clock.advance(HALF_MINUTE)
    offer = enrolling.offer_app(installation, signed_in)
    first = code_of(installation, offer.secret)

    with pytest.raises(CodeNeeded):
        enrolling.enrol_app(installation, signed_in, PASSWORD, offer.sealed, first)
    typed = Typed(PASSWORD, code_of(installation, app))
    enrolling.enrol_app(installation, signed_in, typed, offer.sealed, first)
    assert len(person_file(installation, "nina").factors) == 2


@pytest.mark.usefixtures("nina")
def test_what_was_offered_to_somebody_else_is_enrolled_by_nobody(clinic):
    """Nobody enrols a telephone of theirs in somebody's session by a form that they prepared."""
    clinic.hire("mia", ("manufacturing_technician", "works-production"))
    installation = clinic.installation
    offer = enrolling.offer_app(installation, resumed(installation, "mia"))
    first = code_of(installation, offer.secret)

    with pytest.raises(DataRefused, match="offered to somebody else"):
        enrolling.enrol_app(installation, resumed(installation), PASSWORD, offer.sealed, first)


@pytest.mark.usefixtures("nina")
def test_sessions_that_showed_none_end(clinic):
    """Of this person; the one in which it was enrolled goes on."""
    installation = clinic.installation
    program = sessions.sign_in_program(installation, "nina", PASSWORD)
    enrol(installation)

    assert len(person_file(installation, "nina").sessions) == 1
    with pytest.raises(Exception, match="not signed in"):
        sessions.resume(installation, program)


def test_one_gives_ones_own_up_with_it(clinic, app):
    """It takes the password and the factor; another one can be enrolled after that."""
    installation = clinic.installation
    signed_in = resumed(installation, secret=Typed(PASSWORD, code_of(installation, app)))
    (one,) = person_file(installation, "nina").factors
    with pytest.raises(CodeNeeded):
        enrolling.give_up(installation, signed_in, PASSWORD, one.id)
    installation.clock.advance(HALF_MINUTE)

    typed = Typed(PASSWORD, code_of(installation, app))
    enrolling.give_up(installation, signed_in, typed, one.id)

    assert person_file(installation, "nina").factors == ()
    assert prove(installation, "nina", PASSWORD)
    assert enrol(installation)


# -- lost (P11-300c) ------------------------------------------------------------------------------


def test_an_administrator_ends_a_lost_one(clinic, app):
    """Signed, with the reason; every session ends, and it is on the person's page."""
    installation = clinic.installation
    token = sessions.sign_in(installation, "nina", Typed(PASSWORD, code_of(installation, app)))

    enrolling.end_factors(installation, clinic.root, "nina", LOST)

    with pytest.raises(Exception, match="not signed in"):
        sessions.resume(installation, token)
    file = person_file(installation, "nina")
    assert (file.factors, file.person.proofed) == ((), False)
    assert file.happened[0].title == "Second factor ended by hand"
    assert LOST in file.happened[0].detail
    assert verify_record(installation).findings == ()


@pytest.mark.usefixtures("app", "vera")
def test_nobody_else_ends_one_and_nobody_their_own(clinic):
    """And never without a reason."""
    installation = clinic.installation
    qa = prove(installation, "vera", PASSWORD)

    with pytest.raises(NotAllowed):
        enrolling.end_factors(installation, qa, "nina", LOST)
    for username, why in (("root", LOST), ("nina", ""), ("vera", LOST)):
        with pytest.raises(DataRefused):
            enrolling.end_factors(installation, clinic.root, username, why)
    assert person_file(installation, "nina").factors


@pytest.mark.usefixtures("app", "vera")
def test_after_that_somebody_else_checks_the_identity_before_another(clinic):
    """So it takes two to take over an account (P11-200a3)."""
    installation = clinic.installation
    enrolling.end_factors(installation, clinic.root, "nina", LOST)

    with pytest.raises(DataRefused, match="checks the identity anew"):
        enrol(installation)
    with pytest.raises(DataRefused, match="who ended"):
        people.record_proofing(installation, clinic.root, "nina", "passport")
    people.record_proofing(installation, prove(installation, "vera", PASSWORD), "nina", "passport")
    assert enrol(installation)


# -- the policy: role, network, factor (SEC-11, A11d-11.6) ----------------------------------------


INSIDE, OUTSIDE = "10.1.2.3", "192.0.2.9"


def ruled(clinic, **more):
    """The same installation under a policy."""
    settings = replace(clinic.installation.settings, **more)
    return replace(clinic.installation, settings=settings)


@pytest.mark.parametrize("has", [False, True], ids=["none", "has one"])
@pytest.mark.parametrize("role_needs", [False, True], ids=["role does not", "role needs"])
@pytest.mark.parametrize("came_from", [INSIDE, OUTSIDE, "", "::ffff:10.1.2.3", None])
def test_the_policy_says_who_is_let_in_and_who_signs(clinic, nina, has, role_needs, came_from):
    """Role by network by factor, each of them."""
    secret = enrol(clinic.installation) if has else None
    clinic.installation.clock.advance(timedelta(minutes=1))
    roles = ("apheresis_nurse",) if role_needs else ("administrator", "qa_reviewer")
    installation = ruled(clinic, factor_roles=roles, factor_inside=("10.1.0.0/16", "fd00::/8"))
    is_outside = came_from in {OUTSIDE, ""}

    def typed():
        installation.clock.advance(HALF_MINUTE)
        return Typed(PASSWORD, code_of(installation, secret)) if has else PASSWORD

    def enter():
        token = sessions.sign_in(installation, "nina", typed(), came_from=came_from)
        return sessions.resume(installation, token, came_from=came_from)

    if is_outside and not has:
        with pytest.raises(OutsideWithoutFactor):
            enter()
        assert person_file(installation, "nina").happened[0].title.startswith("Turned away")
    else:
        assert enter().factor_first == (role_needs and not has)
    if role_needs and not has:
        with pytest.raises(FactorFirst):
            prove(installation, "nina", typed())
    else:
        assert prove(installation, "nina", typed()).person == nina.person


def test_a_session_that_began_inside_is_not_gone_on_with_outside(clinic, nina):
    """Without a factor: whoever takes the laptop home is asked for one."""
    installation = ruled(clinic, factor_inside=("10.1.0.0/16",))
    token = sessions.sign_in(installation, "nina", PASSWORD, came_from=INSIDE)

    with pytest.raises(OutsideWithoutFactor):
        sessions.resume(installation, token, came_from=OUTSIDE)
    assert sessions.resume(installation, token, came_from=INSIDE).proven.person == nina.person


def test_in_a_demonstration_there_is_no_policy(clinic, nina):
    """It is everybody's, and holds nothing of anybody."""
    shown = replace(
        ruled(clinic, factor_roles=("apheresis_nurse",), factor_inside=("10.1.0.0/16",)),
        demonstration=True,
    )
    token = sessions.sign_in(shown, "nina", PASSWORD, came_from=OUTSIDE)

    assert not sessions.resume(shown, token, came_from=OUTSIDE).factor_first
    assert prove(shown, "nina", PASSWORD).person == nina.person
