"""Archived records stay readable (Annex 11 §17): some are exported and read, and QA signs for it.

Which ones, nobody chooses: the oldest, the newest, and some that the root of the newest checkpoint
draws. Whoever has the checkpoint finds the same. What came of a reading is on record whatever it
is, written by the product, which is the person '-'; one that failed is signed by nobody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from coi.clock import parse_rfc3339
from coi.errors import CoiError, DataRefused, Problem
from coi.ledger.checkpoint import read_checkpoint
from coi.reports.readable import Unreadable, read_back
from coi.services.decoding import Content
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.numbered import entries_before, numbered_key, times_before
from coi.services.periodic import Sort, Standing, digest_of, last_about, note_of, sign_for, standing
from coi.services.proofs import JustProven
from coi.services.proving import NotSignedYet
from coi.services.whole_record import drawn_whole
from coi.store import tree
from coi.store.transactions import Transaction

CHECKED = "I have checked that archived records can be read"
"""What the signature means: it is shown to whoever is about to sign."""

READING = "archive_reading"
SAMPLE = 5
FRESH = timedelta(days=30)
"""So old a reading may be that is signed for: it is of these days, and not of last year."""

MAKER = "the reading of the archive"
_PASSED, _FAILED = "yes", "no"

ARCHIVE = Sort(
    "archive_check",
    "check_archive",
    CHECKED,
    "another reading came meanwhile; look at that one",
    "checks that archived records can be read",
    lambda settings: settings.archive_check_days,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one reading, as it is on record."""

    number: int
    at: str
    about: str  # entries below the checkpoint, a stroke, and the root of the tree over them
    passed: bool
    told: tuple[str, ...]  # a sentence for each therapy that was read

    @property
    def digest(self) -> str:
        """The SHA-256 of all that it says."""
        return digest_of([self.number, self.at, self.about, self.passed, self.told])


@dataclass(frozen=True, slots=True)
class Archive:
    """The last reading, and how it stands with the signatures for such."""

    reading: Reading | None
    is_signed: bool  # the last reading is signed for already
    stands: Standing


def archive_checked(installation: Installation) -> Archive:
    """What the last reading found, and when the next signature is due."""

    def work(tx: Transaction) -> Archive:
        reading = last_reading(tx)
        is_signed = reading is not None and last_about(tx, ARCHIVE) == reading.digest
        return Archive(reading, is_signed, standing(tx, installation, ARCHIVE))

    return installation.read(work)


def last_reading(tx: Transaction) -> Reading | None:
    """What was read last; None for never."""
    told = [*entries_before(tx, READING)]
    return _reading(tx, len(told), told[-1]) if told else None


def read_archive(installation: Installation) -> Reading:
    """Export some records and read each as a stranger would; the result is on record.

    Raises:
        NotSignedYet: no checkpoint is there that could draw any.
        NotWritten, ClockWentBack: nothing can be recorded now.
    """
    installation.require_writable()
    about, sample = installation.read(_sample)
    results = [_read(installation, coi) for coi in sample]
    told = [f"{coi}: {said}" for coi, (_passed, said) in zip(sample, results, strict=True)]
    passed = all(passed for passed, _said in results)
    lines = "\n".join(told) or "No therapy stands below a checkpoint: there was none to read."
    document = {"kind": READING, "about": about, "holds": _PASSED if passed else _FAILED}

    def work(tx: Transaction) -> Reading:
        number = times_before(tx, READING) + 1
        key, now = numbered_key(READING, number), installation.clock.now()
        registered = Registered(
            document=document, notes={"told": commit_text(tx, installation, lines)}
        )
        occasion = Occasion("-", "-", now, key=key, digest=digest_of(lines))
        entry = write_site_entry(tx, "read_archive", occasion, registered)
        return Reading(number, entry.recorded_at, about, passed, tuple(lines.splitlines()))

    return installation.transact(work)


def sign_archive(installation: Installation, by: JustProven, digest: str, remark: str) -> None:
    """The last reading, as it was shown, is signed for by quality assurance.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: another reading came meanwhile, or this one failed, is old or signed already,
            or the remark is too long.
    """

    def found(tx: Transaction) -> str:
        reading = last_reading(tx)
        if reading is not None and (why := _not_signed_for(tx, installation, reading)):
            raise DataRefused([Problem(why, column="digest")])
        return reading.digest if reading else ""

    sign_for(installation, by, ARCHIVE, (digest, remark), found)


def _not_signed_for(tx: Transaction, installation: Installation, reading: Reading) -> str:
    """Why nobody signs for this reading; '' where somebody may."""
    if not reading.passed:
        return "this reading failed: find out why, and let it be read again"
    if last_about(tx, ARCHIVE) == reading.digest:
        return "this reading is signed for already: let it be read again"
    if installation.clock.now() - parse_rfc3339(reading.at) > FRESH:
        return f"this reading is older than {FRESH.days} days: let it be read again"
    return ""


def draw(every: Sequence[str], root: bytes, number: int = SAMPLE) -> tuple[str, ...]:
    """The oldest, the newest, and as many more as the root draws, of these in the order of age."""
    chosen = dict.fromkeys([*every[:1], *every[-1:]])
    turns = _turns(root)
    while len(chosen) < min(number, len(every)):
        chosen[every[next(turns) % len(every)]] = None
    return tuple(chosen)


def _turns(root: bytes) -> Iterator[int]:
    """Numbers without an end: each is SHA-256 of the root and its turn, of eight bytes."""
    turn = 0
    while True:
        yield int.from_bytes(sha256(root + turn.to_bytes(8, "big")).digest(), "big")
        turn += 1


def _sample(tx: Transaction) -> tuple[str, tuple[str, ...]]:
    """The checkpoint that draws, and whose records are read."""
    newest = tree.newest_checkpoint(tx)
    if newest is None:
        raise NotSignedYet
    checkpoint = read_checkpoint(newest.note.encode()).checkpoint
    every = tree.therapies_below(tx, newest.size)
    return f"{newest.size}/{checkpoint.root.hex()}", draw(every, checkpoint.root)


def _read(installation: Installation, coi: str) -> tuple[bool, str]:
    """Whether the record of a therapy can be exported and read, and what to say of it."""
    try:
        return True, read_back(drawn_whole(installation, coi, MAKER, copy=1), coi)
    except CoiError as error:
        return False, f"NOT READ: {error.sentence} [{error.code}]"
    except Unreadable as fault:
        return False, f"NOT READABLE: {fault}."
    # What nobody foresaw is a failure too, and of all failures the one that must not get lost.
    except Exception as error:  # noqa: BLE001
        return False, f"NOT READ: unforeseen, {type(error).__name__}."


def _reading(tx: Transaction, number: int, content: Content) -> Reading:
    document = content["document"]
    return Reading(
        number,
        content["recorded_at"],
        document["about"],
        document["holds"] == _PASSED,
        tuple(note_of(tx, content, "told").splitlines()),
    )
