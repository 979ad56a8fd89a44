"""What a person does with one label of a therapy, and every label that the therapy ever had.

What forbids a deed is worked out by `workflows.label_deeds`; here it is read, signed and recorded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from coi.errors import DataRefused, Problem, Refused
from coi.services.acting import leave_on_paper, signatures_of
from coi.services.asked import answered_before, fingerprint, too_long
from coi.services.attempt import Attempt, Present, Standing, TakeAction, locked, stand
from coi.services.directory import units_by_id
from coi.services.entries import Issued, commit_text, write_draft
from coi.services.installation import Installation
from coi.services.label_turns import new_label, template_for, voided
from coi.services.looking import require_seen_whole
from coi.services.mismatches import record_refusal
from coi.services.old_labels import OldLabel, old_labels
from coi.services.others_labels import OthersLabel, others_labels
from coi.services.proofs import Proven, Signer, acting, acting_or_program
from coi.services.receipts import Receipt, receipt
from coi.services.scanning import Code
from coi.services.therapies import Happened, TherapyView, view
from coi.services.transcribed import was_never_printed
from coi.store.facts import subjects
from coi.store.labels import lives_of
from coi.store.registers import texts_of
from coi.store.transactions import Transaction
from workflows import label_deeds
from workflows.draft import Draft
from workflows.label_deeds import Deed, decide_deed, knowing_deed
from workflows.label_life import (
    LabelDeed,
    LabelLife,
    LabelState,
    LabelTurn,
    counted,
    newest_of,
    scanned_back,
    turned,
    unsettled,
)
from workflows.model import SignatureRule
from workflows.packing import layers


@dataclass(frozen=True, slots=True)
class TurnLabel:
    """What is to be done with which label of which therapy; `key` makes a repetition harmless."""

    coi: str
    deed: Deed
    unit: str
    key: str
    code: Code | None = None

    def __post_init__(self) -> None:
        if problems := [*too_long((self.deed.reason,)), *_invisible(self.deed.serial)]:
            raise DataRefused(problems)

    @property
    def wanted(self) -> TakeAction:
        """The same, as the engine is asked for any step."""
        codes = (self.code,) if self.code else ()
        return TakeAction(self.coi, self.deed.what, self.unit, self.key, codes)


def _invisible(serial: str) -> Iterator[Problem]:
    if not serial.isprintable():
        yield Problem("holds characters that cannot be seen", column="serial")


def signatures_for(
    installation: Installation, by: Proven, coi: str, deed: Deed
) -> tuple[SignatureRule, ...]:
    """The signatures that a deed takes.

    Raises:
        Unknown: there is no such therapy that this person may see.
    """

    def look(tx: Transaction) -> tuple[SignatureRule, ...]:
        require_seen_whole(tx, acting(tx, by).person, coi)
        standing = stand(tx, installation, coi)
        life, machine = _of(tx, coi, deed)
        return label_deeds.signatures_of(standing.workflow, deed, life, machine)

    return installation.read(look)


def turn_label(
    installation: Installation,
    asked: TurnLabel,
    actor: Proven,
    signers: tuple[Signer, ...] = (),
) -> Receipt:
    """Do it, or say every reason why not; a refused attempt is recorded, then raised.

    Raises:
        Refused: everything that stands against it.
        KeyReused: the key already stands for another request.
        SignedOut: somebody's password was changed since they proved who they are.
        Unknown: there is no such therapy that the actor may see, or no such unit.
    """
    outcome = installation.transact(lambda tx: _turned(tx, installation, asked, actor, signers))
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _turned(
    tx: Transaction,
    installation: Installation,
    asked: TurnLabel,
    actor: Proven,
    signers: tuple[Signer, ...],
) -> Receipt | Refused:
    wanted = asked.wanted
    require_seen_whole(tx, acting(tx, actor).person, asked.coi)
    scans = locked(tx, installation, wanted)
    people = [actor.person, *([signer.person, signer.meaning] for signer in signers)]
    digest = fingerprint(installation.vault, asked, people)
    earlier = answered_before(tx, wanted.key, digest)
    if earlier is not None:
        return earlier
    standing = stand(tx, installation, asked.coi)
    life, machine = _of(tx, asked.coi, asked.deed)
    knowing = replace(standing, workflow=knowing_deed(standing.workflow, asked.deed, life, machine))
    present = Present.met(tx, actor, scans, signers)
    attempt = Attempt.on(knowing, tx, installation, wanted, digest, present)
    facts = replace(attempt.facts, label_lives=lives_of(tx, asked.coi))
    decision = decide_deed(knowing.workflow, asked.deed, attempt.request, facts)
    if decision.draft is None or life is None:
        record_refusal(attempt, decision)
        return Refused(decision.refusals)
    return _recorded(attempt, standing, decision.draft, _issued(attempt, asked.deed, life))


def _of(tx: Transaction, coi: str, deed: Deed) -> tuple[LabelLife | None, str]:
    """The label as it stands, and the machine of what it names."""
    life = next((one for one in lives_of(tx, coi) if one.serial == deed.serial), None)
    if life is None:
        return None, ""
    return life, subjects(tx, coi)[life.subject].machine


def _issued(attempt: Attempt, deed: Deed, life: LabelLife) -> Issued:
    """What the deed says of the label, and the one in its place."""
    if deed.what is LabelDeed.REPRINT:
        void = () if life.is_dead else (voided(attempt, life, deed.reason),)
        template = template_for(attempt, attempt.facts.subjects[life.subject].machine)
        return Issued((new_label(attempt, life, life.subject, template),), label_turns=void)
    return Issued(label_turns=tuple(_turns(attempt, deed, life)))


def _turns(attempt: Attempt, deed: Deed, life: LabelLife) -> Iterator[LabelTurn]:
    if deed.what is LabelDeed.PRINTED:
        yield turned(life, LabelState.PRINTED)
    elif deed.what is LabelDeed.CONFIRM:
        yield from scanned_back(life, attempt.request.scans[0].how)
    elif deed.what is LabelDeed.VOID:
        yield voided(attempt, life, deed.reason)
    else:
        reason = "-"
        if deed.reason.strip():
            reason = commit_text(attempt.tx, attempt.installation, deed.reason)
        yield turned(life, LabelState(deed.end), reason=reason, pieces=deed.pieces)


def _recorded(attempt: Attempt, standing: Standing, draft: Draft, issued: Issued) -> Receipt:
    """Write the entry; what is to be done next is planned by the definition alone."""
    entry, sealed = write_draft(
        attempt.tx,
        attempt.installation,
        standing.workflow,
        (attempt.request.coi, standing.head),
        draft,
        occasion=replace(attempt.occasion, signatures=signatures_of(attempt)),
        issued=issued,
    )
    done = receipt(entry, sealed)
    leave_on_paper(attempt, done)
    return done


# -- every label of one therapy --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was said of a label, by whom and when; the reason as far as not erased."""

    entry: int
    state: LabelState
    at: str
    by: str
    unit: str
    reason: str = ""
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One label: what it names, where that is, and what was told of the label."""

    life: LabelLife
    thing: str  # what it names, as people call it
    place: str  # how the thing stands; while it is there, which unit holds it, and what it is in
    story: tuple[Told, ...]
    can_be_replaced: bool  # it is the newest label of a thing that is still there
    is_on_paper: bool = False  # it was never printed: its thing was over before our labels came
    old: OldLabel | None = None  # it shows what is otherwise on record since
    around: tuple[str, ...] = ()  # what is closed around its thing, from the innermost layer on

    @property
    def is_open(self) -> bool:
        """Nobody has said yet where it is."""
        return not (self.life.is_settled or self.is_on_paper)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every label that a therapy ever had, in the order of issue, and how they add up (LB-02)."""

    coi: str
    title: str
    lines: tuple[Line, ...]
    counts: Mapping[LabelState, int]
    open: tuple[str, ...]  # the serials of which nobody has said yet where they are
    others: tuple[OthersLabel, ...] = ()  # beside ours, in the order of recording

    @property
    def issued(self) -> int:
        """How many were issued."""
        return len(self.lines)

    @property
    def never_printed(self) -> int:
        """How many of them are of what ran on paper, and were never printed."""
        return sum(one.is_on_paper for one in self.lines)


