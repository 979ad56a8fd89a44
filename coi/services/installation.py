"""One running copy of the product: what every use case is given and need not reach for."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Event
from typing import TypeVar

from ulid import ULID

from coi.clock import Clock, SystemClock
from coi.errors import DiskFailed, DiskFull, NotWritten, SettingError, Unknown
from coi.events import held_back, timed
from coi.services.disk import Disk, disk_of, forget_what_was_read
from coi.services.passwords import PasswordHasher, hasher
from coi.services.seen import OnPaper, ReadOnly, Standstill, keep_seen, seen_file, why_read_only
from coi.services.tried_from import TriedFrom
from coi.services.vault import NO_KEY, Vault, VaultClosed, read_key_file
from coi.settings import Settings
from coi.store import people
from coi.store.engine import open_engine
from coi.store.fence import require_revision
from coi.store.registers import workflow_text
from coi.store.schema import require_schema
from coi.store.transactions import Engine, Transaction, reading, transact
from labels.errors import LabelError
from labels.identifiers import require_issuer
from workflows.facts import Unit
from workflows.guards import GUARDS
from workflows.loading import load
from workflows.model import Workflow

T = TypeVar("T")
DEMONSTRATION = "demonstration"  # the file that marks a data folder as not for clinical use


@dataclass(frozen=True, slots=True)
class Installation:
    """Settings, database, clock, source of randomness, password hasher and the vault."""

    settings: Settings
    engine: Engine
    clock: Clock
    draw: Callable[[int], bytes]
    hasher: PasswordHasher
    vault: Vault
    demonstration: bool = False
    standstill: Standstill = field(default_factory=Standstill)
    on_paper: OnPaper = field(default_factory=OnPaper)
    disk: Disk = field(default_factory=Disk)
    recorded: Event = field(default_factory=Event)  # something, here, since it was looked at last
    tried_from: TriedFrom = field(default_factory=TriedFrom)
    untold: set[str] = field(default_factory=set)  # what was found and could be written nowhere
    _workflows: dict[tuple[str, int], Workflow] = field(default_factory=dict)
    _units: dict[str, Unit] = field(default_factory=dict)
    _site_kinds: dict[str, str] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do the work in one transaction, all or nothing.

        Raises:
            NotWritten: the record is only read, or the disk was full or failed on the way.
        """
        self.require_writable()
        return self._written(work)

    def transact_always(self, work: Callable[[Transaction], T]) -> T:
        """The same where the record may only be read: who is signed in, and who signs for it.

        Raises:
            DiskFailed: nothing at all is written to a disk that failed.
            DiskFull: not even the reserve was room enough.
        """
        if self.disk.has_failed():
            raise DiskFailed
        try:
            return self._written(work)
        except DiskFull:
            # What was kept in reserve has just been freed, for this.
            return self._written(work)

    def _written(self, work: Callable[[Transaction], T]) -> T:
        try:
            with timed(work, self.settings.slow_ms), held_back() as try_anew:

                def tried(tx: Transaction) -> T:
                    try_anew()
                    return work(tx)

                found = transact(self.engine, tried)
                self.recorded.set()
                return found
        except DiskFull:
            self.disk.spend_reserve()
            raise
        except DiskFailed:
            self.disk.fail()
            raise

    def require_writable(self) -> None:
        """Go on only where the record may be written now.

        Raises:
            NotWritten: it may not, and why.
        """
        if (stands := self.stands_in_the_way()) is not None:
            raise stands

    def stands_in_the_way(self) -> NotWritten | None:
        """Why nothing may be written now; None when everything may.

        Somebody may have signed for it in another process, so that is looked up as long as it goes
        on.
        """
        if self.standstill.why and (why := self.look_at_length()):
            return ReadOnly(why)
        return self.disk.stands_in_the_way()

    def why_read_only(self) -> str:
        """The same as half a sentence; '' when everything may be written."""
        stands = self.stands_in_the_way()
        return stands.why if stands else ""

    def look_at_length(self) -> str:
        """Compare how long the record is with what was seen of it, and remember that.

        Returns why nothing may be written now.
        """
        file = seen_file(self.settings)
        with reading(self.engine) as tx:
            self.standstill.why = why_read_only(tx, file)
            if not self.standstill.why:
                keep_seen(tx, file, self.on_paper)
        return self.standstill.why

    def read(self, look: Callable[[Transaction], T]) -> T:
        """Look at one consistent state."""
        with timed(look, self.settings.slow_ms), reading(self.engine) as tx:
            return look(tx)

    def workflow(self, tx: Transaction, name: str, version: int) -> Workflow:
        """The definition as it was installed; read once, since it never changes."""
        if (name, version) not in self._workflows:
            text = workflow_text(tx, name, version)
            if text is None:
                raise Unknown("workflow", f"{name} {version}")
            self._workflows[name, version] = _loaded(text)
        return self._workflows[name, version]

    def unit(self, tx: Transaction, identifier: str) -> Unit | None:
        """The unit with its site's kind and country, or None; read once, as it never changes."""
        if identifier not in self._units:
            found = people.unit(tx, identifier) if identifier != "-" else None
            # Nothing is kept of a unit that is not there: it may be registered the next moment.
            if found is None:
                return None
            self._units[identifier] = found
        return self._units[identifier]

    def with_vault(self, vault: Vault) -> "Installation":
        """The same installation with another key."""
        return replace(self, vault=vault)

    def site_kind(self, tx: Transaction, identifier: str) -> str:
        """The kind of a site that there is; read once, as it never changes."""
        if identifier not in self._site_kinds:
            self._site_kinds[identifier] = people.site_kind(tx, identifier)
        return self._site_kinds[identifier]

    def place(self, unit: str) -> str:
        """A unit with its site, as people say it; read once, as it never changes."""
        if unit not in self._places:
            found = self.read(lambda tx: people.place(tx, unit))
            if found is None:
                return unit
            self._places[unit] = found
        return self._places[unit]

    def new_id(self) -> str:
        """A new identifier of a person or patient: 26 characters, with no meaning."""
        milliseconds = int(self.clock.now().timestamp() * 1000)
        return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + self.draw(10)))

    def new_salt(self) -> str:
        """A salt of 32 bytes, in hex."""
        return self.draw(32).hex()


