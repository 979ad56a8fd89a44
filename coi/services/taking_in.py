"""What every import has in common: columns, problems by their place, all rows or none, one entry.

The file itself is kept nowhere, since it holds names; its SHA-256 stands apart, salted, so that
whoever has the file can show that it was this one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from time import sleep
from typing import Protocol, TypeVar

from coi.errors import DataRefused, Problem
from coi.services.asked import bad_key, fingerprint
from coi.services.attesting import has_come_before
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.ordering import kept_or_rehearsed
from coi.services.proofs import Proven, acting
from coi.store.facts import ORGANISATION
from coi.store.registers import person_chain
from coi.store.transactions import Transaction

T = TypeVar("T")
MOST_SHOWN = 200
"""So many problems are shown at once; of the others it is said how many there are."""
SLICE = 20
"""So many rows are tried in one transaction of a check; whoever else writes waits no longer."""
_LET_IN_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: what stands in it, an example, what is allowed where that is a list.

    `optional` says that a cell may be blank.
    """

    name: str
    meaning: str
    example: str
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one row, or would: its line, and what is told of it."""

    line: int
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would do; `headings` say what is told of each row."""

    read_as: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    dry_run: bool = False
    alike: Mapping[int, str] = field(default_factory=dict)  # by line, whom a patient looks like
    secrets: tuple[tuple[str, str, str], ...] = ()  # user name, printed name, one-time secret


def unheard(_done: int, _of: int) -> None:
    """Nobody asks how far it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for an import: who, which file under which key, and whether it is kept."""

    by: Proven
    content: bytes
    key: str = ""
    dry_run: bool = False
    compared: bool = False  # they have compared the charts of those who look alike
    progress: Callable[[int, int], None] = unheard  # is told how many rows of how many are done

    def counted(self, rows: Sequence[T]) -> Iterator[T]:
        """Each row, told when it is done."""
        for done, row in enumerate(rows):
            self.progress(done, len(rows))
            yield row
        self.progress(len(rows), len(rows))

    def in_slices(self, rows: Sequence[T], size: int = SLICE) -> Iterator[Sequence[T]]:
        """A few rows at a time, told when they are done; between them whoever waits gets in."""
        for done in range(0, len(rows), size):
            self.progress(done, len(rows))
            yield rows[done : done + size]
            sleep(_LET_IN_SECONDS)
        self.progress(len(rows), len(rows))

    def __post_init__(self) -> None:
        if self.key and (problems := [*bad_key(self.key)]):
            raise DataRefused(problems)


class NotSigned(DataRefused):
    """What is signed for is imported by somebody who signs it, with their password, just now."""

    code = "NOT_SIGNED"


class Work(Protocol):
    """Writes the rows of a file, in the transaction in hand."""

    def __call__(self, tx: Transaction, *, again: bool) -> tuple[Row, ...]:
        """Write them; `again` says that this very request was answered before."""


def taken_in(installation: Installation, kind: str, asked: Asked, work: Work) -> tuple[Row, ...]:
    """Do the work and note the import in the chain of whoever imports, in one transaction.

    Raises:
        KeyReused: the key already stands for another file.
    """
    digest = sha256(asked.content).hexdigest()
    keyed = (asked.key, fingerprint(installation.vault, kind, digest, asked.by.person))

    def noted(tx: Transaction) -> tuple[Row, ...]:
        acting(tx, asked.by)
        before = has_come_before(tx, keyed)
        rows = work(tx, again=before)
        if not before:
            _note(tx, installation, asked.by, (kind, digest, str(len(rows))), keyed)
        return rows

    return kept_or_rehearsed(installation, noted, rehearse=asked.dry_run)


def _note(
    tx: Transaction,
    installation: Installation,
    by: Proven,
    about: tuple[str, str, str],
    keyed: tuple[str, str],
) -> None:
    """Who imported what sort of file, its hash, and how many rows it had."""
    kind, digest, rows = about
    notes = {"sha256": commit_text(tx, installation, digest)}
    told = Registered(document={"kind": "import", "about": kind, "rows": rows}, notes=notes)
    occasion = Occasion(by.person, "-", installation.clock.now(), key=keyed[0], digest=keyed[1])
    chain = person_chain(tx, by.person) or ORGANISATION
    write_site_entry(tx, f"import_{kind}", occasion, told, chain)


def require_none(problems: Sequence[Problem], columns: Sequence[str]) -> None:
    """Go on only where nothing is wrong.

    Raises:
        DataRefused: every problem, as one would meet them in the file.
    """
    places = {column: n for n, column in enumerate(columns)}
    if problems:
        in_order = sorted(
            problems, key=lambda one: (one.line or 0, places.get(one.column or "", -1))
        )
        raise DataRefused(in_order)
