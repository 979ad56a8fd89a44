"""A signature is what its signer was shown, by somebody who is still proven to be who they are."""

from dataclasses import replace
from datetime import timedelta
from typing import get_type_hints

import pytest

from coi.demo.cast import PASSWORD
from coi.demo.performer import Wish
from coi.errors import DataRefused, SignedOut
from coi.services import approvals, documents, label_papers, people, proofs, sites
from coi.services.acting import take_action
from coi.services.incidents import Incident, report_incident
from coi.services.people import NewPerson
from coi.services.proofs import CannotSign, JustProven, Proven, Signer
from coi.services.sessions import SignedIn
from tests.cast import WHY
from tests.coi.clinic import NORTH

NEW = "another password altogether"


def a_check(ward):
    """A bedside check of Anissa's first bag, with who signs what."""
    bag = ward.bags()[0]
    return ward.performer.request(ward.anissa, "check_at_bedside", Wish(on=(bag,)))


def signed(ward):
    """Who signed the newest entry of Anissa's therapy, and what they signed."""
    return {(one.person, one.meaning) for one in ward.look().history[-1].signatures}


# -- the meaning -----------------------------------------------------------------------------------


def test_each_signs_the_meaning_that_they_confirmed(ward):
    """In whichever order the signers come, each stands under their own meaning."""
    wanted, actor, signers = a_check(ward)

    take_action(ward.performer.installation, wanted, actor, signers[::-1])

    assert signed(ward) == {(one.person, one.meaning) for one in signers}


@pytest.mark.parametrize("meaning", ["released", "Performed", "performed ", "-"])
def test_another_meaning_is_not_bent_to_the_one_that_is_asked(ward, meaning):
    """Whoever was shown something else has not signed this."""
    *_, signers = a_check(ward)
    spoilt = (replace(signers[0], meaning=meaning), signers[1])

    assert "SIGNER_NOT_ENTITLED" in ward.refused_with(a_check(ward)[0], spoilt)


def test_two_do_not_sign_the_same_meaning_for_each_other(ward):
    """Twice “performed” is no “verified”."""
    *_, signers = a_check(ward)
    both = tuple(replace(one, meaning=signers[0].meaning) for one in signers)

    assert "SIGNER_NOT_ENTITLED" in ward.refused_with(a_check(ward)[0], both)


@pytest.mark.parametrize("meaning", ["", "  ", "performed\x00", "x" * 1000])
def test_nobody_signs_without_a_meaning(ward, meaning):
    """What says nothing, or cannot be read, is no meaning."""
    with pytest.raises(DataRefused):
        Signer(ward.who("ivo"), meaning)


def test_a_key_stands_for_the_meanings_too(ward):
    """A repeated request in which somebody signs something else is another request."""
    wanted, actor, signers = a_check(ward)
    vault = ward.performer.installation.vault
    other = (replace(signers[0], meaning=signers[1].meaning), *signers[1:])

    assert wanted.digest(vault, actor, signers) != wanted.digest(vault, actor, other)


def test_what_was_proven_for_a_session_signs_nothing():
    """The type of a signer's proof is that of a password just typed, which a session has not."""
    assert get_type_hints(Signer)["proven"] is JustProven
    assert get_type_hints(proofs.authenticate)["return"] is JustProven
    assert get_type_hints(SignedIn)["proven"] is Proven


# -- the proof -------------------------------------------------------------------------------------

