"""Order a therapy: the patient enters the vault, the COI identifier is issued, the chain begins."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from coi.errors import DataRefused, Problem, Refused, Unknown
from coi.ledger.commitment import key_commitment
from coi.services.asked import (
    answered_before,
    bad_key,
    fingerprint,
    too_long,
    unreadable,
)
from coi.services.attempt import Attempt, Present, TakeAction, units_of
from coi.services.devices import device_of
from coi.services.entries import Occasion, write_draft
from coi.services.identity import identity_of
from coi.services.installation import Installation
from coi.services.likeness import marked
from coi.services.proofs import Proven, acting_or_program
from coi.services.receipts import Receipt, receipt
from coi.services.vault import (
    IDENTITY_FIELDS,
    INDEX_FIELD,
    INDEXED,
    Vault,
    folded,
    index_of,
    seal,
)
from coi.store import people, registers
from coi.store.append import Overtaken
from coi.store.transactions import Transaction
from labels.identifiers import issue_coi
from workflows.decide import decide
from workflows.facts import Facts, Request, Therapy, Unit
from workflows.model import Workflow
from workflows.on_paper import ON_PAPER, knowing_paper
from workflows.treating import NOBODY, TREATING

Found = TypeVar("Found")
ORDER = "order"
RECORD_CONSENT = "record_consent"
CONSENT_FIELD = "consent_signed_on"
TREATING_FIELD = TREATING
MANUFACTURING_FIELD = "manufacturing_unit"


@dataclass(frozen=True, slots=True)
class NewOrder:
    """One order: for whom, which workflow, what the order itself records, and the consent's day.

    With a day of consent ('' for none yet) a second entry records the consent. `key` makes a
    repetition harmless: the same order under it is one therapy.
    """

    identity: Mapping[str, str]
    workflow: str
    unit: str
    values: Mapping[str, str] = field(default_factory=dict)
    consent_signed_on: str = ""
    key: str = field(kw_only=True)

    def __post_init__(self) -> None:
        names = {"workflow": self.workflow, "unit": self.unit, **self.identity}
        texts = (*names, *names.values(), *self.values, *self.values.values())
        found = (*bad_key(self.key), *unreadable(names), *too_long(texts))
        if problems := [*found, *_consent_on_paper(self)]:
            raise DataRefused(problems)

    def digest(self, vault: Vault, actor: Proven) -> str:
        """What this key stands for: the same order by the same person."""
        return fingerprint(vault, self, actor.person)


def _consent_on_paper(order: NewOrder) -> Iterator[Problem]:
    """What was signed before there was an order here is copied as a step of its own."""
    if order.consent_signed_on and order.values.get(ON_PAPER, "").strip():
        reason = "is copied from the paper afterwards, as a step of its own: leave it out here"
        yield Problem(reason, column=CONSENT_FIELD)


class AnotherPatient(DataRefused):
    """The record number is another person's; whose, is not said. Nothing was saved."""

    code = "ANOTHER_PATIENT"


class _NotKept(Exception):
    """Carries what a rehearsal found out of the transaction that it undoes."""

    def __init__(self, found: object) -> None:
        super().__init__()
        self.found = found


def order_therapies(
    installation: Installation,
    orders: Sequence[NewOrder],
    actor: Proven,
    *,
    rehearse: bool = False,
) -> tuple[Receipt, ...]:
    """Order therapies, all or none; a rehearsal passes every check and keeps nothing.

    Raises:
        DataRefused: a patient cannot be told from others.
        KeyReused: a key already stands for another order.
        Refused: the engine refuses one of them; nothing was saved.
        SignedOut: the account was closed, or its password changed since it was proven.
    """
    return kept_or_rehearsed(
        installation, lambda tx: order_in(tx, installation, orders, actor), rehearse=rehearse
    )


def kept_or_rehearsed(
    installation: Installation,
    work: Callable[[Transaction], Found],
    *,
    rehearse: bool,
) -> Found:
    """Do the work in one transaction; a rehearsal is undone when it has come to its end."""

    def rehearsed(tx: Transaction) -> Found:
        raise _NotKept(work(tx))

    try:
        return installation.transact(rehearsed if rehearse else work)
    except _NotKept as undone:
        return cast("Found", undone.found)


def order_in(
    tx: Transaction,
    installation: Installation,
    orders: Iterable[NewOrder],
    actor: Proven,
    strangers: Collection[str] = (),
) -> tuple[Receipt, ...]:
    """The therapies of these orders, inside the transaction in hand.

    `strangers` are the record numbers, as they are indexed, that were nobody's when the caller
    compared the orders with what is known.

    Raises:
        Overtaken: a stranger has become a patient since; what was compared holds no more.
    """
    acting_or_program(tx, actor)
    return tuple(_order_once(tx, installation, order, actor, strangers) for order in orders)


def _order_once(
    tx: Transaction,
    installation: Installation,
    order: NewOrder,
    actor: Proven,
    strangers: Collection[str],
) -> Receipt:
    """The therapy that was ordered under this key, or a new one."""
    answer = answered_before(tx, order.key, order.digest(installation.vault, actor))
    if isinstance(answer, Refused):
        raise answer
    return answer or _order(tx, installation, order, actor, strangers)


