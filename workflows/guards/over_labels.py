"""Another's label on a container of ours is on record once."""

from workflows.case import Case
from workflows.over_labels import against
from workflows.refusal import Refusal


def over_label_is_on_nothing_else(case: Case) -> Refusal | None:
    """The code of another's label is recorded of one scanned container, and never twice."""
    if len(case.turns) != 1:
        return Refusal(
            "ONE_AT_A_TIME",
            "One label is compared with one container",
            "Scan our label on one container, then the other's label beside it",
        )
    return against(case, case.turns[0].subject.id)
