"""Whoever deletes from the vault in the database leaves a finding, on either database (T18)."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, text, update

from benchmarks.clinic import new_clinic, open_clinic
from coi.services.verifying import verify_record
from coi.settings import Settings
from coi.store import tables as t
from coi.store.likeness import MARKS

NOT_SAID = "is missing, and no entry says that it was erased"
NOBODY = "was registered by no entry"


@pytest.fixture
def by_hand(engine, tmp_path):
    """Change the vault as whoever has the database does: no lock stands before what may be erased.

    What was changed before stays as it is: each attack comes on top.
    """
    new_clinic(engine, 1)
    (tmp_path / "keys").mkdir()
    settings = Settings.from_environment({"COI_HOME": str(tmp_path)})
    installation = replace(open_clinic(engine).installation, settings=settings)
    assert verify_record(installation).findings == ()

    def change(statement):
        with engine.begin() as connection:
            asked = text(statement) if isinstance(statement, str) else statement
            assert connection.execute(asked).rowcount > 0
        return {
            (one.table, one.key.partition("/")[2], one.chain[:5] == "site:", one.seq, one.what)
            for one in verify_record(installation).findings
        }

    return change


def test_what_is_gone_is_named_where_it_came_from(by_hand):
    """Of each row the first place that is wrong: the entry that brought it."""
    name = by_hand("DELETE FROM patient_identity WHERE field = 'family_name'")
    key = by_hand("DELETE FROM patient_key")

    assert name == {("patient_identity", "family_name", False, 0, NOT_SAID)}
    assert key == name | {("patient_key", "", False, 0, NOT_SAID)}


def test_a_text_and_a_password_that_are_gone_are_named(by_hand):
    """A reason that was deleted, and somebody's password, so that nobody signs in as they."""
    found = by_hand("DELETE FROM erasable") | by_hand("DELETE FROM credential")

    assert {(one[0], one[-1]) for one in found} == {
        ("erasable", NOT_SAID),
        ("credential", NOT_SAID),
    }
    assert all(seq is not None for *_, seq, _ in found)


def test_what_is_put_in_the_place_of_another_is_named(by_hand):
    """One field under the name of another, and one that nobody registered."""
    found = by_hand("UPDATE patient_identity SET field = 'alias' WHERE field = 'given_name'")

    assert found == {
        ("patient_identity", "given_name", False, 0, NOT_SAID),
        ("patient_identity", "alias", False, None, NOBODY),
    }


@pytest.mark.parametrize("field", MARKS)
def test_whoever_unmarks_a_look_alike_is_found(by_hand, field):
    """A mark that is gone, and one that stands for nobody, are named at the order (SEC-48)."""
    mark = t.patient_identity.c.field == field
    changed = by_hand(update(t.patient_identity).values(ciphertext="x").where(mark))
    gone = by_hand(delete(t.patient_identity).where(mark))

    assert changed == {("patient_identity", field, False, 0, "is not what was registered last")}
    assert gone == {("patient_identity", field, False, 0, NOT_SAID)}


def test_whoever_marks_somebody_as_another_is_found(by_hand):
    """A mark that no order registered, so that everybody is warned until nobody reads it."""
    found = by_hand(
        "INSERT INTO patient_identity SELECT patient_id, 'alike_again', nonce, ciphertext,"
        " commitment FROM patient_identity WHERE field = 'alike_born'"
    )

    assert found == {("patient_identity", "alike_again", False, None, NOBODY)}
