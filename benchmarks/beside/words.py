"""The operations by their names, and a database that all contenders stand on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from tests.postgres import OWNER, Server

HANDOFF = "handoff over HTTP, signature opened"
WITH_HASH = "handoff over HTTP, with the password hash"
HISTORY = "history of 60 entries"
WORK_LIST = "work list of 10,000"
CLIENTS = 8
ALONE = 0  # the number of a client beside whom there is no other; several count from 1
LABEL = "one label"
IN_PROCESS = "signed handoff in process"
OVER_HTTP = (HANDOFF, WITH_HASH, HISTORY, WORK_LIST)
HELLO = "an answer of Flask alone"


@dataclass(slots=True)
class Base:
    """SQLite files in a folder, or databases of one server of PostgreSQL."""

    folder: Path
    server: Server | None = None
    _numbers: "count[int]" = field(default_factory=count)

    @property
    def name(self) -> str:
        """As the table names it."""
        return "PostgreSQL" if self.server else "SQLite"

    @property
    def workers(self) -> int:
        """Of each server, ours and theirs: SQLite has one writer, and we serve it with one."""
        return 2 if self.server else 1

    @contextmanager
    def filled(self) -> Iterator[str]:
        """Our next database: inside, where nobody waits for a disk; afterwards it does again."""
        if self.server is None:
            yield f"sqlite+pysqlite:///{self.folder / f'ours-{next(self._numbers)}.db'}"
            return
        name = self.server.new_database()
        self.server.command(f"ALTER DATABASE {name} SET synchronous_commit = off")
        yield self.server.url(name)
        self.server.command(f"ALTER DATABASE {name} RESET synchronous_commit")
        settle(self.server, name)

    def for_django(self, peer: str) -> dict[str, str]:
        """The same for a peer, as its settings read it."""
        if self.server is None:
            return {"BENCH_FILE": str(self.folder / f"{peer}.db")}
        name = self.server.new_database("template1")
        told = {"BENCH_NAME": name, "BENCH_USER": OWNER}
        return told | {"BENCH_PORT": str(self.server.port)}

    def settle(self, told: Mapping[str, str]) -> None:
        """A peer's database, once it is filled."""
        if self.server is not None:
            settle(self.server, told["BENCH_NAME"])

    def with_database(self, *pids: int) -> Sequence[int]:
        """The processes whose CPU counts: a server's, and those of the database."""
        return (*pids, self.server.pid) if self.server else pids


def settle(server: Server, name: str) -> None:
    """What PostgreSQL does by itself in the minutes after a great many rows came, done now."""
    address = f"host=127.0.0.1 port={server.port} user={OWNER} dbname={name}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
