"""What the scan box answers: what each code is, where it stands, what may be done with it.

What a person may not see answers exactly as what does not exist (SEC-27). Nothing is kept of what
was looked up, and looking changes nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from coi.errors import Unknown
from coi.services.badge_scans import BadgeSeen, badge_seen
from coi.services.benches import bench_seen
from coi.services.directory import party_in_words, units_by_id
from coi.services.donations import bearing
from coi.services.installation import Installation
from coi.services.looking import has_in_hand, knowing, sees
from coi.services.over_labels import is_on_now
from coi.services.permissions import Permission, sites_with
from coi.services.places import KnownPlace, keeps, place_named
from coi.services.reading_codes import dialects_for
from coi.services.scanning import Code, is_wristband, resolve, why_not
from coi.services.sessions import SignedIn
from coi.services.soonest import due_in, soonest_first
from coi.store import codes, facts, lists
from coi.store.equipment import entries_of
from coi.store.transactions import Transaction
from labels.codes.gs1 import Gs1Codes
from labels.codes.isbt128 import IsbtCodes
from labels.codes.scans import read_scan, read_typed
from labels.codes.sought import DONATION, Sought, sought_by
from labels.codes.words import named_by
from labels.errors import NotACode
from labels.identifiers import Scan
from workflows.facts import (
    Bench,
    Label,
    Order,
    Person,
    Place,
    Shipper,
    Subject,
    Therapy,
    Wristband,
)
from workflows.guards.bench import CLEARED
from workflows.guards.treating import is_left_to_others
from workflows.model import Action, Workflow
from workflows.possible import moves_it, possible_actions

MOST_CODES = 20
"""Nobody scans more at once; whatever sends more is no scanner in a hand."""

OF_OTHERS = frozenset({"GS1_OFF", "ISBT128_OFF", "SYMBOL_REFUSED"})
"""The refusals of what is no misread code of ours, but one of another system."""

_BETWEEN = re.compile(r"[\r\n\t]+")  # what scanners press after a code
_AROUND = " \x1d"  # GS ends some symbols, and is part of none of our codes


class Sort(StrEnum):
    """What the answer to a code is about."""

    UNREADABLE = "cannot be read"
    OF_OTHERS = "of another system"
    UNKNOWN = "unknown"
    ORDER = "order"
    THING = "thing"
    WRISTBAND = "wristband"
    OLD_WRISTBAND = "replaced wristband"
    NAMED = "named by another's code"
    SHIPPER = "shipper"
    BENCH = "bench"
    PLACE = "place"
    BADGE = "badge"


@dataclass(frozen=True, slots=True)
class Standing:
    """A thing as it stands: what and which it is, in which state, and who has had it since when."""

    title: str
    subject: str
    state: str
    holder: str
    sent_to: str
    since: datetime | None
    zone: str
    on_hold: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing of which the record says another system's number: looked up, and not identified."""

    coi: str
    subject: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one code; what does not belong to its sort is empty."""

    code: Code
    sort: Sort = Sort.UNKNOWN
    coi: str = ""
    patient: str = ""  # never shown: it tells whether two codes are of one patient
    standing: Standing | None = None
    actions: tuple[Action, ...] = ()  # what is due stands first
    cois: tuple[str, ...] = ()  # of a wristband's patient
    bench: Bench | None = None
    place: KnownPlace | None = None
    is_equipment: bool = False  # the place is on the register of equipment
    badge: BadgeSeen | None = None
    shipper: Shipper | None = None
    why_not: NotACode | None = None
    named: str = ""  # by a code of another system that the site reads
    hits: tuple[Hit, ...] = ()  # what the record names by such a code
    due: tuple[str, ...] = ()  # the steps that are due in its therapy, by name

    @property
    def is_wristband(self) -> bool:
        """It is on somebody's arm, whether anybody here knows it."""
        return is_wristband(self.code.raw)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answers to the codes of one burst."""

    found: tuple[Found, ...]

    @property
    def of_two_therapies(self) -> bool:
        """The codes belong to more than one therapy."""
        on_benches = {one.bench.holds for one in self.found if one.bench} - {CLEARED}
        return len({one.coi for one in self.found if one.coi} | on_benches) > 1

    @property
    def of_two_patients(self) -> bool:
        """The codes belong to more than one patient."""
        return len({one.patient for one in self.found if one.patient}) > 1

    @property
    def order(self) -> str:
        """The COI of an order that was scanned alone."""
        alone = self.found[0] if len(self.found) == 1 else None
        return alone.coi if alone and alone.sort is Sort.ORDER else ""

    def codes_for(self, found: Found, action: Action) -> tuple[Code, ...]:
        """What this step is begun with: the order, and each scanned thing that it would move."""
        fitting = (
            one.code
            for one in self.found
            if one.coi == found.coi and (one.sort is Sort.ORDER or action in one.actions)
        )
        return tuple({code.raw: code for code in fitting}.values())


def split_burst(text: str) -> tuple[str, ...]:
    """Each code of what a scanner sent in one go, without what it sends around them."""
    parts = (part.strip(_AROUND) for part in _BETWEEN.split(text))
    return tuple(part for part in parts if part)


def answer(installation: Installation, signed_in: SignedIn, scanned: tuple[Code, ...]) -> Answer:
    """What these codes are, as far as this person may know."""

    def look(tx: Transaction) -> Answer:
        looker = _Looker(tx, installation, signed_in.person)
        return Answer(tuple(_found(looker, code) for code in scanned))

    return installation.read(look)


@dataclass(frozen=True, slots=True)
class _Looker:
    """Who looks, and where."""

    tx: Transaction
    installation: Installation
    person: Person

    def sees(self, coi: str) -> bool:
        """The therapy is one that this person may see."""
        return sees(self.tx, self.person, coi)


OTHERS = "another's label that is on record beside ours"
_NOTHING = Label("-", "-", "-", "-")


def _found(looker: _Looker, code: Code) -> Found:
    error = why_not(code.raw)
    if error is not None:
        return _unreadable(looker, code, error)
    meaning = resolve(looker.tx, code).means
    badge = badge_seen(looker.tx, looker.person, code.raw)
    if badge is not None:
        return Found(code, Sort.BADGE, badge=badge)
    if meaning is None:
        # Asked as for a code that is another site's, so that both answers take as long.
        looker.sees("-")
        has_in_hand(looker.tx, looker.person, _NOTHING)
        return Found(code)
    return _TELLERS[type(meaning)](looker, code, meaning)


def _unreadable(looker: _Looker, code: Code, error: NotACode) -> Found:
    """No code of ours: one of another system, as far as the sites of whoever asks read it.

    Another's label that is on record is found whatever it reads as.
    """
    if carried := tuple(_told_of(looker, is_on_now(looker.tx, looker.installation, code.raw))):
        return Found(code, Sort.NAMED, named=OTHERS, hits=carried)
    dialects = dialects_for(looker.tx, looker.person)
    read = read_scan if error.code in OF_OTHERS else read_typed
    try:
        reading = read(code.raw, dialects)
    except NotACode as why:
        is_ours = why.code == error.code and error.code not in OF_OTHERS
        return Found(code, Sort.UNREADABLE if is_ours else Sort.OF_OTHERS, why_not=why)
    # A code of ours raises nothing where it is read, and does not come here.
    if isinstance(reading, Scan):
        return Found(code)
    named, hits = named_by(reading, dialects.isbt128), tuple(_hits(looker, reading))
    return Found(code, Sort.NAMED if hits else Sort.OF_OTHERS, named=named, hits=hits)


def _hits(looker: _Looker, reading: IsbtCodes | Gs1Codes) -> Iterator[Hit]:
    """Each thing that the record names so."""
    found = {at for sought in sought_by(reading) for at in _named(looker.tx, sought)}
    return _told_of(looker, sorted(found))


def _named(tx: Transaction, sought: Sought) -> Iterable[tuple[str, str]]:
    """Therapy and subject of each thing that is named so, whoever may see it."""
    if sought.field == DONATION:
        return ((one.coi, one.subject) for one in bearing(tx, sought.content))
    return codes.named(tx, *sought)


def _told_of(looker: _Looker, found: Iterable[tuple[str, str]]) -> Iterator[Hit]:
    """How each thing stands, of the therapies that this person may see."""
    for coi, subject in found:
        known = facts.therapy(looker.tx, coi) if looker.sees(coi) else None
        if known is None:
            continue
        therapy, tx = known[0], looker.tx
        workflow = looker.installation.workflow(tx, therapy.workflow, therapy.version)
        stands = _standing(tx, workflow, therapy, facts.subjects(tx, coi)[subject])
        yield Hit(coi, stands.subject, stands.title, stands.state)


def _order(looker: _Looker, code: Code, order: Order) -> Found:
    found = facts.therapy(looker.tx, order.coi) if looker.sees(order.coi) else None
    return Found(code, Sort.ORDER, order.coi, found[0].patient) if found else Found(code)


def _thing(looker: _Looker, code: Code, label: Label) -> Found:
    """A labelled thing: where it stands, and what this person may do with it.

    A former hospital is told of what is in its hands, or comes to them, and hands it on.
    """
    goes_on = looker.sees(label.coi)
    is_told = goes_on or has_in_hand(looker.tx, looker.person, label)
    known = facts.therapy(looker.tx, label.coi) if is_told else None
    if known is None:
        return Found(code)
    therapy = known[0]
    workflow = looker.installation.workflow(looker.tx, therapy.workflow, therapy.version)
    subjects = facts.subjects(looker.tx, label.coi)
    subject = subjects[label.subject]
    stands = _standing(looker.tx, workflow, therapy, subject)
    actions = tuple(
        action
        for action in possible_actions(workflow, subjects)
        if moves_it(action, subject, _units(looker.person, action), stopped=therapy.stops > 0)
        if goes_on or is_left_to_others(action)
    )
    due = due_in(looker.tx, label.coi) if goes_on else ()
    ordered = soonest_first(due, actions)
    return Found(code, Sort.THING, label.coi, label.patient, stands, ordered, due=due)


def _standing(tx: Transaction, workflow: Workflow, therapy: Therapy, subject: Subject) -> Standing:
    """How a thing stands, in words."""
    units, position = units_by_id(tx), subject.position
    machine = workflow.machines[subject.machine]
    unit = units.get(position.holder)
    return Standing(
        title=machine.title,
        subject=subject.id.removeprefix(therapy.coi),
        state=machine.states[position.state].title,
        holder=party_in_words(units, position.holder, therapy.patient),
        sent_to=party_in_words(units, position.consignee, therapy.patient),
        since=lists.held_since(tx, therapy.coi, subject.id),
        zone=unit.site.time_zone if unit else "UTC",
        on_hold=position.stops > 0 or therapy.stops > 0,
    )


def _units(person: Person, action: Action) -> frozenset[str]:
    """The units at which the person holds a role that the action is given to."""
    asked = {who.role for who in action.who}
    return frozenset(unit for role, unit in person.roles if role in asked)


def _band(looker: _Looker, code: Code, band: Wristband) -> Found:
    """A band leads to a patient: whoever meets the patient is told which therapies, nobody else."""
    cois = [coi for coi, *_ in lists.therapies_of(looker.tx, band.patient)]
    if not any(map(looker.sees, cois)):
        return Found(code)
    sort = Sort.WRISTBAND if band.current else Sort.OLD_WRISTBAND
    sites = sites_with(looker.person, Permission.SEE_IDENTITY)
    known = tuple(coi for coi in cois if sites & knowing(looker.tx, coi))
    return Found(code, sort, patient=band.patient, cois=known)


def _shipper(_looker: _Looker, code: Code, shipper: Shipper) -> Found:
    return Found(code, Sort.SHIPPER, shipper=shipper)


def _place(looker: _Looker, code: Code, place: Place) -> Found:
    """A bench, for people of its site; any other place, for those who keep it."""
    try:
        bench = bench_seen(looker.tx, looker.installation, looker.person, place.serial)
    except Unknown:
        known = place_named(looker.tx, place.serial)
        kept = known is not None and keeps(looker.person, known.unit.id)
        if not kept:
            return Found(code)
        is_equipment = bool(entries_of(looker.tx, place.serial))
        return Found(code, Sort.PLACE, place=known, is_equipment=is_equipment)
    return Found(code, Sort.BENCH, bench=bench)


_TELLERS: Mapping[type, Callable[[_Looker, Code, Any], Found]] = {
    Order: _order,
    Label: _thing,
    Wristband: _band,
    Shipper: _shipper,
    Place: _place,
}
