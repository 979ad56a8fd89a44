"""Where steps are taken: at any device, or at a registered one of the site alone (BD-11).

Each site says so itself, by a signature of who keeps its devices. Until then a step at any other
device is taken all the same, and its entry names none. What stops something, or tells of what
happened already, is never kept back for want of a device.
"""

from dataclasses import replace

from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.attempt import Attempt
from coi.services.devices import KIND
from coi.services.directory import units_by_id
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.keeping import keeping_role
from coi.services.people import site_chain
from coi.services.proofs import ADMINISTRATOR, QA, JustProven, Proven, acting, holding, signature_of
from coi.services.reasons import noted, require_reason
from coi.services.sites import Site, site_named
from coi.store import registers
from coi.store.kept import every_kept, kept
from coi.store.transactions import Transaction
from workflows.draft import Decision
from workflows.facts import Mode, Unit
from workflows.model import Verb
from workflows.refusal import Refusal

RULE = "device_rule"
ASKED, NOT_ASKED = "registered devices alone", "any device"
"""What a signature means here: it is shown to whoever is about to sign."""

AT_DEVICES = frozenset(
    {
        *(
            Verb.ADMIT,
            Verb.COLLECT,
            Verb.TRANSFORM,
            Verb.SAMPLE,
            Verb.PACK,
            Verb.UNPACK,
            Verb.RELOCATE,
        ),
        *(Verb.RELEASE_CUSTODY, Verb.ACCEPT, Verb.TAKE_BACK, Verb.CHECK, Verb.ADMINISTER),
        *(Verb.DISPENSE, Verb.DESTROY),
    }
)
"""What is done with the thing in hand; decisions, stops and exceptions are made anywhere."""


def ask_for_devices(
    installation: Installation, by: JustProven, site: str, *, asked: bool = True, why: str
) -> None:
    """Let a site's steps be taken at its registered devices alone, or at any again.

    What is so already is not recorded again.

    Raises:
        ReasonMissing: nobody says why.
        Unknown: there is no such site, or none whose devices this person keeps.
        DataRefused: the site has no registered device, so that no step could be taken.
        CannotSign: what a signature takes is not on record.
    """
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        known, _role = holding(tx, by, ADMINISTRATOR, QA)
        found = site_named(tx, site)
        role = keeping_role(known.person, found.id) if found else ""
        if found is None or not role:
            raise Unknown("site", site)
        if asked and not _has_devices(tx, found.id):
            none = "no device of this site is registered, and so no step could be taken"
            raise DataRefused([Problem(none, column="site")])
        if asks_for_devices(tx, found.id) is asked:
            return
        now = installation.clock.now()
        signed = signature_of(known, role, ASKED if asked else NOT_ASKED, now)
        told = Registered(
            (Attestation(RULE, found.id, holds=int(asked)),),
            signatures=(signed,),
            notes=noted(tx, installation, reason),
        )
        occasion = Occasion(known.person.id, "-", now)
        write_site_entry(tx, "ask_for_devices", occasion, told, site_chain(found.id))

    installation.transact(work)


def rules_of(installation: Installation, by: Proven) -> tuple[tuple[Site, bool], ...]:
    """Each site whose devices a person keeps, and whether it asks for one of them."""

    def look(tx: Transaction) -> tuple[tuple[Site, bool], ...]:
        person = acting(tx, by).person
        own = (site for site in registers.sites(tx) if keeping_role(person, site.id))
        return tuple((site, asks_for_devices(tx, site.id)) for site in own)

    return installation.read(look)


def asks_for_devices(tx: Transaction, site: str) -> bool:
    """The steps of a site are taken at its registered devices alone."""
    return kept(tx, RULE, site) is not None


def refused_elsewhere(attempt: Attempt, decision: Decision) -> Decision:
    """The decision, unless its site asks for a registered device, and this is none of them."""
    action = attempt.standing.workflow.actions.get(attempt.request.action)
    asks = attempt.request.mode is Mode.ASK and not attempt.request.actor.is_service
    if action is None or not asks:
        return decision
    why = why_elsewhere(attempt.tx, attempt.occasion.device, attempt.request.unit, action.verb)
    # With every other reason: a STOP stays one wherever it is scanned.
    return replace(decision, draft=None, refusals=(*decision.refusals, why)) if why else decision


def why_elsewhere(tx: Transaction, device: str, unit: Unit, verb: Verb) -> Refusal | None:
    """Why a step cannot be taken at this device; '' is one that is not registered."""
    if verb not in AT_DEVICES or not asks_for_devices(tx, unit.site):
        return None
    row = kept(tx, KIND, device) if device else None
    if row is None:
        what = "This device is not registered"
    elif units_by_id(tx)[row.unit].site.id != unit.site:
        what = "This device is registered at another site"
    else:
        return None
    return Refusal(
        "NOT_AT_A_DEVICE",
        f"{what}, and steps are taken here at registered devices of this site alone.",
        "Go to one of them, or let an administrator or quality assurance register this one.",
    )


def _has_devices(tx: Transaction, site: str) -> bool:
    units = units_by_id(tx)
    return any(units[row.unit].site.id == site for row in every_kept(tx, KIND))
