"""A workflow's transitions spelled out: the rows to which every recorded move refers.

What is not among these rows cannot be recorded at all, so they say exactly what may happen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from workflows.model import (
    Action,
    Custody,
    Kind,
    MoveRule,
    Pick,
    SignatureRule,
    Transition,
    Verb,
    Workflow,
)
from workflows.on_paper import (
    APPLY_LABEL,
    BESIDE,
    END_TRANSCRIPTION,
    NOT_BESIDE,
    ONLY_COPIED,
    TRANSCRIBED,
    end_of_transcription,
    is_beside,
    is_copied,
    labelling,
)
from workflows.packing import Packing, packing_of

MIGRATE = "migrate"
"""The action by which a therapy moves to a newer version; no definition has one of this name."""
MIGRATION_SIGNATURES = 2
COPIED_BY = (SignatureRule(TRANSCRIBED, ()),)
"""Who copies a step from paper signs that, and nobody signs the step."""
GRANTED = "granted"  # a dispensation that may still be used
USED = "used"
THINGS = frozenset({Kind.CONTAINER, Kind.SAMPLE, Kind.PACKAGE, Kind.SHIPMENT})
"""What somebody can have in hand."""


def transitions_of(workflow: Workflow) -> tuple[Transition, ...]:
    """Every transition of the workflow, sorted, each once."""
    rows = {
        *_written(workflow),
        *_exceptions_opened_elsewhere(workflow),
        *_containment(workflow),
        *_stopped_at_once(workflow),
        *_stopped_by_a_correction(workflow),
        *_dispensations_used(workflow),
    }
    return tuple(sorted(rows))


def copies(workflow: Workflow) -> frozenset[Transition]:
    """What a therapy does that is copied from paper: the same steps, and who copied them signs.

    What a copied step puts in doubt is held, and told as an exception, under that signature too.
    Two label its bags, and two end it.
    """
    return frozenset(_copied(workflow))


def _copied(workflow: Workflow) -> Iterator[Transition]:
    actions = workflow.actions.items()
    copied_ = {name: one for name, one in actions if is_copied(workflow, one)}
    signed = {n: replace(a, signatures=COPIED_BY, signatures_in={}) for n, a in copied_.items()}
    of_copies = replace(workflow, actions={**workflow.actions, **signed})
    for action in signed.values():
        for rule in action.moves:
            for row in _rows(workflow, action, rule, {len(COPIED_BY)}):
                yield replace(row, on_paper=ONLY_COPIED)
    yield from _stopped_at_once(of_copies)
    for action, rule in _rules(workflow, Verb.OPEN_EXCEPTION, Kind.EXCEPTION):
        if not rule.from_states:
            yield from _rows(workflow, action, rule, {len(COPIED_BY)})
    beside = {APPLY_LABEL: BESIDE, END_TRANSCRIPTION: NOT_BESIDE}
    for action in (labelling(workflow), end_of_transcription(workflow)):
        for rule in action.moves:
            for row in _rows(workflow, action, rule, action.signature_counts):
                yield replace(row, on_paper=beside[action.name])


def migrations(
    older: Iterable[Iterable[Transition]], newer: Iterable[Transition]
) -> frozenset[Transition]:
    """What moves a therapy to a newer version: nothing else changes, and two people sign.

    One transition from each older version, for each state of each machine that both versions have;
    a hold forbids it not, and goes along.
    """
    newer = tuple(newer)
    rows: set[Transition] = set()
    for transitions in older:
        rows.update(_moved(tuple(transitions), newer))
    return frozenset(rows)


def _moved(older: Sequence[Transition], newer: Sequence[Transition]) -> Iterator[Transition]:
    # Each state can be reached, and so is one to which some transition leads.
    for machine, state in _places(older) & _places(newer):
        yield Transition(
            workflow=newer[0].workflow,
            from_version=older[0].version,
            version=newer[0].version,
            machine=machine,
            action=MIGRATE,
            from_state=state,
            to_state=state,
            custody=Custody.NONE.value,
            stop_effect=0,
            while_stopped=1,
            scans=0,
            patient=0,
            signatures=MIGRATION_SIGNATURES,
            packing=Packing.EITHER.value,
        )


def _places(transitions: Iterable[Transition]) -> set[tuple[str, str]]:
    return {(one.machine, one.to_state) for one in transitions}


def _written(workflow: Workflow) -> Iterator[Transition]:
    """What the definition's moves say."""
    for action in workflow.actions.values():
        for rule in action.moves:
            yield from _rows(workflow, action, rule, action.signature_counts)


