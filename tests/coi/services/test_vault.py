"""The vault: what is sealed opens with its key alone, in its place alone, and shows nothing."""

import pytest

from coi.services import vault
from coi.services.vault import Vault, VaultClosed

IDENTITY = {
    "family_name": "O'Brien-Łukasiewicz",
    "given_name": "Zoë",
    "birth_date": "1960-02-29",
    "medical_record_number": "00017",
}


def draws():
    """A source of bytes that never repeats."""
    state = {"n": 0}

    def draw(size):
        state["n"] += 1
        return state["n"].to_bytes(4, "big") * (size // 4)

    return draw


@pytest.fixture
def keyed():
    """A vault with its key."""
    return Vault(b"k" * vault.KEY_BYTES, draws())


def opened(keyed, sealed, patient="P1", **changes):
    """Unseal what was sealed, with something changed."""
    rows = [
        (row["field"], changes.get(f"{row['field']}_nonce", row["nonce"]), row["ciphertext"])
        for row in sealed.rows
    ]
    return vault.unseal(keyed, patient, changes.get("wrapped", sealed.wrapped), rows)


def test_what_is_sealed_can_be_opened_again(keyed):
    """Every field comes back as it was, whatever letters it has."""
    sealed = vault.seal(keyed, "P1", IDENTITY, "north")

    assert opened(keyed, sealed) == IDENTITY


def test_nothing_of_it_can_be_read_from_the_rows(keyed):
    """No stored text holds any part of a name or number (A11d-10.4)."""
    sealed = vault.seal(keyed, "P1", IDENTITY, "north")

    stored = " ".join([sealed.wrapped, *(v for row in sealed.rows for v in row.values())])
    assert all(text not in stored for text in IDENTITY.values())
    assert all(text.encode().hex() not in stored for text in IDENTITY.values())


def test_a_field_does_not_open_in_another_place(keyed):
    """A ciphertext moved to another patient's row opens nothing."""
    sealed = vault.seal(keyed, "P1", IDENTITY, "north")

    with pytest.raises(VaultClosed):
        opened(keyed, sealed, patient="P2")


def test_two_fields_cannot_be_swapped(keyed):
    """Family name and given name are bound to their own columns."""
    sealed = vault.seal(keyed, "P1", {"family_name": "A", "given_name": "B"}, "north")
    first, second, index = sealed.rows
    swapped = [
        (first["field"], second["nonce"], second["ciphertext"]),
        (second["field"], first["nonce"], first["ciphertext"]),
        (index["field"], index["nonce"], index["ciphertext"]),
    ]

    with pytest.raises(VaultClosed):
        vault.unseal(keyed, "P1", sealed.wrapped, swapped)


def test_another_key_opens_nothing(keyed):
    """Without the right vault key the identity is unreadable."""
    sealed = vault.seal(keyed, "P1", IDENTITY, "north")

    with pytest.raises(VaultClosed):
        opened(Vault(b"x" * vault.KEY_BYTES, draws()), sealed)


def test_the_index_finds_a_number_at_its_site_only(keyed):
    """Equal numbers of one site are found; the same number elsewhere is another patient."""
    here = vault.index_of(keyed, "north", "  00017 ")

    assert here == vault.index_of(keyed, "north", "00017")
    assert here != vault.index_of(keyed, "south", "00017")
    assert here != vault.index_of(keyed, "north", "00018")


def test_the_key_file_is_private_and_never_replaced(tmp_path):
    """The key is readable by its owner alone, and a second one does not take its place."""
    path = tmp_path / "keys" / "vault.key"
    vault.create_key_file(path, draws())

    with pytest.raises(FileExistsError):
        vault.create_key_file(path, draws())

    assert path.stat().st_mode & 0o777 == 0o600
    assert len(vault.read_key_file(path)) == vault.KEY_BYTES


@pytest.mark.parametrize("text", ["", "not hex", "abcd"])
def test_a_damaged_key_file_is_said_so(tmp_path, text):
    """A file that holds no key stops with a sentence."""
    path = tmp_path / "vault.key"
    path.write_text(text)

    with pytest.raises(VaultClosed):
        vault.read_key_file(path)


@pytest.mark.parametrize(
    ("stated", "written"),
    [("o'brien-łukasiewicz", "O'Brien-Łukasiewicz"), (" Zoe\u0308 ", "Zoë"), ("A  B", "a b")],
)
def test_spelling_habits_do_not_make_another_person(stated, written):
    """Case, spaces and the way an accent is typed are no difference."""
    assert vault.folded(stated) == vault.folded(written)


@pytest.mark.parametrize(("stated", "written"), [("Obrien", "O'Brien"), ("Zoe", "Zoë")])
def test_another_letter_is_another_name(stated, written):
    """Nothing is forgiven that could be another person's name."""
    assert vault.folded(stated) != vault.folded(written)
