"""The second pass: what the chains tell, against the rows that are stored.

One reading of `entry` in order, with one reading of each part table alongside it. The bytes were
hashed in the first pass, and the product hashes canonical text only (`coi.ledger.canonical`), so
what is decoded here is not written again to be compared: that would take a quarter of the time.
Numbers that are no integers are refused, because that costs nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import NamedTuple, NoReturn

from coi.ledger.findings import Finding
from coi.ledger.registered import Registered
from coi.ledger.replay import CannotReplay, DoesNotFollow, State, advance
from coi.ledger.rows import (
    ENTRY_COLUMNS,
    PART_COLUMNS,
    POSITION_COLUMNS,
    REQUEST_COLUMNS,
    Stored,
    entry_row,
    position_rows,
    request_row,
)
from coi.ledger.source import Alongside, Row, Source

STRIDE = 1_000
_NOT_FORMAT_1 = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


def _refuse(number: str) -> NoReturn:
    raise ValueError(f"{number} is no integer")


_decode = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).decode
_MOVE = PART_COLUMNS["move"]
_TRANSITION = (
    *("workflow", "from_version", "version", "machine", "action", "from_state", "to_state"),
    *("custody", "stop_effect", "while_stopped", "scans", "patient", "signatures"),
)
_transition_of = itemgetter(*map(_MOVE.index, _TRANSITION))
_stops_of = itemgetter(*map(_MOVE.index, ("chain_stops", "stops_before", "while_stopped")))


class Told(NamedTuple):
    """The rows that an entry's bytes stand for."""

    row: Row
    parts: dict[str, list[Row]]
    request: Row | None


