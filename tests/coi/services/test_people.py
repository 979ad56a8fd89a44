"""People: accounts that are never given twice, rights that act at once, duties that stay apart."""

from dataclasses import replace
from datetime import timedelta
from time import process_time

import pytest
from argon2 import PasswordHasher

from coi.errors import DataRefused, Unknown, WrongPassword
from coi.ledger.content import Attestation
from coi.services import people, proofs
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.people import NewPerson, site_chain
from coi.services.proofs import CannotSign, NotAllowed, person_of
from coi.store.entries import entries_of
from coi.store.facts import head
from coi.store.people import person, printed_names, usernames_of
from tests.cast import WHY
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
        ("administrator123", "tried first"),
        ("qwertyuiopasdfgh", "tried first"),
        ("Summer2026Summer2026", "tried first"),
        ("correct horse battery staple", "tried first"),
        ("northhospital2026", "tried first"),
        ("Nina Needle 2026", "tried first"),
        ("chainofidentity1", "tried first"),
        ("nina is the best one", "contains the user name"),
        ("half a character \ud800", "half a character"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(clinic, password, reason):
    """Length, how soon it is guessed, and the own name; nothing else is demanded (SEC-10)."""
    new = NewPerson("nina", "Nina Needle", password, "north-ward")

    with pytest.raises(DataRefused) as refusal:
        people.register_person(clinic.installation, clinic.root, new)

    assert reason in str(refusal.value)


LONG = "".join(chr(33 + n * n % 89) for n in range(256))


LONG = "".join(chr(33 + n * n % 89) for n in range(256))


@pytest.mark.parametrize(
    "password",
    ["seven lamps on a quay", "zwölf blaue Regenschirme", LONG, "☂ over 12 quays and a lamp"],
)
def test_a_password_of_any_letters_is_taken_and_rated_soon(clinic, password):
    """Blanks, umlauts and pictures, up to the longest; no kind of character must be in it."""
    began = process_time()
    people.register_person(
        clinic.installation, clinic.root, NewPerson("nina", "Nina Needle", password, "north-ward")
    )

    assert process_time() - began < 1
    assert proofs.authenticate(clinic.installation, "nina", password).username == "nina"


def test_a_changed_password_replaces_the_old_one(clinic):
    """The new password proves the person, the old one does not."""
    people.set_password(clinic.installation, clinic.carla, "another good password")

    proofs.authenticate(clinic.installation, "carla", "another good password")

    with pytest.raises(WrongPassword):
        proofs.authenticate(clinic.installation, "carla", PASSWORD)


def test_a_closed_account_is_inactive_and_stays_on_record(clinic):
    """Closing takes the activity, not the account."""
    people.close_account(clinic.installation, clinic.root, "carla", why=WHY)

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
        why=WHY,
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
    people.grant_role(clinic.installation, clinic.root, "nina", "qa_reviewer", "north-ward")
    nina = proofs.authenticate(clinic.installation, "nina", PASSWORD)
    with pytest.raises(CannotSign) as refusal:
        people.record_proofing(clinic.installation, nina, "carla", "passport")
    lacking = " ".join(problem.reason for problem in refusal.value.problems)
    assert "has no identity check on record" in lacking
    assert "has not accepted the signature statement" in lacking


def test_what_somebody_else_attests_in_another_chain_does_not_count(clinic):
    """Only the chain of their home speaks about a person: no other site makes them a physician."""
    nina = clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))
    before = known(clinic, "nina")
    physician = Attestation("role", nina.person, "treating_physician", "south-ward")
    occasion = Occasion(clinic.root.person, "-", clinic.installation.clock.now())

    clinic.installation.transact(
        lambda tx: write_site_entry(
            tx, "grant_role", occasion, Registered((physician,)), site_chain("south")
        )
    )

    assert known(clinic, "nina") == before


