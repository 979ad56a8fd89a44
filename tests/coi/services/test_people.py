"""People: accounts that are never given twice, rights that act at once, duties that stay apart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from coi.errors import DataRefused, Unknown, WrongPassword
from coi.services import people, proofs
from coi.services.people import NewPerson
from coi.services.proofs import NotAllowed, person_of
from tests.coi.clinic import NOW, PASSWORD


def known(clinic, username):
    """What holds of a person now."""
    return clinic.installation.read(lambda tx: person_of(tx, username)).person


# -- accounts --------------------------------------------------------------------------------------


def test_a_person_proves_who_they_are_by_name_and_password(clinic):
    """The right password of the account gives the person behind it, however the name is cased."""
    nina = clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))

    proven = proofs.authenticate(clinic.installation, "NINA", PASSWORD)

    assert proven == nina


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("carla", "not the password"),
        ("nobody", PASSWORD),
        ("carla", ""),
        ("", ""),
        ("carla\x00", PASSWORD),
        ("\ud800", PASSWORD),
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(clinic, username, password):
    """Nobody learns from the answer which accounts exist."""
    with pytest.raises(WrongPassword) as refusal:
        proofs.authenticate(clinic.installation, username, password)

    assert str(refusal.value) == str(WrongPassword())


class CountingHasher(PasswordHasher):
    """Counts how often it spends its time."""

    spent = 0

    def hash(self, password, *, salt=None):
        """Hash, and count."""
        self.spent += 1
        return super().hash(password, salt=salt)

    def verify(self, hash, password):  # noqa: A002 - the name is the library's
        """Verify, and count."""
        self.spent += 1
        return super().verify(hash, password)


@pytest.mark.parametrize("username", ["carla", "nobody", "carla\x00", ""])
def test_a_wrong_name_takes_as_long_as_a_wrong_password(clinic, username):
    """Nobody learns from the time of the answer which accounts exist."""
    counting = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)

    with pytest.raises(WrongPassword):
        proofs.authenticate(replace(clinic.installation, hasher=counting), username, "wrong")

    assert counting.spent == 1


@pytest.mark.parametrize("password", ["\ud800", "\x00", "x" * 1_000_000], ids=ascii)
def test_a_hostile_password_is_a_wrong_one(clinic, password):
    """Half a character, or a megabyte, is answered as any other wrong password."""
    with pytest.raises(WrongPassword):
        proofs.authenticate(clinic.installation, "carla", password)


@pytest.mark.parametrize("username", ["carla", "Carla", "CARLA"])
def test_a_user_name_is_never_given_twice(clinic, username):
    """A retired or differently cased name is still somebody's (P11-100a, P11-300a)."""
    new = NewPerson(username, "Another Carla", PASSWORD, "north-ward")

    with pytest.raises(DataRefused) as refusal:
        people.register_person(clinic.installation, clinic.root, new)

    assert "was given before" in str(refusal.value)


def test_a_name_that_looks_like_another_is_refused(clinic):
    """A Cyrillic letter does not make another jsmith (P11-300a)."""
    new = NewPerson("j\u0455mith", "J. Smith", PASSWORD, "north-ward")

    with pytest.raises(DataRefused):
        people.register_person(clinic.installation, clinic.root, new)


