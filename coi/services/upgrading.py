"""A record is brought to the tables of this version, once a backup of just this record was found.

All of it is done or nothing: a migration that was interrupted has not begun (F-24).
"""

from pathlib import Path

from coi.errors import CoiError, DiskFailed, OldProgram
from coi.services.disk import disk_of
from coi.services.installing import migrate
from coi.services.manifest import read_backup
from coi.settings import Settings
from coi.store.engine import open_engine
from coi.store.fence import REVISION, NotUpgraded, revision_of
from coi.store.size import heads_in
from coi.store.transactions import reading


class NotBackedUp(CoiError):
    """The backup is not of this record as it is now; nothing was changed."""

    code = "NOT_BACKED_UP"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The backup in {folder} does not end where the record ends now. Nothing was changed.",
            "Stop every program that writes the record, back it up with the version that wrote it,"
            " and name that backup.",
        )


def upgrade_record(settings: Settings, backup: Path) -> tuple[str, str]:
    """Migrate the database; returns the version that it had and the one that it has.

    Raises:
        NoBackup, BackupDamaged: the folder holds no whole backup.
        DiskFailed: its disk failed, and nobody has verified what it holds since.
        NotUpgraded: there are no tables; a new record is begun otherwise.
        NotBackedUp: the record has gone on since, or is another one.
        OldProgram: the record is newer than this program.
        Busy: a program that writes the record still runs.
    """
    _manifest, heads = read_backup(backup)
    if disk_of(settings).has_failed():
        raise DiskFailed
    engine = open_engine(settings.owner_database_url, busy_timeout_ms=settings.busy_timeout_ms)
    try:
        with reading(engine) as tx:
            before = revision_of(tx)
            if not before:
                raise NotUpgraded(before)
            ends = heads_in(tx)
    finally:
        engine.dispose()
    if before > REVISION:
        raise OldProgram
    if ends != heads:
        raise NotBackedUp(backup)
    migrate(settings)
    return before, REVISION
