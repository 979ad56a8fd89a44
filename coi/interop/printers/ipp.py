"""A printer of IPP: asked whether it takes a label, given it, and asked until it is done (LB-03).

The printer numbers the job, and tells of this number what became of it. What it does not tell in
time is cancelled, so that it does not print later what nobody waits for any more.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count

import httpcore

from coi.interop.addresses import Target
from coi.interop.printers.ipp_wire import Asked, NotIpp, Operation, Told, read, written
from coi.interop.printers.outcome import (
    PRINTED,
    Condition,
    Outcome,
    Trouble,
    held,
    refused,
    unconfirmed,
)
from coi.interop.printers.reach import (
    BROKEN,
    IPPS,
    MOST_SENT,
    NoWay,
    Reach,
    before_anything,
    connection_to,
    trouble_of,
)

MOST_READ = 64 * 1024
_WANTED = (
    *("printer-state", "printer-state-reasons", "printer-is-accepting-jobs"),
    *("document-format-supported", "queued-job-count"),
)
_PRINTER_STOPPED = 5
_ACCEPTED = range(0x0100)
_NOT_NOW = {0x0502, 0x0506, 0x0507}  # service unavailable, not accepting jobs, busy
_CLIENT_ERRORS = range(0x0400, 0x0500)
_WRONG_FORMAT = 0x040A
_JOB_CANCELLED, _JOB_ABORTED, _JOB_COMPLETED = 7, 8, 9
_WITH_ERRORS = "job-completed-with-errors"
_REASONS = {
    "media-empty": Trouble.PAPER_OUT,
    "media-needed": Trouble.PAPER_OUT,
    "media-jam": Trouble.JAMMED,
    "cover-open": Trouble.HEAD_OPEN,
    "door-open": Trouble.HEAD_OPEN,
    "interlock-open": Trouble.HEAD_OPEN,
    "marker-supply-empty": Trouble.RIBBON_OUT,
    "toner-empty": Trouble.RIBBON_OUT,
    "paused": Trouble.PAUSED,
    "moving-to-paused": Trouble.PAUSED,
    "spool-area-full": Trouble.BUFFER_FULL,
}
"""What is in the way, by the standard's words for it; what is only about to be so is not."""


class _NotAnswered(Exception):
    """The question was asked, and there is no answer to it."""

    def __init__(self, why: Trouble) -> None:
        super().__init__(why)
        self.why = why


def ask(target: Target, reach: Reach, media_type: str = "") -> Condition:
    """What the printer says of itself, and whether it takes this sort of document."""
    try:
        return _condition(_Talk(target, reach, reach.answer_seconds), media_type)
    except (NoWay, _NotAnswered) as error:
        return Condition((error.why,))


def send(target: Target, content: bytes, media_type: str, name: str, reach: Reach) -> Outcome:
    """Send a label once, under a name that tells nothing of a patient."""
    if len(content) > MOST_SENT:
        return refused(Trouble.TOO_LONG)
    condition = ask(target, reach, media_type)
    if Trouble.FORMAT in condition.troubles:
        return refused(Trouble.FORMAT)
    if not condition.is_ready:
        return held(condition.troubles[0])
    try:
        return _sent(_Talk(target, reach, reach.print_seconds), content, media_type, name)
    except NoWay as error:
        return held(error.why)
    except _NotAnswered as error:
        return unconfirmed(error.why)


def _condition(talk: "_Talk", media_type: str) -> Condition:
    told = talk.ask(Operation.GET_PRINTER_ATTRIBUTES, wanted=_WANTED)
    if told.status not in _ACCEPTED or told.number_of("printer-state") is None:
        return Condition((Trouble.UNREADABLE,))
    return Condition(tuple(dict.fromkeys(_troubles(told, media_type))))


