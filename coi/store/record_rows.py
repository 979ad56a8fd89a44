"""Reads every row of the record that belongs to one therapy, as it is stored."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Table, select

from coi.store import tables as t

Rows = list[dict[str, object]]

_IN_FILES = frozenset({t.entry.c.content, t.entry.c.signed})
"""What of an entry is exported as the bytes that were hashed, and not once more as a cell."""

_NAMES_ITS_CHAIN: Mapping[str, str] = {"chain": "id", "therapy": "coi"}
OF_A_THERAPY = (t.chain, t.therapy, t.participation, t.entry, *t.PARTS, t.position)
"""Every table of the record whose rows name the chain that they belong to."""

_AT_ONCE = 500  # commitments in one query


def rows_of_therapy(connection: Connection, coi: str) -> dict[str, Rows]:
    """Each table of the record with its rows of this therapy, sorted by their keys."""
    return {table.name: _rows(connection, table, coi) for table in OF_A_THERAPY}


def _rows(connection: Connection, table: Table, coi: str) -> Rows:
    columns = [column for column in table.c if column not in _IN_FILES]
    chain = table.c[_NAMES_ITS_CHAIN.get(table.name, "chain")]
    found = connection.execute(select(*columns).where(chain == coi)).mappings()
    keys = [column.name for column in table.primary_key]
    # Sorted here: two databases sort text by two alphabets.
    return [dict(row) for row in sorted(found, key=lambda row: [row[key] for key in keys])]


def sealed_texts(connection: Connection, commitments: Iterable[str]) -> list[tuple[str, str, str]]:
    """Commitment, salt and text of what was not erased, sorted by commitment."""
    wanted, found, c = sorted(set(commitments)), [], t.erasable.c
    for first in range(0, len(wanted), _AT_ONCE):
        some = select(c.commitment, c.salt, c.text).where(
            c.commitment.in_(wanted[first : first + _AT_ONCE])
        )
        found += [(row[0], row[1], row[2]) for row in connection.execute(some)]
    return sorted(found)


def bands_of_patient(connection: Connection, patient: str) -> list[str]:
    """The serial of every wristband of a patient, whichever therapy issued it."""
    c = t.wristband.c
    return sorted(connection.execute(select(c.serial).where(c.patient_id == patient)).scalars())
