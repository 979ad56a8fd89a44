"""What an entry is made of: nine kinds of part, all chained to it in the same way.

An entry says how many parts of each kind it has: its shape. A part repeats that shape and the hash
of the entry's content, is numbered within its kind, and follows the part before; the next entry
refers to the last part of each kind. So nothing can be slipped into an old entry, and an unfinished
entry can only stand at the tail, where it stops the chain.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Table
from sqlalchemy.schema import SchemaItem

from coi.ledger import shape
from coi.store.words import TablePart, check, numbers, primary, refers, table, texts, unique

_KEY = "chain seq content_hash shape"
"""What every part repeats of its entry."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of part, named by its table."""

    table: str

    @property
    def prev_last(self) -> str:
        """The entry's column that names the last part of the entry before."""
        return f"prev_last_{self.table}"

    def count_in(self, column: str) -> str:
        """The number of parts of this kind that a shape says, in SQL."""
        start = shape.KINDS.index(self.table) * shape.DIGITS + 1
        return f"CAST(substr({column}, {start}, {shape.DIGITS}) AS INTEGER)"


KINDS = tuple(map(Kind, shape.KINDS))
MOVE, SIGNATURE, SUBJECT, LINEAGE, VALUE, LABEL, LABEL_TURN, WRISTBAND, ATTESTATION = KINDS


def part_table(kind: Kind, *own: TablePart) -> Table:
    """The table of one kind of part: what all kinds share, then what is its own."""
    return table(
        kind.table,
        texts("chain"),
        numbers("seq n"),
        numbers("prev_n", null=True),
        texts("content_hash shape"),
        primary(kind.table, "chain seq n"),
        check(f"ck_{kind.table}_count", f"n <= {kind.count_in('shape')}"),
        check(
            f"ck_{kind.table}_order",
            "(n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)",
        ),
        refers(f"fk_{kind.table}_prev", "chain seq prev_n", kind.table, "chain seq n"),
        refers(f"fk_{kind.table}_entry", _KEY, "entry", _KEY),
        *own,
    )


def entry_columns() -> list[Column[int]]:
    """The last part of each kind of the entry before."""
    return numbers(" ".join(kind.prev_last for kind in KINDS), null=True)


def entry_constraints() -> list[SchemaItem]:
    """What makes each kind of part complete before the next entry can follow."""
    return [
        unique("uq_entry_parts", _KEY),
        check(
            "ck_entry_shape",
            f"length(shape) = {len(KINDS) * shape.DIGITS} AND ltrim(shape, '0123456789') = ''",
        ),
        *(constraint for kind in KINDS for constraint in _completeness(kind)),
    ]


def _completeness(kind: Kind) -> list[SchemaItem]:
    last, count = kind.prev_last, kind.count_in("prev_shape")
    return [
        check(
            f"ck_entry_last_{kind.table}",
            f"(prev_shape IS NULL AND {last} IS NULL)"
            f" OR (prev_shape IS NOT NULL AND {count} = 0 AND {last} IS NULL)"
            f" OR (prev_shape IS NOT NULL AND {last} IS NOT NULL AND {last} = {count})",
        ),
        refers(f"fk_entry_last_{kind.table}", f"chain prev_seq {last}", kind.table, "chain seq n"),
    ]
