"""One attempt at an action: everything the engine must know, read inside the transaction."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256

from coi.clock import rfc3339
from coi.errors import Conflict, DataRefused, Problem, Unknown
from coi.ledger.canonical import canonical, nfc
from coi.ledger.content import Head
from coi.services.approvals import template_detail
from coi.services.entries import Occasion
from coi.services.identity import Stated, compare
from coi.services.installation import Installation
from coi.services.people import Proven, person_of
from coi.services.scanning import Code, as_recorded, resolve
from coi.store import facts as read
from coi.store import people
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction
from labels.templates import TEMPLATES
from workflows.decide import needs
from workflows.facts import Facts, Mode, NewSubject, Request, Signing, Therapy
from workflows.model import Action, Kind, Workflow

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class TakeAction:
    """What a person wants to do, as the caller says it; `key` makes a repetition harmless."""

    coi: str
    action: str
    unit: str
    key: str
    codes: tuple[Code, ...] = ()
    named: tuple[str, ...] = ()
    births: tuple[NewSubject, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    consignee: str = "-"
    stated: tuple[Stated, ...] = ()
    happened_at: datetime | None = None
    mode: Mode = Mode.ASK
    seen: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (0 < len(self.key) <= LONGEST_KEY and self.key.isascii() and self.key.isprintable()):
            reason = f"an idempotency key has 1 to {LONGEST_KEY} printable ASCII characters"
            raise DataRefused([Problem(reason, column="key")])

    def digest(self, actor: Proven, signers: tuple[Proven, ...]) -> str:
        """What this key stands for: the same request by the same people, and no other."""
        told = asdict(self)
        told["happened_at"] = rfc3339(self.happened_at) if self.happened_at else "-"
        told["people"] = [actor.person, *(signer.person for signer in signers)]
        return sha256(canonical(_normal(told)).encode("utf-8", "replace")).hexdigest()


def _normal(value: object) -> object:
    """The value with its texts in one spelling, so that it has one canonical form."""
    if isinstance(value, str):
        return nfc(value.encode("utf-8", "replace").decode())
    if isinstance(value, Mapping):
        return {
            str(_normal(k)).encode("unicode_escape").decode(): _normal(v) for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [_normal(member) for member in value]
    return value


@dataclass(frozen=True, slots=True)
class Standing:
    """A therapy as it stands inside the transaction, with its definition."""

    workflow: Workflow
    therapy: Therapy
    head: Head


def stand(tx: Transaction, installation: Installation, coi: str) -> Standing:
    """How a therapy stands; whoever means to write into it has locked it before.

    Raises:
        Unknown: there is no such therapy.
    """
    found = read.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    therapy, head = found
    return Standing(installation.workflow(tx, therapy.workflow, therapy.version), therapy, head)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt inside its transaction: request and facts, ready to be decided and recorded."""

    tx: Transaction
    installation: Installation
    standing: Standing
    request: Request
    facts: Facts
    occasion: Occasion
    known: tuple[KnownPerson, ...]  # the actor, then each signer

    @classmethod
    def of(
        cls,
        tx: Transaction,
        installation: Installation,
        wanted: TakeAction,
        digest: str,
        proven: tuple[Proven, ...],
    ) -> "Attempt":
        """Read what the engine must know; nothing is decided here."""
        known = tuple(person_of(tx, one.username) for one in proven)
        unit = people.unit(tx, wanted.unit)
        if unit is None:
            raise Unknown("unit", wanted.unit)
        scans = tuple(resolve(tx, code) for code in wanted.codes)
        standing = stand(tx, installation, wanted.coi)
        action = standing.workflow.actions.get(wanted.action)
        rules = action.signatures_for(unit.country) if action else ()
        meanings = [rule.meaning for rule in rules] + ["-"] * len(known)
        request = Request(
            coi=wanted.coi,
            action=wanted.action,
            actor=known[0].person,
            unit=unit,
            scans=scans,
            named=wanted.named,
            births=wanted.births,
            values=wanted.values,
            consignee=wanted.consignee,
            signings=tuple(
                Signing(one.person, meaning)
                for one, meaning in zip(known[1:], meanings, strict=False)
            ),
            identity_checks=compare(tx, installation, standing.therapy.patient, wanted.stated),
            happened_at=wanted.happened_at,
            mode=wanted.mode,
            seen=wanted.seen,
        )
        now = installation.clock.now()
        facts = facts_for(tx, standing, action, now, wanted.consignee)
        _require_fresh(wanted, facts)
        occasion = Occasion(
            actor=known[0].person.id,
            unit=unit.id,
            now=now,
            happened_at=wanted.happened_at,
            key=wanted.key,
            digest=digest,
            scans=[as_recorded(scan) for scan in scans],
        )
        return cls(tx, installation, standing, request, facts, occasion, known)


def facts_for(
    tx: Transaction,
    standing: Standing,
    action: Action | None,
    now: datetime,
    consignee: str = "-",
) -> Facts:
    """One consistent reading; of the larger sections only what the action's guards need."""
    coi = standing.therapy.coi
    subjects = read.subjects(tx, coi)
    needed = set(needs(action)) if action else set()
    machines = standing.workflow.machines
    for subject in subjects.values():
        machine = machines[subject.machine]
        if machine.states[subject.position.state].final:
            continue
        if machine.kind is Kind.SHIPMENT:
            needed.add("links")
        if machine.kind is Kind.DISPENSATION:
            needed.add("values")
    return Facts(
        now=now,
        therapy=standing.therapy,
        subjects=subjects,
        consignee=people.unit(tx, consignee) if consignee != "-" else None,
        links=read.links(tx, coi) if "links" in needed else None,
        values=read.values(tx, coi) if "values" in needed else None,
        history=read.history(tx, coi) if "history" in needed else None,
        templates=_approved(tx) if "templates" in needed else None,
    )


def _approved(tx: Transaction) -> Mapping[str, bool]:
    """Each label template, and whether QA approved it exactly as it is."""
    approved = read.templates(tx)
    return {name: approved.get(name) == template_detail(name) for name in TEMPLATES}


def _require_fresh(wanted: TakeAction, facts: Facts) -> None:
    """What the caller saw is what is there.

    Raises:
        Conflict: a subject has moved on since; nothing was saved.
    """
    for subject, turn in wanted.seen.items():
        found = facts.subjects.get(subject)
        current = found.position.turn if found else 0
        if current != turn:
            raise Conflict(subject, turn, current)
