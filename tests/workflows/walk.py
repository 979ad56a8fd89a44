"""Three therapies of two patients, kept in memory: it executes decisions and trusts none of them.

`Walk.take` decides and records; `invariants` then look at what stands there, with rules of their
own that do not ask the engine.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from tests import builders, cast
from workflows.apply import apply
from workflows.decide import decide, needs
from workflows.draft import Decision, Draft, Move, Strange
from workflows.facts import (
    Deed,
    Facts,
    Link,
    Request,
    Subject,
    Therapy,
    Value,
    Wristband,
)
from workflows.labelled import CHOICES
from workflows.mix_ups import contained, refused_with_mismatch, suspected
from workflows.model import Kind, Verb
from workflows.packing import PACKAGING, goes_with
from workflows.treating import Treatment

SECTIONS = {"sites", "treatment", "links", "values", "history", "templates", "benches"} | {
    *("equipment", "files"),
}
Row = tuple[str, str, str, str]  # machine, action, from, to


@dataclass(slots=True)
class Chain:
    """The record of one therapy."""

    therapy: Therapy
    subjects: dict[str, Subject] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    history: list[Deed] = field(default_factory=list)
    sites: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    checked_at: dict[str, datetime] = field(default_factory=dict)

    def newest(self, subject: str, name: str) -> str | None:
        """The newest recorded value of a field."""
        found = [v.content for v in self.values if v.subject == subject and v.field == name]
        return found[-1] if found else None

    def parents(self, subject: str, relation: str) -> list[str]:
        """What it is made of, or what is packed in it."""
        return [k.parent for k in self.links if k.child == subject and k.relation == relation]

    def ancestors(self, subject: str) -> Iterator[Subject]:
        """Everything that it is made of, back to the vein."""
        for parent in self.parents(subject, "made_of"):
            yield self.subjects[parent]
            yield from self.ancestors(parent)


class Walk:
    """The therapies A and A2 of patient A and B of patient B, and one clock."""

    covered: ClassVar[Counter[Row]] = Counter()
    taken: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self.workflow = builders.a_workflow()
        self.now = cast.NOW
        self.bands = {patient: [f"W-{patient}"] for patient in (cast.PATIENT_A, cast.PATIENT_B)}
        self.chains = {
            coi: Chain(Therapy(coi, patient, self.workflow.name, self.workflow.version, 0, 0))
            for coi, patient in cast.PATIENT_OF.items()
        }
        self.rows = {
            tuple(getattr(row, f.name) for f in fields(row)) for row in self.workflow.transitions
        }

    # -- what is told ------------------------------------------------------------------------------

    def everything(self, coi: str) -> Facts:
        """All that is known of a therapy."""
        chain = self.chains[coi]
        patient = chain.therapy.patient
        return Facts(
            now=self.now,
            therapy=chain.therapy,
            subjects=dict(chain.subjects),
            sites=frozenset(chain.sites),
            treatment=Treatment(treats=cast.WARD.site),
            units=cast.UNITS,
            links=tuple(chain.links),
            values=tuple(chain.values),
            history=tuple(chain.history),
            templates={**dict.fromkeys(CHOICES, True), "wristband": True},
            label_lives=(),
            over_labels=(),
            donations=(),
            benches=(),
            equipment={},
            files={},
            wristband=Wristband(self.bands[patient][-1], patient, current=True),
            asks_other_device=False,
        )

    def needed(self, request: Request) -> Facts:
        """What the engine says that it needs for this request, and nothing more.

        How grave an exception is, and what a dispensation is for, is read wherever one is open.
        """
        action, told = self.workflow.actions.get(request.action), self.everything(request.coi)
        unneeded = SECTIONS - (needs(action) if action else set())
        if any(map(self._is_open, told.subjects.values())):
            unneeded -= {"values"}
        told = replace(told, **dict.fromkeys(unneeded))
        return replace(told, consignee=cast.UNITS.get(request.consignee))

    def _is_open(self, subject: Subject) -> bool:
        """An exception or a dispensation that has not come to its end."""
        machine = self.workflow.machines[subject.machine]
        is_told = machine.kind in {Kind.EXCEPTION, Kind.DISPENSATION}
        return is_told and not machine.states[subject.position.state].final

    # -- what is done ------------------------------------------------------------------------------

    def allows(self, request: Request) -> bool:
        """The engine would record it."""
        return decide(self.workflow, request, self.needed(request)).allowed

    def take(self, request: Request) -> Decision:
        """Decide; record what was allowed, or the wrong scan on both sides."""
        told = self.needed(request)
        decision = decide(self.workflow, request, told)
        if decision.draft:
            signed = len(request.signings)
            self.record(self.chains[request.coi], decision.draft, request, signed)
            self.taken[request.action] += 1
        elif request.coi in self.chains[request.coi].subjects:
            self.refuse(request, told, decision)
        return decision

    def refuse(self, request: Request, told: Facts, decision: Decision) -> None:
        """Record what a wrong scan leaves, here and in the therapies whose things were scanned."""
        if decision.mispairing:
            refused = refused_with_mismatch(self.workflow, request, told, decision.mispairing)
            self.record(self.chains[request.coi], refused, request, 0)
        for found in decision.mismatches:
            strange = self.everything(found.coi)
            if found.what is Strange.BAG:
                draft = contained(self.workflow, request, strange, found.subject)
            else:
                draft = suspected(self.workflow, request, strange, found)
            self.record(self.chains[found.coi], draft, request, 0)

    def record(self, chain: Chain, draft: Draft, request: Request, signed: int) -> None:
        """Write an entry as a store would, refusing what a store would refuse."""
        beside = draft.kind in {"refused", "incident"} or draft.action == "order"
        assert beside or request.unit.site in chain.sites, "another site takes a step"
        assert not beside or draft.action == "order" or not draft.sites, "a tale brings in a site"
        assert not chain.sites & set(draft.sites), "a site comes in twice"
        chain.sites |= set(draft.sites)
        for move in draft.moves:
            self.look_at(chain, move, draft, request, signed)
        born = {birth.id: birth for birth in draft.births}
        assert not born.keys() & chain.subjects.keys(), "nothing is born twice"
        before = {name: subject.position for name, subject in chain.subjects.items()}
        after = apply(before, draft.moves)
        seq = chain.therapy.next_seq
        for name, position in after.items():
            if name in born:
                birth = born[name]
                chain.subjects[name] = Subject(
                    name, birth.machine, seq, birth.origin, birth.origin_born, position
                )
            else:
                chain.subjects[name] = replace(chain.subjects[name], position=position)
        chain.links += [Link(k.child, k.parent, k.relation) for k in draft.links]
        chain.values += [
            Value(v.subject, v.field, v.occurrence, 1, v.content, within=v.within)
            for v in draft.values
        ]
        chain.labels |= set(draft.to_label)
        if draft.new_wristband:
            band = self.bands[chain.therapy.patient]
            band.append(f"W-{chain.therapy.patient}-{len(band)}")
        self.close_entry(chain, draft, request, signed)

    def close_entry(self, chain: Chain, draft: Draft, request: Request, signed: int) -> None:
        """Add the entry to the history; count its stop of the whole therapy."""
        persons = tuple((s.person.id, s.meaning) for s in request.signings) if signed else ()
        chain.history.append(
            Deed(
                seq=chain.therapy.next_seq,
                kind=draft.kind,
                action=draft.action,
                actor=request.actor.id,
                happened_at=self.now,
                subjects=tuple(move.subject for move in draft.moves),
                persons=persons,
            )
        )
        recorded = draft.kind not in {"refused", "incident"}
        stop = self.workflow.actions[draft.action].chain_stop if recorded else 0
        chain.therapy = replace(
            chain.therapy,
            next_seq=chain.therapy.next_seq + 1,
            stops=chain.therapy.stops + stop,
        )

    # -- what is looked at while it is done --------------------------------------------------------

    def look_at(
        self, chain: Chain, move: Move, draft: Draft, request: Request, signed: int
    ) -> None:
        """One move: an allowed row, no stop passed, no end left, nobody harmed."""
        row = (move.machine, move.action, move.before.state, move.after.state)
        effects = (move.custody, move.stop_effect, move.while_stopped, move.scans, move.patient)
        whole = (self.workflow.name, 1, 1, *row, *effects, signed, move.on_paper, move.packing)
        assert whole in self.rows, f"no transition allows {whole}"
        self.covered[row] += 1

        if not move.while_stopped:
            assert not move.before.stops, f"{move.subject} moves while stopped"
            assert not chain.therapy.stops, f"{move.subject} moves while its therapy is stopped"
        state = self.workflow.machines[move.machine].states.get(move.before.state)
        if state and state.final:
            action = self.workflow.actions[move.action]
            assert action.record_only or action.verb is Verb.LIFT
            assert move.after.state == move.before.state, "an end is left"
        assert goes_with(move.packing, move.before.inside, move.after.inside), "inside elsewhere"
        if move.patient:
            band = self.bands[chain.therapy.patient][-1]
            assert (move.patient_id, move.wristband) == (chain.therapy.patient, band)
        if move.action == "check_at_bedside" and move.machine == "product":
            chain.checked_at[move.subject] = self.now
        if move.action in {"infuse", "infuse_part"} and move.machine == "product":
            self.look_at_infusion(chain, move, draft, request)

    def look_at_infusion(self, chain: Chain, move: Move, draft: Draft, request: Request) -> None:
        """Nothing is infused that is not this patient's, released, checked and in date."""
        lots = [s for s in chain.ancestors(move.subject) if s.machine == "lot"]
        assert lots
        assert {s.position.state for s in lots} <= {"released", "provisionally_released"}
        assert move.before.holder == request.unit.id
        assert move.label == f"B:{move.subject}"
        assert len({signing.person.id for signing in request.signings}) == 2

        bent = request.mode == "late" and any(b.machine == "exception" for b in draft.births)
        dispensed = any(
            m.machine == "dispensation" and m.after.state == "used" for m in draft.moves
        )
        fresh = self.now - chain.checked_at[move.subject] <= timedelta(minutes=30)
        assert fresh or bent, "infused without a fresh check"
        expires_at = datetime.fromisoformat(chain.newest(move.subject, "expires_at") or "")
        thawed_at = datetime.fromisoformat(chain.newest(move.subject, "thawed_at") or "")
        in_date = self.now < expires_at and self.now - thawed_at <= timedelta(minutes=60)
        assert in_date or bent or dispensed, "infused out of date"
        parts = [v for v in chain.values if (v.subject, v.field) == (move.subject, "infused_ml")]
        infused = sum(map(Decimal, [*(v.content for v in parts), request.values["infused_ml"]]))
        filled = Decimal(chain.newest(move.subject, "volume_ml") or 0)
        assert infused <= filled * Decimal("1.1") or bent, "infused more than there was"


