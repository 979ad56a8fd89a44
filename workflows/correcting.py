"""A recorded value is corrected: a new revision with its reason, and what it touches is asked anew.

The old revision stays. Whatever was judged by it since is judged once more by the new one, and each
rule that then would have refused is a critical exception: what it let pass stands still.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from workflows import donations, quality
from workflows.alarms import AlarmDeed
from workflows.case import Arrival, Case, Turn
from workflows.draft import NewValue
from workflows.facts import Deed, NewSubject, Subject, Value
from workflows.fields import Unreadable, read
from workflows.label_life import LabelDeed
from workflows.labelled import DONATION
from workflows.model import Action, Field, FieldKind, Kind, QualityTest, Verb, Workflow
from workflows.on_paper import OF_THE_ENGINE
from workflows.over_labels import OVER_LABEL, against
from workflows.refusal import Refusal
from workflows.shift import TITLES as SHIFT
from workflows.told_by_others import TAKE_STATEMENT
from workflows.versions import Earlier, version_at

WHICH, CONTENT, REASON = NAMES = ("which", "content", "reason")
"""What the request says: the revision that is corrected, the right content, and why."""

_OF_THE_ENGINE = frozenset({Kind.EXCEPTION, Kind.DISPENSATION})
"""What stands still, and what is dispensed with, is changed by steps of its own."""
_BOUND = frozenset({FieldKind.UNIT, FieldKind.EQUIPMENT, FieldKind.FILE})
"""What is no text that somebody could have typed otherwise."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A value as it stands, with what the definition says of it."""

    value: Value
    field: Field | None  # None for a test
    test: QualityTest | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.test.title if self.test else self.field.title if self.field else ""

    @property
    def address(self) -> str:
        """How a request says which revision it means."""
        value = self.value
        return f"{value.subject} {value.field} {value.occurrence} {value.revision}"


def correctable(
    workflow: Workflow,
    subjects: Mapping[str, Subject],
    values: Iterable[Value],
    earlier: Sequence[Earlier] = (),
) -> Iterator[Recorded]:
    """The newest revision of each value that can be corrected, in the order of recording.

    Each is read and judged as the version says by which it was recorded first.
    """
    newest: dict[tuple[str, str, int], Value] = {}
    for value in values:
        key = (value.subject, value.field, value.occurrence)
        if key not in newest or newest[key].revision < value.revision:
            newest[key] = value
    for value in newest.values():
        then = version_at(value.occurrence - 1, workflow, earlier)
        machine = then.machines[subjects[value.subject].machine]
        test, field = then.tests.get(value.field), _fields_of(then).get(value.field)
        # Who takes part follows from a unit: it is changed by a step that moves the rights along.
        # What was used was judged by its register: another piece is told by an exception. So is
        # another file, whose content would have to be handed in.
        is_bound = field is not None and field.kind in _BOUND
        if (test or field) and machine.kind not in _OF_THE_ENGINE and not is_bound:
            yield Recorded(value, field, test)


def _fields_of(workflow: Workflow) -> Mapping[str, Field]:
    return {f.name: f for action in workflow.actions.values() for f in action.fields}


def meant(case: Case) -> Recorded | None:
    """The value that the request means, at the revision that it has seen; or None."""
    which = case.request.values.get(WHICH, "")
    return next((one for one in _recorded(case) if one.address == which), None)


def _recorded(case: Case) -> Iterator[Recorded]:
    facts = case.facts
    return correctable(case.workflow, facts.subjects, facts.values or (), facts.earlier)


def problems(case: Case) -> Iterator[Refusal]:
    """Everything for which the value cannot be corrected so."""
    found = meant(case)
    if not case.given(REASON):
        yield Refusal("REASON_MISSING", "A correction says why", "Give the reason")
    if found is None:
        yield Refusal(
            "VALUE_UNKNOWN",
            "This value is not on record, or was corrected meanwhile",
            "Look at the values again, and choose the one that is wrong",
        )
        return
    if not _may_correct(case, found):
        yield Refusal(
            "NOT_YOURS_TO_CORRECT",
            f"{found.title} is recorded by others than {case.request.actor.username}",
            "Whoever may record it corrects it: nobody corrects what another has to judge",
        )
    try:
        content = _content(found, case.given(CONTENT))
    except Unreadable as error:
        yield Refusal("CONTENT_UNREADABLE", f"{found.title} {error}", "Give the right content")
        return
    if refusal := _of_something_else(case, found, content):
        yield refusal
    elif content == found.value.content:
        yield Refusal("UNCHANGED", f"{found.title} is {content} already", "Nothing is to be done")


def _of_something_else(case: Case, found: Recorded, content: str) -> Refusal | None:
    """By no correction does the code of a label, or a donation's number, come to stand twice."""
    if found.value.field == OVER_LABEL:
        return against(case, found.value.subject)
    if found.value.field == DONATION:
        return donations.against(case, found.value.subject, content)
    return None


def _may_correct(case: Case, found: Recorded) -> bool:
    """The actor holds a role here by which the value could be recorded."""
    then = _version(case, found.value.occurrence - 1)
    recording = [a for a in then.actions.values() if _records(a, found)]
    roles = {who.role for action in recording for who in action.who}
    return any(case.request.actor.has_role(role, case.request.unit.id) for role in roles)


def _version(case: Case, seq: int) -> Workflow:
    return version_at(seq, case.workflow, case.facts.earlier)


def _records(action: Action, found: Recorded) -> bool:
    if found.test:
        return action.verb is Verb.TEST
    return any(field.name == found.value.field for field in action.fields)


