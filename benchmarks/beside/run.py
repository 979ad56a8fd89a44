"""All of it: who can take part is served, then measured by turns; who cannot says why."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.beside.by_program import by_a_program, has_interface
from benchmarks.beside.django_peers import a_peer, django_peers
from benchmarks.beside.environments import NotInstalled
from benchmarks.beside.figures import Case, Measured, Target
from benchmarks.beside.label_peers import PEERS_OF_LABELS, drawer, our_label
from benchmarks.beside.limits import limits
from benchmarks.beside.ours import a_clinic, by_the_page
from benchmarks.beside.rounds import Inside, Runs, Tell, at_each, by_turns
from benchmarks.beside.serving import NotServed
from benchmarks.beside.words import (
    CLIENTS,
    HANDOFF,
    HISTORY,
    IN_PROCESS,
    LABEL,
    OVER_HTTP,
    WORK_LIST,
    Base,
)
from benchmarks.clinic import new_clinic, open_clinic
from benchmarks.floor import floor
from benchmarks.handoffs import handing_over
from coi.store.engine import open_engine
from coi.store.migrate import upgrade
from tests.postgres import Server, running_server

FSM, PAPEL = django_peers()
TARGETS = (
    Target(HANDOFF, FSM, 1 / 2),
    Target(HANDOFF, PAPEL, 1 / 8),
    Target(HANDOFF, "", 6.5),
    Target(HISTORY, PAPEL, 1 / 4),
    Target(WORK_LIST, FSM, 1 / 2),
)
_FLOOR = "the floor: ORM, one chained event"
_NO_GUARDS = "no people, roles, scans, signatures, keys, guards or lists: three statements"


@dataclass(frozen=True, slots=True)
class Size:
    """How long it takes: so many rounds, and what eight clients ask for at once."""

    rounds: int
    crowded: Sequence[str]
    items: int = 10_000

    def cases(self, database: str) -> list[Case]:
        """Everything by one client, and some by eight."""
        many = [Case(name, database, CLIENTS) for name in OVER_HTTP if name in self.crowded]
        return sorted([Case(name, database) for name in OVER_HTTP] + many, key=_in_order)


def _in_order(case: Case) -> tuple[int, int]:
    return OVER_HTTP.index(case.operation), case.clients


THERAPIES = 12  # between which a handoff in process goes by turns
QUICK, FULL = Size(rounds=3, crowded=(HANDOFF,)), Size(rounds=12, crowded=OVER_HTTP)


def measure(folder: Path, size: Size, tell: Tell) -> list[Measured]:
    """Everything, on both databases."""
    found: list[Measured] = []
    with _postgresql(tell) as server:
        for base in filter(None, (_base(folder, None), server and _base(folder, server))):
            tell(f"{base.name}: making the databases, and starting the servers")
            found += _over_http(base, size, tell)
        tell("in process, labels and limits")
        found += _inside(folder, server, size, tell)
    if server is None:
        found += [
            Measured(Case(name, "PostgreSQL"), "ours", not_run="PostgreSQL is not installed")
            for name in OVER_HTTP
        ]
    return found


def _base(folder: Path, server: Server | None) -> Base:
    own = folder / ("postgresql" if server else "sqlite")
    own.mkdir()
    return Base(own, server)


@contextmanager
def _postgresql(tell: Tell) -> Iterator[Server | None]:
    """A server as it comes, which waits for its disk; None where it is not installed."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server(durable=True))
        except (OSError, subprocess.CalledProcessError) as error:
            tell(f"PostgreSQL: not run: {error}")
            yield None
        else:
            yield server


def _over_http(base: Base, size: Size, tell: Tell) -> list[Measured]:
    """Whoever can be served, side by side; a row for each who cannot."""
    cases = size.cases(base.name)
    with ExitStack() as stack:
        served = stack.enter_context(a_clinic(base, size.items))
        contenders, absent = [stack.enter_context(by_the_page(served, base))], []
        if has_interface(served):
            contenders.append(by_a_program(served, base))
        for peer in django_peers().values():
            try:
                contenders.append(stack.enter_context(a_peer(peer, base, size.items)))
            except (NotInstalled, NotServed) as error:
                tell(f"{peer.name}: not run: {error}")
                absent += [Measured(case, peer.name, not_run=str(error)) for case in cases]
        return by_turns(at_each(cases, contenders), size.rounds, tell) + absent


def _inside(folder: Path, server: Server | None, size: Size, tell: Tell) -> list[Measured]:
    """What needs no server: a handoff beside the floor, labels, and what no machine does faster."""
    with ExitStack() as stack:
        running: list[Runs] = [*stack.enter_context(_handoffs(folder)), our_label()]
        absent = []
        for name, lacks in PEERS_OF_LABELS.items():
            try:
                running.append(stack.enter_context(drawer(name, folder / f"{name}.log")))
            except NotInstalled as error:
                tell(f"{name}: not run: {error}")
                absent.append(Measured(Case(LABEL, ""), name, lacks, not_run=str(error)))
        running += stack.enter_context(limits(folder, server))
        return by_turns(running, size.rounds, tell) + absent


@contextmanager
def _handoffs(folder: Path) -> Iterator[Sequence[Runs]]:
    """A signed handoff through the use case, and the floor, on SQLite."""
    engine = open_engine(f"sqlite+pysqlite:///{folder / 'in-process.db'}")
    upgrade(engine)
    bags = new_clinic(engine, THERAPIES)
    case = Case(IN_PROCESS, "SQLite")
    clinic = open_clinic(engine)
    least = floor(folder / "floor.db", 200)
    yield [
        Inside(Measured(case, "ours"), handing_over(clinic, bags)),
        Inside(Measured(case, _FLOOR, _NO_GUARDS), least),
    ]
    engine.dispose()


def room_for(folder: Path) -> Path:
    """An empty folder for the databases of a run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
