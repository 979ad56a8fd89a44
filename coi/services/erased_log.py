"""What was erased is remembered beside the vault key, so that no backup brings it back (SEC-37).

A backup that was made before still holds what was erased. Where it is restored, or a database was
put back otherwise, the record knows nothing of the erasure: so a file outside of it says, of each
entry that erased something, what that was. What of it is there again is erased again, on record.
The file holds identifiers and hashes, and nothing that could be erased itself.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from coi.errors import CoiError
from coi.ledger.registered import ERASE_AGAIN
from coi.services.decoding import content_of_text
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.settings import Settings
from coi.store.erasing import destroy_identity, erasures, fields_kept, has_key
from coi.store.overwriting import overwrite_erased
from coi.store.registers import erase_texts, texts_kept
from coi.store.transactions import Transaction

ERASE_PATIENT, ERASE_TABLES = "erase_patient", "erase_code_tables"
ERASURE = "erasure"
"""The kind of document of an entry that erases, or that refuses to."""

_NAME = "erased.jsonl"
_log = logging.getLogger(__name__)


class LogDamaged(CoiError):
    """What remembers what was erased cannot be read or written."""

    code = "ERASED_NOT_REMEMBERED"

    def __init__(self, file: Path, why: object) -> None:
        super().__init__(
            f"{file}, which remembers what was erased, cannot be used: {why}.",
            "Let an administrator of the machine put it back from a copy, or make its folder"
            " writable, and start the product again: docs/erasing.md.",
        )


@dataclass(frozen=True, slots=True)
class Gone:
    """What one entry says was erased: the entry by its hash, patients, and commitments of texts."""

    entry: str
    patients: tuple[str, ...]
    texts: tuple[str, ...]


def registers_of(tx: Transaction, gone: Gone) -> dict[str, Sequence[dict[str, object]]]:
    """What an entry says when it erases these: every row that is there, and no other."""
    fields = {patient: fields_kept(tx, patient) for patient in gone.patients}
    told: dict[str, Sequence[dict[str, object]]] = {
        "erased_keys": [{"patient": one} for one in gone.patients if has_key(tx, one)],
        "erased_identities": [
            {"patient": one, "field": field} for one in gone.patients for field in fields[one]
        ],
        "erased_texts": [{"commitment": one} for one in sorted(texts_kept(tx, gone.texts))],
    }
    return {name: rows for name, rows in told.items() if rows}


def erase(tx: Transaction, gone: Gone) -> None:
    """Delete what is kept apart of these patients, and these texts."""
    overwrite_erased(tx)
    for patient in gone.patients:
        destroy_identity(tx, patient)
    erase_texts(tx, gone.texts)


def erased_file(settings: Settings) -> Path:
    """Where it is remembered: with the key, and so in no backup of the database."""
    return settings.vault_key_file.with_name(_NAME)


def settle_erased(installation: Installation) -> int:
    """Erase again what came back, and remember everything that was erased; returns how many times.

    Raises:
        LogDamaged: the file cannot be read or written.
    """
    again = _erase_what_came_back(installation)
    _remember(installation)
    return again


def settle_erased_at_start(installation: Installation) -> None:
    """The same before a server answers: it serves nobody's name who may have been erased (SEC-45).

    What was erased and is only not remembered yet stops nobody's treatment: the log says so.

    Raises:
        LogDamaged: the file cannot be read, so that nobody knows who was erased.
        NotWritten: somebody came back, and the record takes no entry.
    """
    _erase_what_came_back(installation)
    try:
        _remember(installation)
    except LogDamaged as error:
        _log.warning("%s", error)


def _erase_what_came_back(installation: Installation) -> int:
    known = _read(erased_file(installation.settings))
    return sum(_erased_again(installation, one) for one in known)


def _remember(installation: Installation) -> None:
    """Everything that the record says was erased stands in the file afterwards.

    Raises:
        LogDamaged: the file cannot be read or written.
    """
    file = erased_file(installation.settings)
    known = _read(file)
    new = [one for one in installation.read(_on_record) if one not in known]
    if not new:
        return
    try:
        write_durably(file, "".join(map(_line, (*known, *new))))
    except OSError as error:
        raise LogDamaged(file, error) from error


def _erased_again(installation: Installation, gone: Gone) -> bool:
    """Erase it where the record is one that knows nothing of it."""

    def work(tx: Transaction) -> bool:
        if gone.entry in _done(tx):
            return False
        registers = registers_of(tx, gone)
        if not registers:
            return False
        erase(tx, gone)
        document = {"kind": ERASURE, "about": gone.entry}
        occasion = Occasion("-", "-", installation.clock.now())
        registered = Registered(registers=registers, document=document)
        write_site_entry(tx, ERASE_AGAIN, occasion, registered)
        return True

    if gone.entry in installation.read(_done):
        return False
    # A record that may only be read is one that was put back: what was erased goes at once.
    return installation.transact_always(work)


def _done(tx: Transaction) -> set[str]:
    """The entries of which the record knows that what they erased is gone."""
    found = set()
    for hash_, text in erasures(tx, (ERASE_PATIENT, ERASE_TABLES, ERASE_AGAIN)):
        content = content_of_text(text)
        is_again = content["action"] == ERASE_AGAIN
        found.add(content["document"]["about"] if is_again else hash_)
    return found


def _on_record(tx: Transaction) -> list[Gone]:
    """What the record says was erased by somebody, the first thing first."""
    return [*_told(erasures(tx, (ERASE_PATIENT, ERASE_TABLES)))]


def _told(entries: Sequence[tuple[str, str]]) -> Iterator[Gone]:
    for hash_, text in entries:
        registers = content_of_text(text).get("registers", {})
        rows = (*registers.get("erased_keys", ()), *registers.get("erased_identities", ()))
        patients = dict.fromkeys(str(one["patient"]) for one in rows)
        texts = (str(one["commitment"]) for one in registers.get("erased_texts", ()))
        yield Gone(hash_, (*patients,), (*texts,))


def _line(gone: Gone) -> str:
    return json.dumps(asdict(gone), sort_keys=True) + "\n"


def _read(file: Path) -> list[Gone]:
    """What is remembered; nothing where there is no file, since nothing was erased yet."""
    try:
        lines = file.read_text("ascii").splitlines()
        return [_gone(**json.loads(line)) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise LogDamaged(file, error) from error


def _gone(entry: str, patients: list[str], texts: list[str]) -> Gone:
    if not all(isinstance(one, str) for one in (entry, *patients, *texts)):
        raise ValueError("another format")
    return Gone(entry, tuple(patients), tuple(texts))
