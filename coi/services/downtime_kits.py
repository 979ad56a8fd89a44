"""Downtime kits: printed while all is well, for the day on which nothing can be reached.

A kit says how a therapy stood when it was printed, and goes out of date with each entry: so it is
printed anew each day, and each is on record with the entry up to which it tells.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem
from coi.reports.downtime_kit import Bundle, DowntimeKit, InKit, Line, Step, downtime_kits
from coi.services.copies import Paper, printed
from coi.services.digests import printed_tree
from coi.services.directory import ListedUnit, party_in_words, units_by_id
from coi.services.forms import Blank, Form, form_of
from coi.services.installation import Installation
from coi.services.likeness import is_like_others
from coi.services.looking import require_seen_whole, sees
from coi.services.old_labels import known_of
from coi.services.proofs import Proven, acting_or_program
from coi.services.reporting import name_of, software
from coi.services.soonest import due_in, soonest_first
from coi.services.therapies import TherapyView, view, wristband_of
from coi.services.worklist import Wanted, every_waiting
from coi.store.facts import sites
from coi.store.transactions import Transaction
from workflows.facts import Person, Subject
from workflows.labelled import donations_told
from workflows.possible import is_rare_among, lifts_nothing

MOST = 200
"""Of so many therapies the kits are drawn at once; somebody prints, cuts and files them by hand."""

_EXPIRES = "expires_at"
LOOK_ALIKE = (
    "LOOK-ALIKE: another patient has a similar name. Compare family name, birth date and"
    " number with the wristband and the signed order, letter by letter."
)
"""Of the other one it says nothing (SEC-48)."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a kit is used: the units of the record, and whose clock and country hold there."""

    units: Mapping[str, ListedUnit]
    unit: str
    person: Person
    is_anywhere: bool = False  # a kit that may be used at any site that takes part

    @property
    def zone(self) -> ZoneInfo:
        """In which times are told."""
        found = self.units.get(self.unit)
        return ZoneInfo(found.site.time_zone if found else "UTC")

    @property
    def country(self) -> str:
        """Whose rules say how many sign."""
        found = self.units.get(self.unit)
        return found.site.country if found else ""

    def compared_at(self, taking_part: frozenset[str]) -> frozenset[str]:
        """Where patients are compared: at the site of the unit, or wherever the person works.

        With a kit that may be used anywhere: at each site that takes part.
        """
        if self.is_anywhere:
            return taking_part
        works_at = {unit for _role, unit in self.person.roles}
        at = {self.unit} if self.unit in self.units else works_at & self.units.keys()
        return frozenset(self.units[unit].site.id for unit in at)


def write_downtime_kit(
    installation: Installation,
    by: Proven,
    coi: str,
    unit: str,
    *,
    is_anywhere: bool = False,
    key: str = "",
) -> bytes:
    """The kit of one therapy as PDF, for whoever works at this unit.

    One that may be used `is_anywhere` at the therapy's sites is read by the clock of the unit, and
    says of a patient at any of them that they look alike.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
        PrintedForThis: this request was answered with a copy before.
    """

    def found(tx: Transaction, person: Person) -> list[str]:
        require_seen_whole(tx, person, coi)
        return [coi]

    def place(tx: Transaction, person: Person) -> _Place:
        return _Place(units_by_id(tx), unit, person, is_anywhere)

    return _written(installation, by, Paper("downtime_kit", coi, key=key), place, found)


def write_downtime_kits(
    installation: Installation, by: Proven, wanted: Wanted, unit: str, key: str = ""
) -> bytes:
    """The kits of all therapies of a work list in one PDF, what is due first in front.

    Raises:
        DataRefused: there are none, or more than are printed at once.
        PrintedForThis: this request was answered with a copy before.
    """

    def found(tx: Transaction, person: Person) -> list[str]:
        waiting = every_waiting(tx, installation, person, wanted)
        # No further than it is known that they are too many: a list may have ten thousand.
        listed = [one.coi for one in islice(waiting, MOST + 1)]
        if len(listed) > MOST:
            raise DataRefused([Problem(_TOO_MANY)])
        cois = [coi for coi in listed if sees(tx, person, coi)]
        if not cois:
            raise DataRefused([Problem(_NONE)])
        return cois

    def place(tx: Transaction, person: Person) -> _Place:
        return _Place(units_by_id(tx), unit, person)

    return _written(installation, by, Paper("downtime_kits", unit, key=key), place, found)


_NONE = "no therapy is on this list"
_TOO_MANY = f"more than {MOST} therapies are on this list: narrow it down, to a phase or a unit"


def _written(
    installation: Installation,
    by: Proven,
    paper: Paper,
    used_at: Callable[[Transaction, Person], _Place],
    find: Callable[[Transaction, Person], list[str]],
) -> bytes:
    """Read all of it at one moment, then draw it, outside of any transaction."""

    def read(tx: Transaction) -> tuple[tuple[DowntimeKit, ...], str, str]:
        person = acting_or_program(tx, by).person
        cois, place = find(tx, person), used_at(tx, person)
        kits = tuple(_kit(tx, installation, coi, place) for coi in cois)
        return kits, name_of(tx, by), party_in_words(place.units, place.unit, "")

    kits, name, where = installation.read(read)
    now = installation.clock.now().astimezone(UTC)

    def draw(copy: int) -> bytes:
        bundle = Bundle(
            about=kits[0].coi if len(kits) == 1 else where,
            kits=kits,
            copy=copy,
            generated_at=now,
            generated_by=name,
            software=software(),
            demonstration=installation.demonstration,
        )
        return downtime_kits(bundle)

    return printed(installation, by, paper, draw)


