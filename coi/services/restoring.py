"""A record made from a backup, in a fresh place, and compared with what the backup says of itself.

Whether anything was recorded after the backup, the backup cannot know: `coi.services.seen` does.
"""

from dataclasses import dataclass
from pathlib import Path

from coi.clock import rfc3339
from coi.errors import CoiError
from coi.ledger.findings import Heads
from coi.services.erased_log import settle_erased
from coi.services.installation import DEMONSTRATION, Installation, open_installation
from coi.services.installing import migrate
from coi.services.manifest import Manifest, read_backup
from coi.services.print_queue import give_up_restored
from coi.services.seen import keep_asking, seen_file
from coi.services.verifying import Verdict, verify_record
from coi.settings import Settings
from coi.store.batch_runs import forget_every_one
from coi.store.copying import place_record, require_empty
from coi.store.print_jobs import give_up_every_one
from coi.store.schema import EXPECTED
from coi.store.sessions import end_every_one
from coi.store.size import entries_in, heads_in
from coi.store.tokens import revoke_every_one
from coi.store.transactions import Transaction


class OtherVersion(CoiError):
    """The backup is of another kind of database, or of another version of the tables."""

    code = "OTHER_VERSION"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what is not as the backup or the ledger says; empty when all is."""

    manifest: Manifest
    verdict: Verdict
    differences: tuple[str, ...]
    standstill: str  # why it starts read-only; '' when it holds all that was seen

    @property
    def holds(self) -> bool:
        """The record is whole, and the one that was backed up."""
        return self.verdict.holds and not self.differences


def restore(settings: Settings, folder: Path) -> Restored:
    """Make the record of an instance from a backup, where there is none; returns what was found.

    Everybody who was signed in at the moment of the backup is signed out. What was erased since, as
    far as it is remembered beside the key, is erased in it too.

    Raises:
        NoBackup, BackupDamaged: the folder holds no backup, or not all of one.
        OtherVersion: another version of the product made it, or another kind of database.
        NotEmpty: there is a record already.
        CannotCopy: the record could not be placed; nothing is there then.
        LogDamaged: it is restored, and what was erased since cannot be read.
    """
    manifest, heads = read_backup(folder)
    _require_same(settings, manifest)
    require_empty(settings.owner_database_url)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.spool_path.mkdir(mode=0o700, exist_ok=True)
    if manifest.demonstration:
        (settings.home / DEMONSTRATION).touch()
    place_record(settings.owner_database_url, folder / manifest.copy)
    # The tables are those of this version already; the role of every day gets its rights.
    migrate(settings)
    installation = open_installation(settings, key_needed=False)
    try:
        return _compared(installation, manifest, heads)
    finally:
        installation.engine.dispose()


def _require_same(settings: Settings, manifest: Manifest) -> None:
    kind = "postgresql" if settings.database_path is None else "sqlite"
    if manifest.database != kind:
        raise OtherVersion(
            f"The backup is of a {manifest.database} database, and COI_DATABASE_URL names {kind}.",
            "Let COI_DATABASE_URL name a database of the same kind.",
        )
    if manifest.schema != EXPECTED[kind]:
        raise OtherVersion(
            f"The backup was made by {manifest.software}, whose tables are not those of this"
            " version.",
            "Restore it with that version, and update afterwards.",
        )


def _end_all(tx: Transaction, now: str) -> None:
    """Nobody is signed in, no token opens anything, no label is sent that waited, no batch goes on.

    Which was revoked or printed since, nobody knows.
    """
    end_every_one(tx, now)
    revoke_every_one(tx, now)
    give_up_every_one(tx, now)
    forget_every_one(tx)


def _compared(installation: Installation, manifest: Manifest, heads: Heads) -> Restored:
    """Verify the whole record, and compare how long it is and where its chains end."""
    now = rfc3339(installation.clock.now())
    installation.transact_always(lambda tx: _end_all(tx, now))
    verdict = verify_record(installation)
    entries, found = installation.read(lambda tx: (entries_in(tx), heads_in(tx)))
    told = {
        f"{entries} entries, and the backup says {manifest.entries}": entries == manifest.entries,
        f"{len(found)} chains, and the backup says {manifest.chains}": len(found)
        == manifest.chains,
        "the chains do not end where the backup says": found == heads,
        "the digest is not that of the backup": verdict.digest == manifest.digest,
    }
    differences = tuple(what for what, holds in told.items() if not holds)
    restored = Restored(manifest, verdict, differences, installation.why_read_only())
    # What may have been printed since is told behind what was compared; where somebody has to sign
    # before the record goes on, it is told with that signature.
    if restored.holds and not restored.standstill:
        installation.transact_always(lambda tx: give_up_restored(tx, installation))
    settle_erased(installation)
    file = seen_file(installation.settings)
    # Where nothing is remembered, quality assurance is asked anyway.
    if not restored.holds and file.exists():
        keep_asking(file, "what was restored is not as it was recorded")
    return restored
