"""What a proof of who somebody is says, until when it is one, and what a signature takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock, rfc3339
from coi.errors import DataRefused, SignedOut, Unknown, WrongPassword
from coi.ledger.content import SignedBy
from coi.services import people, sessions
from coi.services.accounts import add_account, issue_secret
from coi.services.devices import register_device
from coi.services.proofs import (
    LONGEST_MEANING,
    PASSKEY,
    BySignOn,
    CannotSign,
    JustProven,
    NotAllowed,
    Proven,
    SecretExpired,
    Signer,
    acting,
    authenticate,
    factors_taken,
    holding,
    lacks_factor,
    may_sign,
    person_of,
    require_role,
    signature_of,
)
from coi.services.sign_on import bind_sign_on, confirm_sign_on, identity_at
from coi.store.people import Enrolled, KnownPerson
from tests.cast import WHY
from tests.coi.clinic import NOW, PASSWORD
from tests.coi.printing import a_ward
from workflows.facts import Person
from workflows.model import SignatureRule

A_SECOND = timedelta(seconds=1)
APP, KEY = Enrolled("one", "totp", "0" * 64), Enrolled("two", PASSKEY, "1" * 64)


CARLA = KnownPerson(
    Person(
        "p-1",
        "carla",
        active=True,
        proofed=True,
        accepted_policy=True,
        roles=frozenset({("coordinator", "north-ward")}),
        trained_until={"coordinator": NOW + A_SECOND},
    ),
    "committed name",
    "committed password",
)


def known(clinic, username):
    """What holds of a person now."""
    return clinic.installation.read(lambda tx: person_of(tx, username))


def under(clinic, **settings):
    """The same installation under a policy."""
    policy = replace(clinic.installation.settings, **settings)
    return replace(clinic.installation, settings=policy)


# -- with a password -------------------------------------------------------------------------------


def test_a_proof_says_whose_account_it_is(clinic):
    """However the name was typed; and no more than that a password was right."""
    proven = authenticate(clinic.installation, "CARLA", PASSWORD)

    carla = known(clinic, "carla")
    assert proven.account == ("carla", carla.person.id, carla.credential)
    assert (proven.one_time, proven.factors, proven.lacks_factor) == (False, (), False)


def test_a_one_time_secret_proves_until_its_very_end(clinic):
    """A second before it does, and says that it is one; then it is told that it was too late."""
    secret = issue_secret(clinic.installation, clinic.root, "carla", why=WHY)
    until = known(clinic, "carla").secret_until
    clock = SteppedClock(until - A_SECOND, timedelta())
    still = replace(clinic.installation, clock=clock)
    assert authenticate(still, "carla", secret).one_time

    clock.advance(A_SECOND)

    with pytest.raises(SecretExpired):
        authenticate(still, "carla", secret)


def test_the_right_password_of_a_closed_account_is_a_wrong_one(clinic):
    """Nobody learns from it that it was right."""
    people.close_account(clinic.installation, clinic.root, "carla", why=WHY)

    with pytest.raises(WrongPassword):
        authenticate(clinic.installation, "carla", PASSWORD)


@pytest.mark.parametrize("of", ["person", "credential"])
def test_a_proof_of_somebody_else_is_none(clinic, of):
    """The account's person and its password are both looked at again."""
    made_up = Proven(
        **{
            "username": "carla",
            "person": clinic.carla.person,
            "credential": clinic.carla.credential,
            of: getattr(clinic.root, of),
        }
    )

    with pytest.raises(SignedOut):
        clinic.installation.read(lambda tx: acting(tx, made_up))


def test_nobody_is_behind_the_name_of_no_account(clinic):
    """And the answer says which name it was."""
    with pytest.raises(Unknown) as refused:
        known(clinic, "nobody.at.all")

    assert refused.value.args == Unknown("user", "nobody.at.all").args


