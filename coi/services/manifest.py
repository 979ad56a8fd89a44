"""What a backup says of itself, in one file that is written last: without it there is no backup.

It says of which moment the copy is, how long the record was and where its chains ended, which
vault key opens the names in it (never the key itself), and the size and hash of each file.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from coi.errors import CoiError
from coi.ledger.canonical import CannotBeCanonical, canonical
from coi.ledger.findings import Heads, read_heads

FORMAT = 1
MANIFEST = "manifest.json"
HEADS = "heads.json"
COPIES = {"sqlite": "coi.sqlite3", "postgresql": "coi.pgdump"}
"""What the copy of a record is called, by the kind of its database."""

_SUM = "sum"


class NoBackup(CoiError):
    """The folder holds no backup: it is another one, or the backup was interrupted."""

    code = "NO_BACKUP"


class BackupDamaged(CoiError):
    """The files of a backup are not those that were written."""

    code = "BACKUP_DAMAGED"

    def __init__(self, sentence: str) -> None:
        super().__init__(
            sentence, "Use another backup; keep this one, to find out what became of it."
        )


@dataclass(frozen=True, slots=True)
class FileSum:
    """The size of a file in bytes, and its SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    software: str
    database: str  # 'sqlite' or 'postgresql'
    schema: str  # the hash of the tables and their locks
    entries: int
    chains: int
    digest: str  # as `coi verify` says it
    newest_at: str  # when the last entry in it was recorded
    vault_key: str  # the fingerprint of the key without which nobody in it can be named
    demonstration: bool
    files: Mapping[str, FileSum]

    @property
    def copy(self) -> str:
        """The name of the file that holds the record."""
        return COPIES[self.database]


def sum_of(file: Path) -> FileSum:
    """The size and hash of a file."""
    hashed = sha256()
    size = 0
    with file.open("rb") as opened:
        while block := opened.read(1 << 20):
            hashed.update(block)
            size += len(block)
    return FileSum(size, hashed.hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it whole or not at all; from then on the folder is a backup."""
    said = {"format": FORMAT, **asdict(manifest)}
    text = json.dumps({**said, _SUM: _sum(said)}, indent=2, sort_keys=True)
    write_durably(folder / MANIFEST, text + "\n")


def write_durably(file: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, and have it on the disk before this returns."""
    beside = file.with_name(f".{file.name}.partial")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content.encode() if isinstance(content, str) else content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        # The new name stands in the folder, which is written by itself.
        os.fsync(folder)
    finally:
        os.close(folder)


def read_backup(folder: Path) -> tuple[Manifest, Heads]:
    """What a backup says, once each of its files was found to be the one that was written.

    Raises:
        NoBackup: there is none in this folder.
        BackupDamaged: a file is missing, or was changed.
    """
    manifest = _read_manifest(folder)
    for name, told in manifest.files.items():
        try:
            found = sum_of(folder / name)
        except OSError as error:
            raise BackupDamaged(f"{folder / name} cannot be read: {error.strerror}.") from error
        if found != told:
            raise BackupDamaged(f"{folder / name} is not the file that was written.")
    heads = read_heads((folder / HEADS).read_text(encoding="utf-8"))
    return manifest, heads


def _read_manifest(folder: Path) -> Manifest:
    file = folder / MANIFEST
    try:
        said = json.loads(file.read_bytes())
        told, number = said.pop(_SUM), said.pop("format")
        files = {name: FileSum(**one) for name, one in said.pop("files").items()}
        manifest = Manifest(**said, files=files)
        is_whole = told == _sum({"format": number, **asdict(manifest)})
    except OSError as error:
        raise NoBackup(
            f"{folder} holds no backup: {MANIFEST} cannot be read ({error.strerror}).",
            "Name the folder of a backup. One that was interrupted has no manifest: remove it.",
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BackupDamaged(f"{file} is not the file that was written.") from error
    # No other file is looked at, whatever a manifest that somebody made says.
    if not is_whole or number != FORMAT or set(files) != {HEADS, COPIES.get(manifest.database)}:
        raise BackupDamaged(f"{file} is not the file that was written, or is of another format.")
    return manifest


def _sum(said: Mapping[str, object]) -> str:
    try:
        return sha256(canonical(said).encode()).hexdigest()
    except CannotBeCanonical as error:
        raise ValueError(str(error)) from error
