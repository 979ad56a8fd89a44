"""What a signed-in person is shown: only what their sites take part in, and of that what is theirs.

A therapy that a person may not see answers exactly as one that does not exist (SEC-07, SEC-27).
"""

from dataclasses import dataclass

from coi.errors import Unknown
from coi.services.directory import ListedUnit, party_in_words, units_by_id
from coi.services.exceptions import Told, exceptions_of
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.services.results import Tested, results_of
from coi.services.sessions import SignedIn
from coi.services.therapies import Outline, TherapyView, outline, view
from coi.store import codes, facts, lists
from coi.store.transactions import Transaction
from workflows.facts import Person, Subject
from workflows.model import Action
from workflows.possible import lifts_nothing, possible_actions
from workflows.rights import ANY


@dataclass(frozen=True, slots=True)
class TherapyNow:
    """One therapy as it stands, with the units by id: enough to act on it."""

    view: Outline | TherapyView
    units: dict[str, ListedUnit]
    sites: frozenset[str]  # those that take part

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


@dataclass(frozen=True, slots=True)
class TherapyPage(TherapyNow):
    """One therapy as it is shown: everything in it, and what is this person's to do."""

    view: TherapyView
    mine: tuple[Action, ...]
    others: tuple[Action, ...]
    results: tuple[Tested, ...]
    exceptions: tuple[Told, ...]


def look_at(installation: Installation, signed_in: SignedIn, coi: str) -> TherapyPage:
    """The whole therapy.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def work(tx: Transaction) -> TherapyPage:
        sites = require_seen(tx, signed_in.person, coi)
        found = view(tx, installation, coi)
        mine = _within_reach(found, signed_in.person)
        others = tuple(a for a in found.next_actions if a not in mine and not _is_idle(a, found))
        judged = results_of(found), exceptions_of(found)
        return TherapyPage(found, units_by_id(tx), sites, mine, others, *judged)

    return installation.read(work)


def look_now(installation: Installation, signed_in: SignedIn, coi: str) -> TherapyNow:
    """The therapy as it stands; much less is read than for the whole of it.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """

    def work(tx: Transaction) -> TherapyNow:
        sites = require_seen(tx, signed_in.person, coi)
        return TherapyNow(outline(tx, installation, coi), units_by_id(tx), sites)

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


def require_seen(tx: Transaction, person: Person, coi: str) -> frozenset[str]:
    """The sites that take part in a therapy; the person holds a role at one of them.

    Raises:
        Unknown: they do not, or there is no such therapy; nobody can tell which.
    """
    sites = facts.sites(tx, coi)
    if not _sees(person, sites):
        raise Unknown("therapy", coi)
    return sites


def therapies_seen_of(tx: Transaction, person: Person, patient: str) -> tuple[str, ...]:
    """Those therapies of a patient that the person may see, the newest order first."""
    return tuple(coi for coi, *_ in lists.therapies_of(tx, patient) if sees(tx, person, coi))


def sees(tx: Transaction, person: Person, coi: str) -> bool:
    """The person holds a role at a site that takes part in this therapy, or for every site."""
    return _sees(person, facts.sites(tx, coi))


def _sees(person: Person, sites: frozenset[str]) -> bool:
    own = _sites(person)
    return EVERYWHERE in own or bool(own & sites)


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


def _within_reach(found: TherapyView, person: Person) -> tuple[Action, ...]:
    """What the person holds a role for, on what is in the hands of their units or comes to them."""
    held = {role for role, _unit in person.roles} | {ANY}
    units = frozenset(unit for _role, unit in person.roles)
    return tuple(
        action
        for action in possible_actions(found.workflow, found.subjects, units)
        if any(who.role in held for who in action.who) and not _is_idle(action, found)
    )


def _is_idle(action: Action, found: TherapyView) -> bool:
    """It would let something go on, and nothing is on hold."""
    return lifts_nothing(action, found.subjects.values(), found.therapy.stops)
