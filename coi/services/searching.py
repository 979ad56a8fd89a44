"""Finds a therapy by whatever somebody has in hand: COI, label, donation number, lot number."""

from collections.abc import Iterator

from coi.services.directory import units_by_id
from coi.services.donations import bearing
from coi.services.installation import Installation
from coi.services.looking import sees
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.services.sessions import SignedIn
from coi.store import codes, facts, worklist
from coi.store.concerned import concerned
from coi.store.transactions import Transaction
from workflows.facts import Person
from workflows.model import FieldKind

MOST = 20
"""No more are told; whoever finds so many asks for more of the number."""
_EVER = ("", "9999")  # before the first time, and after the last one, as times are written
_LOT = "lot", "batch"


def found_by(installation: Installation, signed_in: SignedIn, text: str) -> tuple[str, ...]:
    """The COIs of the therapies that this is about and the person sees; each once, the first ones.

    A label or an order names one. A donation number and a lot are those that are recorded now, in
    whatever spelling they were.
    """
    asked = " ".join(text.split())

    def look(tx: Transaction) -> tuple[str, ...]:
        if not asked:
            return ()
        named = dict.fromkeys(_named(tx, installation, signed_in.person, asked))
        return tuple(coi for coi in named if sees(tx, signed_in.person, coi))[:MOST]

    return installation.read(look)


def _named(tx: Transaction, installation: Installation, person: Person, text: str) -> Iterator[str]:
    if facts.therapy(tx, text.upper()) is not None:
        yield text.upper()
    label = codes.label(tx, text.upper())
    if label is not None:
        yield label.coi
    yield from (one.coi for one in bearing(tx, text))
    yield from _with_lot(tx, installation, person, text)


def _with_lot(
    tx: Transaction, installation: Installation, person: Person, text: str
) -> Iterator[str]:
    """Those in which a lot of this number is recorded, at each site that the person sees."""
    sites = sites_with(person, Permission.SEE_THERAPIES)
    if EVERYWHERE in sites:
        sites = frozenset(unit.site.id for unit in units_by_id(tx).values())
    workflows = [installation.workflow(tx, *one) for one in worklist.installed(tx)]
    fields = {
        field.name
        for workflow in workflows
        for action in workflow.actions.values()
        for field in action.fields
        if field.kind is FieldKind.TEXT and not field.confidential and _is_lot(field.name)
    }
    for name in sorted(fields):
        for site in sorted(sites):
            yield from concerned(tx, name, text, site, _EVER)


def _is_lot(name: str) -> bool:
    return any(word in _LOT for word in name.split("_"))