@lru_cache(maxsize=64)
def _loaded(text: str) -> Workflow:
    """The definition in a text; the same text is read once in a process."""
    return load(text, GUARDS)


def open_installation(settings: Settings, *, key_needed: bool = True) -> Installation:
    """The installation in its data folder, with the machine's clock and randomness.

    Raises:
        VaultClosed: the vault key cannot be read, and it is needed.
        SettingError: no identifiers can be issued under this prefix.
        NotUpgraded, OldProgram: the database is for an older or a newer version (F-25).
        SchemaDiffers: the tables, constraints or triggers are not those of this version (TL-16).
    """
    try:
        require_issuer(settings.issuer)
    except LabelError as error:
        raise SettingError("COI_ISSUER", error.sentence, error.next_step) from error
    disk = disk_of(settings)
    if disk.has_failed():
        forget_what_was_read(settings)
    engine = open_engine(
        settings.database_url,
        busy_timeout_ms=settings.busy_timeout_ms,
        synchronous=settings.sqlite_synchronous,
    )
    try:
        standstill = _looked_at(engine, settings, disk)
    except BaseException:
        engine.dispose()
        raise
    vault = Vault(_key(settings, needed=key_needed), secrets.token_bytes)
    return Installation(
        settings,
        engine,
        SystemClock(),
        secrets.token_bytes,
        hasher(),
        vault,
        demonstration=(settings.home / DEMONSTRATION).exists(),
        standstill=standstill,
        disk=disk,
    )


def _looked_at(engine: Engine, settings: Settings, disk: Disk) -> Standstill:
    """The record can be read, if need be with what is kept in reserve."""
    try:
        return _standstill(engine, settings)
    except (DiskFull, DiskFailed):
        # Not even for the index of its log there was room; SQLite tells that as a failure.
        if not disk.has_no_room():
            raise
        disk.spend_reserve()
        return _standstill(engine, settings)


def _standstill(engine: Engine, settings: Settings) -> Standstill:
    """The tables are of this version; returns whether what is in them may be older."""
    with reading(engine) as tx:
        require_revision(tx)
        require_schema(tx)
    # In a look of its own: a moment that was fixed before the file is read could be older than it.
    with reading(engine) as tx:
        return Standstill(why_read_only(tx, seen_file(settings)))


def _key(settings: Settings, *, needed: bool) -> bytes:
    """The vault key; where it is not needed, none takes its place."""
    try:
        return read_key_file(settings.vault_key_file)
    except VaultClosed:
        if needed:
            raise
        return NO_KEY
