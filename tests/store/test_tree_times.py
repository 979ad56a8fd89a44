"""When what stands in the tree was recorded, on either database."""

from coi.store import tree, tree_times
from coi.store.engine import write
from tests.store.doors import Engine as Product
from tests.store.world import build_world
from tests.store.writer import Writer

ALWAYS = "9999"


def test_what_is_outside_and_what_is_dated_before_a_moment_is_told(engine):
    """The oldest that waits; and of places in the tree, those that are dated earlier (CL-06)."""
    with write(engine) as connection:
        build_world(Writer(Product(connection)))
        chains = tree.chains_outside(connection, "")
        waits = tree_times.oldest_outside(connection, "")
        tree.grow(connection, tree.frontier(connection), tree.waiting(connection, chains, 100))
        size = tree.size_of_tree(connection)

        every = tree_times.dated_before(connection, 0, size, ALWAYS)
        leaves = [(row[2], row[3]) for row in tree.leaves_from(connection, 0)]

        assert [(one.chain, one.seq) for one in every] == leaves
        assert waits == min(one.recorded_at for one in every)
        assert tree_times.dated_before(connection, 2, 5, ALWAYS) == every[2:5]
        assert tree_times.dated_before(connection, 0, size, waits) == []
        assert tree_times.oldest_outside(connection, "") == ""
        assert tree_times.oldest_outside(connection, ALWAYS) == ""
