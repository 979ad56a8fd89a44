"""What can become of a label that is sent to a printer: four outcomes, and no fifth (LB-03, LB-04).

Held and refused say that nothing was printed and nothing will be. Unconfirmed says that there may
be no label, one or two.
"""

from dataclasses import dataclass
from enum import StrEnum


class Became(StrEnum):
    """How it ended."""

    PRINTED = "printed"  # the printer says so; that it can be read only a scan of it says
    UNCONFIRMED = "unconfirmed"  # some of it was sent, and nobody said that it came out
    HELD = "held"  # nothing was sent: it can be tried again
    REFUSED = "refused"  # nothing was printed, and trying again changes nothing


class Trouble(StrEnum):
    """What is in the way, in a few words for the person who stands before the printer."""

    PAPER_OUT = "the labels are used up"
    RIBBON_OUT = "the ribbon is used up"
    HEAD_OPEN = "it is open"
    PAUSED = "it is paused"
    BUFFER_FULL = "its memory is full"
    TEMPERATURE = "it is too hot or too cold"
    JAMMED = "a label is stuck"
    STOPPED = "it has stopped"
    BUSY = "it is still printing something else"
    FAULTY = "its memory is damaged"
    NO_CONNECTION = "it is not reached"
    NO_ANSWER = "it does not answer in time"
    BROKEN_OFF = "the connection broke off"
    UNREADABLE = "its answer cannot be read"
    HALF = "it has only a part of the label"
    NOT_DONE = "it did not say that it was done"
    CANCELLED = "the printer cancelled it"
    CERTIFICATE = "its certificate is not one that we trust"
    ADDRESS = "its address is not one that may be spoken to"
    FORMAT = "it does not take this format"
    NOT_TAKEN = "it does not take this label"
    TOO_LONG = "the label is too long to be sent"
    ENDED = "the program ended while it was being sent"
    RESTORED = "it came back from a backup: nobody knows whether it was printed meanwhile"
    VOID = "the label is void"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended, and why so; for what was printed there is no reason."""

    became: Became
    why: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What a printer says of itself; none of the troubles means that it is ready."""

    troubles: tuple[Trouble, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Something could be printed now."""
        return not self.troubles


PRINTED = Outcome(Became.PRINTED)


def held(why: Trouble) -> Outcome:
    """Nothing was sent."""
    return Outcome(Became.HELD, why)


def unconfirmed(why: Trouble) -> Outcome:
    """Something was sent, and nobody knows what came out."""
    return Outcome(Became.UNCONFIRMED, why)


def refused(why: Trouble) -> Outcome:
    """It is not printed, now or later."""
    return Outcome(Became.REFUSED, why)
