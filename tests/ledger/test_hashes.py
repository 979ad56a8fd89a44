"""The stored bytes hash to what is stored, chain by chain, from wherever somebody looked before."""

from itertools import chain as chained

import pytest

from coi.ledger.entry import entry_hash
from coi.ledger.findings import Finding, Head, hash_of_row
from coi.ledger.hashes import STRIDE, Hashed, check_hashes

LENGTHS = {"COI-A": 4, "COI-B": 1, "site:north": 3}
HASHES = "its bytes do not hash to its hash"
BEFORE = "does not name the hash of the entry before it"
GONE, NO_CHAIN = (
    "was there before, and is there no more",
    "was there before; its whole chain is gone",
)


class Leaves:
    """Chains of entries as a database holds them, to be changed before they are read."""

    def __init__(self, lengths=LENGTHS):
        self.chains = {name: [*a_chain(name, length)] for name, length in lengths.items()}
        self.known = {name: Head(n - 1, self.chains[name][-1][2]) for name, n in lengths.items()}

    def heads(self):
        """Where each chain ends, by its name."""
        return ((name, rows[-1][1]) for name, rows in sorted(self.chains.items()) if rows)

    def leaves(self, chain=None, from_seq=0):
        """The entries of one chain from one of them on, or of all."""
        names = sorted(self.chains) if chain is None else [chain]
        rows = chained.from_iterable(self.chains[name] for name in names)
        return (row for row in rows if row[1] >= from_seq)

    def put(self, chain, seq, **changes):
        """One entry with something else in it."""
        columns = ("chain", "seq", "hash", "named", "content", "signed")
        row = dict(zip(columns, self.chains[chain][seq], strict=True))
        self.chains[chain][seq] = tuple({**row, **changes}.values())


def a_chain(name, length):
    """Entries that follow on one another."""
    previous = None
    for seq in range(length):
        content = f"{name} {seq}"
        hash_ = entry_hash(content, "[]")
        yield name, seq, hash_, previous, content.encode(), b"[]"
        previous = hash_


def looked(leaves, since=None):
    """What is seen, and how far somebody is told that it went."""
    told = []
    hashed = Hashed(told.append, since or {})
    check_hashes(leaves, since, hashed)
    return hashed, told


def fault(chain, seq, what, row=()):
    """A finding about an entry."""
    held = hash_of_row(row) if row else ""
    return Finding("entry", f"{chain}/{seq}", chain, seq, what, held)


def test_what_nobody_touched_holds_and_ends_where_it_ends():
    """Looked at as a whole, and behind what was known before."""
    leaves = Leaves()
    half = {name: Head(0, rows[0][2]) for name, rows in leaves.chains.items()}
    for since, count in ((None, 8), ({}, 8), (leaves.known, 0), (half, 5)):
        seen, _ = looked(leaves, since)

        assert (seen.entries, seen.heads, seen.findings) == (count, leaves.known, [])


CHANGED = {
    "bytes": ({"content": b"x"}, [HASHES]),
    "who signed": ({"signed": b"[1]"}, [HASHES]),
    "what it names": ({"named": "x"}, [BEFORE]),
    "nothing that it names": ({"named": None}, [BEFORE]),
    "bytes, and what it names": ({"content": b"x", "named": "x"}, [HASHES, BEFORE]),
}


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize("known", [None, 0, 1])
def test_an_entry_that_was_changed_is_named_with_what_it_holds(change, known):
    """Wherever the look begins."""
    changes, whats = CHANGED[change]
    leaves = Leaves()
    since = known if known is None else {"COI-A": Head(known, leaves.chains["COI-A"][known][2])}
    leaves.put("COI-A", 2, **changes)
    row = leaves.chains["COI-A"][2][2:]

    seen, _ = looked(leaves, since)

    faults = [fault("COI-A", 2, what, row if what == HASHES else ()) for what in whats]
    assert seen.findings == faults
    # Two findings are the same whatever is held; what is held says which change was signed for.
    assert [one.held for one in seen.findings] == [one.held for one in faults]


def test_an_entry_of_another_hash_is_named_and_so_is_the_one_behind_it():
    """That one names what was there before."""
    leaves = Leaves()
    leaves.put("COI-A", 2, hash="x")
    row = leaves.chains["COI-A"][2][2:]

    seen, _ = looked(leaves)

    assert seen.findings == [fault("COI-A", 2, HASHES, row), fault("COI-A", 3, BEFORE)]