def _troubles(told: Told, media_type: str) -> Iterable[Trouble]:
    if media_type and media_type not in told.words_of("document-format-supported"):
        yield Trouble.FORMAT
    for reason in told.words_of("printer-state-reasons"):
        if known := _REASONS.get(reason.removesuffix("-error")):
            yield known
    if told.number_of("printer-state") == _PRINTER_STOPPED:
        yield Trouble.STOPPED
    if True not in told.attributes.get("printer-is-accepting-jobs", ()):
        yield Trouble.STOPPED
    # A job of somebody else: its labels would come out between ours.
    if told.number_of("queued-job-count"):
        yield Trouble.BUSY


def _sent(talk: "_Talk", content: bytes, media_type: str, name: str) -> Outcome:
    told = talk.ask(Operation.PRINT_JOB, content, job_name=name, media_type=media_type)
    if told.status in _NOT_NOW:
        return held(Trouble.BUSY)
    if told.status in _CLIENT_ERRORS:
        why = Trouble.FORMAT if told.status == _WRONG_FORMAT else Trouble.NOT_TAKEN
        return refused(why)
    job = told.number_of("job-id")
    if told.status not in _ACCEPTED or job is None:
        return unconfirmed(Trouble.UNREADABLE)
    return _followed(talk, job, told)


def _followed(talk: "_Talk", job: int, told: Told) -> Outcome:
    """Ask until the job has come to an end; what has not, in time, is cancelled."""
    until = time.monotonic() + talk.reach.print_seconds - talk.reach.answer_seconds
    while (state := told.number_of("job-state")) is None or state < _JOB_CANCELLED:
        if told.status not in _ACCEPTED or time.monotonic() > until:
            talk.cancel(job)
            return unconfirmed(Trouble.NOT_DONE)
        time.sleep(talk.reach.between_seconds)
        wanted = ("job-state", "job-state-reasons")
        told = talk.ask(Operation.GET_JOB_ATTRIBUTES, job=job, wanted=wanted)
    if state == _JOB_COMPLETED and _WITH_ERRORS not in told.words_of("job-state-reasons"):
        return PRINTED
    return unconfirmed(Trouble.CANCELLED if state == _JOB_CANCELLED else Trouble.NOT_DONE)


@dataclass(slots=True)
class _Talk:
    """Questions to one printer; all of them together are over after so many seconds."""

    target: Target
    reach: Reach
    seconds: float
    _until: float = field(init=False)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.seconds

    def ask(self, operation: Operation, content: bytes = b"", **more: object) -> Told:
        """Ask one question, and read its answer.

        Raises:
            NoWay: the printer was not reached, and knows nothing of it.
            _NotAnswered: it may know of it, and there is no answer that can be read.
        """
        number = next(self._numbers)
        asked = Asked(operation, number, self.target.url, **more)  # type: ignore[arg-type]
        try:
            told = read(self._posted(written(asked) + content))
        except NotIpp as error:
            raise _NotAnswered(Trouble.UNREADABLE) from error
        except BROKEN as error:
            raise _NotAnswered(trouble_of(error)) from error
        if told.number != number:
            raise _NotAnswered(Trouble.UNREADABLE)
        return told

    def cancel(self, job: int) -> None:
        """Let the printer forget a job; where that does not arrive, nothing can be done."""
        try:
            self.ask(Operation.CANCEL_JOB, job=job)
        except (NoWay, _NotAnswered):
            return

    def _posted(self, body: bytes) -> bytes:
        """What the printer answers, as far as it is not too long."""
        to = connection_to(self.target, self.reach, self._until - time.monotonic())
        scheme = b"https" if self.target.scheme == IPPS else b"http"
        host, port = self.target.host, self.target.port
        url = httpcore.URL(scheme=scheme, host=host, port=port, target=self.target.path)
        headers = {
            "host": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "content-type": "application/ipp",
            "content-length": str(len(body)),
        }
        tls, items = self.reach.tls, list(headers.items())
        with (
            before_anything(),
            httpcore.ConnectionPool(ssl_context=tls, network_backend=to, retries=0) as pool,
            pool.stream("POST", url, headers=items, content=body) as response,
        ):
            answer = b""
            for part in response.iter_stream():
                answer += part
                if len(answer) > MOST_READ:
                    raise NotIpp
            if response.status != HTTPStatus.OK:
                raise NotIpp
            return answer
