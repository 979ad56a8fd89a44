"""What came into the tree is verified without what was there before."""

import pytest

from coi.ledger.checkpoint import read_checkpoint, signed
from coi.services.checkpoint_keys import read_signing_key
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.sequencing import Sequencer
from coi.services.signed_before import last_file
from coi.services.verifying import verify_new, verify_record
from coi.store import tree
from tests.coi.services.test_anchoring import grown
from tests.coi.services.test_verifying import changed_by_hand

OTHER = "ab" * 32
TABLES = {"tree_leaf", "tree_node", "checkpoint"}


def of_tree(verdict):
    """What is wrong with the tree."""
    return {(one.table, one.key, one.what) for one in verdict.findings if one.table in TABLES}


def test_what_came_into_the_tree_is_counted_and_holds(begun):
    """And is not looked at again the next time."""
    Sequencer(begun).run_until_empty()
    assert verify_record(begun).holds
    occasion = Occasion("-", "-", begun.clock.now())
    for _ in range(3):
        begun.transact(lambda tx: write_site_entry(tx, "look", occasion, Registered()))
    Sequencer(begun).run_until_empty()

    first, second = verify_new(begun), verify_new(begun)

    assert (first.verdict.findings, first.leaves) == ((), 3)
    assert (second.verdict.findings, second.leaves) == ((), 0)


@pytest.fixture
def grew(clinic):
    """A record of which the first part was verified, and more came into the tree behind it."""
    Sequencer(clinic.installation).run_until_empty()
    assert verify_record(clinic.installation).holds
    size = clinic.installation.read(tree.size_of_tree)
    for name in ("queenie", "quinn", "quentin"):
        grown(clinic, name)
    return clinic.installation, size


def spoil(installation, *statements):
    """Change rows past the product."""
    changed_by_hand(installation.engine, *statements)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE tree_leaf SET hash = '{OTHER}' WHERE n = {{new}}",  # noqa: S608 - the attack
        f"UPDATE tree_node SET hash = '{OTHER}' WHERE level = 1 AND number = {{new}} / 2 + 1",  # noqa: S608
        "DELETE FROM tree_node WHERE level = 1 AND number = {new} / 2 + 1",
        "DELETE FROM tree_leaf WHERE n >= (SELECT max(n) - 1 FROM tree_leaf)",
    ],
    ids=["leaf", "node", "no node", "cut off"],
)
def test_what_is_wrong_in_the_new_part_is_found_as_by_a_whole_look(grew, statement):
    """Both name the place; what follows from it above, each tells in its own way."""
    installation, size = grew
    spoil(installation, statement.format(new=size))

    new, whole = verify_new(installation).verdict, verify_record(installation)

    named_by_both = {one[:2] for one in of_tree(whole)} & {one[:2] for one in of_tree(new)}
    assert named_by_both


def test_an_entry_that_was_removed_behind_its_leaf_is_found(grew):
    """The leaf knows that there was one."""
    installation, size = grew
    of_leaf = f"SELECT chain, seq FROM tree_leaf WHERE n = {size}"  # noqa: S608 - the attack
    spoil(installation, f"DELETE FROM entry WHERE (chain, seq) IN ({of_leaf})")  # noqa: S608

    whats = {one.what for one in verify_new(installation).verdict.findings}

    assert "is of an entry that is no longer there" in whats


def test_a_checkpoint_that_was_signed_of_another_tree_is_found(grew):
    """Whoever has the key signs what they like; the leaves say otherwise."""
    installation, _size = grew
    note = read_checkpoint(last_file(installation.settings).read_bytes())
    key = read_signing_key(installation.settings.checkpoint_key_file)
    point = type(note.checkpoint)(note.checkpoint.origin, note.checkpoint.size, bytes(32))
    forged = signed(point, point.origin, key).text
    spoil(
        installation,
        f"UPDATE checkpoint SET note = '{forged}' WHERE size = {point.size}",  # noqa: S608
    )

    whats = {one.what for one in verify_new(installation).verdict.findings}

    assert any(one.startswith("was signed of another tree") for one in whats)


def test_a_hash_at_the_edge_of_what_was_verified_must_be_what_it_was(grew):
    """It stands for everything below it, which is not read again."""
    installation, size = grew
    level = size.bit_length() - 1
    spoil(
        installation,
        f"UPDATE tree_node SET hash = '{OTHER}' WHERE level = {level} AND number = 0",  # noqa: S608
    )

    whats = {one.what for one in verify_new(installation).verdict.findings}

    assert f"the first {size} entries are not those that were verified" in whats


def test_an_old_leaf_is_left_to_a_whole_look(grew):
    """That is what it says that it did not look at."""
    installation, _size = grew
    spoil(installation, f"UPDATE tree_leaf SET hash = '{OTHER}' WHERE n = 1")  # noqa: S608

    assert of_tree(verify_new(installation).verdict) == set()
    assert of_tree(verify_record(installation))
