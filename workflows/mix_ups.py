"""What the record keeps of what must never be: a strange thing in hand, a label that misleads.

Each is a draft of its own, beside the attempt that was refused: of the therapy in hand, or of the
other one, so that whoever reads either finds both.
"""

from collections.abc import Iterable

from workflows import moves
from workflows.case import Case
from workflows.donations import of_others
from workflows.draft import Draft, Mismatch, Strange
from workflows.facts import Facts, Label, Order, Request, Subject, Wristband
from workflows.guards.custody import opened_by
from workflows.guards.shipping import missing_from, strange_in
from workflows.label_life import BY_DEVICE
from workflows.model import Kind, Workflow
from workflows.over_labels import found_elsewhere
from workflows.planning import plan
from workflows.refusal import CONTENTS_INCOMPLETE, CONTENTS_UNEXPECTED, Refusal
from workflows.wrong import Wrong


def mismatches(case: Case) -> tuple[Mismatch, ...]:
    """What of other therapies was scanned in this one's place: each bag, or else that it was."""
    own = case.facts.therapy
    bags = [
        Mismatch(label.coi, label.subject, label.serial)
        for label in case.scanned(Label)
        if label.coi != own.coi
    ]
    orders = [order.coi for order in case.scanned(Order) if order.coi != own.coi]
    strangers = (band for band in case.scanned(Wristband) if band.patient != own.patient)
    bands = [coi for band in strangers for coi in band.cois]
    found = {one.coi: one for one in of_others(case)}
    found |= {coi: Mismatch(coi, what=Strange.BAND) for coi in bands}
    found |= {coi: Mismatch(coi, what=Strange.ORDER) for coi in orders}
    told = {bag.coi for bag in bags}
    over_labels = (*(case.facts.over_labels or ()), *case.facts.over_labels_scanned)
    elsewhere = found_elsewhere(over_labels, own.coi)
    found |= {one.coi: one for one in elsewhere}
    return (*bags, *(one for coi, one in found.items() if coi not in told))


def refused_with_mismatch(workflow: Workflow, request: Request, facts: Facts, seen: str) -> Draft:
    """What the therapy in hand records of a wrong scan: the pairing is stopped, not the treatment.

    A critical exception bars this pair from checking again; two others may (design, BD-03).
    """
    case = Case(workflow, workflow.actions[request.action], request, facts)
    drafting = moves.Drafting(case, "refused")
    people = " ".join(dict.fromkeys((request.actor.id, *case.signers)))
    told = moves.open_exception(drafting, seen=seen, kind=Wrong.MISMATCH, stops="pairing")
    if others := sorted({found.coi for found in mismatches(case)}):
        drafting.record(told.id, moves.OTHER, " ".join(others))
    drafting.record(told.id, "pairing", people)
    return drafting.finished()


def dead_label(request: Request) -> Label | None:
    """A label of this therapy that a device has read, and that is void or replaced; None for none.

    Whoever types a serial may never have seen the label.
    """
    read = (scan.means for scan in request.scans if scan.how in BY_DEVICE)
    own = (one for one in read if isinstance(one, Label) and one.coi == request.coi)
    return next((label for label in own if label.is_dead or not label.current), None)


def refused_with_dead_label(
    workflow: Workflow,
    request: Request,
    facts: Facts,
    label: Label,
    refusals: Iterable[Refusal] = (),
) -> Draft:
    """What the therapy records of a dead label that turned up: quality assurance is told (LB-05).

    It is told once: as long as that exception is open, the same label tells nothing new. Of the
    reasons it was refused for beside that, none is hidden behind the label.
    """
    title = workflow.actions[request.action].title
    seen = f"The label {label.serial} was scanned, and is dead: {title}"
    drafting = _refused_for_label(workflow, request, facts, label, seen)
    # The therapy whose number was given too is told of this one, and this one of it.
    _tell_of_donations(drafting)
    if wrong := wrong_contents(refusals):
        _tell_of_contents(drafting, wrong)
    return drafting.finished()


def refused_since_unreadable(
    workflow: Workflow, request: Request, facts: Facts, label: Label
) -> Draft:
    """What the therapy records of a label that was drawn and does not read as it was given (BD-03).

    Nothing was printed; that it was drawn wrong is told once, as long as that exception is open.
    """
    seen = f"The label {label.serial} was drawn, and does not read as it was given"
    return _refused_for_label(workflow, request, facts, label, seen).finished()


