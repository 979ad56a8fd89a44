"""Look at one therapy: where everything is, who holds it, what happened, what could be next."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from coi.errors import Unknown
from coi.ledger.shown import ENTRY, LINK, THING, Entry, Fault, Shown, faults_of
from coi.services.decoding import content_of_text, signatures_of_text
from coi.services.entered import Entered, entered_of
from coi.services.installation import Installation
from coi.services.receipts import refusals_in
from coi.services.standing_in import Signing, stood_in_for
from coi.services.versions import earlier_versions, workflow_of
from coi.store import facts, lists, registers
from coi.store.entries import entries_of
from coi.store.labels import labels_of
from coi.store.people import printed_names, usernames_of
from coi.store.signatures import signatures_of
from coi.store.transactions import Transaction
from workflows import alarms, label_deeds, shift, told_by_others
from workflows.alarms import KINDS, AlarmDeed, Rings
from workflows.expansion import MIGRATE
from workflows.facts import Link, Subject, Therapy, Value
from workflows.guards.treating import is_answer
from workflows.migrating import MIGRATION_TITLE
from workflows.model import Action, QualityTest, Workflow
from workflows.on_paper import TITLES
from workflows.possible import decides_release, possible_actions
from workflows.refusal import Refusal
from workflows.told_by_others import NAMES, TAKE_STATEMENT
from workflows.treating import ASKED, FIELDS
from workflows.versions import Earlier, version_at

# What is confidential stands in the ledger as a salted commitment: a SHA-256 in hexadecimal digits.
COMMITMENT = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Outline:
    """How one therapy stands now; what happened before is not read for it."""

    therapy: Therapy
    workflow: Workflow
    subjects: Mapping[str, Subject]


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it is shown: printed name, user name, role, meaning, time."""

    person: str
    printed_name: str
    username: str
    role: str
    meaning: str
    signed_at: str
    deputy_of: str = ""  # under a release: for whom they stood in then, by name


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry as it is shown."""

    seq: int
    hash: str
    kind: str
    action: str
    title: str
    actor: str
    role: str
    unit: str
    happened_at: str
    recorded_at: str
    content: Mapping[str, Any]
    signatures: tuple[Signed, ...]
    refusals: tuple[Refusal, ...]
    said: Mapping[str, str] = field(default_factory=dict)  # a statement, or what is done about it
    entered: tuple[Entered, ...] = ()  # who gave which answer, where the step changed hands


@dataclass(frozen=True, slots=True)
class TherapyView:
    """Everything that is known of one therapy; patients by id only, texts as far as not erased."""

    therapy: Therapy
    workflow: Workflow
    subjects: Mapping[str, Subject]
    labels: Mapping[str, tuple[str, ...]]  # subject -> serials, oldest first
    links: tuple[Link, ...]
    values: tuple[Value, ...]
    texts: Mapping[str, str]  # commitment -> text
    history: tuple[Happened, ...]
    next_actions: tuple[Action, ...]
    names: Mapping[str, str]  # person -> printed name
    head_hash: str
    earlier: tuple[Earlier, ...] = ()  # the versions by which it ran before, oldest first
    check: Callable[[], tuple[Fault, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What of this is not what was signed; looked for once, when it is asked first."""
        return self.check()

    def is_invalid(self, sort: str, *key: str | int) -> bool:
        """This is not what was signed, or stands in the shadow of an entry that is not."""
        return any(one.sort == ENTRY or (one.sort, one.key) == (sort, key) for one in self.faults)

    def is_thing_invalid(self, name: str) -> bool:
        """Where it stands is not what was signed, or what it is made of or holds."""
        links = (one for one in self.faults if one.sort == LINK)
        return self.is_invalid(THING, name) or any(name in one.key[:2] for one in links)

    def is_entry_invalid(self, seq: int) -> bool:
        """Something that the entry tells is not as it was signed; or the entry itself."""
        return any(one.entry == seq for one in self.faults)

    @property
    def runs_since(self) -> Happened:
        """The entry from which on it runs by its version: the order, or its last move to one."""
        moves = (event for event in reversed(self.history) if event.kind == MIGRATE)
        return next(moves, self.history[0])

    @property
    def tests(self) -> Mapping[str, QualityTest]:
        """What is tested by this version, and after it what earlier ones tested besides."""
        older = {n: test for one in self.earlier for n, test in one.workflow.tests.items()}
        return {
            **self.workflow.tests,
            **{n: t for n, t in older.items() if n not in self.workflow.tests},
        }

    def state_title(self, machine: str, state: str) -> str:
        """What a state is called, by the newest version that has it."""
        older = (one.workflow for one in reversed(self.earlier))
        known = (one.machines.get(machine) for one in (self.workflow, *older))
        found = (one.states.get(state) for one in known if one)
        return next((one.title for one in found if one), state)


