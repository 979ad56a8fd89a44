"""Fills in a valid request for an action, as a practised person would: labels, people, values.

The demonstration, the journeys in the tests and the benchmarks all act through it, so that each
step goes through the use cases and through every guard.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from coi.clock import rfc3339
from coi.demo.cast import STAFF, Staff
from coi.demo.equipping import equip
from coi.demo.filing import handed_in
from coi.demo.fitting import (
    CannotPerform,
    holding,
    investigators,
    may_act,
    openers,
    people_for,
    place_and_things,
    rule_of,
)
from coi.demo.labels import GUARD, read_back
from coi.demo.reviewing import review_before
from coi.demo.values import (
    WEIGHT_KG,
    ahead,
    correction,
    hospitals,
    made_here,
    missing_result,
    takes,
    text_for,
)
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.forms import packs_a_shipper
from coi.services.identity import Stated
from coi.services.installation import Installation
from coi.services.ordering import NewOrder, order_therapies
from coi.services.placing import orderable
from coi.services.proofs import JustProven, Signer
from coi.services.receipts import Receipt
from coi.services.scanning import Code
from coi.services.therapies import TherapyView, look
from workflows import packing
from workflows.facts import Mode, NewSubject, Subject
from workflows.labelled import DONATION
from workflows.model import (
    Action,
    Kind,
    Pick,
    Verb,
    Workflow,
)
from workflows.on_paper import ON_PAPER
from workflows.over_labels import OVER_LABEL
from workflows.possible import decides_release

WORKFLOW = "autologous-car-t"
WANTED_AFTER = timedelta(days=7)
"""So long after the order a collection is wanted, whenever the story is played."""
_IN_NUMBERS = frozenset({Kind.CONTAINER, Kind.SAMPLE})  # of these, several are born at once

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
    "capa_number": "CAPA-2026-031",
    "risk_number": "RA-2026-014",
    "risk_number_read": "RA-2026-014",
    "material_disposition": "keep",
    "arrival_celsius": "-152",
    "guard": "product_is_in_date",
    "treating_unit": "north-ward",
    "manufacturing_unit": "works-production",
    "weight_kg": WEIGHT_KG,
    "planned_transit_hours": "30",
    "viability_percent": "88.0",
    "volume_ml": "60",
    "sample_ml": "1.5",
    "infused_ml": "18",
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


@dataclass(slots=True)
class Performer:
    """Acts for the whole cast."""

    installation: Installation
    proven: Mapping[str, JustProven]
    shipper: str
    identities: dict[str, Mapping[str, str]] = field(default_factory=dict)
    wristbands: dict[str, str] = field(default_factory=dict)  # patient -> newest serial
    count: int = 0
    pause: Callable[[str], None] = lambda _action: None  # what time passes before an action
    turn: Callable[[], None] = lambda: None  # waits until no other story is earlier

    def order(
        self,
        identity: Mapping[str, str],
        site: str = "north",
        workflow: str = WORKFLOW,
        on_paper: str = "",
    ) -> str:
        """Order a therapy for a patient at a hospital; returns the COI identifier.

        With a reference it runs on paper already.
        """
        ward, key = f"{site}-ward", f"order-{self.installation.new_id()}"
        asked = next(one for one in orderable(self.installation) if one.name == workflow)
        action = asked.actions["order"]
        known = {
            **made_here(action, site),
            "treating_unit": ward,
            "prescriber": holding("treating_physician", ward).printed_name,
            "collection_wanted_on": f"{self.installation.clock.now() + WANTED_AFTER:%Y-%m-%d}",
            ON_PAPER: on_paper,
        }
        said = {name: text for name, text in known.items() if _records(action, name)}
        values = self._values(asked, action, Wish(values=said))
        order = NewOrder(identity, workflow, ward, values, key=key)
        by = next(somebody for somebody in STAFF if may_act(somebody, action, ward))
        coi = self.place(order, self.proven[by.username])
        self.identities[coi] = identity
        return coi

    def place(self, order: NewOrder, by: JustProven) -> str:
        """Place an order; returns the COI identifier."""
        (receipt,) = order_therapies(self.installation, [order], by)
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
        self.before_release(name, wish, view, actor)
        receipt = take_action(self.installation, wanted, actor, signers)
        if receipt.wristband:
            self.wristbands[view.therapy.patient] = receipt.wristband
        return receipt

    def before_release(self, name: str, wish: Wish, view: TherapyView, actor: JustProven) -> None:
        """Before a lot is released its trail is reviewed, and each label read back where it is."""
        action = view.workflow.actions[name]
        if decides_release(view.workflow, action) and not view.therapy.is_copied:
            self.turn()
            review_before(self.installation, self.proven, view.therapy.coi)
        if action.asks(GUARD) and wish.mode is Mode.ASK:
            read_back(self.installation, self.proven, view, actor)

    def request(
        self, coi: str, name: str, wish: Wish = Wish(), view: TherapyView | None = None
    ) -> tuple[TakeAction, JustProven, tuple[Signer, ...]]:
        """The request that `do` would make, for whoever wants to spoil it first."""
        view = view or look(self.installation, coi)
        action = view.workflow.actions[name]
        staff = self._staff(view, action, wish)
        unit, subjects = place_and_things(view, action, wish.on, staff)
        people = people_for(action, unit, staff)
        first = self.proven[people[0]]
        equip(self.installation, first, unit, action, self.turn)
        told = self._told(view, action, subjects, wish)
        # A key that was used before would be answered with what was recorded then.
        self.count += 1
        wanted = TakeAction(
            coi=coi,
            action=name,
            unit=unit,
            key=f"{coi}-{self.count}-{name}",
            codes=(*self._codes(view, action, subjects), *wish.codes),
            named=tuple(s.id for s in subjects if rule_of(action, s).pick is Pick.NAMED),
            births=tuple(_births(view, action, wish)),
            values=handed_in(self.installation, first, coi, action, told),
            consignee=wish.to,
            stated=self._stated(coi, action, people[1:]),
            happened_at=self._happened_at(wish),
            mode=wish.mode,
        )
        actor, *signers = (self.proven[username] for username in people)
        signed = zip(signers, action.signatures, strict=True)
        return wanted, actor, tuple(Signer(one, rule.meaning) for one, rule in signed)

    def _codes(
        self, view: TherapyView, action: Action, subjects: Sequence[Subject]
    ) -> Iterator[Code]:
        """What is scanned: order, wristband, shipper, and each container."""
        if action.asks("order_is_scanned"):
            yield Code(view.therapy.coi)
        if any(rule.patient for rule in action.moves):
            # The therapy's own history may tell an older band than the patient wears by now: a
            # second therapy of the same patient can have issued the next one.
            yield Code(self.wristbands.get(view.therapy.patient) or wristband_of(view))
        if packs_a_shipper(view.workflow, action):
            yield Code(self.shipper)
        for container in _scanned(view, action, subjects):
            yield Code(f"{view.labels[container][-1]}/{view.therapy.coi}")

    def _staff(self, view: TherapyView, action: Action, wish: Wish) -> tuple[Staff, ...]:
        """Everybody who may be asked; who opened an exception does not close it."""
        out = openers(view) if action.asks("closer_did_not_open_it") else set()
        out |= investigators(view) if action.asks("another_closes_what_is_critical") else set()
        return tuple(
            staff
            for staff in STAFF
            if staff.username not in wish.avoid and self.proven[staff.username].person not in out
        )

    def _happened_at(self, wish: Wish) -> datetime | None:
        """When it happened, where that is told apart from when it is recorded."""
        if not wish.hours_ago:
            return None
        return self.installation.clock.now() - timedelta(hours=wish.hours_ago)

    def _told(
        self, view: TherapyView, action: Action, subjects: Sequence[Subject], wish: Wish
    ) -> Mapping[str, str]:
        """What is said in the request: a correction, a result that is missing, or the fields."""
        if action.verb is Verb.CORRECT:
            told = correction(view, wish.values)
            if not told:
                raise CannotPerform("no such value is on record")
            return told
        known = missing_result(view, subjects, action) | self._values(view.workflow, action, wish)
        return known | hospitals(view, action) | dict(wish.values)

    def _values(self, workflow: Workflow, action: Action, wish: Wish) -> dict[str, str]:
        """A plausible text for each field, unless the wish says otherwise."""
        now = self.installation.clock.now()
        known = {**_TEXTS, **{name: rfc3339(now + time) for name, time in ahead(workflow).items()}}
        # No two containers carry the same label of another's.
        known[OVER_LABEL] = f"(21){self.installation.new_id()}"
        # No two patients gave one donation.
        known[DONATION] = f"DEMO-{self.installation.new_id()[-9:]}"
        texts = {
            one.name: known[one.name] if takes(one, known) else text_for(one, rfc3339(now))
            for one in action.fields
        }
        return {name: text for name, text in texts.items() if text} | dict(wish.values)

    def _stated(self, coi: str, action: Action, signers: Sequence[str]) -> tuple[Stated, ...]:
        """What the patient tells each signer, where the action asks for it."""
        if not action.asks("patient_is_identified_by_two_people"):
            return ()
        identity = self.identities[coi]
        told = {name: identity[name] for name in ("family_name", "birth_date")}
        return tuple(Stated(username, told) for username in signers)


def is_over(view: TherapyView, subject: Subject) -> bool:
    """The subject's life has come to its end."""
    return view.workflow.machines[subject.machine].states[subject.position.state].final


