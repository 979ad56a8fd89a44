"""Another's label on a container of ours: its code is recorded once, and identifies nothing.

A manufacturer's own label stays on the bag beside ours. Whoever scans it later is told whose bag it
is on, and that ours is to be scanned. One code is on one container, for ever: found elsewhere, it
is a mix-up.
"""

from collections.abc import Iterable

from workflows.case import Case, NotTold
from workflows.draft import Mismatch, Strange
from workflows.facts import OverLabel
from workflows.refusal import OVER_LABEL_OF_ANOTHER, Refusal

OVER_LABEL = "over_label"
"""The field of the code; the record keeps it as a commitment that is equal for equal codes."""
WHOSE = "over_label_of"
"""The field that says whose label it is."""
ON_NOTHING_ELSE = "over_label_is_on_nothing_else"
"""The guard that every step with such a field asks."""
ELSEWHERE = "OVER_LABEL_ELSEWHERE"


def recorded_already(case: Case) -> tuple[OverLabel, ...]:
    """Where the code that is given stands on record already; a case that was not told refuses."""
    if case.facts.over_labels is None:
        raise NotTold("over_labels")
    return case.facts.over_labels


def against(case: Case, subject: str) -> Refusal | None:
    """What stands against this code on this container."""
    found = recorded_already(case)
    strange = next((one for one in found if one.subject != subject), None)
    if strange is not None:
        return Refusal(
            ELSEWHERE,
            f"STOP. This label is on record of {_whose(case, strange)}",
            "Put this container aside, and everything beside it. Call QA",
        )
    if found:
        return Refusal(
            "OVER_LABEL_RECORDED",
            f"This label is on record of {subject} already",
            "Nothing is to be done; at a step scan the label that this system printed",
        )
    return None


def scanned_in_our_place(case: Case) -> Refusal | None:
    """Another's label was scanned where ours is asked for; None where none was."""
    scanned = case.facts.over_labels_scanned
    strange = next((one for one in scanned if one.coi != case.facts.therapy.coi), None)
    if strange is not None:
        return Refusal(
            OVER_LABEL_OF_ANOTHER,
            f"STOP. This is another's label, on record of {_whose(case, strange)}",
            "Put this container aside; call the coordinator",
        )
    return scanned_for_ours(scanned[0]) if scanned else None


def scanned_for_ours(found: OverLabel) -> Refusal:
    """Another's label identifies nothing: ours on the same container is asked for."""
    return Refusal(
        "OVER_LABEL",
        f"This is another's label on {found.subject}, and identifies nothing",
        "Scan the label that this system printed, on the same container",
    )


def _whose(case: Case, found: OverLabel) -> str:
    own = case.facts.therapy
    if found.coi == own.coi:
        return found.subject
    if found.patient == own.patient:
        return "another therapy of the same patient"
    return "another patient's container"


def found_elsewhere(found: Iterable[OverLabel], coi: str) -> tuple[Mismatch, ...]:
    """Each other therapy on whose container the code is on record: it is told."""
    return tuple(
        Mismatch(one.coi, one.subject, what=Strange.OVER_LABEL) for one in found if one.coi != coi
    )
