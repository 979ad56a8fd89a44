"""All entries are hashed anew with SHA-512: what SHA-256 no longer tells apart is told by it."""

from dataclasses import replace
from hashlib import sha256, sha512
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from coi.errors import DataRefused
from coi.ledger import hashes
from coi.ledger.anew import Grown, read_anew, signed_anew
from coi.ledger.checkpoint import NoCheckpoint
from coi.services.anew import differs_anew, hash_anew, statements_beside
from coi.services.checkpoint_keys import read_signing_key, signers_of
from coi.services.proofs import NotAllowed
from coi.services.sequencing import Sequencer
from coi.services.verifying import verify_record
from coi.store import tables as t
from coi.store import tree, tree_bytes
from coi.store.engine import read, write
from coi.store.facts import ORGANISATION
from coi.store.tree_bytes import bytes_in_tree
from tests.coi.services.test_key_change import proven, sign_more, signed_clinic
from tests.coi.services.test_sequencing import _something_unsigned
from tests.coi.services.test_verifying import changed_by_hand
from tests.store.doors import Engine as Product
from tests.store.world import build_world
from tests.store.writer import Writer

__all__ = ["signed_clinic"]  # a fixture


def root_over(leaves):
    """The root as RFC 9162 defines it, with SHA-512: written as it stands there."""
    if len(leaves) == 1:
        return sha512(b"\0" + leaves[0]).digest()
    left = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha512(b"\1" + root_over(leaves[:left]) + root_over(leaves[left:])).digest()


@pytest.mark.parametrize("size", [*range(1, 18), 33])
def test_the_tree_is_that_of_the_standard_with_another_algorithm(size):
    """Whoever has the bytes and the standard comes to the same root."""
    grown = Grown()
    for n in range(size):
        grown.add(b"%d" % n, b"[]")

    assert grown.root == root_over([b"%d\n[]" % n for n in range(size)])


def test_all_below_the_last_checkpoint_is_hashed_anew_and_put_on_record(signed_clinic):
    """Signed by quality assurance and by the key; kept beside it, and verified (TL-24)."""
    installation = signed_clinic.installation
    size = installation.read(tree.newest_checkpoint).size

    text = hash_anew(installation, proven(signed_clinic), "SHA-256 is twenty-five years old.")
    sign_more(signed_clinic)

    told = read_anew(text, installation.read(signers_of))
    everything = installation.read(lambda tx: [*bytes_in_tree(tx, size)])
    (beside,) = statements_beside(installation.settings)
    assert (told.size, beside.text) == (size, text)
    assert told.root == root_over([b"%b\n%b" % one for one in everything])
    assert verify_record(installation).holds


def test_the_bytes_come_in_the_order_of_the_tree_on_either_database(engine, monkeypatch):
    """As they lie there, some at a time."""
    monkeypatch.setattr(tree_bytes, "AT_ONCE", 3)
    with write(engine) as connection:
        build_world(Writer(Product(connection)))
        chains = tree.chains_outside(connection, "")
        tree.grow(connection, tree.frontier(connection), tree.waiting(connection, chains, 100))
    with read(engine) as connection:
        size = tree.size_of_tree(connection)
        found = [*bytes_in_tree(connection, size)]
        stored = [
            connection.execute(
                select(t.entry.c.content, t.entry.c.signed).where(
                    t.entry.c.chain == leaf[2], t.entry.c.seq == leaf[3]
                )
            ).one()
            for leaf in tree.leaves_from(connection, 0)
        ]

    assert found == [(content.encode(), signed.encode()) for content, signed in stored]
    assert len(found) == size > 3


class Collided:
    """SHA-256 after somebody found other bytes with the hash of an entry."""

    def __init__(self, original, forged):
        self.original, self.forged = original, forged

    def __call__(self, content):
        """The hash, by which the two cannot be told apart."""
        return sha256(content.replace(self.forged, self.original))


def forged_entry(installation, monkeypatch):
    """An entry is replaced by another one of the same SHA-256, with its row, past every lock."""
    (told,) = installation.read(lambda tx: tree.told_by(tx, ORGANISATION, ("look",)))
    forged = told.content.replace('"unit":"-"', '"unit":"x"')
    changed_by_hand(
        installation.engine,
        f"UPDATE entry SET content = '{forged}', unit = 'x',"  # noqa: S608
        f" content_hash = '{sha256(forged.encode()).hexdigest()}' WHERE seq = {told.seq}"
        f" AND chain = '{ORGANISATION}'",
    )
    monkeypatch.setattr(hashes, "sha256", Collided(told.content.encode(), forged.encode()))


