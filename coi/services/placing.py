"""An order as somebody places it at a page: what can be ordered where, and for whom it is.

An order for the wrong patient is a perfect chain for the wrong patient. So whoever orders is told
when the patient is known already, and when another patient looks alike, and says which it is before
anything is saved (SEC-48).
"""

from dataclasses import dataclass

from coi.errors import CoiError, Unknown
from coi.services.asked import fingerprint
from coi.services.directory import ListedUnit, units_by_id
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.forms import Blank, order_blanks
from coi.services.identity import identity_of
from coi.services.installation import Installation
from coi.services.likeness import marks_of
from coi.services.looking import therapies_seen_of
from coi.services.ordering import (
    ORDER,
    NewOrder,
    order_in,
    require_complete,
    require_same,
)
from coi.services.proofs import Proven, acting_or_program
from coi.services.receipts import Receipt
from coi.services.sessions import SignedIn
from coi.services.vault import INDEX_FIELD, INDEXED, index_of
from coi.store import people, registers
from coi.store.facts import ORGANISATION
from coi.store.likeness import marked_at
from coi.store.transactions import Transaction
from workflows.facts import Person
from workflows.model import Workflow
from workflows.on_paper import knowing_paper

SAME, OTHER = "same_patient", "other_patient"
"""What is confirmed: it is the patient who is known, or another one than whoever looks alike."""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One therapy that can be ordered: what the order records, and where this person may order."""

    workflow: Workflow
    blanks: tuple[Blank, ...]
    own: tuple[ListedUnit, ...]
    units: tuple[ListedUnit, ...]  # every unit, by site and name


class Unconfirmed(CoiError):
    """The patient is known, or looks like another one; whoever orders says which. Nothing is saved.

    `kind` is what is to be confirmed, `therapies` are those of the patient who was found, as far as
    the person may see them. `token` stands for this finding and no other.
    """

    code = "CONFIRM_PATIENT"

    def __init__(self, kind: str, therapies: tuple[str, ...], token: str) -> None:
        super().__init__("Look once more for whom this order is.", "Compare it with the chart.")
        self.kind = kind
        self.therapies = therapies
        self.token = token


def orderable(installation: Installation) -> tuple[Workflow, ...]:
    """The newest version of each therapy that is installed, by title."""

    def work(tx: Transaction) -> tuple[Workflow, ...]:
        found = (_newest(tx, installation, name) for name in registers.workflow_names(tx))
        return tuple(sorted(found, key=lambda workflow: workflow.title))

    return installation.read(work)


def order_page(installation: Installation, signed_in: SignedIn, name: str) -> OrderPage:
    """What an order of this therapy asks for, and where the person may place it.

    Raises:
        Unknown: no such workflow is installed.
    """

    def work(tx: Transaction) -> OrderPage:
        workflow = _newest(tx, installation, name)
        units = sorted(units_by_id(tx).values(), key=lambda one: (one.site.name, one.name))
        own = tuple(unit for unit in units if _may_order(workflow, signed_in.person, unit))
        return OrderPage(workflow, order_blanks(workflow.actions[ORDER]), own, tuple(units))

    return installation.read(work)


def _newest(tx: Transaction, installation: Installation, name: str) -> Workflow:
    version = registers.newest_version(tx, name)
    if version is None:
        raise Unknown("workflow", name)
    return knowing_paper(installation.workflow(tx, name, version))


def _may_order(workflow: Workflow, person: Person, unit: ListedUnit) -> bool:
    """The definition lets the person order at this unit."""
    return any(
        person.has_role(who.role, unit.id) and who.site_kind in {"*", unit.site.kind}
        for who in workflow.actions[ORDER].who
    )


def place_order(
    installation: Installation, order: NewOrder, actor: Proven, confirmed: str = ""
) -> Receipt:
    """Order a therapy; `confirmed` is the token of what the person has looked at.

    Who looks alike is looked for before the transaction, in which others would wait meanwhile.

    Raises:
        Unconfirmed: the patient is known or looks like another one; nothing was saved.
        AnotherPatient: the record number is another person's; nothing was saved.
        DataRefused, KeyReused, Refused: as `ordering.order_therapies` says.
    """
    require_complete(order.identity)
    alike = installation.read(lambda tx: _alike(tx, installation, order))

    def work(tx: Transaction) -> Receipt:
        person = acting_or_program(tx, actor).person
        is_repeated = registers.answered(tx, order.key) is not None
        found = None if is_repeated else _found(tx, installation, order, person, alike)
        # A program has looked at nobody, whatever it says.
        if found is not None and (person.is_service or found.token != confirmed):
            raise found
        (receipt,) = order_in(tx, installation, [order], actor)
        if found is not None:
            note_confirmed(tx, installation, person, found.kind, receipt.coi)
        return receipt

    return installation.transact(work)


def _found(
    tx: Transaction,
    installation: Installation,
    order: NewOrder,
    person: Person,
    alike: tuple[str, ...],
) -> Unconfirmed | None:
    """What the person must look at before this order is placed; None when there is nothing."""
    known = _known(tx, installation, order)
    for patient in known:
        require_same(identity_of(tx, installation, patient), order.identity)
    if not (known or alike):
        return None
    kind, patients = (SAME, known) if known else (OTHER, alike)
    seen = (coi for one in patients for coi in therapies_seen_of(tx, person, one))
    token = fingerprint(installation.vault, kind, sorted(patients), order.identity, order.unit)
    return Unconfirmed(kind, tuple(seen), token)


def _known(tx: Transaction, installation: Installation, order: NewOrder) -> tuple[str, ...]:
    """The patient of this record number at the site of the order."""
    unit = people.unit(tx, order.unit)
    if unit is None:
        raise Unknown("unit", order.unit)
    index = index_of(installation.vault, unit.site, order.identity.get(INDEXED, ""))
    return tuple(registers.patients_with(tx, INDEX_FIELD, index))


def _alike(tx: Transaction, installation: Installation, order: NewOrder) -> tuple[str, ...]:
    """The patients of the site who look like the one that is stated."""
    unit = people.unit(tx, order.unit)
    marks = marks_of(installation.vault, order.identity)
    return tuple(marked_at(tx, marks, unit.site)) if unit else ()


def note_confirmed(
    tx: Transaction, installation: Installation, person: Person, kind: str, coi: str
) -> None:
    """Record who confirmed for whom a therapy is."""
    occasion = Occasion(person.id, "-", installation.clock.now())
    chain = registers.person_chain(tx, person.id) or ORGANISATION
    told = Registered(document={"kind": kind, "about": coi})
    write_site_entry(tx, "confirm_patient", occasion, told, chain)
