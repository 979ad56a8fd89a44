"""Turns an allowed case into the draft of its entry: moves, births, links, values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from workflows import correcting, quality
from workflows.case import Arrival, Case, Turn
from workflows.draft import Birth, Draft, Move, NewLink, NewValue
from workflows.expansion import MIGRATE
from workflows.facts import Label, Position, Subject, Wristband, unborn
from workflows.fields import read
from workflows.guards.equipment import calibration_told
from workflows.guards.identity import is_labelled_anew, shipper_scan
from workflows.guards.investigating import CRITERION
from workflows.guards.people import role_in_use
from workflows.labelled import BAG_LABEL
from workflows.model import Action, Custody, Field, FieldKind, Kind, MoveRule, Pick, Relation, Verb
from workflows.on_paper import APPLY_LABEL, BESIDE, NOT_BESIDE, ONLY_COPIED, is_beside
from workflows.packing import NOTHING, PACKAGING, Packing, depth, packing_of
from workflows.refusal import Notice
from workflows.wrong import Wrong

OPEN_EXCEPTION = "open_exception"
OTHER = "other_coi"  # the therapy with which this one was mixed up
THINGS = "things"  # which things an exception about a package names
OWNER = "owner"  # the person who answers for an exception
WRISTBAND = "wristband"  # the template that tells of a patient


@dataclass(slots=True)
class Drafting:
    """A draft while it grows; `finished` makes the value that leaves this module."""

    case: Case
    kind: str
    moves: list[Move] = field(default_factory=list)
    births: list[Birth] = field(default_factory=list)
    links: list[NewLink] = field(default_factory=list)
    values: list[NewValue] = field(default_factory=list)
    to_label: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    package: str = NOTHING  # what is closed in this entry

    @property
    def seq(self) -> int:
        """The number of the entry in its chain."""
        return self.case.facts.therapy.next_seq

    @property
    def occurrence(self) -> int:
        """A field is recorded once per subject and entry, so the entry numbers the occasion."""
        return self.seq + 1

    def finished(self) -> Draft:
        """The draft as a value."""
        return Draft(
            kind=self.kind,
            action=self.case.action.name,
            role=role_in_use(self.case) or "-",
            moves=tuple(self.moves),
            births=tuple(self.births),
            links=tuple(self.links),
            values=tuple(self.values),
            to_label=tuple(self.to_label),
            new_wristband=WRISTBAND in self.case.action.prints,
            notices=tuple(self.notices),
        )

    def record(self, subject: str, name: str, content: str, *, confidential: bool = False) -> None:
        """Write down a value that the engine itself knows."""
        self.values.append(
            NewValue(subject, name, content, occurrence=self.occurrence, confidential=confidential)
        )


def draft(case: Case, kind: str) -> Drafting:
    """Everything that the definition foresees for an allowed case."""
    drafting = Drafting(case, kind)
    for arrival in case.arrivals:
        _be_born(drafting, arrival)
    for turn in _by_depth(case):
        drafting.moves.append(_turn(drafting, turn))
        _record_fields(drafting, turn.subject.id, turn.subject.machine, case.request.values)
        if is_labelled_anew(case, turn):
            drafting.to_label.append(turn.subject.id)
        if case.action.verb is Verb.TEST and case.kind_of(turn.subject.machine) is Kind.LOT:
            drafting.values.append(quality.result(case, turn.subject.id, drafting.occurrence))
        if case.action.verb is Verb.TAKE_ON:
            drafting.record(turn.subject.id, OWNER, case.request.actor.id)
    if case.action.verb is Verb.CORRECT:
        drafting.values += correcting.revisions(case)
    return drafting


# -- who moves how ---------------------------------------------------------------------------------


def _by_depth(case: Case) -> list[Turn]:
    """What is around something before what is in it: its move refers to that of its package."""
    subjects = case.facts.subjects
    return sorted(case.turns, key=lambda turn: depth(subjects, turn.subject))


def _turn(drafting: Drafting, turn: Turn) -> Move:
    """The move of a living subject."""
    case, before, rule = drafting.case, turn.subject.position, turn.rule
    holder, consignee = _hands(case, rule, before)
    after = Position(
        turn=before.turn + 1,
        version=case.facts.therapy.version,
        state=rule.to_state or before.state,
        holder=holder,
        consignee=consignee,
        stops=before.stops + rule.stop,
        inside=_inside(drafting, rule, before),
    )
    return _move(case, case.action.name, turn.subject, rule, after, turn.label)


def _inside(drafting: Drafting, rule: MoveRule, before: Position) -> str:
    """What is closed around it afterwards."""
    match packing_of(drafting.case.action, rule):
        case Packing.GOES_IN:
            return drafting.package
        case Packing.COMES_OUT:
            return NOTHING
    return before.inside


def _hands(case: Case, rule: MoveRule, before: Position) -> tuple[str, str]:
    """Holder and consignee afterwards."""
    if rule.custody is Custody.RELEASES:
        return before.holder, case.request.consignee
    if rule.custody in _HELD_AS_BEFORE:
        return before.holder, before.consignee
    return _HOLDER[rule.custody](case, rule, before), "-"


_HELD_AS_BEFORE = {Custody.NONE, Custody.KEEPS}
_HOLDER: Mapping[Custody, Callable[[Case, MoveRule, Position], str]] = {
    Custody.CREATES: lambda case, _rule, _before: case.request.unit.id,
    Custody.ACCEPTS: lambda _case, _rule, before: before.consignee,
    Custody.TAKES_BACK: lambda _case, _rule, before: before.holder,
    Custody.ENDS: lambda case, rule, _before: (
        case.facts.therapy.patient if rule.patient else rule.ends_as
    ),
    Custody.LOSES: lambda _case, rule, _before: rule.ends_as,
}


def _move(
    case: Case,
    action: str,
    subject: Subject,
    rule: MoveRule,
    after: Position,
    label: Label | None = None,
) -> Move:
    """A move with the evidence that its rule asks for."""
    band = next(iter(case.scanned(Wristband)), None) if rule.patient else None
    return Move(
        subject=subject.id,
        machine=subject.machine,
        action=action,
        born_seq=subject.born_seq,
        before=subject.position,
        after=after,
        holder_kind=_holder_kind(case, subject, rule, after.holder),
        custody=rule.custody.value,
        stop_effect=rule.stop,
        while_stopped=int(rule.while_stopped),
        scans=int(rule.scan),
        patient=int(rule.patient),
        label=label.serial if label else None,
        patient_id=case.facts.therapy.patient if band else None,
        wristband=band.serial if band else None,
        packing=packing_of(case.action, rule).value,
        on_paper=_on_paper(case, action),
    )


def _on_paper(case: Case, action: str) -> int:
    """Whether such a move is one of a copied step, or goes on beside them, or neither."""
    if case.is_copied and action == case.action.name:
        return ONLY_COPIED
    known = case.workflow.actions.get(action)
    goes_on = known is not None and is_beside(case.workflow, known)
    return BESIDE if goes_on or action == APPLY_LABEL else NOT_BESIDE


def _holder_kind(case: Case, subject: Subject, rule: MoveRule, holder: str) -> str:
    """The kind of party that holds it afterwards, as the store asks for it."""
    if holder == "-":
        return "nobody"
    if rule.custody in {Custody.ENDS, Custody.LOSES}:
        return "patient" if rule.patient else "gone"
    was_over = subject.position.state != "" and case.is_final(subject)
    return "gone" if was_over else "unit"


# -- what is born ----------------------------------------------------------------------------------


def _be_born(drafting: Drafting, arrival: Arrival) -> None:
    """One new subject: its birth, first move, family, values and label."""
    case, rule = drafting.case, arrival.rule
    parents = [t.subject for t in case.turns if _is_parent(rule, t)]
    subject = _birth(drafting, rule, parents[0] if parents else None)
    if case.kind_of(rule.machine) in _OF_CELLS:
        drafting.links += [
            NewLink(subject.id, parent.id, parent.born_seq, _relation(case, rule).value)
            for parent in parents
        ]
    if case.kind_of(rule.machine) in PACKAGING:
        drafting.package = subject.id
    values = {**case.request.values, **arrival.new.values}
    _record_fields(drafting, subject.id, rule.machine, values)
    for name, content in _known_values(case, rule.machine):
        drafting.record(subject.id, name, content)
    if BAG_LABEL in case.action.prints and case.workflow.machines[rule.machine].labelled:
        drafting.to_label.append(subject.id)


def _is_parent(rule: MoveRule, turn: Turn) -> bool:
    """It is one of those that the new one is made of; around a package, what is scanned into it."""
    # What is in a cassette goes into the shipper with it, and is packed in the cassette alone.
    return turn.subject.machine in rule.parents and not turn.rule.is_inside


_OF_CELLS = {Kind.CONTAINER, Kind.LOT, Kind.SAMPLE, *PACKAGING}


def _relation(case: Case, rule: MoveRule) -> Relation:
    """Containers travel inside a shipment; everything else is made of its parents."""
    packed = case.kind_of(rule.machine) in PACKAGING
    return Relation.PACKED_IN if packed else Relation.MADE_OF


def _birth(
    drafting: Drafting, rule: MoveRule, parent: Subject | None, action: str | None = None
) -> Subject:
    """Add the birth and the first move; the subject as it stands afterwards."""
    case = drafting.case
    coi, version = case.facts.therapy.coi, case.facts.therapy.version
    root = case.kind_of(rule.machine) is Kind.THERAPY
    origin = None if root else parent or case.facts.subjects[coi]
    # Made of chain, entry and number: nobody needs to be asked whether it is free.
    identifier = coi if root else f"{coi}/{drafting.seq}.{len(drafting.births) + 1}"
    nowhere = unborn(version)
    subject = Subject(
        identifier,
        rule.machine,
        drafting.seq,
        origin.id if origin else None,
        origin.born_seq if origin else None,
        nowhere,
    )
    holder, consignee = _hands(case, rule, nowhere)
    after = Position(1, version, rule.to_state, holder, consignee, rule.stop)
    drafting.births.append(Birth(subject.id, subject.machine, subject.origin, subject.origin_born))
    drafting.moves.append(_move(case, action or case.action.name, subject, rule, after))
    return subject


def _known_values(case: Case, machine: str) -> Iterator[tuple[str, str]]:
    """What the engine itself knows of a new subject."""
    kind = case.kind_of(machine)
    if kind is Kind.LOT:
        yield "attempt", str(1 + sum(1 for _ in case.subjects_of(Kind.LOT)))
    if kind is Kind.SHIPMENT:
        shipper = shipper_scan(case)
        if shipper is not None:
            yield "shipper", shipper.serial
            yield "hold_hours", str(shipper.hold_hours)
    if kind is Kind.EXCEPTION:
        yield "stops", _what_it_stops(case.action)
        if case.action.verb is Verb.HOLD:
            kind_of_hold = _kind_of_hold(case.action)
            yield "kind", kind_of_hold.value
            if kind_of_hold is Wrong.HOLD:
                yield "class", "major"


def _kind_of_hold(action: Action) -> Wrong:
    """A hold of every day; or one that says itself how grave it is, and maybe what is concerned."""
    says = {field_.name for field_ in action.fields}
    if CRITERION in says:
        return Wrong.STOP_SHIP
    return Wrong.QUALITY_STOP if "class" in says else Wrong.HOLD


def _what_it_stops(action: Action) -> str:
    """What an exception born of this action stops."""
    if action.verb is not Verb.HOLD:
        return "nothing"
    return "therapy" if action.chain_stop else "item"


# -- what is recorded ------------------------------------------------------------------------------


def _record_fields(
    drafting: Drafting, subject: str, machine: str, values: Mapping[str, str]
) -> None:
    """The fields that the action records on this subject."""
    for field_ in drafting.case.action.fields:
        if _is_on(drafting.case, field_, machine) and values.get(field_.name, "").strip():
            drafting.values.append(
                _as_registered(
                    drafting.case,
                    NewValue(
                        subject=subject,
                        field=field_.name,
                        content=read(field_, values[field_.name]),
                        occurrence=drafting.occurrence,
                        unit=field_.unit,
                        confidential=field_.confidential,
                    ),
                    field_,
                )
            )


def _as_registered(case: Case, value: NewValue, field_: Field) -> NewValue:
    """Equipment by its own number, with the end of its calibration; all else as it was read.

    A file stands beside the commitment to its content.
    """
    if field_.kind is FieldKind.FILE:
        return replace(value, limits=case.files[value.content])
    found = case.equipment.get(value.content) if field_.kind is FieldKind.EQUIPMENT else None
    if found is None:
        return value
    return replace(value, content=found.number, limits=calibration_told(found))


def _is_on(case: Case, field_: Field, machine: str) -> bool:
    """The field is recorded on subjects of this machine."""
    if field_.on == "*":
        return case.kind_of(machine) is not Kind.THERAPY
    return field_.on == machine


# -- what is opened beside -------------------------------------------------------------------------


def open_exception(
    drafting: Drafting,
    *,
    seen: str,
    kind: Wrong,
    of_class: str = "critical",
    stops: str = "nothing",
    on: Subject | None = None,
) -> Subject:
    """Add an exception to the draft: what was seen, of what kind and class, what it stops."""
    action = drafting.case.workflow.actions[OPEN_EXCEPTION]
    rule = next(rule for rule in action.moves if not rule.from_states)
    subject = _birth(drafting, rule, on, OPEN_EXCEPTION)
    drafting.record(subject.id, "kind", kind.value)
    drafting.record(subject.id, "class", of_class)
    drafting.record(subject.id, "stops", stops)
    drafting.record(subject.id, "seen", seen, confidential=True)
    return subject


def hold(drafting: Drafting, subject: Subject) -> None:
    """Add the move that stops an item, as the action `hold` would."""
    found = hold_rule(drafting.case, subject)
    if found is None:
        raise LookupError(subject.id)
    action, rule = found
    before = subject.position
    after = replace(before, turn=before.turn + 1, stops=before.stops + rule.stop)
    drafting.moves.append(_move(drafting.case, action, subject, rule, after))


def carry_over(drafting: Drafting, subject: Subject) -> None:
    """Add the move that takes a subject to the version of now, as it stands."""
    # No definition writes this rule; `workflows.expansion` spells its transitions out.
    before = subject.position
    rule = MoveRule(subject.machine, (before.state,), "", Pick.NAMED, while_stopped=True)
    after = replace(before, turn=before.turn + 1, version=drafting.case.facts.therapy.version)
    drafting.moves.append(_move(drafting.case, MIGRATE, subject, rule, after))


def hold_rule(case: Case, subject: Subject) -> tuple[str, MoveRule] | None:
    """The action and the rule that stop this item where it stands; None where nothing does."""
    for action in case.workflow.actions.values():
        for rule in action.moves:
            # The hold of a whole therapy stops everything in it, and is another action.
            fits = rule.machine == subject.machine and subject.position.state in rule.from_states
            if action.verb is Verb.HOLD and fits and not action.chain_stop:
                return action.name, rule
    return None


def use_dispensation(drafting: Drafting, subject: Subject) -> None:
    """Add the move that uses up a dispensation; it serves once."""
    # No definition writes this rule; `workflows.expansion` spells its transitions out.
    rule = MoveRule(subject.machine, ("granted",), "used", Pick.NAMED)
    before = subject.position
    after = replace(before, turn=before.turn + 1, state="used")
    drafting.moves.append(_move(drafting.case, drafting.case.action.name, subject, rule, after))
