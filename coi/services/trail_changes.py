"""What one entry of the trail changed, in words: of what, the old, the new, and why (A11d-12.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from coi.services.decoding import Content
from coi.services.directory import ListedUnit, party_in_words
from coi.services.entered import CHECKED, checked_in, entered_of, persons_in
from coi.services.entered import KIND as ENTERED
from coi.services.equipment import KIND, in_words
from coi.services.looks import REASONS
from coi.services.reasons import REASON
from coi.services.receipts import refusals_in
from coi.services.signatures import role_in_words
from coi.services.therapies import COMMITMENT
from coi.store.trail import attested_before, value_before
from coi.store.transactions import Transaction
from workflows.model import Workflow
from workflows.on_paper import FIELDS
from workflows.shift import KIND as SHIFT_KIND
from workflows.shift import NAMES, TOOK_PART
from workflows.shift import TITLES as SHIFT

ERASED = "(erased)"
SAID_ANEW = frozenset({"name", "printer", KIND})
"""The kinds of attestation of which a later one takes the place of the one before."""

Replaced: TypeAlias = tuple[str, int, str, str]
"""Chain and number of an entry, and what it attests about what."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an entry changed; '' where there was nothing before, or no reason is told."""

    thing: str
    what: str
    old: str
    new: str
    why: str = ""


REFUSED = "refused"
"""What stands for a change where a step was refused: its code, and why."""

NO_CHANGE = Change("", "", "", "")
"""What an entry shows that changed nothing but that it is there."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the words of several entries are looked up in, read of all at once."""

    texts: Mapping[str, str]  # commitment -> text, as far as it was not erased
    names: Mapping[str, str]  # person -> printed name
    units: Mapping[str, ListedUnit]
    before: Mapping[tuple[str, str, str, int, int], tuple[str, str]] = field(default_factory=dict)
    replaced: Mapping[Replaced, str] = field(default_factory=dict)

    def said(self, text: str) -> str:
        """A text of the ledger: opened where it is a commitment, '' where it says nothing."""
        if text in self.texts:
            return self.texts[text]
        return ERASED if COMMITMENT.fullmatch(text) else text.removeprefix("-")


def commitments_of(content: Content) -> Iterator[str]:
    """Every text that an entry may have committed to."""
    for value in content.get("values", ()):
        yield from (value["content"], value["reason"])
    yield from (turn["reason"] for turn in content.get("label_turns", ()))
    yield from (told["detail"] for told in content.get("attestations", ()))
    yield from content.get("notes", {}).values()
    yield content.get("document", {}).get("reason", "")


def corrected_in(tx: Transaction, content: Content) -> Iterator[tuple[Any, tuple[str, str]]]:
    """What stood before, of each value that an entry corrected."""
    chain = content["chain"]
    for value in content.get("values", ()):
        if value["revision"] > 1:
            yield _key(chain, value), value_before(tx, chain, value)


def replaced_in(tx: Transaction, content: Content) -> Iterator[tuple[Replaced, str]]:
    """What was said before, of what an entry says anew: a printed name, how a printer is."""
    chain, seq = content["chain"], content["seq"]
    for told in content.get("attestations", ()):
        kind, about = told["kind"], told["about"]
        if kind in SAID_ANEW and told["holds"]:
            yield (chain, seq, kind, about), attested_before(tx, chain, seq, kind, about)


def changes_in(content: Content, known: Known, workflow: Workflow | None) -> tuple[Change, ...]:
    """Each change that an entry made, as it says it itself."""
    changes = (
        *_refused(content, known),
        *_recorded(content, known, workflow),
        *_moved(content, known, workflow),
        *_labelled(content, known),
        *_registered(content, known),
        *_attested(content, known),
        *_documented(content, known),
        *_handed(content, known),
        *_checked(content, known),
        *_entered(content, known, workflow),
    )
    why = _why(content, known)
    if why and not any(one.why for one in changes):
        return (*changes, replace(NO_CHANGE, why=why))
    return changes


def _key(chain: str, value: Mapping[str, Any]) -> tuple[str, str, str, int, int]:
    return (chain, value["subject"], value["field"], value["occurrence"], value["revision"])


def _refused(content: Content, known: Known) -> Iterator[Change]:
    for one in refusals_in(content, known.texts):
        yield Change("", REFUSED, "", one.code, one.sentence)


def _recorded(content: Content, known: Known, workflow: Workflow | None) -> Iterator[Change]:
    for value in content.get("values", ()):
        old, unit = known.before.get(_key(content["chain"], value), ("", ""))
        thing = _thing(content, value["subject"], workflow)
        new = f"{_content(value, known)} {known.said(value['unit'])}".strip()
        before = f"{known.said(old)} {known.said(unit)}".strip()
        what = _title(workflow, content["action"], value["field"])
        yield Change(thing, what, before, new, known.said(value["reason"]))


def _content(value: Mapping[str, Any], known: Known) -> str:
    """What was recorded; who had a step in hand is told by name."""
    if value["field"] != TOOK_PART:
        return known.said(value["content"])
    return ", ".join(known.names.get(one, ERASED) for one in value["content"].split())


def _title(workflow: Workflow | None, action: str, name: str) -> str:
    """What a field or a test is called."""
    if workflow is not None:
        if name in workflow.tests:
            return workflow.tests[name].title
        first = [workflow.actions[action]] if action in workflow.actions else []
        for one in (*first, *workflow.actions.values()):
            for asked in one.fields:
                if asked.name == name:
                    return asked.title
    return FIELDS[name].title if name in FIELDS else name.replace("_", " ").capitalize()


