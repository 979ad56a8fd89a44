"""How a batch of labels stands: what its entries and the print queue say of each label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coi.errors import CoiError, Unknown
from coi.services.decoding import Content, content_of_text
from coi.services.print_view import Job, Queue, told_job
from coi.services.proofs import Proven, acting_or_program
from coi.store import print_jobs as jobs
from coi.store.batch_runs import RunRow, run
from coi.store.entries import entry_text
from coi.store.print_jobs import HELD, NOTHING, PRINTED
from coi.store.print_jobs import STATES as JOB_STATES
from coi.store.registers import answered, answers_to, text_of
from coi.store.transactions import Transaction

BEGIN, STOP, NOT_SENT = "begin_label_batch", "stop_label_batch", "label_not_sent"
SENT = "send_labels"
TO_BE_SENT, UNSENT = "to_be_sent", "not_sent"
STATES = (TO_BE_SENT, UNSENT, *JOB_STATES)
"""What becomes of a label: it waits to be sent, could not be, or is in the queue, or was."""


@dataclass(frozen=True, slots=True)
class InBatch:
    """One label of a batch: sent, with its job; or not sent, and why; or still to be sent."""

    serial: str
    coi: str
    job: Job | None = None
    is_sent: bool = False
    sentence: str = ""  # why, where it could not be sent
    next_step: str = ""
    code: str = ""

    @property
    def state(self) -> str:
        """In one word, what has become of it; of its job, while the queue remembers that."""
        if self.job is not None:
            return self.job.state
        if self.is_sent:
            return PRINTED
        return UNSENT if self.code else TO_BE_SENT

    @property
    def is_printed(self) -> bool:
        """The printer said so; what the queue has forgotten ended long ago."""
        return self.is_sent and (self.job is None or self.job.state == PRINTED)

    @property
    def waits(self) -> bool:
        """It is in the queue, or is being sent."""
        return self.job is not None and self.job.is_under_way

    @property
    def is_to_be_sent(self) -> bool:
        """Nothing has become of it yet."""
        return not self.is_sent and not self.code

    @property
    def has_failed(self) -> bool:
        """It does not come out: it could not be sent, was cancelled, or nobody knows."""
        return not (self.is_printed or self.waits or self.is_to_be_sent)


@dataclass(frozen=True, slots=True)
class BatchView:
    """How a batch stands, with its printer."""

    key: str
    labels: tuple[InBatch, ...]
    queue: Queue | None  # None: the printer was retired since
    is_stopped: bool
    is_drawn: bool  # somebody is at it, in whichever process
    error: CoiError | None = None  # why it does not go on
    printer: str = ""  # its id
    is_left: bool = False  # the process that was at it has ended in the middle

    @property
    def printed(self) -> int:
        """How many came out."""
        return sum(one.is_printed for one in self.labels)

    @property
    def waiting(self) -> int:
        """How many wait in the queue, or are still to be sent to it."""
        unsent = 0 if self.is_stopped else sum(one.is_to_be_sent for one in self.labels)
        return unsent + sum(one.waits for one in self.labels)

    @property
    def failed(self) -> int:
        """How many will not come out."""
        return sum(one.has_failed for one in self.labels)

    @property
    def left(self) -> int:
        """How many are not sent any more, since it was stopped."""
        return sum(one.is_to_be_sent for one in self.labels) if self.is_stopped else 0

    @property
    def held(self) -> tuple[Job, ...]:
        """What the printer does not take now."""
        found = (one.job for one in self.labels if one.job is not None)
        return tuple(job for job in found if job.state == HELD)

    @property
    def waits_for_line(self) -> bool:
        """Labels of another therapy lie at the printer."""
        return any(one.job is not None and one.job.waits_for_line for one in self.labels)

    @property
    def is_under_way(self) -> bool:
        """Something can still come out."""
        return self.waiting > 0

    @property
    def can_go_on(self) -> bool:
        """Somebody must let it go on: nobody is drawing it, or the printer was off."""
        unsent = any(one.is_to_be_sent for one in self.labels)
        return (unsent and not (self.is_stopped or self.is_drawn)) or bool(self.held)


def read_batch(
    tx: Transaction, by: Proven, key: str
) -> tuple[Content, tuple[InBatch, ...], bool, RunRow | None]:
    """What began it, each label, whether it was stopped, and who is at it, as long as it goes on.

    Raises:
        Unknown: this person has no such batch.
    """
    begun = begun_by(tx, by, key)
    every = [*chosen_in(begun)]
    stopping, keys = f"{key}.stop", [f"{key}.{number}" for number in range(len(every))]
    entries = {
        one: content
        for one, (actor, text) in answers_to(tx, [*keys, stopping]).items()
        if actor == by.person
        and (content := content_of_text(text))["action"] in {SENT, NOT_SENT, STOP}
    }
    found = [entries.get(one) for one in keys]
    return begun, tuple(_labels(tx, every, found)), stopping in entries, run(tx, key)


def begun_by(tx: Transaction, by: Proven, key: str) -> Content:
    """The entry that began a batch of this person.

    Raises:
        Unknown: there is none.
    """
    found = _entry(tx, acting_or_program(tx, by).person.id, key) if key.isprintable() else None
    if found is None or found["action"] != BEGIN:
        raise Unknown("batch", key[:60])
    return found


def _entry(tx: Transaction, person: str, key: str) -> Content | None:
    """The entry that answered a request of this person."""
    found = answered(tx, key)
    if found is None or found[0] != person:
        return None
    return content_of_text(entry_text(tx, found[2], found[3])[1])


def chosen_in(begun: Content) -> Iterator[tuple[str, str]]:
    """Serial and therapy of each label, in the order in which they are sent."""
    document: Mapping[str, str] = begun["document"]
    yield from zip(document["labels"].split(), document["therapies"].split(), strict=True)


def _labels(
    tx: Transaction, chosen: Sequence[tuple[str, str]], entries: Sequence[Content | None]
) -> Iterator[InBatch]:
    """Each label as the entry says that answered for it, with its job as far as that is kept."""
    # What was sent stands in the entry right behind its deed, in the chain of who sent it.
    sent = [one for one in entries if one is not None and one["action"] != NOT_SENT]
    behind = [one["seq"] + 1 for one in sent]
    rows = jobs.jobs_behind(tx, sent[0]["chain"], min(behind), max(behind)) if sent else {}
    lines = jobs.lines(tx)
    for (serial, coi), entry in zip(chosen, entries, strict=True):
        one = InBatch(serial, coi)
        if entry is None:
            yield one
        elif entry["action"] == NOT_SENT:
            why, what = (text_of(tx, entry["notes"][name]) for name in ("reason", "next_step"))
            code = entry["document"]["why"]
            yield replace(one, sentence=why or "(erased)", next_step=what or "", code=code)
        else:
            row = rows.get(entry["seq"] + 1)
            line = lines.get(row.printer) if row else None
            job = told_job(row, line.therapy if line else NOTHING) if row else None
            yield replace(one, is_sent=True, job=job)
