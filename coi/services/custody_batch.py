"""The custody records of all therapies of a work list: each a counted copy, in one file.

They are drawn beside the page, one by one, and kept sealed until somebody fetches the file; an hour
after the last one nothing of it is kept. How far it is, is told by whichever process is asked.
Where the process that draws them ends, another one goes on with those that are not drawn. A copy is
counted in the moment in which it is kept, or not at all.
"""

import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from threading import Semaphore
from typing import TypeAlias

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import (
    Busy,
    CoiError,
    DataRefused,
    KeyReused,
    NotWritten,
    Problem,
    SignedOut,
    Unknown,
)
from coi.reports.archive import archive
from coi.services.asked import bad_key
from coi.services.batch_runs import (
    KEPT,
    Claim,
    KeptRun,
    Runs,
    asked_in,
    keep_run,
    kept_runs,
    patiently,
    was_left,
    will_go_on,
)
from coi.services.documents import write_custody_record
from coi.services.identity import patient_of
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole, sees
from coi.services.proofs import Proven, acting
from coi.services.vault import seal_text, unseal_text
from coi.services.worklist import Wanted, every_waiting
from coi.store import batch_runs as store
from coi.store.batch_runs import CUSTODY_RECORDS, ENDED, STOPPED, PartRow, RunRow
from coi.store.erasing import has_key
from coi.store.registers import lock_patient
from coi.store.transactions import Transaction

MOST = 200
"""Of so many therapies the records are drawn at once."""

NOT_DRAWN = "NOT-DRAWN.txt"
_NONE = "no therapy is on this list"
_TOO_MANY = f"more than {MOST} therapies are on this list: narrow it down, to a phase or a unit"
_UNFORESEEN = "Something went wrong that nobody foresaw. Tell support the time. (UNFORESEEN)"
_DRAWN, _FAILED = "drawn", "not_drawn"
_WAITS = 10.0  # seconds after which one that waits for others says that it lives
ONE_AT_A_TIME = Semaphore()
"""A process draws those of one list at a time: whoever scans meanwhile shares the processors."""

_Find: TypeAlias = Callable[[Transaction, str], RunRow | None]
_log = logging.getLogger(__name__)


class _InOtherHands(Exception):
    """A list was stopped, or another process is at it: what was being drawn of it is no copy."""


@dataclass(frozen=True, slots=True)
class NotDrawn:
    """A therapy whose record could not be drawn, and why."""

    coi: str
    why: str


@dataclass(frozen=True, slots=True)
class RecordsView:
    """How far the records of a list are."""

    key: str
    of: int
    drawn: int
    not_drawn: tuple[NotDrawn, ...]
    is_stopped: bool
    is_drawn: bool  # a process is at it, or will be shortly
    is_left: bool  # the process that was at it has ended in the middle
    gone_at: datetime  # when nothing of it is kept any more, unless it goes on
    error: CoiError | None = None  # why it does not go on

    @property
    def ended(self) -> int:
        """How many are not waited for any more."""
        return self.drawn + len(self.not_drawn)

    @property
    def is_under_way(self) -> bool:
        """More are still to come, now or as soon as somebody says so."""
        return self.ended < self.of and not self.is_stopped

    @property
    def can_go_on(self) -> bool:
        """Somebody must let it go on: nobody is at it."""
        return self.is_under_way and not self.is_drawn

    @property
    def can_be_fetched(self) -> bool:
        """There is a file, to which nothing more comes."""
        return self.ended > 0 and not self.is_under_way


# -- begun, gone on with, stopped ------------------------------------------------------------------


def begin_records(installation: Installation, by: Proven, wanted: Wanted, key: str) -> None:
    """Let the custody records of a list be drawn, what is due first in front; asked twice, once.

    Raises:
        DataRefused: there are none, or more than are drawn at once.
        KeyReused: the key stands for something of somebody else.
        BatchesGoing: as many lists are drawn for this person as may be at once.
        NotWritten: nothing can be put on record now.
    """
    if problems := [*bad_key(key)]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        row = store.hold(tx, key)
        if row is not None:
            if (row.person, row.kind) != (by.person, CUSTODY_RECORDS):
                raise KeyReused(key)
            return
        asked = {"cois": _listed(tx, installation, by, wanted)}
        keep_run(tx, installation, by, (CUSTODY_RECORDS, key), asked)

    installation.transact(work)
    RUNS.begin(installation, key)


