"""A bit of the database's file is another one: it is found, or nothing differs (F-16)."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from benchmarks.clinic import open_clinic
from coi.ledger.findings import Finding
from coi.services.verifying import verify_record
from coi.settings import Settings
from coi.store.engine import open_engine, read
from coi.store.tables import APART, RECORD

SHORT, LONG = 20, 200
Findings: TypeAlias = Callable[[Engine], tuple[Finding, ...] | DBAPIError]


def flipped(file: Path, to: Path, chance: random.Random) -> Engine:
    """A copy in which one bit anywhere is another one."""
    shutil.copy(file, to)
    with to.open("r+b") as copy:
        place = chance.randrange(file.stat().st_size)
        copy.seek(place)
        (byte,) = copy.read(1)
        copy.seek(place)
        copy.write(bytes([byte ^ 1 << chance.randrange(8)]))
    return open_engine(f"sqlite+pysqlite:///{to}")


def told(engine: Engine) -> dict[str, list[str]]:
    """Every row of the record, and of what is kept apart."""
    with read(engine) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in (*RECORD, *APART)
        }


@pytest.fixture
def findings(sqlite_clinic, tmp_path: Path) -> Findings:
    """Tells what a verification finds in a database, or why there can be none.

    Nobody signs in for that: whoever a bit has hidden is looked for by the verification alone.
    """
    (tmp_path / "keys").mkdir()
    settings = Settings.from_environment({"COI_HOME": str(tmp_path)})
    opened = open_engine(f"sqlite+pysqlite:///{shutil.copy(sqlite_clinic[0], tmp_path / 'opened')}")
    known = replace(open_clinic(opened).installation, settings=settings)
    opened.dispose()

    def found(engine: Engine) -> tuple[Finding, ...] | DBAPIError:
        try:
            return verify_record(replace(known, engine=engine)).findings
        except DBAPIError as error:
            return error

    return found


@pytest.mark.parametrize("times", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_a_bit_that_flips_is_found_or_changes_nothing(sqlite_clinic, tmp_path, findings, times):
    """In a row, an index or the schema; in free room it harms nobody."""
    file, _ = sqlite_clinic
    chance, found = random.Random(f"{times} bits"), 0
    whole = open_engine(f"sqlite+pysqlite:///{shutil.copy(file, tmp_path / 'whole.sqlite3')}")
    before = told(whole)
    whole.dispose()

    for number in range(times):
        engine = flipped(file, tmp_path / f"{number}.sqlite3", chance)
        is_named = bool(findings(engine))
        assert is_named or told(engine) == before, number
        found += is_named
        engine.dispose()

    assert found > times // 4


def test_a_damaged_index_is_found_though_every_row_is_there(sqlite_clinic, tmp_path, findings):
    """Whoever looks for what one person did would be told that it was nothing."""
    file = shutil.copy(sqlite_clinic[0], tmp_path / "index.sqlite3")
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    with read(engine) as connection:
        asked = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_entry_actor'"
        page = connection.exec_driver_sql(asked).scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    engine.dispose()
    with file.open("r+b") as damaged:
        damaged.seek((page - 1) * size)
        damaged.write(b"\xee" * size)

    found = findings(engine)

    assert {one.table for one in found} == {"-"}
    assert all(one.what.startswith("the file of the database is damaged") for one in found)
