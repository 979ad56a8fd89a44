"""How every use case writes: one entry, hashed, signed and stored, in the transaction in hand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import ClockWentBack
from coi.events import tell_when_kept
from coi.ledger.commitment import commit
from coi.ledger.content import (
    Attestation,
    Head,
    IssuedLabel,
    IssuedWristband,
    NewEntry,
    RecordedValue,
    SignedBy,
    WorkflowRef,
    content_of,
    signed_of,
)
from coi.ledger.entry import Sealed, seal
from coi.services.event_kinds import OF_ALARM, kinds_of
from coi.services.held_content import take_up
from coi.services.installation import Installation
from coi.services.spending import spend_grants
from coi.services.tasks import Newest, plan_anew
from coi.services.vault import salt_of_code
from coi.store.append import append
from coi.store.clocks import clock_check
from coi.store.facts import ORGANISATION, head
from coi.store.outbox import put_out
from coi.store.registers import keep_answer, keep_text
from coi.store.transactions import Transaction
from workflows.draft import Draft, NewValue
from workflows.label_life import LabelTurn
from workflows.model import Workflow
from workflows.on_paper import OPEN, STEP
from workflows.over_labels import OVER_LABEL
from workflows.refusal import Refusal

CHECK_CLOCK = "check_clock"
WHILE_BEHIND = frozenset({"clock_stepped", "erase_again", "verification_failed"})
"""What the product says by itself and no clock may stop; it stands under the time of the last."""

SMALL_STEP = timedelta(seconds=2)
_COMMITMENT = re.compile("[0-9a-f]{64}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who acts, where and when, under which key, and what was scanned."""

    actor: str
    unit: str
    now: datetime
    happened_at: datetime | None = None
    bench: str = ""
    device: str = ""
    key: str = ""
    digest: str = ""
    scans: Sequence[Mapping[str, str]] = ()
    unread: Sequence[str] = ()  # what was scanned and is no code of ours
    identity_checks: Sequence[Mapping[str, object]] = ()
    attempted_by: Sequence[str] = ()
    signatures: tuple[SignedBy, ...] = ()

    @property
    def request(self) -> Mapping[str, str]:
        """The idempotency key and what it stands for, as the entry keeps them."""
        return {"key": self.key, "digest": self.digest} if self.key else {}


@dataclass(frozen=True, slots=True)
class Issued:
    """Serials that were drawn for what an entry prints, and what it says of earlier labels."""

    labels: tuple[IssuedLabel, ...] = ()
    wristbands: tuple[IssuedWristband, ...] = ()
    label_turns: tuple[LabelTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """What a site entry adds to the registers, as its content says it."""

    attestations: tuple[Attestation, ...] = ()
    registers: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    signatures: tuple[SignedBy, ...] = ()
    document: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)  # commitments to texts kept apart


def commit_text(tx: Transaction, installation: Installation, text: str, salt: str = "") -> str:
    """Keep a text apart; the ledger gets its salted commitment.

    What no database can hold (a NUL, half a character) is written out, not lost with its entry.
    """
    text = _UNSTORABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    salt = salt or installation.new_salt()
    commitment = commit(text, salt)
    keep_text(tx, commitment, salt, text)
    return commitment


def recorded_at(tx: Transaction, now: datetime, last: Head | None) -> str:
    """The time of a new entry: never before the last one of its chain.

    Clocks that are set by the network step back a little; the last entry's time serves then.

    Raises:
        ClockWentBack: the clock is further back, and nobody has checked it since.
    """
    told = rfc3339(now)
    # All times are texts of one form, so that they compare as texts.
    if last is None or told >= last.recorded_at:
        return told
    if told >= rfc3339(parse_rfc3339(last.recorded_at) - SMALL_STEP):
        return last.recorded_at
    checked = clock_check(tx)
    if checked is not None and last.recorded_at <= checked[0] and checked[1] <= told:
        return told
    raise ClockWentBack(told, last.recorded_at)


def write(tx: Transaction, entry: NewEntry, workflow: Workflow | None = None) -> Sealed:
    """Seal and store an entry; whatever grant signs it is used up.

    What belongs to a therapy is put out for the webhooks that are told of it, in the same
    transaction: they are told of everything that is written, and of nothing else. An alarm is put
    out for whoever asked for its kind by name.
    """
    spend_grants(tx, entry.recorded_at)
    sealed = seal(content_of(entry), signed_of(entry))
    is_told = append(tx, entry, sealed)
    if is_told and workflow is not None:
        put_out(tx, entry, kinds_of(workflow, entry))
    elif is_told and (alarm := OF_ALARM.get(entry.action)) is not None:
        put_out(tx, entry, (alarm,), named_alone=True)
    return sealed


def write_draft(  # noqa: PLR0913 - these are what an entry is made of
    tx: Transaction,
    installation: Installation,
    workflow: Workflow,
    chain: tuple[str, Head | None],
    draft: Draft,
    *,
    occasion: Occasion,
    issued: Issued = Issued(),
    refusals: Sequence[Refusal] = (),
    therapy: Mapping[str, str] | None = None,
    registers: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
    notes: Mapping[str, str] | None = None,
) -> tuple[NewEntry, Sealed]:
    """Write what the engine drafted into its therapy's chain; `notes` are commitments to texts."""
    entry = replace(
        _entry_of(draft, occasion, chain, recorded_at(tx, occasion.now, chain[1])),
        workflow=WorkflowRef(workflow.name, workflow.version, workflow.hash),
        therapy=therapy or {},
        values=tuple(_recorded(tx, installation, value) for value in draft.values),
        labels=issued.labels,
        label_turns=issued.label_turns,
        wristbands=issued.wristbands,
        registers=registers or {},
        refusals=[{"code": r.code, "guard": r.guard or "-"} for r in refusals],
        notes={**_notes(tx, installation, refusals, occasion.unread), **(notes or {})},
    )
    sealed = write(tx, entry, workflow)
    _tell(entry, workflow, refusals)
    if not _is_a_refusal_alone(entry, draft):
        newest = Newest(entry.chain, entry.stops, entry.transcription in {OPEN, STEP})
        plan_anew(tx, installation, workflow, newest)
    _keep_answer(tx, occasion, entry)
    return entry, sealed


