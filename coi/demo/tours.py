"""Side trips: whatever else could be done with what stands somewhere, tried wherever it is new.

A tour looks at a therapy as a story left it, and takes each step that begins there and that no
earlier tour or story has taken: holds and lifts, hands over and back, loses, destroys, rejects and
in the end cancels. What it leaves behind is of no use but to show that every transition can be
walked.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field

from coi.demo.cast import STAFF, UNITS, holders
from coi.demo.fitting import CannotPerform, site_of
from coi.demo.performer import Performer, Wish, is_over
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.scanning import Code
from coi.services.therapies import TherapyView, look
from workflows.facts import Subject
from workflows.model import Action, Custody, Kind, Pick, Verb, Workflow
from workflows.packing import NOTHING, PACKAGING

Spot = tuple[str, str, str, int]
"""One transition, as far as a tour tells them apart: machine, action, where from, signatures."""

WRONG_SCAN = "scan a wrong bag"  # no action: what a bag suffers in another therapy's step
WRONG_CONSENT = "correct the consent"  # to a day so early that nothing was to be collected
WRONG_LABEL = "correct the volume"  # of a bag, whose label shows the old one from then on
_CORRECTED = frozenset({WRONG_CONSENT, WRONG_LABEL})


@dataclass(frozen=True, slots=True)
class Trip:
    """One step worth a trip, with what has to be done before it and afterwards."""

    action: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    from_state: str = ""  # where the step begins, if not where the trip does

    @property
    def steps(self) -> tuple[str, ...]:
        """All of it."""
        return (*self.before, self.action, *self.after)

    @property
    def walks(self) -> str:
        """The action whose transition the trip is for: what is wrong is held."""
        return "hold" if self.action in {WRONG_SCAN, WRONG_CONSENT} else self.action


TRIPS = (
    Trip("record_consent"),
    Trip("record_weight"),
    Trip("correct_value"),
    Trip("admit_patient"),
    Trip("hold", after=("lift",)),
    Trip(WRONG_SCAN, after=("record_investigation", "record_capa", "lift")),
    Trip("relocate"),
    Trip("take_back", before=("release_custody",)),
    Trip("take_back_shipment", before=("release_shipment",)),
    Trip("renew_consent", before=("withdraw_consent",), after=("lift_therapy",)),
    Trip("grant_dispensation", after=("withdraw_dispensation",)),
    Trip("take_samples"),
    Trip("record_late_result"),
    Trip("accept_product"),
    Trip("accept_custody", before=("release_custody",)),
    Trip("put_into_cassette", after=("open_cassette",)),
    Trip("put_into_canister", after=("open_canister",)),
    Trip("reject_material"),
    Trip("reject_product"),
    Trip("lift", before=("hold", "report_lost"), from_state="lost"),
    Trip("lift", before=("hold", "report_shipment_lost"), from_state="lost"),
    Trip("lift", before=("hold", "destroy"), from_state="destroyed"),
    Trip("lift", before=("hold", "fail_lot"), from_state="failed"),
    Trip("lift", before=("hold", "reject_lot"), from_state="rejected"),
    Trip("ask_other_hospital", after=("call_off_change",)),
    Trip("call_off_change", before=("ask_other_hospital",)),
    Trip(
        "take_over_treatment",
        before=("ask_other_hospital",),
        after=("ask_other_hospital", "take_over_treatment"),
    ),
    Trip("report_lost", before=("reject_material",), from_state="rejected"),
    Trip("relabel", before=(WRONG_LABEL,)),
    Trip(WRONG_CONSENT),
    Trip("report_lost"),
    Trip("destroy"),
    Trip("report_shipment_lost"),
    Trip("lift", before=("hold", "unpack"), from_state="unpacked"),
    Trip("lift", before=("hold", "open_canister"), from_state="opened"),
    Trip("lift", before=("hold", "open_cassette"), from_state="opened"),
    Trip("open_canister"),
    Trip("open_cassette"),
    Trip("fail_lot"),
    Trip("reject_lot"),
    Trip("cancel"),
)
"""In this order: what can be undone first, what ends something last."""

_LAST = TRIPS.index(Trip("ask_other_hospital", after=("call_off_change",)))
"""From here on trips end something, be it that the patient's wristband is one of this hospital."""