def _exceptions_opened_elsewhere(workflow: Workflow) -> Iterator[Transition]:
    """Exceptions are opened inside other entries too, under the signatures of those."""
    # Under none as well: a refused attempt and an incident open exceptions unsigned.
    counts = {0}.union(*(action.signature_counts for action in workflow.actions.values()))
    for action, rule in _rules(workflow, Verb.OPEN_EXCEPTION, Kind.EXCEPTION):
        if not rule.from_states:
            yield from _rows(workflow, action, rule, counts)


def _containment(workflow: Workflow) -> Iterator[Transition]:
    """What a wrong scan shows to be another's is held at once, before anyone could sign."""
    for kind in {machine.kind for machine in workflow.machines.values() if machine.labelled}:
        for action, rule in _rules(workflow, Verb.HOLD, kind):
            yield from _rows(workflow, action, rule, {0})


def _stopped_at_once(workflow: Workflow) -> Iterator[Transition]:
    """What an action puts in doubt is held in its own entry, under its own signatures."""
    holds = [
        (hold, rule)
        for kind in THINGS
        for hold, rule in _rules(workflow, Verb.HOLD, kind)
        if not hold.chain_stop
    ]
    for action in workflow.actions.values():
        doubted = set(_doubted(action))
        for hold, rule in holds:
            states = tuple(s for s in rule.from_states if (rule.machine, s) in doubted)
            if states:
                held = replace(rule, from_states=states)
                yield from _rows(workflow, hold, held, action.signature_counts)


def _stopped_by_a_correction(workflow: Workflow) -> Iterator[Transition]:
    """What a step would have been refused for is held where it now stands: bags, and lots."""
    correcting = [a for a in workflow.actions.values() if a.verb is Verb.CORRECT]
    for kind in (Kind.CONTAINER, Kind.LOT):
        for hold, rule in _rules(workflow, Verb.HOLD, kind):
            for action in () if hold.chain_stop else correcting:
                yield from _rows(workflow, hold, rule, action.signature_counts)


def _doubted(action: Action) -> Iterator[tuple[str, str]]:
    """The things, and where they stand afterwards, that a step can put in doubt.

    Those are what is in hand while a rule is kept or broken or an alarming answer is given, and
    what is on its way while something else is decided on it.
    """
    asks = bool(action.guards) or any(field.alarms for field in action.fields)
    for rule in action.moves:
        if rule.hold_in_transit:
            yield from ((rule.machine, state) for state in rule.from_states)
        elif asks and rule.from_states and rule.custody is not Custody.NONE:
            yield from ((rule.machine, state) for state in _after(rule))


def _after(rule: MoveRule) -> tuple[str, ...]:
    """The states in which a rule leaves its subjects."""
    return (rule.to_state,) if rule.to_state else rule.from_states


def _dispensations_used(workflow: Workflow) -> Iterator[Transition]:
    """An action whose guard may be dispensed with uses the dispensation up."""
    for machine in workflow.machine_of_kind(Kind.DISPENSATION):
        use = MoveRule(machine.name, (GRANTED,), USED, Pick.NAMED)
        for action in workflow.actions.values():
            if any(guard.name in workflow.dispensable for guard in action.guards):
                yield from _rows(workflow, action, use, action.signature_counts)


def _rules(workflow: Workflow, verb: Verb, kind: Kind) -> Iterator[tuple[Action, MoveRule]]:
    """The moves of one kind of subject by actions of one verb."""
    for action in workflow.actions.values():
        for rule in action.moves:
            if action.verb is verb and workflow.machines[rule.machine].kind is kind:
                yield action, rule


def _rows(
    workflow: Workflow, action: Action, rule: MoveRule, counts: Iterable[int]
) -> Iterator[Transition]:
    """One rule, from each of its states, under each number of signatures."""
    beside = BESIDE if is_beside(workflow, action) else NOT_BESIDE
    # A birth comes from the empty state, and not from NULL, which would switch a key off.
    for from_state in rule.from_states or ("",):
        for signatures in counts:
            yield Transition(
                workflow=workflow.name,
                from_version=workflow.version,
                version=workflow.version,
                machine=rule.machine,
                action=action.name,
                from_state=from_state,
                to_state=rule.to_state or from_state,
                custody=rule.custody.value,
                stop_effect=rule.stop,
                while_stopped=int(rule.while_stopped),
                scans=int(rule.scan),
                patient=int(rule.patient),
                packing=packing_of(action, rule).value,
                signatures=signatures,
                on_paper=beside,
            )
