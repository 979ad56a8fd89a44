"""A PostgreSQL server of our own for the tests: started when first asked for, gone at the end.

PostgreSQL refuses to run as root; then it runs as the system's user `postgres`, in a folder that
this user can reach.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from coi.store.engine import open_engine
from coi.store.migrate import upgrade

OWNER = "postgres"
APP = "coi_app"
_ATTEMPTS = 5
_INITIAL = ("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
_FAST = " ".join(
    f"-c {setting}"
    for setting in (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "shared_buffers=32MB",
        # Nothing lives long enough to be cleaned, nobody copies the log, no process shows a title.
        "autovacuum=off",
        "track_counts=off",
        "bgwriter_lru_maxpages=0",
        "wal_level=minimal",
        "max_wal_senders=0",
        "update_process_title=off",
        "jit=off",
    )
)


@dataclass(frozen=True, slots=True)
class Server:
    """One running server; every database in it starts as a copy of a migrated one."""

    folder: Path
    port: int
    owner: psycopg.Connection  # to none of the databases that are made
    numbers: Iterator[int]

    @property
    def pid(self) -> int:
        """Its first process, below which all others stand."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def url(self, database: str, role: str = APP) -> str:
        """Return the address of a database, as its owner or as the role of every day."""
        return f"postgresql+psycopg://{role}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "migrated") -> str:
        """Create a database and return its name."""
        name = f"test_{next(self.numbers)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def restart(self) -> None:
        """Stop at once, without a word to anybody, and start again on the same port.

        The owner's own connection is cut as well: whatever it is to do, it does before.
        """
        _run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "restart")

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.command(f"DROP DATABASE {database} WITH (FORCE)")

    def command(self, statement: str) -> None:
        """Run one statement as the server's owner, outside any transaction."""
        self.owner.execute(statement)


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[Server]:
    """Start a server with one migrated database in it; stop and remove it afterwards.

    Tests need no durable commits; where they are wanted, it runs as it comes.
    """
    folder = Path(tempfile.mkdtemp(prefix="coi-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        _run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", OWNER, *_INITIAL)
        port = _start(folder, "" if durable else _FAST)
        try:
            address = f"host=127.0.0.1 port={port} user={OWNER} dbname=postgres"
            with psycopg.connect(address, autocommit=True) as owner:
                yield _with_migrated_database(Server(folder, port, owner, count(1)))
        finally:
            _run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_migrated_database(server: Server) -> Server:
    server.command(f"CREATE ROLE {APP} LOGIN")
    server.command("CREATE DATABASE migrated")
    engine = open_engine(server.url("migrated", OWNER))
    upgrade(engine, app_role=APP)
    engine.dispose()
    return server


def _start(folder: Path, settings: str) -> int:
    """Start on a free port; another process may take it meanwhile, so more than one is tried."""
    for attempt in range(1, _ATTEMPTS + 1):
        port = _free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 {settings}"
        options += f" -c unix_socket_directories={folder}"
        command = ("-D", f"{folder}/data", "-l", f"{folder}/log", "-w", "-o", options, "start")
        try:
            _run("pg_ctl", *command)
        except subprocess.CalledProcessError:
            if attempt == _ATTEMPTS:
                raise
        else:
            return port
    raise AssertionError("unreachable")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as somebody that it accepts."""
    somebody = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [_bin() / program, *arguments],
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **somebody,
    )


def _bin() -> Path:
    """Find the newest PostgreSQL; its programs are seldom in the PATH."""
    installed = [folder.parent for folder in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = max(installed, key=lambda folder: float(folder.parent.name), default=None)
    if found is None and (initdb := shutil.which("initdb")):
        found = Path(initdb).resolve().parent
    if found is None:
        raise FileNotFoundError("PostgreSQL is not installed; scripts/install_system_packages test")
    return found