def _content(found: Recorded, text: str) -> str:
    """The canonical text; raises `Unreadable` with the reason."""
    if found.test:
        if reason := quality.wrong_result(found.test, text):
            raise Unreadable(reason)
        return text
    if found.field is None:  # pragma: no cover - only what has a field or a test is correctable
        raise Unreadable("is recorded by no action")
    return read(found.field, text)


# -- what is written -------------------------------------------------------------------------------


def revisions(case: Case) -> tuple[NewValue, ...]:
    """The new revision; and those of the results that are judged by it, where they change."""
    found = meant(case)
    if found is None:  # `problems` has refused before
        raise LookupError(WHICH)
    text, reason = _content(found, case.given(CONTENT)), case.given(REASON)
    # A result is judged by the weight as it is now known.
    after = _with(case, [replace(found.value, revision=found.value.revision + 1, content=text)])
    first = _revised(after, found, text, reason)
    because = f"{found.title} was corrected: {reason}"
    others = (_judged_anew(after, one, because) for one in _recorded(case) if one.test)
    return (first, *(one for one in others if one is not None and one.field != first.field))


def _revised(case: Case, found: Recorded, text: str, reason: str) -> NewValue:
    value = found.value
    new = NewValue(
        subject=value.subject,
        field=value.field,
        content=text,
        occurrence=value.occurrence,
        unit=value.unit,
        method=value.method,
        confidential=bool(found.field and found.field.confidential),
        revision=value.revision + 1,
        reason=reason,
    )
    return quality.judged(case, found.test, new) if found.test else new


def _judged_anew(case: Case, found: Recorded, because: str) -> NewValue | None:
    """The same result by what was known before it; None where its verdict and limits stay."""
    values = tuple(v for v in case.facts.values or () if v.occurrence < found.value.occurrence)
    then = replace(case, facts=replace(case.facts, values=values))
    new = _revised(then, found, found.value.content, because)
    same = (new.limits, new.within) == (found.value.limits, found.value.within)
    return None if same else new


_TAKEN = frozenset({"act", "late", "transcribed"})
_NO_STEPS = frozenset({"order", *OF_THE_ENGINE, *LabelDeed, *AlarmDeed, TAKE_STATEMENT, *SHIFT})

# -- what it touches -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier step, as far as its rules can be asked again, with what was known at its time."""

    deed: Deed
    before: Case  # with the values as they stood
    after: Case  # with the corrected ones
    of: frozenset[str]  # the subjects of what is corrected and the step itself had recorded


def judged_since(case: Case, corrected: Sequence[NewValue]) -> Iterator[Past]:
    """Each step that was taken since the corrected value was recorded."""
    values = [as_value(one) for one in corrected]
    recorded_in = min(one.occurrence for one in corrected) - 1
    for deed in case.history:
        is_step = deed.kind in _TAKEN and deed.action not in _NO_STEPS
        if deed.seq >= recorded_in and is_step:
            before = _as_it_was(case, deed)
            of = frozenset(one.subject for one in corrected if one.occurrence == deed.seq + 1)
            yield Past(deed, before, _with(before, values), of)


def as_value(new: NewValue) -> Value:
    """The new revision, as it is known once it is recorded."""
    return Value(
        *(new.subject, new.field, new.occurrence, new.revision, new.content),
        *(new.unit, new.method, new.limits, new.within),
    )


def _with(case: Case, values: Sequence[Value]) -> Case:
    """The same case, in which these revisions are known, as far as their first ones are."""
    there = {(v.subject, v.field, v.occurrence) for v in case.facts.values or ()}
    known = tuple(v for v in values if (v.subject, v.field, v.occurrence) in there)
    given = {v.field: v.content for v in values if v.occurrence == case.facts.therapy.next_seq + 1}
    request = replace(case.request, values={**case.request.values, **given})
    facts = replace(case.facts, values=(*(case.facts.values or ()), *known))
    return replace(case, request=request, facts=facts)


def _as_it_was(case: Case, deed: Deed) -> Case:
    """The case of an earlier step: what it moved and made, and what was known before it."""
    workflow = _version(case, deed.seq)
    action = workflow.actions[deed.action]
    own = deed.seq + 1  # the occasion of what the step itself recorded
    values = case.facts.values or ()
    told = {v.field: v.content for v in values if v.occurrence == own}
    moved = [case.facts.subjects[name] for name in deed.subjects if name in case.facts.subjects]
    facts = replace(
        case.facts,
        now=deed.happened_at,
        therapy=replace(case.facts.therapy, next_seq=deed.seq),
        values=tuple(v for v in values if v.occurrence < own),
        history=tuple(takewhile(lambda earlier: earlier.seq < deed.seq, case.history)),
    )
    request = replace(case.request, action=deed.action, values=told, happened_at=None)
    turns = tuple(turn for s in moved if s.born_seq < deed.seq for turn in _turn(action, s))
    born = (s for s in moved if s.born_seq == deed.seq)
    arrivals = tuple(arrival for s in born for arrival in _arrival(action, s))
    return Case(workflow, action, request, facts, turns, arrivals)


def _turn(action: Action, subject: Subject) -> Iterator[Turn]:
    rule = next((r for r in action.moves if r.machine == subject.machine and r.from_states), None)
    if rule is not None:
        yield Turn(subject, rule)


def _arrival(action: Action, subject: Subject) -> Iterator[Arrival]:
    # What was recorded of it stands with the request: of several bags, only the corrected one asks.
    rule = next((r for r in action.moves if r.machine == subject.machine), None)
    if rule is not None:
        yield Arrival(NewSubject(subject.machine), rule)
