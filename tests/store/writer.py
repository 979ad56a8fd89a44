"""A small raw writer: it makes legal rows of an action, without any of the product's services.

What it writes is legal because the tables say so, and for no other reason. `forge` first shows that
an action is accepted, takes it back, and then writes it with some values changed: so whatever is
refused is refused for the change.
"""

# ruff: noqa: S608 - the names are those of our tables

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from coi.ledger.shape import counts_in, shape_of
from coi.store.parts import KINDS
from coi.store.tables import metadata
from tests.store.doors import Door

NOW = "2026-03-01T12:00:00.000000Z"
NAME = sha256(b"a salted name").hexdigest()
Row = dict[str, str | int | None]
POSITION = ("turn", "version", "state", "holder", "consignee", "stops", "inside")
_AFTER = (
    *("turn", "version", "to_state", "holder_after", "consignee_after"),
    *("stops_after", "inside_after"),
)
_OF_THE_TRANSITION = (
    "machine",
    "action",
    "custody",
    "stop_effect",
    "while_stopped",
    "scans",
    "patient",
    "packing",
    "on_paper",
)
_BY_TRANSCRIPTION = {"open": (1,), "step": (2, 1)}
_PARTS_IN_ORDER = (
    *("signature", "subject", "lineage", "value"),
    *("label_turn", "label", "wristband", "attestation", "move"),
)


@dataclass(frozen=True, slots=True)
class Birth:
    """A subject that comes into being, and what it comes from."""

    machine: str
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one subject shall be afterwards; what is left out stays as it was."""

    subject: str
    to_state: str
    holder: str | None = None
    consignee: str | None = None
    label: str | None = None
    patient: str | None = None
    wristband: str | None = None
    inside: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One action, told in short."""

    chain: str
    action: str
    unit: str
    turns: tuple[Turn, ...] = ()
    signers: tuple[str, ...] = ("mia",)
    kind: str = "act"
    version: int | None = None
    births: tuple[Birth, ...] = ()
    parts: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    transcription: str = ""  # '' goes on as it was


