"""Out of specification, and supplied all the same: what has to be on record first.

EU GMP Part IV, 11.5: where a patient has nothing else, the manufacturer evaluates the risk, and the
treating physician, who knows it, asks for the product and accepts it. What proves whose cells they
are is never waived.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from workflows.case import Case, NotTold, Turn
from workflows.facts import Deed, Subject, Value
from workflows.guards.quality import OUT, outside
from workflows.guards.time import WITHDRAWN, was_withdrawn_since
from workflows.labelled import SAYS, known_of, old_values
from workflows.model import ActionName, Choice, FieldName, Kind, Relation, TestName, Verb
from workflows.refusal import Refusal
from workflows.treating import TREATING

OUT_OF_SPECIFICATION = "out of specification"
"""What is recorded of a bag that was labelled anew: the label prints it."""


def something_is_out_of_specification(case: Case) -> Refusal | None:
    """The newest result of at least one test lies outside its limits."""
    if any(outside(case, list(case.workflow.tests))):
        return None
    return Refusal(
        "WITHIN_SPECIFICATION",
        "No result of the lot lies outside its limits",
        "Release it, or record the result first",
    )


def these_results_are_within_limits(case: Case, *, tests: Sequence[TestName]) -> Refusal | None:
    """No newest result of these tests, for which nothing makes up, lies outside its limits."""
    for title, value in outside(case, tests):
        return Refusal(
            "NEVER_SUPPLIED",
            f"STOP. {title} is {value.content}; nothing makes up for that",
            "Reject the lot, and open an exception",
        )
    return None


def these_are_on_record(case: Case, *, fields: Sequence[FieldName]) -> Refusal | None:
    """Each of these was recorded of the lot before."""
    for lot in _lots(case):
        missing = [name for name in fields if case.value(lot.id, name) is None]
        if missing:
            return Refusal(
                "NOT_ON_RECORD",
                f"Not on record yet: {', '.join(map(case.title_of, missing))}",
                "Whoever answers for it records it first",
            )
    return None


def this_was_answered(case: Case, *, field: FieldName, answer: Choice) -> Refusal | None:
    """The newest answer to this field of the lot is the one that lets it go on."""
    for lot in _lots(case):
        value = case.value(lot.id, field)
        if value is None or value.content != answer:
            return Refusal(
                "ANSWERED_OTHERWISE",
                f"{case.title_of(field)}: {value.content if value else 'nothing is on record'}",
                "Reject the lot, or ask for a new opinion",
            )
    return None


def these_came_in_order(case: Case, *, actions: Sequence[ActionName]) -> Refusal | None:
    """The newest of each of these steps of the lot came after the newest of the one before.

    What a step recorded and was corrected since is known since the correction.
    """
    for lot in _lots(case):
        done = [(name, case.last_deed(name, lot.id)) for name in actions]
        for (earlier, before), (later, after) in pairwise(done):
            if after is None or before is None or after.seq < _known_since(case, before, lot):
                titles = [case.workflow.actions[name].title for name in (earlier, later)]
                return Refusal(
                    "KNOWN_TOO_LATE",
                    f"“{titles[1]}” has to come after “{titles[0]}”",
                    f"Take “{titles[1]}” once more, now that all is known",
                )
    return None


def _known_since(case: Case, deed: Deed, lot: Subject) -> int:
    """The entry of a step, or of the newest correction of what such a step records of the lot."""
    action = case.workflow.actions[deed.action]
    named = {field.name for field in action.fields}
    named |= set(case.workflow.tests) if action.verb is Verb.TEST else set()
    revised = (v for v in case.facts.values or () if v.subject == lot.id and v.revision > 1)
    return max([deed.seq, *(v.recorded_in for v in revised if v.field in named)])


def newest_is_meant(case: Case, *, given: FieldName, recorded: FieldName) -> Refusal | None:
    """What is given is what was recorded last of the lot: it was read, and not an older one."""
    for lot in _lots(case):
        value = case.value(lot.id, recorded)
        if value is None or case.given(given) != value.content:
            return Refusal(
                "NOT_THE_NEWEST",
                f"{case.title_of(recorded)}: “{case.given(given)}” is not the newest",
                "Read the newest one, and give its number",
            )
    return None


def consent_still_stands(case: Case, *, recorded: FieldName) -> Refusal | None:
    """What the patient consented to of the lot was not withdrawn since."""
    for lot in _lots(case):
        consent = case.value(lot.id, recorded)
        if consent is not None and was_withdrawn_since(case, consent):
            return WITHDRAWN
    return None


def who_treats_has_asked(case: Case, *, fields: Sequence[FieldName]) -> Refusal | None:
    """Each of these was recorded of the lot since the hospital that treats has the patient."""
    named = case.occasions(case.facts.therapy.coi, TREATING)
    since = max((value.occurrence for value in named), default=0)
    for lot in _lots(case):
        for value in filter(None, (case.value(lot.id, name) for name in fields)):
            if value.occurrence < since:
                return Refusal(
                    "ASKED_ELSEWHERE",
                    f"{case.title_of(value.field)}: another hospital treats since",
                    "The physician who treats now asks for the lot, and accepts its risk",
                )
    return None


def label_is_to_be_replaced(case: Case, *, says: FieldName) -> Refusal | None:
    """Each bag is out of specification and is labelled so, or its label shows an old value."""
    for turn in case.turns_of(Kind.CONTAINER):
        is_out = any(_is_out(case, turn.subject))
        told = case.given(says)
        if is_out and told:
            continue
        if told or not _shows_old_values(case, turn):
            return _leave_it(turn.subject.id, told)
    return None


def _leave_it(bag: str, told: str) -> Refusal:
    code, sentence = "LABEL_IS_RIGHT", f"The label of {bag} shows what is recorded"
    if told:
        code = "NOT_OUT_OF_SPECIFICATION"
        sentence = f"{bag} comes from no lot that was released out of specification"
    return Refusal(code, sentence, "Leave its label as it is")


def _shows_old_values(case: Case, turn: Turn) -> bool:
    if turn.label is None or not turn.label.may_be_old:
        return False
    known = known_of(case, _values(case))
    return bool(old_values(known, turn.subject.id, turn.label.issued_in))


def _values(case: Case) -> tuple[Value, ...]:
    if case.facts.values is None:
        raise NotTold("values")
    return case.facts.values


def disposition_is_on_the_label(case: Case) -> Refusal | None:
    """Each product from a lot out of specification carries a label that says so."""
    for turn in case.turns_of(Kind.CONTAINER):
        value = case.value(turn.subject.id, SAYS)
        says = value.content if value else ""
        if any(_is_out(case, turn.subject)) and says != OUT_OF_SPECIFICATION:
            return Refusal(
                "LABEL_SAYS_NOTHING",
                f"The label of {turn.subject.id} does not say that it is out of specification",
                "Label the bag anew first",
            )
    return None


def _is_out(case: Case, product: Subject) -> Iterator[bool]:
    """For each lot that it was made of: whether that was released out of specification."""
    parents = case.parents(product.id, Relation.MADE_OF)
    lots = (parent for parent in parents if case.kind_of(parent.machine) is Kind.LOT)
    return (lot.position.state == OUT for lot in lots)


def _lots(case: Case) -> Iterator[Subject]:
    return (turn.subject for turn in case.turns_of(Kind.LOT))
