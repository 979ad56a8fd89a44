"""Which steps of a therapy can be copied from paper when a hospital begins to use the system.

What was done at the patient's bed with the product is never copied: the two who checked it are no
two of ours, and whoever infuses relies on it. What needs no past is done as ever, beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflows.model import (
    Action,
    Custody,
    Field,
    FieldKind,
    Kind,
    Machine,
    MoveRule,
    Pick,
    SignatureRule,
    Verb,
    Who,
    Workflow,
)

ON_PAPER = "on_paper"
"""The field of an order by which a therapy begins that runs on paper already: its reference."""
PAPER_REFERENCE, SIGNED_BY = "paper_reference", "signed_on_paper_by"
"""What is told of each step: where it stands on the paper, and who signed it there."""
COMPARED_UNTIL = "compared_until"
"""The newest entry when somebody compared all of it with the paper: who signs has seen it."""
FIELDS: Mapping[str, Field] = {
    one.name: one
    for one in (
        Field(
            ON_PAPER,
            "Already under way on paper: its reference",
            FieldKind.TEXT,
            "*",
            required=False,
        ),
        Field(PAPER_REFERENCE, "Where it stands on paper", FieldKind.TEXT, "*", confidential=True),
        Field(
            SIGNED_BY,
            "Signed on the paper by",
            FieldKind.TEXT,
            "*",
            required=False,
            confidential=True,
        ),
        Field(COMPARED_UNTIL, "Compared up to entry", FieldKind.INTEGER, "*"),
    )
}
"""What the engine itself asks; each is recorded of the therapy."""
END_TRANSCRIPTION = "end_transcription"
APPLY_LABEL = "apply_label"
OF_THE_ENGINE = (END_TRANSCRIPTION, APPLY_LABEL)
"""Actions that every workflow has while a transcription is open; no definition has one so named."""

TITLES = {END_TRANSCRIPTION: "End the transcription from paper", APPLY_LABEL: "Our label is on it"}
"""What they are called, also when the transcription has ended."""

TRANSCRIBED = "transcribed from paper"
VERIFIED = "verified against the paper"
APPLIED, LABEL_VERIFIED = "applied the label", "verified the label"

NONE, OPEN, STEP, ENDED = "-", "open", "step", "ended"
"""How an entry stands to a transcription: there was none; it is open; this is a step of it; it is
over, for ever."""

NOT_BESIDE, BESIDE, ONLY_COPIED = 0, 1, 2
"""Of a transition: not while a transcription is open; then too; only as a step that is copied."""

_BESIDE = frozenset(
    {Verb.ORDER, Verb.CORRECT, Verb.HOLD, Verb.LIFT, Verb.OPEN_EXCEPTION, Verb.TAKE_ON}
    | {Verb.CLOSE_EXCEPTION}
)
_AT_THE_BED = frozenset({Verb.CHECK, Verb.ADMINISTER})


def transcription_after(before: str, kind: str, action: str, *, is_flagged: bool = False) -> str:
    """How an entry leaves the transcription; `is_flagged` says that an order gives a reference."""
    if kind == "transcribed":
        return STEP
    if is_flagged:
        return OPEN
    if before not in {OPEN, STEP}:
        return before
    return ENDED if (kind, action) == ("act", END_TRANSCRIPTION) else OPEN


def is_beside(workflow: Workflow, action: Action) -> bool:
    """The action is taken as ever while a transcription is open: a stop, a correction, the end."""
    if action.verb in _BESIDE:
        return True
    machines = {rule.machine for rule in action.moves}
    kinds = {workflow.machines[machine].kind for machine in machines}
    if kinds == {Kind.EXCEPTION}:
        return True
    # A therapy is given up, and nothing else happens to anything.
    return kinds == {Kind.THERAPY} and all(_is_over(workflow, rule) for rule in action.moves)


def _is_over(workflow: Workflow, rule: MoveRule) -> bool:
    return bool(rule.to_state) and workflow.machines[rule.machine].states[rule.to_state].final


def is_at_the_bed(workflow: Workflow, action: Action) -> bool:
    """The action is one at the patient's bed, or brings a bag to where such a one begins."""
    if action.verb in _AT_THE_BED:
        return True
    begins = set(_at_the_bed(workflow))
    return any((rule.machine, rule.to_state) in begins for rule in action.moves if rule.to_state)