def by_sign_on(clinic, subject="carla-1"):
    """Carla, as the house's provider would name her."""
    identity = identity_at(clinic.installation, subject)
    return BySignOn(*clinic.carla.account, identity=identity)


def test_an_identity_proves_somebody_once_it_is_confirmed_and_while_it_is_theirs(clinic):
    """Bound alone it is nothing yet; and another confirmed one is not this one."""
    installation = under(clinic, oidc_issuer="https://id.example.org")
    house = replace(clinic, installation=installation)
    by = by_sign_on(house)
    bind_sign_on(installation, house.root, "carla", "carla-1", key="bind", why=WHY)
    with pytest.raises(SignedOut):
        installation.read(lambda tx: acting(tx, by))

    installation.transact(lambda tx: confirm_sign_on(tx, installation, house.carla, by.identity))

    assert installation.read(lambda tx: acting(tx, by)).person.id == house.carla.person
    with pytest.raises(SignedOut):
        installation.read(lambda tx: acting(tx, by_sign_on(house, "carla-2")))


def test_a_session_is_used_at_the_device_where_it_is(clinic):
    """What is done there names it, whether a password opened it or the house's provider."""
    installation = under(clinic, oidc_issuer="https://id.example.org")
    house = replace(clinic, installation=installation)
    tablet = register_device(installation, a_ward(house).quentin, "north-ward", "Tablet")
    by = by_sign_on(house)
    bind_sign_on(installation, house.root, "carla", "carla-1", key="bind", why=WHY)
    installation.transact(lambda tx: confirm_sign_on(tx, installation, house.carla, by.identity))
    found = []
    for opening in (by, house.carla):
        held = installation.transact(
            lambda tx, by=opening: sessions.take_over(tx, installation, by, "")
        )
        found.append(sessions.resume(installation, held, device=tablet).proven)

    device = tablet.partition(".")[0]
    assert found == [replace(by, device=device), Proven(*house.carla.account, device=device)]


# -- second factors --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "enrolled", "lacks", "taken"),
    [
        ({}, (), False, ()),
        ({"factor_roles": ("courier",)}, (), False, ()),
        ({"factor_roles": ("coordinator",)}, (), True, ()),
        ({"factor_roles": ("courier", "coordinator")}, (), True, ()),
        ({"factor_roles": ("coordinator",)}, (APP,), False, (APP,)),
        ({"passkey_roles": ("courier",)}, (APP, KEY), False, (APP, KEY)),
        ({"passkey_roles": ("coordinator",)}, (), True, ()),
        ({"passkey_roles": ("coordinator",)}, (APP,), True, (APP,)),
        ({"passkey_roles": ("coordinator",)}, (APP, KEY), False, (KEY,)),
    ],
)
def test_a_role_takes_a_factor_of_its_kind(first_clinic, policy, enrolled, lacks, taken):
    """Who lacks one comes in by what there is; who has it is asked for that alone (SEC-11)."""
    carla, installation = replace(CARLA, factors=enrolled), under(first_clinic, **policy)

    assert lacks_factor(installation, carla) is lacks
    assert factors_taken(installation, carla) == taken
    assert not lacks_factor(replace(installation, demonstration=True), carla)


# -- who may sign ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "role", "unit", "may"),
    [
        ("carla", "coordinator", "north-ward", True),
        ("carla", "courier", "north-ward", False),
        ("carla", "coordinator", "works-production", False),
        ("carla", "coordinator", "no-such-unit", False),
        ("nobody.at.all", "coordinator", "north-ward", False),
    ],
)
def test_who_may_sign_is_known_before_any_password(first_clinic, username, role, unit, may):
    """By a role at the unit or its site; of who is no user it says the same as of who may not."""
    rule = SignatureRule("checked", (role,))

    assert may_sign(first_clinic.installation, username, rule, unit) is may


