"""Who may print what of a therapy: a name goes to those who meet the patient, and no further."""

from dataclasses import dataclass
from datetime import UTC, datetime

from coi.errors import Problem, Unknown
from coi.services.directory import units_by_id
from coi.services.looking import has_in_hand, knowing, require_seen_whole
from coi.services.permissions import HOLDERS, Permission, sites_with
from coi.services.proofs import NotAllowed, Proven, acting_or_program, holding
from coi.store.codes import label
from coi.store.facts import sites
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction
from workflows.facts import Label, Person

KNOW_THE_PATIENT = (
    "coordinator",
    "apheresis_nurse",
    "theatre_nurse",
    "infusion_nurse",
    "surgeon",
    "treating_physician",
)

_NEVER = datetime.min.replace(tzinfo=UTC)  # the end of a training that is not on record


@dataclass(frozen=True, slots=True)
class Post:
    """In which role, and at which unit, somebody prints."""

    role: str
    unit: str


def require_known_patient(tx: Transaction, by: Proven, coi: str) -> KnownPerson:
    """Whoever acts is one of those who know the patient of this therapy.

    Raises:
        NotAllowed: the person holds no such role.
        Unknown: there is no such therapy, or none in which a site of this person takes part.
    """
    known, _role = holding(tx, by, *KNOW_THE_PATIENT)
    require_to_know(tx, known.person, coi)
    return known


def require_to_know(tx: Transaction, person: Person, coi: str) -> None:
    """The person meets patients at a site of the therapy; a name goes no further.

    Whose identity is not checked (since the account is new, or was given a new secret) may be
    anybody who knows that secret.

    Raises:
        Unknown: they do not, or there is no such therapy; nobody can tell which.
    """
    meets = sites_with(person, Permission.SEE_IDENTITY) & knowing(tx, coi)
    if not (person.proofed and meets):
        raise Unknown("therapy", coi)


def require_to_print(tx: Transaction, by: Proven, serial: str) -> tuple[Label, KnownPerson, Post]:
    """A label, who prints it, and where; they act at a site of its therapy, and do not only look.

    A hospital that does not treat any more prints for what it has in hand, and for nothing else.

    Raises:
        Unknown: no such label was issued, or none of a therapy that this person may see.
        NotAllowed: no role of the person acts at a site of the therapy.
    """
    found = label(tx, serial) if serial.isprintable() else None
    if found is None:
        raise Unknown("label", serial)
    known = acting_or_program(tx, by)
    person = known.person
    if not has_in_hand(tx, person, found):
        require_seen_whole(tx, person, found.coi)
        if knowing(tx, found.coi).isdisjoint(site for _role, site in person.site_roles):
            raise NotAllowed([Problem("who is asked to treat prints no label before taking over")])
    return found, known, printing_post(tx, person, found.coi)


def printing_post(tx: Transaction, person: Person, coi: str) -> Post:
    """The role and the unit at which a person prints what carries a code of this therapy.

    Of several it is the one with the latest end of training: it is current if any of them is.

    Raises:
        NotAllowed: there is none.
    """
    there, holders, units = sites(tx, coi), HOLDERS[Permission.PRINT_LABELS], units_by_id(tx)
    found = [
        Post(role, unit)
        for role, unit in sorted(person.roles)
        if role in holders and unit in units and units[unit].site.id in there
    ]
    if not found:
        raise NotAllowed([Problem("who looks on prints no label: that takes a role at the site")])
    return max(found, key=lambda post: person.trained_until.get(post.role, _NEVER))
