"""Where steps are taken: at any device, or at a registered one of the site alone (BD-11).

Each site says so itself, by a signature of who keeps its devices. Until then a step at any other
device is taken all the same, and its entry names none. What stops something, or tells of what
happened already, is never kept back for want of a device.
"""

from dataclasses import replace

from coi.services.attempt import Attempt
from coi.services.devices import KIND
from coi.services.directory import units_by_id
from coi.services.installation import Installation
from coi.services.proofs import JustProven, Proven
from coi.services.site_rules import SiteRule, is_in_force, set_rule, sites_under
from coi.services.sites import Site
from coi.store.kept import kept
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


_RULE = SiteRule(
    kind=RULE,
    deed="ask_for_devices",
    on=ASKED,
    off=NOT_ASKED,
    fewest=1,
    too_few="no device of this site is registered, and so no step could be taken",
)


def ask_for_devices(
    installation: Installation, by: JustProven, site: str, *, asked: bool = True, why: str
) -> None:
    """Let a site's steps be taken at its registered devices alone, or at any again.

    Raises:
        ReasonMissing, Unknown, DataRefused, CannotSign: as `set_rule` says.
    """
    set_rule(installation, by, _RULE, site, (asked, why))


def rules_of(installation: Installation, by: Proven) -> tuple[tuple[Site, bool], ...]:
    """Each site whose devices a person keeps, and whether it asks for one of them."""
    return sites_under(installation, by, _RULE)


def asks_for_devices(tx: Transaction, site: str) -> bool:
    """The steps of a site are taken at its registered devices alone."""
    return is_in_force(tx, _RULE, site)


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
