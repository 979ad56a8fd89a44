"""Each row of the tree and of its checkpoints that somebody changed is named by its place."""

from hashlib import sha256

import pytest

from coi.ledger.checkpoint import Checkpoint, signed
from coi.ledger.sequenced import bytes_of, check_tree
from coi.ledger.tree import Frontier, node_hash
from tests.ledger.sequencing import KEY, ORIGIN, SIGNER

SIZE = 14
SIGNED = (4, 9, 14)
PLACES = [("COI-A" if n % 3 else "COI-B", n - n // 3 - 1 if n % 3 else n // 3) for n in range(SIZE)]
"""Chain and number of each entry, in the order in which they came into the tree."""


def hash_of(place):
    """The hash of an entry."""
    return sha256(repr(place).encode()).hexdigest()


def nodes(leaves):
    """Every hash above others, by level and number."""
    level, found = list(leaves), {}
    for height in range(1, len(leaves).bit_length()):
        level = [node_hash(*level[n : n + 2]) for n in range(0, len(level) - 1, 2)]
        found |= {(height, n): hash_.hex() for n, hash_ in enumerate(level)}
    return found


class Rows:
    """What a database holds of a tree, to be changed before it is read."""

    def __init__(self):
        hashes = [hash_of(place) for place in PLACES]
        self.tables = {
            "entry": {p: {"chain": p[0], "seq": p[1], "hash": hash_of(p)} for p in PLACES},
            "tree_leaf": {n: self.leaf(n) for n in range(SIZE)},
            "tree_node": {
                place: {"level": place[0], "number": place[1], "hash": hash_}
                for place, hash_ in nodes([bytes.fromhex(one) for one in hashes]).items()
            },
            "checkpoint": {n: self.checkpoint(n) for n in range(len(SIGNED))},
        }

    @staticmethod
    def leaf(n):
        """The row of an entry that came into the tree."""
        chain, seq = PLACES[n]
        before = {"prev_n": n - 1 if n else None, "prev_seq": seq - 1 if seq else None}
        return {"n": n, "chain": chain, "seq": seq, "hash": hash_of(PLACES[n]), **before}

    @staticmethod
    def checkpoint(n):
        """The row of what was signed."""
        size = SIGNED[n]
        leaves = [bytes.fromhex(hash_of(place)) for place in PLACES[:size]]
        note = signed(Checkpoint(ORIGIN, size, Frontier().grown(leaves).root), ORIGIN, KEY)
        before = {"prev_n": n - 1, "prev_size": SIGNED[n - 1]} if n else {}
        row = {"n": n, "prev_n": None, "prev_size": None, "size": size, "last": size - 1}
        return {**row, **before, "note": note.text}

    def rows(self, table, columns, order):
        """As a `Source` gives them."""
        told = self.tables[table].values()
        for row in sorted(told, key=lambda row: tuple(row[name] for name in order)):
            yield tuple(row[name] for name in columns)


def found_in(rows):
    """The places that are named, with what is said of each."""
    findings = []
    check_tree(rows, [SIGNER], findings)
    return [(one.table, one.key, one.chain, one.seq, one.what) for one in findings]


def changed(table, key, **changes):
    """One row with other values."""
    return lambda rows: rows.tables[table][key].update(changes)


def without(table, *keys):
    """Some rows less."""
    return lambda rows: [rows.tables[table].pop(key) for key in keys]


def put_in(table, key, **row):
    """One row more."""
    return lambda rows: rows.tables[table].update({key: row})


def both(*changes):
    """One change behind another."""
    return lambda rows: [change(rows) for change in changes]


LEAF, NODE, POINT = "tree_leaf", "tree_node", "checkpoint"
AB = "ab" * 32
NO_PLACE = ("-", None)
GONE, LATE = "is of an entry that is no longer there", "an entry before it in its chain is not"
STRANGE, MISSING, WRONG = "belongs to no part", "is missing", "does not follow from what is below"
BEHIND, OTHER = "does not follow the one before it", "was signed of another tree"

CHANGES = {
    "nothing": (lambda _: None, []),
    "a checkpoint less": (without(POINT, 1), [(POINT, "1", *NO_PLACE, "before checkpoint 2")]),
    "the first checkpoint less": (
        without(POINT, 0),
        [(POINT, "0", *NO_PLACE, "is missing before checkpoint 1")],
    ),
    "two checkpoints less": (
        without(POINT, 0, 1),
        [(POINT, "0", *NO_PLACE, "is missing before checkpoint 2")],
    ),
    "a checkpoint behind another": (
        changed(POINT, 1, prev_n=5),
        [(POINT, "1", *NO_PLACE, BEHIND)],
    ),
    "a checkpoint behind a smaller one": (
        changed(POINT, 2, prev_size=4),
        [(POINT, "2", *NO_PLACE, BEHIND)],
    ),
    "a checkpoint of another last leaf": (
        changed(POINT, 1, last=7),
        [(POINT, "1", *NO_PLACE, BEHIND)],
    ),
    "a first checkpoint behind another": (
        changed(POINT, 0, prev_n=0, prev_size=1),
        [(POINT, "0", *NO_PLACE, BEHIND)],
    ),
    "a checkpoint that is no note": (
        changed(POINT, 1, note="no note"),
        [(POINT, "1", *NO_PLACE, "This is no checkpoint")],
    ),
    "a checkpoint of another size": (
        changed(POINT, 1, size=8, last=7),
        [
            (POINT, "1", *NO_PLACE, "it is of 9 entries, and its row says 8"),
            (POINT, "2", *NO_PLACE, BEHIND),
        ],
    ),
    "the last leaf less": (
        without(LEAF, 13),
        [(NODE, "1/6", *NO_PLACE, STRANGE), (POINT, "2", *NO_PLACE, "the tree holds 13")],
    ),
    "a leaf of another hash": (
        changed(LEAF, 5, hash=AB),
        [
            (POINT, "1", *NO_PLACE, OTHER),
            (NODE, "1/2", *NO_PLACE, WRONG),
            (LEAF, "5", *PLACES[5], f"is of the hash {AB}"),
        ],
    ),
    "a leaf behind another leaf": (
        changed(LEAF, 5, prev_n=3),
        [(LEAF, "5", *NO_PLACE, BEHIND)],
    ),
    "a leaf behind another entry": (
        changed(LEAF, 5, prev_seq=0),
        [(LEAF, "5", *NO_PLACE, BEHIND)],
    ),
    "a first leaf behind another": (
        changed(LEAF, 0, prev_n=0),
        [(LEAF, "0", *NO_PLACE, BEHIND)],
    ),
    "an entry that is gone": (
        without("entry", ("COI-A", 3)),
        [(LEAF, "5", "COI-A", 3, GONE)],
    ),
    "the last entry gone": (
        without("entry", PLACES[12]),
        [(LEAF, "12", *PLACES[12], GONE)],
    ),
    "a hash above others": (
        changed(NODE, (2, 1), hash=AB),
        [(NODE, "2/1", *NO_PLACE, WRONG), (NODE, "3/0", *NO_PLACE, WRONG)],
    ),
    "the highest hash": (changed(NODE, (3, 0), hash=AB), [(NODE, "3/0", *NO_PLACE, WRONG)]),
    "a hash less": (
        without(NODE, (3, 0)),
        [(NODE, "3/0", *NO_PLACE, MISSING)],
    ),
    "a hash too many": (
        put_in(NODE, (1, 7), level=1, number=7, hash=AB),
        [(NODE, "1/7", *NO_PLACE, STRANGE)],
    ),
    "a hash too many, and one that is wrong": (
        both(
            put_in(NODE, (1, 7), level=1, number=7, hash=AB),
            changed(NODE, (3, 0), hash=AB),
        ),
        [(NODE, "1/7", *NO_PLACE, STRANGE), (NODE, "3/0", *NO_PLACE, WRONG)],
    ),
    "a hash above all": (
        put_in(NODE, (4, 0), level=4, number=0, hash=AB),
        [(NODE, "4/0", *NO_PLACE, STRANGE)],
    ),
}
"""What somebody changed, and what is named: table, key, chain, entry, and some of the words."""


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_named_and_nothing_else(what):
    """In the order of the passes: checkpoints, the tree, the hashes above it, and the leaves."""
    rows = Rows()
    change, expected = CHANGES[what]
    change(rows)

    found = found_in(rows)

    assert [one[:4] for one in found] == [one[:4] for one in expected]
    assert all(words in one[4] for one, (*_, words) in zip(found, expected, strict=True))


def test_an_entry_that_was_left_out_is_named_by_those_behind_it():
    """Each later one of its chain that is in the tree all the same, and no other chain's."""
    rows = Rows()
    del rows.tables[LEAF][5]

    found = found_in(rows)

    assert (LEAF, "5", *NO_PLACE, "is missing before leaf 6") in found
    late = [one[:4] for one in found if LATE in one[4]]
    of_it = [n for n in range(6, SIZE) if PLACES[n][0] == "COI-A"]
    assert late == [(LEAF, str(n), *PLACES[n]) for n in of_it]


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        *((AB, b"\xab" * 32), ("ab", bytes(32)), ("ab" * 33, bytes(32)), ("", bytes(32))),
        *(("zz" * 32, bytes(32)), ("ab " * 21 + "a", bytes(32)), (" " * 64, bytes(32))),
    ],
)
def test_what_is_no_hash_is_read_as_none(text, raw):
    """Of another length, of other characters, or of blanks."""
    assert bytes_of(text) == raw