def _refused_for_label(
    workflow: Workflow, request: Request, facts: Facts, label: Label, seen: str
) -> moves.Drafting:
    """The refused attempt, with an exception about the label on what it names."""
    case = Case(workflow, workflow.actions[request.action], request, facts)
    drafting = moves.Drafting(case, "refused")
    bag = facts.subjects[label.subject]
    if not any(_tells_of_labels(case, one, bag) for one in case.subjects_of(Kind.EXCEPTION)):
        moves.open_exception(drafting, seen=seen, kind=Wrong.LABEL, of_class="major", on=bag)
    return drafting


def refused_with_over_label(workflow: Workflow, request: Request, facts: Facts) -> Draft:
    """What the therapy records of a code that is on record elsewhere: a critical exception.

    It is opened on what was scanned, and bars that until quality assurance knows which is which.
    """
    case = Case(workflow, workflow.actions[request.action], request, facts)
    drafting = moves.Drafting(case, "refused")
    for label in dict.fromkeys(one for one in case.scanned(Label) if one.coi == request.coi):
        seen = f"Another's label that was scanned beside {label.serial} is on record elsewhere"
        on = facts.subjects[label.subject]
        told = moves.open_exception(drafting, seen=seen, kind=Wrong.MISMATCH, on=on)
        if others := sorted({one.coi for one in mismatches(case)}):
            drafting.record(told.id, moves.OTHER, " ".join(others))
    return drafting.finished()


def refused_with_donation(workflow: Workflow, request: Request, facts: Facts) -> Draft:
    """What the therapy records of a donation number that is on record of another patient.

    It is told once, as long as that exception is open. It stops nothing: the wrong label was not
    put on, and the patient may be waiting for the right one.
    """
    case = Case(workflow, workflow.actions[request.action], request, facts)
    drafting = moves.Drafting(case, "refused")
    _tell_of_donations(drafting)
    return drafting.finished()


def _tell_of_donations(drafting: moves.Drafting) -> None:
    """Open what names each therapy whose number was given, unless something open does."""
    case = drafting.case
    others = sorted({one.coi for one in of_others(case)})
    if not all(_is_told_of_donation(case, coi) for coi in others):
        seen = "A donation number was given that is on record of another patient"
        told = moves.open_exception(drafting, seen=seen, kind=Wrong.LABEL, of_class="major")
        drafting.record(told.id, moves.OTHER, " ".join(others))


def _is_told_of_donation(case: Case, coi: str, on: str = "") -> bool:
    """An exception is open about labels that this therapy and another may have exchanged.

    Where a collection is named, on that one: another of the therapy has a number of its own.
    """
    for exception in case.subjects_of(Kind.EXCEPTION):
        if case.is_final(exception) or on not in {"", exception.origin}:
            continue
        kind, other = case.value(exception.id, "kind"), case.value(exception.id, moves.OTHER)
        is_of_labels = kind is not None and kind.content == Wrong.LABEL
        if is_of_labels and other is not None and coi in other.content.split():
            return True
    return False


def wrong_contents(refusals: Iterable[Refusal]) -> Refusal | None:
    """That a package holds something else than the record says; None where none was found so."""
    return next((one for one in refusals if one.code in _CONTENTS), None)


def refused_with_contents(
    workflow: Workflow, request: Request, facts: Facts, refusal: Refusal
) -> Draft:
    """What the therapy records of a package in which something is missing, or too much.

    Each thing is told once, as long as that exception is open: critical where it is there and
    should not be, major where it should be and was not scanned.
    """
    case = Case(workflow, workflow.actions[request.action], request, facts)
    drafting = moves.Drafting(case, "refused")
    _tell_of_contents(drafting, refusal)
    return drafting.finished()


def _tell_of_contents(drafting: moves.Drafting, refusal: Refusal) -> None:
    """Open what names each thing that was wrong in a package, unless something open does."""
    case, _obstacles = plan(drafting.case)
    for package in (case.facts.subjects[name] for name in sorted(opened_by(case))):
        named = _named_by(case, package, refusal)
        if named and named <= _told_of(case, package, refusal):
            continue
        told = moves.open_exception(
            drafting,
            seen=refusal.sentence,
            kind=Wrong.MISMATCH,
            of_class=_CONTENTS[refusal.code],
            on=package,
        )
        drafting.record(told.id, moves.THINGS, " ".join(sorted(named)))


_CONTENTS = {CONTENTS_UNEXPECTED: "critical", CONTENTS_INCOMPLETE: "major"}


