"""What a person does with a label itself: by whom, why, before which witness, and what follows.

Steps that every workflow has and no definition writes. Nothing moves by them: a step that scans a
container reads its label back anyhow, so these are for what steps do not tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflows.case import Case
from workflows.decide import decide
from workflows.draft import Decision
from workflows.facts import Facts, Label, Request, Subject
from workflows.given import products
from workflows.guards.custody import packed_away
from workflows.label_life import (
    BY_DEVICE,
    ENDS,
    EXPLAINED,
    MOST_PIECES,
    LabelDeed,
    LabelLife,
    LabelState,
    newest_of,
)
from workflows.label_numbers import why_not_again
from workflows.labelled import BAG_LABEL, template_of
from workflows.model import (
    Action,
    Custody,
    GuardUse,
    Kind,
    MoveRule,
    Pick,
    SignatureRule,
    Verb,
    Who,
    Workflow,
)
from workflows.packing import depth
from workflows.refusal import Refusal

TITLES: dict[str, str] = {
    LabelDeed.PRINTED: "Note that a label was printed",
    LabelDeed.CONFIRM: "Scan a label where it belongs",
    LabelDeed.VOID: "Void a label",
    LabelDeed.ACCOUNT: "Account for a void label",
    LabelDeed.REPRINT: "Print a label anew",
}

QA = "qa_reviewer"
DESTROYED, WITNESSED = "destroyed every piece", "witnessed it"
RETURNED = "gave every piece back"
SEARCHED, EXPLAINED_BY = "searched for it", "explains the loss"
PRINTED_ANEW, NEEDED = "prints it anew", "verified that it is needed"


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done with which label, as the caller says it."""

    what: LabelDeed
    serial: str
    reason: str = ""
    end: str = ""  # of a void label: how its pieces ended
    pieces: int = 0


def hands(workflow: Workflow) -> tuple[str, ...]:
    """Every role that takes or signs a step with what carries a label; and QA."""
    found = {QA}
    for action in workflow.actions.values():
        moved = {rule.machine for rule in action.moves}
        carries = any(workflow.machines[machine].labelled for machine in moved)
        if carries or BAG_LABEL in action.prints:
            found |= {who.role for who in action.who}
            found |= {role for rule in action.every_signature for role in rule.roles}
    return tuple(sorted(found - {"*"}))


def signatures_of(
    workflow: Workflow, deed: Deed, life: LabelLife | None, machine: str
) -> tuple[SignatureRule, ...]:
    """Who signs: a reprint one, of a product two; a destruction and a loss two (LB-05, LB-06)."""
    roles = hands(workflow)
    if deed.what is LabelDeed.REPRINT and life is not None:
        two = machine in products(workflow)
        rules = (SignatureRule(PRINTED_ANEW, roles), SignatureRule(NEEDED, roles))
        return rules if two else rules[:1]
    ends = {
        LabelState.DESTROYED: (SignatureRule(DESTROYED, roles), SignatureRule(WITNESSED, roles)),
        LabelState.LOST: (
            SignatureRule(SEARCHED, roles),
            SignatureRule(EXPLAINED_BY, (QA,), frozenset({QA})),
        ),
        LabelState.RETURNED: (SignatureRule(RETURNED, roles),),
    }
    return ends[LabelState(deed.end)] if deed.end in ENDS else ()


def knowing_deed(workflow: Workflow, deed: Deed, life: LabelLife | None, machine: str) -> Workflow:
    """The workflow with this deed as one of its steps."""
    (root,) = workflow.machine_of_kind(Kind.THERAPY)
    there = MoveRule(root.name, tuple(root.states), "", Pick.THERAPY, while_stopped=True)
    prints_anew = deed.what is LabelDeed.REPRINT
    action = Action(
        name=deed.what,
        title=TITLES[deed.what],
        verb=Verb.RECORD,
        who=tuple(Who(role) for role in hands(workflow)),
        moves=tuple(_scanned(workflow)) if deed.what is LabelDeed.CONFIRM else (there,),
        signatures=signatures_of(workflow, deed, life, machine),
        guards=(GuardUse("label_template_is_approved"),) if prints_anew else (),
        prints=(template_of(workflow, machine),) if prints_anew else (),
        seldom=True,
    )
    return replace(workflow, actions={**workflow.actions, deed.what: action})


def _scanned(workflow: Workflow) -> Iterator[MoveRule]:
    """What carries a label, wherever it stands: who has it in hand scans it."""
    for machine in workflow.machines.values():
        if machine.labelled:
            yield MoveRule(
                machine.name,
                tuple(machine.states),
                "",
                Pick.SCANNED,
                Custody.KEEPS,
                while_stopped=True,
                optional=True,
            )


def decide_deed(workflow: Workflow, deed: Deed, request: Request, facts: Facts) -> Decision:
    """The draft of an entry in which nothing moves, or every reason why not.

    `workflow` knows the deed, and `facts` every label of the therapy.
    """
    decision = decide(workflow, request, facts)
    against = tuple(_against(workflow, deed, request, facts))
    if decision.draft is None or against:
        return replace(decision, draft=None, refusals=(*decision.refusals, *against))
    return replace(decision, draft=replace(decision.draft, moves=()))