def test_the_first_role_that_is_asked_for_and_held_is_named():
    """Wherever it is held, by an account that is open; what is refused names them all."""
    carla = CARLA.person

    assert require_role(carla, "courier", "coordinator", "qa_reviewer") == "coordinator"
    with pytest.raises(NotAllowed, match="carla is no courier or qa reviewer"):
        require_role(carla, "courier", "qa_reviewer")
    with pytest.raises(NotAllowed):
        require_role(replace(carla, active=False), "coordinator")


def test_of_two_roles_that_are_held_the_first_that_is_asked_for_counts(clinic):
    """It goes on record."""
    by = clinic.hire("quentin", ("qa_reviewer", "north-ward"), ("coordinator", "north-ward"))

    def first(*roles):
        return clinic.installation.read(lambda tx: holding(tx, by, *roles))[1]

    assert first("coordinator", "qa_reviewer") == "coordinator"
    assert first("qa_reviewer", "coordinator") == "qa_reviewer"


# -- what a signature takes ------------------------------------------------------------------------


@pytest.mark.parametrize("meaning", ["x", "ö" * LONGEST_MEANING, f" {'x' * LONGEST_MEANING} "])
def test_a_signature_says_what_it_means(meaning):
    """In one line, of so many letters at the most (11.50)."""
    signer = Signer(JustProven("carla", "p-1", "-"), meaning)

    assert (signer.username, signer.person) == ("carla", "p-1")


@pytest.mark.parametrize("meaning", ["", "   ", "x" * (LONGEST_MEANING + 1), "one\ntwo", "\x00"])
def test_a_signature_that_says_nothing_that_can_be_read_is_none(meaning):
    """Nothing, too much, or what a page would show otherwise than it was typed."""
    with pytest.raises(DataRefused, match="carla signs without saying") as refused:
        Signer(JustProven("carla", "p-1", "-"), meaning)

    assert refused.value.problems[0].column == "meaning"


def signs(role="coordinator", **otherwise):
    """Carla's signature now, if this were otherwise with her."""
    person = replace(CARLA.person, **otherwise)
    return signature_of(replace(CARLA, person=person), role, "checked", NOW)


def test_a_signature_names_who_signed_in_which_role_and_when():
    """With the name as it is printed, and what it means (11.50)."""
    assert signs() == SignedBy("p-1", "coordinator", "committed name", "checked", rfc3339(NOW))


@pytest.mark.parametrize(
    ("otherwise", "why"),
    [
        ({"proofed": False}, "carla has no identity check on record"),
        ({"accepted_policy": False}, "carla has not accepted the signature statement"),
        ({"trained_until": {}}, "carla has no current training as coordinator"),
        ({"trained_until": {"courier": NOW + A_SECOND}}, "carla has no current training"),
        ({"trained_until": {"coordinator": NOW}}, "carla has no current training as coordinator"),
    ],
)
def test_nobody_signs_of_whom_something_is_not_on_record(otherwise, why):
    """Each alone is enough, and it alone is named; training that ends now has ended."""
    with pytest.raises(CannotSign) as refused:
        signs(**otherwise)

    (problem,) = refused.value.problems
    assert problem.reason.startswith(why)


def test_what_training_is_lacking_is_told_in_words():
    """A role is written for people."""
    with pytest.raises(CannotSign, match="has no current training as qa reviewer"):
        signs("qa_reviewer")


@pytest.mark.parametrize("role", ["administrator", "auditor", "sponsor_viewer"])
def test_administrative_roles_have_no_training(role):
    """What they sign takes the rest alone."""
    assert signs(role, trained_until={}).role == role


def test_who_typed_another_of_their_names_is_the_same_person(clinic):
    """A second account is proven with its own name, and leads to one person."""
    add_account(clinic.installation, clinic.root, "carla", "carla.two")

    proven = authenticate(clinic.installation, "carla.two", PASSWORD)

    assert (proven.username, proven.person) == ("carla.two", clinic.carla.person)
