"""What was captured without a line and waits for a person: what it says, and what is against it.

Nothing of it is taken for done. The record says how the things stand now; whoever was there enters
late what happened, says which entry tells it already, or quality assurance sets it aside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from coi.clock import parse_rfc3339
from coi.errors import Unknown
from coi.services.answers import Answer, answer
from coi.services.captures import (
    MOVED,
    OTHER,
    RECEIVED,
    RELEASED,
    Capture,
    capture_of,
)
from coi.services.devices import KIND
from coi.services.directory import ListedUnit, party_in_words, units_by_id
from coi.services.installation import Installation
from coi.services.looking import look_at, sees
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.services.proofs import QA
from coi.services.scanning import Code, resolve
from coi.services.sessions import SignedIn
from coi.services.therapies import Happened, view
from coi.store.captures import (
    FORK,
    CaptureRow,
    capture_named,
    open_captures,
    settled_as,
)
from coi.store.kept import every_kept, kept
from coi.store.people import printed_names
from coi.store.transactions import Transaction
from workflows.facts import Label, Order, Person, Scan, Wristband
from workflows.model import Action, Verb, Workflow

VERBS: Mapping[str, frozenset[Verb]] = {
    RELEASED: frozenset({Verb.RELEASE_CUSTODY}),
    RECEIVED: frozenset({Verb.ACCEPT, Verb.TAKE_BACK}),
    MOVED: frozenset({Verb.RELOCATE, Verb.PACK, Verb.UNPACK}),
    OTHER: frozenset(Verb) - {Verb.ORDER},
}
"""What a handoff of each kind is called by the workflows."""

CLOCKS_DIFFER = timedelta(hours=1)
NEVER, FIRST_DEVICES = "1970-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
"""What a clock says that was never set; and before which there was no device of any house."""

SAME_MOMENT = timedelta(minutes=30)
"""Within this an entry of the same sort is taken to tell of the same handoff, until a person says
otherwise."""

DEVICE = "captured without a line"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One capture that is not settled, or was: at which unit, what it holds, who handed it in."""

    id: str
    unit: ListedUnit
    capture: Capture
    handed_in_at: str
    by: str
    is_forked: bool
    registered_at: str = ""  # its device; '' of one that was ended, or is of no house of ours

    @property
    def happened_at(self) -> datetime | None:
        """When it happened, as the device claims; None where that cannot be believed.

        No device captures anything before it is registered, or after it handed it in.
        """
        at = parse_rfc3339(self.capture.at or NEVER)
        first = parse_rfc3339(self.registered_at or FIRST_DEVICES) - CLOCKS_DIFFER
        return at if first <= at <= parse_rfc3339(self.handed_in_at) + CLOCKS_DIFFER else None

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes, as they were entered."""
        return tuple(Code(one.raw, one.how, DEVICE) for one in self.capture.codes)


@dataclass(frozen=True, slots=True)
class Against:
    """One thing that does not fit: a stable code, and why, in words."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Telling:
    """An entry that may tell of the same handoff."""

    coi: str
    seq: int
    title: str
    happened_at: str
    is_late: bool
    is_near: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """One capture beside the record."""

    waiting: Waiting
    answer: Answer
    against: tuple[Against, ...]
    telling: tuple[Telling, ...]
    steps: tuple[tuple[str, Action], ...]  # what could be entered late, of which therapy
    settled: str  # what became of it; '' as long as nobody has said


def captures_waiting(installation: Installation, signed_in: SignedIn) -> tuple[Waiting, ...]:
    """Every capture that nobody has settled and that concerns this person; the oldest first."""

    def look(tx: Transaction) -> tuple[Waiting, ...]:
        units, person = units_by_id(tx), signed_in.person
        rows = [one for one in open_captures(tx) if _is_shown(tx, person, one, units)]
        names = printed_names(tx, {one.by for one in rows})
        devices = {one.id: one.since for one in every_kept(tx, KIND)} if rows else {}
        found = (_waiting(one, units, names, devices) for one in rows)
        return tuple(sorted(found, key=lambda one: (one.capture.at, one.id)))

    return installation.read(look)


def captures_open(installation: Installation) -> int:
    """How many captures nobody has settled, wherever they were made."""
    return installation.read(lambda tx: len(open_captures(tx)))


def examine(installation: Installation, signed_in: SignedIn, identifier: str) -> Examined:
    """What the record makes of a capture, for a person of its site.

    Raises:
        Unknown: there is no such capture, or none at their sites; nobody can tell which.
    """

    def look(tx: Transaction) -> tuple[Waiting, tuple[Against, ...], tuple[Telling, ...], str]:
        waiting = shown_to(tx, signed_in.person, identifier)
        looked = _Looked(tx, installation, signed_in.person, waiting)
        telling = tuple(looked.telling())
        return waiting, tuple(looked.against(telling)), telling, settled_as(tx, identifier)

    waiting, against, telling, settled = installation.read(look)
    found = answer(installation, signed_in, waiting.codes)
    cois = dict.fromkeys(one.coi for one in found.found if one.coi)
    steps = tuple(
        (coi, action)
        for coi in (() if settled else cois)
        for action in look_at(installation, signed_in, coi).tellable
        if action.verb in VERBS[waiting.capture.kind]
    )
    return Examined(waiting, found, against, telling, steps, settled)


