"""The form of an action as one person is shown it, at one of their units."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from coi.errors import Unknown
from coi.services.benches import benches_at
from coi.services.corrections import blanks_of_correction
from coi.services.directory import ListedUnit
from coi.services.equipment_offers import with_equipment
from coi.services.forms import Blank, Form, asks_for_a_file, asks_for_equipment, form_of
from coi.services.installation import Installation
from coi.services.looking import TherapyNow, look_now
from coi.services.meant import in_words
from coi.services.sessions import SignedIn
from workflows.facts import Bench, Person
from workflows.guards.bench import CLEARED, HANDS_ON
from workflows.guards.sites import may_receive
from workflows.model import Action, Field, FieldKind, Verb

Given = MultiDict[str, str]

WHEN = Blank("happened_at", Field("happened_at", "When it happened", FieldKind.TIME, "*"))
"""Asked of what has happened already, beside the time at which it is recorded."""

_OF_SIGNER = re.compile(r"signer-([0-9]+)-([a-z_]+)")
_TITLES = {"unit": "Where it is done", "consignee": "To whom it goes", "codes": "Scanned codes"}
_TITLES |= {"bench": "At which bench", "again": "The same codes once more"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form, drawn for a person who acts at one of their units."""

    page: TherapyNow
    form: Form
    units: tuple[ListedUnit, ...]
    unit: str
    zone: str
    benches: tuple[Bench, ...]  # of hands-on work: those of the unit
    bench: str
    is_late: bool = False  # it has happened already, and is copied from paper
    moved_at: datetime | None = None  # when the therapy moved to its version of now
    asked_by: int = 0  # of what happened before: the version whose fields these are

    @property
    def every_blank(self) -> tuple[Blank, ...]:
        """Each field that is filled in; of what has happened already, first of all when."""
        return ((WHEN,) if self.is_late else ()) + self.form.every_blank

    @property
    def takes_files(self) -> bool:
        """Some field is filled in with a file."""
        return asks_for_a_file(self.every_blank)

    @property
    def asks_what_was_said(self) -> bool:
        """Of what has happened already one form tells what each signer heard."""
        return self.is_late and self.form.identifies

    @property
    def held_bench(self) -> Bench | None:
        """The chosen bench, if another therapy is on it."""
        free = {CLEARED, self.page.view.therapy.coi}
        chosen = (one for one in self.benches if one.serial == self.bench)
        return next((one for one in chosen if one.holds not in free), None)

    def now(self, moment: datetime) -> str:
        """A moment as the form's time fields show it."""
        return f"{moment.astimezone(ZoneInfo(self.zone)):%Y-%m-%dT%H:%M}"

    def signs(self, person: Person) -> int:
        """The number of the signature that is this person's; the first one if none is."""
        own = {role for role, _unit in person.roles}
        rules = enumerate(self.form.signatures, start=1)
        return next((n for n, rule in rules if own & {*rule.roles}), 1)

    @property
    def own_units(self) -> list[tuple[str, str]]:
        """Where the person can act, with its words."""
        return [(one.id, self.page.party(one.id)) for one in self.units]

    @property
    def own_benches(self) -> list[tuple[str, str]]:
        """The benches of the unit, with what is on them."""
        on_it = {CLEARED: "cleared"}
        return [(b.serial, f"{b.name} ({on_it.get(b.holds, b.holds)})") for b in self.benches]

    @property
    def parties(self) -> list[tuple[str, str]]:
        """To whom something can go, with their words."""
        sites = self.page.sites
        return self._chosen(lambda one: may_receive(one.site.id, one.site.kind, sites))

    def units_at(self, kind: str | None) -> list[tuple[str, str]]:
        """Every unit of a site of this kind, with its words."""
        return self._chosen(lambda one: one.site.kind == kind)

    def _chosen(self, fits: Callable[[ListedUnit], bool]) -> list[tuple[str, str]]:
        units = sorted(self.page.units.values(), key=lambda one: (one.site.name, one.name))
        return [(one.id, f"{one.site.name}, {one.name}") for one in units if fits(one)]

    def title_of(self, name: str) -> str:
        """What a field of the form is called on the page."""
        for blank in self.every_blank:
            if blank.name == name:
                return f"{blank.of} {blank.field.title}".strip()
        match = _OF_SIGNER.fullmatch(name)
        if match:
            return f"Signature {match[1]}, {match[2].replace('_', ' ')}"
        return _TITLES.get(name, name[:64])


def draw(
    installation: Installation, signed_in: SignedIn, coi: str, name: str, given: Given
) -> Sheet:
    """The form of an action as this person may see it; `given` is what they filled in before.

    Raises:
        Unknown: there is no such action, or no therapy that this person may see.
    """
    page = look_now(installation, signed_in, coi)
    action = page.view.workflow.actions.get(name)
    if action is None or action.verb is Verb.ORDER or not page.offers(action):
        raise Unknown("action", name)
    held = sorted({unit for _role, unit in signed_in.person.roles} & page.units.keys())
    unit = next((one for one in _wanted(signed_in, action, given) if one in held), "")
    country = page.units[unit].site.country if unit else ""
    benches = benches_at(installation, unit) if action.verb in HANDS_ON else ()
    form = form_of(page.view, action, country, dict(_counts(given)))
    if action.verb is Verb.CORRECT:
        form = replace(form, blanks=blanks_of_correction(installation, coi, page.view))
    form = replace(form, things=in_words(installation, page, form.things))
    form = _with_equipment(installation, form, unit)
    return Sheet(
        page,
        form,
        tuple(page.units[one] for one in held),
        unit,
        _zone(page, held, unit, given.get("zone", "")),
        benches,
        given.get("bench", signed_in.bench.strip("-")),
    )


def _with_equipment(installation: Installation, form: Form, unit: str) -> Form:
    """The form, with the equipment of the unit where some is asked for."""
    if not asks_for_equipment(form.action):
        return form
    now = installation.clock.now()
    return installation.read(lambda tx: with_equipment(tx, form, unit, now))


def form_again(installation: Installation, sheet: Sheet, action: Action, given: Given) -> Form:
    """The form of another version's action, for the same person at the same unit."""
    country = sheet.page.units[sheet.unit].site.country if sheet.unit else ""
    form = form_of(sheet.page.view, action, country, dict(_counts(given)))
    return _with_equipment(installation, form, sheet.unit)


def _zone(page: TherapyNow, held: Sequence[str], unit: str, chosen: str) -> str:
    """The time zone in which times are typed: as chosen, if the person works in it."""
    zones = {page.time_zone(one) for one in held}
    return chosen if chosen in zones else page.time_zone(unit)


def _wanted(signed_in: SignedIn, action: Action, given: Given) -> Iterator[str]:
    """Where it is done most likely: as chosen, where one works, where one may do it, anywhere."""
    yield given.get("unit", "")
    yield signed_in.unit
    roles = {who.role for who in action.who}
    yield from sorted(unit for role, unit in signed_in.person.roles if role in roles)
    yield from sorted(unit for _role, unit in signed_in.person.roles)


def _counts(given: Given) -> Iterator[tuple[str, int]]:
    """How many are born of each sort, as far as it is a number."""
    for name, text in given.items():
        if name.startswith("count-") and re.fullmatch(r"[0-9]{1,3}", text):
            yield name.removeprefix("count-"), int(text)
