"""What a correction opens: the exceptions, and the stop of what lives now of what it puts in doubt.

Of each step that was taken since the value was recorded, up to now, five things are asked:

- would it have been refused, had the right value been known? Its own guards are asked once more,
  with the values as they were known at its time and the time of the step; where things stood, they
  are told as things stand now. What the old value had been refused for too opens nothing new.
- what lives now of what it had in hand or made? That is held where it now stands, with a courier
  or at the bedside, in the entry of the correction itself. Each thing is held once.
- does a label show the old value? Its bag is labelled anew; until then a major exception says so.
- is a donation number not known by now? A major exception asks for the true one.
- was something worked out by the old value, as a dose by the weight? No guard can work it out once
  more, so a critical exception asks people to.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from workflows import consequences, correcting, moves
from workflows.case import Case
from workflows.correcting import Past
from workflows.draft import NewValue
from workflows.facts import Value
from workflows.guards import GUARDS, Guard
from workflows.labelled import DONATION, NOT_KNOWN, known_of, old_values, way_out
from workflows.model import Field, GuardUse
from workflows.moves import Drafting
from workflows.reached import living
from workflows.refusal import Refusal
from workflows.versions import version_at
from workflows.wrong import Wrong

Ask = Callable[[Guard, GuardUse, Case], Refusal | None]


def of_corrections(drafting: Drafting, ask: Ask) -> None:
    """Open what the corrected values of this entry put in doubt; without any, nothing."""
    corrected = [value for value in drafting.values if value.revision > 1]
    if not corrected:
        return
    held: set[str] = set()
    for past in correcting.judged_since(drafting.case, corrected):
        for use, refusal in _refused_now(past, ask):
            _open(drafting, past, use, refusal, ask, held)
    for value, field in _worked_out(drafting.case, corrected):
        of = drafting.case.facts.subjects[value.subject]
        title = drafting.case.title_of(corrected[0].field)
        seen = f"{field.title} was worked out by {title}, which was corrected: work it out anew"
        moves.open_exception(drafting, seen=seen, kind=Wrong.DEVIATION, on=of)
    _of_unknown_donations(drafting, corrected)
    _of_labels(drafting, corrected)


def _of_unknown_donations(drafting: Drafting, corrected: list[NewValue]) -> None:
    """Whoever says of a donation number only that it is wrong leaves it to be found."""
    for one in corrected:
        if one.field == DONATION and one.content == NOT_KNOWN:
            of = drafting.case.facts.subjects[one.subject]
            title = drafting.case.title_of(DONATION)
            seen = f"{title} was corrected to {NOT_KNOWN}: find the true one, and correct it so"
            moves.open_exception(drafting, seen=seen, kind=Wrong.LABEL, of_class="major", on=of)


def _of_labels(drafting: Drafting, corrected: list[NewValue]) -> None:
    """Each label that shows the old value is a discrepancy, until its bag is labelled anew."""
    case, seq = drafting.case, drafting.seq
    revised = (replace(correcting.as_value(one), recorded_in=seq) for one in corrected)
    there = {(v.subject, v.field, v.occurrence): v for v in case.facts.values or ()}
    there |= {(v.subject, v.field, v.occurrence): v for v in revised}
    known = known_of(case, tuple(there.values()))
    for subject, (serial, _issued_in) in (case.facts.labels or {}).items():
        thing = case.facts.subjects[subject]
        # What an earlier correction had made old has its exception already.
        titles = () if case.is_final(thing) else old_values(known, subject, seq - 1)
        for title in titles:
            way = way_out(case.workflow, thing)
            seen = f"The label {serial} shows an old value of {title}: {way}"
            moves.open_exception(drafting, seen=seen, kind=Wrong.LABEL, of_class="major", on=thing)


def _refused_now(past: Past, ask: Ask) -> Iterator[tuple[GuardUse, Refusal]]:
    """Each rule of an earlier step that would have refused, had the right value been known."""
    for use in past.before.action.guards:
        guard = GUARDS[use.name]
        if "values" not in guard.needs and not past.of:
            continue
        before, after = (ask(guard, use, case) for case in (past.before, past.after))
        if after is not None and (before is None or before.code != after.code):
            yield use, after


def _open(
    drafting: Drafting, past: Past, use: GuardUse, refusal: Refusal, ask: Ask, held: set[str]
) -> None:
    """One exception on each thing that is held for it now; one for the therapy where none is."""
    guard = GUARDS[use.name]
    step = f"“{past.before.action.title}” (entry {past.deed.seq})"
    seen = f"{step} would have been refused: {refusal.code}: {refusal.sentence}"
    if guard.bends_to_facts and not guard.about_things:
        # A rule about people and papers harms no thing.
        moves.open_exception(drafting, seen=seen, kind=Wrong.DEVIATION, of_class="major")
        return
    found = living(drafting.case, past, lambda part: ask(guard, use, part) is not None)
    fresh = [thing for thing in found if thing.id not in held]
    for thing in fresh:
        consequences.stop(drafting, thing, seen, Wrong.DEVIATION)
        held.add(thing.id)
    if not fresh:
        moves.open_exception(drafting, seen=seen, kind=Wrong.DEVIATION)


def _worked_out(case: Case, corrected: list[NewValue]) -> Iterator[tuple[Value, Field]]:
    """Each value that was worked out by a corrected one, while that one was the newest."""
    for value in case.facts.values or ():
        field = _field_of(case, value)
        if field and any(_was_used(case, field, value, one) for one in corrected):
            yield value, field


def _field_of(case: Case, value: Value) -> Field | None:
    """What the version by which it was recorded says of it."""
    then = version_at(value.occurrence - 1, case.workflow, case.facts.earlier)
    every = (field for action in then.actions.values() for field in action.fields)
    return next((field for field in every if field.name == value.field and field.uses), None)


def _was_used(case: Case, field: Field, value: Value, one: NewValue) -> bool:
    before = [
        other.occurrence
        for other in case.occasions(one.subject, one.field)
        if other.occurrence < value.occurrence
    ]
    return one.field in field.uses and bool(before) and max(before) == one.occurrence