def _tell(
    entry: NewEntry, workflow: Workflow | None = None, refusals: Sequence[Refusal] = ()
) -> None:
    """What was done, for whoever looks after the machine: whose it is stands in the record."""
    known = workflow.actions.get(entry.action) if workflow else None
    tell_when_kept(
        "entry_written",
        kind=entry.kind,
        action=entry.action,
        verb=known.verb.value if known else "-",
        person=entry.actor,
        unit=entry.unit,
        guards=[one.code for one in refusals],
    )


def _is_a_refusal_alone(entry: NewEntry, draft: Draft) -> bool:
    """It was tried, and nothing else: what is next, and what would ring, is as it was before."""
    return (
        entry.kind == "refused"
        and draft == Draft(draft.kind, draft.action, draft.role)
        and entry.head is not None
        and entry.transcription == entry.head.transcription
    )


def _keep_answer(tx: Transaction, occasion: Occasion, entry: NewEntry) -> None:
    """Keep which entry answers the request, for when it comes again."""
    if occasion.key:
        answer = {"key": occasion.key, "actor": occasion.actor, "digest": occasion.digest}
        keep_answer(tx, answer | {"chain": entry.chain, "seq": entry.seq})


def _entry_of(
    draft: Draft, occasion: Occasion, chain: tuple[str, Head | None], now: str
) -> NewEntry:
    """What the engine and the occasion say of an entry."""
    return NewEntry(
        chain=chain[0],
        head=chain[1],
        kind=draft.kind,
        action=draft.action,
        actor=occasion.actor,
        role=draft.role,
        unit=occasion.unit,
        bench=occasion.bench,
        device=occasion.device,
        happened_at=rfc3339(occasion.happened_at) if occasion.happened_at else now,
        recorded_at=now,
        request=occasion.request,
        scans=occasion.scans,
        identity_checks=occasion.identity_checks,
        attempted_by=occasion.attempted_by,
        document=draft.document,
        moves=draft.moves,
        births=draft.births,
        sites=draft.sites,
        links=draft.links,
        notices=tuple(notice.code for notice in draft.notices),
        signed=occasion.signatures,
    )


def _recorded(tx: Transaction, installation: Installation, value: NewValue) -> RecordedValue:
    """A value as the ledger keeps it: a confidential one as its commitment."""
    content = value.content
    if value.field == OVER_LABEL:
        # Found again by whoever scans it; without the vault key nobody can try out codes.
        salt = salt_of_code(installation.vault, content)
        content = commit_text(tx, installation, content, salt)
    elif value.confidential:
        content = commit_text(tx, installation, content)
    if _COMMITMENT.fullmatch(value.limits):
        take_up(tx, installation, value.limits)  # of a file: the content behind it
    return RecordedValue(
        subject=value.subject,
        field=value.field,
        occurrence=value.occurrence,
        revision=value.revision,
        content=content,
        unit=value.unit,
        method=value.method,
        limits=value.limits,
        within=value.within,
        reason=commit_text(tx, installation, value.reason) if value.reason else "-",
    )


def _notes(
    tx: Transaction,
    installation: Installation,
    refusals: Sequence[Refusal],
    unread: Sequence[str],
) -> Mapping[str, str]:
    """What may quote a person, so that it can be erased: refusals' sentences, unknown codes."""
    sentences = [f"{refusal.sentence}\n{refusal.next_step}" for refusal in refusals]
    texts = {f"refusal_{n}": sentence for n, sentence in enumerate(sentences, start=1)}
    texts |= {f"unread_{n}": raw for n, raw in enumerate(unread, start=1)}
    return {name: commit_text(tx, installation, text) for name, text in texts.items()}


def _site_time(tx: Transaction, action: str, now: datetime, last: Head | None) -> str:
    """The time of a site's new entry.

    Raises:
        ClockWentBack: the clock is behind, and the entry is none that is written all the same.
    """
    if action in WHILE_BEHIND and last is not None:
        return max(rfc3339(now), last.recorded_at)
    return recorded_at(tx, now, last)


def write_site_entry(
    tx: Transaction,
    action: str,
    occasion: Occasion,
    registered: Registered,
    chain: str = ORGANISATION,
    after: Head | None = None,
) -> NewEntry:
    """Write what belongs to no therapy into a site's chain; returns the entry as written.

    What was decided by something that stands in that chain is written after the entry that was its
    last when that was read: then nothing can have come between (F-07).

    Raises:
        ClockWentBack: the clock is behind the chain; only that it was checked can be recorded.
    """
    last = after or head(tx, chain)
    checks = action == CHECK_CLOCK
    # The check is recorded while the clock is still behind, or else nobody could ever go on.
    now = rfc3339(occasion.now) if checks else _site_time(tx, action, occasion.now, last)
    entry = NewEntry(
        chain=chain,
        head=last,
        kind="site",
        action=action,
        actor=occasion.actor,
        role="-",
        unit=occasion.unit,
        device=occasion.device,
        happened_at=now,
        recorded_at=now,
        request=occasion.request,
        attestations=registered.attestations,
        registers=registered.registers,
        document=registered.document,
        notes=registered.notes,
        signed=registered.signatures,
    )
    write(tx, entry)
    _tell(entry)
    _keep_answer(tx, occasion, entry)
    return entry
