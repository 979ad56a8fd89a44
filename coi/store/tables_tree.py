"""One tree over the entries of all chains, and the signed statements of how large it was.

Written after the entries, by whoever sequences them: nothing that an entry needs stands here.
"""

from coi.store.words import check, numbers, primary, refers, table, texts, unique

tree_leaf = table(
    "tree_leaf",
    numbers("n"),
    numbers("prev_n", null=True),
    texts("chain"),
    numbers("seq"),
    numbers("prev_seq", null=True),
    texts("hash"),
    primary("tree_leaf", "n"),
    # An entry is in the tree once; and only behind the one before it in its chain.
    unique("uq_tree_leaf_entry", "chain seq"),
    check(
        "ck_tree_leaf_dense",
        "n >= 0 AND ((n = 0 AND prev_n IS NULL)"
        " OR (n > 0 AND prev_n IS NOT NULL AND prev_n = n - 1))",
    ),
    check(
        "ck_tree_leaf_order",
        "(seq = 0 AND prev_seq IS NULL)"
        " OR (seq > 0 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)",
    ),
    refers("fk_tree_leaf_prev", "prev_n", "tree_leaf", "n"),
    refers("fk_tree_leaf_order", "chain prev_seq", "tree_leaf", "chain seq"),
    refers("fk_tree_leaf_entry", "chain seq", "entry", "chain seq"),
)
"""Where an entry stands in the tree, counted from 0; `hash` is the entry's, which is its leaf."""

tree_node = table(
    "tree_node",
    numbers("level number"),
    texts("hash"),
    primary("tree_node", "level number"),
    check("ck_tree_node_above", "level > 0 AND number >= 0"),
)
"""The hash above the `2 ** level` leaves from number `number * 2 ** level` on: it follows from
them, and spares whoever proves something from reading them."""

checkpoint = table(
    "checkpoint",
    numbers("n"),
    numbers("prev_n", null=True),
    numbers("size"),
    numbers("prev_size", null=True),
    numbers("last"),
    texts("note"),
    primary("checkpoint", "n"),
    unique("uq_checkpoint_size", "n size"),
    check(
        "ck_checkpoint_grows",
        "n >= 0 AND size > 0 AND ((n = 0 AND prev_n IS NULL AND prev_size IS NULL)"
        " OR (n > 0 AND prev_n IS NOT NULL AND prev_n = n - 1"
        " AND prev_size IS NOT NULL AND prev_size < size))",
    ),
    check("ck_checkpoint_last", "last = size - 1"),
    refers("fk_checkpoint_prev", "prev_n prev_size", "checkpoint", "n size"),
    refers("fk_checkpoint_last", "last", "tree_leaf", "n"),
)
"""A signed statement of how many leaves the tree had and what its root was; `note` is its text."""