_BY_TWO = 2
_VOLUMES = ("60", "61")
_FILLING = ("manufacturing_technician", "cell_lab_technologist", "apheresis_nurse", "theatre_nurse")

_NEIGHBOUR: Mapping[str, str] = {
    "apheresis": "lab",
    "lab": "ward",
    "ward": "lab",
    "cleanroom": "ward",
    "testing": "cleanroom",
    "theatre": "lab",
    "works-production": "works-store",
    "works-store": "works-production",
    "lab-testing": "works-production",
    "wheels-van": "works-production",
}
_MEANT = frozenset({Pick.SCANNED, Pick.NAMED, Pick.THERAPY})
_ALONG = frozenset({Pick.CONTENTS, Pick.CHILDREN})


def every_spot(workflow: Workflow) -> set[Spot]:
    """All that there is to walk in a definition."""
    return {(t.machine, t.action, t.from_state, t.signatures) for t in workflow.transitions}


def tour(performer: Performer, coi: str, bystander: str, unwalked: set[Spot]) -> bool:
    """Lead through a therapy; what is walked is taken out of what was unwalked so far.

    True where a trip from where the therapy stood at first is left: another tour could make it.
    """
    view = look(performer.installation, coi)
    trips = (*TRIPS[:_LAST], *_other_trips(view.workflow), *TRIPS[_LAST:])
    guide = Guide(performer, bystander, unwalked, trips)
    guide.tour(coi)
    guide.look(bystander)
    return guide.left_out(view)


def _other_trips(workflow: Workflow) -> Iterator[Trip]:
    """A trip of its own for each action that no other trip is about."""
    about = {step for trip in TRIPS for step in trip.steps}
    for action in workflow.actions.values():
        if action.name not in about:
            yield Trip(action.name)


def spots_of(view: TherapyView) -> set[Spot]:
    """The transitions that have been walked in a therapy."""
    return {
        (move["machine"], move["action"], move["from"]["state"], len(event.signatures))
        for event in view.history
        for move in event.content.get("moves", ())
    }


