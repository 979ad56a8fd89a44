"""Which entries are looked at first when the trail is reviewed, and why: one list (A11d-12.7).

Whoever reads ten thousand entries in a row finds nothing in them. So a reviewer is shown first what
went otherwise than it is meant to go: what was refused, told late, typed, printed again, corrected,
let through or stopped. What an entry says decides, and nothing else, so that everybody finds the
same. The list is part of docs/audit-trail.md.
"""

from collections.abc import Iterator
from enum import StrEnum

from coi.ledger.registered import ERASE_AGAIN
from coi.services.decoding import Content
from coi.services.scanning import TYPED
from workflows.alarms import AlarmDeed
from workflows.label_life import LabelDeed
from workflows.shift import NOT_HANDED_OVER


class Unusual(StrEnum):
    """Why an entry is looked at first, as it is called in addresses and in the interface."""

    EMERGENCY = "emergency"
    REFUSED = "refused"
    UNREAD = "unread"
    MISMATCH = "mismatch"
    EXCEPTION = "exception"
    RULES_BROKEN = "rules-broken"
    DISPENSATION = "dispensation"
    OUT_OF_LIMITS = "out-of-limits"
    STOPPED = "stopped"
    LATE = "late"
    COPIED = "copied"
    TYPED = "typed"
    REPRINTED = "reprinted"
    CORRECTED = "corrected"
    MOVED = "moved"
    TAKEN_OVER = "taken-over"
    WARNED = "warned"
    ESCALATED = "escalated"
    CLOCK = "clock"
    IN_DOUBT = "in-doubt"
    ERASED = "erased"
    ACCESS = "access"


WORDS: dict[Unusual, str] = {
    Unusual.EMERGENCY: "a name was read in an emergency",
    Unusual.REFUSED: "refused",
    Unusual.UNREAD: "a code could not be read",
    Unusual.MISMATCH: "two therapies were mixed up",
    Unusual.EXCEPTION: "an exception was opened",
    Unusual.RULES_BROKEN: "rules did not hold",
    Unusual.DISPENSATION: "a dispensation",
    Unusual.OUT_OF_LIMITS: "out of limits",
    Unusual.STOPPED: "stopped, or let go on",
    Unusual.LATE: "entered late",
    Unusual.COPIED: "copied from paper",
    Unusual.TYPED: "typed, not scanned",
    Unusual.REPRINTED: "printed again",
    Unusual.CORRECTED: "a value was corrected",
    Unusual.MOVED: "moved to other rules",
    Unusual.TAKEN_OVER: "a step was taken over, and not handed over",
    Unusual.WARNED: "went on in spite of a warning",
    Unusual.ESCALATED: "an alarm went on to others",
    Unusual.CLOCK: "the clock, or nothing was recorded",
    Unusual.IN_DOUBT: "the record was in doubt, or put back",
    Unusual.ERASED: "something was erased, or was to be",
    Unusual.ACCESS: "a wrong password, a lock, a new secret, a session put out",
}
"""The same in words."""

_OF_KIND = {
    "refused": Unusual.REFUSED,
    "incident": Unusual.MISMATCH,
    "hold": Unusual.STOPPED,
    "lift": Unusual.STOPPED,
    "late": Unusual.LATE,
    "transcribed": Unusual.COPIED,
    "migrate": Unusual.MOVED,
}
OF_ACTION = {
    "break_glass": Unusual.EMERGENCY,
    "review_break_glass": Unusual.EMERGENCY,
    "correct_value": Unusual.CORRECTED,
    AlarmDeed.ESCALATE.value: Unusual.ESCALATED,
    LabelDeed.REPRINT.value: Unusual.REPRINTED,
    "check_clock": Unusual.CLOCK,
    "clock_stepped": Unusual.CLOCK,
    "accept_clock": Unusual.CLOCK,
    "not_recording": Unusual.CLOCK,
    "verification_failed": Unusual.IN_DOUBT,
    "captures_forked": Unusual.IN_DOUBT,
    "accept_findings": Unusual.IN_DOUBT,
    "restore": Unusual.IN_DOUBT,
    "replace_checkpoint_key": Unusual.IN_DOUBT,
    "erase_patient": Unusual.ERASED,
    "erase_code_tables": Unusual.ERASED,
    ERASE_AGAIN: Unusual.ERASED,
    "refuse_erasure": Unusual.ERASED,
    "refuse_sign_in": Unusual.ACCESS,
    "lock_account": Unusual.ACCESS,
    "lock_beside": Unusual.ACCESS,
    "unlock_account": Unusual.ACCESS,
    "refuse_pin": Unusual.ACCESS,
    "refuse_badge": Unusual.ACCESS,
    "refuse_sign_on": Unusual.ACCESS,
    "lock_pin": Unusual.ACCESS,
    "new_secret": Unusual.ACCESS,
    "end_session": Unusual.ACCESS,
    "replace_session": Unusual.ACCESS,
}
"""The actions that are out of the common by themselves, each with its reason."""
_OF_NOTICE = {
    "LATE_ENTRY": Unusual.LATE,
    "TYPED": Unusual.TYPED,
    "RULES_BROKEN": Unusual.RULES_BROKEN,
    NOT_HANDED_OVER.code: Unusual.TAKEN_OVER,
}
_OPENS, _DISPENSES = "open_exception", "dispensation"
_FIRST = "1"


def unusual_in(content: Content) -> tuple[Unusual, ...]:
    """Why an entry is looked at first, in the order of the list; nothing where it is not."""
    found = {*_of_its_sort(content), *_of_its_parts(content), *_of_its_prints(content)}
    return tuple(one for one in Unusual if one in found)


def _of_its_sort(content: Content) -> Iterator[Unusual]:
    """By its kind and its action, and by the warnings that were given."""
    if content["kind"] in _OF_KIND:
        yield _OF_KIND[content["kind"]]
    if content["action"] in OF_ACTION:
        yield OF_ACTION[content["action"]]
    for code in content.get("notices", ()):
        yield _OF_NOTICE.get(code, Unusual.WARNED)


def _of_its_parts(content: Content) -> Iterator[Unusual]:
    """By what was scanned, moved and recorded."""
    if "unread_1" in content.get("notes", {}):
        yield Unusual.UNREAD
    if any(scan["how"] == TYPED for scan in content.get("scans", ())):
        yield Unusual.TYPED
    if any(turn["how"] == TYPED for turn in content.get("label_turns", ())):
        yield Unusual.TYPED
    for move in content.get("moves", ()):
        if move["action"] == _OPENS:
            yield Unusual.EXCEPTION
        if move["machine"] == _DISPENSES:
            yield Unusual.DISPENSATION
    if any(value["within"] == "no" for value in content.get("values", ())):
        yield Unusual.OUT_OF_LIMITS


def _of_its_prints(content: Content) -> Iterator[Unusual]:
    """By what was printed, where it is not the first of its sort."""
    again = any("replaces" in label for label in content.get("labels", ()))
    again = again or any(band["issue"] > 1 for band in content.get("wristbands", ()))
    if again or content.get("document", {}).get("copy", _FIRST) != _FIRST:
        yield Unusual.REPRINTED
