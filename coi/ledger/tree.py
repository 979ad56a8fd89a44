"""One tree over all entries (RFC 9162, section 2.1): what is in it, and that it only grew.

A leaf is the hash of an entry (`coi.ledger.entry`), which is a leaf hash of that section already.
A tree is known by its size and its root. Of an entry a few hashes prove that it is in it; of an
older root, that nothing before it was changed (TL-02, TL-14).

Own, because the libraries for Python keep the whole tree themselves, while ours lies in the
database: here nodes are asked for, and nothing is kept.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

Node = Callable[[int, int], bytes]
"""Gives the hash above the `2 ** level` leaves that begin with number `index * 2 ** level`."""

EMPTY: Final = sha256(b"").digest()
HASH_LENGTH: Final = 32
LONGEST_PROOF: Final = 64
"""A tree of more levels than this has more leaves than there will be."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash above two."""
    return sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """As much of a tree as it takes to grow it: the root of each whole part, the largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is the frontier of no tree."""
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"no tree of {self.size} leaves has {len(self.peaks)} whole parts")

    @property
    def root(self) -> bytes:
        """The hash over the whole tree."""
        if not self.peaks:
            return EMPTY
        *larger, root = self.peaks
        for peak in reversed(larger):
            root = node_hash(peak, root)
        return root

    def grown(self, leaves: Iterable[bytes]) -> "Frontier":
        """The same with these leaves after its own."""
        return grown_nodes(self, leaves)[0]


def _joined(size: int) -> int:
    """How many whole parts one more leaf joins with: the ones at the end of a size in binary."""
    return (size ^ (size + 1)).bit_length() - 1


def grown_nodes(
    before: Frontier, leaves: Iterable[bytes]
) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
    """The frontier with these leaves after its own, and each whole part that came to be by them.

    A part is its level, its number on that level and its hash; leaves themselves are left out.
    """
    size, peaks = before.size, list(before.peaks)
    came: list[tuple[int, int, bytes]] = []
    for leaf in leaves:
        peaks.append(leaf)
        for level in range(1, _joined(size) + 1):
            right = peaks.pop()
            peaks.append(node_hash(peaks.pop(), right))
            came.append((level, size >> level, peaks[-1]))
        size += 1
    return Frontier(size, tuple(peaks)), came


def frontier_of(size: int, node: Node) -> Frontier:
    """The frontier of the first `size` leaves of a tree whose nodes are kept somewhere."""
    return Frontier(size, tuple(node(level, index) for level, index in _parts(0, size)))


def _parts(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The whole parts that make up the leaves from `begin` to before `end`, from left to right.

    `begin` stands where a part as large as all of them could begin.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def _hash_over(begin: int, end: int, node: Node) -> bytes:
    """The hash over some leaves of which the first stands where such a part can begin."""
    *larger, root = (node(level, index) for level, index in _parts(begin, end))
    for peak in reversed(larger):
        root = node_hash(peak, root)
    return root


def _left_part(size: int) -> int:
    """How many of more than one leaves are left of the middle: the largest power of two below."""
    return 1 << ((size - 1).bit_length() - 1)


# -- what proves that an entry is there ------------------------------------------------------------


def inclusion_proof(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """The hashes that lead from a leaf to the root of the first `size` leaves (2.1.3.1).

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} among {size}")
    proof: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _left_part(end - begin)
        if index < middle:
            proof.append(_hash_over(middle, end, node))
            end = middle
        else:
            proof.append(_hash_over(begin, middle, node))
            begin = middle
    return tuple(reversed(proof))


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a proof leads from this leaf to this root (2.1.3.2); every doubt is a no."""
    if not (0 <= index < size and _are_hashes([leaf, root, *proof])):
        return False
    at, last, reached = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            reached = node_hash(hash_, reached)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, hash_)
        at, last = at >> 1, last >> 1
    return last == 0 and reached == root


# -- what proves that a tree only grew -------------------------------------------------------------


def consistency_proof(first: int, second: int, node: Node) -> tuple[bytes, ...]:
    """The hashes that lead from the root of `first` leaves to that of `second` (2.1.4.1).

    Raises:
        ValueError: the first tree is empty, or larger than the second.
    """
    if not 0 < first <= second:
        raise ValueError(f"a tree of {first} leaves does not grow to {second}")
    proof: list[bytes] = []
    begin, end, is_known = 0, second, True
    while end != first:
        middle = begin + _left_part(end - begin)
        if first <= middle:
            proof.append(_hash_over(middle, end, node))
            end = middle
        else:
            proof.append(_hash_over(begin, middle, node))
            begin, is_known = middle, False
    if not is_known:
        proof.append(_hash_over(begin, end, node))
    return tuple(reversed(proof))


def only_grew(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether a proof leads from one root to the other (2.1.4.2); every doubt is a no.

    Of a tree that was empty anything may have grown, and there is nothing to be proven.
    """
    if not (0 <= first <= second and _are_hashes([first_root, second_root, *proof])):
        return False
    if first in {0, second}:
        known = EMPTY if first == 0 else second_root
        return not proof and first_root == known
    # Where the first tree is one whole part, its root is known, and does not stand in the proof.
    path = [first_root, *proof] if first.bit_count() == 1 else list(proof)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not path:
        return False
    old = new = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(hash_, old), node_hash(hash_, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, hash_)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _are_hashes(given: Sequence[bytes]) -> bool:
    return len(given) <= LONGEST_PROOF + 2 and all(len(one) == HASH_LENGTH for one in given)
