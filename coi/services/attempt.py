"""One attempt at an action: everything the engine must know, read inside the transaction."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from coi.clock import rfc3339
from coi.errors import Conflict, DataRefused, Problem, Unknown
from coi.ledger.content import Head
from coi.services.approvals import approved_now
from coi.services.asked import bad_key, fingerprint, too_long, unreadable
from coi.services.devices import device_of
from coi.services.donations import (
    asks_isbt128,
    numbered_in_turn,
    numbered_so,
    reads_isbt128,
    said_in_isbt128,
)
from coi.services.entries import Occasion
from coi.services.equipment import equipment_named
from coi.services.identity import Stated, as_told, compare
from coi.services.installation import Installation
from coi.services.likeness import told_apart
from coi.services.other_devices import asks_for_another, registered_here
from coi.services.over_labels import on_record, scanned_over_labels
from coi.services.people import site_chain
from coi.services.proofs import Proven, Signer, present, still_proven
from coi.services.reading_codes import as_kept, donation_in, over_label_in
from coi.services.scanning import Code, as_recorded, printable, resolve
from coi.services.template_numbers import own_in_use, own_numbers, says_isbt128
from coi.services.vault import Vault
from coi.services.versions import earlier_versions, workflow_of
from coi.store import benches, held_files, lists
from coi.store import facts as read
from coi.store.labels import lives_of, newest_labels
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction
from workflows.decide import needs, needs_around_packages
from workflows.facts import (
    Bench,
    Equipment,
    Facts,
    IdentityCheck,
    Label,
    Mode,
    NewSubject,
    Order,
    OverLabel,
    Request,
    Scan,
    Signing,
    Therapy,
    Unit,
    Wristband,
)
from workflows.fields import named_in, units_named
from workflows.guards.bench import HANDS_ON, bench_in_use
from workflows.label_numbers import asks_for_numbers
from workflows.labelled import DONATION
from workflows.model import Action, FieldKind, Kind, Workflow
from workflows.packing import PACKAGING
from workflows.shift import is_checked_by_two
from workflows.versions import asked

MOST_PARTS = 200


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
    bench: str = "-"
    stated: tuple[Stated, ...] = ()
    happened_at: datetime | None = None
    mode: Mode = Mode.ASK
    seen: Mapping[str, int] = field(default_factory=dict)
    took_part: tuple[str, ...] = ()  # who had the step in hand before it was handed over
    entered: Mapping[str, str] = field(default_factory=dict)  # who has given which answer
    checked_at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a check by two: at which devices each person made it."""

    def __post_init__(self) -> None:
        if problems := [*bad_key(self.key), *_too_much(self), *_unreadable(self)]:
            raise DataRefused(problems)

    def digest(self, vault: Vault, actor: Proven, signers: tuple[Signer, ...] = ()) -> str:
        """What this key stands for: the same request, signed by the same people for the same."""
        people_ = [actor.person, *([signer.person, signer.meaning] for signer in signers)]
        return fingerprint(vault, self, people_)


def _too_much(wanted: TakeAction) -> Iterator[Problem]:
    """No step at a bench or bedside has so many parts, and no part of it is so long."""
    births = [name for birth in wanted.births for name in birth.values]
    stated = [text for one in wanted.stated for text in one.identifiers.values()]
    for column, parts in {
        "codes": wanted.codes,
        "named": wanted.named,
        "births": (*wanted.births, *births),
        "values": wanted.values,
        "stated": (*wanted.stated, *stated),
        "seen": wanted.seen,
    }.items():
        if len(parts) > MOST_PARTS:
            yield Problem(f"has {len(parts)} parts; {MOST_PARTS} are possible", column=column)
    once = (wanted.action, wanted.bench)
    yield from too_long((*once, *wanted.named, *wanted.values, *wanted.values.values(), *stated))


def _unreadable(wanted: TakeAction) -> Iterator[Problem]:
    """What is looked up is plain text, and a time says its zone."""
    names = {"coi": wanted.coi, "unit": wanted.unit, "consignee": wanted.consignee}
    names |= {"bench": wanted.bench}
    names |= {"stated": " ".join(one.username for one in wanted.stated)}
    yield from unreadable(names)
    if wanted.happened_at is not None and wanted.happened_at.tzinfo is None:
        yield Problem("lacks its zone", column="happened_at")


@dataclass(frozen=True, slots=True)
class Standing:
    """A therapy as it stands inside the transaction, with its definition."""

    workflow: Workflow
    therapy: Therapy
    head: Head


