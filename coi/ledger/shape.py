"""The shape of an entry: how many parts of each kind it has, as one text.

The entry says it, each of its parts repeats it, and the next entry repeats it once more. So one key
ties all parts to their entry, whatever their kind; nine numbers would need a key each.
"""

from collections.abc import Iterable

KINDS = (
    *("move", "signature", "subject", "lineage", "value"),
    *("label", "label_turn", "wristband", "attestation"),
)
"""The tables of an entry's parts, in the order in which the shape counts them."""

DIGITS = 4
"""Each count has so many digits: no action has more than 9,999 parts of one kind."""


def shape_of(counts: Iterable[int]) -> str:
    """The shape of an entry with so many parts of each kind, in the order of `KINDS`."""
    return "".join([f"{count:0{DIGITS}d}" for count in counts])


def counts_in(shape: str) -> list[int]:
    """How many parts of each kind an entry of this shape has, in the order of `KINDS`."""
    return [int(shape[start : start + DIGITS]) for start in range(0, len(shape), DIGITS)]
