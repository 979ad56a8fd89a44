"""Whoever deletes from the vault in the database leaves a finding, on either database (T18)."""

import pytest

from coi.services.ordering import NewOrder, order_therapies
from coi.services.verifying import verify_record
from tests.coi.services.conftest import IDENTITY, VALUES

NOT_SAID = "is missing, and no entry says that it was erased"
NOBODY = "was registered by no entry"


@pytest.fixture
def by_hand(clinic):
    """Change the vault as whoever has the database does: no lock stands before what may be erased.

    What was verified before is left as it is: each attack comes on top.
    """
    order = NewOrder(IDENTITY, "autologous-car-t", "north-ward", VALUES, key="order")
    (receipt,) = order_therapies(clinic.installation, [order], clinic.carla)
    assert verify_record(clinic.installation).findings == ()

    def change(statement):
        with clinic.installation.engine.begin() as connection:
            assert connection.exec_driver_sql(statement).rowcount > 0
        return {
            (one.table, one.key.partition("/")[2], one.chain == receipt.coi, one.seq, one.what)
            for one in verify_record(clinic.installation).findings
        }

    return change


def test_what_is_gone_is_named_where_it_came_from(by_hand):
    """Of each row the first place that is wrong: the entry that brought it."""
    name = by_hand("DELETE FROM patient_identity WHERE field = 'family_name'")
    key = by_hand("DELETE FROM patient_key")

    assert name == {("patient_identity", "family_name", True, 0, NOT_SAID)}
    assert key == name | {("patient_key", "", True, 0, NOT_SAID)}


def test_a_text_and_a_password_that_are_gone_are_named(by_hand):
    """A reason that was deleted, and somebody's password, so that nobody signs in as they."""
    prescriber = VALUES["prescriber"]
    (text,) = by_hand(f"DELETE FROM erasable WHERE text = '{prescriber}'")  # noqa: S608 - the attack
    found = by_hand("DELETE FROM credential")

    assert text == ("erasable", "", True, 0, NOT_SAID)
    assert {(one[0], one[-1]) for one in found - {text}} == {("credential", NOT_SAID)}


def test_what_is_put_in_the_place_of_another_is_named(by_hand):
    """One field under the name of another, and one that nobody registered."""
    found = by_hand("UPDATE patient_identity SET field = 'alias' WHERE field = 'given_name'")

    assert found == {
        ("patient_identity", "given_name", True, 0, NOT_SAID),
        ("patient_identity", "alias", False, None, NOBODY),
    }