def shown_to(tx: Transaction, person: Person, identifier: str) -> Waiting:
    """The capture of this id, where it concerns the person.

    Raises:
        Unknown: there is none, or none that does; nobody can tell which.
    """
    row = capture_named(tx, identifier) if identifier.isascii() else None
    units = units_by_id(tx)
    if row is None or not _is_shown(tx, person, row, units):
        raise Unknown("capture", identifier)
    device = kept(tx, KIND, capture_of(row.text).device)
    devices = {device.id: device.since} if device else {}
    return _waiting(row, units, printed_names(tx, {row.by}), devices)


def may_tell(
    tx: Transaction, installation: Installation, person: Person, waiting: Waiting
) -> tuple[Telling, ...]:
    """The entries that may tell of the same, which this person sees."""
    return tuple(_Looked(tx, installation, person, waiting).telling())


def _is_shown(
    tx: Transaction, person: Person, row: CaptureRow, units: Mapping[str, ListedUnit]
) -> bool:
    """It is of their site; or of a therapy that they answer for, as quality assurance elsewhere."""
    at = sites_with(person, Permission.SEE_THERAPIES)
    if at & {units[row.unit].site.id, EVERYWHERE}:
        return True
    if QA not in {role for role, _unit in person.roles}:
        return False
    scans = (resolve(tx, Code(one.raw, one.how)) for one in capture_of(row.text).codes)
    means = (scan.means for scan in scans)
    return any(sees(tx, person, one.coi) for one in means if isinstance(one, Label | Order))


def _waiting(
    row: CaptureRow,
    units: Mapping[str, ListedUnit],
    names: Mapping[str, str],
    devices: Mapping[str, str],
) -> Waiting:
    by, is_forked, capture = names.get(row.by, "(erased)"), row.kind == FORK, capture_of(row.text)
    since = devices.get(capture.device, "")
    return Waiting(row.id, units[row.unit], capture, row.since, by, is_forked, since)


@dataclass(frozen=True, slots=True)
class _Looked:
    """Who looks at which capture, and where."""

    tx: Transaction
    installation: Installation
    person: Person
    waiting: Waiting

    @property
    def scans(self) -> tuple[Scan, ...]:
        return tuple(resolve(self.tx, code) for code in self.waiting.codes)

    @property
    def cois(self) -> tuple[str, ...]:
        """The therapies of the codes that this person sees."""
        found = (one.means.coi for one in self.scans if isinstance(one.means, Label | Order))
        return tuple(dict.fromkeys(coi for coi in found if sees(self.tx, self.person, coi)))

    def telling(self) -> Iterator[Telling]:
        """Entries of the same sort, about the same things, at or after that time."""
        named = {one.means.subject for one in self.scans if isinstance(one.means, Label)}
        for coi in self.cois:
            therapy = view(self.tx, self.installation, coi)
            for event in therapy.history:
                if self._may_be(event, therapy.workflow, named):
                    yield self._telling(coi, event)

    def _may_be(self, event: Happened, workflow: Workflow, named: set[str]) -> bool:
        action = workflow.actions.get(event.action)
        verbs = VERBS[self.waiting.capture.kind]
        moved = {move["subject"] for move in event.content.get("moves", ())}
        is_of_it = action is not None and action.verb in verbs and event.kind != "refused"
        at = self.waiting.happened_at
        is_after = at is None or _moment(event) >= at - CLOCKS_DIFFER
        return is_of_it and (not named or named <= moved) and is_after

    def _telling(self, coi: str, event: Happened) -> Telling:
        at = self.waiting.happened_at
        is_near = at is not None and abs(_moment(event) - at) <= SAME_MOMENT
        late = event.kind == "late"
        return Telling(coi, event.seq, event.title, event.happened_at, late, is_near)

    def against(self, telling: tuple[Telling, ...]) -> Iterator[Against]:
        """Everything that does not fit, in the order of the codes."""
        if self.waiting.is_forked:
            yield Against("FORKED", "It does not follow what this device captured before")
        for reason in self.waiting.capture.unread:
            yield Against("READ_IN_PART", reason)
        if self.waiting.happened_at is None:
            yield Against("TIME_NOT_BELIEVED", "The clock of the device was wrong at that time")
        if len(self.cois) > 1:
            yield Against("TWO_THERAPIES", f"Its codes belong to {len(self.cois)} therapies")
        for scan in self.scans:
            yield from self._against_one(scan)
        for one in telling:
            if one.is_near:
                told = f"Entry {one.seq} of {one.coi} tells of the same sort at that time"
                yield Against("RECORDED_ALREADY", told)

    def _against_one(self, scan: Scan) -> Iterator[Against]:
        means = scan.means
        is_foreign = isinstance(means, Label | Order) and means.coi not in self.cois
        if means is None or is_foreign:
            yield Against("NOT_KNOWN", f"{scan.raw} is not known here, or is not for you to see")
        elif isinstance(means, Wristband) and not means.current:
            yield Against("OLD_WRISTBAND", f"{scan.raw} was replaced by a newer wristband")
        elif isinstance(means, Label):
            yield from self._elsewhere(means)

    def _elsewhere(self, label: Label) -> Iterator[Against]:
        """A thing that stands where this handoff could not have begun."""
        subject = view(self.tx, self.installation, label.coi).subjects[label.subject]
        at, kind = subject.position, self.waiting.capture.kind
        here = at.consignee if kind == RECEIVED else at.holder
        if kind in {RELEASED, RECEIVED, MOVED} and here != self.waiting.unit.id:
            where = party_in_words(units_by_id(self.tx), at.holder, label.patient)
            yield Against("ELSEWHERE", f"{subject.id} is, by the record: {where}")
        if at.stops:
            yield Against("ON_HOLD", f"{subject.id} is on hold by now")


def _moment(event: Happened) -> datetime:
    return parse_rfc3339(event.happened_at)
