"""The helpful performer: somebody who knows the job and fills in a valid request for an action.

Given the facts, it finds what the action can act on, who may do it where, and gives the scans,
values, signatures and identity checks that are asked. `choose` picks where there is a choice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tests import builders, cast
from workflows.facts import (
    Facts,
    IdentityCheck,
    Mode,
    NewSubject,
    Order,
    Person,
    Request,
    Scan,
    Signing,
    Subject,
    Unit,
)
from workflows.model import Action, Custody, Field, FieldKind, Kind, MoveRule, Pick, Verb

Choose = Callable[[Sequence[Any]], Any]
Found = tuple[Subject, MoveRule]


class NotPossible(Exception):
    """There is nothing, or nobody, for this action now."""


def first(options: Sequence[Any]) -> Any:
    """Choose the first."""
    return options[0]


def a_request(told: Facts, action: str, choose: Choose = first, **changes: Any) -> Request:
    """Give a valid request for the action, then make the changes.

    Raises:
        NotPossible: nothing stands where the action begins, or nobody may do it.
    """
    found = builders.a_workflow().actions[action]
    return replace(Performance(told, found, choose).request(), **changes)


def told_late(request: Request, at: datetime) -> Request:
    """Give the same as a late fact, which happened at this time."""
    return replace(request, mode=Mode.LATE, happened_at=at)


@dataclass(slots=True)
class Performance:
    """One action, about to be taken."""

    told: Facts
    action: Action
    choose: Choose

    def request(self) -> Request:
        """Put the request together."""
        turns = self.turns()
        unit, actor = self.place_and_actor(turns)
        values = self.values(turns)
        signings = self.signings(actor, unit, values)
        return Request(
            coi=self.told.therapy.coi,
            action=self.action.name,
            actor=actor,
            unit=unit,
            scans=self.scans(turns),
            named=tuple(s.id for s, rule in turns if rule.pick is Pick.NAMED),
            births=self.births(),
            values=values,
            consignee=self.consignee(turns),
            signings=signings,
            identity_checks=self.identity_checks(signings),
        )

    # -- what is acted on --------------------------------------------------------------------------

    def turns(self) -> list[Found]:
        """Choose what is scanned or named: all of it where one unit can act on it."""
        self.the_therapy_is_ready()
        turns: list[Found] = []
        ahead = [turn for turn in self.candidates(self.chosen_rules()) if self.goes_on(turn)]
        machines = dict.fromkeys(rule.machine for rule in self.chosen_rules())
        # What has a next unit is sent before what only could be sent somewhere.
        for machine in sorted(machines, key=lambda one: not self.has_somewhere_to_go(one)):
            rules = [rule for rule in self.chosen_rules() if rule.machine == machine]
            options = [turn for turn in self.candidates(rules) if self.fits(turn, turns)]
            onward = [turn for turn in options if turn in ahead]
            # What has somewhere to go is not left lying for another sort that is there already.
            options = onward or ([] if ahead and rules[0].optional else options)
            if options and not (
                turns and rules[0].optional and self.action.verb is not Verb.UNPACK
            ):
                turns += self.several(options)
            elif not options and not rules[0].optional:
                raise NotPossible(machine)
        if self.chosen_rules() and not turns:
            raise NotPossible(self.action.name)
        return turns

    def has_somewhere_to_go(self, machine: str) -> bool:
        """Something of this sort is released where the usual way has a next unit for it."""
        rules = [rule for rule in self.chosen_rules() if rule.machine == machine]
        return any(map(self.goes_on, self.candidates(rules)))

    def goes_on(self, turn: Found) -> bool:
        """It is released where the usual way has a next unit for it."""
        subject, rule = turn
        return rule.custody is Custody.RELEASES and next_unit(self.told, subject) is not None

    def the_therapy_is_ready(self) -> None:
        """Raise unless the therapy stands where the action begins."""
        root = self.told.subjects.get(self.told.therapy.coi)
        state = root.position.state if root else ""
        states = [r.from_states for r in self.action.moves if r.machine == "therapy"]
        if states and not any(state in of_rule or (not of_rule and not root) for of_rule in states):
            raise NotPossible(state)
        if not root and self.action.verb is not Verb.ORDER:
            raise NotPossible("not ordered")

    def chosen_rules(self) -> list[MoveRule]:
        """The rules whose subjects somebody scans or names; shipments before their contents."""
        rules = [r for r in self.action.moves if r.pick in {Pick.SCANNED, Pick.NAMED}]
        return sorted(rules, key=lambda rule: rule.machine != "shipment")

    def candidates(self, rules: Iterable[MoveRule]) -> list[Found]:
        """Each subject that a rule fits, by state and by custody."""
        return [
            (subject, rule)
            for rule in rules
            for subject in self.told.subjects.values()
            if subject.machine == rule.machine
            and subject.position.state in rule.from_states
            and self.can_be_had(subject, rule)
        ]

    def can_be_had(self, subject: Subject, rule: MoveRule) -> bool:
        """Custody and packing let the rule apply, and an exception is of the right sort."""
        if rule.custody in {Custody.KEEPS, Custody.RELEASES, Custody.ENDS}:
            if subject.position.in_transit:
                return False
        elif rule.custody in {Custody.ACCEPTS, Custody.TAKES_BACK} and (
            not subject.position.in_transit
        ):
            return False
        if (
            rule.custody not in {Custody.NONE, Custody.LOSES}
            and self.action.verb is not Verb.UNPACK
        ):
            return subject.id not in self.packed()
        if subject.machine == "exception":
            stops = self.stops_of(subject)
            return stops in _LIFTED_BY.get(self.action.name, {stops})
        return True

    def packed(self) -> set[str]:
        """What travels in a shipment that is not unpacked."""
        open_ = {s.id for s in self.told.subjects.values() if s.position.state == "packed"}
        return {link.parent for link in self.told.links or () if link.child in open_}

    def stops_of(self, exception: Subject) -> str:
        """What an exception stops."""
        found = [v for v in self.told.values or () if v.subject == exception.id]
        return next((v.content for v in reversed(found) if v.field == "stops"), "nothing")

    def fits(self, turn: Found, turns: Sequence[Found]) -> bool:
        """It is at hand where the others are; what is unpacked was in the shipment."""
        at_hand = not turns or self.unit_for(*turns[0]) == self.unit_for(*turn)
        if turns and self.action.verb is Verb.UNPACK:
            contents = [k.parent for k in self.told.links or () if k.child == turns[0][0].id]
            return turn[0].id in contents
        return at_hand

    def several(self, options: list[Found]) -> list[Found]:
        """One, or as many as there are at one place."""
        one = self.choose(options)
        if one[1].pick is Pick.NAMED or one[0].machine == "shipment" or self.is_at_the_patient:
            return [one]
        if self.action.verb is Verb.UNPACK:
            return options
        together = [turn for turn in options if self.unit_for(*turn) == self.unit_for(*one)]
        return self.choose([together, [one]])

    # -- who, and where ----------------------------------------------------------------------------

    def unit_for(self, subject: Subject, rule: MoveRule) -> str | None:
        """The unit that must act; None where any may."""
        if rule.custody is Custody.NONE:
            return None
        accepts = rule.custody is Custody.ACCEPTS
        return subject.position.consignee if accepts else subject.position.holder

    def place_and_actor(self, turns: Sequence[Found]) -> tuple[Unit, Person]:
        """Choose somebody who may act, at the unit in hand."""
        needed = next(filter(None, (self.unit_for(*turn) for turn in turns)), None)
        options = [
            (unit, person)
            for person in self.people()
            for who in self.action.who
            for role, at in sorted(person.roles)
            for unit in [cast.UNITS[at]]
            if needed in {None, at}
            and who.role in {"*", role}
            and who.site_kind in {"*", unit.site_kind}
            and (self.action.verb is Verb.ORDER or unit.site in (self.told.sites or ()))
        ]
        if not options:
            raise NotPossible("nobody")
        unit, actor = self.choose(options)
        return unit, actor

    def people(self) -> list[Person]:
        """Everyone of these sites who is not barred from this action."""
        barred = {
            name
            for value in self.told.values or ()
            if value.field == "pairing" and self.action.verb in {Verb.CHECK, Verb.ADMINISTER}
            for name in value.content.split()
        }
        if self.action.verb in {Verb.LIFT, Verb.CLOSE_EXCEPTION}:
            births = {s.born_seq for s in self.told.subjects.values() if s.machine == "exception"}
            for deed in self.told.history or ():
                if deed.seq in births:
                    barred |= {deed.actor, *(person for person, _ in deed.persons)}
        barred |= self.did_not_check()
        return [person for person in cast.COLLEAGUES if person.id not in barred]

    @property
    def is_at_the_patient(self) -> bool:
        """One bag at a time is checked and infused."""
        return self.action.verb in {Verb.CHECK, Verb.ADMINISTER}

    def did_not_check(self) -> set[str]:
        """For an infusion: everyone who was not at the last bedside check."""
        if self.action.verb is not Verb.ADMINISTER:
            return set()
        checks = [d for d in self.told.history or () if d.action == builders.CHECK]
        checkers = {person for person, _ in checks[-1].persons} if checks else set()
        return {person.id for person in cast.COLLEAGUES} - checkers if checks else set()

    def signings(self, actor: Person, unit: Unit, values: dict[str, str]) -> tuple[Signing, ...]:
        """As many signatures as are asked, each by another person who may give it."""
        signings: list[Signing] = []
        dispensed = builders.a_workflow().dispensable.get(values.get("guard", ""), ())
        for rule in self.action.signatures_for(unit.country):
            roles = [r for r in rule.roles if r in dispensed] or list(rule.roles)
            taken = {signing.person.id for signing in signings}
            options = [
                person
                for person in self.people()
                if person.id not in taken and {role for role, _ in person.roles} & set(roles)
            ]
            here = [p for p in options if any(p.has_role(role, unit.id) for role in roles)]
            if not options:
                raise NotPossible("nobody signs")
            person = actor if actor in options else self.choose(here or options)
            signings.append(Signing(person, rule.meaning))
        return tuple(signings)

    def identity_checks(self, signings: Sequence[Signing]) -> tuple[IdentityCheck, ...]:
        """Name and birth date, matched by each of two signers, where that is asked."""
        if not self.asks("patient_is_identified_by_two_people"):
            return ()
        matched = frozenset({"family_name", "birth_date"})
        return tuple(
            IdentityCheck(signing.person.id, "patient", matched, frozenset())
            for signing in signings[:2]
        )

    def asks(self, guard: str) -> bool:
        """The action uses this guard."""
        return any(use.name == guard for use in self.action.guards)

    # -- what is given -----------------------------------------------------------------------------

    def scans(self, turns: Sequence[Found]) -> tuple[Scan, ...]:
        """The labels of what is scanned, and the other codes that the action asks."""
        coi, patient = self.told.therapy.coi, self.told.therapy.patient
        means: list[Any] = [
            builders.a_label(s.id, coi) for s, rule in turns if rule.pick is Pick.SCANNED
        ]
        if any(rule.patient for rule in self.action.moves):
            means.append(self.told.wristband or builders.a_wristband(patient))
        if self.asks("order_is_scanned"):
            means.insert(0, Order(coi))
        if self.action.verb is Verb.PACK:
            means.append(builders.a_shipper())
        return tuple(builders.a_scan(each) for each in means)

    def births(self) -> tuple[NewSubject, ...]:
        """One or two of what is born in numbers."""
        machines = builders.a_workflow().machines
        in_numbers = [
            rule.machine
            for rule in self.action.moves
            if rule.pick is Pick.BORN
            and machines[rule.machine].kind in {Kind.CONTAINER, Kind.SAMPLE}
        ]
        return tuple(NewSubject(m) for m in in_numbers for _ in range(self.choose([1, 2])))

    def consignee(self, turns: Sequence[Found]) -> str:
        """The next unit on the way, where custody is released."""
        if not any(rule.custody is Custody.RELEASES for _, rule in turns):
            return "-"
        subject = turns[0][0]
        here = subject.position.holder
        onward = next_unit(self.told, subject)
        others = [unit for unit in cast.UNITS if unit not in {here, "other-ward"}]
        return onward if onward and onward != here else str(self.choose(others))

    def values(self, turns: Sequence[Found]) -> dict[str, str]:
        """A plausible text for each field, or the next test result that is missing."""
        if self.action.verb is Verb.TEST:
            return self.result()
        left_out = {FieldKind.EQUIPMENT, FieldKind.FILE}
        asked = (field for field in self.action.fields if field.kind not in left_out)
        given = {field.name: self.value(field) for field in asked}
        if "guard" in given:
            unfrozen = turns[0][0].machine == "material"
            given["guard"] = "material_is_fresh" if unfrozen else "product_is_in_date"
        return given

    def value(self, field: Field) -> str:
        """A plausible text for one field."""
        if field.name in _PLAUSIBLE:
            return str(self.choose(_PLAUSIBLE[field.name]))
        if field.name in _AHEAD:
            return (self.told.now + _AHEAD[field.name]).isoformat()
        if field.kind is FieldKind.CHOICE:
            return str(self.choose(field.choices))
        if field.kind in {FieldKind.DECIMAL, FieldKind.INTEGER}:
            return str(field.high)
        by_kind = {
            FieldKind.DATE: self.told.now.date().isoformat(),
            FieldKind.TIME: self.told.now.isoformat(),
            FieldKind.YES_NO: "yes",
        }
        return by_kind.get(field.kind, "as expected")

    def result(self) -> dict[str, str]:
        """The next result that the lot lacks, else any again."""
        known = {value.field for value in self.told.values or ()}
        missing = [test for test in builders.PASSING if test not in known]
        test = missing[0] if missing else str(self.choose(list(builders.PASSING)))
        return {"test": test, "result": builders.PASSING[test]}


_LIFTED_BY = {
    "lift": {"item"},
    "lift_therapy": {"therapy"},
    "lift_quality_stop": {"therapy"},
    "close_exception": {"nothing", "pairing"},
    "close_critical_exception": {"nothing", "pairing"},
}
_AHEAD = {"expires_at": timedelta(days=180), "valid_until": timedelta(hours=48)}
_PLAUSIBLE = {
    "infused_ml": ["30"],
    "planned_transit_hours": ["48"],
    "weight_kg": ["70", "71.5"],
    "material_disposition": ["destroy", "keep"],
    "condition": ["intact"] * 9 + ["damaged"],
    "arrival_celsius": ["-150"],
    "treating_unit": ["ward"],
    "next_treating_unit": ["other-ward"],
    "deliver_to": ["cell-lab"],
    "manufacturing_unit": ["factory"],
}


def next_unit(told: Facts, subject: Subject) -> str | None:
    """Where a subject goes next on the usual way; None when it is where it should be."""
    position = subject.position
    if subject.machine == "shipment":
        inside = [k.parent for k in told.links or () if k.child == subject.id]
        goods = {told.subjects[name].machine for name in inside}
        goal = "factory" if goods == {"material"} else "cell-lab"
    else:
        goal = _GOALS.get((subject.machine, position.state), position.holder)
    if position.holder == goal:
        return None
    return "courier" if subject.machine == "shipment" and position.holder != "courier" else goal


_GOALS = {
    ("material", "collected"): "cell-lab",
    ("product", "thawed"): "ward",
    ("product", "checked"): "ward",
    ("product", "infusing"): "ward",
    ("sample", "taken"): "laboratory",
}
