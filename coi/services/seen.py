"""How long the record was when it was last seen, kept beside the vault key (TL-18).

A database that was put back to an earlier state is whole, and cannot know that it once held more.
So a small file outside it remembers how many entries there were, and one of them. Where the record
has fewer, or another one in that place, or nothing is remembered of a record that is not new, it is
read and not written until quality assurance has signed for it. The file is never written on the
way of a request: a server looks once a minute, `coi verify` and `coi backup` when they run.
"""

import fcntl
import json
import logging
import os
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from threading import Lock

from coi.errors import NotWritten
from coi.services.manifest import write_durably
from coi.settings import Settings
from coi.store.facts import ORGANISATION, head, newest_time
from coi.store.size import entries_in, hash_at
from coi.store.transactions import Transaction

FORMAT = 1
MOST = 200
"""So many of what left on paper are remembered."""
ASK_QA = (
    "Go on by the paper procedure. Quality assurance finds out what is missing, and signs for it on"
    " the page “The record”, or with `coi restored`."
)
"""What to do while nothing is written."""

_NAME = "seen.json"
_log = logging.getLogger(__name__)


class ReadOnly(NotWritten):
    """The record may be older than it once was; until QA has signed for it nothing is written."""

    def __init__(self, why: str) -> None:
        super().__init__(why, ASK_QA)


@dataclass(frozen=True, slots=True)
class Issued:
    """A label, wristband or document that left on paper, and the entry that says so."""

    what: str
    chain: str
    seq: int
    hash: str


class OnPaper:
    """What left on paper since it was remembered last; of too many the oldest are forgotten."""

    __slots__ = ("_one_at_a_time", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Issued] = deque(maxlen=MOST)
        self._one_at_a_time = Lock()  # requests note it while the minute's look reads it

    def leaves(self, what: str, chain: str, seq: int, hash_: str) -> None:
        """Note it; nothing is written on the way of a request."""
        with self._one_at_a_time:
            self.waiting.append(Issued(what, chain, seq, hash_))

    def on_record(self, tx: Transaction) -> tuple[Issued, ...]:
        """Those whose entries are on record; what is not, or not yet, goes on waiting."""
        with self._one_at_a_time:
            waiting = tuple(self.waiting)
        return tuple(one for one in waiting if _is_there(tx, one))

    def are_kept(self, issued: Collection[Issued]) -> None:
        """They are written down, and wait no longer."""
        with self._one_at_a_time:
            left = [one for one in self.waiting if one not in issued]
            self.waiting.clear()
            self.waiting.extend(left)


@dataclass(frozen=True, slots=True)
class Seen:
    """How many entries were seen, and the last of the organisation's own chain."""

    entries: int
    seq: int
    hash: str
    asks: str = ""  # why the record was found older, until somebody has signed for it
    issued: tuple[Issued, ...] = ()  # the newest ones that left on paper, oldest first


class Standstill:
    """Why nothing may be written at this moment; '' as long as everything may."""

    __slots__ = ("why",)

    def __init__(self, why: str = "") -> None:
        self.why = why


def seen_file(settings: Settings) -> Path:
    """Where it is remembered: with the key, and so on another mount than the database."""
    return settings.vault_key_file.with_name(_NAME)


def why_read_only(tx: Transaction, file: Path) -> str:
    """Why this record may only be read; '' when it holds everything that was seen of it.

    Nothing was read in this transaction before: its moment must be later than the file's.
    What was found once is kept, since the record grows a little while it is only read: somebody
    signs in.
    """
    try:
        # Before the record is looked at: what is written meanwhile only makes it longer.
        known = _read(file)
    except FileNotFoundError:
        is_new = head(tx, ORGANISATION) is None
        return "" if is_new else f"nothing here remembers how long it was ({file.name} is missing)"
    except (OSError, ValueError):
        return f"what remembers how long it was cannot be read ({file.name})"
    why = known.asks or _what_is_missing(tx, known)
    if why and not known.asks:
        keep_asking(file, why)
    return why


def _what_is_missing(tx: Transaction, known: Seen) -> str:
    entries = entries_in(tx)
    if entries < known.entries:
        last = f"the last of {newest_time(tx)}"
        seen = f"it has {entries} entries, {last}, and {known.entries} were seen before"
        return seen + _what_left(tx, known)
    if hash_at(tx, ORGANISATION, known.seq) != known.hash:
        seen = f"it is not the record of which {known.entries} entries were seen before"
        return seen + _what_left(tx, known)
    return ""


def _what_left(tx: Transaction, known: Seen) -> str:
    """What left on paper and the record knows nothing of, as far as it is remembered."""
    lost = [one.what for one in known.issued if not _is_there(tx, one)]
    if not lost:
        return ""
    more = ", and maybe more before" if len(lost) == MOST else ""
    return f"; what left on paper and is not in it: {', '.join(lost)}{more}"


def _is_there(tx: Transaction, one: Issued) -> bool:
    return hash_at(tx, one.chain, one.seq) == one.hash


def keep_asking(file: Path, why: str) -> None:
    """Keep that the record is not to be written, and why, until somebody has signed for it."""
    _keep(file, lambda: replace(_read(file), asks=why))


def keep_seen(tx: Transaction, file: Path, on_paper: OnPaper) -> None:
    """Remember how long the record is now; it is never remembered as shorter than it was.

    What left on paper is remembered with it, the newest of it.
    """
    now, issued = _seen(tx), on_paper.on_record(tx)

    def longer() -> Seen | None:
        known = _read(file)
        if known.asks or not (issued or known.entries < now.entries):
            return None
        longest = now if known.entries < now.entries else known
        return replace(longest, issued=(*known.issued, *issued)[-MOST:])

    if _keep(file, longer):
        on_paper.are_kept(issued)


def begin_seen(tx: Transaction, file: Path) -> None:
    """Remember this record from now on, as it is now, whatever was remembered before."""
    now = _seen(tx)
    _keep(file, lambda: now)


def _seen(tx: Transaction) -> Seen:
    last = head(tx, ORGANISATION)
    return Seen(entries_in(tx), last.seq if last else -1, last.hash if last else "")


def _read(file: Path) -> Seen:
    """What is remembered.

    Raises:
        OSError, ValueError: nothing is, or it cannot be read.
    """
    try:
        said = json.loads(file.read_bytes())
        number, issued = said.pop("format"), said.pop("issued", [])
        known = Seen(**said, issued=tuple(Issued(**one) for one in issued))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    kinds = [type(one) for one in (known.entries, known.seq, known.hash, known.asks)]
    told = [type(part) for one in known.issued for part in astuple(one)]
    if number != FORMAT or kinds != [int, int, str, str]:
        raise ValueError("another format")
    if told != [str, str, int, str] * len(known.issued):
        raise ValueError("another format")
    return known


def _keep(file: Path, change: Callable[[], Seen | None]) -> bool:
    """Write what is to be remembered instead, if anything; nobody else writes meanwhile.

    A folder that cannot be written stops nobody: the log says so. Returns whether it was written.
    """
    try:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if (seen := change()) is not None:
                text = json.dumps({"format": FORMAT, **asdict(seen)}, sort_keys=True)
                write_durably(file, text + "\n")
            return seen is not None
        finally:
            os.close(folder)
    except (OSError, ValueError) as error:
        _log.warning("How long the record is cannot be remembered in %s: %s", file, error)
        return False
