"""Labels of several therapies printed in one batch: begun once, and sent to a printer one by one.

The batch is an entry, under its key; so is each label that is sent, and each that cannot be, with
the reason: how far it is, is read from the record and the queue, by whoever asks whichever process.
A label that cannot be sent holds up no other. What is drawn goes on in a thread; where that ended
with its process another one goes on, for whom the batch is: may they do it no more, it ends.
Nothing is sent twice.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from coi.errors import CoiError, DataRefused, NotWritten, Problem, Refused, SignedOut, Unknown
from coi.services import print_deeds
from coi.services.asked import bad_key, entry_answering, fingerprint
from coi.services.batch_runs import (
    Claim,
    KeptRun,
    Runs,
    keep_run,
    kept_runs,
    patiently,
    was_left,
    will_go_on,
)
from coi.services.batches import BatchBrokeOff
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.label_batch_stands import (
    BEGIN,
    NOT_SENT,
    STOP,
    BatchView,
    begun_by,
    chosen_in,
    read_batch,
)
from coi.services.label_sending import First, SendLabels, send_labels
from coi.services.print_view import look_at_queue
from coi.services.printers import printer_seen
from coi.services.printing_rights import require_to_print
from coi.services.proofs import Proven, acting_or_program
from coi.store import batch_runs as store
from coi.store.batch_runs import LABELS
from coi.store.facts import ORGANISATION
from coi.store.registers import answered, person_chain
from coi.store.transactions import Transaction

MOST = 200
"""So many labels are one batch: whoever stands at the printer takes them off and sticks them on."""

KIND = "label_batch"
_log = logging.getLogger(__name__)


class _Stopped(Exception):
    """A batch was stopped while one of its labels was drawn, which is not sent."""


@dataclass(frozen=True, slots=True)
class AskedBatch:
    """Which labels go to which printer, in this order; `key` makes a repetition harmless."""

    serials: tuple[str, ...]
    printer: str
    key: str

    def __post_init__(self) -> None:
        if problems := [*bad_key(f"{self.key}.{MOST}.stop"), *self._bad_number()]:
            raise DataRefused(problems)

    def _bad_number(self) -> Iterator[Problem]:
        if not 0 < len(self.serials) <= MOST:
            yield Problem(f"choose 1 to {MOST} labels", column="labels")
        if len({*self.serials}) != len(self.serials):
            yield Problem("the same label was chosen twice", column="labels")
        if not all(one.isprintable() and " " not in one for one in self.serials):
            yield Problem("a label is none of ours", column="labels")


# -- begun, gone on with, stopped ------------------------------------------------------------------


def begin_batch(installation: Installation, by: Proven, asked: AskedBatch) -> None:
    """Put on record which labels are printed in one batch; the same request again changes nothing.

    Raises:
        Unknown: a label is none that this person may print, or the printer none at their sites.
        NotAllowed: no role of the person acts at a site of one of the therapies.
        KeyReused: the key already stands for another request.
        BatchesGoing: as many batches are sent for this person as may be at once.
    """
    digest = fingerprint(installation.vault, BEGIN, asked, by.person)

    def work(tx: Transaction) -> None:
        person = acting_or_program(tx, by).person
        if entry_answering(tx, asked.key, digest) is not None:
            return
        printer = printer_seen(tx, person, asked.printer)
        cois = [require_to_print(tx, by, serial)[0].coi for serial in asked.serials]
        told = {
            "kind": KIND,
            "about": asked.key,
            "printer": printer.id,
            "count": str(len(cois)),
            "labels": " ".join(asked.serials),
            "therapies": " ".join(cois),
        }
        now = installation.clock.now()
        occasion = Occasion(person.id, "-", now, key=asked.key, digest=digest)
        chain = person_chain(tx, person.id) or ORGANISATION
        write_site_entry(tx, BEGIN, occasion, Registered(document=told), chain)
        keep_run(tx, installation, by, (LABELS, asked.key), _asked_in(asked))

    installation.transact(work)


def _asked_in(asked: AskedBatch) -> dict[str, object]:
    return {"serials": [*asked.serials], "printer": asked.printer}


def send_claimed(installation: Installation, claim: Claim) -> None:
    """Send what was not sent of a batch that this process is at, as long as it is.

    Raises:
        NotWritten, SignedOut: as below.
    """
    serials, printer = claim.asked["serials"], claim.asked["printer"]
    asked = AskedBatch(tuple(serials), printer, claim.key)
    send_each(installation, claim.by, asked, lambda: claim.goes_on(installation))


RUNS = Runs(send_claimed)


def send_each(
    installation: Installation,
    by: Proven,
    asked: AskedBatch,
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Send each label that was not sent, until somebody stops it; one that cannot be is told.

    Raises:
        NotWritten: nothing can be written now.
        SignedOut: the person's account was closed meanwhile, or their password is another one.
    """
    begun = installation.read(lambda tx: begun_by(tx, by, asked.key))
    for number, (serial, coi) in enumerate(chosen_in(begun)):
        key = f"{asked.key}.{number}"
        if installation.read(lambda tx: answered(tx, f"{asked.key}.stop")) is not None:
            return
        if installation.read(lambda tx, key=key: answered(tx, key)) is not None:  # type: ignore[misc]
            continue
        if not goes_on():
            return
        one = SendLabels(coi, (serial,), begun["document"]["printer"], key)
        try:
            _send(installation, by, one, lambda tx: _require_not_stopped(tx, asked.key))
        except _Stopped:
            return


