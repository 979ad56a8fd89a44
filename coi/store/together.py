"""Several processes that read one moment of a record: each looks along some of its chains.

Python compares on one core at a time, so a record that takes minutes is shared out. PostgreSQL lets
a connection read the moment of another. SQLite does not; there all begin to read, and begin again
if somebody wrote meanwhile, of which a further connection is told. Nobody is kept from writing. Who
cannot begin, or ends before the work does, leaves it to the process that asked: it takes longer
then, and nothing is left out.
"""

import logging
import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast

from sqlalchemy import Connection, Engine

from coi.ledger.hashes import STRIDE, Progress
from coi.ledger.piles import Drawer
from coi.ledger.registered import Registered
from coi.ledger.source import Row
from coi.ledger.spans import Span, spans_of
from coi.ledger.verify import Along, Everybody, Measure, quietly, verify_along
from coi.store.engine import open_engine, read
from coi.store.read_ledger import LedgerRows

SHARED_FROM = 20_000
"""Entries from which on further processes are worth the second in which they begin."""

_SPANS = 4  # for each process, so that none waits long for the last
_TRIES = 20  # to begin at one moment, while others write
_PATIENCE = 60  # seconds, for a process to begin
_ABOVE = 1 << 40  # sheets, more than any span lays down
_NEW = multiprocessing.get_context("spawn")  # a process that was copied would share our connections
_READY = "ready"
_log = logging.getLogger(__name__)


@contextmanager
def together(
    engine: Engine, tx: Connection, processes: int, progress: Progress
) -> Iterator[Everybody | None]:
    """So many processes that look along the chains as `tx` sees them; None where one does as well.

    Nothing was read from `tx` yet: it may be begun anew here, and sees the moment that all see.
    """
    heads = _heads(engine) if processes > 1 else []
    if not heads or sum(seq + 1 for _chain, seq in heads) < SHARED_FROM:
        yield None
        return
    with TemporaryDirectory(prefix="coi-verify-") as folder, ExitStack() as stack:
        helpers = [stack.enter_context(_helper(engine)) for _ in range(processes)]
        if not _begin_together(engine, tx, helpers):
            _log.warning("The record is verified by one process: others could not begin with it.")
            yield None
            return
        spans = spans_of(heads, processes * _SPANS)
        tasks = [_Task(number, span, Path(folder)) for number, span in enumerate(spans)]
        yield partial(_share_out, tasks, helpers, tx, progress)


def _heads(engine: Engine) -> list[Row]:
    """Every chain and its greatest number; a chain that begins later falls between them."""
    with read(engine) as tx:
        return [*LedgerRows(tx).heads()]


class _Task(NamedTuple):
    """One span to look along, and its place among them."""

    number: int
    span: Span
    folder: Path  # for what finds no room in memory

    def look(self, tx: Connection, measure: Measure | None, progress: Progress) -> Along:
        """Look along it."""
        registered = Registered(Drawer(self.folder), self.number * _ABOVE)
        return verify_along(LedgerRows(tx, span=self.span), measure, registered, progress)


