"""Forgeries of the tree over all entries, and of the checkpoints that say how large it was."""

from tests.store.attacks import attack
from tests.store.writer import Row, Writer


def a_leaf(**change: str | int | None) -> Row:
    """The fourth leaf: the first entry of therapy A."""
    row: Row = {"n": 3, "prev_n": 2, "chain": "A", "seq": 0, "prev_seq": None, "hash": "0" * 64}
    return row | change


def a_checkpoint(**change: str | int | None) -> Row:
    """The third checkpoint, of all that is in the tree."""
    row: Row = {"n": 2, "prev_n": 1, "size": 3, "prev_size": 2, "last": 2, "note": "third"}
    return row | change


@attack("uq_tree_leaf_entry")
def an_entry_is_in_the_tree_twice(writer: Writer) -> None:
    """A second leaf for an entry."""
    writer.insert("tree_leaf", a_leaf(chain="site"))


@attack("pk_tree_leaf")
def two_entries_share_a_leaf(writer: Writer) -> None:
    """The place in the tree is taken: two that sequence at once exclude each other."""
    writer.insert("tree_leaf", a_leaf(n=2, prev_n=1))


@attack("ck_tree_leaf_dense")
def a_leaf_is_left_out(writer: Writer) -> None:
    """The number after the next, tied to the last."""
    writer.insert("tree_leaf", a_leaf(n=4))


@attack("fk_tree_leaf_prev")
def a_leaf_stands_behind_nothing(writer: Writer) -> None:
    """A number far behind the end of the tree."""
    writer.insert("tree_leaf", a_leaf(n=9, prev_n=8))


@attack("ck_tree_leaf_dense")
def a_leaf_in_the_middle_has_none_before_it(writer: Writer) -> None:
    """NULL would switch off the key to the leaf before."""
    writer.insert("tree_leaf", a_leaf(prev_n=None))


@attack("fk_tree_leaf_order")
def an_entry_overtakes_the_next_of_its_chain(writer: Writer) -> None:
    """The chain is in the tree already, and the entry before this one is not."""
    writer.insert("tree_leaf", a_leaf(chain="site", seq=4, prev_seq=3))


@attack("ck_tree_leaf_order")
def an_entry_follows_one_that_is_not_the_one_before(writer: Writer) -> None:
    """The entry that it names is in the tree; the one between is left out."""
    writer.insert("tree_leaf", a_leaf(chain="site", seq=4, prev_seq=2))


@attack("fk_tree_leaf_order", on_postgresql="ck_tree_leaf_order")
def a_first_entry_stands_behind_itself(writer: Writer) -> None:
    """PostgreSQL lets a row name itself; the check refuses that."""
    writer.insert("tree_leaf", a_leaf(prev_seq=0))


@attack("fk_tree_leaf_order")
def an_entry_overtakes_the_one_before_it(writer: Writer) -> None:
    """The second entry of a therapy, of which the first is not in the tree."""
    writer.insert("tree_leaf", a_leaf(seq=1, prev_seq=0))


@attack("ck_tree_leaf_order")
def an_entry_comes_in_as_if_it_were_the_first(writer: Writer) -> None:
    """NULL would switch off the key to the entry before."""
    writer.insert("tree_leaf", a_leaf(seq=1))


@attack("fk_tree_leaf_entry")
def what_never_happened_is_in_the_tree(writer: Writer) -> None:
    """A leaf of an entry that there is not."""
    writer.insert("tree_leaf", a_leaf(chain="nowhere"))


@attack("fk_tree_leaf_entry")
def what_is_still_to_happen_is_in_the_tree(writer: Writer) -> None:
    """All of a chain is in the tree, and a leaf more than it has entries."""
    for n in (3, 4):
        writer.insert("tree_leaf", a_leaf(n=n, prev_n=n - 1, chain="site", seq=n, prev_seq=n - 1))
    writer.insert("tree_leaf", a_leaf(n=5, prev_n=4, chain="site", seq=5, prev_seq=4))


