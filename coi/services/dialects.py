"""Which codes of others a site reads: its QA switches them on and vouches for the licence."""

from dataclasses import dataclass

from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.asked import bad_text
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.proofs import QA, JustProven, NotAllowed, holding, signature_of
from coi.services.reading_codes import NAMES
from coi.services.sites import site_named
from coi.store import facts
from coi.store.transactions import Transaction

READ, NOT_READ = "licence confirmed", "no longer read"
"""What QA's signature means here: it is shown to whoever is about to sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A dialect that a site reads from now on, under which licence; or no longer."""

    site: str
    dialect: str
    licence: str
    holds: bool = True


def switch_dialect(installation: Installation, by: JustProven, switch: Switch) -> None:
    """Let a site read a dialect, or no longer (LB-12); what is so already is not recorded again.

    Raises:
        DataRefused: no such dialect, or no licence is named.
        Unknown: there is no such site.
        NotAllowed: the person is no QA reviewer of this site.
    """
    if switch.dialect not in NAMES:
        raise DataRefused([Problem(f"is one of {', '.join(NAMES)}", column="dialect")])
    if problems := [*bad_text({"licence": switch.licence})]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        known, role = holding(tx, by, QA)
        site = site_named(tx, switch.site)
        if site is None:
            raise Unknown("site", switch.site)
        if (QA, site.id) not in known.person.site_roles:
            raise NotAllowed([Problem(f"{known.person.username} is no QA reviewer of {site.id}")])
        told = Attestation(
            "dialect", site.id, switch.dialect, holds=int(switch.holds), detail=switch.licence
        )
        if facts.dialects(tx).get((site.id, switch.dialect)) == (
            switch.licence if switch.holds else None
        ):
            return
        now = installation.clock.now()
        signed = signature_of(known, role, READ if switch.holds else NOT_READ, now)
        registered = Registered((told,), signatures=(signed,))
        write_site_entry(tx, "switch_dialect", Occasion(known.person.id, "-", now), registered)

    installation.transact(work)