def _listed(tx: Transaction, installation: Installation, by: Proven, wanted: Wanted) -> list[str]:
    person = acting(tx, by).person
    waiting = every_waiting(tx, installation, person, wanted)
    # No further than it is known that they are too many: a list may have ten thousand.
    listed = [one.coi for one in islice(waiting, MOST + 1)]
    if len(listed) > MOST:
        raise DataRefused([Problem(_TOO_MANY)])
    cois = [coi for coi in listed if sees(tx, person, coi)]
    if not cois:
        raise DataRefused([Problem(_NONE)])
    return cois


def draw_claimed(installation: Installation, claim: Claim) -> None:
    """Draw what is not drawn of a list that this process is at, as long as it is.

    Raises:
        NotWritten: nothing can be put on record now.
        SignedOut: the person's account was closed meanwhile, or their password is another one.
    """
    while not ONE_AT_A_TIME.acquire(timeout=_WAITS):
        if not claim.goes_on(installation):
            return
    try:
        _draw_each(installation, claim)
    finally:
        ONE_AT_A_TIME.release()


def _draw_each(installation: Installation, claim: Claim) -> None:
    there = installation.read(lambda tx: store.parts_of(tx, claim.key))
    for number, coi in enumerate(claim.asked["cois"]):
        if number in there:
            continue
        if not claim.goes_on(installation):
            return
        try:
            _draw(installation, claim, (number, coi))
        except _InOtherHands:
            return


def _draw(installation: Installation, claim: Claim, of: tuple[int, str]) -> None:
    """The record of one therapy is kept, or why there is none: it holds up no other."""
    try:
        patiently(lambda: _drawn(installation, claim, of))
    except (NotWritten, SignedOut, _InOtherHands):
        raise
    except CoiError as error:
        why = f"{error.sentence} {error.next_step} ({error.code})"
    # One record that nobody foresaw holds up no other: it is told, and the log says what it was.
    except Exception:  # noqa: BLE001 - told in the file, and logged
        _log.exception("a custody record of a list was not drawn")
        why = _UNFORESEEN
    else:
        return

    def tell(tx: Transaction) -> None:
        _keep(tx, installation, claim, of, {"why": why})

    patiently(lambda: installation.transact(tell))


def _drawn(installation: Installation, claim: Claim, of: tuple[int, str]) -> None:
    """One copy, counted and kept in one transaction.

    Raises:
        Busy: the patient was erased while it was drawn: it shows what is known no more.
    """
    _number, coi = of
    named = installation.read(lambda tx: has_key(tx, patient_of(tx, coi)))

    def beside(tx: Transaction, record: bytes) -> None:
        _keep(tx, installation, claim, of, {"record": b64encode(record).decode()})
        if named and not has_key(tx, patient_of(tx, coi)):
            raise Busy

    write_custody_record(installation, claim.by, coi, "", beside)


def _keep(
    tx: Transaction,
    installation: Installation,
    claim: Claim,
    of: tuple[int, str],
    told: dict[str, str],
) -> None:
    """Keep it, sealed, before the patient can be erased.

    Raises:
        _InOtherHands: the list was stopped, or another process is at it by now.
    """
    number, coi = of
    row = store.hold(tx, claim.key)
    if row is None or row.claim != claim.name:
        raise _InOtherHands
    lock_patient(tx, patient_of(tx, coi))
    about = f"{_DRAWN if 'record' in told else _FAILED} {coi}"
    sealed = seal_text(installation.vault, _place(claim.key, number), json.dumps(told))
    store.keep_part(tx, PartRow(claim.key, number, about, sealed))


RUNS = Runs(draw_claimed)


def go_on_with_records(installation: Installation, by: Proven, key: str) -> None:
    """Let what is not drawn be drawn; what was stopped, or has ended, stays as it is.

    Raises:
        Unknown: this person has no such list.
        BatchesGoing: as many lists are drawn for this person as may be at once.
    """

    def work(tx: Transaction) -> bool:
        row = _own(tx, by, key, store.hold)
        asked = asked_in(installation, row)
        goes_on = row.state != STOPPED and len(store.parts_of(tx, key)) < len(asked["cois"])
        if goes_on:
            keep_run(tx, installation, by, (CUSTODY_RECORDS, key), asked)
        return goes_on

    if installation.transact(work):
        RUNS.begin(installation, key)