class Writer:
    """Writes actions through one door."""

    def __init__(self, door: Door) -> None:
        self.door = door

    # -- rows of any table -----------------------------------------------------------------------

    def insert(self, table: str, row: Row) -> None:
        """Insert one row as it is."""
        marks = ", ".join("?" * len(row))
        self.door.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", [*row.values()]
        )

    def row(self, table: str, **where: str | int) -> Row:
        """Return the only row with these values."""
        (found,) = self.rows(table, **where)
        return found

    def rows(self, table: str, **where: str | int) -> list[Row]:
        """Return every row with these values."""
        columns = self._columns(table)
        condition = " AND ".join(f"{column} = ?" for column in where) or "1 = 1"
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {condition}"
        return [
            dict(zip(columns, row, strict=True))
            for row in self.door.execute(sql, [*where.values()])
        ]

    @staticmethod
    def _columns(table: str) -> list[str]:
        return [column.name for column in metadata.tables[table].columns]

    # -- actions ---------------------------------------------------------------------------------

    def act(self, deed: Deed) -> int:
        """Write one action; returns its number in the chain."""
        rows = self.rows_of(deed)
        self.write(rows)
        return int(rows["entry"][0]["seq"] or 0)

    def forge(self, deed: Deed, **changes: Row) -> None:
        """Show that the action is legal, then write it with the last row of some tables changed."""
        rows = self.rows_of(deed)
        self.door.execute("SAVEPOINT legal")
        self.write(rows)
        self.door.execute("ROLLBACK TO SAVEPOINT legal")
        for table, change in changes.items():
            rows[table][-1].update(change)
        self.write(rows)

    def write(self, rows: Mapping[str, list[Row]]) -> None:
        """Insert the rows in an order in which each finds what it refers to; lead positions on."""
        for table in ("entry", *_PARTS_IN_ORDER):
            for row in rows.get(table, []):
                self.insert(table, row)
        for move in rows.get("move", []):
            self.lead_on(move)

    def lead_on(self, move: Row) -> None:
        """Let the live position follow the move."""
        after = [move[name] for name in _AFTER]
        if move["turn"] == 1:
            place = {"chain": move["chain"], "subject": move["subject"]}
            self.insert("position", place | dict(zip(POSITION, after, strict=True)))
            return
        self.door.execute(
            f"UPDATE position SET {' = ?, '.join(POSITION)} = ? WHERE chain = ? AND subject = ?",
            [*after, move["chain"], move["subject"]],
        )

    def rows_of(self, deed: Deed) -> dict[str, list[Row]]:
        """Return the rows that the action would write, by table."""
        head = self.head(deed.chain)
        seq = int(head["seq"] or 0) + 1 if head else 0
        births = [self._born(deed, seq, n) for n in range(1, len(deed.births) + 1)]
        entry = self._entry(deed, head, seq, len(births))
        signatures = [_signature(person) for person in deed.signers]
        moves = _beside_packages([self._move(deed, entry, turn, births) for turn in deed.turns])
        own = {"signature": signatures, "subject": births, "move": moves}
        parts = {
            **own,
            **{table: [dict(row) for row in rows] for table, rows in deed.parts.items()},
        }
        numbered = {kind.table: list(_numbered(entry, parts.get(kind.table, []))) for kind in KINDS}
        return {"entry": [entry], **numbered}

    def head(self, chain: str) -> Row | None:
        """Return the newest entry of a chain."""
        found = self.rows("entry", chain=chain)
        return max(found, key=lambda row: int(row["seq"] or 0), default=None)

    def entry_after(self, head: Row | None, **given: str | int) -> Row:
        """Return the columns that tie an entry to the one before it."""
        if head is None:
            return {"prev_stops": 0, **given}
        tied: Row = {"prev_stops": head["stops"]}
        for name in ("seq", "hash", "version", "shape", "transcription"):
            tied[f"prev_{name}"] = head[name]
        counts = counts_in(str(head["shape"]))
        last = {kind.prev_last: n or None for kind, n in zip(KINDS, counts, strict=True)}
        return tied | last | given

    def _entry(self, deed: Deed, head: Row | None, seq: int, births: int) -> Row:
        counts = {kind.table: len(deed.parts.get(kind.table, ())) for kind in KINDS}
        counts |= {"move": len(deed.turns), "signature": len(deed.signers), "subject": births}
        therapy = self.rows("therapy", coi=deed.chain)
        before = str(head["hash"]) if head else ""
        content = json.dumps(
            [before, deed.chain, seq, deed.action, [t.subject for t in deed.turns]]
        )
        tied = self.entry_after(head)
        return {
            **tied,
            "shape": shape_of(counts.values()),
            "chain": deed.chain,
            "seq": seq,
            "content": content,
            "content_hash": sha256(content.encode()).hexdigest(),
            "signed": json.dumps(deed.signers),
            "hash": sha256(f"{content}\n{deed.signers}".encode()).hexdigest(),
            "kind": deed.kind,
            "action": deed.action,
            "workflow": therapy[0]["workflow"] if therapy else "-",
            "version": deed.version or (head["version"] if head else 1),
            "actor": deed.signers[0] if deed.signers else "-",
            "unit": deed.unit,
            "happened_at": NOW,
            "recorded_at": NOW,
            "transcription": deed.transcription or _goes_on(deed, head),
            "stops": int(tied["prev_stops"] or 0) + {"hold": 1, "lift": -1}.get(deed.kind, 0),
        }

    def _born(self, deed: Deed, seq: int, n: int) -> Row:
        birth = deed.births[n - 1]
        therapy = birth.machine == "therapy"
        return {
            "id": deed.chain if therapy else f"{deed.chain}/{seq}.{n}",
            "machine": birth.machine,
            "workflow": self.row("therapy", coi=deed.chain)["workflow"],
            "origin_id": birth.origin,
            "origin_born": self.row("subject", id=birth.origin)["seq"] if birth.origin else None,
            "seq": seq,
        }

    def _move(self, deed: Deed, entry: Row, turn: Turn, births: list[Row]) -> Row:
        subject = next((born for born in births if born["id"] == turn.subject), None)
        subject = subject or self.row("subject", id=turn.subject)
        unborn = {"turn": 0, "version": entry["version"], "state": "", "holder": "-"}
        unborn |= {"consignee": "-", "stops": 0, "inside": "-"}
        (before,) = self.rows("position", subject=turn.subject) or [unborn]
        allowed = self._transition(entry, deed, subject, before, turn.to_state)
        holder = turn.holder or before["holder"]
        kept = "-" if allowed["custody"] in {"accepts", "takes_back"} else before["consignee"]
        lost = "-" if allowed["custody"] == "loses" else kept
        return {
            "signatures": len(deed.signers),
            "unit": entry["unit"],
            "chain_stops": entry["prev_stops"],
            "transcription": entry["transcription"],
            "subject": turn.subject,
            "born_seq": subject["seq"],
            "turn": int(before["turn"] or 0) + 1,
            "prev_turn": before["turn"] or None,
            "workflow": entry["workflow"],
            "from_version": before["version"],
            "from_state": before["state"],
            "holder_before": before["holder"],
            "consignee_before": before["consignee"],
            "stops_before": before["stops"],
            "inside_before": before["inside"],
            "version": entry["version"],
            "to_state": turn.to_state,
            "holder_after": holder,
            "holder_kind": self.row("party", id=str(holder))["kind"],
            "consignee_after": turn.consignee or lost,
            "stops_after": int(before["stops"] or 0) + int(allowed["stop_effect"] or 0),
            "inside_after": turn.inside or before["inside"],
            "put_into": turn.inside if allowed["packing"] == "goes_in" else None,
            "label_serial": turn.label,
            "patient_id": turn.patient,
            "wristband": turn.wristband,
            **{name: allowed[name] for name in _OF_THE_TRANSITION},
        }

    def _transition(self, entry: Row, deed: Deed, subject: Row, before: Row, to_state: str) -> Row:
        wanted = {
            "workflow": entry["workflow"],
            "from_version": before["version"],
            "version": entry["version"],
            "machine": subject["machine"],
            "action": deed.action,
            "from_state": before["state"],
            "to_state": to_state,
            "signatures": len(deed.signers),
        }
        fitting = _BY_TRANSCRIPTION.get(str(entry["transcription"]), (0, 1))
        rows = self.rows("transition", **wanted)
        found = [row for one in fitting for row in rows if row["on_paper"] == one]
        if not found:
            raise LookupError(f"no transition {wanted}")
        return found[0]


