"""A donation number is on record of one collection of one patient."""

from workflows.case import Case
from workflows.donations import against
from workflows.labelled import DONATION
from workflows.model import Kind
from workflows.refusal import Refusal


def donation_is_numbered_once(case: Case) -> Refusal | None:
    """The donation number that is given is no other collection's, and one that labels can say."""
    collections = [
        turn.subject for turn in case.turns if case.kind_of(turn.subject.machine) is Kind.COLLECTION
    ]
    return against(case, collections[0].id if collections else "", case.given(DONATION))