@dataclass(slots=True)
class Guide:
    """Leads through therapies; keeps which transitions are unwalked, and what was tried."""

    performer: Performer
    bystander: str  # a therapy in whose steps wrong bags are scanned
    unwalked: set[Spot]
    trips: tuple[Trip, ...]
    tried: set[tuple[Trip, str, str, str]] = field(default_factory=set)
    refused: set[tuple[Trip, str, str, str]] = field(default_factory=set)  # before all others

    def look(self, coi: str) -> TherapyView:
        """Look at a therapy, and note what has been walked in it."""
        view = look(self.performer.installation, coi)
        self.unwalked.difference_update(spots_of(view))
        return view

    def tour(self, coi: str) -> None:
        """Make every trip that is new and begins where something of this therapy stands."""
        view = self.look(coi)
        stood = view.subjects
        while not view.therapy.stops and (found := next(self._new_trips(view), None)):
            trip, subject = found
            self.tried.add(_try(view, trip, subject))
            view = self._go(trip, subject, view)
            if view.subjects == stood:
                self.refused.add(_try(view, trip, subject))

    def _go(self, trip: Trip, subject: Subject, view: TherapyView) -> TherapyView:
        """Take the steps of a trip as far as it goes; returns how the therapy stands then."""
        coi = view.therapy.coi
        # What a guard refuses now may be allowed when the therapy has come further.
        with suppress(CannotPerform, Refused):
            for step in trip.steps:
                self._take(view, step, subject)
                view = self.look(coi)
            return view
        return self.look(coi)

    def left_out(self, view: TherapyView) -> bool:
        """A trip that begins where things stand here is new still, and was not refused here."""
        self.tried = self.refused
        return next(self._new_trips(view), None) is not None

    def _new_trips(self, view: TherapyView) -> Iterator[tuple[Trip, Subject]]:
        """Each trip that is new, with each subject that can go on it."""
        at_hand = _at_hand(view)
        unwalked = {action for _machine, action, _from, _signatures in self.unwalked}
        # Few actions are left before long; all else about a trip takes longer to find out.
        for trip in (one for one in self.trips if one.walks in unwalked):
            for subject in at_hand:
                tried = _try(view, trip, subject) in self.tried
                if not tried and self.unwalked.intersection(_spots(view, trip, subject)):
                    yield trip, subject

    def _take(self, view: TherapyView, name: str, before: Subject) -> None:
        """Take one step of a trip."""
        coi, subject = view.therapy.coi, view.subjects[before.id]
        if name == WRONG_SCAN:
            self._scan_wrongly(view, subject)
            return
        if name in _CORRECTED:
            self._correct(view, name, subject)
            return
        values, avoid = _wanted(name, subject)
        meant = _meant(view, name, subject)
        on = () if meant == coi else (meant,)
        to = _neighbour(view, subject) if _hands_over(view.workflow.actions[name]) else "-"
        wish = Wish(on=on, to=to, values=values, avoid=avoid)
        self.performer.do(coi, name, wish, view)

    def _correct(self, view: TherapyView, name: str, subject: Subject) -> None:
        """Correct what a bag was collected by, or what its label says."""
        coi = view.therapy.coi
        if name == WRONG_CONSENT:
            values = {"of": "consent_signed_on", "content": "2024-01-02"}
            self.performer.do(coi, "correct_value", Wish(values=values), view)
            return
        told = [v for v in view.values if (v.subject, v.field) == (subject.id, "volume_ml")]
        other = next((one for one in _VOLUMES if told and one != told[-1].content), "")
        values = {"of": "volume_ml", "on": subject.id, "content": other}
        # Whoever may record a volume corrects it: of a product others than of what was collected.
        for role in _FILLING:
            others = tuple(one.username for one in STAFF if one.username not in holders(role))
            with suppress(CannotPerform, Refused):
                self.performer.do(coi, "correct_value", Wish(values=values, avoid=others))
                return

    def _scan_wrongly(self, view: TherapyView, subject: Subject) -> None:
        """Somebody where the bag is scans it in the place of another therapy's."""
        coi, unit = view.therapy.coi, subject.position.holder
        self.performer.count += 1
        wanted = TakeAction(
            coi=self.bystander,
            action="accept_custody",
            unit=unit,
            key=f"{coi}-{self.performer.count}-wrong",
            codes=(Code(f"{view.labels[subject.id][-1]}/{coi}"),),
        )
        somebody = next(s.username for s in STAFF if unit in {at for _, at in s.roles})
        with suppress(Refused):
            take_action(self.performer.installation, wanted, self.performer.proven[somebody])


def _try(view: TherapyView, trip: Trip, subject: Subject) -> tuple[Trip, str, str, str]:
    """A trip, and where everything stands from which it begins."""
    therapy = view.subjects[view.therapy.coi].position.state
    return trip, subject.id, subject.position.state, therapy


def _at_hand(view: TherapyView) -> list[Subject]:
    """What is neither stopped nor on its way, nor inside a closed shipper."""
    return [
        subject
        for subject in view.subjects.values()
        if not subject.position.stops
        and not subject.position.in_transit
        and subject.position.inside == NOTHING
    ]


def _spots(view: TherapyView, trip: Trip, subject: Subject) -> Iterator[Spot]:
    """The transitions that the trip's own step would walk: the subject's and its company's."""
    # A wrong scan is no action of this therapy: the engine holds the bag, which nobody signs.
    wrong = trip.action == WRONG_SCAN
    action = view.workflow.actions.get(trip.walks)
    if action is None or not _can_begin(view, trip, action, subject):
        return
    signatures = 0 if wrong else len(action.signatures)
    signatures = _BY_TWO if trip.action == WRONG_CONSENT else signatures
    yield subject.machine, action.name, trip.from_state or subject.position.state, signatures
    # After steps of its own the company stands elsewhere than now, so that it cannot be foretold.
    company = [] if trip.from_state else _company(view, subject)
    for other in company:
        if _acts_on(action, other, _ALONG):
            yield other.machine, action.name, other.position.state, signatures