def _against(workflow: Workflow, deed: Deed, request: Request, facts: Facts) -> Iterator[Refusal]:
    """What the label's own life has against it."""
    lives = facts.label_lives or ()
    life = next((one for one in lives if one.serial == deed.serial), None)
    if life is None:
        yield Refusal(
            "LABEL_UNKNOWN",
            f"{deed.serial[:64]} is no label of this therapy",
            "Choose a label from the list of this therapy",
        )
        return
    if deed.what in {LabelDeed.VOID, LabelDeed.PRINTED} and life.is_dead:
        yield Refusal(
            "LABEL_IS_DEAD", f"{life.serial} is {life.state} already", "Account for its pieces"
        )
    if deed.what is LabelDeed.PRINTED and not life.is_dead:
        yield from _printed_before(life)
    if deed.what is LabelDeed.CONFIRM:
        yield from _not_read(life, request)
    if deed.what is LabelDeed.REPRINT:
        yield from _not_replaced(workflow, life, facts)
    if deed.what is LabelDeed.REPRINT or (deed.what is LabelDeed.VOID and not life.is_dead):
        yield from _not_in_hand(workflow, facts.subjects[life.subject], request, facts)
    if deed.what is LabelDeed.REPRINT:
        case = Case(workflow, workflow.actions[deed.what], request, facts)
        if (unprintable := why_not_again(case, facts.subjects[life.subject])) is not None:
            yield unprintable
    if deed.what is LabelDeed.ACCOUNT:
        yield from _not_accounted(deed, life)
    yield from _unexplained(deed)


def _printed_before(life: LabelLife) -> Iterator[Refusal]:
    if life.state is not LabelState.ISSUED:
        yield Refusal(
            "LABEL_PRINTED_BEFORE",
            f"{life.serial} was printed before",
            "A second piece of it is one too many: void it, and print it anew",
        )


def _not_read(life: LabelLife, request: Request) -> Iterator[Refusal]:
    """The very label was read, by a device (LB-03)."""
    read = [
        scan
        for scan in request.scans
        if isinstance(scan.means, Label) and scan.means.serial == life.serial
    ]
    if not any(scan.how in BY_DEVICE for scan in read):
        yield Refusal(
            "LABEL_NOT_READ",
            f"{life.serial} was not read by a scanner or a camera",
            "Scan the label itself; where it cannot be read, print it anew",
        )


def _not_replaced(workflow: Workflow, life: LabelLife, facts: Facts) -> Iterator[Refusal]:
    """Only the newest label of a thing that lives is printed anew."""
    subject = facts.subjects[life.subject]
    if newest_of(facts.label_lives or ())[life.subject].serial != life.serial:
        yield Refusal(
            "LABEL_REPLACED", f"{life.serial} was replaced before", "Print the newest one anew"
        )
    if _is_over(workflow, subject):
        yield Refusal(
            "NOTHING_TO_LABEL", f"{subject.id} has come to its end", "It needs no label any more"
        )


def _not_in_hand(
    workflow: Workflow, subject: Subject, request: Request, facts: Facts
) -> Iterator[Refusal]:
    """Whoever kills the label of a thing that lives has the thing, or the one layer around it.

    Of what is deeper nobody has seen the label. With one layer it is let pass: at its opening the
    label may turn out to be unreadable, and what is inside comes out by its scan alone.
    """
    if _is_over(workflow, subject):
        return
    if subject.position.in_transit or subject.position.holder != request.unit.id:
        yield Refusal(
            "NOT_THE_HOLDER",
            f"{subject.id} is not in the hands of your unit",
            "Whoever has it in hand labels it",
        )
    if depth(facts.subjects, subject) > 1:
        yield packed_away(workflow, facts.subjects, subject)


def _is_over(workflow: Workflow, subject: Subject) -> bool:
    return workflow.machines[subject.machine].states[subject.position.state].final


def _not_accounted(deed: Deed, life: LabelLife) -> Iterator[Refusal]:
    """What is void is accounted for once, piece by piece (LB-04)."""
    if life.state is not LabelState.VOIDED:
        yield Refusal(
            "LABEL_IS_NOT_VOID",
            f"{life.serial} is {life.state}, and not void",
            "Void it first, if it is torn, lost or too many",
        )
    if deed.end not in ENDS:
        yield Refusal(
            "END_MISSING",
            "Nobody has said what became of its pieces",
            f"Choose one: {', '.join(ENDS)}",
        )
        return
    least = 0 if deed.end == LabelState.DESTROYED else 1
    if not least <= deed.pieces <= MOST_PIECES:
        yield Refusal(
            "PIECES_WRONG",
            f"{deed.pieces} pieces cannot be {deed.end}",
            f"Count the pieces: {least} to {MOST_PIECES}; none destroyed says that none came out",
        )


def _unexplained(deed: Deed) -> Iterator[Refusal]:
    asks = deed.what in {LabelDeed.VOID, LabelDeed.REPRINT} or deed.end in EXPLAINED
    if asks and not deed.reason.strip():
        yield Refusal("REASON_MISSING", "Nobody has said why", "Say in a sentence what happened")
