"""A step under way, as it is kept: sealed, bound to itself, forgotten at its end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coi.clock import rfc3339
from coi.services.errand import RIGHT, Errand, Part, Proof, Read, Verdict, Why, errand_of, row_of
from coi.services.vault import Vault, VaultClosed, seal_text, unseal_text
from tests.coi.clinic import NOW

VAULT = Vault(b"k" * 32, lambda n: b"n" * n)
READ = Read("things", "B-1", "typed", "page", "product B-1", "person 2")
PART = Part(
    "nina", "person 1", "session 1", ("order",), (READ,), {"family_name": "Heardwell"}, "patient",
    2, Proof("credential", "2026-11-22T09:00:00.000000Z"),
)  # fmt: skip
ERRAND = Errand(
    "id", "COI", "collect", "ward", "person 1", "session 1", datetime(2026, 11, 22, tzinfo=UTC),
    3, (PART,), {"value-x": "1"}, ("COI/1.1",), {"COI/1.1": 2}, 1, (Why("A", "b", "c"),),
    Verdict(RIGHT, ("all",)),
)  # fmt: skip


def test_what_is_kept_comes_back_as_it_was():
    """Every part of it."""
    assert errand_of(VAULT, row_of(VAULT, ERRAND, NOW)) == ERRAND


def test_nothing_that_a_patient_said_stands_in_clear():
    """Whoever reads the database reads nothing of it (SEC-35)."""
    row = row_of(VAULT, ERRAND, NOW)

    assert "Heardwell" not in str(row)
    assert b"Heardwell".hex() not in row.sealed


def test_what_is_sealed_for_one_step_opens_no_other():
    """A row that was put in another's place is refused."""
    row = row_of(VAULT, ERRAND, NOW)

    with pytest.raises(VaultClosed):
        errand_of(VAULT, replace(row, id="another"))


@pytest.mark.parametrize("sealed", ["", "zz", "00" * 40])
def test_a_sealed_text_that_was_changed_is_refused(sealed):
    """Whatever became of it."""
    with pytest.raises(VaultClosed):
        unseal_text(VAULT, "place", sealed)


def test_another_vault_key_opens_nothing():
    """Of what a patient said."""
    with pytest.raises(VaultClosed):
        unseal_text(Vault(b"x" * 32, VAULT.draw), "place", seal_text(VAULT, "place", "text"))


def test_what_was_said_and_scanned_is_forgotten_at_its_end():
    """The verdict stays, for both."""
    ended = ERRAND.ended(Verdict(RIGHT, ("all",)), NOW)

    assert ended.parts == (Part("nina", "person 1", "session 1"),)
    assert (ended.answers, ended.seen) == ({}, {})
    assert ended.ended_at == rfc3339(NOW)
