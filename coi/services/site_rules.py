"""What a site says of its devices: a rule that is in force until the site takes it back, signed.

Whoever keeps the devices of a site signs each turn and says why (A11d-12.2).
"""

from dataclasses import dataclass

from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.devices import count_at
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.keeping import keeping_role
from coi.services.people import site_chain
from coi.services.proofs import ADMINISTRATOR, QA, JustProven, Proven, acting, holding, signature_of
from coi.services.reasons import noted, require_reason
from coi.services.sites import Site, site_named
from coi.store import registers
from coi.store.kept import kept
from coi.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class SiteRule:
    """One rule: its attestation, what its signatures mean, how many devices it takes."""

    kind: str
    deed: str
    on: str
    off: str
    fewest: int
    too_few: str


def set_rule(
    installation: Installation, by: JustProven, rule: SiteRule, site: str, asked: tuple[bool, str]
) -> None:
    """Let a rule be in force at a site, or no longer: `asked` is which of the two, and why.

    What is so already is not recorded again.

    Raises:
        ReasonMissing: nobody says why.
        Unknown: there is no such site, or none whose devices this person keeps.
        DataRefused: the site has too few registered devices, so that no step could be taken.
        CannotSign: what a signature takes is not on record.
    """
    is_on, why = asked
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        known, _role = holding(tx, by, ADMINISTRATOR, QA)
        found = site_named(tx, site)
        role = keeping_role(known.person, found.id) if found else ""
        if found is None or not role:
            raise Unknown("site", site)
        if is_on and count_at(tx, found.id) < rule.fewest:
            raise DataRefused([Problem(rule.too_few, column="site")])
        if is_in_force(tx, rule, found.id) is is_on:
            return
        now = installation.clock.now()
        signed = signature_of(known, role, rule.on if is_on else rule.off, now)
        told = Registered(
            (Attestation(rule.kind, found.id, holds=int(is_on)),),
            signatures=(signed,),
            notes=noted(tx, installation, reason),
        )
        occasion = Occasion(known.person.id, "-", now)
        write_site_entry(tx, rule.deed, occasion, told, site_chain(found.id))

    installation.transact(work)


def sites_under(
    installation: Installation, by: Proven, rule: SiteRule
) -> tuple[tuple[Site, bool], ...]:
    """Each site whose devices a person keeps, and whether the rule is in force there."""

    def look(tx: Transaction) -> tuple[tuple[Site, bool], ...]:
        person = acting(tx, by).person
        own = (site for site in registers.sites(tx) if keeping_role(person, site.id))
        return tuple((site, is_in_force(tx, rule, site.id)) for site in own)

    return installation.read(look)


def is_in_force(tx: Transaction, rule: SiteRule, site: str) -> bool:
    """The site has said so, and not taken it back."""
    return kept(tx, rule.kind, site) is not None
