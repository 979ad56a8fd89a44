"""The form of an order as one person is shown it, and what they hand in: all of it, or why not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from coi.services.directory import ListedUnit
from coi.services.forms import Blank
from coi.services.order_comparing import implausible_days
from coi.services.order_file import Unreadable, read_identifier
from coi.services.ordering import CONSENT_FIELD, NewOrder
from coi.services.placing import OrderPage, order_page
from coi.services.vault import IDENTITY_FIELDS
from coi.web import here
from coi.web.reading import Misread, with_zone
from coi.web.sheet import Given
from workflows import fields as recorded
from workflows.model import Field, FieldKind

IDENTITY: Mapping[str, str] = {
    "family_name": "Family name",
    "given_name": "Given name",
    "birth_date": "Birth date",
    "sex": "Sex",
    "medical_record_number": "Medical record number",
}
"""What tells the patient from others, as the form calls it."""

SEX: Mapping[str, str] = {"F": "Female", "M": "Male", "X": "Other", "U": "Unknown"}

CONSENT = Field(CONSENT_FIELD, "Consent signed on", FieldKind.DATE, "*", required=False)
_PREFIX = "patient-"
_MISSING = "is missing"


@dataclass(frozen=True, slots=True)
class OrderForm:
    """The form of one therapy's order, drawn for a person who works at one of their units."""

    page: OrderPage
    unit: str
    zone: str
    today: date

    @property
    def own_units(self) -> list[tuple[str, str]]:
        """Where the person can order, with its words."""
        return [_choice(one) for one in self.page.own]

    def units_at(self, kind: str | None) -> list[tuple[str, str]]:
        """Every unit of a site of this kind, with its words."""
        return [_choice(one) for one in self.page.units if one.site.kind == kind]

    @property
    def titles(self) -> Mapping[str, str]:
        """What each field of the form is called on the page, in the order of the page."""
        return {
            **{identity_name(name): title for name, title in IDENTITY.items()},
            "unit": "Where it is ordered",
            **{blank.name: blank.field.title for blank in self.page.blanks},
            CONSENT_FIELD: CONSENT.title,
        }

    def title_of(self, name: str) -> str:
        """What a field of the form is called on the page."""
        return self.titles.get(name, "The form")

    def place_of(self, name: str) -> int:
        """Where a field of the form stands on the page."""
        return [*self.titles, name].index(name)

    def field_named(self, column: str) -> str:
        """The field of the form that asks for a column of an order."""
        if column in IDENTITY:
            return identity_name(column)
        names = {blank.field.name: blank.name for blank in self.page.blanks}
        return names.get(column, column)


def draw_order(workflow: str, given: Given) -> OrderForm:
    """The form, at the unit that was chosen or where one works.

    Raises:
        Unknown: no such workflow is installed.
    """
    installation, somebody = here.installation(), here.somebody()
    page = order_page(installation, somebody, workflow)
    zones = {unit.id: unit.site.time_zone for unit in page.own}
    only = next(iter(zones)) if len(zones) == 1 else ""
    chosen = (given.get("unit", ""), somebody.unit, only)
    unit = next((one for one in chosen if one in zones), "")
    zone = zones.get(unit, "UTC")
    return OrderForm(page, unit, zone, installation.clock.now().astimezone(ZoneInfo(zone)).date())


def identity_name(name: str) -> str:
    """Under which name the form sends an identifier."""
    return f"{_PREFIX}{name}"


def _choice(unit: ListedUnit) -> tuple[str, str]:
    return unit.id, f"{unit.site.name}, {unit.name}"


def read_order(form: OrderForm, given: Given) -> NewOrder:
    """The order that somebody has filled in.

    Raises:
        Misread: a field is missing, unreadable, or not possible; says of each why.
        DataRefused: it is more than any order asks.
    """
    errors: dict[str, str] = {}
    identity = dict(_identity(given, errors))
    values = dict(_values(form, form.page.blanks, given, errors))
    consent = dict(_values(form, [Blank(CONSENT_FIELD, CONSENT)], given, errors))
    if given.get("unit", "") not in dict(form.own_units):
        errors["unit"] = _MISSING if not given.get("unit") else "is none of yours"
    for column, reason in implausible_days({**identity, **values, **consent}, form.today):
        errors.setdefault(form.field_named(column), reason)
    if errors:
        raise Misread({name: errors[name] for name in sorted(errors, key=form.place_of)})
    return NewOrder(
        identity=identity,
        workflow=form.page.workflow.name,
        unit=given["unit"],
        values=values,
        consent_signed_on=consent.get(CONSENT_FIELD, ""),
        key=given.get("key", ""),
    )


def _identity(given: Given, errors: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each identifier in its one form."""
    for name in IDENTITY_FIELDS:
        try:
            yield name, read_identifier(name, given.get(identity_name(name), ""))
        except Unreadable as reason:
            errors[identity_name(name)] = str(reason)


def _values(
    form: OrderForm, blanks: Iterable[Blank], given: Given, errors: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """What the definition lets the order record, as far as it was filled in."""
    for blank in blanks:
        text = given.get(blank.name, "")
        if not text.strip():
            if blank.field.required:
                errors[blank.name] = _MISSING
            continue
        try:
            text = with_zone(form.zone, blank, text)
            yield blank.field.name, recorded.read(blank.field, text)
        except recorded.Unreadable as reason:
            errors[blank.name] = str(reason)
