"""Passkeys: made and shown as they were asked for, here, just now, by whoever the device knows."""

import json
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from coi.errors import Crowded, DataRefused, WrongPassword
from coi.services import enrolling, factors, sessions
from coi.services.factors import CodeNeeded, Typed, WrongCode, ask_passkey
from coi.services.passkeys import (
    Party,
    Passkey,
    asked_to_enrol,
    asked_to_show,
    challenge_in,
    party_of,
    passkey_of,
)
from coi.services.person_file import person_file
from coi.services.proofs import FactorFirst
from coi.services.tries import TRIES, Locked, prove
from tests.coi.authenticator import PRESENT, VERIFIED, Authenticator
from tests.coi.clinic import PASSWORD

LATE = timedelta(minutes=2)


@pytest.fixture
def signed_in(clinic):
    """Nina, in a session of hers."""
    clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))
    token = sessions.sign_in(clinic.installation, "nina", PASSWORD)
    return sessions.resume(clinic.installation, token)


@pytest.fixture
def enrolled(clinic, signed_in):
    """Her device, whose passkey is enrolled."""
    device = Authenticator()
    asked = enrolling.ask_to_enrol(clinic.installation, signed_in)
    enrolling.enrol_passkey(clinic.installation, signed_in, PASSWORD, device.make(asked))
    return device


def shown(clinic, answer, username="nina"):
    """Who somebody is who types the password and shows this."""
    return prove(clinic.installation, username, Typed(PASSWORD, answer))


def test_it_is_shown_at_the_door_and_below_a_signature(clinic, enrolled):
    """With the password, each time anew; two within a second are two (SEC-11)."""
    installation = clinic.installation
    typed = Typed(PASSWORD, enrolled.show(ask_passkey(installation)))
    token = sessions.sign_in(installation, "nina", typed)

    assert sessions.resume(installation, token).has_factor
    for _ in range(2):
        assert shown(clinic, enrolled.show(ask_passkey(installation)))
    with pytest.raises(CodeNeeded):
        prove(installation, "nina", PASSWORD)


def test_a_key_that_does_not_count_is_taken_too(clinic, signed_in):
    """One that is kept on several devices says 0 for ever; it signs something new each time."""
    device = Authenticator(counts=False)
    asked = enrolling.ask_to_enrol(clinic.installation, signed_in)
    enrolling.enrol_passkey(clinic.installation, signed_in, PASSWORD, device.make(asked))

    for _ in range(2):
        assert shown(clinic, device.show(ask_passkey(clinic.installation)))


def test_what_was_shown_is_good_once(clinic, enrolled):
    """Whoever copied it on the way has nothing (SEC-12)."""
    answer = enrolled.show(ask_passkey(clinic.installation))
    assert shown(clinic, answer)

    with pytest.raises(WrongCode):
        shown(clinic, answer)


def test_a_copy_of_the_key_is_told_by_its_count(clinic, enrolled):
    """Who cloned it lags behind, or the owner does."""
    before = enrolled.count
    assert shown(clinic, enrolled.show(ask_passkey(clinic.installation)))
    enrolled.count = before

    with pytest.raises(WrongCode):
        shown(clinic, enrolled.show(ask_passkey(clinic.installation)))


def test_what_was_asked_is_good_for_two_minutes(clinic, enrolled):
    """Not for whoever comes back to a page of this morning."""
    asked = ask_passkey(clinic.installation)
    clinic.installation.clock.advance(LATE)

    with pytest.raises(WrongCode):
        shown(clinic, enrolled.show(asked))


