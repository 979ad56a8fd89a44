"""A backup: one copy of the record, of one moment, while others go on writing (A11-07, F-19).

It holds what the database holds: of sessions and passwords the hashes, of patients what the vault
key opens. The key is never in it.
"""

from contextlib import suppress
from pathlib import Path

from coi.clock import rfc3339
from coi.errors import CoiError
from coi.ledger.findings import heads_digest, heads_text
from coi.services.installation import Installation
from coi.services.manifest import COPIES, HEADS, Manifest, sum_of, write_durably, write_manifest
from coi.services.own_key import key_named_in
from coi.services.reporting import software
from coi.store.copying import copy_record
from coi.store.entries import entry_text
from coi.store.facts import ORGANISATION, newest_time
from coi.store.size import entries_in, heads_in, schema_hash
from coi.store.transactions import Transaction


class CannotBackUp(CoiError):
    """There is no place for a backup; nothing was left there."""

    code = "CANNOT_BACK_UP"


def back_up(installation: Installation, folder: Path) -> Manifest:
    """Copy the record into a folder that is empty, or is not there yet; returns what was copied.

    Raises:
        CannotBackUp: the folder holds something, or cannot be written.
        CannotCopy: the copy could not be made.
    """
    is_new = _begin(folder)
    try:
        return installation.read(lambda tx: _copied(tx, installation, folder))
    except OSError as error:
        _clear(folder, is_new=is_new)
        raise _cannot(folder, error) from error
    except BaseException:
        _clear(folder, is_new=is_new)
        raise


def _begin(folder: Path) -> bool:
    """Make the folder, or find it empty; returns whether it was made now."""
    try:
        if folder.is_dir() and not any(folder.iterdir()):
            return False
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise CannotBackUp(
            f"{folder} holds something already. It was left as it is.",
            "Name a folder that is not there yet, such as one for each day.",
        ) from error
    except OSError as error:
        raise _cannot(folder, error) from error
    return True


def _copied(tx: Transaction, installation: Installation, folder: Path) -> Manifest:
    # First, because this first look is the moment that everything that follows is of.
    heads = heads_in(tx)
    if ORGANISATION not in heads:
        raise CannotBackUp("The record has not begun.", "Set the instance up with `coi init`.")
    _hash, first = entry_text(tx, ORGANISATION, 0)
    copy = folder / COPIES[tx.dialect.name]
    copy_record(tx, installation.settings.owner_database_url, copy)
    write_durably(folder / HEADS, heads_text(heads) + "\n")
    manifest = Manifest(
        made_at=rfc3339(installation.clock.now()),
        software=software(),
        database=tx.dialect.name,
        schema=schema_hash(tx),
        entries=entries_in(tx),
        chains=len(heads),
        digest=heads_digest(heads),
        newest_at=newest_time(tx),
        vault_key=key_named_in(first),
        demonstration=installation.demonstration,
        files={file.name: sum_of(file) for file in (copy, folder / HEADS)},
    )
    write_manifest(folder, manifest)
    return manifest


def _clear(folder: Path, *, is_new: bool) -> None:
    """Leave nothing of a backup that was not finished; the folder was empty before."""
    with suppress(OSError):
        for file in folder.iterdir():
            file.unlink()
        if is_new:
            folder.rmdir()


def _cannot(folder: Path, error: OSError) -> CannotBackUp:
    return CannotBackUp(
        f"{folder} cannot be written: {error.strerror}.",
        "Make room, or name a folder that this user may write to.",
    )
