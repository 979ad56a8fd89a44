"""What the tree and its checkpoints find that no chain knows of itself."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from coi.ledger.checkpoint import Checkpoint, read_checkpoint, signed, verifier_of
from coi.ledger.findings import Verdict
from coi.ledger.signers import Signer
from coi.ledger.tree import Frontier
from coi.ledger.verify import verify
from coi.store import tree
from coi.store.engine import read, write
from coi.store.read_ledger import LedgerRows
from tests.ledger.clinic import Clinic, expand
from tests.ledger.conftest import Attack, verdict_on
from tests.ledger.sequencing import KEY, ORIGIN, SIGNER, SOME, sequence

STOLEN = Ed25519PrivateKey.from_private_bytes(b"\6" * 32)


def _whats(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(one.table, one.key, one.what) for one in verdict.findings]


def _hashes(engine: Engine) -> list[bytes]:
    with read(engine) as connection:
        rows = connection.exec_driver_sql("SELECT hash FROM tree_leaf ORDER BY n")
        return [bytes.fromhex(row[0]) for row in rows]


def test_every_entry_is_in_the_tree_and_below_a_checkpoint(history: Engine):
    """The root that was signed is that of RFC 9162 over all entries."""
    leaves = _hashes(history)
    with read(history) as connection:
        entries = connection.exec_driver_sql("SELECT count(*) FROM entry").scalar_one()
        last = tree.newest_checkpoint(connection)

    assert last is not None
    assert len(leaves) == entries == last.size
    assert read_checkpoint(last.note.encode()).checkpoint.root == Frontier().grown(leaves).root


def test_what_was_recorded_just_now_may_be_outside(history: Engine):
    """It comes into the tree a second later; that is no finding."""
    with write(history) as connection:
        Clinic(connection, tick=10_000).order("COI-C", "PAT-C")

    assert verdict_on(history).holds


def test_an_entry_that_was_left_out_is_named(history: Engine, attack: Attack):
    """An entry that is not in the tree stands at the end of its chain."""
    attack("DELETE FROM tree_leaf WHERE chain = 'COI-A' AND seq = 4")

    said = "is in the tree, and an entry before it in its chain is not"
    assert said in [one.what for one in verdict_on(history).findings]


def test_an_older_state_without_its_last_leaves_is_found(history: Engine, attack: Attack):
    """What was signed of more entries than there are is named (T6)."""
    size = len(_hashes(history))
    attack(f"DELETE FROM tree_leaf WHERE n >= {size - 2}")  # noqa: S608 - the attack

    said = f"was signed of {size} entries, and the tree holds {size - 2}"
    assert said in [one.what for one in verdict_on(history).findings]


def test_a_tree_that_was_made_anew_differs_from_what_was_signed(history: Engine, attack: Attack):
    """Whoever changes an entry and everything that follows from it cannot sign it anew (T4).

    The first checkpoint that differs is named; that later ones do follows from it.
    """
    attack("UPDATE tree_leaf SET hash = '" + "ab" * 32 + "' WHERE n = 0")

    wrong = [one.key for one in verdict_on(history).findings if one.table == "checkpoint"]
    assert wrong == ["0"]


def test_a_checkpoint_of_another_key_is_named(history: Engine, attack: Attack):
    """Only the key that the record names signs for it (T12)."""
    forged = signed(Checkpoint(ORIGIN, 13, b"\7" * 32), ORIGIN, STOLEN)

    attack(f"UPDATE checkpoint SET note = '{forged.text}' WHERE n = 0")  # noqa: S608 - the attack

    said = "This is no checkpoint: no key that the record names has signed it."
    assert _whats(verdict_on(history)) == [("checkpoint", "0", said)]


def test_a_checkpoint_of_another_record_is_named(history: Engine, attack: Attack):
    """The same key under another name signs for another record."""
    forged = signed(Checkpoint("coi/TEST/other", 13, b"\7" * 32), "coi/TEST/other", KEY)
    other = Signer(verifier_of("coi/TEST/another", KEY))

    attack(f"UPDATE checkpoint SET note = '{forged.text}' WHERE n = 0")  # noqa: S608 - the attack

    with read(history) as connection:
        verdict = verify(LedgerRows(connection), expand, signers=[SIGNER, other])
    assert [one.key for one in verdict.findings] == ["0"]


def test_without_a_key_that_the_record_names_nothing_is_signed(history: Engine):
    """Every checkpoint is named where nobody knows whose signatures count."""
    with read(history) as connection:
        verdict = verify(LedgerRows(connection), expand)

    assert {one.table for one in verdict.findings} == {"checkpoint"}


def test_the_tree_goes_on_where_it_ended(history: Engine):
    """What comes later is put behind, and everything holds."""
    before = len(_hashes(history))
    with write(history) as connection:
        clinic = Clinic(connection, tick=10_000)
        clinic.order("COI-C", "PAT-C")
        clinic.collect("COI-C")
        sequence(connection)

    assert len(_hashes(history)) == before + 2
    assert verdict_on(history).holds


def test_a_key_that_was_replaced_signs_no_larger_tree(history: Engine):
    """What it signed before stays valid; what it signs afterwards is named (TL-25)."""
    size = len(_hashes(history))
    replaced = Signer(SIGNER.verifier, until=SOME)
    newer = Signer(verifier_of(ORIGIN, STOLEN), after=SOME)

    with read(history) as connection:
        verdict = verify(LedgerRows(connection), expand, signers=[replaced, newer])

    found = _whats(verdict)
    assert len(found) == -(-size // SOME) - 1
    assert {what for _table, _key, what in found} == {
        "This is no checkpoint: the key that signed it was replaced by then, or named later."
    }
    assert "0" not in [key for _table, key, _what in found]
