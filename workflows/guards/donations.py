"""A donation number is on record of one collection of one patient."""

from workflows.case import Case, NotTold
from workflows.donations import against, elsewhere
from workflows.labelled import DONATION
from workflows.model import Kind
from workflows.refusal import Refusal


def donation_is_numbered_once(case: Case) -> Refusal | None:
    """The donation number that is given is no other collection's, and one that labels can say."""
    if any(arrival.new.values.get(DONATION) for arrival in case.arrivals):
        # Nobody has looked whose it is; no definition that is checked records it of what is born.
        raise NotTold("donations of what is born")
    collections = [
        turn.subject for turn in case.turns if case.kind_of(turn.subject.machine) is Kind.COLLECTION
    ]
    number = case.given(DONATION)
    if number and len(collections) > 1:
        return elsewhere(collections[0].id)
    return against(case, collections[0].id if collections else "", number)
