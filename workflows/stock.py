"""What a stock-take finds: each label against the record, and what a therapy is told of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows import moves
from workflows.case import Case
from workflows.draft import Draft
from workflows.facts import Facts, Request, Subject
from workflows.model import Workflow
from workflows.wrong import Wrong


class Finding(StrEnum):
    """What the record says of a thing that was scanned, or was not."""

    FOUND = "found"
    UNPLACED = "found, no place on record"
    ELSEWHERE = "elsewhere"
    NOT_HERE = "not here"
    DEAD = "dead label"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"  # of another site: nobody here is told that it is known
    MISSING = "missing"
    MOVED = "moved meanwhile"


STOPS = frozenset({Finding.NOT_HERE, Finding.DEAD})
"""What stops the hand: it is not what it looks like, or should not be here at all."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing with which the freezer and the record differ."""

    finding: Finding
    subject: str
    serial: str
    place: str = ""  # where the record says that it is
    where: str = ""  # where it was looked for or found


_TOLD = {
    Finding.MISSING: (Wrong.DEVIATION, "major", "{serial} was not found at {where}"),
    Finding.ELSEWHERE: (
        *(Wrong.DEVIATION, "minor"),
        "{serial} was found at {where}; the record says {place}",
    ),
    Finding.NOT_HERE: (
        *(Wrong.DEVIATION, "major"),
        "{serial} was found at {where}; by the record it is not there",
    ),
    Finding.FOREIGN: (
        *(Wrong.DEVIATION, "major"),
        "{serial} was found at another site; by the record it is not there",
    ),
    Finding.DEAD: (Wrong.LABEL, "major", "The dead label {serial} was found at {where}"),
}
"""The kind and the class of the exception that each opens, and what was seen."""


def is_discrepancy(finding: Finding) -> bool:
    """The therapy of the thing is told of it."""
    return finding in _TOLD


COUNTED = "counted"
"""The field of an exception by which the next stock-take knows what it was opened for."""


def differing(
    workflow: Workflow, request: Request, facts: Facts, found: Iterable[Discrepancy]
) -> Draft:
    """What a therapy records of a stock-take: one open exception for each thing that differs.

    What the last count opened and nobody has closed yet is told again in that exception. Nothing
    moves.
    """
    case = Case(workflow, workflow.actions[moves.OPEN_EXCEPTION], request, facts)
    drafting = moves.Drafting(case, "incident")
    told = _told_before(case)
    for one in found:
        kind, of_class, words = _TOLD[one.finding]
        seen = f"Stock-take: {words.format(serial=one.serial, where=one.where, place=one.place)}"
        on = facts.subjects[one.subject]
        before = told.get((on.id, _counted(one)))
        if before:
            again = f"{seen}; counted again, and told before"
            drafting.record(before.id, "seen", again, confidential=True)
        else:
            opened = moves.open_exception(drafting, seen=seen, kind=kind, of_class=of_class, on=on)
            drafting.record(opened.id, COUNTED, _counted(one))
    return drafting.finished()


def _counted(one: Discrepancy) -> str:
    """What is wrong with the thing; of two dead labels each is wrong by itself."""
    is_label = one.finding is Finding.DEAD
    return f"{one.finding.value} {one.serial}" if is_label else one.finding.value


def _told_before(case: Case) -> Mapping[tuple[str | None, str], Subject]:
    """The open exceptions of earlier stock-takes: on which thing, and for what."""
    subjects = case.facts.subjects
    counted = [value for value in case.facts.values or () if value.field == COUNTED]
    return {
        (subjects[value.subject].origin, value.content): subjects[value.subject]
        for value in counted
        if not case.is_final(subjects[value.subject])
    }
