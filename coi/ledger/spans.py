"""Chains in a row, so that several can each look along some of them.

Chains stand in the order of code points, in which all that belongs to them is read too. A span is
a piece of that row; the spans of a record lie side by side and leave nothing out, also what a
damaged file holds before the first chain or behind the last.
"""

from collections.abc import Iterable
from typing import NamedTuple

from coi.ledger.source import Row


class Span(NamedTuple):
    """What stands behind `after`, and up to and with `through`; None where nothing bounds it."""

    after: str | None = None
    through: str | None = None

    def ends_before(self, chain: object) -> bool:
        """Whether this chain, which was read in order, stands behind it."""
        # What is no text stands before or behind all texts, where it is read too.
        return self.through is not None and isinstance(chain, str) and chain > self.through


EVERYTHING = Span()


def spans_of(heads: Iterable[Row], most: int) -> list[Span]:
    """At most so many spans, which hold about as many entries each.

    `heads` are (chain, greatest seq) of every chain. No chain is cut.
    """
    sizes = sorted((chain, seq + 1) for chain, seq in heads if isinstance(chain, str))
    total, passed, after = sum(size for _chain, size in sizes), 0, None
    spans: list[Span] = []
    for chain, size in sizes[:-1]:
        passed += size
        if passed * most >= total * (len(spans) + 1):
            spans.append(Span(after, chain))
            after = chain
    return [*spans, Span(after, None)]
