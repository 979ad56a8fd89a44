"""Processes that migrate a database and are killed on the way, one after the other.

    python -m tests.faults.migrating URL ROLE [EVERY]

Each is killed after another statement (or after every so many-th), the last but one as it commits;
the last one goes to its end. After each it is said which revision the database has ('-' for none),
and how many tables, keys, indexes and locks.
"""

import os
import signal
import sys
from contextlib import suppress

from coi.store.engine import open_engine, read
from coi.store.fence import revision_of
from coi.store.migrate import upgrade
from coi.store.schema import schema_text
from tests.faults.cuts import Cut, Moment, Scissors, killing, raising

UNCUT = 1_000_000


def main(url: str, role: str, every: str = "1") -> None:
    """Kill one after the other, and say what each left."""
    statements = _how_many(url, role)
    for nth in range(1, statements + 1, int(every)):
        assert _is_killed(url, role, Moment.AFTER, nth)
        print(Moment.AFTER, *_left(url), sep=",")  # noqa: T201 - the test reads it
    assert _is_killed(url, role, Moment.COMMIT, 1)
    print(Moment.COMMIT, *_left(url), sep=",")  # noqa: T201
    assert not _is_killed(url, role, Moment.AFTER, UNCUT)
    print("done", *_left(url), sep=",")  # noqa: T201


def _how_many(url: str, role: str) -> int:
    """The statements of the migration, counted by one that is taken back."""
    engine = open_engine(url)
    counting = Scissors(engine, Moment.AFTER, UNCUT, raising)
    with suppress(Cut), counting, Scissors(engine, Moment.COMMIT, 1, raising):
        upgrade(engine, role)
    engine.dispose()
    return counting.count


def _is_killed(url: str, role: str, moment: Moment, nth: int) -> bool:
    """Migrate in a process of its own; returns whether it was killed on the way."""
    process = os.fork()
    if process == 0:
        engine = open_engine(url)
        with Scissors(engine, moment, nth, killing):
            upgrade(engine, role)
        os._exit(0)
    _process, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _left(url: str) -> tuple[str, int]:
    """What the database has: its revision, and how much it is made of."""
    engine = open_engine(url)
    with read(engine) as connection:
        found = revision_of(connection) or "-", len(schema_text(connection).splitlines())
    engine.dispose()
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
