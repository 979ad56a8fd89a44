"""Fills in a valid request for an action, as a practised person would: labels, people, values.

The demonstration, the journeys in the tests and the benchmarks all act through it, so that each
step goes through the use cases and through every guard.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from coi.clock import rfc3339
from coi.demo.cast import STAFF, UNITS, Staff
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.identity import Stated
from coi.services.installation import Installation
from coi.services.ordering import NewOrder, order_therapies
from coi.services.people import Proven
from coi.services.receipts import Receipt
from coi.services.scanning import Code
from coi.services.therapies import TherapyView, look
from workflows.facts import Mode, NewSubject, Subject
from workflows.model import Action, Custody, Field, FieldKind, Kind, MoveRule, Pick, Verb

WORKFLOW = "autologous-car-t"
_BY_HOLDER = {Custody.KEEPS, Custody.RELEASES, Custody.TAKES_BACK, Custody.ENDS, Custody.LOSES}

RESULTS: Mapping[str, str] = {
    "viability": "91.5",
    "cd3_purity": "97.2",
    "car_expression": "41.8",
    "vector_copy_number": "2.4",
    "endotoxin": "12.5",
    "mycoplasma": "not detected",
    "identity": "confirmed",
    "appearance": "conforms",
    "sterility": "no growth",
}
"""One result within its limits for each test of the packaged definition."""

_TEXTS: Mapping[str, str] = {
    "class": "minor",
    "material_disposition": "keep",
    "arrival_celsius": "-152",
    "guard": "product_is_in_date",
    "treating_unit": "north-ward",
    "weight_kg": "64.5",
    "planned_transit_hours": "30",
    "viability_percent": "88.0",
    "volume_ml": "60",
    "sample_ml": "1.5",
    "infused_ml": "30",
    "day_of_culture": "5",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What one wants of an action beyond its name; everything else is filled in."""

    on: Sequence[str] = ()  # subjects
    to: str = "-"  # consignee
    born: int = 1  # how many containers or samples come into being
    values: Mapping[str, str] = field(default_factory=dict)
    avoid: Sequence[str] = ()  # user names that must not act
    mode: Mode = Mode.ASK
    codes: tuple[Code, ...] = ()  # scanned besides
    hours_ago: float = 0  # when a late fact happened


class CannotPerform(LookupError):
    """Nobody, or nothing, fits the action now."""


@dataclass(slots=True)
class Performer:
    """Acts for the whole cast."""

    installation: Installation
    proven: Mapping[str, Proven]
    shipper: str
    identities: dict[str, Mapping[str, str]] = field(default_factory=dict)
    wristbands: dict[str, str] = field(default_factory=dict)  # patient -> newest serial
    count: int = 0
    pause: Callable[[str], None] = lambda _action: None  # what time passes before an action

    def order(self, identity: Mapping[str, str], site: str = "north") -> str:
        """Order a therapy for a patient at a hospital; returns the COI identifier."""
        physician = next(s for s in STAFF if ("treating_physician", f"{site}-ward") in s.roles)
        values = {
            "treating_unit": f"{site}-ward",
            "prescriber": physician.printed_name,
            "weight_kg": "64.5",
            "collection_wanted_on": "2026-12-01",
        }
        order = NewOrder(identity, WORKFLOW, f"{site}-ward", values)
        (receipt,) = order_therapies(self.installation, [order], self.proven["carla"])
        self.identities[receipt.coi] = identity
        return receipt.coi

    def do(
        self, coi: str, name: str, wish: Wish = Wish(), view: TherapyView | None = None
    ) -> Receipt:
        """Take the action; whoever has just looked at the therapy hands the view over.

        Raises:
            Refused: with every reason, if a guard does not hold.
            CannotPerform: nobody or nothing fits it.
        """
        self.pause(name)
        view = view or look(self.installation, coi)
        wanted, actor, signers = self.request(coi, name, wish, view)
        receipt = take_action(self.installation, wanted, actor, signers)
        if receipt.wristband:
            self.wristbands[view.therapy.patient] = receipt.wristband
        return receipt

    def request(
        self, coi: str, name: str, wish: Wish = Wish(), view: TherapyView | None = None
    ) -> tuple[TakeAction, Proven, tuple[Proven, ...]]:
        """The request that `do` would make, for whoever wants to spoil it first."""
        view = view or look(self.installation, coi)
        action = view.workflow.actions[name]
        staff = _staff(view, action, wish)
        unit, subjects = _where(view, action, wish, staff)
        people = _people(action, unit, staff)
        self.count += 1
        wanted = TakeAction(
            coi=coi,
            action=name,
            unit=unit,
            key=f"{coi}-{self.count}-{name}",
            codes=(*self._codes(view, action, subjects), *wish.codes),
            named=tuple(s.id for s in subjects if _rule(action, s).pick is Pick.NAMED),
            births=tuple(_births(view, action, wish)),
            values=self._values(action, wish),
            consignee=wish.to,
            stated=self._stated(coi, action, people[1:]),
            happened_at=self._happened_at(wish),
            mode=wish.mode,
        )
        actor, *signers = (self.proven[username] for username in people)
        return wanted, actor, tuple(signers)

    def _codes(
        self, view: TherapyView, action: Action, subjects: Sequence[Subject]
    ) -> Iterator[Code]:
        """What is scanned: order, wristband, shipper, and each container."""
        guards = {use.name for use in action.guards}
        if "order_is_scanned" in guards:
            yield Code(view.therapy.coi)
        if any(rule.patient for rule in action.moves):
            yield Code(self.wristbands.get(view.therapy.patient) or wristband_of(view))
        if action.verb is Verb.PACK:
            yield Code(self.shipper)
        for subject in subjects:
            if _rule(action, subject).pick is Pick.SCANNED:
                yield Code(f"{view.labels[subject.id][-1]}/{view.therapy.coi}")
            if action.verb is Verb.UNPACK:
                for inside in contents(view, subject.id):
                    yield Code(f"{view.labels[inside][-1]}/{view.therapy.coi}")

    def _happened_at(self, wish: Wish) -> datetime | None:
        """When it happened, where that is told apart from when it is recorded."""
        if not wish.hours_ago:
            return None
        return self.installation.clock.now() - timedelta(hours=wish.hours_ago)

    def _values(self, action: Action, wish: Wish) -> Mapping[str, str]:
        """A plausible text for each field, unless the wish says otherwise."""
        now = self.installation.clock.now()
        soon = rfc3339(now + timedelta(days=300))
        known = {**_TEXTS, "expires_at": soon}
        return {
            field_.name: known.get(field_.name) or _text(field_, rfc3339(now))
            for field_ in action.fields
        } | dict(wish.values)

    def _stated(self, coi: str, action: Action, signers: Sequence[str]) -> tuple[Stated, ...]:
        """What the patient tells each signer, where the action asks for it."""
        if all(use.name != "patient_is_identified_by_two_people" for use in action.guards):
            return ()
        identity = self.identities[coi]
        told = {name: identity[name] for name in ("family_name", "birth_date")}
        return tuple(Stated(username, told) for username in signers)