def label_ledger(installation: Installation, by: Proven, coi: str) -> Ledger:
    """Every label of a therapy.

    Raises:
        Unknown: there is no such therapy that this person may see.
    """

    def look(tx: Transaction) -> Ledger:
        require_seen_whole(tx, acting_or_program(tx, by).person, coi)
        return ledger_of(tx, view(tx, installation, coi))

    return installation.read(look)


def ledger_of(tx: Transaction, found: TherapyView) -> Ledger:
    """The same inside a transaction, of a therapy that was read."""
    lives = lives_of(tx, found.therapy.coi)
    newest = {life.serial for life in newest_of(lives).values()}
    stories, old, places = _stories(tx, found), old_labels(found), _holders(tx, found)
    lines = tuple(
        Line(
            life,
            _thing(found, life.subject),
            _place(found, life.subject, places),
            tuple(stories.get(life.serial, ())),
            life.serial in newest and not _is_over(found, life.subject),
            not life.is_settled and was_never_printed(found, life.issued_in, life.subject),
            old.get(life.subject) if life.serial in newest and not life.is_dead else None,
            _around(found, life.subject),
        )
        for life in lives
    )
    open_ = {line.life.serial for line in lines if line.is_open}
    return Ledger(
        found.therapy.coi,
        found.workflow.title,
        lines,
        counted(lives),
        tuple(life.serial for life in unsettled(lives) if life.serial in open_),
        others_labels(found),
    )