USES = {
    "set the password": lambda ward, by: people.set_password(ward.installation, by, NEW),
    "accept the policy": lambda ward, by: people.accept_policy(ward.installation, by),
    "open an account": lambda ward, by: people.register_person(
        ward.installation, by, NewPerson("mole", "Mole", NEW)
    ),
    "grant a role": lambda ward, by: people.grant_role(
        ward.installation, by, "jan", "infusion_nurse", "north-ward"
    ),
    "record training": lambda ward, by: people.record_training(
        ward.installation, by, "jan", "courier", ward.later
    ),
    "check an identity": lambda ward, by: people.record_proofing(
        ward.installation, by, "jan", "passport"
    ),
    "close an account": lambda ward, by: people.close_account(
        ward.installation, by, "jan", why=WHY
    ),
    "register a site": lambda ward, by: sites.register_site(
        ward.installation, by, replace(NORTH, id="x", name="X")
    ),
    "register a unit": lambda ward, by: sites.register_unit(
        ward.installation, by, "x-ward", "north", "X"
    ),
    "approve a template": lambda ward, by: approvals.approve_template(
        ward.installation, by, "bag-label", holds=False
    ),
    "qualify a shipper": lambda ward, by: approvals.qualify_shipper(
        ward.installation, by, 24, ward.later, key="shipper 2"
    ),
    "write a record": lambda ward, by: documents.write_custody_record(
        ward.installation, by, ward.anissa
    ),
    "write a wristband": lambda ward, by: label_papers.write_wristband(
        ward.installation, by, ward.anissa
    ),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_closed_account_does_nothing_more(ward, use):
    """Whoever proved who they are before the account was closed is sent away."""
    stale = ward.who("quinn")
    people.close_account(ward.installation, ward.root, "quinn", why=WHY)

    with pytest.raises(SignedOut):
        use(ward, stale)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_changed_password_ends_what_was_proven_by_the_old_one(ward, use):
    """A thief's session ends when the owner of the account changes the password."""
    people.set_password(ward.installation, ward.who("quinn"), NEW)

    with pytest.raises(SignedOut):
        use(ward, ward.who("quinn"))


def test_a_changed_password_ends_orders_steps_signatures_and_reports(ward):
    """Nobody orders, acts, signs or reports with what was proven by the old password."""
    wanted, actor, signers = a_check(ward)
    report = Incident((ward.anissa, ward.danae), "north-ward", "seen", "the key")
    people.set_password(ward.installation, signers[1].proven, NEW)
    people.set_password(ward.installation, ward.who("carla"), NEW)
    entries = len(ward.look().history)

    with pytest.raises(SignedOut):
        take_action(ward.installation, wanted, actor, signers)
    with pytest.raises(SignedOut):
        report_incident(ward.installation, report, ward.who("carla"))
    with pytest.raises(SignedOut):
        ward.performer.order(ward.performer.identities[ward.anissa])
    assert len(ward.look().history) == entries


def test_the_new_password_signs(ward):
    """Proven anew, the same person goes on."""
    wanted, actor, signers = a_check(ward)
    people.set_password(ward.installation, signers[1].proven, NEW)
    again = proofs.authenticate(ward.installation, signers[1].username, NEW)

    take_action(ward.installation, wanted, actor, (signers[0], replace(signers[1], proven=again)))

    assert signed(ward) == {(one.person, one.meaning) for one in signers}


def test_the_last_administrator_cannot_shut_everybody_out(ward):
    """An account is closed by somebody else, so that one administrator is always left."""
    with pytest.raises(DataRefused):
        people.close_account(ward.installation, ward.root, "root", why=WHY)


# -- outside of any therapy ------------------------------------------------------------------------


def a_reviewer(ward, *, policy=True, proofed=True, trained=True):
    """A new QA reviewer, for whom something may be missing."""
    new = NewPerson("quintus", "Quintus Example", PASSWORD, "works-production")
    people.register_person(ward.installation, ward.root, new)
    people.grant_role(ward.installation, ward.root, "quintus", "qa_reviewer", "works-production")
    if trained:
        people.record_training(ward.installation, ward.root, "quintus", "qa_reviewer", ward.later)
    if proofed:
        people.record_proofing(ward.installation, ward.root, "quintus", "passport")
    proven = proofs.authenticate(ward.installation, "quintus", PASSWORD)
    if policy:
        people.accept_policy(ward.installation, proven)
    return proven


@pytest.mark.parametrize("missing", ["policy", "proofed", "trained"])
@pytest.mark.parametrize("use", ["approve a template", "qualify a shipper", "record training"])
def test_who_cannot_sign_vouches_for_nothing(ward, missing, use):
    """Approvals take an identity check, the signature statement and training, as steps do."""
    quintus = a_reviewer(ward, **{missing: False})

    with pytest.raises(CannotSign):
        USES[use](ward, quintus)


@pytest.mark.parametrize("use", ["approve a template", "qualify a shipper", "record training"])
def test_who_can_sign_vouches(ward, use):
    """With all of it on record nothing stands in the way."""
    USES[use](ward, a_reviewer(ward))


def test_nobody_records_their_own_training(ward):
    """Neither QA nor an administrator prolongs what they themselves may do."""
    until = ward.later + timedelta(days=1)

    for by in (a_reviewer(ward), ward.root):
        with pytest.raises(DataRefused, match="own training"):
            people.record_training(ward.installation, by, by.username, "qa_reviewer", until)


def test_nobody_checks_their_own_identity(ward):
    """Somebody else has looked at the passport."""
    with pytest.raises(DataRefused, match="own identity"):
        people.record_proofing(ward.installation, ward.root, "root", "passport")