def scanned(tx: Transaction, wanted: TakeAction) -> tuple[Scan, ...]:
    """Each code with what it means now."""
    return tuple(resolve(tx, code) for code in wanted.codes)


def locked(tx: Transaction, installation: Installation, wanted: TakeAction) -> tuple[Scan, ...]:
    """Lock every therapy that the request may write into; returns what was scanned.

    What belongs to another therapy writes into that one too: its bag, its order, the wristband of
    its patient, another's label or a donation number that is on record there. All are locked in
    one order, so that two who scan each other's things never wait for each other. Which bag a label
    is on never changes; what was scanned may have been replaced meanwhile, or show what was
    corrected since, and is read again behind the locks.
    """
    # Before any therapy: whoever has one in hand never waits for somebody's number.
    unit = installation.unit(tx, wanted.unit)
    numbered = numbered_in_turn(tx, unit, wanted.values)
    scans = scanned(tx, wanted)
    strangers = _strangers(tx, wanted, scans)
    elsewhere = {coi for cois in strangers.values() for coi in cois}
    labels = (*_given(tx, installation, wanted), *_strange_labels(tx, installation, wanted))
    also = {label.coi for label in labels} | {one.coi for one in numbered}
    things = {scan.means.coi for scan in scans if isinstance(scan.means, Label | Order)}
    for coi in sorted({wanted.coi, *things, *elsewhere, *also}):
        read.lock(tx, coi)
    return tuple(_told_of(scan, strangers) for scan in scanned(tx, wanted))


def _given(
    tx: Transaction, installation: Installation, wanted: TakeAction
) -> tuple[OverLabel, ...]:
    """Where the code of another's label that is to be recorded stands already."""
    return on_record(tx, installation, over_label_in(wanted.values))


def _strange_labels(
    tx: Transaction, installation: Installation, wanted: TakeAction
) -> tuple[OverLabel, ...]:
    """What another's label that was scanned in the place of ours is on."""
    return scanned_over_labels(tx, installation, (code.raw for code in wanted.codes))


def _strangers(
    tx: Transaction, wanted: TakeAction, scans: Iterable[Scan]
) -> Mapping[str, tuple[str, ...]]:
    """The therapies of each other patient whose wristband was scanned."""
    patients = {scan.means.patient for scan in scans if isinstance(scan.means, Wristband)}
    found = read.therapy(tx, wanted.coi) if patients else None
    own = {found[0].patient} if found else set()
    return {
        patient: tuple(coi for coi, *_ in lists.therapies_of(tx, patient))
        for patient in sorted(patients - own)
    }


def _told_of(scan: Scan, strangers: Mapping[str, tuple[str, ...]]) -> Scan:
    """The scan, with the therapies that a stranger's wristband leads to."""
    band = scan.means
    if not isinstance(band, Wristband) or band.patient not in strangers:
        return scan
    return replace(scan, means=replace(band, cois=strangers[band.patient]))


def stand(tx: Transaction, installation: Installation, coi: str) -> Standing:
    """How a therapy stands; whoever means to write into it has locked it before.

    Raises:
        Unknown: there is no such therapy.
    """
    found = read.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    therapy, head = found
    return Standing(workflow_of(tx, installation, therapy), therapy, head)


Signed = tuple[KnownPerson, str, datetime | None]
"""Who signs, with what holds of them now, the meaning, and when; None is now."""