# -- one therapy -----------------------------------------------------------------------------------


def _kit(tx: Transaction, installation: Installation, coi: str, place: _Place) -> DowntimeKit:
    found = view(tx, installation, coi)
    workflow, root, ordered = found.workflow, found.subjects[coi], found.history[0]
    compared_at = place.compared_at(sites(tx, coi))
    looks_alike = is_like_others(tx, installation, found.therapy.patient, compared_at)
    return DowntimeKit(
        coi=coi,
        therapy=workflow.title,
        workflow=f"{workflow.name}, version {workflow.version}",
        state=found.state_title(root.machine, root.position.state),
        ordered_at=_at(ordered.happened_at, place),
        ordered_by=party_in_words(place.units, ordered.unit, ""),
        donations=_donations(found),
        wristband=wristband_of(tx, coi),
        warnings=tuple(_warnings(found, looks_alike=looks_alike)),
        things=tuple(_things(found, place)),
        steps=tuple(_steps(found, due_in(tx, coi), place)),
        head_entry=found.therapy.next_seq - 1,
        head_hash=found.head_hash,
        tree=printed_tree(tx),
    )


def _at(text: str, place: _Place) -> datetime:
    return parse_rfc3339(text).astimezone(place.zone)


def _donations(found: TherapyView) -> tuple[str, ...]:
    known = known_of(found)
    numbers = (donations_told(known, subject) for subject in found.labels)
    return tuple(dict.fromkeys(number for each in numbers for number in each))


def _warnings(found: TherapyView, *, looks_alike: bool) -> Iterator[str]:
    if found.faults:
        yield "THE RECORD IS NOT AS IT WAS SIGNED: rely on nothing here, call quality assurance."
    if found.therapy.is_copied:
        yield "STILL BEING COPIED FROM PAPER: what stands there comes before what stands here."
    if found.therapy.stops:
        yield "ON HOLD: no step is taken before quality assurance lifts it."
    if looks_alike:
        yield LOOK_ALIKE


def _things(found: TherapyView, place: _Place) -> Iterator[InKit]:
    """What carries a label and is not at its end, in the order in which it came."""
    expiries = {one.subject: one.content for one in found.values if one.field == _EXPIRES}
    for subject in found.subjects.values():
        machine = found.workflow.machines[subject.machine]
        if subject.id not in found.labels or machine.states[subject.position.state].final:
            continue
        expires = expiries.get(subject.id)
        yield InKit(
            number=subject.id.removeprefix(f"{found.therapy.coi}/"),
            title=machine.title,
            state=machine.states[subject.position.state].title,
            label=found.labels[subject.id][-1],
            holder=_held(found, subject, place),
            expires_at=_at(expires, place) if expires else None,
            on_hold=subject.position.stops > 0,
        )


def _held(found: TherapyView, subject: Subject, place: _Place) -> str:
    told = party_in_words(place.units, subject.position.holder, found.therapy.patient)
    to = party_in_words(place.units, subject.position.consignee, found.therapy.patient)
    return f"{told}, on its way to {to}" if to else told


def _steps(found: TherapyView, due: Sequence[str], place: _Place) -> Iterator[Step]:
    """What people hope to do next, what is due in front.

    What is seldom done is written on the sheets for other steps.
    """
    subjects = found.subjects.values()
    for action in soonest_first(due, found.next_actions):
        if is_rare_among(action, subjects) or lifts_nothing(action, subjects, found.therapy.stops):
            continue
        form = form_of(found, action, place.country)
        yield Step(action.title, tuple(_lines(form)), form.is_at_the_patient)


def _lines(form: Form) -> Iterator[Line]:
    """What is scanned, asked, measured and signed, in the order of the step's own form."""
    for scanned in form.scans:
        yield Line(_capital(scanned), "as it is printed; who read it")
    if form.identifies:
        for n in (1, 2):
            yield Line(
                f"What the patient said to person {n}", "two identifiers, and the name of who heard"
            )
    for born in form.born:
        yield Line(f"{born.title}: how many", "and the label of each")
        for blank in born.each[0] if born.each else ():
            yield _line_of(blank, of=born.title)
    for blank in form.blanks:
        yield _line_of(blank)
    if form.is_sent:
        yield Line("To which unit")
    if not form.signatures:
        yield Line("Done by", "name, user name, time, signature")
    for rule in form.signatures:
        yield Line(
            f"Signed: {rule.meaning}", f"{_roles(rule.roles)}: name, user name, time, signature"
        )


def _line_of(blank: Blank, of: str = "") -> Line:
    choices = " / ".join(shown for _sent, shown in blank.choices)
    title = f"{of}: {blank.field.title.lower()}" if of else blank.field.title
    return Line(title, "; ".join(filter(None, (blank.hint, choices))))


def _roles(roles: Iterable[str]) -> str:
    return " or ".join(role.replace("_", " ") for role in roles)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