def _order(
    tx: Transaction,
    installation: Installation,
    order: NewOrder,
    actor: Proven,
    strangers: Collection[str],
) -> Receipt:
    """Order one therapy inside the transaction."""
    known = acting_or_program(tx, actor)
    unit, workflow = _placed(tx, installation, order)
    coi = issue_coi(installation.settings.issuer, installation.draw).text
    patient, registered = _patient(tx, installation, order, unit, strangers)
    now = installation.clock.now()
    therapy = Therapy(coi, patient, workflow.name, workflow.version, 0, 0)
    request = Request(coi, ORDER, known.person, unit, values=order.values)
    units = units_of(tx, installation, workflow.actions.get(ORDER), request)
    decision = decide(workflow, request, _facts(now, therapy, units))
    if decision.draft is None:
        raise Refused(decision.refusals)
    key, digest = order.key, order.digest(installation.vault, actor)
    # Before the entry, which refers to its chain.
    registers.add_therapy(tx, coi, patient, workflow.name)
    entry, sealed = write_draft(
        tx,
        installation,
        workflow,
        (coi, None),
        decision.draft,
        occasion=Occasion(
            *(known.person.id, unit.id, now),
            device=device_of(tx, actor),
            key=key,
            digest=digest,
        ),
        therapy={"coi": coi, "patient_id": patient, "workflow": workflow.name},
        registers=registered,
    )
    if order.consent_signed_on:
        _record_consent(tx, installation, order, coi, actor)
    return receipt(entry, sealed)


def _facts(now: datetime, therapy: Therapy, units: Mapping[str, Unit]) -> Facts:
    """What is known of a therapy that is about to begin: nothing but who is named in its order."""
    return Facts(
        now,
        therapy,
        subjects={},
        sites=frozenset(),
        treatment=NOBODY,
        units=units,
        links=(),
        values=(),
        history=(),
    )


def _placed(tx: Transaction, installation: Installation, order: NewOrder) -> tuple[Unit, Workflow]:
    """Where it is ordered, and the newest version of what is ordered.

    Raises:
        Unknown: there is no such unit, or no such workflow is installed.
    """
    unit = people.unit(tx, order.unit)
    version = registers.newest_version(tx, order.workflow)
    if unit is None:
        raise Unknown("unit", order.unit)
    if version is None:
        raise Unknown("workflow", order.workflow)
    return unit, knowing_paper(installation.workflow(tx, order.workflow, version))


def _record_consent(
    tx: Transaction, installation: Installation, order: NewOrder, coi: str, actor: Proven
) -> None:
    """Record the consent that came with the order, as an entry of its own."""
    values = {CONSENT_FIELD: order.consent_signed_on}
    # A key of its own, made of the new COI: the order's own key is answered by the order.
    wanted = TakeAction(coi, RECORD_CONSENT, order.unit, key=f"{coi}-consent", values=values)
    attempt = Attempt.of(
        tx, installation, wanted, wanted.digest(installation.vault, actor), Present.met(tx, actor)
    )
    standing = attempt.standing
    decision = decide(standing.workflow, attempt.request, attempt.facts)
    if decision.draft is None:
        raise Refused(decision.refusals)
    write_draft(
        tx,
        installation,
        standing.workflow,
        (coi, standing.head),
        decision.draft,
        occasion=attempt.occasion,
    )


def require_same(known: Mapping[str, str], stated: Mapping[str, str]) -> None:
    """The record number belongs to a patient with this name and birth date.

    Raises:
        AnotherPatient: it is another person's; which, is not said.
    """
    # What was erased cannot be compared, and nobody inherits it.
    if not known:
        reason = "this record number belongs to a patient whose identity was erased"
        raise AnotherPatient([Problem(reason, column=INDEXED)])
    differing = [name for name in known if folded(stated[name]) != folded(known[name])]
    if differing:
        reason = "this record number belongs to a patient whose record says otherwise"
        raise AnotherPatient([Problem(reason, column=name) for name in differing])


def require_complete(identity: Mapping[str, str]) -> None:
    """Everything that tells the patient from others is there, and nothing else.

    Raises:
        DataRefused: what is blank would later be matched by a blank answer.
    """
    blank = [name for name in IDENTITY_FIELDS if not folded(identity.get(name, ""))]
    problems = [Problem("is missing", column=name) for name in blank]
    problems += [
        Problem("is nothing that identifies a patient", column=name)
        for name in sorted(identity.keys() - set(IDENTITY_FIELDS))
    ]
    if problems:
        raise DataRefused(problems)


def _patient(
    tx: Transaction,
    installation: Installation,
    order: NewOrder,
    unit: Unit,
    strangers: Collection[str],
) -> tuple[str, Mapping[str, Sequence[Mapping[str, object]]]]:
    """The patient of this site's record number, or a new one; with what the entry registers."""
    require_complete(order.identity)
    index = index_of(installation.vault, unit.site, order.identity[INDEXED])
    known = registers.patients_with(tx, INDEX_FIELD, index)
    if known and index in strangers:
        raise Overtaken(known[0])
    if known:  # the index is unique, so that two orders at once do not make two of one patient
        require_same(identity_of(tx, installation, known[0]), order.identity)
        return known[0], {}
    patient = installation.new_id()
    sealed = seal(installation.vault, patient, order.identity, unit.site)
    registers.add_party(tx, patient, "patient")
    rows = [*sealed.rows, *marked(installation.vault, order.identity)]
    registers.keep_identity(tx, patient, sealed.wrapped, rows)
    identities = [
        {"patient": patient, "field": row["field"], "commitment": row["commitment"]} for row in rows
    ]
    return patient, {
        "parties": [{"id": patient, "kind": "patient"}],
        "keys": [{"patient": patient, "commitment": key_commitment(sealed.wrapped)}],
        "identities": identities,
    }
