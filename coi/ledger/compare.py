"""The second pass: what the chains tell, against the rows that are stored.

One reading of `entry` in order, with one reading of each part table alongside it. The bytes were
hashed in the first pass, and the product hashes canonical text only (`coi.ledger.canonical`), so
what is decoded here is not written again to be compared: that would take a quarter of the time.
Numbers that are no integers are refused, because that costs nothing.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby, islice
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NoReturn

from coi.ledger.content import OWN_KEY
from coi.ledger.findings import Finding, hash_of_row
from coi.ledger.participants import (
    PARTICIPATION_COLUMNS,
    SiteOf,
    faults_of_sites,
    participation_rows,
)
from coi.ledger.registered import Registered
from coi.ledger.replay import NOT_FORMAT_1, CannotReplay, DoesNotFollow, State, advance
from coi.ledger.reviewed import Releases, Unread
from coi.ledger.rows import (
    ALONE,
    ENTRY_COLUMNS,
    PART_COLUMNS,
    POSITION_COLUMNS,
    REQUEST_COLUMNS,
    Stored,
    entry_row,
    parts_alone,
    position_rows,
    request_row,
)
from coi.ledger.shape import KINDS
from coi.ledger.source import Alongside, Row, Source
from coi.ledger.transcribed import faults_of_signers
from workflows.on_paper import BESIDE, ENDED, NONE, NOT_BESIDE, ONLY_COPIED, OPEN, STEP
from workflows.packing import goes_with

STRIDE = 1_000


def _refuse(number: str) -> NoReturn:
    raise ValueError(f"{number} is no integer")


_read = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).raw_decode


def _decode(text: str) -> Any:  # noqa: ANN401 - JSON can be anything
    """The value of a JSON text with nothing before or after it."""
    # `decode` would let blanks before and after pass, which no canonical text has.
    value, end = _read(text)
    if end != len(text):
        raise ValueError(f"goes on after its end at {end}")
    return value


_TRANSITION = (
    *("workflow", "from_version", "version", "machine", "action", "from_state", "to_state"),
    *("custody", "stop_effect", "while_stopped", "scans", "patient", "signatures"),
    *("on_paper", "packing"),
)
_JUDGED = (
    *_TRANSITION,
    *("chain_stops", "stops_before", "transcription", "inside_before", "inside_after"),
)
_STANDING: Mapping[str, tuple[tuple[str, ...], str]] = {
    "position": (POSITION_COLUMNS, "is of a subject that no entry bears"),
    "participation": (PARTICIPATION_COLUMNS, "is of a site that no entry brings in"),
}
"""Table beside a whole chain -> its columns, and what is said of a row that no entry led to."""
_judged_of = itemgetter(*map(PART_COLUMNS["move"].index, _JUDGED))
_chain_of = itemgetter(0)


_LOOKED_UP = 4
"""So many columns of a move its bytes do not tell; they are judged with its transition."""
_MAY_MOVE: Mapping[object, tuple[int, ...]] = {
    NONE: (NOT_BESIDE, BESIDE),
    OPEN: (BESIDE,),
    STEP: (BESIDE, ONLY_COPIED),
    ENDED: (NOT_BESIDE, BESIDE),
}
"""How a therapy stands to a transcription -> by which transitions it moves."""


@dataclass(slots=True)
class Told:
    """The rows that some entries of a chain stand for, in the order in which they are stored."""

    last: Row = ()  # chain and seq of the last of these entries; empty when none could be told
    entries: int = 0
    parts: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in KINDS})
    requests: dict[Row, Row] = field(default_factory=dict)


class Comparison:
    """All chains, or one, told entry by entry; what is wrong is found chain by chain."""

    def __init__(
        self,
        source: Source,
        transitions: Mapping[tuple[str, int], set[Row]],
        registered: Registered,
        site_of: SiteOf,
        chain: str | None = None,
        releases: Releases = MappingProxyType({}),
    ) -> None:
        self._findings: list[Finding] = []
        self._registered = registered
        self._transitions = transitions
        self._site_of = site_of
        self._releases = releases
        self._unread = Unread()
        self._entries = source.rows("entry", ENTRY_COLUMNS, ("chain", "seq"), chain)
        self._parts = {
            table: Alongside(source.rows(table, columns, ("chain", "seq", "n"), chain))
            for table, columns in PART_COLUMNS.items()
        }
        requests = source.rows("request", REQUEST_COLUMNS, ("chain", "seq"), chain)
        self._requests = Alongside(requests)
        positions = source.rows("position", POSITION_COLUMNS, ("chain", "subject"), chain)
        self._positions = Alongside(positions)
        sites = source.rows("participation", PARTICIPATION_COLUMNS, ("chain", "site"), chain)
        self._participations = Alongside(sites)
        self._state = State("")
        self._before: Row | None = None
        self._recorded_at = ""  # of the entry before
        self._told = True  # whether the chain could be told so far

    def run(self, progress: Callable[[int], None]) -> list[Finding]:
        """Compare everything; returns what is wrong, chain by chain."""
        for chain, entries in groupby(_counted(self._entries, progress), key=_chain_of):
            self._state, self._before, self._told = State(chain), None, True
            self._unread, self._recorded_at = Unread(), ""
            # In stretches, so that a chain of any length fits into memory.
            while stretch := list(islice(entries, STRIDE)):
                self._compare(stretch)
            self._close()
        self._drain()
        return self._findings

    def _compare(self, stretch: Sequence[Row]) -> None:
        """Tell these entries of one chain, and compare all that is stored of them at once."""
        told = Told()
        for row in stretch:
            if not self._told or not self._tell(row, told):
                break
            told.entries += 1
        if told.last:
            for table, alongside in self._parts.items():
                self._compare_parts(table, alongside.through(told.last), told.parts[table])
            self._compare_requests(told)
        if rest := stretch[told.entries :]:
            self._compare_alone(rest)

    def _compare_alone(self, rest: Sequence[Row]) -> None:
        """Compare what each of these entries tells alone: their chain cannot be told any further.

        What moved, and what an entry without a content lists, nobody knows.
        """
        listed: dict[Row, dict[str, list[Row]]] = {}
        for row in rest:
            with suppress(*NOT_FORMAT_1):
                content, signed = _decode(row[-2]), _decode(row[-1])
                hash_ = sha256(row[-2].encode()).hexdigest()
                listed[row[:2]] = parts_alone(content, signed, hash_, row[:2])
                # What it registers needs no chain either: else each new row would be a finding.
                self._registered.add(content, signed)
        for table, alongside in self._parts.items():
            rows = [row for row in alongside.through(rest[-1][:2]) if row[:2] in listed]
            if table in ALONE:
                expected = [row for parts in listed.values() for row in parts.get(table, ())]
                self._compare_parts(table, rows, expected)
        self._requests.through(rest[-1][:2])

    def _tell(self, row: Row, told: Told) -> bool:
        """Decode an entry, compare its row, and add the other rows that it stands for to `told`.

        False when the chain cannot be told any further.
        """
        try:
            content, signed = _decode(row[-2]), _decode(row[-1])
            advance(self._state, content)
            self._registered.add(content, signed)
            self._follow_in_time(row, content["recorded_at"])
            self._unread.tell(self._state, content, row[2], (self._releases, self._registered))
            content_hash = sha256(row[-2].encode()).hexdigest()
            stored = Stored(content, signed, (row[2], content_hash), self._state)
            expected, parts = entry_row(stored, self._before), stored.parts()
            request = request_row(content)
            faults = list(faults_of_sites(self._state, content, self._site_of))
            faults += faults_of_signers(self._state, content, signed)
        except (CannotReplay, DoesNotFollow) as fault:
            return self._cannot_tell(row, str(fault))
        except NOT_FORMAT_1 as fault:
            return self._cannot_tell(row, f"its bytes are not of format 1: {fault!r}")
        if row[:-2] != expected:
            self._differs("entry", row[:2], ENTRY_COLUMNS, (row, expected))
        for what in faults:
            self._find("entry", row[:2], what)
        for table, rows in parts.items():
            told.parts[table] += rows
        if request is not None:
            told.requests[row[:2]] = request
        told.last, self._before = row[:2], row
        return True

    def _follow_in_time(self, row: Row, at: str) -> None:
        """Remember an entry that is dated before the one it follows: a check may account for it."""
        if at < self._recorded_at:
            self._registered.set_back.append((row[:2], at, self._recorded_at))
        self._recorded_at = at

    def _cannot_tell(self, row: Row, why: str) -> bool:
        """Tell this chain no further, and say so."""
        self._told = False
        what = f"{why}; of what followed only what each entry tells alone was compared"
        self._find("entry", row[:2], what, row=row)
        return False

    def _compare_parts(self, table: str, rows: list[Row], expected: list[Row]) -> None:
        """The stored parts of one kind are those that the entries' bytes list."""
        told_of = rows
        if table == "move":
            self._compare_transitions(rows)
            told_of = [row[:-_LOOKED_UP] for row in rows]
        # Whole lists are compared in C; row by row only what differs.
        if told_of == expected:
            return
        got, want = self._by_key(table, rows), {row[:3]: row for row in expected}
        for key in want | got:
            if key not in got:
                self._find(table, key, "is missing")
            elif key not in want:
                self._find(table, key, "is in no entry's bytes", row=got[key])
            # Three columns of a move its bytes do not tell; they are judged with its transition.
            elif got[key][: len(want[key])] != want[key]:
                self._differs(table, key, PART_COLUMNS[table], (got[key], want[key]))

    def _by_key(self, table: str, rows: list[Row]) -> dict[Row, Row]:
        """The stored parts by chain, seq and n, of which none should stand there twice."""
        found: dict[Row, Row] = {}
        for row in rows:
            # The primary key forbids it; a database with a damaged index can hold it.
            if row[:3] in found:
                self._find(table, row[:3], "stands there more than once", row=row)
            found[row[:3]] = row
        return found

    def _compare_transitions(self, moves: list[Row]) -> None:
        """Each move is one that the definition allows, and was not made while stopped."""
        faults = {judged: list(self._faults(judged)) for judged in set(map(_judged_of, moves))}
        if not any(faults.values()):
            return
        for row in moves:
            for fault in faults[_judged_of(row)]:
                self._find("move", row[:3], fault, row=row)

    def _faults(self, judged: Row) -> Iterator[str]:
        """What is wrong with every move that reads so; most moves of a ledger read alike."""
        *transition, chain_stops, stops_before, transcription, before, after = judged
        move = dict(zip(_TRANSITION, transition, strict=True))
        allowed = self._transitions.get((move["workflow"], move["version"]))
        if allowed is not None and tuple(transition) not in allowed:
            yield "is a transition that its workflow does not have"
        if (chain_stops or stops_before) and not move["while_stopped"]:
            yield "happened while its subject or its therapy was stopped"
        if not goes_with(move["packing"], before, after):
            yield "does not go with the package that its subject is in"
        if move["on_paper"] not in _MAY_MOVE.get(transcription, ()):
            yield "does not go with how its therapy is copied from paper"

    def _compare_requests(self, told: Told) -> None:
        """What is remembered of requests is what the entries say; a caller's may be forgotten."""
        kept = list(self._requests.through(told.last))
        self._find_twice("request", [(request[2:3], request[:2]) for request in kept])
        for request in kept:
            if request != told.requests.get(request[:2]):
                what = "is not what its entry answered"
                self._find("request", request[2:3], what, request[:2], row=request)
        # By the record's own keys it counts copies and looks: a missing one would hide the rest.
        for at in sorted(told.requests.keys() - {request[:2] for request in kept}):
            key = told.requests[at][2]
            if str(key).startswith(OWN_KEY):
                self._find("request", (key,), "is gone, and something is counted by it", at)

    def _close(self) -> None:
        """Compare what stands beside a chain as a whole: live positions, sites that take part."""
        state = self._state
        positions = self._positions.through((state.chain,))
        sites = self._participations.through((state.chain,))
        if not self._told:
            return
        for subject in sorted(state.subjects.keys() - state.positions.keys()):
            self._find("subject", (subject,), "was born, but stands nowhere", (state.chain, None))
        self._compare_standing("position", positions, position_rows(state))
        self._compare_standing("participation", sites, participation_rows(state))

    def _compare_standing(self, table: str, rows: list[Row], expected: list[Row]) -> None:
        """The stored rows of one chain are those that its entries lead to."""
        columns, strange = _STANDING[table]
        got, want = {row[:2]: row for row in rows}, {row[:2]: row for row in expected}
        self._find_twice(table, [(row[:2], (row[0], None)) for row in rows])
        for key in want | got:
            at = (key[0], None)
            if key not in got:
                self._find(table, key, "is missing", at)
            elif key not in want:
                self._find(table, key, strange, at, row=got[key])
            elif got[key] != want[key]:
                self._differs(table, key, columns, (got[key], want[key]), at)

    def _find_twice(self, table: str, keys: Sequence[tuple[Row, Row]]) -> None:
        """Name each key that stands there more than once, with its place; the table forbids it."""
        if len(set(keys)) < len(keys):
            for key, at in dict.fromkeys(keys):
                if keys.count((key, at)) > 1:
                    self._find(table, key, "stands there more than once", at)

    def _drain(self) -> None:
        """Whatever is left belongs to no entry."""
        for table, alongside in self._parts.items():
            for row in alongside.rest():
                self._find(table, row[:3], "belongs to no entry", row=row)
        for row in self._requests.rest():
            self._find("request", row[2:3], "names an entry that is not there", row[:2], row=row)
        for table, rows in (("position", self._positions), ("participation", self._participations)):
            for row in rows.rest():
                what = "is of a chain that has no entry"
                self._find(table, row[:2], what, (row[0], None), row=row)

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

    def _find(
        self, table: str, key: Row, what: str, at: Row | None = None, *, row: Row = ()
    ) -> None:
        """Add a finding; `at` is its chain and seq where these do not lead its key.

        `row` is what is stored, where the words do not say it.
        """
        chain, seq = at or key[:2]
        held = hash_of_row(row) if row else ""
        self._findings.append(Finding(table, "/".join(map(str, key)), chain, seq, what, held))


def _counted(entries: Iterator[Row], progress: Callable[[int], None]) -> Iterator[Row]:
    """The entries; every thousand are reported."""
    for count, row in enumerate(entries, start=1):
        yield row
        if not count % STRIDE:
            progress(count)


def differences(columns: Sequence[str], stored: Row, told: Row) -> str:
    """Say of each column that differs what is stored, and what the ledger tells."""
    return "; ".join(
        f"{column} is {here!r} and should be {there!r}"
        # The stored row of an entry has its two texts besides, which the first pass has hashed.
        for column, here, there in zip(columns, stored, told, strict=False)
        if here != there
    )