# -- what must be true after every step ----------------------------------------------------------


def invariants(walk: Walk) -> None:
    """Raise where a chain is broken."""
    for coi, chain in walk.chains.items():
        for subject in chain.subjects.values():
            assert subject.position.stops >= 0
            assert subject.id == coi or subject.id.startswith(f"{coi}/")
            if subject.machine in {"material", "product", "sample"}:
                one_holder(walk, subject)
                no_orphan(chain, subject)
        one_identity(chain)
        nothing_is_with_strangers(chain)
        every_stop_has_its_exception(chain)
        contents_travel_with_their_shipment(chain)
        nobody_signed_twice(chain)


def one_holder(walk: Walk, container: Subject) -> None:
    """It is held by one unit, or on the way to one other; or it is at its end, held by none."""
    position = container.position
    if walk.workflow.machines[container.machine].states[position.state].final:
        assert position.holder not in cast.UNITS
        assert not position.in_transit
    else:
        assert position.holder in cast.UNITS
        assert position.consignee in {"-", *cast.UNITS} - {position.holder}


def no_orphan(chain: Chain, container: Subject) -> None:
    """It goes back to a collection of its own therapy, and was labelled when it was born."""
    assert any(ancestor.machine == "collection" for ancestor in chain.ancestors(container.id))
    assert container.id in chain.labels


