"""What a printer answers to `~HS`: three lines of numbers, read strictly.

As the ZPL guide of Zebra tells it: each line stands between STX and ETX and ends with CR LF; the
first tells of paper, pause and memory, the second of head and ribbon, the third of nothing that is
asked here. What differs by one character is no answer.
"""

import re
from dataclasses import dataclass

from coi.interop.printers.outcome import Condition, Trouble

ASK = b"~HS"
CANCEL = b"~JA"
"""Forget everything that is not printed yet."""

LONGEST = 200
"""A whole answer is shorter than this."""

_BIT = b"[01]"
_FIRST = rb"([0-9]{3}),B,B,([0-9]{4}),([0-9]{3}),B,B,B,([0-9]{3}),B,B,B"
_SECOND = rb"([0-9]{3}),([0-9]),B,B,B,([0-9A-Z]),([0-9]),B,([0-9]{8}),B,([0-9]{3})"
_THIRD = rb"([0-9]{4}),B"


def _line(told: bytes) -> bytes:
    return rb"\x02" + told.replace(b"B", b"(" + _BIT + b")") + rb"\x03\r\n"


_ANSWER = re.compile(_line(_FIRST) + _line(_SECOND) + _line(_THIRD))
_COUNT = (12, 11, 2)  # how many numbers there are in each line


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What a printer says of itself."""

    paper_out: bool
    paused: bool
    formats_waiting: int  # in its memory, not begun
    buffer_full: bool
    partial_format: bool  # a label of which the end has not come
    corrupt: bool
    too_cold: bool
    too_hot: bool
    head_open: bool
    ribbon_out: bool
    label_waiting: bool  # printed, and waiting to be taken off
    labels_remaining: int

    @property
    def faults(self) -> tuple[Trouble, ...]:
        """What somebody has to mend at the printer."""
        told = {
            Trouble.HEAD_OPEN: self.head_open,
            Trouble.PAPER_OUT: self.paper_out,
            Trouble.RIBBON_OUT: self.ribbon_out,
            Trouble.PAUSED: self.paused,
            Trouble.BUFFER_FULL: self.buffer_full,
            Trouble.TEMPERATURE: self.too_cold or self.too_hot,
            Trouble.FAULTY: self.corrupt,
        }
        return tuple(trouble for trouble, there in told.items() if there)

    @property
    def is_idle(self) -> bool:
        """Nothing is left in it of anything."""
        left = self.formats_waiting or self.labels_remaining
        return not (left or self.partial_format or self.label_waiting)

    @property
    def condition(self) -> Condition:
        """Whether a label could be sent now."""
        return Condition(self.faults + (() if self.is_idle else (Trouble.BUSY,)))


def read_status(answer: bytes) -> HostStatus | None:
    """What an answer says; None where it is none, down to the last character."""
    found = _ANSWER.fullmatch(answer) if len(answer) <= LONGEST else None
    if found is None:
        return None
    told, first = found.groups(), _COUNT[0]
    one, two = told[:first], told[first : first + _COUNT[1]]

    def is_so(value: bytes) -> bool:
        return value == b"1"

    return HostStatus(
        paper_out=is_so(one[1]),
        paused=is_so(one[2]),
        formats_waiting=int(one[4]),
        buffer_full=is_so(one[5]),
        partial_format=is_so(one[7]),
        corrupt=is_so(one[9]),
        too_cold=is_so(one[10]),
        too_hot=is_so(one[11]),
        head_open=is_so(two[2]),
        ribbon_out=is_so(two[3]),
        label_waiting=is_so(two[7]),
        labels_remaining=int(two[8]),
    )
