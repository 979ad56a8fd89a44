"""A step under way is found again, beside how its therapy stands, by whoever may know of it.

A step that somebody may not know of answers exactly like one that does not exist (SEC-07).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from coi.errors import Unknown
from coi.services.attempt import stand
from coi.services.equipment_offers import with_equipment
from coi.services.errand import Errand, errand_of, since
from coi.services.forms import form_of, with_benches
from coi.services.installation import Installation
from coi.services.looking import require_seen
from coi.services.people import site_chain
from coi.services.permissions import Permission, sites_with
from coi.services.screens import Scene, counts_of
from coi.services.sessions import SignedIn
from coi.store import errands as store
from coi.store import facts as read
from coi.store.benches import benches
from coi.store.labels import newest_labels
from coi.store.transactions import Transaction
from workflows.facts import Subject
from workflows.guards.bench import HANDS_ON
from workflows.model import Workflow


@dataclass(frozen=True, slots=True)
class Ground:
    """How a therapy stands, as far as a form asks."""

    workflow: Workflow
    subjects: Mapping[str, Subject]


def find(installation: Installation, signed_in: SignedIn, identifier: str) -> Scene:
    """A step under way, or ended a short while ago, as it stands now.

    Raises:
        Unknown: there is none, or none that this person may know of.
    """
    return installation.read(lambda tx: found(tx, installation, signed_in, identifier))


def found(
    tx: Transaction, installation: Installation, signed_in: SignedIn, identifier: str
) -> Scene:
    """The same, inside a transaction."""
    row = store.errand(tx, identifier)
    # A step that is taken screen by screen is taken by people; a program knows of none.
    if row is None or signed_in.service or row.opened_at <= since(installation.clock.now()):
        raise Unknown("step", identifier)
    try:
        taking_part = require_seen(tx, signed_in.person, row.chain)
    except Unknown:
        raise Unknown("step", identifier) from None
    errand = errand_of(installation.vault, row)
    scene = scene_of(tx, installation, errand, taking_part)
    is_theirs = any(part.person == signed_in.person.id for part in errand.parts)
    sites = sites_with(signed_in.person, Permission.SEE_THERAPIES)
    if not is_theirs and scene.unit.site not in sites:
        raise Unknown("step", identifier)
    return scene


def scene_of(
    tx: Transaction, installation: Installation, errand: Errand, sites: frozenset[str]
) -> Scene:
    """A step beside how things stand; `sites` are those that take part in the therapy.

    Raises:
        Unknown: there is no such therapy, action or unit.
    """
    standing = stand(tx, installation, errand.coi)
    action = standing.workflow.actions.get(errand.action)
    unit = installation.unit(tx, errand.unit)
    if action is None:
        raise Unknown("action", errand.action)
    if unit is None:
        raise Unknown("unit", errand.unit)
    subjects = read.subjects(tx, errand.coi)
    ground = Ground(standing.workflow, subjects)
    now = installation.clock.now()
    form = form_of(ground, action, unit.country, counts_of(errand.answers))
    form = with_equipment(tx, form, unit.id, now)
    if action.verb in HANDS_ON:
        form = with_benches(form, errand.coi, benches(tx, unit.id, site_chain(unit.site)))
    # Where something is opened, what is still expected is told by its label.
    labels = newest_labels(tx, errand.coi) if form.opens else {}
    serials = {subject: serial for subject, (serial, _seq) in labels.items()}
    return Scene(
        errand, standing.therapy, standing.workflow, subjects, unit, form, sites, now, serials
    )