def commitments_in(content: Mapping[str, Any], but: tuple[str, ...] = ()) -> Iterator[str]:
    """The texts that an entry of a therapy committed to, but for notes whose names begin so."""
    found = [one[name] for one in content.get("values", ()) for name in ("content", "reason")]
    found += [turn["reason"] for turn in content.get("label_turns", ())]
    notes = content.get("notes", {})
    found += [text for name, text in notes.items() if not name.startswith(but)]
    yield from filter(COMMITMENT.fullmatch, found)


def look(installation: Installation, coi: str) -> TherapyView:
    """One therapy, as one consistent reading.

    Raises:
        Unknown: there is no such therapy.
    """
    return installation.read(lambda tx: view(tx, installation, coi))


def view(tx: Transaction, installation: Installation, coi: str) -> TherapyView:
    """The same, inside a transaction."""
    found = facts.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    therapy, head = found
    workflow = workflow_of(tx, installation, therapy)
    subjects = facts.subjects(tx, coi)
    values = facts.values(tx, coi)
    earlier = earlier_versions(tx, installation, therapy)
    entries = decoded(entries_of(tx, coi))
    signatures = signatures_of(tx, coi)
    told = told_of(tx, workflow, earlier, entries, signatures.usernames)
    history = _as_deputies(tx, workflow, told)
    people = {one.person for event in history for one in event.signatures}
    people |= {event.actor for event in history}
    people |= {one.person for event in history for one in event.entered}
    shown = Shown(
        therapy,
        subjects=subjects,
        values=values,
        links=facts.links(tx, coi),
        labels=labels_of(tx, coi),
        signatures=signatures.rows,
    )
    return TherapyView(
        therapy=therapy,
        workflow=workflow,
        subjects=subjects,
        labels=shown.labels,
        links=tuple(shown.links),
        values=values,
        texts=registers.texts_of(tx, filter(COMMITMENT.fullmatch, (v.content for v in values))),
        history=history,
        next_actions=tuple(_next(workflow, subjects, values)),
        names=printed_names(tx, people),
        head_hash=head.hash,
        earlier=earlier,
        check=cache(partial(faults_of, shown, entries)),
    )


def _next(
    workflow: Workflow, subjects: Mapping[str, Subject], values: Iterable[Value]
) -> Iterator[Action]:
    """What could be next; nobody answers who was not asked."""
    told = [value for value in values if value.field in FIELDS]
    newest = max(told, key=lambda value: value.occurrence, default=None)
    is_asked = newest is not None and newest.field == ASKED
    for action in possible_actions(workflow, subjects):
        if is_asked or not is_answer(action):
            yield action


def outline(tx: Transaction, installation: Installation, coi: str) -> Outline:
    """How a therapy stands now.

    Raises:
        Unknown: there is no such therapy.
    """
    found = facts.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    therapy = found[0]
    workflow = workflow_of(tx, installation, therapy)
    return Outline(therapy, workflow, facts.subjects(tx, coi))


def told_of(
    tx: Transaction,
    workflow: Workflow,
    earlier: tuple[Earlier, ...],
    entries: Sequence[Entry],
    usernames: Mapping[str, str],
) -> tuple[Happened, ...]:
    """Entries as they are shown, by their own bytes; the texts of all are read at once."""
    names = {one["printed_name"] for entry in entries for one in entry.signed}
    notes = {note for one in entries for note in one.content.get("notes", {}).values()}
    texts = registers.texts_of(tx, names | notes)
    return tuple(
        _happened(version_at(entry.content["seq"], workflow, earlier), entry, texts, usernames)
        for entry in entries
    )


def decoded(found: Iterable[tuple[str, str, str]]) -> tuple[Entry, ...]:
    """Entries of which hash, content and signatures are given, as they are stored.

    Raises:
        RecordDamaged: one of them cannot be read.
    """
    return tuple(
        Entry(hash_, text, signed, content_of_text(text), signatures_of_text(signed))
        for hash_, text, signed in found
    )


