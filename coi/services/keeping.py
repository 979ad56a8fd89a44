"""Who keeps what is registered at a unit, printers and devices, and how it is signed for.

An administrator keeps those of every site, a reviewer of quality assurance those of their own. What
they sign stands in the chain of the site.
"""

from dataclasses import dataclass

from coi.errors import Unknown
from coi.ledger.content import Attestation
from coi.services.directory import units_by_id
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.permissions import EVERYWHERE
from coi.services.proofs import ADMINISTRATOR, QA, JustProven, holding, signature_of
from coi.services.reasons import noted
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction
from workflows.facts import Person


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done, what its signature means, what the record says then; for which request, why."""

    action: str
    meaning: str
    told: Attestation
    key: tuple[str, str] = ("", "")
    why: str = ""


def keeper_of(tx: Transaction, by: JustProven, unit: str) -> tuple[KnownPerson, str]:
    """Whoever keeps what is registered at a unit, and the role in which they do.

    Raises:
        NotAllowed: they keep none anywhere.
        Unknown: there is no such unit, or none of which they keep anything; nobody can tell which.
    """
    known, _role = holding(tx, by, ADMINISTRATOR, QA)
    found = units_by_id(tx).get(unit)
    role = keeping_role(known.person, found.site.id) if found else ""
    if not role:
        raise Unknown("unit", unit)
    return known, role


def write_signed(
    tx: Transaction, installation: Installation, keeper: tuple[KnownPerson, str], deed: Deed
) -> str:
    """Write the signed entry into the chain of the unit's site; returns when it was recorded."""
    (known, role), unit = keeper, deed.told.unit
    key, digest = deed.key
    now = installation.clock.now()
    signature = signature_of(known, role, deed.meaning, now)
    occasion = Occasion(known.person.id, unit, now, key=key, digest=digest)
    notes = noted(tx, installation, deed.why)
    registered = Registered((deed.told,), signatures=(signature,), notes=notes)
    chain = site_chain(units_by_id(tx)[unit].site.id)
    return write_site_entry(tx, deed.action, occasion, registered, chain).recorded_at


def keeping_role(person: Person, site: str) -> str:
    """The role in which a person keeps what is registered at a site: administrators of every one.

    Returns '' where they keep none there.
    """
    if any(role == ADMINISTRATOR for role, _unit in person.roles):
        return ADMINISTRATOR
    at = {where for role, where in person.site_roles if role == QA}
    return QA if at & {site, EVERYWHERE} else ""
