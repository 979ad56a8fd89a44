"""What a signed-in person is shown: only what their sites take part in, and of that what is theirs.

A therapy that a person may not see answers exactly as one that does not exist (SEC-07, SEC-27).
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from coi.errors import Unknown
from coi.services.directory import ListedUnit, party_in_words, units_by_id
from coi.services.exceptions import Told, exceptions_of
from coi.services.former import as_former, destroyed_at, in_hand, is_in_hand
from coi.services.installation import Installation
from coi.services.likeness import is_like_others
from coi.services.old_labels import OldLabel, old_labels
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.services.results import Tested, results_of
from coi.services.sessions import SignedIn
from coi.services.soonest import due_in, soonest_first
from coi.services.therapies import Outline, TherapyView, outline, view
from coi.services.transcribed import Transcription, transcription_of
from coi.store import codes, facts, lists
from coi.store.labels import lives_of
from coi.store.transactions import Transaction
from workflows.facts import Label, Person, Subject
from workflows.guards.treating import CALLS_OFF, TAKES_OVER, is_left_to_others
from workflows.label_life import LabelState
from workflows.model import Action, Kind, Pick
from workflows.moves import OPEN_EXCEPTION
from workflows.on_paper import APPLY_LABEL, is_beside, is_copied
from workflows.possible import lifts_nothing, possible_actions, relies_on_record
from workflows.treating import Treatment


@dataclass(frozen=True, slots=True)
class TherapyNow:
    """One therapy as it stands, with the units by id: enough to act on it."""

    view: Outline | TherapyView
    units: dict[str, ListedUnit]
    sites: frozenset[str]  # those to which this person may send something of it
    is_former: bool  # the person's hospitals do not treat any more, or not yet

    @property
    def root(self) -> Subject:
        """The therapy itself, as a thing that has a position."""
        return self.view.subjects[self.view.therapy.coi]

    def state(self, subject: Subject) -> str:
        """Where a subject stands, in words."""
        return self.view.workflow.machines[subject.machine].states[subject.position.state].title

    def title(self, subject: Subject) -> str:
        """What a subject is called."""
        return self.view.workflow.machines[subject.machine].title

    def offers(self, action: Action) -> bool:
        """As far as it matters who treats, the person may be asked to take this step."""
        return not self.is_former or is_left_to_others(action)

    def is_over(self, subject: Subject) -> bool:
        """The subject has come to its end, such as a shipper that was unpacked."""
        state = self.view.workflow.machines[subject.machine].states[subject.position.state]
        return state.final

    def holder(self, subject: Subject) -> str:
        """Who holds a subject, in words."""
        return self.party(subject.position.holder)

    def party(self, party: str) -> str:
        """A unit with its site, the patient, or nobody."""
        return party_in_words(self.units, party, self.view.therapy.patient)

    def time_zone(self, unit: str) -> str:
        """The time zone of a unit's site."""
        return self.units[unit].site.time_zone if unit in self.units else "UTC"

    def own_time_zone(self, signed_in: SignedIn) -> str:
        """The time zone of where somebody works now, or else of the first of their units."""
        own = sorted({unit for _role, unit in signed_in.person.roles} & self.units.keys())
        return self.time_zone(signed_in.unit if signed_in.unit in own else min(own, default=""))


@dataclass(frozen=True, slots=True)
class TherapyPage(TherapyNow):
    """One therapy as it is shown: everything in it, and what is this person's to do."""

    view: TherapyView
    mine: tuple[Action, ...]
    others: tuple[Action, ...]
    results: tuple[Tested, ...]
    exceptions: tuple[Told, ...]
    old_labels: Mapping[str, OldLabel]  # of a thing whose label shows an old value
    destroyed_here: frozenset[str]  # by a hospital of the person that treats no more
    in_hand_here: frozenset[str]  # what such a hospital has in hand, and prints for
    unprinted_here: frozenset[str]  # the serials of that of which there is no piece yet
    looks_alike: bool  # like another patient who is treated where the person works
    due: tuple[str, ...] = ()  # the steps that are due, the soonest first

    def comes_later(self, action: Action) -> bool:
        """It goes on with an exception, and is not what is next for any that is open."""
        machines = self.view.workflow.machines
        named = {rule.machine for rule in action.moves if rule.pick is Pick.NAMED}
        is_about_one = any(machines[name].kind is Kind.EXCEPTION for name in named)
        return is_about_one and action not in [one.next for one in self.exceptions]

    @property
    def made_of(self) -> Mapping[str, list[Subject]]:
        """What was made directly of each thing, where anything was."""
        found: dict[str, list[Subject]] = {}
        for subject in self.view.subjects.values():
            found.setdefault(subject.origin or "", []).append(subject)
        return found

    @property
    def doable(self) -> tuple[Action, ...]:
        """What the person can do now: while it is copied from paper, only what needs no past."""
        return tuple(one for one in self.mine if not self.is_copied or self._is_beside(one))

    @property
    def tellable(self) -> tuple[Action, ...]:
        """What may have happened on paper, and could be entered by the person."""
        if not self.is_copied:
            return self.mine
        return tuple(one for one in self.mine if is_copied(self.view.workflow, one))

    def _is_beside(self, action: Action) -> bool:
        return action.name == APPLY_LABEL or is_beside(self.view.workflow, action)

    @property
    def is_copied(self) -> bool:
        """It ran on paper, and is still copied from it."""
        return self.view.therapy.is_copied

    @property
    def transcription(self) -> Transcription | None:
        """From which paper it was copied; None of a therapy that never ran on paper."""
        return transcription_of(self.view)

    @property
    def telling(self) -> Action | None:
        """The step by which anybody says that something is wrong."""
        return self.view.workflow.actions.get(OPEN_EXCEPTION)