def _can_begin(view: TherapyView, trip: Trip, action: Action, subject: Subject) -> bool:
    """Every step that starts where the subject stands now can be taken from there."""
    therapy = view.subjects[view.therapy.coi]
    actions = view.workflow.actions
    if not actions.keys() | _CORRECTED >= {*trip.before, *trip.after}:
        return False
    begins = [actions[name] for name in trip.before if name in actions]
    begins += [] if trip.from_state else [action]
    reaches = (_only_opens(one) or _acts_on(one, subject) for one in begins)
    return all(reaches) and all(_goes_on(one, therapy) for one in begins)


def _acts_on(action: Action, subject: Subject, picks: AbstractSet[Pick] = _MEANT) -> bool:
    """The action moves this subject, as it stands and picked so."""
    return any(
        rule.machine == subject.machine
        and rule.pick in picks
        and subject.position.state in rule.from_states
        for rule in action.moves
    )


def _only_opens(action: Action) -> bool:
    """The action moves nothing that is there: it opens an exception about it."""
    return all(rule.pick is Pick.BORN for rule in action.moves)


def _goes_on(action: Action, therapy: Subject) -> bool:
    """The therapy stands where the action needs it, if it needs it anywhere."""
    asked = any(rule.pick is Pick.THERAPY for rule in action.moves)
    return not asked or _acts_on(action, therapy)


def _company(view: TherapyView, subject: Subject) -> list[Subject]:
    """What moves along: what is directly in a shipment or a package, the product of a lot."""
    found = [link.parent for link in view.links if link.child == subject.id]
    found += [link.child for link in view.links if link.parent == subject.id]
    if view.workflow.machines[subject.machine].kind not in {*PACKAGING, Kind.LOT}:
        return []
    return [view.subjects[other] for other in found if not is_over(view, view.subjects[other])]


_ABOUT: Mapping[str, str] = {
    "lift": "exception",
    "lift_therapy": "exception",
    "record_capa": "exception",
    "record_investigation": "exception",
    "withdraw_dispensation": "dispensation",
}
"""Steps about something that was opened on a thing."""


def _meant(view: TherapyView, name: str, subject: Subject) -> str:
    """What the step is about: the subject, what is closed around it, or what was opened on it."""
    if view.workflow.actions[name].verb is Verb.UNPACK and subject.position.inside != NOTHING:
        return subject.position.inside
    machine = _ABOUT.get(name)
    if machine is None:
        return subject.id
    opened = [
        one.id
        for one in view.subjects.values()
        if one.machine == machine and one.origin == subject.id and not is_over(view, one)
    ]
    return opened[-1]


_SAID: Mapping[str, Mapping[str, str]] = {
    "raise_class": {"class": "critical"},
    "relabel": {"label_says": ""},  # its label shows an old value, and no more is wrong with it
}


def _wanted(name: str, subject: Subject) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The values that a step is given, and who must not take it."""
    if name == "record_late_result":
        return {"test": "sterility", "result": "no growth"}, ()
    if name == "record_investigation":
        return {}, holders("qa_reviewer")  # who lifts what is critical did not investigate it
    if name == "grant_dispensation" and subject.machine == "product":
        return {}, holders("qualified_person")  # a departure that the physician signs
    if name == "grant_dispensation":
        return {"guard": "material_is_fresh"}, holders("treating_physician")
    return _SAID.get(name, {}), ()


def _hands_over(action: Action) -> bool:
    """The step takes a unit to which something goes."""
    return any(rule.custody is Custody.RELEASES for rule in action.moves)


def _neighbour(view: TherapyView, subject: Subject) -> str:
    """The unit to which something can be handed over."""
    here = subject.position.holder
    to = _NEIGHBOUR.get(here.removeprefix(f"{site_of(view)}-"), "-")
    own = f"{site_of(view)}-{to}"
    if {own, to} & UNITS.keys():
        return own if own in UNITS else to
    # Another unit of the same house takes it.
    beside = (unit for unit, (site, _) in UNITS.items() if site == UNITS[here][0] and unit != here)
    return next(beside, "-")
