"""For which therapies a downtime kit is kept in a folder, one file each: those that go on.

Who prints them is a person, or a program with a token of its own, so that a timer can do it each
day. What has ended needs none any more; what merely cannot be seen keeps the one that it has.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coi.errors import Problem, Unknown
from coi.services.directory import ListedUnit, units_by_id
from coi.services.installation import Installation
from coi.services.looking import sees
from coi.services.proofs import NotAllowed, Proven, acting_or_program
from coi.services.tokens import Scope, resume_token
from coi.services.upkeep import Done, last_done, note_done
from coi.store.entries import entry_text
from coi.store.facts import sites
from coi.store.lists import therapies
from coi.store.transactions import Transaction
from workflows.model import Kind

KITS = "downtime kits"
"""Under this it is remembered when they were last printed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The unit at which the kit of each therapy that goes on is used, and what has ended."""

    units: Mapping[str, str]  # by COI
    ended: frozenset[str]
    is_anywhere: bool = False  # no site was asked for: a kit may be used at any that takes part


def program_of(installation: Installation, token: str) -> Proven:
    """The program that holds this token, which is one for documents.

    Raises:
        NotSignedIn: nobody holds it, or it has ended.
        NotAllowed: it is for something else.
    """
    signed_in = resume_token(installation, token)
    if Scope.EXPORTS_READ not in (signed_in.scopes or ()):
        raise NotAllowed([Problem(f"the token is not for {Scope.EXPORTS_READ}")])
    return signed_in.proven


def kits_to_keep(installation: Installation, by: Proven, site: str = "") -> Kept:
    """Each therapy that goes on and that they see whole, at this site or wherever.

    Raises:
        Unknown: there is no such site.
        SignedOut: the account was closed, or the token revoked.
    """

    def look(tx: Transaction) -> Kept:
        person, units = acting_or_program(tx, by).person, units_by_id(tx)
        at_site = sorted(unit.id for unit in units.values() if unit.site.id == site)
        if site and not at_site:
            raise Unknown("site", site)
        states = dict(_over(tx, installation))
        seen = (coi for coi, is_over in states.items() if not is_over and sees(tx, person, coi))
        here = [coi for coi in seen if not site or site in sites(tx, coi)]
        used = {coi: at_site[0] if site else _ordered_at(tx, coi, units) for coi in here}
        return Kept(used, frozenset(coi for coi, is_over in states.items() if is_over), not site)

    return installation.read(look)


def note_printed(installation: Installation, *, passed: bool) -> None:
    """Remember that the kits were printed now, and whether all of them were."""
    note_done(installation, KITS, passed=passed)


def kits_printed(installation: Installation) -> Done | None:
    """When that was last done on this machine; None for never."""
    return last_done(installation.settings, KITS)


def _over(tx: Transaction, installation: Installation) -> Iterator[tuple[str, bool]]:
    """Every therapy, and whether it is over."""
    for coi, workflow, version, state in therapies(tx):
        (root,) = installation.workflow(tx, workflow, version).machine_of_kind(Kind.THERAPY)
        yield coi, root.states[state].final


def _ordered_at(tx: Transaction, coi: str, units: Mapping[str, ListedUnit]) -> str:
    """The unit that ordered it: by its clock a kit of no certain place is read."""
    _hash, text = entry_text(tx, coi, 0)
    unit = str(json.loads(text)["unit"])
    return unit if unit in units else "-"
