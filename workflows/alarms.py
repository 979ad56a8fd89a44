"""Which alarms there are: what each says, who owns it, what is done about it, and who is told next.

An alarm is planned as soon as it is known when it would ring, and rings when nobody has done by
then what ends it. Nothing is unlocked or barred by one (BD-19): the rules of each step are guards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from workflows.model import Verb


class AlarmDeed(StrEnum):
    """What is put on record of an alarm; the first three by the product itself."""

    RAISE = "raise_alarm"
    ESCALATE = "escalate_alarm"
    END = "end_alarm"
    ACKNOWLEDGE = "acknowledge_alarm"


TITLES: dict[str, str] = {
    AlarmDeed.RAISE: "An alarm rings",
    AlarmDeed.ESCALATE: "An alarm goes on to who answers for the whole",
    AlarmDeed.END: "An alarm has ended",
    AlarmDeed.ACKNOWLEDGE: "Somebody has heard an alarm",
}


class Key(NamedTuple):
    """Which alarm: of which therapy and kind, of what, since when, and when it was to ring."""

    chain: str
    kind: str
    subject: str
    since: str
    rings_at: str


OVERSEERS = ("coordinator", "qa_reviewer")
"""Who sees every alarm of a therapy, and to whom each goes on when its owner does not end it."""

LEADS = ("coordinator", "treating_physician")
"""Who leads a site that treats: called with quality assurance of what is critical (BD-03)."""


class Level(StrEnum):
    """Whether something may come to harm at once, or goes wrong slowly."""

    ALARM = "alarm"
    WARNING = "warning"


MOST_WARNINGS = 3
"""Whoever is warned of everything hears nothing: there are no more kinds of warnings (BD-16)."""


class Rings(StrEnum):
    """The kinds of alarms, as they are called in the record, in addresses and in events."""

    CRITICAL = "critical-exception"
    BEDSIDE_CHECK = "bedside-check"
    THAW_WINDOW = "thaw-window"
    SHIPPER = "shipper-hold-time"
    EXPIRY = "expiry"
    STEP = "step-overdue"
    LOGGER = "logger-reading"
    LABEL = "label-unaccounted"


@dataclass(frozen=True, slots=True)
class AlarmKind:
    """One kind: how grave it is, what it says of its subject, and what is done about it."""

    level: Level
    title: str
    awaited: str  # what is awaited until it rings; '' for the step itself
    sentence: str  # of its subject
    next_step: str
    ends: str  # what ends it; nothing else does
    verb: Verb | None = None  # the step whose roles own it; None for who has the thing in hand


CRITICAL_ESCALATES = timedelta(minutes=15)
"""It rings at once; what does not belong together is no matter of waiting (BD-03)."""

CHECK_AFTER = timedelta(minutes=15)
CHECK_ESCALATES = timedelta(minutes=60)
"""What was thawed or issued, and when somebody else is told that it was not checked (BD-09)."""

THAW_ESCALATES = timedelta(minutes=15)
READING_AFTER = timedelta(hours=1)
READING_ESCALATES = timedelta(hours=24)
LABEL_AFTER = timedelta(hours=24)
LABEL_ESCALATES = timedelta(hours=96)
"""From when the label was void."""

STEP_ESCALATES = timedelta(minutes=15), timedelta(hours=24)
"""A step that is overdue goes on after as long as it may take; no sooner and no later than this."""

OF_SHELF_LIFE = 10
"""It rings when a tenth of the shelf life is left: two hours of a day, five weeks of a year."""

KINDS: Mapping[Rings, AlarmKind] = {
    Rings.CRITICAL: AlarmKind(
        Level.ALARM,
        "Critical exception, taken on by nobody",
        "Critical exception: quality assurance takes it on",
        "is critical, as where a bag or a patient does not belong here; nobody has taken it on.",
        "Use nothing of it, keep it apart, and have quality assurance take the exception on.",
        "that somebody takes it on, its closing, or a lower class",
        Verb.TAKE_ON,
    ),
    Rings.BEDSIDE_CHECK: AlarmKind(
        Level.ALARM,
        "Thawed or issued, not checked at the bedside",
        "Check at the bedside",
        "was thawed or issued, and bag and patient were not checked together since.",
        "Check bag and patient at the bedside now, or hand the bag back.",
        "the bedside check, its return, or its destruction",
        Verb.CHECK,
    ),
    Rings.THAW_WINDOW: AlarmKind(
        Level.ALARM,
        "Thaw window over",
        "The thaw window ends",
        "was thawed too long ago, and is not in.",
        "Do not infuse it: call the physician and quality assurance, who decide.",
        "the end of the infusion, or the decision not to infuse",
        Verb.ADMINISTER,
    ),
    Rings.SHIPPER: AlarmKind(
        Level.ALARM,
        "Shipper grows warm",
        "The shipper grows warm",
        "is in a shipper whose hold time ends.",
        "Call whoever has it: unpack it, or repack it into a fresh shipper.",
        "unpacking",
    ),
    Rings.EXPIRY: AlarmKind(
        Level.ALARM,
        "Expires soon",
        "A tenth of the shelf life is left",
        "expires soon, and was not used.",
        "Use it before it expires, or have the physician and quality assurance decide.",
        "its use, its rejection, its destruction, or a later expiry",
    ),
    Rings.STEP: AlarmKind(
        Level.WARNING,
        "Step overdue",
        "",
        "waits for a step that should have been taken.",
        "Take the step, or say why it cannot be taken.",
        "the step, or another that takes its place",
    ),
    Rings.LOGGER: AlarmKind(
        Level.WARNING,
        "Reading of the logger missing",
        "Reading of the logger",
        "travelled with a temperature logger, and nobody has recorded what it measured.",
        "Read the logger out before what came in the shipper is inspected.",
        "the reading, or the inspection of all that came",
        Verb.INSPECT,
    ),
    Rings.LABEL: AlarmKind(
        Level.WARNING,
        "Void label unaccounted for",
        "Account for a void label",
        "is a void label, and nobody has said where each piece of it is.",
        "Find every piece, and account for the label on the list of labels.",
        "the account of every piece",
    ),
}
"""What each kind says. `docs/alarms.md` lists them; none may be without an owner or a next step."""