def test_a_gap_is_named_by_what_stands_behind_it():
    """Once; what follows goes on from there."""
    leaves = Leaves()
    del leaves.chains["COI-A"][1]

    seen, _ = looked(leaves)

    assert seen.findings == [fault("COI-A", 2, "stands where entry 1 should stand")]
    assert seen.heads == leaves.known


def test_a_first_entry_that_names_another_is_named():
    """Nothing was before it, in whichever chain."""
    for name in LENGTHS:
        leaves = Leaves()
        leaves.put(name, 0, named="x")

        assert looked(leaves)[0].findings == [fault(name, 0, BEFORE)]


@pytest.mark.parametrize("changes", [{"hash": "x"}, {"content": b"x"}, {"signed": b"x"}])
def test_what_was_known_before_is_still_what_it_was(changes):
    """Its stored hash, and its bytes: both are looked at once more."""
    leaves = Leaves()
    since = {**leaves.known, "COI-A": Head(1, leaves.chains["COI-A"][1][2])}
    leaves.put("COI-A", 1, **changes)

    seen, _ = looked(leaves, since)

    what = f"is no longer the entry that had the hash {since['COI-A'].hash}"
    assert seen.findings == [fault("COI-A", 1, what)]
    assert seen.heads == leaves.known


def test_what_was_known_before_by_another_hash_is_named():
    """Somebody kept it, and it is not what is stored; so what is behind it does not follow."""
    leaves = Leaves()

    seen, _ = looked(leaves, {**leaves.known, "COI-A": Head(1, "y")})

    what = "is no longer the entry that had the hash y"
    assert seen.findings == [fault("COI-A", 1, what), fault("COI-A", 2, BEFORE)]


def test_a_chain_that_is_shorter_than_it_was_is_named():
    """By the entry that was its last; where it ended before is where it is said to end."""
    leaves = Leaves()
    del leaves.chains["COI-A"][2:]

    seen, _ = looked(leaves, leaves.known)

    assert seen.findings == [fault("COI-A", 3, GONE)]
    assert seen.heads == leaves.known


def test_a_known_entry_that_is_gone_from_the_middle_is_named():
    """What stands behind it is not looked at: nobody knows on what it follows."""
    leaves = Leaves()
    since = {**leaves.known, "COI-A": Head(1, leaves.chains["COI-A"][1][2])}
    del leaves.chains["COI-A"][1]

    seen, _ = looked(leaves, since)

    assert seen.findings == [fault("COI-A", 1, GONE)]
    assert (seen.entries, seen.heads["COI-A"]) == (0, since["COI-A"])


def test_a_chain_that_is_gone_is_named_behind_all_others():
    """In the order of their names."""
    leaves = Leaves()
    since = {**leaves.known, "COI-Z": Head(5, "z"), "COI-C": Head(2, "c")}

    seen, _ = looked(leaves, since)

    assert seen.findings == [fault("COI-C", 2, NO_CHAIN), fault("COI-Z", 5, NO_CHAIN)]


def test_a_chain_whose_entries_cannot_be_read_ends_where_it_is_said_to():
    """With no hash: nobody saw one."""
    leaves = Leaves()
    leaves.leaves = lambda *_: iter(())

    seen, _ = looked(leaves, {})

    assert seen.heads == {name: Head(n - 1, "") for name, n in LENGTHS.items()}


def test_known_entries_that_cannot_be_read_are_named():
    """Where the database says how long a chain is, and gives nothing of it."""
    leaves = Leaves()
    leaves.leaves = lambda *_: iter(())

    seen, _ = looked(leaves, leaves.known)

    assert seen.findings == [fault(name, n - 1, GONE) for name, n in LENGTHS.items()]


@pytest.mark.parametrize("since", [None, {}])
def test_how_far_it_went_is_told_now_and_then(since):
    """Over all chains together."""
    lengths = {"COI-A": STRIDE - 1, "COI-B": STRIDE + 1, "COI-C": STRIDE - 1}

    seen, told = looked(Leaves(lengths), since)

    assert (seen.entries, told) == (3 * STRIDE - 1, [STRIDE, 2 * STRIDE])
