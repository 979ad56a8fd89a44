"""One request beside the facts it meets: what every guard is given."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from workflows.composed import nfc
from workflows.facts import (
    Bench,
    Deed,
    Equipment,
    Facts,
    Label,
    Link,
    Mode,
    NewSubject,
    Order,
    Place,
    Request,
    Scan,
    Shipper,
    Subject,
    Value,
    Wristband,
)
from workflows.model import Action, Kind, MoveRule, Relation, Workflow

M = TypeVar("M", Label, Wristband, Order, Shipper, Place)


class NotTold(LookupError):
    """A guard asked for a section of the facts that was not read: a refusal, never a pass."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One living subject that the action would move, and by which rule."""

    subject: Subject
    rule: MoveRule
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One subject that the action would bring into being."""

    new: NewSubject
    rule: MoveRule


@dataclass(frozen=True, slots=True)
class Case:
    """A request, the facts, and the turns that the definition foresees for them."""

    workflow: Workflow
    action: Action
    request: Request
    facts: Facts
    turns: tuple[Turn, ...] = ()
    arrivals: tuple[Arrival, ...] = ()

    def with_turns(self, turns: Iterable[Turn], arrivals: Iterable[Arrival] = ()) -> "Case":
        """The same case with these turns and arrivals in place of its own."""
        return Case(
            self.workflow, self.action, self.request, self.facts, tuple(turns), tuple(arrivals)
        )

    @property
    def is_copied(self) -> bool:
        """It is a step of the past, which somebody copies from paper."""
        return self.facts.therapy.is_copied and self.request.mode is Mode.LATE

    # -- what was scanned ------------------------------------------------------------------------

    def scanned(self, meaning: type[M]) -> tuple[M, ...]:
        """The scans of one sort, as what they mean."""
        return tuple([s.means for s in self.request.scans if isinstance(s.means, meaning)])

    @property
    def unknown_scans(self) -> tuple[Scan, ...]:
        """Scans that mean nothing here."""
        return tuple([scan for scan in self.request.scans if scan.means is None])

    # -- what was given --------------------------------------------------------------------------

    def given(self, field: str) -> str:
        """The text given for a field, as it will be recorded: a new subject's own comes first."""
        own = (a.new.values[field] for a in self.arrivals if field in a.new.values)
        return nfc(next(own, self.request.values.get(field, ""))).strip()

    # -- what is known of a subject ---------------------------------------------------------------

    def title_of(self, field: str) -> str:
        """What the definition calls a field, in whichever action."""
        every = (one for action in self.workflow.actions.values() for one in action.fields)
        return next((one.title for one in every if one.name == field), field)

    def title_of_step(self, action: str) -> str:
        """What an earlier step is called, by the version that knows it."""
        older = (one.workflow for one in reversed(self.facts.earlier))
        known = (one.actions.get(action) for one in (self.workflow, *older))
        return next((one.title for one in known if one), action)

    def kind_of(self, machine: str) -> Kind:
        """The kind behind a machine's name."""
        return self.workflow.machines[machine].kind

    def turns_of(self, *kinds: Kind) -> Iterator[Turn]:
        """The turns of subjects of these kinds."""
        machines = self.workflow.machines
        return (turn for turn in self.turns if machines[turn.subject.machine].kind in kinds)

    def subjects_of(self, *kinds: Kind) -> Iterator[Subject]:
        """Every subject of these kinds that the therapy has, moved or not."""
        machines = self.workflow.machines
        return (s for s in self.facts.subjects.values() if machines[s.machine].kind in kinds)

    def is_final(self, subject: Subject) -> bool:
        """The subject's life is over."""
        return self.workflow.machines[subject.machine].states[subject.position.state].final

    @property
    def links(self) -> tuple[Link, ...]:
        """The family tree; a case that was not told refuses."""
        if self.facts.links is None:
            raise NotTold("links")
        return self.facts.links

    @property
    def history(self) -> tuple[Deed, ...]:
        """The earlier entries; a case that was not told refuses."""
        if self.facts.history is None:
            raise NotTold("history")
        return self.facts.history

    @property
    def benches(self) -> tuple[Bench, ...]:
        """The registered benches of the acting unit; a case that was not told refuses."""
        if self.facts.benches is None:
            raise NotTold("benches")
        return self.facts.benches

    @property
    def equipment(self) -> Mapping[str, Equipment]:
        """What fields name of the acting unit's equipment; a case that was not told refuses."""
        if self.facts.equipment is None:
            raise NotTold("equipment")
        return self.facts.equipment

    @property
    def files(self) -> Mapping[str, str]:
        """Of the files that fields name, those that are held; a case that was not told refuses."""
        if self.facts.files is None:
            raise NotTold("files")
        return self.facts.files

    @property
    def asks_other_device(self) -> bool:
        """The site has the second check made elsewhere; a case that was not told refuses."""
        if self.facts.asks_other_device is None:
            raise NotTold("asks_other_device")
        return self.facts.asks_other_device

    def parents(self, subject: str, relation: Relation = Relation.MADE_OF) -> tuple[Subject, ...]:
        """What the subject was made of (or what is packed in it)."""
        return tuple(
            self.facts.subjects[link.parent]
            for link in self.links
            if link.child == subject and link.relation == relation
        )

    def children(self, subject: str, relation: Relation = Relation.MADE_OF) -> tuple[Subject, ...]:
        """What was made of the subject (or the shipments it travelled in)."""
        return tuple(
            self.facts.subjects[link.child]
            for link in self.links
            if link.parent == subject and link.relation == relation
        )

    def value(self, subject: str, field: str) -> Value | None:
        """The newest value of a field, or None when none was recorded."""
        if self.facts.values is None:
            raise NotTold("values")
        found = [v for v in self.facts.values if v.subject == subject and v.field == field]
        return max(found, key=lambda v: (v.occurrence, v.revision), default=None)

    def occasions(self, subject: str, field: str) -> tuple[Value, ...]:
        """The value of each occasion on which a field was recorded, corrected where it was."""
        if self.facts.values is None:
            raise NotTold("values")
        found = [v for v in self.facts.values if v.subject == subject and v.field == field]
        newest = {v.occurrence: v for v in sorted(found, key=lambda v: v.revision)}
        return tuple(newest.values())

    def last_deed(self, action: str, subject: str) -> Deed | None:
        """The newest entry in which this action moved the subject, or None."""
        found = (d for d in self.history if d.action == action and subject in d.subjects)
        return max(found, key=lambda deed: deed.seq, default=None)

    @property
    def signers(self) -> tuple[str, ...]:
        """The persons about to sign, in order."""
        return tuple([signing.person.id for signing in self.request.signings])