def _named_by(case: Case, package: Subject, refusal: Refusal) -> set[str]:
    """What is there and should not be, or else what should be and was not scanned."""
    if refusal.code == CONTENTS_UNEXPECTED:
        return {one.id for one in strange_in(case, package.id)}
    return set(missing_from(case, package.id))


def _told_of(case: Case, package: Subject, refusal: Refusal) -> set[str]:
    """What open exceptions about this package name already, as gravely."""
    told: set[str] = set()
    as_grave = {"critical", _CONTENTS[refusal.code]}
    for exception in case.subjects_of(Kind.EXCEPTION):
        if not _is_about(case, exception, package, Wrong.MISMATCH):
            continue
        of_class, things = (case.value(exception.id, name) for name in ("class", moves.THINGS))
        if of_class and things and of_class.content in as_grave:
            told.update(things.content.split())
    return told


def _tells_of_labels(case: Case, exception: Subject, bag: Subject) -> bool:
    """The exception is one about the labels of this bag, and is open."""
    return _is_about(case, exception, bag, Wrong.LABEL)


def _is_about(case: Case, exception: Subject, thing: Subject, wrong: Wrong) -> bool:
    if exception.origin != thing.id or case.is_final(exception):
        return False
    kind = case.value(exception.id, "kind")
    return kind is not None and kind.content == wrong


def contained(workflow: Workflow, request: Request, facts: Facts, subject: str) -> Draft:
    """What the strange bag's own therapy records: a critical exception, and the bag is held.

    The request names, as an order, the therapy in whose place it was scanned.
    """
    action = workflow.actions[moves.OPEN_EXCEPTION]
    case = Case(workflow, action, request, facts)
    drafting = moves.Drafting(case, "incident")
    bag = facts.subjects[subject]
    holdable = not case.is_final(bag)
    told = moves.open_exception(
        drafting,
        seen="This bag was scanned in the place of another therapy's",
        kind=Wrong.MISMATCH,
        stops="item" if holdable else "nothing",
        on=bag,
    )
    _name_the_other(drafting, told)
    if holdable:
        moves.hold(drafting, bag)
    return drafting.finished()


def suspected(workflow: Workflow, request: Request, facts: Facts, found: Mismatch) -> Draft:
    """What the other therapy records where nothing of it need be in hand: it stops nothing.

    Whoever types a serial need not have the bag; an order and a wristband hold no cells.
    """
    case = Case(workflow, workflow.actions[moves.OPEN_EXCEPTION], request, facts)
    drafting = moves.Drafting(case, "incident")
    told = moves.open_exception(
        drafting,
        seen=_SUSPECTED[found.what],
        kind=Wrong.LABEL if found.what is Strange.DONATION else Wrong.MISMATCH,
        of_class="major",
        on=facts.subjects[found.subject] if found.subject else None,
    )
    _name_the_other(drafting, told)
    return drafting.finished()


def is_suspected(workflow: Workflow, request: Request, facts: Facts, found: Mismatch) -> bool:
    """The other therapy was told of the number of this collection, and nobody has closed that.

    All else is told each time: it is another thing in hand, or another hand.
    """
    if found.what is not Strange.DONATION:
        return False
    case = Case(workflow, workflow.actions[moves.OPEN_EXCEPTION], request, facts)
    orders = case.scanned(Order)
    return all(_is_told_of_donation(case, order.coi, found.subject) for order in orders)


def _name_the_other(drafting: moves.Drafting, exception: Subject) -> None:
    """Both records name both therapies, so that whoever reads the one finds the other."""
    for order in drafting.case.scanned(Order):
        drafting.record(exception.id, moves.OTHER, order.coi)


_SUSPECTED = {
    Strange.BAG: "The code of this bag was typed in the place of another therapy's;"
    " to be confirmed by a scan",
    Strange.DONATION: "The donation number of this collection was given to another patient's",
    Strange.OVER_LABEL: "Another's label on this bag was scanned on a bag of another therapy",
    Strange.ORDER: "The order of this therapy was scanned in the place of another's",
    Strange.BAND: "The wristband of this patient was scanned in the place of another's",
}


def incident(workflow: Workflow, request: Request, facts: Facts, seen: str) -> Draft:
    """A free-standing entry: a critical exception, and never a custody move."""
    case = Case(workflow, workflow.actions[moves.OPEN_EXCEPTION], request, facts)
    drafting = moves.Drafting(case, "incident")
    told = moves.open_exception(drafting, seen=seen, kind=Wrong.MISMATCH)
    _name_the_other(drafting, told)
    return drafting.finished()