@pytest.mark.parametrize(
    "told",
    [
        {"origin": "https://coi.example.org.evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"domain": "evil.example"},
        {"challenge": "bm9ib2R5IGFza2VkIGZvciB0aGlz"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
    ],
    ids=lambda told: "-".join(f"{name}={value}" for name, value in told.items()),
)
def test_what_was_not_asked_here_of_its_user_opens_nothing(clinic, enrolled, told):
    """Another site's page, another domain, nothing that was asked, or nobody was verified."""
    answer = enrolled.show(ask_passkey(clinic.installation), **told)

    with pytest.raises(WrongCode):
        shown(clinic, answer)


def test_another_key_opens_nothing(clinic, enrolled):
    """With the same name, or of another person."""
    clinic.hire("mia", ("manufacturing_technician", "works-production"))
    forged = Authenticator(identifier=enrolled.identifier)

    with pytest.raises(WrongCode):
        shown(clinic, forged.show(ask_passkey(clinic.installation)))
    # Mia has no factor: what she shows says nothing, and her password is enough.
    assert shown(clinic, enrolled.show(ask_passkey(clinic.installation)), "mia")


@pytest.mark.usefixtures("enrolled")
@pytest.mark.parametrize(
    "answer", ["{", "{}", "{" * 4_000, '{"response": []}', json.dumps({"id": "x", "response": {}})]
)
def test_what_is_no_answer_is_refused_and_counted(clinic, answer):
    """Whatever a program sends; five lock, as wrong passwords do."""
    for _ in range(TRIES):
        with pytest.raises(WrongCode):
            shown(clinic, answer)

    with pytest.raises(Locked):
        shown(clinic, answer)


def test_to_show_is_not_to_enrol(clinic, signed_in, enrolled):
    """What was asked for the one is good for nothing else."""
    to_show = ask_passkey(clinic.installation)
    to_enrol = enrolling.ask_to_enrol(clinic.installation, signed_in)
    another = Authenticator(identifier=b"another").make(ask_passkey(clinic.installation))

    with pytest.raises(WrongCode):
        shown(clinic, enrolled.show(to_enrol))
    typed = Typed(PASSWORD, enrolled.show(to_show))
    with pytest.raises(DataRefused, match="no passkey was made as it was asked"):
        enrolling.enrol_passkey(clinic.installation, signed_in, typed, another)


@pytest.mark.parametrize(
    "told", [{"origin": "https://evil.example"}, {"domain": "evil.example"}, {"flags": PRESENT}]
)
def test_a_key_that_was_made_elsewhere_is_not_enrolled(clinic, signed_in, told):
    """Or by a device that did not verify who holds it."""
    answer = Authenticator().make(enrolling.ask_to_enrol(clinic.installation, signed_in), **told)

    with pytest.raises(DataRefused, match="no passkey was made as it was asked"):
        enrolling.enrol_passkey(clinic.installation, signed_in, PASSWORD, answer)
    assert person_file(clinic.installation, "nina").factors == ()


def test_a_session_alone_enrols_none(clinic, signed_in):
    """It takes the password."""
    answer = Authenticator().make(enrolling.ask_to_enrol(clinic.installation, signed_in))

    with pytest.raises(WrongPassword):
        enrolling.enrol_passkey(clinic.installation, signed_in, "a wrong one entirely", answer)


def test_whoever_asks_by_the_thousand_fills_no_disk(clinic, monkeypatch):
    """So many wait at once; what is over is forgotten."""
    monkeypatch.setattr(factors, "MOST_ASKED", 3)
    for _ in range(3):
        ask_passkey(clinic.installation)

    with pytest.raises(Crowded):
        ask_passkey(clinic.installation)
    clinic.installation.clock.advance(LATE)
    assert ask_passkey(clinic.installation)


# -- what is asked, and what is kept ---------------------------------------------------------------

PARTY = Party("coi.example.org", "https://coi.example.org:8443")


def test_a_browser_is_asked_for_a_new_key_of_this_person_that_the_device_itself_finds():
    """Behind a finger or a PIN, and on no device that has one of theirs already."""
    who = ("p-1", "nina", "Nina O'Brien")

    asked = json.loads(asked_to_enrol(PARTY, b"challenge", who, ["b25l"]))

    assert asked["rp"] == {"name": "Chain of identity", "id": "coi.example.org"}
    assert asked["user"] == {"id": "cC0x", "name": "nina", "displayName": "Nina O'Brien"}
    assert asked["challenge"] == "Y2hhbGxlbmdl"
    assert asked["excludeCredentials"] == [{"id": "b25l", "type": "public-key"}]
    chosen = asked["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")


def test_a_browser_is_asked_to_show_any_key_of_here():
    """Behind a finger or a PIN; whose it is, the device finds."""
    asked = json.loads(asked_to_show(PARTY, b"challenge"))

    assert (asked["rpId"], asked["challenge"]) == ("coi.example.org", "Y2hhbGxlbmdl")
    assert (asked["allowCredentials"], asked["userVerification"]) == ([], "required")


def test_who_asks_is_the_address_of_the_pages():
    """A key is bound to the name alone, and shown to the whole address."""
    assert party_of("https://coi.example.org:8443/") == PARTY
    assert party_of("").id == ""


def test_what_cannot_be_read_was_asked_of_nobody():
    """It names no challenge at all."""
    assert challenge_in("{") == b""


def test_a_key_is_read_as_it_was_sealed():
    """With how often it was used, which stands beside."""
    assert passkey_of(Passkey("id", "key").text, 7) == Passkey("id", "key", 7)


def test_a_key_is_kept_with_how_often_it_was_used_before(clinic, signed_in):
    """A copy that lags behind on the first day is told by it."""
    device = Authenticator(count=7)
    asked = enrolling.ask_to_enrol(clinic.installation, signed_in)
    enrolling.enrol_passkey(clinic.installation, signed_in, PASSWORD, device.make(asked))
    device.count = 5

    with pytest.raises(WrongCode):
        shown(clinic, device.show(ask_passkey(clinic.installation)))


# -- roles that take one ---------------------------------------------------------------------------


def taking(clinic, *roles):
    """The same installation, where these roles take a passkey."""
    settings = replace(clinic.installation.settings, passkey_roles=roles)
    return replace(clinic, installation=replace(clinic.installation, settings=settings))


@pytest.fixture
def code(clinic, signed_in):
    """Gives the code that the app of Nina shows now, which she has enrolled."""
    offer = enrolling.offer_app(clinic.installation, signed_in)
    totp = pyotp.TOTP(offer.secret)
    first = totp.at(clinic.installation.clock.now())
    enrolling.enrol_app(clinic.installation, signed_in, PASSWORD, offer.sealed, first)

    def now():
        clinic.installation.clock.advance(timedelta(minutes=1))
        return totp.at(clinic.installation.clock.now())

    return now


def test_an_app_is_not_enough_for_whose_role_takes_a_passkey(clinic, code):
    """They come in to enrol one, and sign nothing before (SEC-11)."""
    strict = taking(clinic, "apheresis_nurse").installation

    token = sessions.sign_in(strict, "nina", Typed(PASSWORD, code()))

    assert sessions.resume(strict, token).factor_first
    with pytest.raises(FactorFirst):
        prove(strict, "nina", Typed(PASSWORD, code()))


def test_where_there_is_a_passkey_no_code_is_taken(clinic, signed_in, code):
    """Neither at the door nor below a signature: nobody is talked into typing one (SEC-11)."""
    device, strict = Authenticator(), taking(clinic, "apheresis_nurse").installation
    asked = enrolling.ask_to_enrol(clinic.installation, signed_in)
    typed = Typed(PASSWORD, code())
    enrolling.enrol_passkey(clinic.installation, signed_in, typed, device.make(asked))

    for enter in (sessions.sign_in, prove):
        with pytest.raises(WrongCode):
            enter(strict, "nina", Typed(PASSWORD, code()))
        assert enter(clinic.installation, "nina", Typed(PASSWORD, code()))
        assert enter(strict, "nina", Typed(PASSWORD, device.show(ask_passkey(strict))))


def test_other_roles_take_either(clinic, code):
    """The setting is of the roles that it names."""
    other = taking(clinic, "qa_reviewer").installation

    assert prove(other, "nina", Typed(PASSWORD, code()))
