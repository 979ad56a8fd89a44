"""A step under way changes hands at a shift change: what it is called, and what stays.

What is checked at the patient stays with those who check: it is begun again, and never handed over.
"""

from typing import Final

from workflows.fields import IDENTIFIES
from workflows.model import Action, Verb
from workflows.refusal import Notice

HAND_OVER: Final = "hand_over_step"
TAKE_OVER: Final = "take_over_step"
TITLES = {
    HAND_OVER: "A step under way was handed over",
    TAKE_OVER: "A step under way was taken over",
}
KIND: Final = "shift"
"""What the document of both says that it is."""

HANDED_OVER, TAKEN_OVER = "handed over", "taken over"
"""What each of the two signs."""

TOOK_PART: Final = "took_part"
"""The field that names who had a step in hand before it was handed over."""

NOT_HANDED_OVER = Notice("NOT_HANDED_OVER", "It was taken over without being handed over")

NAMES = {
    "done": "What is done",
    "remains": "What remains",
    "because": "Why it was taken over without being handed over",
}
"""What the two entries say in words, and what it is called where it is shown."""

PAIR = 2
_AT_THE_BED = frozenset({Verb.CHECK, Verb.ADMINISTER})


def stays_with_its_people(action: Action) -> bool:
    """It is done at the patient, and is begun again rather than handed over."""
    return is_at_the_patient(action) or action.verb in _AT_THE_BED


def is_at_the_patient(action: Action) -> bool:
    """The patient is asked who they are, or their wristband is scanned."""
    return action.asks(IDENTIFIES) or any(rule.patient for rule in action.moves)


def is_checked_by_two(action: Action, country: str) -> bool:
    """Two sign it at the patient, and each checks without seeing what the other found."""
    return is_at_the_patient(action) and len(action.signatures_for(country)) == PAIR
