"""Writes therapies that are told again: in bulk, resumable, with every constraint switched on.

Some hundred therapies are one transaction: of those that were begun together all are there, or
none. What is there already is left as it is, so that a run that was killed goes on where it was,
and a larger one adds to a smaller one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest

from sqlalchemy import Connection, select

from benchmarks.growth.template import AT_THE_END, PARTS, Rows, Telling
from benchmarks.growth.workshop import OPENED, Workshop, build_world, installation_on, key_of
from coi.services.installing import migrate
from coi.services.vault import write_key_file
from coi.settings import Settings
from coi.store import tables as t
from coi.store.append import Row, add
from coi.store.engine import open_engine, read, write
from coi.store.transactions import Engine

TOGETHER = 200
BETWEEN = timedelta(minutes=20)  # one order and the next
_IN_ORDER = (
    *("party", "patient_key", "patient_identity", "chain", "therapy", "entry", "participation"),
    *(*PARTS, "request", *AT_THE_END, "erasable"),
)
"""After what each refers to."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is made: the data folder, and the database, by default a file in it."""

    settings: Settings
    seed: int

    def engine(self) -> Engine:
        """The database."""
        return open_engine(self.settings.database_url, busy_timeout_ms=60_000)


def begin(place: Place) -> None:
    """Make the data folder, its key, the tables, and the world before the first therapy.

    What was begun before is left as it is.

    Raises:
        AlreadyBegun: somebody was interrupted in the first second; an empty place is needed.
    """
    settings = place.settings
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.spool_path.mkdir(exist_ok=True)
    if not settings.vault_key_file.exists():
        write_key_file(settings.vault_key_file, key_of(place.seed))
    migrate(settings)
    engine = place.engine()
    with read(engine) as connection:
        # The last thing that the world is given.
        is_whole = bool(connection.execute(_shippers).all())
    if not is_whole:
        build_world(installation_on(engine, settings, place.seed))
    engine.dispose()


_shippers = select(t.attestation.c.about).where(t.attestation.c.kind == "shipper").limit(1)


def grow(
    place: Place,
    workshop: Workshop,
    numbers: Iterable[Sequence[int]],
    told: Callable[[int], None] = lambda _entries: None,
) -> None:
    """Tell the therapies of these numbers, some at once; `told` is given the entries of each."""
    engine = place.engine()
    key = key_of(place.seed)
    for some in numbers:
        tellings = [
            Telling(workshop.story_of(number), place.seed, number, OPENED + number * BETWEEN)
            for number in some
        ]
        with write(engine) as connection:
            known = _there(connection, [one.coi for one in tellings])
            new = [one for one in tellings if one.coi not in known]
            for rows in _side_by_side(one.stages(key) for one in new):
                for table in _IN_ORDER:
                    if table in rows:
                        add(connection, t.metadata.tables[table], rows[table])
        told(sum(one.template.entries for one in new))
    engine.dispose()


def stretches(numbers: int, together: int = TOGETHER) -> list[range]:
    """The numbers of therapies in the stretches that are written together."""
    return [range(first, min(first + together, numbers)) for first in range(0, numbers, together)]


def _there(connection: Connection, cois: Sequence[str]) -> set[str]:
    """Those of these therapies that were told before."""
    return {*connection.execute(select(t.therapy.c.coi).where(t.therapy.c.coi.in_(cois))).scalars()}


def _side_by_side(tellings: Iterable[Iterator[Rows]]) -> Iterator[dict[str, list[Row]]]:
    """All beginnings, then all first entries, and so on: each table's rows of a stage at once."""
    for stages in zip_longest(*tellings):
        rows: dict[str, list[Row]] = {}
        for stage in stages:
            for table, some in (stage or {}).items():
                rows.setdefault(table, []).extend(some)
        yield rows
