"""Does anybody notice? Each weakened schema meets the forgeries that its rule used to refuse."""

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from coi.store.engine import open_engine
from tests.mutation.forgeries import Forge, first_forgeries, forgeries, name_that_refuses
from tests.mutation.spoilt import Spoiling, Spoilt, every_change
from tests.mutation.weakenings import SCHEMA, Rule, Weakening, rules
from tests.postgres import OWNER, Server
from tests.store.doors import Bare, Door, Refused
from tests.store.doors import Engine as Product
from tests.store.stories import STORIES
from tests.store.world import build_unsigned_world, build_world, sign_tree
from tests.store.writer import Writer


def is_noticed(weakening: Weakening) -> bool:
    """A legal story is refused, or a forgery goes through or is refused by another name."""
    try:
        with a_beginning(weakening.statements, bare=weakening.bare) as door:
            if _another_answer(door, weakening.name, _first_by_name()):
                return True
            sign_tree(Writer(door))
            return (
                _another_answer(door, weakening.name, _forgeries_by_name())
                or _a_story_is_refused(door)
                or _a_change_is_told_otherwise(door, weakening.name)
            )
    except (Refused, sqlite3.Error):
        # Not even the first rows or the world could be written: what is legal is refused.
        return True


@contextmanager
def a_world(statements: tuple[str, ...]) -> Iterator[Door]:
    """The world of two therapies in a schema."""
    with a_beginning(statements) as door:
        sign_tree(Writer(door))
        yield door


@contextmanager
def a_beginning(statements: tuple[str, ...], *, bare: bool = False) -> Iterator[Door]:
    """The same, before the first checkpoint; a bare door has its foreign keys switched off."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coi.sqlite3"
        # Committed first: SQLite reads all of a schema again whenever it goes back to a savepoint
        # of the transaction that made it.
        _make(file, statements)
        with _at_a_prompt(file) if bare else _through_the_product(file) as door:
            build_unsigned_world(Writer(door))
            yield door


def not_missed_on(server: Server) -> list[str]:
    """Every constraint that can be dropped on PostgreSQL with each forgery refused as before."""
    engine = open_engine(server.url(server.new_database(), OWNER))
    with engine.connect() as connection:
        door = Product(connection)
        build_world(Writer(door))
        refused = _by_name(door, forgeries())
        kept = [rule.name for rule in rules() if not _is_missed(door, rule, refused[rule.name])]
    engine.dispose()
    return kept


def _is_missed(door: Door, rule: Rule, refused: list[Forge]) -> bool:
    """Without the constraint, a forgery goes through or is refused by another name."""
    door.execute("SAVEPOINT whole")
    door.execute(f"ALTER TABLE {rule.table} DROP CONSTRAINT {rule.name} CASCADE")
    missed = any(name_that_refuses(forge, door) != rule.name for forge in refused)
    door.execute("ROLLBACK TO SAVEPOINT whole")
    return missed


def names_of_forgeries() -> set[str]:
    """Every name by which the schema as it is refuses one of the forgeries."""
    return set(_forgeries_by_name())


@cache
def _forgeries_by_name() -> dict[str, list[Forge]]:
    with a_world(SCHEMA) as door:
        return _by_name(door, forgeries())


@cache
def _first_by_name() -> dict[str, list[Forge]]:
    with a_beginning(SCHEMA) as door:
        return _by_name(door, first_forgeries())


def _by_name(door: Door, tried: Iterator[Forge]) -> dict[str, list[Forge]]:
    found: dict[str, list[Forge]] = defaultdict(list)
    for forge in tried:
        found[name_that_refuses(forge, door) or ""].append(forge)
    return found


@cache
def _changes_by_name() -> dict[str, set[Spoilt]]:
    found: dict[str, set[Spoilt]] = defaultdict(set)
    with a_world(SCHEMA) as door:
        for spoilt, name in every_change(Spoiling(door), lambda _: True).items():
            found[name or ""].add(spoilt)
    return found


def _another_answer(door: Door, name: str, known: dict[str, list[Forge]]) -> bool:
    return any(name_that_refuses(forge, door) != name for forge in known.get(name, []))


def _a_story_is_refused(door: Door) -> bool:
    return any(name_that_refuses(story, door) is not None for story in STORIES)


def _a_change_is_told_otherwise(door: Door, name: str) -> bool:
    wanted = _changes_by_name()[name]
    told = every_change(Spoiling(door), wanted.__contains__) if wanted else {}
    return any(other != name for other in told.values())


def _make(file: Path, statements: tuple[str, ...]) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(";\n".join(("PRAGMA synchronous = OFF", "BEGIN", *statements, "END")))
    connection.close()


@contextmanager
def _at_a_prompt(file: Path) -> Iterator[Door]:
    door = Bare(file)
    door.execute("BEGIN")
    yield door
    door.close()


@contextmanager
def _through_the_product(file: Path) -> Iterator[Door]:
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    with engine.connect() as connection:
        yield Product(connection)
    engine.dispose()
