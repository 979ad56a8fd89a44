"""A printer of ZPL at a raw connection: asked before, given the label, asked after (LB-03).

On such a connection nothing says that the label arrived: what counts is what the printer says of
itself. Before, it must be ready and empty, so that what it says after is said of this label.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore

from coi.interop.addresses import Target
from coi.interop.printers import zebra
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
    MOST_SENT,
    NoWay,
    Reach,
    before_anything,
    connection_to,
    trouble_of,
)
from coi.interop.printers.zebra import HostStatus

_BEGIN, _END = b"^XA", b"^XZ"
_LINES = 3


def ask(target: Target, reach: Reach) -> Condition:
    """What the printer says of itself; that it says nothing is trouble too."""
    try:
        with _connected(target, reach, reach.answer_seconds) as stream:
            told = _status(stream, reach)
    except NoWay as error:
        return Condition((error.why,))
    except BROKEN as error:
        return Condition((trouble_of(error),))
    return told.condition if told else Condition((Trouble.UNREADABLE,))


def send(target: Target, content: bytes, reach: Reach) -> Outcome:
    """Send a label once; nothing is ever sent a second time."""
    if wrong := _not_sent(content):
        return refused(wrong)
    try:
        with _connected(target, reach, reach.print_seconds) as stream:
            return _sent(stream, content, reach)
    except NoWay as error:
        return held(error.why)


def _not_sent(content: bytes) -> Trouble | None:
    """Why these bytes are never sent: they are no whole label."""
    if len(content) > MOST_SENT:
        return Trouble.TOO_LONG
    whole = content.strip()
    return None if whole.startswith(_BEGIN) and whole.endswith(_END) else Trouble.FORMAT


def _sent(stream: httpcore.NetworkStream, content: bytes, reach: Reach) -> Outcome:
    """The label, after the printer has said that it is ready."""
    try:
        before = _status(stream, reach)
    except BROKEN as error:
        return held(trouble_of(error))
    if before is None:
        return held(Trouble.UNREADABLE)
    if not before.condition.is_ready:
        return held(before.condition.troubles[0])
    # From here on nobody knows how much of it has arrived.
    try:
        stream.write(content)
        return _said(stream, reach)
    except BROKEN as error:
        return unconfirmed(trouble_of(error))


def _said(stream: httpcore.NetworkStream, reach: Reach) -> Outcome:
    """What the printer says after it was given a label, asked until it has nothing left.

    What is stuck in it is cancelled: a label that comes out later, when somebody puts paper in, is
    one that nobody waits for any more.
    """
    until = time.monotonic() + reach.print_seconds - reach.answer_seconds
    idle = 0
    while (told := _status(stream, reach)) is not None:
        if told.faults or time.monotonic() > until:
            _cancel(stream)
            return unconfirmed(_why(told))
        # Asked twice: it may answer the first time before it has begun with the label.
        idle = idle + 1 if told.is_idle else 0
        if idle > 1:
            return PRINTED
        time.sleep(reach.between_seconds)
    return unconfirmed(Trouble.UNREADABLE)


def _why(told: HostStatus) -> Trouble:
    if told.faults:
        return told.faults[0]
    return Trouble.HALF if told.partial_format else Trouble.NOT_DONE


def _cancel(stream: httpcore.NetworkStream) -> None:
    """Let the printer forget it; where that does not arrive, nothing can be done about it."""
    stream.write(zebra.CANCEL)


def _status(stream: httpcore.NetworkStream, reach: Reach) -> HostStatus | None:
    """Ask the printer how it is; None where what it says cannot be read."""
    stream.write(zebra.ASK)
    answer, until = b"", time.monotonic() + reach.answer_seconds
    while answer.count(b"\n") < _LINES and len(answer) <= zebra.LONGEST:
        left = until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        part = stream.read(zebra.LONGEST, left)
        if not part:
            raise httpcore.ReadError
        answer += part
    return zebra.read_status(answer)


@contextmanager
def _connected(target: Target, reach: Reach, seconds: float) -> Iterator[httpcore.NetworkStream]:
    """A connection to the printer, closed at its end.

    Raises:
        NoWay: it is not reached.
    """
    to = connection_to(target, reach, seconds)
    with before_anything():
        stream = to.connect_tcp(target.host, target.port)
    try:
        yield stream
    finally:
        stream.close()
