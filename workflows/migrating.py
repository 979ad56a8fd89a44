"""A therapy under way moves to a newer version of its workflow: what forbids it, what it writes.

An action that every workflow has and no definition writes. Two people of the maker sign; nothing
changes its state, its holder or its holds, and everything moves at once, in one entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from workflows.case import Case
from workflows.decide import decide
from workflows.draft import Decision, Draft
from workflows.expansion import MIGRATE
from workflows.facts import Facts, Request, Subject, Value
from workflows.model import (
    Action,
    Field,
    FieldKind,
    Kind,
    MoveRule,
    Pick,
    QualityTest,
    SignatureRule,
    State,
    Verb,
    Who,
    Workflow,
)
from workflows.moves import Drafting, carry_over, open_exception
from workflows.quality import WEIGHT, is_within, limits, weight_of, wrong_result
from workflows.refusal import Refusal
from workflows.wrong import Wrong

VERSION, REASON = "to_version", "reason_for_change"
RELEASE = "release"  # the phase of a lot that may be given
MIGRATION_TITLE = "Move to another version of the workflow"
REVIEWED = SignatureRule("reviewed the change", ("qa_reviewer",))
APPROVED = SignatureRule("approved for this therapy", ("qualified_person",))


@dataclass(frozen=True, slots=True)
class Outside:
    """A result that was within its limits, and is not within those of the newer version."""

    lot: Subject
    test: QualityTest
    value: Value

    @property
    def sentence(self) -> str:
        """What it is, and what the newer version asks."""
        given = f"{self.value.content} {self.value.unit}".removesuffix(" -")
        return f"{self.test.title} is {given}; the newer version asks {limits(self.test)}"


def knowing_migration(workflow: Workflow) -> Workflow:
    """The workflow with the action by which a therapy moves to another version."""
    (root,) = workflow.machine_of_kind(Kind.THERAPY)
    rule = MoveRule(root.name, tuple(root.states), "", Pick.THERAPY, while_stopped=True)
    action = Action(
        name=MIGRATE,
        title=MIGRATION_TITLE,
        verb=Verb.RECORD,
        who=tuple(_makers(workflow)),
        moves=(rule,),
        fields=(
            Field(VERSION, "Moved to version", FieldKind.INTEGER, root.name),
            Field(REASON, "Reason for the change", FieldKind.TEXT, root.name, confidential=True),
        ),
        signatures=(REVIEWED, APPROVED),
        seldom=True,
    )
    return replace(workflow, actions={**workflow.actions, MIGRATE: action})


def _makers(workflow: Workflow) -> Iterator[Who]:
    """Both who sign, at a site where the product is made: there a qualified person decides on it.

    A hospital that treats may have both as well, for what it makes itself.
    """
    every = (who for action in workflow.actions.values() for who in action.who)
    kinds = {who.site_kind for who in every if who.role in APPROVED.roles} - {"*"} or {"*"}
    for rule in (REVIEWED, APPROVED):
        yield from (Who(role, kind) for role in rule.roles for kind in sorted(kinds))


def obstacles(
    older: Workflow, newer: Workflow, coi: str, subjects: Iterable[Subject]
) -> tuple[Refusal, ...]:
    """Everything for which a therapy cannot go on by the newer version."""
    there = tuple(subjects)
    found = [*_of_versions(older, newer)]
    for subject in there:
        state = older.machines[subject.machine].states[subject.position.state]
        if subject.id == coi and state.final:
            sentence = f"This therapy is {state.title}: it is over"
            found.append(Refusal("THERAPY_OVER", sentence, "It stays with the version it has"))
    places = {(subject.machine, subject.position.state) for subject in there}
    for machine, name in sorted(places):
        found += _of_place(older, newer, machine, name)
    return tuple(found)


def _of_versions(older: Workflow, newer: Workflow) -> Iterator[Refusal]:
    if older.name != newer.name or newer.version <= older.version:
        yield Refusal(
            "NO_NEWER_VERSION",
            f"{newer.name} {newer.version} is no newer version of {older.name} {older.version}",
            "Choose a newer version of the same workflow",
        )


def _of_place(older: Workflow, newer: Workflow, machine: str, name: str) -> Iterator[Refusal]:
    """Why what stands there could not go on; nothing where both versions have the place."""
    before, after = older.machines[machine], newer.machines.get(machine)
    mend = "Take it out of there first, or write a version that has it"
    if after is None or after.kind is not before.kind:
        sentence = f"Version {newer.version} has no {before.title.lower()} as this therapy has"
        yield Refusal("MACHINE_MISSING", sentence, mend)
        return
    then, now = before.states[name], after.states.get(name)
    stands = f"A {before.title.lower()} is {then.title}"
    if now is None:
        sentence = f"{stands}, and version {newer.version} has no such state"
        yield Refusal("STATE_MISSING", sentence, mend)
    elif now.final is not then.final:
        over = "is over there" if now.final else "begins again there"
        yield Refusal("STATE_DIFFERS", f"{stands}, and by version {newer.version} it {over}", mend)


def outside(
    older: Workflow, newer: Workflow, subjects: Iterable[Subject], values: Sequence[Value]
) -> tuple[Outside, ...]:
    """The results that the newer version would call outside, of lots that are not over."""
    return tuple(
        found for found, state in _outside(older, newer, subjects, values) if not state.final
    )


def outside_but_released(
    older: Workflow, newer: Workflow, subjects: Iterable[Subject], values: Sequence[Value]
) -> tuple[Outside, ...]:
    """The same of lots that are released for good: the move opens nothing, and says so."""
    return tuple(
        found
        for found, state in _outside(older, newer, subjects, values)
        if state.final and state.phase == RELEASE
    )


def _outside(
    older: Workflow, newer: Workflow, subjects: Iterable[Subject], values: Sequence[Value]
) -> Iterator[tuple[Outside, State]]:
    """Each such result, with where its lot stands."""
    for lot in subjects:
        machine = older.machines[lot.machine]
        for test in newer.tests.values() if machine.kind is Kind.LOT else ():
            value = _newest(values, lot.id, test.name)
            if value and value.within == "yes" and not _would_pass(test, value, values):
                yield Outside(lot, test, value), machine.states[lot.position.state]


def _newest(values: Sequence[Value], subject: str, field: str) -> Value | None:
    found = [one for one in values if (one.subject, one.field) == (subject, field)]
    return max(found, key=lambda one: (one.occurrence, one.revision), default=None)


def _would_pass(test: QualityTest, value: Value, values: Sequence[Value]) -> bool:
    coi = value.subject.partition("/")[0]
    if value.unit != test.unit or wrong_result(test, value.content):
        return False  # it is reported otherwise there: a number in another unit is another result
    return is_within(test, value.content, weight_of(_newest(values, coi, WEIGHT)))


def migration(older: Workflow, newer: Workflow, request: Request, facts: Facts) -> Decision:
    """The draft of the entry by which the therapy moves, or every reason why not."""
    reasons = obstacles(older, newer, request.coi, facts.subjects.values())
    if reasons:
        return Decision(None, reasons)
    workflow = knowing_migration(newer)
    facts = replace(facts, therapy=replace(facts.therapy, version=newer.version))
    decision = decide(workflow, request, facts)
    if decision.draft is None:
        return decision
    case = Case(workflow, workflow.actions[MIGRATE], request, facts)
    return replace(decision, draft=_completed(older, case, decision.draft))


def _completed(older: Workflow, case: Case, draft: Draft) -> Draft:
    """The draft in which everything moves, and what the newer version calls outside is told."""
    drafting = Drafting(case, MIGRATE, list(draft.moves), values=list(draft.values))
    for subject in case.facts.subjects.values():
        # What the patient has got is nobody's to move any more: it stays with its version.
        has_moved = subject.id == case.facts.therapy.coi
        if not has_moved and subject.position.holder != case.facts.therapy.patient:
            carry_over(drafting, subject)
    there = case.facts.subjects.values()
    for found in outside(older, case.workflow, there, case.facts.values or ()):
        kind = Wrong.OUT_OF_SPECIFICATION
        open_exception(drafting, seen=found.sentence, kind=kind, on=found.lot)
    before = {"kind": MIGRATE, "version": str(older.version), "hash": older.hash}
    return replace(drafting.finished(), document=before)