def is_over(view: TherapyView, subject: Subject) -> bool:
    """The subject's life has come to its end."""
    return view.workflow.machines[subject.machine].states[subject.position.state].final


def contents(view: TherapyView, shipment: str) -> list[str]:
    """What is packed in a shipment and still there."""
    packed = [view.subjects[link.parent] for link in view.links if link.child == shipment]
    return [subject.id for subject in packed if not is_over(view, subject)]


def wristband_of(view: TherapyView) -> str:
    """The newest wristband that was issued in this therapy."""
    bands = [band for event in view.history for band in event.content.get("wristbands", ())]
    if not bands:
        raise CannotPerform("no wristband")
    return str(bands[-1]["serial"])


def _text(field_: Field, now: str) -> str:
    """A text that a field takes."""
    if field_.kind in {FieldKind.DECIMAL, FieldKind.INTEGER}:
        low, high = field_.low or 0, field_.high or 100
        return str((low + high) // 2)
    made_up: Mapping[FieldKind, str] = {
        FieldKind.DATE: now[:10],
        FieldKind.TIME: now,
        FieldKind.YES_NO: "yes",
        FieldKind.CHOICE: next(iter(field_.choices), ""),
    }
    return made_up.get(field_.kind, f"{field_.title} (demonstration)")


def _births(view: TherapyView, action: Action, wish: Wish) -> Iterator[NewSubject]:
    """As many containers and samples as wished for, one of everything else."""
    for rule in action.moves:
        if rule.pick is Pick.BORN:
            kind = view.workflow.machines[rule.machine].kind
            many = kind in {Kind.CONTAINER, Kind.SAMPLE}
            yield from (NewSubject(rule.machine) for _ in range(wish.born if many else 1))


# -- where ----------------------------------------------------------------------------------------


def _rule(action: Action, subject: Subject) -> MoveRule:
    """The rule that moves the subject from where it stands."""
    return next(
        rule
        for rule in action.moves
        if rule.machine == subject.machine and subject.position.state in rule.from_states
    )


def _where(
    view: TherapyView, action: Action, wish: Wish, staff: Sequence[Staff]
) -> tuple[str, list[Subject]]:
    """The unit that can act, and the subjects that it would scan or name."""
    candidates = [s for s in view.subjects.values() if not wish.on or s.id in wish.on]
    fitting: dict[str, list[Subject]] = {}
    for subject in candidates:
        for unit in _units(view, action, subject, staff):
            fitting.setdefault(unit, []).append(subject)
    for unit in _eligible_units(view, action, staff):
        found = fitting.get(unit, [])
        if found:
            first = [s for s in found if wish.on or s.machine == found[0].machine]
            single = _rule(action, found[0]).pick is Pick.NAMED and not wish.on
            return unit, first[:1] if single else first
    asked = (rule.pick in {Pick.SCANNED, Pick.NAMED} and not rule.optional for rule in action.moves)
    if wish.on or any(asked):
        raise CannotPerform(action.name)
    return next(_eligible_units(view, action, staff)), []


def _units(
    view: TherapyView, action: Action, subject: Subject, staff: Sequence[Staff]
) -> Iterator[str]:
    """Where this subject can be acted on: with its holder, its consignee, or anywhere."""
    rules = [
        rule
        for rule in action.moves
        if rule.machine == subject.machine
        and subject.position.state in rule.from_states
        and rule.pick in {Pick.SCANNED, Pick.NAMED}
    ]
    for rule in rules:
        position = subject.position
        if rule.custody is Custody.ACCEPTS:
            yield position.consignee
        elif rule.custody in _BY_HOLDER:
            at_rest = rule.custody in {Custody.TAKES_BACK, Custody.LOSES}
            if at_rest or not position.in_transit:
                yield position.holder
        else:
            yield from _eligible_units(view, action, staff)


def site_of(view: TherapyView) -> str:
    """The hospital that ordered the therapy."""
    return UNITS[view.history[0].unit][0]


def _eligible_units(view: TherapyView, action: Action, staff: Sequence[Staff]) -> Iterator[str]:
    """The units where somebody may take the action; of hospitals, only the therapy's own."""
    kinds = {"north": "hospital", "south": "hospital", "works": "manufacturer"}
    kinds |= {"lab": "laboratory", "wheels": "courier"}
    for unit, (site, _) in UNITS.items():
        kind = kinds[site]
        if kind == "hospital" and site != site_of(view):
            continue
        roles = {w.role for w in action.who if w.site_kind in {"*", kind}}
        if any(
            at == unit and (role in roles or "*" in roles) for s in staff for role, at in s.roles
        ):
            yield unit


# -- who ------------------------------------------------------------------------------------------


def _staff(view: TherapyView, action: Action, wish: Wish) -> tuple[Staff, ...]:
    """Everybody who may be asked."""
    out = {*wish.avoid, *_openers(view, action)}
    return tuple(staff for staff in STAFF if staff.username not in out)


def _people(action: Action, unit: str, staff: Sequence[Staff]) -> tuple[str, ...]:
    """The actor, then each signer: different people with the roles that are asked."""
    site = UNITS[unit][0]
    roles = {who.role for who in action.who}
    signers: list[str] = []
    country_rules = action.signatures
    for rule in country_rules:
        fitting = sorted(
            (s for s in staff if s.username not in signers and _holds(s, set(rule.roles))),
            key=lambda s: _distance(s, set(rule.roles), unit, site),
        )
        if not fitting:
            raise CannotPerform(f"{action.name}: {rule.meaning}")
        signers.append(fitting[0].username)
    actors = [
        s.username for s in staff if any(at == unit and _in(role, roles) for role, at in s.roles)
    ]
    if not actors:
        raise CannotPerform(action.name)
    actor = next((username for username in signers if username in actors), actors[0])
    return (actor, *signers)


def _openers(view: TherapyView, action: Action) -> set[str]:
    """Who opened the exceptions that stand open: they do not close them."""
    if all(use.name != "closer_did_not_open_it" for use in action.guards):
        return set()
    born = {s.born_seq for s in view.subjects.values() if s.machine == "exception"}
    names = {event.actor for event in view.history if event.seq in born}
    names |= {s.person for event in view.history if event.seq in born for s in event.signatures}
    printed = {view.names.get(person) for person in names}
    return {s.username for s in STAFF if s.printed_name in printed}


def _in(role: str, roles: set[str]) -> bool:
    return role in roles or "*" in roles


def _holds(staff: Staff, roles: set[str]) -> bool:
    return any(role in roles for role, _ in staff.roles)


def _distance(staff: Staff, roles: set[str], unit: str, site: str) -> int:
    """Colleagues of the unit before those of the site, before all others."""
    units = {at for role, at in staff.roles if role in roles}
    if unit in units:
        return 0
    return 1 if any(UNITS[at][0] == site for at in units) else 2


def spoilt(wanted: TakeAction, **changes: object) -> TakeAction:
    """A request with something wrong about it."""
    return replace(wanted, key=f"{wanted.key}-spoilt", **changes)  # type: ignore[arg-type]