@pytest.fixture
def looked(signed_clinic):
    """The same clinic with one entry more that no table tells of."""
    _something_unsigned(signed_clinic.installation)
    Sequencer(signed_clinic.installation).run_until_empty()
    return signed_clinic


def test_an_entry_of_the_same_sha_256_is_found_by_what_was_hashed_anew(looked, monkeypatch):
    """Every hash and every checkpoint of the record still fits; the statement does not (TL-24)."""
    installation = looked.installation
    hash_anew(installation, proven(looked), "Before it breaks.")

    forged_entry(installation, monkeypatch)
    findings = verify_record(installation).findings

    assert len(findings) == len(("on record", "beside the key"))
    assert all("are not those that were hashed with SHA-512 at" in one.what for one in findings)


def test_without_a_statement_such_an_entry_is_not_found_by_its_hash(looked, monkeypatch):
    """So it is made while SHA-256 still holds."""
    forged_entry(looked.installation, monkeypatch)

    assert verify_record(looked.installation).holds


def test_a_statement_beside_the_key_holds_against_a_record_without_it(looked):
    """Who removes what stands on record leaves what was kept elsewhere."""
    installation = looked.installation
    hash_anew(installation, proven(looked), "Before it breaks.")
    beside = statements_beside(installation.settings)
    changed_by_hand(installation.engine, "DELETE FROM entry WHERE action = 'look'")

    told = [one.what for one in installation.read(lambda tx: [*differs_anew(tx, beside)])]

    assert len(told) == 2
    assert all("entries" in one for one in told)


def test_what_nobody_signed_is_no_statement(looked):
    """Another key, another size, another record, or a bit that is another one."""
    installation = looked.installation
    text = hash_anew(installation, proven(looked), "Before it breaks.")
    signers = installation.read(signers_of)
    told = read_anew(text, signers)
    forged = signed_anew(told, Ed25519PrivateKey.generate())
    size = text.replace(f"\n{told.size}\n", f"\n{told.size - 1}\n")
    own = read_signing_key(installation.settings.checkpoint_key_file)
    other = signed_anew(replace(told, origin="coi/other"), own)

    for one in (forged, size, other, text[:-3] + "=\n", "nothing", text + text):
        with pytest.raises(NoCheckpoint):
            read_anew(one, signers)
    (file,) = [one.where for one in statements_beside(installation.settings)]
    Path(file).write_text(forged, encoding="utf-8")
    (finding,) = verify_record(installation).findings
    assert finding.key == file


def test_what_was_hashed_of_lost_entries_contradicts_nothing(looked):
    """Of a record that was put back, and for which quality assurance has signed (TL-18)."""
    installation = looked.installation
    text = hash_anew(installation, proven(looked), "Before it breaks.")
    (signer,) = installation.read(signers_of)
    size = read_anew(text, [signer]).size

    closed = replace(signer, until=size - 1, is_closed=True)

    assert read_anew(text, [closed]) is None
    with pytest.raises(NoCheckpoint):
        read_anew(text, [replace(closed, is_closed=False)])


@pytest.mark.parametrize("why", [" ", "x" * 2_001])
def test_it_takes_a_reason(signed_clinic, why):
    """Whoever reads the record in thirty years is told why."""
    with pytest.raises(DataRefused, match="say why"):
        hash_anew(signed_clinic.installation, proven(signed_clinic), why)


def test_it_takes_a_checkpoint_and_quality_assurance(clinic):
    """Nothing is hashed anew that was not signed, and by nobody else."""
    clinic.hire("queenie", ("qa_reviewer", "works-production"))
    with pytest.raises(DataRefused, match="no checkpoint is signed yet"):
        hash_anew(clinic.installation, proven(clinic), "Before it breaks.")

    Sequencer(clinic.installation).run_until_empty()
    with pytest.raises(NotAllowed):
        hash_anew(clinic.installation, clinic.root, "Before it breaks.")
