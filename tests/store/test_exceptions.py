"""The list of exceptions: where it begins, in whatever way a database sorts."""

import pytest
from sqlalchemy import Engine, text

from coi.store.exceptions import BEHIND_ALL


@pytest.mark.parametrize("bound", ["C", "und-x-icu"])
def test_the_closed_ones_begin_behind_every_moment(
    postgres_world_engine: Engine, bound: str
) -> None:
    """A database that sorts as people do has signs before digits, and a moment begins with one."""
    asked = f"""SELECT '2026-11-28T11:00:00.000000Z' < '{BEHIND_ALL}' COLLATE "{bound}" """

    with postgres_world_engine.connect() as connection:
        comes_before = connection.execute(text(asked)).scalar_one()

    assert comes_before