def look_at(installation: Installation, signed_in: SignedIn, coi: str) -> TherapyPage:
    """The whole therapy.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def work(tx: Transaction) -> TherapyPage:
        seen, found = seen_of(tx, signed_in.person, coi), view(tx, installation, coi)
        units = units_by_id(tx)
        due = () if seen.is_former else due_in(tx, coi)
        mine = soonest_first(due, _within_reach(found, signed_in.person, seen))
        others = tuple(a for a in found.next_actions if a not in mine and not _is_idle(a, found))
        if found.faults:
            mine, others = _not_relying(mine), _not_relying(others)
        left: _Left = (frozenset(), frozenset(), frozenset())
        if seen.is_former:
            site_of = {unit.id: unit.site.id for unit in units.values()}
            found, others = as_former(found, site_of, seen.own), ()
            left = _left_to(tx, found, {unit for unit in units if site_of[unit] in seen.own})
        judged = results_of(found), exceptions_of(found), old_labels(found)
        held = {unit for _role, unit in signed_in.person.roles}
        there = {unit.site.id for unit in units.values() if unit.id in held}
        alike = is_like_others(tx, installation, found.therapy.patient, there)
        told = (found, units, seen.reached, seen.is_former, mine, others, *judged, *left)
        return TherapyPage(*told, alike, due)

    return installation.read(work)


_Left = tuple[frozenset[str], frozenset[str], frozenset[str]]


def _left_to(tx: Transaction, found: TherapyView, own: AbstractSet[str]) -> _Left:
    """What a former hospital destroyed, what it has in hand, and which labels of that are new."""
    there = frozenset(name for name in found.labels if is_in_hand(found.subjects[name], own))
    unprinted = (
        life.serial
        for life in lives_of(tx, found.therapy.coi)
        if life.subject in there and life.state is LabelState.ISSUED
    )
    return destroyed_at(found, own), there, frozenset(unprinted)


def look_now(installation: Installation, signed_in: SignedIn, coi: str) -> TherapyNow:
    """The therapy as it stands; much less is read than for the whole of it.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def work(tx: Transaction) -> TherapyNow:
        seen = seen_of(tx, signed_in.person, coi)
        now, units = outline(tx, installation, coi), units_by_id(tx)
        if seen.is_former:
            now = in_hand(now, {unit.id for unit in units.values() if unit.site.id in seen.own})
        return TherapyNow(now, units, seen.reached, seen.is_former)

    return installation.read(work)


def is_label_of(installation: Installation, signed_in: SignedIn, serial: str, coi: str) -> bool:
    """The serial is that of a label of this therapy, which the person may see.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def work(tx: Transaction) -> bool:
        require_seen(tx, signed_in.person, coi)
        found = codes.label(tx, serial)
        return found is not None and found.coi == coi

    return installation.read(work)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person sees of a therapy: at which of their sites, and whether these still treat."""

    own: frozenset[str]  # the sites of the person that take part
    sites: frozenset[str]
    treatment: Treatment
    everywhere: bool = False

    @property
    def is_former(self) -> bool:
        """None of the person's sites goes on with it, or is asked to."""
        waits = self.treatment.of_whole(self.own)
        return not (self.everywhere or waits)

    @property
    def reached(self) -> frozenset[str]:
        """The sites to which the person may send something: nothing goes to who does not treat."""
        return self.sites - self.treatment.aside | self.own


