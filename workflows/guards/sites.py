"""Which sites: who acts is of one that takes part in the therapy, and nothing goes to another."""

from collections.abc import Collection

from workflows.case import Case
from workflows.facts import Mode
from workflows.model import SiteKind, Verb
from workflows.refusal import Refusal

# Which van comes, and which laboratory tests, is often found on the day; they join by the handoff.
_FOUND_ON_THE_DAY = frozenset({SiteKind.COURIER, SiteKind.LABORATORY})


def site_takes_part(case: Case) -> Refusal | None:
    """The acting unit's site takes part in this therapy.

    The order itself brings the first sites in. Whoever saw what must never be may tell of it, at
    whichever site they work.
    """
    sites, verb = case.facts.sites or frozenset(), case.action.verb
    told = case.request.mode is Mode.INCIDENT and verb is Verb.OPEN_EXCEPTION
    if case.request.unit.site in sites or verb is Verb.ORDER or told:
        return None
    return Refusal(
        "SITE_TAKES_NO_PART",
        "Your site takes no part in this therapy",
        "Look whether it is the right therapy; if it is, call the site that ordered it",
    )


def consignee_takes_part(case: Case) -> Refusal | None:
    """A hospital or manufacturer to which something goes takes part in this therapy."""
    consignee, sites = case.facts.consignee, case.facts.sites or frozenset()
    if consignee is None or may_receive(consignee.site, consignee.site_kind, sites):
        return None
    return Refusal(
        "CONSIGNEE_TAKES_NO_PART",
        f"The site of {consignee.id} takes no part in this therapy",
        "Name a unit of the hospital or manufacturer that the order names",
    )


def may_receive(site: str, kind: str, sites: Collection[str]) -> bool:
    """Something of a therapy in which these sites take part may be sent to a site of this kind."""
    return kind in _FOUND_ON_THE_DAY or site in sites
