"""How long there has been a record, and what casts a doubt on its times, as a document says it.

Whoever is shown a trail asks since when there is one (WL-03), whether it had pauses (WL-02), and
whether the clock was right (CL-04).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from coi.reports.custody_contents import Recording
from coi.reports.flow import SMALL, Cell, Text
from coi.reports.printable import Style
from coi.reports.wording import utc

TITLE: Final = "Recorded"
_MOST: Final = 20
_ALARM: Final = Style(face="bold", size=9, leading=12)


def recording(told: Recording, generated_at: datetime) -> Cell:
    """The words beside the title; its age is that at the moment of the document."""
    days = (generated_at - told.began_at).days
    age = f"Since {utc(told.began_at)} there is a record here: for {days} days."
    return Text(age), *(Text(f"{one}.", _ALARM) for one in _warnings(told)), *_gaps(told)


def _warnings(told: Recording) -> Iterator[str]:
    if told.clock_in_doubt:
        yield f"CLOCK IN DOUBT: {told.clock_in_doubt}"
    for server, since in told.alone:
        yield f"CLOCK FOLLOWS NO OTHER: that of {server}, since {utc(since)}"


def _gaps(told: Recording) -> Iterator[Text]:
    """What was not recorded while the document's matter went on, the newest first."""
    for server, since, until in told.gaps[:_MOST]:
        yield Text(f"Not recording from {utc(since)} to {utc(until)}, on {server}.", SMALL)
    if len(told.gaps) > _MOST:
        yield Text(f"And {len(told.gaps) - _MOST} times more; the record lists them.", SMALL)