def _require_not_stopped(tx: Transaction, key: str) -> None:
    """Whoever stops the batch waits for the end of this transaction.

    Raises:
        _Stopped: they were quicker, and what was being drawn is not sent.
    """
    if store.hold(tx, key) is None:
        raise _Stopped


def _send(installation: Installation, by: Proven, asked: SendLabels, first: First) -> None:
    """One label; where it cannot be sent, that and why is on record instead."""
    try:
        patiently(lambda: send_labels(installation, by, asked, first))
    except (NotWritten, SignedOut, _Stopped):
        raise
    except CoiError as error:
        why = error
    # One label that nobody foresaw holds up no other: it is told, and the log says what it was.
    except Exception:  # noqa: BLE001 - told on the page, and logged
        _log.exception("a label of a batch was not sent")
        why = BatchBrokeOff()
    else:
        return
    patiently(lambda: _not_sent(installation, by, asked, why))


def _not_sent(installation: Installation, by: Proven, asked: SendLabels, why: CoiError) -> None:
    digest = fingerprint(installation.vault, NOT_SENT, asked, by.person)
    code = why.refusals[0].code if isinstance(why, Refused) else why.code

    def work(tx: Transaction) -> None:
        person = acting_or_program(tx, by).person.id
        if answered(tx, asked.key) is not None:
            return  # another process sent it after all, or told of it
        told = {"kind": KIND, "about": asked.serials[0], "printer": asked.printer, "why": code}
        now = installation.clock.now()
        occasion = Occasion(person, "-", now, key=asked.key, digest=digest)
        notes = {
            "reason": commit_text(tx, installation, _sentence(why)),
            "next_step": commit_text(tx, installation, why.next_step),
        }
        registered = Registered(document=told, notes=notes)
        chain = person_chain(tx, person) or ORGANISATION
        write_site_entry(tx, NOT_SENT, occasion, registered, chain)

    installation.transact(work)


def _sentence(why: CoiError) -> str:
    """Why, in words; what is wrong with what was handed in without its frame."""
    if isinstance(why, DataRefused):
        return "; ".join(problem.reason for problem in why.problems)
    return why.sentence


def go_on(installation: Installation, by: Proven, key: str) -> None:
    """Let what is held be tried now, and what was not sent be sent.

    Raises:
        Unknown: this person has no such batch.
        BatchesGoing: as many batches are sent for this person as may be at once.
    """
    view = batch_view(installation, by, key)
    for job in view.held:
        try:
            print_deeds.try_again(installation, by, job.id)
        except Refused:
            continue  # it was sent, or cancelled, since
    if not view.is_stopped and any(one.is_to_be_sent for one in view.labels):
        begun = installation.read(lambda tx: begun_by(tx, by, key))
        serials = tuple(serial for serial, _coi in chosen_in(begun))
        asked = _asked_in(AskedBatch(serials, begun["document"]["printer"], key))
        installation.transact(lambda tx: keep_run(tx, installation, by, (LABELS, key), asked))
        RUNS.begin(installation, key)


def stop(installation: Installation, by: Proven, key: str) -> None:
    """Nothing more of a batch is sent; what waits at the printer is cancelled, and can be printed.

    What is being drawn at this moment is not sent, and no copy of it is counted; what the printer
    takes at this moment comes out. Stopped twice it is stopped once.

    Raises:
        Unknown: this person has no such batch.
    """
    stopping = f"{key}.stop"
    digest = fingerprint(installation.vault, STOP, key, by.person)

    def work(tx: Transaction) -> None:
        begun_by(tx, by, key)
        person = acting_or_program(tx, by).person.id
        # First of all: whoever sends a label of it takes this first, too.
        store.hold(tx, key)
        if entry_answering(tx, stopping, digest) is not None:
            return
        now = installation.clock.now()
        occasion = Occasion(person, "-", now, key=stopping, digest=digest)
        chain = person_chain(tx, person) or ORGANISATION
        told = Registered(document={"kind": KIND, "about": key})
        write_site_entry(tx, STOP, occasion, told, chain)
        store.forget(tx, key)

    installation.transact(work)
    _cancel_waiting(installation, by, key)


def _cancel_waiting(installation: Installation, by: Proven, key: str) -> None:
    for one in batch_view(installation, by, key).labels:
        if one.job is not None and one.job.waits:
            try:
                print_deeds.cancel_job(installation, by, one.job.id)
            except Refused:
                continue  # it is being sent, or has ended


def kept_batches(installation: Installation, by: Proven) -> tuple[KeptRun, ...]:
    """The batches of this person that were sent lately: the newest, then those that go on."""
    return kept_runs(installation, by, LABELS)


def batch_view(installation: Installation, by: Proven, key: str) -> BatchView:
    """How a batch of this person stands.

    Raises:
        Unknown: this person has no such batch.
    """
    begun, labels, is_stopped, run = installation.read(lambda tx: read_batch(tx, by, key))
    printer = begun["document"]["printer"]
    unsent = any(one.is_to_be_sent for one in labels)
    error = RUNS.error_of(key) if unsent else None
    at_it = RUNS.is_at(key) or (will_go_on(run, installation) and error is None)
    is_left = unsent and was_left(run, installation)
    try:
        queue = look_at_queue(installation, by, printer)
    except Unknown:
        queue = None
    return BatchView(key, labels, queue, is_stopped, unsent and at_it, error, printer, is_left)
