"""Accounts: secrets for one use, new names, second accounts, and who may give them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from coi.errors import DataRefused, KeyReused, SignedOut, WrongPassword
from coi.services import accounts, people, proofs, sessions
from coi.services.accounts import SECRET_LASTS, issue_secret, open_account
from coi.services.directory import everybody, people_called
from coi.services.people import NewPerson
from coi.services.person_file import person_file
from coi.services.proofs import (
    CannotSign,
    JustProven,
    NotAllowed,
    OwnPasswordFirst,
    SecretExpired,
    person_of,
)
from coi.services.sessions import TRIES, Locked
from coi.services.tries import prove, unlock_account
from coi.store.facts import head
from tests.cast import WHY
from tests.coi.clinic import PASSWORD
from tests.journeys.worlds import verdict_of

OWN = "what only one person knows"
NEW = NewPerson("olga", "Olga Driver", unit="north-ward")


@pytest.fixture
def olga(clinic):
    """A new person, who holds the secret for one use."""
    return open_account(clinic.installation, clinic.root, NEW)


@pytest.fixture
def rosa(clinic):
    """A second administrator, who can sign."""
    return clinic.hire("rosa", ("administrator", "-"))


def known(clinic, username):
    """What holds of a person now."""
    return clinic.installation.read(lambda tx: person_of(tx, username))


def entries(clinic, chain="site:north"):
    """How many entries a chain has."""
    return clinic.installation.read(lambda tx: head(tx, chain).seq)


def titles(clinic, username):
    """What happened to a person, newest first."""
    return [one.title for one in person_file(clinic.installation, username).happened]


# -- the secret for one use ------------------------------------------------------------------------


def test_a_new_person_chooses_a_password_with_the_secret(clinic, olga):
    """Then the password is theirs, and the secret opens nothing."""
    token = sessions.sign_in(clinic.installation, "olga", olga)
    signed_in = sessions.resume(clinic.installation, token)

    after = sessions.change_password(clinic.installation, signed_in, olga, OWN)

    assert signed_in.one_time
    assert not sessions.resume(clinic.installation, after).one_time
    with pytest.raises(WrongPassword):
        sessions.sign_in(clinic.installation, "olga", olga)


@pytest.mark.parametrize(
    "deed",
    [
        lambda clinic, by: people.accept_policy(clinic.installation, by),
        lambda clinic, by: people.grant_role(
            clinic.installation, by, "carla", "courier", "north-ward"
        ),
        lambda clinic, by: accounts.rename(clinic.installation, by, "carla", "Carla C.", why=WHY),
    ],
    ids=["accept", "grant", "rename"],
)
def test_a_secret_for_one_use_does_nothing_else(clinic, olga, deed):
    """Somebody else has seen it (P11-200a3)."""
    by = proofs.authenticate(clinic.installation, "olga", olga)

    with pytest.raises(OwnPasswordFirst):
        deed(clinic, by)


def test_a_secret_for_one_use_signs_nothing(clinic, olga):
    """Whoever types it below a meaning is told what to do first."""
    with pytest.raises(OwnPasswordFirst) as refusal:
        prove(clinic.installation, "olga", olga)

    assert "chooses an own password first" in refusal.value.next_step


def test_a_secret_is_no_password_of_ones_own(clinic, olga):
    """Nobody keeps as a password what an administrator has seen."""
    by = proofs.authenticate(clinic.installation, "olga", olga)

    with pytest.raises(DataRefused):
        people.set_password(clinic.installation, by, olga)


def test_a_secret_that_was_not_used_in_time_opens_nothing(clinic, olga):
    """A letter that lay about for days is worth nothing; the right words say why."""
    clinic.installation.clock.advance(SECRET_LASTS)

    with pytest.raises(SecretExpired):
        sessions.sign_in(clinic.installation, "olga", olga)


def test_a_wrong_secret_is_a_wrong_password_however_late(clinic, olga):
    """Nobody learns by guessing that an account waits for its first secret."""
    clinic.installation.clock.advance(SECRET_LASTS)

    with pytest.raises(WrongPassword):
        sessions.sign_in(clinic.installation, "olga", olga[:-1])


def test_a_secret_stands_nowhere(clinic, olga):
    """Only its hash is kept."""
    file = clinic.installation.settings.database_path
    stored = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))

    assert b"olga" in stored
    assert olga.encode() not in stored


def test_two_secrets_are_never_the_same(clinic):
    """Each is drawn for itself."""
    drawn = {accounts.draw_secret(clinic.installation) for _ in range(50)}

    assert len(drawn) == 50


# -- a new secret ----------------------------------------------------------------------------------


def test_a_new_secret_ends_all_that_was_proven_before(clinic):
    """Password, sessions and locks are gone (P11-300c)."""
    token = sessions.sign_in(clinic.installation, "carla", PASSWORD)
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            sessions.sign_in(clinic.installation, "carla", "not the password")

    secret = issue_secret(clinic.installation, clinic.root, "carla", why=WHY)

    with pytest.raises((SignedOut, sessions.NotSignedIn)):
        sessions.resume(clinic.installation, token)
    assert sessions.sign_in(clinic.installation, "carla", secret)


def test_a_new_secret_alone_lets_no_administrator_sign_as_somebody(clinic):
    """Who gave it out could use it: so somebody else checks the identity anew (P11-200a3)."""
    secret = issue_secret(clinic.installation, clinic.root, "carla", why=WHY)
    by = proofs.authenticate(clinic.installation, "carla", secret)
    people.set_password(clinic.installation, by, OWN)

    with pytest.raises(DataRefused) as refusal:
        people.record_proofing(clinic.installation, clinic.root, "carla", "passport")

    assert "another one does" in str(refusal.value)
    assert not known(clinic, "carla").person.proofed


def test_another_administrator_checks_who_uses_the_new_secret(clinic, rosa):
    """Two people together let somebody sign again."""
    issue_secret(clinic.installation, clinic.root, "carla", why=WHY)

    people.record_proofing(clinic.installation, rosa, "carla", "passport")

    assert known(clinic, "carla").person.proofed


def test_quality_assurance_checks_an_identity_too(clinic):
    """Where there is one administrator, somebody else is still the second."""
    queenie = clinic.hire("queenie", ("qa_reviewer", "works-production"))
    issue_secret(clinic.installation, clinic.root, "carla", why=WHY)

    people.record_proofing(clinic.installation, queenie, "carla", "passport")

    assert known(clinic, "carla").person.proofed


def test_who_is_not_checked_anew_signs_no_training(clinic, rosa):
    """The check that was there before the secret does not count any more."""
    secret = issue_secret(clinic.installation, clinic.root, "rosa", why=WHY)
    by = proofs.authenticate(clinic.installation, "rosa", secret)
    own = people.set_password(clinic.installation, by, OWN)

    with pytest.raises(CannotSign):
        people.record_training(
            clinic.installation, own, "carla", "courier", clinic.installation.clock.now()
        )
    assert rosa.person == own.person


def test_the_same_request_gives_one_secret(clinic):
    """A form that is sent twice does not spoil the secret that was shown."""
    secret = issue_secret(clinic.installation, clinic.root, "carla", "page-1", why=WHY)

    with pytest.raises(DataRefused):
        issue_secret(clinic.installation, clinic.root, "carla", "page-1", why=WHY)

    assert sessions.sign_in(clinic.installation, "carla", secret)


@pytest.mark.parametrize("username", ["root", "carla"])
def test_nobody_gives_themselves_a_secret(clinic, username):
    """An administrator changes a password like everybody; a closed account has none."""
    people.close_account(clinic.installation, clinic.root, "carla", why=WHY)

    with pytest.raises(DataRefused):
        issue_secret(clinic.installation, clinic.root, username, why=WHY)


# -- names and accounts ----------------------------------------------------------------------------


def test_a_person_is_printed_under_a_new_name(clinic):
    """The newest name is printed, and the change is on record, with who made it."""
    accounts.rename(clinic.installation, clinic.root, "carla", "Carla O'Brien <b>", why=WHY)

    file = person_file(clinic.installation, "carla")

    assert file.printed_name == "Carla O'Brien <b>"
    assert (file.happened[0].title, file.happened[0].by) == ("Printed name changed", "Root Example")


@pytest.mark.parametrize("name", ["", "N" * 5000, "Carla\x00", "Carla \u202e alraC", "\ud800"])
def test_a_name_that_cannot_be_printed_is_refused(clinic, name):
    """It stands beside signatures."""
    with pytest.raises(DataRefused):
        accounts.rename(clinic.installation, clinic.root, "carla", name, why=WHY)


def test_what_a_person_is_called_already_is_not_recorded_again(clinic):
    """A request that is repeated has no second effect."""
    accounts.rename(clinic.installation, clinic.root, "carla", "Carla Married", why=WHY)
    first = entries(clinic)

    accounts.rename(clinic.installation, clinic.root, "carla", "Carla Married", why=WHY)

    assert entries(clinic) == first


def test_two_accounts_are_one_person(clinic):
    """One password opens both, and what holds of one holds of the other."""
    accounts.add_account(clinic.installation, clinic.root, "carla", "Carla.Two")

    proven = proofs.authenticate(clinic.installation, "carla.two", PASSWORD)

    assert proven.person == clinic.carla.person
    assert known(clinic, "carla.two").person.roles == known(clinic, "carla").person.roles
    assert person_file(clinic.installation, "carla").usernames == ("carla", "carla.two")


def test_a_second_account_is_given_once(clinic):
    """The same request again changes nothing."""
    accounts.add_account(clinic.installation, clinic.root, "carla", "carla.two")
    first = entries(clinic)

    accounts.add_account(clinic.installation, clinic.root, "carla", "carla.two")

    assert entries(clinic) == first


@pytest.mark.parametrize("another", ["nina", "NINA", "", "c a", "c\u0430rla", "c" * 65, "a\x00b"])
def test_a_second_account_has_a_name_of_its_own(clinic, another):
    """It is nobody else's, and looks like nobody else's (P11-300a)."""
    clinic.hire("nina")

    with pytest.raises(DataRefused):
        accounts.add_account(clinic.installation, clinic.root, "carla", another)


def test_a_closed_person_has_no_account_that_is_open(clinic):
    """Closing one account closes the person, under whichever name."""
    accounts.add_account(clinic.installation, clinic.root, "carla", "carla.two")
    people.close_account(clinic.installation, clinic.root, "carla.two", why=WHY)

    with pytest.raises(WrongPassword):
        sessions.sign_in(clinic.installation, "carla", PASSWORD)
    with pytest.raises(DataRefused):
        accounts.add_account(clinic.installation, clinic.root, "carla", "carla.three")


@pytest.mark.parametrize(
    "deed",
    [
        lambda installation, by: open_account(installation, by, NEW),
        lambda installation, by: issue_secret(installation, by, "root", why=WHY),
        lambda installation, by: accounts.rename(installation, by, "root", "Nobody", why=WHY),
        lambda installation, by: accounts.add_account(installation, by, "root", "toor"),
        lambda installation, by: unlock_account(installation, by, "root"),
    ],
    ids=["open", "secret", "rename", "account", "unlock"],
)
def test_only_an_administrator_does_it(clinic, deed):
    """A coordinator is told which role it takes."""
    with pytest.raises(NotAllowed):
        deed(clinic.installation, clinic.carla)


def test_a_role_that_was_taken_back_is_not_granted_by_an_old_request(clinic):
    """Under its key a grant is one request, however often the line brings it."""
    grant = ("carla", "courier", "north-ward")
    people.grant_role(clinic.installation, clinic.root, *grant, key="page-1")
    people.grant_role(clinic.installation, clinic.root, *grant, holds=False, key="page-2", why=WHY)

    people.grant_role(clinic.installation, clinic.root, *grant, key="page-1")

    assert ("courier", "north-ward") not in known(clinic, "carla").person.roles
    with pytest.raises(KeyReused):
        people.grant_role(clinic.installation, clinic.root, *grant[:2], "north-lab", key="page-1")


# -- locks and sessions ----------------------------------------------------------------------------


def test_a_lock_ends_when_an_administrator_says_so(clinic):
    """Before its time, and on record (A11d-11.7)."""
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            sessions.sign_in(clinic.installation, "carla", "not the password")
    with pytest.raises(Locked):
        sessions.sign_in(clinic.installation, "carla", PASSWORD)

    unlock_account(clinic.installation, clinic.root, "carla")

    assert titles(clinic, "carla")[0] == "Account unlocked"
    assert sessions.sign_in(clinic.installation, "carla", PASSWORD)


def test_an_administrator_ends_a_session(clinic):
    """It opens nothing any more, and others go on (SEC-14)."""
    other = sessions.sign_in_program(clinic.installation, "carla", PASSWORD)
    ended = sessions.sign_in(clinic.installation, "carla", PASSWORD)
    session = sessions.resume(clinic.installation, ended).session

    sessions.end_session(clinic.installation, clinic.root, clinic.carla.person, session)

    with pytest.raises(sessions.NotSignedIn):
        sessions.resume(clinic.installation, ended)
    assert sessions.resume(clinic.installation, other)
    assert titles(clinic, "carla")[0] == "Session ended by hand"


def test_nobody_ends_the_session_of_a_colleague(clinic):
    """One's own, or as an administrator; and never by the wrong person's name."""
    nina = clinic.hire("nina")
    token = sessions.sign_in(clinic.installation, "carla", PASSWORD)
    session = sessions.resume(clinic.installation, token).session

    sessions.end_session(clinic.installation, nina, nina.person, session)
    with pytest.raises(NotAllowed):
        sessions.end_session(clinic.installation, nina, clinic.carla.person, session)

    assert sessions.resume(clinic.installation, token)


def test_sessions_that_are_over_are_forgotten(clinic):
    """The table holds who is signed in; who was, stands in the chain."""
    old = sessions.sign_in(clinic.installation, "carla", PASSWORD)
    session = sessions.resume(clinic.installation, old).session
    clinic.installation.clock.advance(timedelta(days=2))

    sessions.sign_in(clinic.installation, "carla", PASSWORD)

    found = person_file(clinic.installation, "carla").sessions
    assert session not in {one.id for one in found}
    assert len(found) == 1


# -- looking people up -----------------------------------------------------------------------------


def test_people_are_found_by_a_part_of_either_name(clinic, olga):
    """However it is cased; closed accounts too."""
    people.close_account(clinic.installation, clinic.root, "olga", why=WHY)

    found = [people_called(clinic.installation, wanted) for wanted in ("DRIV", "olg", "zzz")]

    assert [[one.person.username for one in listed] for listed in found] == [["olga"], ["olga"], []]
    assert olga


def test_everybody_is_read_in_a_few_statements(clinic):
    """A thousand people are no thousand questions."""
    for number in range(20):
        open_account(clinic.installation, clinic.root, NewPerson(f"p{number}", f"Person {number}"))

    assert len(everybody(clinic.installation)) == 22


class OutsideHasher(PasswordHasher):
    """A hasher that is only used while nobody writes."""

    installation = None

    def _outside(self):
        lock = self.installation.engine.get_execution_options()["coi_turn"].lock
        assert lock.acquire(blocking=False), "somebody writes meanwhile"
        lock.release()

    def hash(self, password, *, salt=None):
        """Hash, outside of any transaction."""
        self._outside()
        return super().hash(password, salt=salt)

    def verify(self, hash, password):  # noqa: A002 - the name is the library's
        """Verify, outside of any transaction."""
        self._outside()
        return super().verify(hash, password)


def test_passwords_are_hashed_while_nobody_waits_to_write(clinic):
    """Hashing takes long, and on one file there is one writer."""
    outside = OutsideHasher(time_cost=1, memory_cost=8, parallelism=1)
    outside.installation = installation = replace(clinic.installation, hasher=outside)
    new = NewPerson("oscar", "Oscar Driver", PASSWORD)

    people.register_person(installation, clinic.root, new)
    secret = open_account(installation, clinic.root, NEW)
    signed_in = sessions.resume(installation, sessions.sign_in(installation, "olga", secret))
    sessions.change_password(installation, signed_in, secret, OWN)

    assert issue_secret(installation, clinic.root, "olga", why=WHY)


def test_a_proof_of_before_a_new_secret_is_worth_nothing(clinic):
    """Whoever was proven with the old password is out, in the middle of whatever they do."""
    before = JustProven(clinic.carla.username, clinic.carla.person, clinic.carla.credential)
    issue_secret(clinic.installation, clinic.root, "carla", why=WHY)

    with pytest.raises(SignedOut):
        people.accept_policy(clinic.installation, before)


def test_the_record_with_all_of_this_is_whole(clinic):
    """Secrets, names, accounts, locks and ended sessions are all recomputed from the entries."""
    installation, root = clinic.installation, clinic.root
    token = sessions.sign_in(installation, "carla", PASSWORD)
    session = sessions.resume(installation, token).session
    with pytest.raises(WrongPassword):
        sessions.sign_in(installation, "carla", "not the password")
    sessions.end_session(installation, root, clinic.carla.person, session)
    unlock_account(installation, root, "carla")
    accounts.rename(installation, root, "carla", "Carla Married", why=WHY)
    accounts.add_account(installation, root, "carla", "carla.two")
    issue_secret(installation, root, "carla", why=WHY)
    open_account(installation, root, NEW)

    verdict = verdict_of(installation)

    assert list(verdict.findings) == []
    assert verdict.erased["erasable"] == 0