class Comparison:
    """All chains, or one, compared entry by entry; findings in the order of the entries."""

    def __init__(
        self,
        source: Source,
        transitions: Mapping[tuple[str, int], set[Row]],
        registered: Registered,
        chain: str | None = None,
    ) -> None:
        self._findings: list[Finding] = []
        self._registered = registered
        self._transitions = transitions
        self._entries = source.rows("entry", ENTRY_COLUMNS, ("chain", "seq"), chain)
        self._parts = {
            table: Alongside(source.rows(table, columns, ("chain", "seq", "n"), chain))
            for table, columns in PART_COLUMNS.items()
        }
        requests = source.rows("request", REQUEST_COLUMNS, ("chain", "seq"), chain)
        self._requests = Alongside(requests)
        positions = source.rows("position", POSITION_COLUMNS, ("chain", "subject"), chain)
        self._positions = Alongside(positions)
        self._state = State("")
        self._before: Row | None = None
        self._told = True  # whether the chain could be told so far

    def run(self, progress: Callable[[int], None]) -> list[Finding]:
        """Compare everything; returns what is wrong."""
        for entries, row in enumerate(self._entries, start=1):
            if self._before is None or row[0] != self._state.chain:
                self._close()
                self._state, self._before, self._told = State(row[0]), None, True
            self._compare(row)
            self._before = row
            if not entries % STRIDE:
                progress(entries)
        self._close()
        self._drain()
        return self._findings

    def _compare(self, row: Row) -> None:
        """Tell one entry more, and compare its row and its parts with the stored ones."""
        key = row[:2]
        told = self._tell(row) if self._told else None
        requests = self._requests.through(key)
        if told is None:
            for alongside in self._parts.values():
                alongside.through(key)
            return
        if row[:-2] != told.row:
            self._differs("entry", key, ENTRY_COLUMNS, (row, told.row))
        for table, alongside in self._parts.items():
            rows = alongside.through(key)
            if rows or table in told.parts:
                self._compare_parts(table, rows, told.parts.get(table, []))
        for request in requests:
            # An old one may be forgotten, so that none of them is missed.
            if request != told.request:
                self._find("request", request[2:3], "is not what its entry answered", key)

    def _tell(self, row: Row) -> Told | None:
        """Decode an entry, and give the rows that it stands for.

        None when the chain cannot be told any further.
        """
        try:
            content, signed = _decode(row[-2]), _decode(row[-1])
            advance(self._state, content)
            self._registered.add(content, signed)
            content_hash = sha256(row[-2].encode()).hexdigest()
            stored = Stored(content, signed, (row[2], content_hash), self._state)
            return Told(entry_row(stored, self._before), stored.parts(), request_row(content))
        except (CannotReplay, DoesNotFollow) as fault:
            what = str(fault)
        except _NOT_FORMAT_1 as fault:
            what = f"its bytes are not of format 1: {fault!r}"
        self._told = False
        self._find("entry", row[:2], f"{what}; the rest of its chain was not compared")
        return None

    def _compare_parts(self, table: str, rows: list[Row], expected: list[Row]) -> None:
        """The stored parts of one kind are those that the entry's bytes list."""
        columns = PART_COLUMNS[table]
        if table == "move":
            for row in rows:
                self._compare_transition(row)
            if [row[:-2] for row in rows] == expected:
                return
        elif rows == expected:
            return
        got = {row[:3]: row for row in rows}
        want = {row[:3]: row for row in expected}
        for key in sorted(got.keys() | want.keys(), key=repr):
            if key not in got:
                self._find(table, key, "is missing")
            elif key not in want:
                self._find(table, key, "is in no entry's bytes")
            elif got[key][: len(want[key])] != want[key]:
                self._differs(table, key, columns, (got[key], want[key]))
        if len(got) < len(rows):
            self._find(table, rows[0][:3], "stands there more than once")

    def _compare_transition(self, row: Row) -> None:
        """A move is one that the definition allows, and was not made while stopped."""
        transition = _transition_of(row)
        allowed = self._transitions.get((transition[0], transition[2]))
        if allowed is not None and transition not in allowed:
            self._find("move", row[:3], "is a transition that its workflow does not have")
        chain_stops, stops_before, while_stopped = _stops_of(row)
        if (chain_stops or stops_before) and not while_stopped:
            self._find("move", row[:3], "happened while its subject or its therapy was stopped")

    def _close(self) -> None:
        """Compare the live positions with where the chain's last entry left its subjects."""
        state = self._state
        rows = self._positions.through((state.chain,))
        if not self._told:
            return
        got, want = {row[:2]: row for row in rows}, {row[:2]: row for row in position_rows(state)}
        for subject in sorted(state.subjects.keys() - state.positions.keys()):
            self._find("subject", (subject,), "was born, but stands nowhere", (state.chain, None))
        for key in sorted(got.keys() | want.keys(), key=repr):
            at = (key[0], None)
            if key not in got:
                self._find("position", key, "is missing", at)
            elif key not in want:
                self._find("position", key, "is of a subject that no entry bears", at)
            elif got[key] != want[key]:
                self._differs("position", key, POSITION_COLUMNS, (got[key], want[key]), at)

    def _drain(self) -> None:
        """Whatever is left belongs to no entry."""
        for table, alongside in self._parts.items():
            for row in alongside.rest():
                self._find(table, row[:3], "belongs to no entry")
        for row in self._requests.rest():
            self._find("request", row[2:3], "names an entry that is not there", row[:2])
        for row in self._positions.rest():
            self._find("position", row[:2], "is of a chain that has no entry", (row[0], None))

    def _differs(
        self,
        table: str,
        key: Row,
        columns: Sequence[str],
        rows: tuple[Row, Row],
        at: Row | None = None,
    ) -> None:
        """Name every column that is not as the bytes say; `rows` are the stored and the told."""
        self._find(table, key, differences(columns, *rows), at)

    def _find(self, table: str, key: Row, what: str, at: Row | None = None) -> None:
        """Add a finding; `at` is its chain and seq where these do not lead its key."""
        chain, seq = at or key[:2]
        self._findings.append(Finding(table, "/".join(map(str, key)), chain, seq, what))


def differences(columns: Sequence[str], stored: Row, told: Row) -> str:
    """Say of each column that differs what is stored, and what the ledger tells."""
    return "; ".join(
        f"{column} is {here!r} and should be {there!r}"
        for column, here, there in zip(columns, stored, told, strict=False)
        if here != there
    )
