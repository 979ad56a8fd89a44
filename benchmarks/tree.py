"""What the tree over all entries takes: behind handoffs, and to prove one entry of a million."""

from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median

from pysqlite3 import dbapi2
from sqlalchemy import Connection

from benchmarks.clinic import Bag, Clinic
from benchmarks.handoffs import handing_over, walk_on
from benchmarks.measure import Row, cpu_ms, spread
from coi.ledger.tree import Frontier, grown_nodes, inclusion_proof, is_included
from coi.services.sequencing import Sequencer
from coi.store import tree
from coi.store.engine import open_engine, read
from coi.store.migrate import upgrade

MOST = 1.15
PACES = (100, 10, 1)  # handoffs in the second after which the sequencer looks
HANDOFFS = 1_200
TRAIL_INDEXES = ("ix_entry_action", "ix_entry_actor", "ix_entry_unusual")
LARGE, SMALL = 1_000_000, 10_000
PROOFS = 400
MOST_MS = 2
_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'tree_%'"


def rows(clinic: Clinic, bags: Sequence[Bag], folder: Path) -> Iterator[Row]:
    """CPU of handoffs with the tree grown behind them ÷ without; and of a proof of one entry."""
    for bag in bags:
        walk_on(clinic, bag)
    sequencer = Sequencer(clinic.installation)
    while sequencer.sequence():
        pass
    for pace in PACES:
        yield _beside(clinic, bags, sequencer, pace)
    for leaves in (SMALL, LARGE):
        taken = _proofs(folder / f"tree of {leaves}.db", leaves)
        told = f"proof of one of {leaves:,} entries"
        yield Row(told, spread(taken), f"at most {MOST_MS} ms", median(taken) <= MOST_MS)


def _beside(clinic: Clinic, bags: Sequence[Bag], sequencer: Sequencer, pace: int) -> Row:
    """So many handoffs, and so many with one look of the sequencer after them; by turns."""
    hand_over = handing_over(clinic, bags)

    def off() -> None:
        for _ in range(pace):
            hand_over()

    def on() -> None:
        off()
        sequencer.sequence()

    def empty() -> None:  # what was recorded with the tree off is nobody's to count
        while sequencer.sequence():
            pass

    without, with_tree = [], []
    for turn in range(max(10, HANDOFFS // (2 * pace))):
        for number in ((0, 1), (1, 0))[turn % 2]:
            empty()
            (without, with_tree)[number].append(cpu_ms((off, on)[number]))
    quotient = median(with_tree) / median(without)
    return Row(
        f"handoffs with the tree on ÷ off, {pace} a second",
        f"{quotient:.2f} ({median(without) / pace:.2f} and {median(with_tree) / pace:.2f} ms)",
        f"at most {MOST}",
        quotient <= MOST,
    )


def beside_bare(
    ours: tuple[Clinic, Sequence[Bag]], bare: tuple[Clinic, Sequence[Bag]]
) -> Iterator[Row]:
    """CPU of handoffs with tree, a checkpoint each second and the trail's indexes ÷ with none."""
    bare[0].installation.transact(_drop_indexes)
    hand_over, bare_over = handing_over(*ours), handing_over(*bare)
    sequencer = Sequencer(ours[0].installation)
    sequencer.run_until_empty()

    def everything(pace: int) -> None:
        for _ in range(pace):
            hand_over()
        sequencer.sequence()
        sequencer.sign()

    def nothing(pace: int) -> None:
        for _ in range(pace):
            bare_over()

    for pace in PACES[:2]:
        works = (partial(nothing, pace), partial(everything, pace))
        taken: tuple[list[float], list[float]] = ([], [])
        for turn in range(max(10, HANDOFFS // (2 * pace))):
            for number in ((0, 1), (1, 0))[turn % 2]:
                taken[number].append(cpu_ms(works[number]))
        without, with_all = map(median, taken)
        yield Row(
            f"handoffs with tree, checkpoint and the trail's indexes ÷ without, {pace} a second",
            f"{with_all / without:.2f} ({without / pace:.2f} and {with_all / pace:.2f} ms)",
            f"at most {MOST}",
            with_all / without <= MOST,
        )


def _drop_indexes(connection: Connection) -> None:
    for name in TRAIL_INDEXES:
        connection.exec_driver_sql(f"DROP INDEX {name}")


def _proofs(file: Path, leaves: int) -> list[float]:
    """Milliseconds for each of some proofs, of entries that lie anywhere; all lead to the root."""
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    upgrade(engine)
    root = _planted(file, leaves).root
    draw = Random(leaves)
    with read(engine) as connection:
        taken = [_proven(connection, draw.randrange(leaves), leaves, root) for _ in range(PROOFS)]
    engine.dispose()
    return taken


def _proven(connection: Connection, index: int, leaves: int, root: bytes) -> float:
    found: list[tuple[bytes, ...]] = []

    def prove() -> None:
        found.append(inclusion_proof(index, leaves, tree.nodes_of(connection)))

    taken = cpu_ms(prove)
    if not is_included(_leaf(index), index, leaves, found[0], root):
        raise AssertionError(index)
    return taken


def _leaf(n: int) -> bytes:
    return sha256(n.to_bytes(8)).digest()


def _planted(file: Path, leaves: int) -> Frontier:
    """A tree of so many leaves, below which there are no entries: a proof asks for none."""
    frontier, nodes = grown_nodes(Frontier(), map(_leaf, range(leaves)))
    connection = dbapi2.connect(str(file))
    for (trigger,) in connection.execute(_TRIGGERS).fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.executemany(
        "INSERT INTO tree_leaf (n, prev_n, chain, seq, prev_seq, hash) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (n, n - 1 if n else None, "-", n, n - 1 if n else None, _leaf(n).hex())
            for n in range(leaves)
        ),
    )
    connection.executemany(
        "INSERT INTO tree_node (level, number, hash) VALUES (?, ?, ?)",
        ((level, number, hash_.hex()) for level, number, hash_ in nodes),
    )
    connection.commit()
    connection.close()
    return frontier