def _at_the_bed(workflow: Workflow) -> Iterator[tuple[str, str]]:
    """Where the things stand with which something is done at the bed."""
    for action in workflow.actions.values():
        for rule in action.moves if action.verb in _AT_THE_BED else ():
            if workflow.machines[rule.machine].kind is Kind.CONTAINER:
                yield from ((rule.machine, state) for state in rule.from_states)


def is_copied(workflow: Workflow, action: Action) -> bool:
    """The action can be copied from paper, as a step of the past."""
    if action.name in OF_THE_ENGINE or action.verb is Verb.DISPENSE:
        return False
    return not (is_beside(workflow, action) or is_at_the_bed(workflow, action))


def end_of_transcription(workflow: Workflow) -> Action:
    """The step by which two end a transcription: who copied, and who compared all of it."""
    # There is one, but a definition that is not proven yet may have none, or several.
    roots = workflow.machine_of_kind(Kind.THERAPY)
    roles = _roles(workflow)
    return Action(
        name=END_TRANSCRIPTION,
        title=TITLES[END_TRANSCRIPTION],
        verb=Verb.RECORD,
        who=tuple(Who(role) for role in roles),
        moves=tuple(
            MoveRule(root.name, _living(root), "", Pick.THERAPY, while_stopped=True)
            for root in roots
        ),
        fields=tuple(replace(FIELDS[COMPARED_UNTIL], on=root.name) for root in roots),
        signatures=(SignatureRule(TRANSCRIBED, roles), SignatureRule(VERIFIED, roles)),
        seldom=True,
    )


def _living(machine: Machine) -> tuple[str, ...]:
    return tuple(name for name, state in machine.states.items() if not state.final)


def labelling(workflow: Workflow) -> Action:
    """The step by which two say that a bag of before carries our label now."""
    rules = tuple(
        MoveRule(
            machine.name,
            _living(machine),
            "",
            Pick.SCANNED,
            Custody.KEEPS,
            while_stopped=True,
            optional=True,
        )
        for machine in workflow.machines.values()
        if machine.labelled
    )
    roles = _roles(workflow)
    return Action(
        name=APPLY_LABEL,
        title=TITLES[APPLY_LABEL],
        verb=Verb.RECORD,
        who=tuple(Who(role) for role in roles),
        moves=rules,
        signatures=(SignatureRule(APPLIED, roles), SignatureRule(LABEL_VERIFIED, roles)),
        seldom=True,
    )


def _roles(workflow: Workflow) -> tuple[str, ...]:
    """Every role that takes a step that can be copied."""
    copied = (one for one in workflow.actions.values() if is_copied(workflow, one))
    return tuple(sorted({who.role for one in copied for who in one.who} - {"*"}))


def knowing_transcription(workflow: Workflow) -> Workflow:
    """The workflow as it is while a transcription is open: every step of the past as a copy."""
    known = {
        name: copied(workflow, action) if is_copied(workflow, action) else action
        for name, action in workflow.actions.items()
    }
    ours = {one.name: one for one in (end_of_transcription(workflow), labelling(workflow))}
    return replace(workflow, actions={**known, **ours})


def knowing_paper(workflow: Workflow) -> Workflow:
    """The workflow whose order can say that the therapy runs on paper already."""
    (root,) = workflow.machine_of_kind(Kind.THERAPY)
    asked = replace(FIELDS[ON_PAPER], on=root.name)
    actions = {
        name: replace(action, fields=(*action.fields, asked)) if is_order(action) else action
        for name, action in workflow.actions.items()
    }
    return replace(workflow, actions=actions)


def is_order(action: Action) -> bool:
    """The action begins a therapy."""
    return action.verb is Verb.ORDER


def copied(workflow: Workflow, action: Action) -> Action:
    """The action as it is copied from paper: one signs, and says nothing but that.

    Who signed on the paper is a text, and nobody's signature.
    """
    (root,) = workflow.machine_of_kind(Kind.THERAPY)
    roles = tuple(sorted({who.role for who in action.who}))
    roles = _roles(workflow) if "*" in roles else roles
    told = (replace(FIELDS[name], on=root.name) for name in (PAPER_REFERENCE, SIGNED_BY))
    rule = SignatureRule(TRANSCRIBED, roles)
    return replace(action, fields=(*action.fields, *told), signatures=(rule,), signatures_in={})