def stop_records(installation: Installation, by: Proven, key: str) -> None:
    """Draw no more of a list; what is drawn can be fetched. Stopped twice it is stopped once.

    What is being drawn at this moment is no copy: it is neither counted nor in the file.

    Raises:
        Unknown: this person has no such list.
    """
    now = rfc3339(installation.clock.now())

    def work(tx: Transaction) -> None:
        row = _own(tx, by, key, store.hold)
        asked = asked_in(installation, row)
        # What nobody is at is stopped as well: what is drawn of it can be fetched then.
        if row.state != ENDED or len(store.parts_of(tx, key)) < len(asked["cois"]):
            store.stop(tx, key, now)

    installation.transact(work)


# -- looked at, fetched ----------------------------------------------------------------------------


def records_view(installation: Installation, by: Proven, key: str) -> RecordsView:
    """How far the records of a list of this person are.

    Raises:
        Unknown: this person has no such list, or it is not kept any more.
    """
    return installation.read(lambda tx: _view(tx, installation, by, key))


def kept_records(installation: Installation, by: Proven) -> tuple[KeptRun, ...]:
    """The lists of this person that are kept still: the newest, then those that are drawn."""
    return kept_runs(installation, by, CUSTODY_RECORDS)


def fetch_records(installation: Installation, by: Proven, key: str) -> bytes:
    """A ZIP with the custody record of each therapy as PDF, as they were drawn.

    What this person may see no longer is not in it. That, and what could not be drawn, stands in
    `NOT-DRAWN.txt` with the reason.

    Raises:
        Unknown: this person has no such list, or there is no file of it yet, or none any more.
    """

    def read(tx: Transaction) -> bytes:
        view = _view(tx, installation, by, key)
        if not view.can_be_fetched:
            raise Unknown("file", key[:60])
        files: dict[str, bytes] = {}
        left_out = [f"{one.coi}: {one.why}" for one in view.not_drawn]
        person = acting(tx, by).person
        for number, coi in _parts(tx, key, _DRAWN):
            try:
                require_seen_whole(tx, person, coi)
            except Unknown as error:
                left_out.append(f"{coi}: {error.sentence} {error.next_step} ({error.code})")
            else:
                told = _opened(tx, installation, key, number)
                files[f"custody-{coi}.pdf"] = b64decode(told["record"])
        if view.is_stopped:
            left_out.append(
                f"{view.of - view.ended} more were not drawn, nor counted as copies: somebody"
                " stopped it."
            )
        if left_out:
            files[NOT_DRAWN] = ("\n".join(left_out) + "\n").encode()
        return archive(files)

    return installation.read(read)


def _view(tx: Transaction, installation: Installation, by: Proven, key: str) -> RecordsView:
    row = _own(tx, by, key)
    of = len(asked_in(installation, row)["cois"])
    drawn = [*_parts(tx, key, _DRAWN)]
    not_drawn = tuple(
        NotDrawn(coi, _opened(tx, installation, key, number)["why"])
        for number, coi in _parts(tx, key, _FAILED)
    )
    is_whole = len(drawn) + len(not_drawn) == of
    is_open = not is_whole and row.state != STOPPED
    error = RUNS.error_of(key) if is_open else None
    at_it = RUNS.is_at(key) or (will_go_on(row, installation) and error is None)
    return RecordsView(
        key=key,
        of=of,
        drawn=len(drawn),
        not_drawn=not_drawn,
        is_stopped=not is_whole and row.state == STOPPED,
        is_drawn=is_open and at_it,
        is_left=is_open and was_left(row, installation),
        gone_at=parse_rfc3339(row.due_at) + KEPT,
        error=error,
    )


def _own(tx: Transaction, by: Proven, key: str, find: _Find = store.run) -> RunRow:
    person = acting(tx, by).person.id
    row = find(tx, key) if key.isprintable() else None
    if row is None or (row.person, row.kind) != (person, CUSTODY_RECORDS):
        raise Unknown("list of records", key[:60])
    return row


def _parts(tx: Transaction, key: str, became: str) -> Iterator[tuple[int, str]]:
    """The number and the therapy of each that became this."""
    for number, about in store.parts_of(tx, key).items():
        word, _blank, coi = about.partition(" ")
        if word == became:
            yield number, coi


def _opened(tx: Transaction, installation: Installation, key: str, number: int) -> dict[str, str]:
    found = store.part(tx, key, number)
    if found is None:
        raise Unknown("file", key[:60])
    told: dict[str, str] = json.loads(
        unseal_text(installation.vault, _place(key, number), found.sealed)
    )
    return told


def _place(key: str, number: int) -> str:
    return f"file {number} of batch {key}"