def _beside_packages(moves: list[Row]) -> list[Row]:
    """The moves, with what the package around each does beside it."""
    for move in moves:
        inside = {"inside": move["custody"], "comes_out": "ends"}.get(str(move["packing"]))
        package = move["inside_before"] if inside else None
        turn = next((one["turn"] for one in moves if one["subject"] == package), None)
        move |= {"package": package, "package_turn": turn, "package_custody": inside}
    return moves


def _goes_on(deed: Deed, head: Row | None) -> str:
    """How a therapy stands to its transcription, if nothing else is said."""
    if deed.kind == "transcribed":
        return "step"
    before = str(head["transcription"]) if head else "-"
    return "open" if before == "step" else before


def _signature(person: str) -> Row:
    return {
        "person": person,
        "person_kind": "person",
        "role": "nurse",
        "printed_name": NAME,
        "meaning": "performed",
        "signed_at": NOW,
    }


def reshaped(rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The rows after parts were put in or taken out by hand: entry and parts agree again."""
    entry = rows["entry"][0]
    entry["shape"] = shape_of(len(rows[kind.table]) for kind in KINDS)
    for part in (part for kind in KINDS for part in rows[kind.table]):
        part |= {name: entry[name] for name in ("content_hash", "shape")}
    return rows


def _numbered(entry: Row, rows: list[Row]) -> Iterator[Row]:
    shared = {name: entry[name] for name in ("chain", "seq", "content_hash", "shape")}
    for n, row in enumerate(rows, start=1):
        yield {**row, **shared, "n": n, "prev_n": n - 1 or None}