@contextmanager
def _helper(engine: Engine) -> Iterator[Pipe]:
    """A further process that reads the same database; it ends with the pipe to it."""
    here, there = _NEW.Pipe()
    url = engine.url.render_as_string(hide_password=False)
    process = _NEW.Process(target=_help, args=(there, url), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.terminate()
        process.join()


def _begin_together(engine: Engine, tx: Connection, helpers: Sequence[Pipe]) -> bool:
    """All see one moment from here on; False when they could not begin with it."""
    try:
        _await(helpers)
        if engine.dialect.name == "postgresql":
            moment = tx.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            return _begin(helpers, moment)
        return any(_begin_unwritten(engine, tx, helpers) for _ in range(_TRIES))
    except (EOFError, OSError):
        return False


def _begin_unwritten(engine: Engine, tx: Connection, helpers: Sequence[Pipe]) -> bool:
    """Everybody begins to read on SQLite; False when somebody wrote meanwhile."""
    with engine.connect() as other:
        before = _writes(other)
        _see(tx)
        _begin(helpers, "")
        if _writes(other) == before:
            return True
    begun = tx.get_transaction()
    if begun is not None:
        begun.rollback()
    tx.begin()
    return False


def _writes(other: Connection) -> int:
    """A number that is another one once anybody but this connection has written."""
    # Past SQLAlchemy, which would begin a transaction: in one it stays what it was.
    driver = other.connection.driver_connection
    (number,) = driver.execute("PRAGMA data_version").fetchone()  # type: ignore[union-attr]
    return int(number)


def _see(tx: Connection) -> None:
    """Only what is read first settles which moment a transaction of SQLite sees."""
    tx.exec_driver_sql("SELECT count(*) FROM sqlite_schema")


def _begin(helpers: Sequence[Pipe], moment: str) -> bool:
    for helper in helpers:
        helper.send(moment)
    _await(helpers)
    return True


def _await(helpers: Sequence[Pipe]) -> None:
    """Wait until each says that it is ready.

    Raises:
        EOFError, OSError: one ended, or takes too long.
    """
    for helper in helpers:
        if not helper.poll(_PATIENCE):
            raise TimeoutError
        helper.recv()


def _share_out(
    tasks: Sequence[_Task],
    helpers: Sequence[Pipe],
    tx: Connection,
    progress: Progress,
    measure: Measure | None,
) -> list[Along]:
    """Have every task done by whoever is free; what nobody finished is done here."""
    shared = _Shared([*reversed(tasks)], progress)
    for helper in helpers:
        shared.begin(helper, measure)
    while shared.at_work:
        for helper in cast("list[Pipe]", wait([*shared.at_work])):
            shared.hear(helper)
    for task in shared.left:
        shared.found[task.number] = task.look(tx, measure, quietly)
    return [shared.found[number] for number in sorted(shared.found)]


@dataclass(slots=True)
class _Shared:
    """Tasks that are left, who is at work on which, and what was found."""

    left: list[_Task]  # the next one is the last
    progress: Progress
    at_work: dict[Pipe, _Task] = field(default_factory=dict)
    found: dict[int, Along] = field(default_factory=dict)
    passed: int = 0

    def begin(self, helper: Pipe, measure: Measure | None) -> None:
        """Tell a helper what all moves are measured by, and give it a task."""
        with self._unless_lost(helper):
            helper.send(measure)
            self._give(helper)

    def hear(self, helper: Pipe) -> None:
        """Take what a helper says: how far it came, or what it found."""
        with self._unless_lost(helper):
            told = helper.recv()
            if isinstance(told, Along):
                self.found[self.at_work.pop(helper).number] = told
                self._give(helper)
            else:
                self.passed += told
                self.progress(self.passed)

    def _give(self, helper: Pipe) -> None:
        if self.left:
            task = self.at_work[helper] = self.left.pop()
            helper.send(task)

    @contextmanager
    def _unless_lost(self, helper: Pipe) -> Iterator[None]:
        """A helper that ended, killed or out of memory, leaves its task to the others."""
        try:
            yield
        except (EOFError, OSError):
            _log.warning("A process that verified with this one ended; the others do its work.")
            if (task := self.at_work.pop(helper, None)) is not None:
                self.left.append(task)


def _help(pipe: Pipe, url: str) -> None:
    """What a further process does: begin at the moment that it is told, then task by task."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked is interrupted, and ends this one
    engine = open_engine(url)
    with suppress(EOFError, OSError):
        pipe.send(_READY)
        order = pipe.recv()
        # Where somebody wrote meanwhile there is another moment.
        while isinstance(order, str):
            with read(engine) as tx:
                _join(tx, order)
                pipe.send(_READY)
                order = pipe.recv()
                if not isinstance(order, str):
                    _work(pipe, tx, order)


def _join(tx: Connection, moment: str) -> None:
    """See this moment: PostgreSQL's has a name."""
    if moment:
        tx.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
    else:
        _see(tx)


def _work(pipe: Pipe, tx: Connection, measure: Measure | None) -> None:
    """Do task by task, until whoever asked hangs up."""
    while True:
        task: _Task = pipe.recv()
        # Of two passes, each is half of the way.
        along = task.look(tx, measure, lambda _done: pipe.send(STRIDE // 2))
        pipe.send(along)
        along.registered.close()
