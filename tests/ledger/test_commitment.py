"""Erasable text behind a commitment: it fits one text only, and says nothing without its salt."""

import pytest

from coi.ledger.commitment import ciphertext_commitment, commit, credential_commitment, fits

SALT = "0f" * 32


def test_the_text_that_was_committed_to_fits():
    """The same text under the same salt fits."""
    assert fits(commit("Relapse", SALT), SALT, "Relapse")


def test_both_spellings_of_a_text_have_one_commitment():
    """The commitment is to the letters, not to how a keyboard spells them."""
    assert commit("Jos\u00e9", SALT) == commit("Jose\u0301", SALT)


@pytest.mark.parametrize(
    ("salt", "text"),
    [(SALT, "Relapsf"), ("1f" * 32, "Relapse"), ("0f" * 31, "Relapse"), ("no hex", "Relapse")],
)
def test_another_text_or_salt_does_not_fit(salt: str, text: str):
    """One changed letter, or a changed or damaged salt, fits no more."""
    assert not fits(commit("Relapse", SALT), salt, text)


@pytest.mark.parametrize("salt", ["", "0f" * 31, "0f" * 33, "x" * 64, "0F" * 32, f"{SALT} "])
def test_a_salt_of_another_length_or_spelling_is_refused(salt: str):
    """A short salt would let short texts be guessed; there is one spelling of each."""
    with pytest.raises(ValueError, match=r"salt|hexadecimal"):
        commit("Relapse", salt)


def test_commitments_to_stored_secrets_follow_every_column():
    """A swapped nonce, ciphertext or password hash has another commitment."""
    assert ciphertext_commitment("n", "c") != ciphertext_commitment("m", "c")
    assert ciphertext_commitment("n", "c") != ciphertext_commitment("n", "d")
    assert credential_commitment("a") != credential_commitment("b")