def _happened(
    workflow: Workflow, entry: Entry, texts: Mapping[str, str], usernames: Mapping[str, str]
) -> Happened:
    """One entry as it is shown."""
    content, name = entry.content, entry.content["action"]
    return Happened(
        seq=content["seq"],
        hash=entry.hash,
        kind=content["kind"],
        action=name,
        title=_title_of(workflow, content),
        actor=content["actor"],
        role=content["role"],
        unit=content["unit"],
        happened_at=content["happened_at"],
        recorded_at=content["recorded_at"],
        content=content,
        signatures=signed_of(entry.signed, texts, usernames),
        refusals=refusals_in(content, texts) if content["kind"] == "refused" else (),
        said=_said(content, texts),
        entered=entered_of(workflow, content),
    )


def _title_of(workflow: Workflow, content: Mapping[str, Any]) -> str:
    """What was done; of an alarm, which one it is, and of a handing over, which step."""
    title = title_of(workflow, content["action"])
    if content["action"] in shift.TITLES:
        return f"{title}: {title_of(workflow, content['document']['step'])}"
    if content["action"] not in _OF_ALARMS:
        return title
    return f"{title}: {KINDS[Rings(content['document']['alarm'])].title.lower()}"


def _said(content: Mapping[str, Any], texts: Mapping[str, str]) -> Mapping[str, str]:
    """What somebody without an account stated, or does about an alarm: by what it is called."""
    if content["action"] not in _SAYING:
        return _NOTHING
    notes = content.get("notes", {})
    names = {**NAMES, "reason": "What they do about it", **shift.NAMES}
    return {names[one]: texts.get(notes[one], "(erased)") for one in names if one in notes}


def signed_of(
    signed: Iterable[Mapping[str, str]], texts: Mapping[str, str], usernames: Mapping[str, str]
) -> tuple[Signed, ...]:
    """The signatures of an entry as they are shown, in the order of signing."""
    return tuple(
        Signed(
            one["person"],
            texts.get(one["printed_name"], "(erased)"),
            usernames.get(one["person"], ""),
            one["role"],
            one["meaning"],
            one["signed_at"],
        )
        for one in signed
    )


def _as_deputies(
    tx: Transaction, workflow: Workflow, history: tuple[Happened, ...]
) -> tuple[Happened, ...]:
    """The entries; below a release, each signature with whom its signer was the deputy of then."""
    deciding = {one.name for one in workflow.actions.values() if decides_release(workflow, one)}
    releases = {event.seq: event.signatures for event in history if event.action in deciding}
    of_each = stood_in_for(tx, {_signing(one) for by in releases.values() for one in by})
    if not any(of_each.values()):
        return history
    return tuple(
        replace(
            event,
            signatures=tuple(
                replace(one, deputy_of=of_each[_signing(one)]) for one in event.signatures
            ),
        )
        if event.seq in releases
        else event
        for event in history
    )


def _signing(one: Signed) -> Signing:
    return one.person, one.role, one.signed_at


def title_of(workflow: Workflow, name: str) -> str:
    """What a definition calls an action, or the product one of its own."""
    action = workflow.actions.get(name)
    return action.title if action else _TITLES.get(name, str(name))


_OF_ALARMS = frozenset(deed.value for deed in AlarmDeed)
_SAYING = frozenset({TAKE_STATEMENT, AlarmDeed.ACKNOWLEDGE.value, *shift.TITLES})
_NOTHING: Mapping[str, str] = {}
_TITLES: Mapping[str, str] = {
    MIGRATE: MIGRATION_TITLE,
    **TITLES,
    **label_deeds.TITLES,
    **alarms.TITLES,
    **told_by_others.TITLES,
    **shift.TITLES,
}


def wristband_of(tx: Transaction, coi: str) -> str:
    """The serial of the current wristband of a therapy's patient; '' for none."""
    found = facts.therapy(tx, coi)
    band = facts.wristband(tx, found[0].patient) if found else None
    return band[0].serial if band else ""


def list_therapies(installation: Installation) -> list[tuple[str, str, str]]:
    """Every therapy: COI, workflow, state of the therapy; newest order first."""
    found = installation.read(lists.therapies)
    return [(coi, workflow, state) for coi, workflow, _version, state in found]


def known_usernames(installation: Installation, people: set[str]) -> Mapping[str, str]:
    """The user names behind person ids."""
    return installation.read(lambda tx: usernames_of(tx, people))