def test_a_home_that_is_not_there_is_unknown(clinic):
    """A person is entered in the chain of a site, and there is none."""
    new = NewPerson("nina", "Nina Needle", PASSWORD, "west-ward")

    with pytest.raises(Unknown):
        people.register_person(clinic.installation, clinic.root, new)

    assert clinic.installation.read(lambda tx: person(tx, "nina")) is None


def _entries(clinic, chain="site:north"):
    return clinic.installation.read(lambda tx: head(tx, chain).seq)


@pytest.mark.parametrize(
    "again",
    [
        lambda clinic: people.close_account(clinic.installation, clinic.root, "carla", why=WHY),
        lambda clinic: people.grant_role(
            clinic.installation, clinic.root, "carla", "apheresis_nurse", "north-ward"
        ),
        lambda clinic: people.record_training(
            clinic.installation, clinic.root, "carla", "coordinator", NOW + timedelta(days=9)
        ),
    ],
    ids=["close", "grant", "train"],
)
def test_what_holds_already_is_not_attested_again(clinic, again):
    """A request that is repeated after a dead line has no second effect."""
    again(clinic)
    first = _entries(clinic)

    again(clinic)

    assert _entries(clinic) == first


def test_a_policy_is_accepted_once(clinic):
    """A second click on the same page is no second statement."""
    first = _entries(clinic)

    people.accept_policy(clinic.installation, clinic.carla)

    assert _entries(clinic) == first


def test_the_user_names_of_persons_are_told(clinic):
    """Of each person that is asked for and has an account; of others nothing."""
    asked = [clinic.carla.person, "nobody we know"]

    told = clinic.installation.read(lambda tx: usernames_of(tx, asked))

    assert told == {clinic.carla.person: "carla"}


def test_no_persons_have_no_names(clinic):
    """An empty question is answered without a look at the whole table."""
    assert clinic.installation.read(lambda tx: printed_names(tx, [])) == {}


@pytest.mark.parametrize("others", [0, 19, 20, 45])
def test_a_name_is_found_among_however_many_are_asked_for(clinic, others):
    """They are asked for by the twenty; nobody falls between two of those questions."""
    asked = [*(f"{number:026}" for number in range(others)), clinic.carla.person]

    told = clinic.installation.read(lambda tx: printed_names(tx, asked))

    assert list(told) == [clinic.carla.person]


@pytest.mark.parametrize("role", ["coordinator", "auditor"])
def test_a_role_that_was_taken_back_and_given_again_holds(clinic, role):
    """Of each role at each unit the newest word counts, and nothing before it."""
    clinic.hire("nina")
    for holds in (True, False, True):
        people.grant_role(
            clinic.installation, clinic.root, "nina", role, "north-ward", holds=holds, why=WHY
        )

    assert known(clinic, "nina").roles == {(role, "north-ward")}


def test_a_role_ends_at_one_unit_and_holds_at_another(clinic):
    """Roles are of a unit: what is taken back at one says nothing about the other."""
    nina = clinic.hire(
        "nina", *(("apheresis_nurse", f"{at}-apheresis") for at in ("north", "south"))
    )

    people.grant_role(
        clinic.installation,
        clinic.root,
        "nina",
        "apheresis_nurse",
        "north-apheresis",
        holds=False,
        why=WHY,
    )

    assert known(clinic, "nina").id == nina.person
    assert known(clinic, "nina").site_roles == {("apheresis_nurse", "south")}


def test_a_letter_that_only_folds_to_another_is_nobodys(clinic):
    """The Kelvin sign is a small k once it is folded; a name with it opens nobody's account."""
    clinic.hire("kay")

    with pytest.raises(WrongPassword):
        proofs.authenticate(clinic.installation, "\u212aay", PASSWORD)


def test_whoever_checks_an_identity_signs_for_it(clinic):
    """The entry bears the checker's signature, with its meaning (21 CFR 11.100(b))."""
    people.record_proofing(clinic.installation, clinic.root, "carla", "passport")

    found = clinic.installation.read(lambda tx: list(entries_of(tx, "site:north")))
    assert people.PROOFED in found[-1][2]