@dataclass(frozen=True, slots=True)
class Present:
    """Who takes the step, what was scanned, and who signs; all read inside the transaction."""

    actor: KnownPerson
    scans: tuple[Scan, ...] = ()
    signers: tuple[Signed, ...] = ()
    device: str = ""  # the registered one at which it is taken; '' for none

    @classmethod
    def met(
        cls,
        tx: Transaction,
        actor: Proven,
        scans: tuple[Scan, ...] = (),
        signers: tuple[Signer, ...] = (),
    ) -> "Present":
        """What was scanned, and everybody whose proof still holds; each person is read once.

        Raises:
            SignedOut: somebody's password was changed since the proof.
        """
        proven = {by.account: by for by in (actor, *(signer.proven for signer in signers))}
        known = {account: still_proven(tx, by) for account, by in proven.items()}
        # Whoever is read once may have given two grants, and each of them is used up.
        for signer in signers:
            present(tx, signer.proven)
        signed = tuple((known[one.proven.account], one.meaning, one.at) for one in signers)
        return cls(known[actor.account], scans, signed, device_of(tx, actor))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt inside its transaction: request and facts, ready to be decided and recorded."""

    tx: Transaction
    installation: Installation
    standing: Standing
    request: Request
    facts: Facts
    occasion: Occasion
    signed: tuple[Signed, ...]  # in the order of the action's signatures
    entered: Mapping[str, str] = field(default_factory=dict)  # who has given which answer

    @classmethod
    def of(
        cls,
        tx: Transaction,
        installation: Installation,
        wanted: TakeAction,
        digest: str,
        present: "Present",
    ) -> "Attempt":
        """Read what the engine must know; nothing is decided here.

        The therapy is locked first, so that everything that is read after it still holds when the
        entry is written.
        """
        standing = stand(tx, installation, wanted.coi)
        return cls.on(standing, tx, installation, wanted, digest, present)

    @classmethod
    def on(
        cls,
        standing: Standing,
        tx: Transaction,
        installation: Installation,
        wanted: TakeAction,
        digest: str,
        present: "Present",
    ) -> "Attempt":
        """The same where it was looked already how the therapy stands."""
        unit = installation.unit(tx, wanted.unit)
        if unit is None:
            raise Unknown("unit", wanted.unit)
        earlier = earlier_versions(tx, installation, standing.therapy)
        action = asked(standing.workflow, wanted.action, wanted.happened_at, earlier)
        rules = action.signatures_for(unit.country) if action else ()
        signed = tuple(_as_asked(present.signers, [rule.meaning for rule in rules]))
        therapy = standing.therapy
        checks = compare(tx, installation, therapy.patient, wanted.stated)
        kept = replace(wanted, values=as_kept(tx, unit.site, wanted.values))
        request = _request(kept, unit, present, signed, checks)
        by_two = action is not None and is_checked_by_two(action, unit.country)
        if by_two:
            request = replace(request, checked_at=registered_here(tx, unit, _where(kept, present)))
        now = installation.clock.now()
        consignee = installation.unit(tx, wanted.consignee)
        asks = asks_isbt128(action)
        own = own_in_use(tx, standing.workflow) if asks else {}
        facts = replace(
            facts_for(tx, standing, action, now, consignee),
            units=units_of(tx, installation, action, request),
            earlier=earlier,
            over_labels=_given(tx, installation, wanted),
            donations=numbered_so(tx, kept.values),
            reads_isbt128=asks and reads_isbt128(tx, unit.site),
            own_isbt128=says_isbt128(own),
            own_numbers=own_numbers(own),
            over_labels_scanned=_strange_labels(tx, installation, wanted),
            told_apart=told_apart(tx, installation, therapy.patient, unit.site) if checks else (),
        )
        scanned = any(
            isinstance(one.means, Label) and one.means.may_be_old for one in present.scans
        )
        if scanned or (action and asks_for_numbers(standing.workflow, action, facts)):
            facts = replace(
                facts,
                values=facts.values if facts.values is not None else read.values(tx, wanted.coi),
                links=facts.links if facts.links is not None else read.links(tx, wanted.coi),
            )
        if asks:
            told = [v.content for v in facts.values or () if v.field == DONATION]
            facts = replace(
                facts, donations_said=said_in_isbt128([*told, donation_in(kept.values)])
            )
        if action is not None and action.verb in HANDS_ON:
            facts = replace(facts, benches=_benches(tx, request))
        if by_two:
            facts = replace(facts, asks_other_device=asks_for_another(tx, unit.site))
        if action is not None and "equipment" in needs(action):
            facts = replace(facts, equipment=_equipment(tx, action, request))
        if action is not None and "files" in needs(action):
            facts = replace(facts, files=_files(tx, action, request))
        _require_fresh(wanted, facts)
        occasion = _occasion(wanted, digest, request, facts, present.device)
        return cls(tx, installation, standing, request, facts, occasion, signed, wanted.entered)


def units_of(
    tx: Transaction, installation: Installation, action: Action | None, request: Request
) -> Mapping[str, Unit]:
    """The units that the request names in fields, as far as they are known here."""
    named = {name for name in units_named(action, request) if name.isprintable()} if action else ()
    found = (installation.unit(tx, name) for name in named)
    return {unit.id: unit for unit in found if unit}


def _where(wanted: TakeAction, present: Present) -> Mapping[str, tuple[str, ...]]:
    """Where each has checked; in one request all of them are where it came from."""
    people = (present.actor, *(known for known, _meaning, _at in present.signers))
    return wanted.checked_at or {known.person.id: (present.device,) for known in people}


def _benches(tx: Transaction, request: Request) -> tuple[Bench, ...]:
    """The benches of the acting unit; for a late fact, as they stood when it happened."""
    unit = request.unit
    return benches.benches(tx, unit.id, site_chain(unit.site), _then(request))


def _equipment(tx: Transaction, action: Action, request: Request) -> Mapping[str, Equipment]:
    """What the acting unit has of what fields name; for a late fact, as it stood then."""
    named = (text for _field, text in named_in(action, request, FieldKind.EQUIPMENT))
    return equipment_named(tx, request.unit.id, named, _then(request))


def _files(tx: Transaction, action: Action, request: Request) -> Mapping[str, str]:
    """Of the files that fields name, those that are held for this therapy."""
    named = {text for _field, text in named_in(action, request, FieldKind.FILE)}
    return held_files.held(tx, request.coi, named)


def _then(request: Request) -> str:
    """When a late fact happened; '' of whatever happens now."""
    happened_at = request.happened_at
    return rfc3339(happened_at) if request.mode is Mode.LATE and happened_at else ""


def _as_asked(signers: Iterable[Signed], meanings: Iterable[str]) -> Iterator[Signed]:
    """The signers in the order in which the action asks for their meanings.

    Whoever signs something that it does not ask for comes last; the engine refuses it.
    """
    waiting = list(signers)
    for meaning in meanings:
        found = next((one for one in waiting if one[1] == meaning), None)
        if found is not None:
            waiting.remove(found)
            yield found
    yield from waiting


def _request(
    wanted: TakeAction,
    unit: Unit,
    present: Present,
    signed: tuple[Signed, ...],
    checks: tuple[IdentityCheck, ...],
) -> Request:
    """What the engine is asked; each signs what they say that they sign."""
    return Request(
        coi=wanted.coi,
        action=wanted.action,
        actor=present.actor.person,
        unit=unit,
        scans=present.scans,
        identity_checks=checks,
        named=wanted.named,
        births=wanted.births,
        values=wanted.values,
        consignee=wanted.consignee,
        bench=wanted.bench,
        signings=tuple(Signing(one.person, meaning) for one, meaning, _at in signed),
        happened_at=wanted.happened_at,
        mode=wanted.mode,
        seen=wanted.seen,
        took_part=wanted.took_part,
    )


def _occasion(
    wanted: TakeAction, digest: str, request: Request, facts: Facts, device: str
) -> Occasion:
    """Who, where and when, and what was scanned and stated, as the entry keeps it."""
    bench = bench_in_use(request, facts.benches or ())
    return Occasion(
        actor=request.actor.id,
        unit=request.unit.id,
        now=facts.now,
        bench=bench.serial if bench else "",
        device=device,
        happened_at=wanted.happened_at,
        key=wanted.key,
        digest=digest,
        scans=[as_recorded(scan) for scan in request.scans],
        unread=[printable(scan.raw) for scan in request.scans if scan.means is None],
        identity_checks=[as_told(check) for check in request.identity_checks],
    )


def facts_for(
    tx: Transaction,
    standing: Standing,
    action: Action | None,
    now: datetime,
    consignee: Unit | None = None,
) -> Facts:
    """One consistent reading; of the larger sections only what the action's guards need."""
    coi = standing.therapy.coi
    subjects = read.subjects(tx, coi)
    needed = set(needs(action)) if action else set()
    if standing.therapy.is_copied:
        needed.add("history")  # each step that is copied is later than the one before
    machines = standing.workflow.machines
    for subject in subjects.values():
        machine = machines[subject.machine]
        if machine.states[subject.position.state].final:
            continue
        if machine.kind in PACKAGING:
            needed |= needs_around_packages(action) if action else {"links"}
        if machine.kind in {Kind.DISPENSATION, Kind.EXCEPTION}:
            needed.add("values")
    sites, treatment = read.parts(tx, coi)
    return Facts(
        now=now,
        therapy=standing.therapy,
        subjects=subjects,
        consignee=consignee,
        sites=sites,
        treatment=treatment,
        links=read.links(tx, coi) if "links" in needed else None,
        values=read.values(tx, coi) if "values" in needed else None,
        history=read.history(tx, coi) if "history" in needed else None,
        templates=approved_now(tx) if "templates" in needed else None,
        labels=newest_labels(tx, coi) if "labels" in needed else None,
        label_lives=lives_of(tx, coi) if "label_lives" in needed else None,
    )


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
