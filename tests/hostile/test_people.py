"""Nobody acts who may not: from a closed account, from another hospital, under others' names."""

import pytest

from coi.demo.cast import PASSWORD
from coi.errors import WrongPassword
from coi.services import people

CHECKERS = ("ivo", "ivo", "irma")


def test_nobody_signs_in_to_a_closed_account(ward):
    """The right password of a closed account is answered as a wrong one."""
    people.authenticate(ward.performer.installation, "ivo", PASSWORD)
    people.close_account(ward.performer.installation, ward.root, "ivo")

    with pytest.raises(WrongPassword):
        people.authenticate(ward.performer.installation, "ivo", PASSWORD)


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
    )

    assert "SIGNER_NOT_ENTITLED" in ward.refusals("check_at_bedside", bag, people=CHECKERS)
