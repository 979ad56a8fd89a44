"""The tree is that of RFC 9162: compared with its definition written out, and with known roots."""

from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coi.ledger.entry import entry_hash
from coi.ledger.tree import (
    EMPTY,
    Frontier,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    is_included,
    node_hash,
    only_grew,
)

# -- the definition of section 2.1.1, written out, with nothing of ours in it ----------------------


def root_by_definition(leaves):
    """The Merkle Tree Hash of a list of leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    left, right = root_by_definition(leaves[:k]), root_by_definition(leaves[k:])
    return sha256(b"\x01" + left + right).digest()


def leaves_of(count):
    """So many different leaf hashes."""
    return [sha256(b"\0%d" % n).digest() for n in range(count)]


def nodes_of(leaves):
    """Where a tree is kept: every whole part by level and number, and nothing else."""
    kept = {}
    for level in range(len(leaves).bit_length()):
        for index in range(len(leaves) >> level):
            part = leaves[index << level : (index + 1) << level]
            kept[level, index] = (
                part[0]
                if level == 0
                else node_hash(kept[level - 1, index * 2], kept[level - 1, index * 2 + 1])
            )
    return lambda level, index: kept[level, index]


LEAVES = leaves_of(1_026)
NODE = nodes_of(LEAVES)
ROOTS = [root_by_definition(LEAVES[:size]) for size in range(1_026)]

KNOWN = (
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
)
"""What Certificate Transparency's programs are tested with: a leaf, and the root up to it."""


def test_the_roots_are_those_that_other_programs_find():
    """Of the eight leaves with which logs of Certificate Transparency are tested."""
    frontier = Frontier()
    for leaf, root in KNOWN:
        frontier = frontier.grown([sha256(b"\0" + bytes.fromhex(leaf)).digest()])
        assert frontier.root.hex() == root


def test_a_tree_of_every_size_has_the_root_of_the_definition():
    """From none to 1,025 leaves (TL-02), grown one by one, and read from where it is kept."""
    frontier = Frontier()
    for size, root in enumerate(ROOTS):
        assert frontier.root == root, size
        assert frontier_of(size, NODE) == frontier
        frontier = frontier.grown([LEAVES[size]])


def test_it_grows_by_many_as_by_one():
    """Whoever adds a thousand at once has the same tree."""
    assert Frontier().grown(LEAVES[:700]).grown(LEAVES[700:1_025]).root == ROOTS[1_025]
    assert Frontier().root == EMPTY == ROOTS[0]


@pytest.mark.parametrize(("size", "peaks"), [(-1, ()), (1, ()), (3, (EMPTY,)), (0, (EMPTY,))])
def test_a_frontier_of_no_tree_is_refused(size, peaks):
    """The whole parts are as many as the ones of a size in binary."""
    with pytest.raises(ValueError, match="no tree"):
        Frontier(size, peaks)


def test_the_hash_of_an_entry_is_a_leaf():
    """So nothing is hashed twice, and no entry can be taken for an inner part."""
    assert entry_hash("content", "signed") == sha256(b"\0content\nsigned").hexdigest()


# -- an entry is there -----------------------------------------------------------------------------


def test_every_leaf_of_every_small_tree_is_proven():
    """And by no other leaf, place or root."""
    for size in range(1, 34):
        for index in range(size):
            proof = inclusion_proof(index, size, NODE)
            assert is_included(LEAVES[index], index, size, proof, ROOTS[size])
            assert not is_included(LEAVES[size], index, size, proof, ROOTS[size])
            assert not is_included(LEAVES[index], index, size, proof, ROOTS[size - 1])
            for other in range(size):
                assert is_included(LEAVES[index], other, size, proof, ROOTS[size]) == (
                    other == index
                )


def test_leaves_of_large_trees_are_proven():
    """With as many hashes as the tree has levels, and no more."""
    draw = Random(4)
    for _ in range(400):
        size = draw.randrange(1, 1_026)
        index = draw.randrange(size)
        proof = inclusion_proof(index, size, NODE)
        assert len(proof) <= (size - 1).bit_length()
        assert is_included(LEAVES[index], index, size, proof, ROOTS[size])


def wrong_proofs(proof):
    """A proof in every way in which one is wrong (TL-14)."""
    if proof:
        yield "empty", ()
        yield "cut at its end", proof[:-1]
        yield "cut at its beginning", proof[1:]
        yield "one bit off", (bytes([proof[0][0] ^ 1]) + proof[0][1:], *proof[1:])
        yield "a hash cut", (proof[0][:-1], *proof[1:])
    yield "too long", (*proof, EMPTY)
    yield "too long before", (EMPTY, *proof)
    yield "far too long", proof * 80 + (EMPTY,) * 80
    if len(proof) > 1 and proof[0] != proof[1]:
        yield "swapped", (proof[1], proof[0], *proof[2:])


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 65, 1_000])
def test_a_wrong_proof_of_an_entry_is_refused(size):
    """Each wrong one, for the first leaf, the last and one between."""
    for index in {0, size // 2, size - 1}:
        proof = inclusion_proof(index, size, NODE)
        for what, wrong in wrong_proofs(proof):
            assert not is_included(LEAVES[index], index, size, wrong, ROOTS[size]), what
        assert not is_included(LEAVES[index], size, size, proof, ROOTS[size])
        assert not is_included(LEAVES[index], -1, size, proof, ROOTS[size])
        if size > 1:
            assert not is_included(LEAVES[index], index, 0, proof, ROOTS[size])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index, size):
    """Whoever asks for one is told."""
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, size, NODE)


