"""Worlds to tell journeys in: built once in a database of each kind, then copied for each test."""

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from coi.clock import SteppedClock
from coi.definitions import packaged
from coi.demo import world
from coi.demo.performer import Performer
from coi.ledger.findings import Verdict
from coi.ledger.verify import verify
from coi.services import installing, proofs
from coi.services.checkpoint_keys import create_signing_key, signers_of
from coi.services.installation import Installation, open_installation
from coi.services.vault import create_key_file
from coi.settings import Settings
from coi.store.read_ledger import LedgerRows
from coi.store.transactions import Transaction
from tests.journeys.written import misplanned
from tests.postgres import Server
from workflows.loading import expand_all
from workflows.possible import releases_of

BEGINS = datetime(2026, 11, 1, 8, tzinfo=UTC)
STEP = timedelta(seconds=5)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True, slots=True)
class World:
    """A world at rest: its folder, its database, and what its performer knows."""

    home: Path
    database: str  # PostgreSQL's name for it; empty is the SQLite file in the folder
    rests_at: datetime
    performer: Performer
    cois: Mapping[str, str] = field(default_factory=dict)  # what a world calls its therapies


@dataclass(frozen=True, slots=True)
class Databases:
    """Where worlds are kept: as files, or in a server."""

    migrated_file: Path
    server: Server | None = None

    def copy(self, home: Path, of: World | None = None) -> str:
        """Copy a world's database, or the empty one, for this folder; returns its name."""
        if self.server:
            return self.server.new_database(of.database if of else "migrated")
        shutil.copy(of.home / "coi.sqlite3" if of else self.migrated_file, home / "coi.sqlite3")
        return ""

    def settings(self, home: Path, database: str) -> Settings:
        """The settings of a world in this folder."""
        environ = {"COI_HOME": str(home)}
        if self.server:
            environ["COI_DATABASE_URL"] = self.server.url(database)
        return Settings.from_environment(environ)

    def drop(self, database: str) -> None:
        """Remove a copy that nobody needs any more."""
        if self.server:
            self.server.drop(database)


def build_world(databases: Databases, home: Path, begins: datetime = BEGINS) -> World:
    """Build the made-up world in an empty database, as `coi init` and its people would."""
    database = databases.copy(home)
    settings = databases.settings(home, database)
    create_key_file(settings.vault_key_file, secrets.token_bytes)
    create_signing_key(settings)
    installation = _opened(settings, begins)
    first = installing.begin(installation, dict(packaged()), "root", "Root Administrator")
    performer = world.build(installation, proofs.authenticate(installation, "root", first.secret))
    return _at_rest(World(home, database, begins, performer))


@contextmanager
def copy_of(
    databases: Databases, original: World, home: Path, step: timedelta = STEP
) -> Iterator[Performer]:
    """A performer in a copy of a world; `step` passes with each look at its clock."""
    performer, database = _copied(databases, original, home, step)
    yield performer
    performer.installation.engine.dispose()
    databases.drop(database)


@contextmanager
def whole_copy_of(databases: Databases, original: World, home: Path) -> Iterator[Performer]:
    """As `copy_of`; when the journey is over, the verifier finds nothing.

    Neither does a second look at what is next: it was written down with each entry.
    """
    with copy_of(databases, original, home) as acting:
        yield acting
        assert misplanned(acting.installation) == []
        assert verdict_of(acting.installation).findings == ()


def told_on(
    databases: Databases,
    original: World,
    home: Path,
    tell: Callable[[Performer], Mapping[str, str]],
) -> World:
    """A world in which more has happened; `tell` names the therapies that it leaves."""
    performer, database = _copied(databases, original, home, STEP)
    cois = {**original.cois, **tell(performer)}
    return _at_rest(World(home, database, original.rests_at, performer, cois))


def _copied(
    databases: Databases, original: World, home: Path, step: timedelta
) -> tuple[Performer, str]:
    """A performer in a copy of a world, and the name of its database."""
    shutil.copytree(original.home / "keys", home / "keys")
    database = databases.copy(home, original)
    installation = _opened(databases.settings(home, database), original.rests_at, step)
    performer = replace(
        original.performer,
        installation=installation,
        identities=dict(original.performer.identities),
        wristbands=dict(original.performer.wristbands),
    )
    return performer, database


def verdict_of(installation: Installation) -> Verdict:
    """Verify the whole record."""

    def look(tx: Transaction) -> Verdict:
        signers = signers_of(tx)
        return verify(LedgerRows(tx), expand_all, signers=signers, releasing=releases_of)

    return installation.read(look)


def _opened(settings: Settings, at: datetime, step: timedelta = STEP) -> Installation:
    installation = open_installation(settings)
    return replace(installation, hasher=CHEAP, clock=SteppedClock(at, step))


def _at_rest(built: World) -> World:
    """Close a world's database, so that it can be copied."""
    installation = built.performer.installation
    installation.engine.dispose()
    return replace(built, rests_at=installation.clock.now())
