"""Whoever deletes from the vault in the database leaves a finding, on either database (T18)."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, literal, select, text, update

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
            assert connection.execute(asked).rowcount != 0
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


def test_whoever_unmarks_a_look_alike_or_marks_another_is_found(by_hand):
    """Marks that are others', that are gone, and that no order brought: each is named (SEC-48)."""
    rows, place = t.patient_identity, t.patient_identity.c
    born, named, numbered = MARKS
    columns = (place.patient_id, literal("alike"), place.nonce, place.ciphertext, place.commitment)
    added = select(*columns).where(place.field == numbered)

    by_hand(update(rows).values(ciphertext="x").where(place.field == born))
    by_hand(insert(rows).from_select([*rows.c], added))
    found = by_hand(delete(rows).where(place.field.in_([named, numbered])))

    assert found == {
        ("patient_identity", born, False, 0, "is not what was registered last"),
        ("patient_identity", named, False, 0, NOT_SAID),
        ("patient_identity", numbered, False, 0, NOT_SAID),
        ("patient_identity", "alike", False, None, NOBODY),
    }