def seen_of(tx: Transaction, person: Person, coi: str) -> Seen:
    """What the person sees of it.

    Raises:
        Unknown: nothing, or there is no such therapy; nobody can tell which.
    """
    sites, treatment = facts.parts(tx, coi)
    own = _sites(person)
    found = Seen(own & sites - treatment.out_of_it, sites, treatment, EVERYWHERE in own)
    if not (found.everywhere or found.own):
        raise Unknown("therapy", coi)
    return found


def require_seen(tx: Transaction, person: Person, coi: str) -> frozenset[str]:
    """The sites to which the person may send something of a therapy; they hold a role at one of it.

    Raises:
        Unknown: they do not, or there is no such therapy; nobody can tell which.
    """
    return seen_of(tx, person, coi).reached


def require_seen_whole(tx: Transaction, person: Person, coi: str) -> None:
    """The person sees all of it: one of their sites goes on with it, or is asked to.

    Raises:
        Unknown: they do not, or there is no such therapy; nobody can tell which.
    """
    if seen_of(tx, person, coi).is_former:
        raise Unknown("therapy", coi)


def therapies_seen_of(tx: Transaction, person: Person, patient: str) -> tuple[str, ...]:
    """Those therapies of a patient that the person may see, the newest order first."""
    return tuple(coi for coi, *_ in lists.therapies_of(tx, patient) if sees(tx, person, coi))


def sees(tx: Transaction, person: Person, coi: str) -> bool:
    """The person holds a role at a site that goes on with this therapy, or for every site."""
    try:
        require_seen_whole(tx, person, coi)
    except Unknown:
        return False
    return True


def has_in_hand(tx: Transaction, person: Person, label: Label) -> bool:
    """A labelled thing is at a site of this person, or on its way there, whether that treats."""
    try:
        seen = seen_of(tx, person, label.coi)
    except Unknown:
        return False
    at, units = facts.subjects(tx, label.coi)[label.subject].position, units_by_id(tx)
    return any(units[one].site.id in seen.own for one in (at.holder, at.consignee) if one in units)


def has_destroyed(
    tx: Transaction, installation: Installation, person: Person, coi: str, thing: str
) -> bool:
    """A thing was destroyed at a site of this person, whether that treats.

    Raises:
        Unknown: the person sees nothing of the therapy, or there is none.
    """
    own = seen_of(tx, person, coi).own
    units = {unit.id for unit in units_by_id(tx).values() if unit.site.id in own}
    return thing in destroyed_at(view(tx, installation, coi), units)


def knowing(tx: Transaction, coi: str) -> frozenset[str]:
    """The sites at which whoever meets the patient is told who it is: not who treats no more."""
    sites, treatment = facts.parts(tx, coi)
    return sites - treatment.aside


def is_seen_whole(installation: Installation, signed_in: SignedIn, coi: str) -> bool:
    """This person may see all of this therapy."""
    return installation.read(lambda tx: sees(tx, signed_in.person, coi))


def is_seen(installation: Installation, signed_in: SignedIn, coi: str) -> bool:
    """This person may see this therapy."""

    def look(tx: Transaction) -> bool:
        try:
            require_seen(tx, signed_in.person, coi)
        except Unknown:
            return False
        return True

    return installation.read(look)


def _sites(person: Person) -> frozenset[str]:
    return sites_with(person, Permission.SEE_THERAPIES)


def _within_reach(found: TherapyView, person: Person, seen: Seen) -> tuple[Action, ...]:
    """What the person holds a role for, on what is in the hands of their units or comes to them."""
    goes_on = seen.everywhere or bool(seen.own - seen.treatment.aside)
    held = {role for role, _unit in person.roles}
    units = frozenset(unit for _role, unit in person.roles)
    return tuple(
        action
        for action in possible_actions(found.workflow, found.subjects, units)
        if any(who.role in held for who in action.who) and not _is_idle(action, found)
        if _is_open_to(action, seen, goes_on=goes_on)
    )


def _not_relying(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """What may still be done by a record that is not what was signed."""
    return tuple(action for action in actions if not relies_on_record(action))


def _is_open_to(action: Action, seen: Seen, *, goes_on: bool) -> bool:
    """As far as it matters who treats: who is asked answers, who treats goes on."""
    if action.asks(TAKES_OVER):
        return seen.treatment.asked in seen.own
    if action.asks(CALLS_OFF):
        told = seen.treatment
        return bool(told.asked) and not seen.own.isdisjoint({told.asked, told.treats})
    return goes_on or is_left_to_others(action)


def _is_idle(action: Action, found: TherapyView) -> bool:
    """It would let something go on, and nothing is on hold."""
    return lifts_nothing(action, found.subjects.values(), found.therapy.stops)