def _moved(content: Content, known: Known, workflow: Workflow | None) -> Iterator[Change]:
    for move in content.get("moves", ()):
        before, after = move["from"], move["to"]
        thing = _thing(content, move["subject"], workflow)
        for what, old, new in (
            ("state", *(_state(workflow, move["machine"], at["state"]) for at in (before, after))),
            ("custody", *(_custody(known, at) for at in (before, after))),
            ("stops", str(before["stops"]), str(after["stops"])),
        ):
            if old != new:
                yield Change(thing, what, old, new)


def _thing(content: Content, subject: str, workflow: Workflow | None) -> str:
    """What a subject is called, with what tells it from its like."""
    machines = [*content.get("moves", ()), *content.get("subjects", ())]
    names = {one.get("subject", one.get("id")): one["machine"] for one in machines}
    machine = workflow.machines.get(names.get(subject, "")) if workflow else None
    number = subject.removeprefix(content["chain"]).removeprefix("/")
    return f"{machine.title if machine else ''} {number}".strip()


def _state(workflow: Workflow | None, machine: str, state: str) -> str:
    found = workflow.machines.get(machine) if workflow else None
    known = found.states.get(state) if found else None
    return known.title if known else state


def _custody(known: Known, at: Mapping[str, str]) -> str:
    """Who has it, and to whom it is on the way; patients are never named."""
    holder, consignee = (_party(known, at[name]) for name in ("holder", "consignee"))
    return f"{holder}, on the way to {consignee}" if consignee else holder


def _party(known: Known, party: str) -> str:
    words = party_in_words(known.units, party, "")
    # Who is no unit and no end is the patient of the therapy.
    is_end = party.isalpha() and party.islower()
    return words if party in known.units or party == "-" or is_end else "the patient"


def _labelled(content: Content, known: Known) -> Iterator[Change]:
    for turn in content.get("label_turns", ()):
        thing, why = f"label {turn['serial']}", known.said(turn["reason"])
        yield Change(thing, "label", turn["before"], turn["after"], why)


def people_in(content: Content) -> Iterator[str]:
    """Everybody whom an entry names, but for its signers."""
    yield content["actor"]
    yield from (told["about"] for told in content.get("attestations", ()))
    yield from (told["person"] for told in content.get("registers", {}).get("locks", ()))
    for value in content.get("values", ()):
        yield from value["content"].split() if value["field"] == TOOK_PART else ()
    yield from persons_in(content.get("document", {}))


def _registered(content: Content, known: Known) -> Iterator[Change]:
    """Which account was opened, and whose password was tried in vain by somebody else."""
    registers = content.get("registers", {})
    for told in registers.get("accounts", ()):
        yield Change("", "account", "", str(told["username"]))
    for told in registers.get("locks", ()):
        yield Change("", "password tried", "", f"of {known.names.get(told['person'], ERASED)}")


def _attested(content: Content, known: Known) -> Iterator[Change]:
    """What was vouched for, about whom or what, until when; or that it ended."""
    for told in content.get("attestations", ()):
        about = known.names.get(told["about"], known.said(told["about"]))
        at = known.units.get(told["unit"])
        place = f"at {at.name}, {at.site.name}" if at else ""
        until = "" if told["valid_until"] == "-" else f"until {told['valid_until'][:10]}"
        words = (
            role_in_words(told["role"]),
            place,
            until,
            _detail(told["kind"], told["detail"], known),
        )
        new = ", ".join(filter(None, words))
        holds = told["holds"] == 1
        before = known.replaced.get((content["chain"], content["seq"], told["kind"], told["about"]))
        old = _detail(told["kind"], before or "", known) if holds else new or "it held"
        yield Change(about, told["kind"], old, new if holds else "", _why(content, known))


def _detail(kind: str, detail: str, known: Known) -> str:
    """What an attestation says besides; of equipment it is kept as an object."""
    text = known.said(detail)
    return in_words(text) if kind == KIND else text


def _documented(content: Content, known: Known) -> Iterator[Change]:
    """What was printed, sent, taken along or looked at."""
    document = content.get("document")
    if document and document["kind"] not in {SHIFT_KIND, ENTERED, CHECKED}:
        reason = document.get("reason", "")
        why = REASONS.get(reason, known.said(reason))
        copy = f"copy {document['copy']}" if "copy" in document else ""
        what = document["kind"].replace("_", " ")
        thing = known.names.get(document["about"], document["about"])
        old, new = document.get("before", ""), document.get("after", copy)
        yield Change(thing, what, old, new, why or _why(content, known))


def _handed(content: Content, known: Known) -> Iterator[Change]:
    """To whom a step was handed, or from whom it was taken, and what was said of it."""
    if content["action"] not in SHIFT:
        return
    document, notes = content["document"], content.get("notes", {})
    for name, what in (("to", "handed to"), ("from", "taken from")):
        if name in document:
            yield Change(document["step"], what, "", known.names.get(document[name], ERASED))
    for name, title in NAMES.items():
        if name in notes:
            yield Change(document["step"], title.lower(), "", known.said(notes[name]))


def _checked(content: Content, known: Known) -> Iterator[Change]:
    """At which registered devices each of two who checked had it in hand."""
    for person, devices in checked_in(content.get("document", {})):
        yield Change(known.names.get(person, ERASED), "checked at", "", devices)


def _entered(content: Content, known: Known, workflow: Workflow | None) -> Iterator[Change]:
    """Who gave which answer of a step that changed hands."""
    for one in entered_of(workflow, content) if workflow else ():
        yield Change(one.title, "entered by", "", f"{known.names.get(one.person, ERASED)} {one.at}")


def _why(content: Content, known: Known) -> str:
    """The reason that somebody gave for a change of what is kept; '' where none is told."""
    return known.said(content.get("notes", {}).get(REASON, ""))
