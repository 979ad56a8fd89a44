"""What an entry is made of: eight kinds of part, all chained to it in the same way.

An entry says how many parts of each kind it has. A part repeats that count, is numbered within it,
and follows the part before; the next entry refers to the last part of each kind. So nothing can be
slipped into an old entry, and an unfinished entry can only stand at the tail, where it stops the
chain.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Table
from sqlalchemy.schema import SchemaItem

from coi.store.words import TablePart, check, numbers, primary, refers, table, texts, unique


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of part: its table, and the column of the entry that counts it."""

    table: str
    count: str

    @property
    def prev_count(self) -> str:
        """The entry's column that repeats the count of the entry before."""
        return f"prev_{self.count}"

    @property
    def prev_last(self) -> str:
        """The entry's column that names the last part of the entry before."""
        return f"prev_last_{self.table}"


MOVE = Kind("move", "moves")
SIGNATURE = Kind("signature", "signatures")
SUBJECT = Kind("subject", "subjects")
LINEAGE = Kind("lineage", "links")
VALUE = Kind("value", "records")
LABEL = Kind("label", "labels")
WRISTBAND = Kind("wristband", "wristbands")
ATTESTATION = Kind("attestation", "attestations")

KINDS = (MOVE, SIGNATURE, SUBJECT, LINEAGE, VALUE, LABEL, WRISTBAND, ATTESTATION)
COUNTS = " ".join(kind.count for kind in KINDS)
PREV_COUNTS = " ".join(kind.prev_count for kind in KINDS)

_HAVE_A_WIDER_KEY = (MOVE, SIGNATURE)


def part_table(kind: Kind, *own: TablePart) -> Table:
    """The table of one kind of part: what all kinds share, then what is its own.

    Moves and signatures bring their own key to the entry, which holds the count and more.
    """
    shared: list[SchemaItem] = [
        primary(kind.table, "chain seq n"),
        check(f"ck_{kind.table}_count", f"n <= {kind.count}"),
        check(
            f"ck_{kind.table}_order",
            "(n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)",
        ),
        refers(f"fk_{kind.table}_prev", "chain seq prev_n", kind.table, "chain seq n"),
    ]
    if kind not in _HAVE_A_WIDER_KEY:
        key = f"chain seq {kind.count}"
        shared.append(refers(f"fk_{kind.table}_entry", key, "entry", key))
    return table(
        kind.table,
        texts("chain"),
        numbers("seq n"),
        numbers("prev_n", null=True),
        numbers(kind.count),
        *shared,
        *own,
    )


def entry_columns() -> list[Column[int]]:
    """What an entry says of its parts, and of the parts of the entry before."""
    last = " ".join(kind.prev_last for kind in KINDS)
    return numbers(COUNTS) + numbers(PREV_COUNTS, null=True) + numbers(last, null=True)


def entry_constraints() -> list[SchemaItem]:
    """What makes each kind of part complete before the next entry can follow."""
    return [constraint for kind in KINDS for constraint in _completeness(kind)]


def _completeness(kind: Kind) -> list[SchemaItem]:
    count, last = kind.prev_count, kind.prev_last
    rules: list[SchemaItem] = [
        check(f"ck_entry_{kind.count}", f"{kind.count} >= 0"),
        check(
            f"ck_entry_last_{kind.table}",
            f"({count} IS NULL AND {last} IS NULL)"
            f" OR ({count} IS NOT NULL AND {count} = 0 AND {last} IS NULL)"
            f" OR ({count} IS NOT NULL AND {last} IS NOT NULL AND {last} = {count})",
        ),
        refers(
            f"fk_entry_last_{kind.table}",
            f"chain prev_seq {last}",
            kind.table,
            "chain seq n",
            later=True,
        ),
    ]
    if kind not in _HAVE_A_WIDER_KEY:
        rules.append(unique(f"uq_entry_{kind.count}", f"chain seq {kind.count}"))
    return rules
