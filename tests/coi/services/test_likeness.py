"""By which marks patients are taken for each other, and that a mark tells nothing else."""

import pytest

from coi.ledger.commitment import ciphertext_commitment
from coi.services.likeness import marked, marks_of, sounded
from coi.services.vault import Vault
from coi.store.likeness import MARKS

ANNA = {
    "family_name": "Meyer",
    "given_name": "Anna",
    "birth_date": "1961-04-27",
    "sex": "F",
    "medical_record_number": "4711-0",
}
VAULT = Vault(b"v" * 32, lambda n: b"n" * n)


def is_alike(**changes):
    """Anna, and Anna with these changes, share a mark."""
    return not marks_of(VAULT, ANNA).isdisjoint(marks_of(VAULT, ANNA | changes))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Meyer", "MAIER"),
        ("Schmidt", "Schmitt"),
        ("O'Brien", "Obrien"),
        ("Müller", "Muller"),
        ("Łukasz", "Lucas"),
        ("Okafor", "Okafar"),
        ("Olsen", "Elsen"),
    ],
)
def test_names_are_alike_that_sound_so(one, other):
    """Accents, doubles, vowels and marks are misheard (SEC-48)."""
    assert sounded(one) == sounded(other)


def test_names_of_other_letters_are_compared_as_they_stand():
    """Whatever is written, two names are not the same because nothing of them is heard."""
    names = ["王", "李", "Иванова", "Петрова", "-", "'", "Eo", "Smith", "Jones", "Bruhn", "Bluhn"]
    names += ["Grant1", "Grant11", "Grant111"]

    assert len({sounded(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    "changes",
    [
        {"given_name": "Berta", "medical_record_number": "9"},
        {"birth_date": "1999-01-01", "medical_record_number": "9"},
        {"family_name": "Maier", "given_name": "Berta", "medical_record_number": "9"},
        {"given_name": "Berta", "birth_date": "1999-01-01", "medical_record_number": "7411-0"},
    ],
)
def test_who_looks_alike(changes):
    """By name and day of birth, by the whole name, by name and figures that changed places."""
    assert is_alike(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"family_name": "Schulz", "medical_record_number": "9"},
        {"given_name": "Berta", "birth_date": "1999-01-01", "medical_record_number": "9"},
        {"family_name": "Schulz", "given_name": "Berta", "birth_date": "1999-01-01"},
    ],
)
def test_who_does_not(changes):
    """One thing alone is no likeness: too many would be told, and nobody would read it."""
    assert not is_alike(**changes)


def test_a_mark_tells_nothing_without_the_key():
    """Whoever has the database alone cannot try out names."""
    other = Vault(b"w" * 32, lambda n: b"n" * n)

    assert marks_of(VAULT, ANNA).isdisjoint(marks_of(other, ANNA))
    assert not any("meyer" in mark or "1961" in mark for mark in marks_of(VAULT, ANNA))


@pytest.mark.parametrize(
    ("identity", "kept"),
    [
        (ANNA, ["25150f89dbe73d2b", "cbbb237f350f344c", "40e993dac65be08b"]),
        ({"family_name": "Okafor"}, ["1774f39ac790f03b", "5fe6c3b9132ea8fa", "c167d9dce837b361"]),
        ({"family_name": "Grant11"}, ["65cc461cbb1abe14", "a482b184bd0c84c6", "aefc89015bd8fa34"]),
        ({}, ["51dc48c8c7b4934a", "0db3c7cb5d3dcb05", "6efce9d90a7eb420"]),
    ],
)
def test_a_mark_that_was_kept_is_found_after_every_update(identity, kept):
    """What is computed otherwise finds nobody whose marks are kept already (SEC-48)."""
    assert [row["ciphertext"][:16] for row in marked(VAULT, identity)] == kept


def test_what_the_record_keeps_of_a_mark_cannot_be_searched():
    """Once the row is erased, whoever has the vault key tries out all birth dates in vain."""
    drawn = iter(range(100))
    vault = Vault(b"v" * 32, lambda n: next(drawn).to_bytes(n, "big"))
    kept, again = marked(vault, ANNA), marked(vault, ANNA)

    guessed = {ciphertext_commitment("-", mark) for mark in marks_of(vault, ANNA)}

    assert [row["field"] for row in kept] == [*MARKS]
    assert {row["ciphertext"] for row in kept} == marks_of(vault, ANNA)
    assert len({row["commitment"] for row in (*kept, *again)} | guessed) == 9