# -- a tree only grew ------------------------------------------------------------------------------


def test_every_small_tree_is_proven_to_have_grown_into_every_later_one():
    """And from no other root, to no other."""
    for second in range(1, 34):
        for first in range(1, second + 1):
            proof = consistency_proof(first, second, NODE)
            assert only_grew(first, ROOTS[first], second, ROOTS[second], proof)
            assert not only_grew(first, EMPTY, second, ROOTS[second], proof)
            assert not only_grew(first, ROOTS[first], second, EMPTY, proof)


def test_large_trees_are_proven_to_have_grown():
    """With no more hashes than twice the levels."""
    draw = Random(5)
    for _ in range(400):
        second = draw.randrange(1, 1_026)
        first = draw.randrange(1, second + 1)
        proof = consistency_proof(first, second, NODE)
        assert len(proof) <= second.bit_length() + 1
        assert only_grew(first, ROOTS[first], second, ROOTS[second], proof)


@pytest.mark.parametrize(
    ("first", "second"), [(1, 2), (2, 3), (3, 4), (4, 7), (6, 8), (8, 64), (63, 65), (500, 1_000)]
)
def test_a_wrong_proof_of_growth_is_refused(first, second):
    """And a tree that shrank, whatever is brought along."""
    proof = consistency_proof(first, second, NODE)
    for what, wrong in wrong_proofs(proof):
        assert not only_grew(first, ROOTS[first], second, ROOTS[second], wrong), what
    assert not only_grew(second, ROOTS[second], first, ROOTS[first], proof)
    assert not only_grew(-1, EMPTY, second, ROOTS[second], proof)


def test_a_rewritten_entry_is_never_proven():
    """Of two ledgers that differ in one entry none is the other, grown (T4, T5)."""
    draw = Random(6)
    for _ in range(60):
        second = draw.randrange(2, 130)
        first = draw.randrange(1, second)
        other = list(LEAVES)
        other[draw.randrange(first)] = EMPTY
        rewritten, node = root_by_definition(other[:second]), nodes_of(other[:second])
        proof = consistency_proof(first, second, node)
        assert not only_grew(first, ROOTS[first], second, rewritten, proof)


def test_bytes_do_not_pass_from_one_hash_to_the_next():
    """One behind the other they would hash alike: each must be as long as a hash is."""
    (beside,) = proof = inclusion_proof(0, 2, NODE)
    longer, shorter = LEAVES[0] + beside[:1], beside[1:]

    assert is_included(LEAVES[0], 0, 2, proof, ROOTS[2])
    assert not is_included(longer, 0, 2, (shorter,), ROOTS[2])
    assert not only_grew(1, longer, 2, ROOTS[2], (shorter,))


@pytest.mark.parametrize(("levels", "holds"), [(1, True), (63, True), (64, True), (65, False)])
def test_a_proof_is_at_most_as_long_as_that_of_the_largest_tree(levels, holds):
    """What is longer is refused before anything is hashed (TL-14)."""
    root = LEAVES[0]
    for _ in range(levels):
        root = node_hash(root, EMPTY)

    assert is_included(LEAVES[0], 0, 1 << levels, (EMPTY,) * levels, root) is holds


def test_of_an_empty_or_equal_tree_nothing_is_to_be_proven():
    """And what is brought along all the same is refused."""
    assert only_grew(0, EMPTY, 5, ROOTS[5], ())
    assert only_grew(5, ROOTS[5], 5, ROOTS[5], ())
    assert not only_grew(0, ROOTS[1], 5, ROOTS[5], ())
    assert not only_grew(5, ROOTS[5], 5, ROOTS[5], (EMPTY,))
    assert not only_grew(0, EMPTY, 5, ROOTS[5], (EMPTY,))
    assert not only_grew(5, ROOTS[4], 5, ROOTS[5], ())


@pytest.mark.parametrize(("first", "second"), [(0, 5), (6, 5), (-1, 5)])
def test_there_is_no_proof_of_a_growth_that_was_none(first, second):
    """Whoever asks for one is told."""
    with pytest.raises(ValueError, match="does not grow"):
        consistency_proof(first, second, NODE)


@given(
    st.integers(-2, 40),
    st.integers(-2, 40),
    st.lists(st.binary(min_size=0, max_size=33), max_size=8),
)
def test_no_made_up_proof_holds_or_breaks(first, second, proof):
    """Whatever is brought along is answered with no; nobody guesses a hash."""
    root = ROOTS[max(second, 0)]
    if 0 < first < second:
        assert not only_grew(first, ROOTS[first], second, root, proof)
    if first >= 0 and second > first + 1:
        assert not is_included(LEAVES[-1], first, second, proof, root)
