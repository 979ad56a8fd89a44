"""Legal stories told with one value changed, each value of each row in turn.

Whatever is changed is otherwise legal, so the constraint that refuses it refuses it for that value.
The values to put there are those that the column holds elsewhere in the record (another patient's,
an older one, another kind), the next number up and down, and a few that stand nowhere.
"""

# ruff: noqa: S608 - the names are those of our tables

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from coi.store.tables import metadata
from tests.store.doors import Refused
from tests.store.stories import STORIES
from tests.store.writer import Row, Writer

Value = str | int | None

_MOST = 5
_SORTS = {
    "entry": ("kind",),
    "move": ("action", "custody", "from_state"),
    "subject": ("machine",),
    "value": ("revision",),
}
"""By which columns two rows of a table differ so much that both are worth changing."""
_TEXTS = (None, "-", "", "x")
_NUMBERS = (None, -1, 0, 1, 2, 99)


class Spoilt(NamedTuple):
    """Where a story was changed: at which write, in which column, and to what."""

    story: str
    write: int
    table: str
    column: str
    value: Value


Wanted = Callable[[Spoilt], bool]


class Spoiling(Writer):
    """A writer that tries each write with one value changed, before it writes what is legal."""

    known: set[tuple[object, ...]]
    """The sorts of rows that were tried; one more of the same sort would teach nothing."""

    def start(self, story: str, wanted: Wanted) -> None:
        """Take up another story; only what is wanted is tried."""
        self.story, self.wanted, self.writes = story, wanted, 0
        self.told: dict[Spoilt, str | None] = {}

    def insert(self, table: str, row: Row) -> None:
        """Insert one row, which no deed brings, after every change of it was tried."""
        self._try_all({table: [row]}, self._insert_only)
        super().insert(table, row)

    def write(self, rows: Mapping[str, list[Row]]) -> None:
        """Write a deed, after every change of its newest rows was tried."""
        self._try_all(rows, self._plain().write)
        self._plain().write(rows)

    def _plain(self) -> Writer:
        return Writer(self.door)

    def _insert_only(self, rows: Mapping[str, list[Row]]) -> None:
        for table, (row,) in rows.items():
            self._plain().insert(table, row)

    def _try_all(
        self, rows: Mapping[str, list[Row]], write: Callable[[Mapping[str, list[Row]]], None]
    ) -> None:
        self.writes += 1
        for table, row in self._of_a_new_sort(rows):
            for column, legal in row.items():
                for value in self._values(table, column, legal):
                    spoilt = Spoilt(self.story, self.writes, table, column, value)
                    if self.wanted(spoilt):
                        self.told[spoilt] = self._try(spoilt, rows, write)

    def _of_a_new_sort(self, rows: Mapping[str, list[Row]]) -> Iterator[tuple[str, Row]]:
        """The last row of each table, unless one like it was tried already."""
        for table, of_table in rows.items():
            if of_table:
                row = of_table[-1]
                sort = (table, *map(row.get, _SORTS.get(table, ())), row.get("n") == 1)
                if sort not in self.known:
                    self.known.add(sort)
                    yield table, row

    def _try(
        self,
        spoilt: Spoilt,
        rows: Mapping[str, list[Row]],
        write: Callable[[Mapping[str, list[Row]]], None],
    ) -> str | None:
        """By which name the change is refused, or None; nothing of it is kept."""
        kept = rows[spoilt.table]
        changed = {**rows, spoilt.table: [*kept[:-1], kept[-1] | {spoilt.column: spoilt.value}]}
        self.door.execute("SAVEPOINT spoilt")
        try:
            write(changed)
        except Refused as refusal:
            return refusal.name
        finally:
            self.door.execute("ROLLBACK TO SAVEPOINT spoilt")
        return None

    def _values(self, table: str, column: str, legal: Value) -> Iterator[Value]:
        """What to put there instead, each once."""
        kind = metadata.tables[table].columns[column].type.python_type
        found = self.door.execute(
            f"SELECT DISTINCT {column} FROM {table} ORDER BY {column} LIMIT {_MOST}"
        )
        near = (legal - 1, legal + 1) if isinstance(legal, int) else ()
        nowhere = _NUMBERS if kind is int else _TEXTS
        held = (value for (value,) in found if isinstance(value, str | int))
        yield from (value for value in dict.fromkeys((*held, *near, *nowhere)) if value != legal)


def every_change(spoiling: Spoiling, wanted: Wanted) -> dict[Spoilt, str | None]:
    """Tell every story, trying each wanted change; by which name each was refused, or None."""
    told: dict[Spoilt, str | None] = {}
    spoiling.known = set()
    for story in STORIES:
        spoiling.door.execute("SAVEPOINT story")
        spoiling.start(story.__name__, wanted)
        story(spoiling)
        spoiling.door.execute("ROLLBACK TO SAVEPOINT story")
        told |= spoiling.told
    return told
