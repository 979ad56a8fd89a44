"""The history that each class of tampering is tried on, and the record as it was along the way.

A record is here what its tables hold: each table's name, and its rows. There are two of everything,
so that whatever can be exchanged, put back or left out is there.
"""

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from hashlib import sha256
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Table

from coi.ledger.commitment import credential_commitment
from coi.ledger.content import OWN_KEY, Attestation, IssuedWristband
from coi.store import tables
from tests.ledger.clinic import NINA, OMAR, SITE_CHAIN, STEPS, Clinic, a_therapy
from tests.ledger.sequencing import sequence
from tests.ledger.tampering import TABLES

Row: TypeAlias = Mapping[str, Any]
Record: TypeAlias = Mapping[str, tuple[Row, ...]]

EVA, DEPOT, COURIER = "P-EVA", "U-DEPOT", "S-COURIER"
_BOXES = [replace(step, workflow="boxes") for step in STEPS.values()]
BOXES: Final = json.dumps([astuple(step) for step in sorted(_BOXES)])
BLUE: Final = "name: own-bag, in blue"


@dataclass(frozen=True, slots=True)
class Story:
    """The record as it is now, as it was before, and as it is once a patient was erased."""

    earlier: tuple[Record, ...]  # the oldest first; all that each holds is in its tree
    now: Record
    erased: Record

    def before(self, table: str) -> Record:
        """The newest earlier record in which this table held something else."""
        return next(one for one in reversed(self.earlier) if one[table] != self.now[table])


def record_in(connection: Connection) -> Record:
    """What the tables hold, in the order of their primary keys."""
    return {table.name: _rows_of(connection, table) for table in TABLES}


def _rows_of(connection: Connection, table: Table) -> tuple[Row, ...]:
    rows = [dict(row) for row in connection.execute(table.select()).mappings()]
    key = [column.name for column in table.primary_key.columns]
    # Sorted here, by code point: a database sorts by its alphabet.
    return tuple(sorted(rows, key=lambda row: [row[name] for name in key]))


def put(connection: Connection, before: Record, after: Record) -> None:
    """Let the tables, which hold one record, hold another."""
    for table in TABLES:
        if before[table.name] != after[table.name]:
            connection.execute(table.delete())
            if after[table.name]:
                connection.execute(table.insert(), [dict(row) for row in after[table.name]])


def tell(connection: Connection) -> Story:
    """Write the history into an empty database."""
    clinic = Clinic(connection)
    known = [record_in(connection)]
    clinic.open()
    known.append(_in_its_tree(connection))
    for coi, patient in (("COI-A", "PAT-A"), ("COI-B", "PAT-B")):
        a_therapy(clinic, coi, patient)
        known.append(_in_its_tree(connection))
    _grow(clinic)
    known.append(_in_its_tree(connection))
    _erase(clinic)
    *earlier, now = known
    return Story(tuple(earlier), now, _in_its_tree(connection))


def _in_its_tree(connection: Connection) -> Record:
    sequence(connection)
    return record_in(connection)


def _grow(clinic: Clinic) -> None:
    """One more of all that an organisation registers, a wristband, and a copy that is counted."""
    registers = _registers()
    entry = clinic.write(
        SITE_CHAIN,
        "grow",
        "site",
        registers=registers,
        attestations=(Attestation("role", EVA, "courier", DEPOT),),
        signers=(NINA, OMAR),
        notes={"reason": clinic.commit("A courier of our own")},
    )
    at = {"chain": SITE_CHAIN, "seq": entry.seq}
    numbered = tables.numbered(_BOXES)
    more: Mapping[str, Mapping[str, object]] = {
        "party": {},
        "site": at,
        "unit": at | {"kind": "unit"},
        "person": at,
        "account": at,
        "workflow": at | {"transitions": len(numbered), "text": BOXES},
        "label_template": at | {"text": BLUE},
    }
    names = ("parties", "sites", "units", "persons", "accounts", "workflows", "templates")
    for name, (table, columns) in zip(names, more.items(), strict=True):
        clinic.add(table, {**registers[name][0], **columns})
    clinic.add("transition", *numbered)
    secret = {"password_hash": "$argon2id$2", "set_at": entry.recorded_at}
    clinic.add("credential", {"person": OMAR, "person_kind": "person", **secret})
    clinic.take(
        "COI-A",
        "note",
        moves=(clinic.move("note", "COI-A", born=0),),
        wristbands=(IssuedWristband("W-COI-A-NEW", "PAT-A", 2),),
        request={"key": f"{OWN_KEY}1", "digest": sha256(b"counted").hexdigest()},
    )


def _registers() -> dict[str, list[dict[str, Any]]]:
    where = {"name": "The courier", "country": "FR", "time_zone": "Europe/Paris"}
    boxes, blue = (sha256(text.encode()).hexdigest() for text in (BOXES, BLUE))
    return {
        "parties": [{"id": DEPOT, "kind": "unit"}],
        "sites": [{"id": COURIER, "kind": "courier", **where}],
        "units": [{"id": DEPOT, "site": COURIER, "name": "Depot"}],
        "persons": [{"id": EVA, "kind": "person"}],
        "accounts": [{"username": "omar", "person": OMAR}],
        "workflows": [{"name": "boxes", "version": 1, "hash": boxes}],
        "templates": [{"name": "own-bag", "version": 2, "hash": blue, "layout": "2b" * 32}],
        "credentials": [{"person": OMAR, "commitment": credential_commitment("$argon2id$2")}],
    }


def _erase(clinic: Clinic) -> None:
    """Two people erase the first patient, and all texts of that therapy."""
    connection = clinic.connection
    bytes_of = "SELECT content || signed FROM entry WHERE chain = 'COI-A'"
    told = "".join(connection.exec_driver_sql(bytes_of).scalars())
    kept = connection.exec_driver_sql("SELECT commitment FROM erasable").scalars()
    gone = sorted(one for one in kept if one in told)
    registers = {
        "erased_texts": [{"commitment": one} for one in gone],
        "erased_keys": [{"patient": "PAT-A"}],
        "erased_identities": [{"patient": "PAT-A", "field": "name"}],
    }
    clinic.write(SITE_CHAIN, "erase", "site", registers=registers, signers=(NINA, OMAR))
    texts = tables.erasable.delete().where(tables.erasable.c.commitment.in_(gone))
    connection.execute(texts)
    for table in (tables.patient_key, tables.patient_identity):
        connection.execute(table.delete().where(table.c.patient_id == "PAT-A"))
