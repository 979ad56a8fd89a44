"""Nobody acts who may not: from a closed account, from another hospital, under others' names."""

from datetime import timedelta

import pytest

from coi.demo.cast import PASSWORD
from coi.errors import Unknown, WrongPassword
from coi.services import accounts, documents, label_papers, people, proofs
from coi.services.proofs import OwnPasswordFirst
from tests.cast import WHY
from tests.journeys.asking import labelled_anew
from workflows.facts import Mode

CHECKERS = ("ivo", "ivo", "irma")


def test_a_closed_account_tells_nothing_late(ward):
    """That it happened before is no reason to let somebody in who has left."""
    bag = ward.bags()[0]
    ward.refusals("check_at_bedside", bag, people=CHECKERS)
    people.close_account(ward.performer.installation, ward.root, "ivo", why=WHY)
    at = ward.performer.installation.clock.now() - timedelta(minutes=1)

    assert "ACCOUNT_INACTIVE" in ward.refusals(
        "infuse", bag, people=("irma", "ivo", "irma"), mode=Mode.LATE, happened_at=at
    )


def test_nobody_signs_in_to_a_closed_account(ward):
    """The right password of a closed account is answered as a wrong one."""
    proofs.authenticate(ward.performer.installation, "ivo", PASSWORD)
    people.close_account(ward.performer.installation, ward.root, "ivo", why=WHY)

    with pytest.raises(WrongPassword):
        proofs.authenticate(ward.performer.installation, "ivo", PASSWORD)


def test_a_nurse_of_another_hospital_does_not_verify(ward):
    """A role counts where it is held; Jan nurses in the South."""
    bag = ward.bags()[0]

    assert ward.refusals("check_at_bedside", bag, people=("ivo", "ivo", "jan")) == {
        "SIGNER_NOT_ENTITLED"
    }


def test_whoever_acts_signs(ward):
    """Nobody takes a step for which only others sign."""
    bag = ward.bags()[0]

    assert ward.refusals("check_at_bedside", bag, people=("iris", "ivo", "irma")) == {
        "ACTOR_DOES_NOT_SIGN"
    }


def test_a_role_that_was_taken_away_does_not_sign(ward):
    """It acts at once, also for the second signature."""
    bag = ward.bags()[0]
    people.grant_role(
        ward.performer.installation,
        ward.root,
        "irma",
        "infusion_nurse",
        "north-ward",
        holds=False,
        why=WHY,
    )

    assert "SIGNER_NOT_ENTITLED" in ward.refusals("check_at_bedside", bag, people=CHECKERS)


def test_a_name_goes_no_further_than_its_sites(ward):
    """A nurse of another hospital gets no wristband, and does not learn whether there is one."""
    with pytest.raises(Unknown):
        label_papers.write_wristband(ward.installation, ward.who("jan"), ward.anissa)

    assert label_papers.write_wristband(ward.installation, ward.who("ivo"), ward.anissa)


@pytest.mark.parametrize("username", ["jan", "root"])
def test_paper_shows_nobody_what_pages_do_not(ward, username):
    """Another hospital's nurse and the administrator get neither record nor label (SEC-07)."""
    by = ward.root if username == "root" else ward.who(username)
    serial = ward.look().labels[ward.bags()[0]][-1]

    with pytest.raises(Unknown):
        documents.write_custody_record(ward.installation, by, ward.anissa)
    with pytest.raises(Unknown):
        label_papers.write_bag_label(ward.installation, by, serial)


def test_whoever_sees_a_therapy_gets_its_paper(ward):
    """The nurse of the ward prints the record and the label of her patient's bag."""
    ivo, bag = ward.who("ivo"), ward.bags()[0]
    serial = labelled_anew(ward.performer, bag)

    assert documents.write_custody_record(ward.installation, ivo, ward.anissa).startswith(b"%PDF")
    assert label_papers.write_bag_label(ward.installation, ivo, serial).content.startswith(b"%PDF")


def test_a_new_name_makes_nobody_a_second_pair_of_eyes(ward):
    """Whoever performs under one name does not verify under the next."""
    bag = ward.bags()[0]
    accounts.rename(ward.installation, ward.root, "ivo", "Igor Infusion", why=WHY)

    assert "SAME_PERSON" in ward.refusals("check_at_bedside", bag, people=("ivo", "ivo", "ivo"))


def test_a_second_account_makes_nobody_a_second_pair_of_eyes(ward):
    """Both accounts are one person, with one password."""
    bag = ward.bags()[0]
    accounts.add_account(ward.installation, ward.root, "ivo", "ivo.two")
    twice = proofs.authenticate(ward.installation, "ivo.two", PASSWORD)
    ward.performer.proven = {**ward.performer.proven, "ivo.two": twice}

    assert "SAME_PERSON" in ward.refusals("check_at_bedside", bag, people=("ivo", "ivo", "ivo.two"))


def test_a_secret_for_one_use_takes_no_step(ward):
    """Neither as the one who acts, nor as one who signs; nothing is even attempted."""
    bag = ward.bags()[0]
    secret = accounts.issue_secret(ward.installation, ward.root, "ivo", why=WHY)
    proven = proofs.authenticate(ward.installation, "ivo", secret)
    ward.performer.proven = {**ward.performer.proven, "ivo": proven}

    for people_ in (CHECKERS, ("irma", "iris", "ivo")):
        with pytest.raises(OwnPasswordFirst):
            ward.refusals("check_at_bedside", bag, people=people_)


def test_who_got_a_new_secret_signs_only_after_a_new_check(ward):
    """An administrator alone cannot sign as somebody else (P11-200a3)."""
    bag = ward.bags()[0]
    secret = accounts.issue_secret(ward.installation, ward.root, "ivo", why=WHY)
    own = people.set_password(
        ward.installation, proofs.authenticate(ward.installation, "ivo", secret), "quite my own one"
    )
    ward.performer.proven = {**ward.performer.proven, "ivo": own}

    refusals = ward.refusals("check_at_bedside", bag, people=CHECKERS)

    assert "SIGNER_NOT_ENABLED" in refusals