def nothing_is_with_strangers(chain: Chain) -> None:
    """Each unit that holds something, or to which it is sent, is of a site that takes part."""
    for subject in chain.subjects.values():
        for party in (subject.position.holder, subject.position.consignee):
            assert party not in cast.UNITS or cast.UNITS[party].site in chain.sites


def one_identity(chain: Chain) -> None:
    """Both ends of every link are this therapy's, and a child is younger than its parents."""
    for link in chain.links:
        assert chain.subjects[link.parent].born_seq < chain.subjects[link.child].born_seq


def every_stop_has_its_exception(chain: Chain) -> None:
    """As many stops as open exceptions that hold something: none is lost, none remains."""
    held: Counter[str | None] = Counter()
    for subject in chain.subjects.values():
        if subject.machine == "exception" and subject.position.state == "open":
            stops = chain.newest(subject.id, "stops")
            held[subject.origin if stops == "item" else stops] += 1
    assert chain.therapy.stops == held["therapy"]
    for subject in chain.subjects.values():
        assert subject.position.stops == held[subject.id], subject


def contents_travel_with_their_shipment(chain: Chain) -> None:
    """What is packed is where its package is, as the family tree says, and nowhere after that."""
    machines = builders.a_workflow().machines
    for package in chain.subjects.values():
        if machines[package.machine].kind not in PACKAGING:
            continue
        closed = not machines[package.machine].states[package.position.state].final
        for name in chain.parents(package.id, "packed_in"):
            there, position = package.position, chain.subjects[name].position
            if position.holder not in cast.UNITS:
                continue  # lost on the way
            assert (position.inside == package.id) == closed
            if closed:
                assert (position.holder, position.consignee) == (there.holder, there.consignee)


def nobody_signed_twice(chain: Chain) -> None:
    """Where two sign, they are two."""
    for deed in chain.history[-2:]:
        signers = [person for person, _ in deed.persons]
        assert len(set(signers)) == len(signers)