def _thing(found: TherapyView, subject: str) -> str:
    machine = found.workflow.machines[found.subjects[subject].machine]
    return f"{machine.title} {subject.partition('/')[2]}"


def _holders(tx: Transaction, found: TherapyView) -> Mapping[str, str]:
    """Who holds something of the therapy, each in words; what is no unit stays as it is."""
    units = units_by_id(tx)
    held = {one.position.holder for one in found.subjects.values()}
    return {one: units[one].in_words if one in units else one for one in held}


def _place(found: TherapyView, subject: str, places: Mapping[str, str]) -> str:
    thing = found.subjects[subject]
    state = found.state_title(thing.machine, thing.position.state)
    # What is over nobody has in hand: who it ended with may be the patient.
    if _is_over(found, subject):
        return state
    around = (f"in {one}" for one in _around(found, subject))
    return ", ".join((state, places[thing.position.holder], *around))


def _around(found: TherapyView, subject: str) -> tuple[str, ...]:
    """What is closed around a thing, as people call it, from the innermost layer on."""
    around = layers(found.subjects, found.subjects[subject])
    return tuple(_thing(found, one.id).lower() for one in around)


def _is_over(found: TherapyView, subject: str) -> bool:
    thing = found.subjects[subject]
    state = found.workflow.machines[thing.machine].states.get(thing.position.state)
    return state is None or state.final


def _stories(tx: Transaction, found: TherapyView) -> Mapping[str, list[Told]]:
    """What was told of each label, by its serial, oldest first."""
    turns = [
        (event, turn) for event in found.history for turn in event.content.get("label_turns", ())
    ]
    texts = texts_of(tx, {turn["reason"] for _event, turn in turns} - {"-"})
    told: dict[str, list[Told]] = {}
    for event in found.history:
        for label in event.content.get("labels", ()):
            told[label["serial"]] = [_told(found, event, LabelState.ISSUED)]
    for event, turn in turns:
        state, reason = LabelState(turn["after"]), turn["reason"]
        why = "" if reason == "-" else texts.get(reason, "(erased)")
        one = _told(found, event, state)
        told[turn["serial"]].append(replace(one, reason=why, pieces=turn["pieces"]))
    return told


def _told(found: TherapyView, event: Happened, state: LabelState) -> Told:
    name = found.names.get(event.actor, event.actor)
    return Told(event.seq, state, event.recorded_at, name, event.unit)
