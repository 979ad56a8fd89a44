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

_AT_THE_BED = frozenset({Verb.CHECK, Verb.ADMINISTER})


def stays_with_its_people(action: Action) -> bool:
    """It is done at the patient, and is begun again rather than handed over."""
    touches = any(rule.patient for rule in action.moves)
    return touches or action.asks(IDENTIFIES) or action.verb in _AT_THE_BED
