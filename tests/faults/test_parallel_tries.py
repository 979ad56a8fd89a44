"""Passwords that come at once: no more are answered than if they had come one by one (SEC-44)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event

import pytest
from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError

from coi.clock import rfc3339
from coi.demo.cast import PASSWORD
from coi.errors import CoiError
from coi.ledger.content import Attestation, SignedBy
from coi.services import passwords, sessions, tries
from coi.services.decoding import content_of_text
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.passwords import Turnstile
from coi.services.person_file import person_file
from coi.services.proofs import person_of
from coi.services.sessions import TRIES
from coi.store.entries import entries_of
from coi.store.registers import person_chain

AT_ONCE = 12
FEW = 4  # as many writers as one chain lets through without a word
SECONDS = 60
WRONG = "not the password at all"


class MeetingHasher(PasswordHasher):
    """Looks at no password before all have come past the first look at the count."""

    meet = staticmethod(lambda _password: None)

    def verify(self, hash, password):  # noqa: A002 - the name is the library's
        """Wait, then look."""
        self.meet(password)
        return super().verify(hash, password)


@pytest.fixture
def meeting(clinic, monkeypatch):
    """An installation in which everybody can be made to wait for each other."""
    for module, name in ((passwords, "_HASHING"), (tries, "AT_THE_DOOR")):
        monkeypatch.setattr(module, name, Turnstile(AT_ONCE, 0, SECONDS))
    return replace(clinic.installation, hasher=MeetingHasher(1, 8, 1))


def answer_to(installation, password):
    """What somebody who signs in as Omar is told."""
    try:
        return bool(sessions.sign_in(installation, "omar", password))
    except CoiError as error:
        return error.code


def told(installation):
    """How often each action stands in Omar's chain."""
    person = installation.read(lambda tx: person_of(tx, "omar")).person.id
    chain = installation.read(lambda tx: person_chain(tx, person))
    found = installation.read(lambda tx: list(entries_of(tx, chain)))
    return Counter(content_of_text(text)["action"] for _hash, text, _signed in found)


def test_five_wrong_passwords_are_answered_however_many_come_at_once(meeting):
    """All were let past the first look; the second one answers five and locks."""
    all_are_here = Barrier(AT_ONCE)
    meeting.hasher.meet = lambda _password: all_are_here.wait(SECONDS)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = Counter(crowd.map(lambda _: answer_to(meeting, WRONG), range(AT_ONCE)))

    assert answers == {"WRONG_PASSWORD": TRIES, "LOCKED": AT_ONCE - TRIES}
    assert told(meeting)["refuse_sign_in"] == TRIES - 1
    assert told(meeting)["lock_account"] == 1


def test_the_right_password_among_many_wrong_ones_tells_nobody_that_it_is_right(meeting):
    """It was looked at before the lock, and is answered after it."""
    begun, locked = Event(), Event()

    def wait_for_lock(password):
        if password == PASSWORD.encode():
            begun.set()
            locked.wait(SECONDS)

    meeting.hasher.meet = wait_for_lock
    with ThreadPoolExecutor(1) as other:
        right = other.submit(answer_to, meeting, PASSWORD)
        begun.wait(SECONDS)
        wrong = [answer_to(meeting, WRONG) for _ in range(TRIES)]
        locked.set()

    assert wrong == ["WRONG_PASSWORD"] * TRIES
    assert right.result() == "LOCKED"


def test_one_person_does_not_sign_one_entry_twice(clinic):
    """Whatever the accounts and printed names: the tables count persons (11.10)."""
    installation = clinic.installation
    omar = installation.read(lambda tx: person_of(tx, "omar")).person.id
    now = installation.clock.now()
    signed = [SignedBy(omar, "courier", name, "seen", rfc3339(now)) for name in ("a", "b")]
    registered = Registered((Attestation("policy", omar),), signatures=tuple(signed))
    occasion = Occasion(omar, "-", now)

    with pytest.raises(IntegrityError, match="uq_signature_person"):
        installation.transact(lambda tx: write_site_entry(tx, "seen", occasion, registered))


def test_of_several_who_sign_in_as_one_person_at_once_one_stays(meeting):
    """Whoever comes last finds all others: no two sessions go on side by side (DI-01)."""
    all_are_here = Barrier(FEW)
    meeting.hasher.meet = lambda _password: all_are_here.wait(SECONDS)

    with ThreadPoolExecutor(FEW) as crowd:
        every = [*crowd.map(lambda _: answer_to(meeting, PASSWORD), range(FEW))]

    assert every == [True] * FEW
    assert len(person_file(meeting, "omar").sessions) == 1
    assert told(meeting)["replace_session"] == FEW - 1