@pytest.mark.parametrize("name", ["", " Nina", "Nina\x00", "Nina \u202eeldeeN", "N" * 1000])
def test_a_printed_name_can_be_read(clinic, name):
    """It stands beside signatures: nothing in it is invisible, or turns what follows around."""
    new = NewPerson("nina", name, PASSWORD, "north-ward")

    with pytest.raises(DataRefused):
        people.register_person(clinic.installation, clinic.root, new)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "shorter than 15"),
        ("a" * 300, "longer than 256"),
        ("passwordpassword", "tried first"),
        ("abababababababab", "tried first"),
        ("nina is the best one", "contains the user name"),
        ("half a character \ud800", "half a character"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(clinic, password, reason):
    """Length, common ones and the own name are looked at; nothing else is demanded (SEC-10)."""
    new = NewPerson("nina", "Nina Needle", password, "north-ward")

    with pytest.raises(DataRefused) as refusal:
        people.register_person(clinic.installation, clinic.root, new)

    assert reason in str(refusal.value)


def test_a_changed_password_replaces_the_old_one(clinic):
    """The new password proves the person, the old one does not."""
    people.set_password(clinic.installation, clinic.carla, "another good password")

    proofs.authenticate(clinic.installation, "carla", "another good password")

    with pytest.raises(WrongPassword):
        proofs.authenticate(clinic.installation, "carla", PASSWORD)


def test_a_closed_account_is_inactive_and_stays_on_record(clinic):
    """Closing takes the activity, not the account."""
    people.close_account(clinic.installation, clinic.root, "carla")

    assert not known(clinic, "carla").active


# -- rights ----------------------------------------------------------------------------------------


def test_only_an_administrator_opens_accounts(clinic):
    """A coordinator cannot make colleagues."""
    new = NewPerson("nina", "Nina Needle", PASSWORD, "north-ward")

    with pytest.raises(NotAllowed):
        people.register_person(clinic.installation, clinic.carla, new)


def test_a_role_acts_at_once_and_ends_at_once(clinic):
    """What was granted holds at the next look; what was taken away does not (SEC-09)."""
    clinic.hire("nina")
    people.grant_role(
        clinic.installation, clinic.root, "nina", "apheresis_nurse", "north-apheresis"
    )
    granted = known(clinic, "nina").roles

    people.grant_role(
        clinic.installation,
        clinic.root,
        "nina",
        "apheresis_nurse",
        "north-apheresis",
        holds=False,
    )

    assert granted == {("apheresis_nurse", "north-apheresis")}
    assert known(clinic, "nina").roles == set()


def test_an_administrator_has_no_role_in_the_record(clinic):
    """Administering accounts and acting in the record stay apart (A11d-11.10)."""
    clinic.hire("adam", ("administrator", "-"))

    with pytest.raises(DataRefused) as refusal:
        people.grant_role(
            clinic.installation, clinic.root, "adam", "qualified_person", "works-production"
        )

    assert "no role in the record" in str(refusal.value)


def test_who_acts_in_the_record_does_not_become_administrator(clinic):
    """The other way round is refused too (A11d-11.10)."""
    with pytest.raises(DataRefused):
        people.grant_role(clinic.installation, clinic.root, "carla", "administrator", "-")


def test_nobody_gives_a_role_to_themselves(clinic):
    """An administrator needs another one."""
    with pytest.raises(DataRefused) as refusal:
        people.grant_role(clinic.installation, clinic.root, "root", "auditor", "-")

    assert "to themselves" in str(refusal.value)


def test_a_role_at_an_unknown_unit_is_refused(clinic):
    """A slip of the keyboard gives nobody a right."""
    with pytest.raises(Unknown):
        people.grant_role(clinic.installation, clinic.root, "carla", "courier", "nowhere")


@pytest.mark.parametrize("role", ["Courier", "qa", "", "courier\x00"])
def test_a_role_that_nobody_knows_is_refused(clinic, role):
    """Neither granted nor trained for."""
    with pytest.raises(DataRefused):
        people.grant_role(clinic.installation, clinic.root, "carla", role, "north-ward")
    with pytest.raises(DataRefused):
        people.record_training(clinic.installation, clinic.root, "carla", role, NOW)


def test_training_is_signed_and_ends(clinic):
    """A training record carries the signature of who recorded it, and a last day."""
    until = NOW + timedelta(days=30)

    people.record_training(clinic.installation, clinic.root, "carla", "coordinator", until)

    assert known(clinic, "carla").trained_until["coordinator"] == until


def test_a_new_person_cannot_sign(clinic):
    """Before the identity check and the signature statement, nobody signs (P11-100b, P11-10j)."""
    new = NewPerson("nina", "Nina Needle", PASSWORD, "north-ward")

    people.register_person(clinic.installation, clinic.root, new)

    person = known(clinic, "nina")
    assert (person.proofed, person.accepted_policy) == (False, False)


def test_what_somebody_else_attests_in_another_chain_does_not_count(clinic):
    """Only the person's own chain speaks about them."""
    nina = clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))

    person = known(clinic, "nina")

    assert person == replace(person, id=nina.person, proofed=True, accepted_policy=True)