def contents(view: TherapyView, shipment: str) -> list[str]:
    """What is packed in a shipment or another package, and still there."""
    packed = packing.contents(view.subjects, shipment)
    return [subject.id for subject in packed if not is_over(view, subject)]


def wristband_of(view: TherapyView) -> str:
    """The newest wristband that was issued in this therapy."""
    bands = [band for event in view.history for band in event.content.get("wristbands", ())]
    if not bands:
        raise CannotPerform("no wristband")
    return str(bands[-1]["serial"])


def _records(action: Action, field_: str) -> bool:
    """The action has a field of this name."""
    return any(one.name == field_ for one in action.fields)


def _scanned(view: TherapyView, action: Action, subjects: Sequence[Subject]) -> Iterator[str]:
    """The containers whose labels are scanned."""
    for subject in subjects:
        if rule_of(action, subject).pick is Pick.SCANNED:
            yield subject.id
        machine = view.workflow.machines[subject.machine]
        if action.verb is Verb.UNPACK and machine.kind in packing.PACKAGING:
            # A shipment moves its contents along, but whoever unpacks it scans each of them.
            yield from contents(view, subject.id)


def _births(view: TherapyView, action: Action, wish: Wish) -> Iterator[NewSubject]:
    """As many containers and samples as wished for, one of everything else."""
    for rule in action.moves:
        if rule.pick is Pick.BORN:
            in_numbers = view.workflow.machines[rule.machine].kind in _IN_NUMBERS
            yield from (NewSubject(rule.machine) for _ in range(wish.born if in_numbers else 1))


def spoilt(wanted: TakeAction, **changes: object) -> TakeAction:
    """A request with something wrong about it."""
    return replace(wanted, key=f"{wanted.key}-spoilt", **changes)  # type: ignore[arg-type]