@attack("ck_tree_node_above")
def a_node_stands_before_the_first(writer: Writer) -> None:
    """Nodes are counted from 0; below that no leaves are."""
    writer.insert("tree_node", {"level": 1, "number": -1, "hash": "0" * 64})


@attack("ck_tree_node_above")
def a_node_stands_where_leaves_are(writer: Writer) -> None:
    """A hash on the level of the entries' own."""
    writer.insert("tree_node", {"level": 0, "number": 1, "hash": "0" * 64})


@attack("ck_checkpoint_grows")
def a_checkpoint_is_of_a_smaller_tree(writer: Writer) -> None:
    """The tree only grows; what was signed of it grows too."""
    writer.insert("checkpoint", a_checkpoint(size=2, last=1))


@attack("fk_checkpoint_last")
def a_checkpoint_is_of_more_than_there_is(writer: Writer) -> None:
    """Signed of a size that the tree has not."""
    writer.insert("checkpoint", a_checkpoint(size=9, last=8))


@attack("ck_checkpoint_last")
def a_checkpoint_names_another_last_leaf(writer: Writer) -> None:
    """Its last leaf is that of its size, and no other that there is."""
    writer.insert("checkpoint", a_checkpoint(last=1))


@attack("fk_checkpoint_prev")
def a_checkpoint_says_another_size_of_the_one_before(writer: Writer) -> None:
    """So that it would not seem to shrink."""
    writer.insert("checkpoint", a_checkpoint(prev_size=1))


@attack("ck_checkpoint_grows")
def a_checkpoint_has_none_before_it(writer: Writer) -> None:
    """NULL would switch off the key to the checkpoint before."""
    writer.insert("checkpoint", a_checkpoint(prev_n=None, prev_size=None))


@attack("ck_checkpoint_grows")
def the_checkpoint_before_has_no_number(writer: Writer) -> None:
    """One NULL would do, and the size before could be any."""
    writer.insert("checkpoint", a_checkpoint(prev_n=None))


@attack("ck_checkpoint_grows")
def the_checkpoint_before_has_no_size(writer: Writer) -> None:
    """The other NULL would do, and it could have been larger."""
    writer.insert("checkpoint", a_checkpoint(prev_size=None))


@attack("ck_checkpoint_grows")
def a_checkpoint_follows_one_of_long_before(writer: Writer) -> None:
    """The one between would be left out, and could be of another tree."""
    writer.insert("checkpoint", a_checkpoint(prev_n=0, prev_size=1))


@attack("pk_checkpoint")
def two_checkpoints_follow_the_same(writer: Writer) -> None:
    """A second one in the place of the last."""
    writer.insert("checkpoint", a_checkpoint(n=1, prev_n=0, prev_size=1))


# -- the first checkpoint -------------------------------------------------------------------------


def a_first_checkpoint(**change: int) -> Row:
    """The first checkpoint, of one leaf."""
    row: Row = {"n": 0, "prev_n": None, "size": 1, "prev_size": None, "last": 0, "note": "first"}
    return row | change


@attack("ck_checkpoint_grows", at_first=True)
def a_first_checkpoint_follows_a_number(writer: Writer) -> None:
    """Nothing was signed before; half a key to it would refer to nothing."""
    writer.insert("checkpoint", a_first_checkpoint(prev_n=7))


@attack("ck_checkpoint_grows", at_first=True)
def a_first_checkpoint_follows_a_size(writer: Writer) -> None:
    """The other half of the key."""
    writer.insert("checkpoint", a_first_checkpoint(prev_size=7))


@attack("ck_checkpoint_grows", at_first=True)
def a_first_checkpoint_is_of_nothing(writer: Writer) -> None:
    """A tree without a leaf says nothing of any record."""
    writer.insert("checkpoint", a_first_checkpoint(size=0))
