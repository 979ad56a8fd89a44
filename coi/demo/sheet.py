"""The visitors' sheet: what stands on the papers, wristbands and bags of a demonstration.

In a hospital a code is printed and a patient speaks. Here nobody wears, holds or says anything, so
that a visitor reads it from this sheet. What a patient says is of the made-up cast and of nobody
else: the identity vault is never asked.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from coi.demo.cast import PASSWORD, PATIENTS, PINS, SITES, STAFF, UNITS, Staff
from coi.demo.performer import Performer, is_over
from coi.services.installation import Installation
from coi.services.person_file import person_file
from coi.services.therapies import TherapyView, list_therapies, look, wristband_of
from workflows.facts import Subject, Value

KEPT = "visitors.json"
MOST = 12  # therapies of the stories, and as many that visitors ordered
_WHO = ("family_name", "given_name", "birth_date", "medical_record_number")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody as whom a visitor can sign in."""

    username: str
    printed_name: str
    roles: str
    site: str


@dataclass(frozen=True, slots=True)
class Worn:
    """A badge that a visitor can scan at a registered device, and the PIN to type."""

    username: str
    serial: str
    pin: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A bag, a sample or a shipment: what its label says, and where it is."""

    title: str
    code: str
    volume: str
    state: str
    place: str
    stopped: bool
    people: tuple[str, ...]  # the user names of those who work there


@dataclass(frozen=True, slots=True)
class Case:
    """One therapy: its order, and what its patient wears and says."""

    coi: str
    state: str
    hospital: str
    wristband: str  # empty before the first
    says: Mapping[str, str]  # empty of a patient who is not of the cast
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a visitor needs."""

    password: str
    accounts: tuple[Account, ...]
    badges: tuple[Worn, ...]
    shipper: str
    ordered: tuple[Case, ...]  # by visitors
    cases: tuple[Case, ...]  # of the stories; the first is the one to begin with


def keep(performer: Performer) -> None:
    """Note beside the record which patient of the cast each therapy is about, and the shipper."""
    patients = {coi: PATIENTS.index(one) for coi, one in performer.identities.items()}
    told = json.dumps({"shipper": performer.shipper, "patients": patients})
    (performer.installation.settings.home / KEPT).write_text(told, encoding="utf-8")


def sheet_of(installation: Installation) -> Sheet:
    """The sheet as it is now."""
    kept = json.loads((installation.settings.home / KEPT).read_text(encoding="utf-8"))
    who = {coi: PATIENTS[n] for coi, n in islice(kept["patients"].items(), MOST)}
    others = (coi for coi, *_ in list_therapies(installation) if coi not in kept["patients"])
    return Sheet(
        PASSWORD,
        accounts(),
        _badges(installation),
        kept["shipper"],
        ordered=tuple(_case(installation, coi, {}) for coi in islice(others, MOST)),
        cases=tuple(_case(installation, coi, one) for coi, one in who.items()),
    )


def accounts() -> tuple[Account, ...]:
    """Everybody as whom a visitor can sign in."""
    return tuple(_account(staff) for staff in STAFF)


def _badges(installation: Installation) -> tuple[Worn, ...]:
    """The badges that are worn now, of those whose PIN is printed for everybody to see."""
    worn = {name: person_file(installation, name).badge for name in PINS}
    return tuple(Worn(name, one.serial, PINS[name]) for name, one in worn.items() if one)


def _account(staff: Staff) -> Account:
    names = {site.id: site.name for site in SITES}
    roles = dict.fromkeys(role.replace("_", " ") for role, _ in staff.roles)
    sites = dict.fromkeys(names[UNITS[unit][0]] for _, unit in staff.roles)
    return Account(staff.username, staff.printed_name, ", ".join(roles), ", ".join(sites))


def _case(installation: Installation, coi: str, who: Mapping[str, str]) -> Case:
    view = look(installation, coi)
    return Case(
        coi=coi,
        state=_state(view, view.subjects[coi]),
        hospital=installation.place(view.history[0].unit),
        wristband=installation.read(lambda tx: wristband_of(tx, coi)),
        says={name.replace("_", " "): who[name] for name in _WHO if name in who},
        things=tuple(
            _thing(installation, view, subject)
            for subject in view.subjects.values()
            if subject.id in view.labels and not is_over(view, subject)
        ),
    )


def _thing(installation: Installation, view: TherapyView, subject: Subject) -> Thing:
    position = subject.position
    # What is on its way is met next by those to whom it goes.
    unit = position.consignee if position.in_transit else position.holder
    return Thing(
        title=view.workflow.machines[subject.machine].title,
        code=f"{view.labels[subject.id][-1]}/{view.therapy.coi}",
        # The first is what it was filled with; what was taken out or infused comes after it.
        volume=next((f"{v.content} mL" for v in view.values if _is_volume(v, subject)), ""),
        state=_state(view, subject),
        place=("on its way to " if position.in_transit else "") + installation.place(unit),
        stopped=bool(position.stops),
        people=tuple(s.username for s in STAFF if unit in {at for _, at in s.roles}),
    )


def _is_volume(value: Value, subject: Subject) -> bool:
    return (value.subject, value.unit) == (subject.id, "mL")


def _state(view: TherapyView, subject: Subject) -> str:
    return view.workflow.machines[subject.machine].states[subject.position.state].title
