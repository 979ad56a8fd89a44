"""A backup is tried: restored aside, proven there, and the result put on record (A11-07).

Nobody need be there: who acts in the entry is the product itself, which is the person '-'.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from coi.errors import CoiError
from coi.ledger.content import Attestation
from coi.services.backups import back_up
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.escrow import check_key
from coi.services.installation import Installation, open_installation
from coi.services.manifest import Manifest, read_backup
from coi.services.restoring import restore
from coi.services.vault import NO_KEY
from coi.settings import Settings
from coi.store.copying import trial_place
from coi.store.facts import last_drill
from coi.store.size import missing_from
from coi.store.transactions import Transaction

DRILL = "drill"


class Failed(CoiError):
    """A backup was tried and is none to rely on."""

    code = "DRILL_FAILED"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "Find out why, make another backup, and try that one.")


@dataclass(frozen=True, slots=True)
class Drilled:
    """What came of a drill, as it is on record."""

    passed: bool
    told: str
    recorded_at: str


def drill(installation: Installation, made: Path | None = None) -> Drilled:
    """Try a backup, a new one unless one is given, and record the result whatever it is.

    Raises:
        NotWritten, ClockWentBack: nothing can be recorded now.
    """
    installation.require_writable()
    try:
        passed, told, digest = True, *_tried(installation, made)
    except CoiError as error:
        passed, told, digest = False, f"{error.sentence} [{error.code}]", "-"
    # What nobody foresaw is a failure too, and of all failures the one that must not get lost.
    except Exception as error:  # noqa: BLE001
        passed, told, digest = False, f"Unforeseen: {type(error).__name__}.", "-"

    def work(tx: Transaction) -> str:
        detail = commit_text(tx, installation, told)
        attested = Attestation(DRILL, "-", holds=int(passed), detail=detail)
        about = {"kind": DRILL, "about": digest}
        registered = Registered((attested,), document=about)
        occasion = Occasion("-", "-", installation.clock.now())
        return write_site_entry(tx, DRILL, occasion, registered).recorded_at

    return Drilled(passed, told, installation.transact(work))


def last_drilled(installation: Installation) -> tuple[str, bool] | None:
    """When a backup was last tried, and whether it passed; None for never."""
    return installation.read(last_drill)


def _tried(installation: Installation, made: Path | None) -> tuple[str, str]:
    """Restore the backup aside and look at it; returns what to tell, and the digest."""
    with TemporaryDirectory(prefix="coi-drill-") as name:
        folder = Path(name)
        if made is None:
            back_up(installation, folder / "backup")
        chosen = made or folder / "backup"
        _require_ours(installation, chosen)
        with _aside(installation.settings, folder / "trial") as settings:
            manifest = _proven(settings, chosen)
            key = _key_tried(installation, settings)
    length = f"{manifest.entries} entries in {manifest.chains} chains"
    return f"The backup of {manifest.made_at} was restored: {length}, {key}.", manifest.digest


@contextmanager
def _aside(settings: Settings, home: Path) -> Iterator[Settings]:
    """The settings of an instance that is gone afterwards."""
    with trial_place(settings.owner_database_url, home) as there:
        yield replace(
            settings,
            home=home,
            database_url=there(settings.database_url),
            owner_database_url=there(settings.owner_database_url),
            vault_key_file=home / "keys" / "vault.key",
            checkpoint_key_file=home / "keys" / "checkpoint.key",
            # What is kept elsewhere is of the running record, and goes on beside the trial.
            anchor_file=None,
            witnesses=(),
            anchor_mail=(),
            timestamp_url="",
        )


def _require_ours(installation: Installation, folder: Path) -> None:
    """Each chain of the backup ended where this record went on."""
    _manifest, heads = read_backup(folder)
    others = installation.read(lambda tx: [*missing_from(tx, heads)])
    if others:
        raise Failed(f"The backup is not of this record: {len(others)} chains differ.")


def _proven(settings: Settings, folder: Path) -> Manifest:
    restored = restore(settings, folder)
    if restored.holds:
        return restored.manifest
    findings = len(restored.verdict.findings)
    told = [*restored.differences, *([f"{findings} findings of the verifier"] if findings else [])]
    raise Failed(f"What was restored is not as recorded: {'; '.join(told)}.")


def _key_tried(installation: Installation, settings: Settings) -> str:
    """Open a name in the trial with the key of this instance, where it is there."""
    if installation.vault.key == NO_KEY:
        return "its vault key was not here to be tried"
    trial = open_installation(settings, key_needed=False)
    try:
        checked = check_key(trial.with_vault(installation.vault))
    finally:
        trial.engine.dispose()
    return "whole, and its names open" if checked.opened else "whole, with nobody sealed in it"
