"""Badges of the staff: issued, printed, and struck off when they are lost.

A badge names a person. At a registered device it opens the door together with its PIN (DI-02), and
nothing without it; it signs nothing. So a lost badge is a serial that is struck off, for ever, and
no account is closed for it.
"""

from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.approvals import template_in_place
from coi.services.asked import bad_key, bad_text, entry_answering, fingerprint
from coi.services.attesting import attest
from coi.services.badge_scans import BADGE
from coi.services.copies import Paper, printed_as
from coi.services.directory import units_by_id
from coi.services.drawing import FILE, Drawn, Medium, NotPrinted, drawn
from coi.services.entries import commit_text
from coi.services.installation import Installation
from coi.services.proofs import ADMINISTRATOR, Proven, acting, holding, human, require_role
from coi.store.badges import KIND, Badge, badge_of
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction
from labels.identifiers import Serial, issue_serial, parse_code
from labels.layout import Template
from labels.staff_badge import STAFF_BADGE, StaffBadge, staff_badge
from workflows.facts import Person

ISSUE_BADGE = "issue_badge"
EVERY_SITE = "Every site"  # where a role is held for the whole organisation


def issue_badge(
    installation: Installation, by: Proven, username: str, role: tuple[str, str], *, key: str
) -> str:
    """Issue a badge that says a role at a unit; the badge before is struck off by it.

    Returns the serial, the same one whenever the request comes.

    Raises:
        DataRefused: the person does not hold this role there, or the account is closed.
        NotForPrograms: a program wears none.
        Unknown: there is no such account.
        KeyReused: the key already stands for another badge.
    """
    if problems := [*bad_key(key)]:
        raise DataRefused(problems)
    digest = fingerprint(installation.vault, "badge", username, role, by.person)

    def work(tx: Transaction) -> str:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        person = human(tx, username).person
        earlier = entry_answering(tx, key, digest)
        if earlier is not None:
            return str(earlier["attestations"][-1]["detail"])
        _require_held(person, role)
        serial = issue_serial(BADGE, installation.settings.issuer, installation.draw).text
        told = (*_struck_off(tx, person), _told(person, Badge(serial, *role)))
        attest(
            *(tx, installation, administrator, ISSUE_BADGE, person.id),
            attestations=told,
            key=(key, digest),
        )
        return serial

    return installation.transact(work)


def strike_off_badge(installation: Installation, by: Proven, username: str, why: str) -> None:
    """Let a person wear no badge any more; whoever wears none is left alone.

    What it opened is closed from that moment on. Whoever wears it strikes it off too.

    Raises:
        Unknown: there is no such account.
        NotAllowed: it is somebody else's badge, and an administrator alone strikes that off.
        DataRefused: no reason is given.
    """
    if problems := [*bad_text({"why": why})]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        known = acting(tx, by)
        person = human(tx, username).person
        if person.id != known.person.id:
            require_role(known.person, ADMINISTRATOR)
        if told := _struck_off(tx, person):
            attest(
                *(tx, installation, known.person, "strike_off_badge", person.id),
                attestations=told,
                notes={"reason": commit_text(tx, installation, why)},
            )

    installation.transact(work)


def write_badge(installation: Installation, by: Proven, username: str) -> Drawn:
    """The badge that a person wears, as PDF.

    Raises:
        Unknown: there is no such account, or no badge of it.
        NotPrinted: its role is no longer held, its template is not approved, or a text does not
            fit.
    """
    paper = installation.read(lambda tx: badge_paper(tx, installation, by, username))
    return printed_as(installation, by, paper, lambda _copy: draw_badge(installation, by, username))


def badge_paper(tx: Transaction, installation: Installation, by: Proven, username: str) -> Paper:
    """The badge of a person, as its copies are counted; asked before it is drawn."""
    badge, _template = _badge(tx, installation, by, username)
    return Paper(STAFF_BADGE.replace("-", "_"), badge.serial.text)


def draw_badge(installation: Installation, by: Proven, username: str, on: Medium = FILE) -> Drawn:
    """Draw the badge that a person wears."""
    badge, template = installation.read(lambda tx: _badge(tx, installation, by, username))
    return drawn(lambda: staff_badge(badge, template), on)


def _require_held(person: Person, role: tuple[str, str]) -> None:
    if not person.active:
        raise DataRefused([Problem("the account is closed", column="username")])
    if role not in person.roles:
        raise DataRefused([Problem("is no role that this person holds there", column="role")])


def _struck_off(tx: Transaction, person: Person) -> tuple[Attestation, ...]:
    worn = badge_of(tx, person.id)
    return (_told(person, worn, holds=0),) if worn else ()


def _told(person: Person, badge: Badge, holds: int = 1) -> Attestation:
    return Attestation(
        KIND, person.id, role=badge.role, unit=badge.unit, holds=holds, detail=badge.serial
    )


def _badge(
    tx: Transaction, installation: Installation, by: Proven, username: str
) -> tuple[StaffBadge, Template]:
    """What the badge of a person says, and the template that it is drawn with."""
    holding(tx, by, ADMINISTRATOR)
    known = human(tx, username)
    worn = badge_of(tx, known.person.id) if known.person.active else None
    code = parse_code(worn.serial) if worn else None
    if worn is None or not isinstance(code, Serial):
        raise Unknown("badge", username)
    template = template_in_place(tx, STAFF_BADGE)
    if (worn.role, worn.unit) not in known.person.roles:
        raise NotPrinted(
            "BADGE_OUTDATED",
            f"{known.name} no longer holds the role that stands on this badge.",
            "Issue a badge with a role that is held now; destroy the one before.",
        )
    return _says(tx, installation, known, (code, worn)), template


def _says(
    tx: Transaction, installation: Installation, known: KnownPerson, badge: tuple[Serial, Badge]
) -> StaffBadge:
    serial, worn = badge
    unit = units_by_id(tx).get(worn.unit)
    return StaffBadge(
        serial=serial,
        printed_name=known.name,
        role=worn.role.replace("_", " ").capitalize(),
        site=unit.site.name if unit else EVERY_SITE,
        demonstration=installation.demonstration,
    )
