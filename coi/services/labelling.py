"""Print what stands on a thing: the label of a container, the wristband of a patient.

Everything on a label is read from the record; what the record does not say is not printed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from coi.clock import parse_rfc3339
from coi.errors import Unknown
from coi.services.approvals import as_approved, template_in_place
from coi.services.donations import reads_isbt128
from coi.services.drawing import FILE, Drawn, Medium, NotPrinted, drawn
from coi.services.identity import identity_of
from coi.services.installation import Installation
from coi.services.known_templates import version_of_hash
from coi.services.old_labels import known_of
from coi.services.scanning import Code, resolve
from coi.services.sites import Site
from coi.services.therapies import Happened, TherapyView, view
from coi.store import facts, registers
from coi.store.transactions import Transaction
from labels.bag_label import BagLabel, Warnings, bag_label
from labels.bag_numbers import OF_ISBT128
from labels.identifiers import Coi, Serial, parse_code
from labels.layout import Template
from labels.wristband import WRISTBAND, Wristband, wristband
from workflows.facts import Label, Subject
from workflows.labelled import (
    BATCH,
    MILLILITRES,
    PRINT_ANEW,
    SAYS,
    donations_told,
    old_values,
    step_that_labels_anew,
)
from workflows.model import Kind, Relation
from workflows.stating import infection, states

_Code = TypeVar("_Code", Coi, Serial)


def draw_bag_label(installation: Installation, serial: str, on: Medium = FILE) -> Drawn:
    """Draw the label with this serial, saying what the record says of its container.

    Raises:
        Unknown: no such label was issued.
        NotPrinted: the record lacks something that must stand on it, or a text does not fit.
    """
    label = bag_label_of(installation, serial)
    return drawn(lambda: bag_label(label), on)


def bag_label_of(installation: Installation, serial: str) -> BagLabel:
    """What the label with this serial says; refused for the same reasons."""
    return installation.read(lambda tx: _bag_label(tx, installation, serial))


def bag_label_pdf(installation: Installation, serial: str) -> bytes:
    """The same label, as a page."""
    return draw_bag_label(installation, serial).content


def draw_wristband(
    installation: Installation, coi: str, band: str = "", on: Medium = FILE
) -> Drawn:
    """Draw the current wristband of a therapy's patient, with the name from the vault.

    A `band` is the serial of which the copies were counted: no other one is drawn in its place.

    Raises:
        Unknown: there is no such therapy.
        NotPrinted: no wristband was issued, the identity was erased, or a text does not fit.
    """

    def look(tx: Transaction) -> tuple[Wristband, Template]:
        current = _wristband(tx, installation, coi, band)
        return current, template_in_place(tx, WRISTBAND)

    current, template = installation.read(look)
    return drawn(lambda: wristband(current, template), on)


def wristband_pdf(installation: Installation, coi: str) -> bytes:
    """The same, as a page."""
    return draw_wristband(installation, coi).content


def newest_serial(installation: Installation, subject: str) -> str:
    """The serial of the newest label that was issued for a container.

    Raises:
        Unknown: there is no such container, or it has no label.
    """
    coi = subject.partition("/")[0]
    found = installation.read(lambda tx: view(tx, installation, coi).labels.get(subject, ()))
    if not found:
        raise Unknown("labelled container", subject)
    return found[-1]


# -- the bag label ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Container:
    """One labelled container, and the therapy that it belongs to."""

    therapy: TherapyView
    subject: Subject

    @property
    def birth(self) -> Happened:
        """The entry in which it came into being."""
        return self.therapy.history[self.subject.born_seq]

    @property
    def siblings(self) -> list[str]:
        """The containers of its sort that the same entry brought into being, itself among them."""
        subject = self.subject
        return [
            other.id
            for other in self.therapy.subjects.values()
            if (other.machine, other.born_seq) == (subject.machine, subject.born_seq)
        ]

    def parents(self, relation: Relation) -> Iterator[Subject]:
        """What it was made of, or what is packed in it."""
        for link in self.therapy.links:
            if link.child == self.subject.id and link.relation == relation:
                yield self.therapy.subjects[link.parent]

    def parent(self, kind: Kind) -> Subject | None:
        """The first thing of this kind that it was made of."""
        machines = self.therapy.workflow.machines
        made_of = self.parents(Relation.MADE_OF)
        return next((p for p in made_of if machines[p.machine].kind is kind), None)

    def value(self, field: str, of: Subject | None = None) -> str:
        """The newest content of a field of the container, or of something else; '' for none."""
        subject = (of or self.subject).id
        found = [v for v in self.therapy.values if (v.subject, v.field) == (subject, field)]
        newest = max(found, key=lambda v: (v.occurrence, v.revision), default=None)
        return newest.content if newest else ""

    def told(self, key: str) -> str:
        """What the definition says of this sort of container.

        Raises:
            NotPrinted: it says nothing.
        """
        text = self.said(key)
        if not text:
            raise NotPrinted(
                "TEXT_MISSING",
                f"The workflow does not say the {key} of a {self.subject.machine}.",
                f"Write it into a new version of the definition, below product: {key}.",
            )
        return text

    def said(self, key: str) -> str:
        """The same, where it may say nothing."""
        texts = self.therapy.workflow.product.get(key)
        text = texts.get(self.subject.machine) if isinstance(texts, dict) else None
        return str(text or "")


def _bag_label(tx: Transaction, installation: Installation, serial: str) -> BagLabel:
    """What the label with this serial says."""
    found = resolve(tx, Code(serial)).means
    if not isinstance(found, Label):
        raise Unknown("bag label", serial)
    if not found.current:
        raise NotPrinted(
            "LABEL_REPLACED", "The container was labelled anew.", "Print its newest label."
        )
    if found.is_dead:
        raise NotPrinted(
            "LABEL_VOID", "This label is void.", "Print it anew, from the list of labels."
        )
    therapy = view(tx, installation, found.coi)
    container = _Container(therapy, therapy.subjects[found.subject])
    template = _template(tx, container, found.serial)
    _require_isbt128_is_read(tx, therapy.history[found.issued_in].unit, template)
    _require_recorded(therapy, found)
    site = _site(tx, container.birth.unit)
    zone = ZoneInfo(site.time_zone)
    collection, lot = container.parent(Kind.COLLECTION), container.parent(Kind.LOT)
    expires = container.value("expires_at")
    attempt = container.value("attempt", lot) if lot else ""
    return BagLabel(
        serial=_code(found.serial, Serial),
        coi=_code(found.coi, Coi),
        product=_product(container),
        component=container.told("contents"),
        container=container.siblings.index(container.subject.id) + 1,
        containers=len(container.siblings),
        volume=_volume(container),
        storage=container.told("storage"),
        establishment=f"{site.name}, {site.country}",
        origin="Collected" if collection else "Made",
        origin_at=_origin_at(container, collection).astimezone(zone),
        expires_at=parse_rfc3339(expires).astimezone(zone) if expires else None,
        lot=container.value(BATCH, lot) if lot else "",
        attempt=int(attempt) if attempt else None,
        donations=donations_told(known_of(therapy), container.subject.id),
        gtin=container.said("gtin"),
        isbt_product=container.said("isbt_product"),
        disposition=container.value(SAYS),
        warnings=_warnings(therapy, container.subject),
        demonstration=installation.demonstration,
        template=template,
    )


def _warnings(therapy: TherapyView, subject: Subject) -> Warnings:
    """What the record and the definition have its label state (21 CFR 1271.90(c))."""
    found = infection(therapy.workflow, therapy.values)
    named = states(therapy.workflow, subject.machine)
    return Warnings(
        not_evaluated=not found.evaluated,
        biohazard=bool(found.reactive),
        reactive=", ".join(found.reactive),
        do_not_irradiate="do_not_irradiate" in named,
        no_leukoreducing_filter="no_leukoreducing_filter" in named,
        identify_recipient="identify_recipient" in named,
        investigational="investigational" in named,
    )


def _template(tx: Transaction, container: _Container, serial: str) -> Template:
    """The version with which a label was issued: it alone draws it, unless it was withdrawn."""
    # Drawn anew with another template it would look issued and approved, and be neither (LB-08).
    issued = {
        label["serial"]: label["template"]
        for event in container.therapy.history
        for label in event.content.get("labels", ())
    }
    template = version_of_hash(tx, issued.get(serial, ""))
    if template is None:
        raise NotPrinted(
            "TEMPLATE_CHANGED",
            "The label was issued with a version of its template that is not kept here.",
            "Issue a new label.",
        )
    if (template.name, as_approved(template)) in facts.withdrawn_templates(tx):
        raise NotPrinted(
            "TEMPLATE_WITHDRAWN",
            f"Quality assurance has withdrawn version {template.version} of {template.name}.",
            "Ask quality assurance; issue a new label once a version is approved.",
        )
    return template


def _require_isbt128_is_read(tx: Transaction, unit: str, template: Template) -> None:
    """Whoever prints ISBT 128 is registered for it: the site that issued the label reads it."""
    if not {symbol.payload for symbol in template.symbols} & OF_ISBT128:
        return
    site = _site(tx, unit)
    if not reads_isbt128(tx, site.id):
        raise NotPrinted(
            "ISBT128_OFF",
            f"{site.name} does not read ISBT 128, in which this label says the donation.",
            "Quality assurance of the site switches it on first, on “Codes of others”.",
        )


def _require_recorded(therapy: TherapyView, label: Label) -> None:
    """What has changed since is printed under a new serial, or old and new could not be told."""
    step = step_that_labels_anew(therapy.workflow, therapy.subjects[label.subject])
    for title in old_values(known_of(therapy), label.subject, label.issued_in):
        raise NotPrinted(
            "LABEL_SHOWS_OLD_VALUE",
            f"The label shows an old value of {title}.",
            f"{step.title if step else PRINT_ANEW.capitalize()}.",
        )


def _site(tx: Transaction, unit: str) -> Site:
    """The site of a unit that acted."""
    site_of = {identifier: site for identifier, site, _name in registers.units(tx)}
    return next(site for site in registers.sites(tx) if site.id == site_of[unit])


def _product(container: _Container) -> str:
    """The therapy's short name, and what of it this is."""
    workflow = container.therapy.workflow
    title = workflow.machines[container.subject.machine].title
    return f"{workflow.product.get('short_name', workflow.title)}: {title.lower()}"


def _volume(container: _Container) -> str:
    """The volume with which it was filled; of a shipment, how many containers are inside."""
    packed = len(list(container.parents(Relation.PACKED_IN)))
    if packed:
        return f"{packed} inside"
    own = (v for v in container.therapy.values if v.subject == container.subject.id)
    # What was taken out or infused later is in millilitres too, and comes after the filling.
    return next((f"{v.content} {MILLILITRES}" for v in own if v.unit == MILLILITRES), "")


def _origin_at(container: _Container, collection: Subject | None) -> datetime:
    """When it was collected or made: as written down, else as the entry says."""
    written = container.value("ended_at", collection) if collection else ""
    return parse_rfc3339(written or container.birth.happened_at)


# -- the wristband ---------------------------------------------------------------------------------


def _wristband(tx: Transaction, installation: Installation, coi: str, band: str) -> Wristband:
    """What the patient's current wristband says, which is this one, if one is named."""
    found = facts.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    patient = found[0].patient
    current = facts.wristband(tx, patient)
    if current is None:
        raise NotPrinted(
            "NO_WRISTBAND", "No wristband was issued to this patient.", "Admit the patient first."
        )
    if band not in {"", current[0].serial}:
        raise NotPrinted(
            "NEWER_WRISTBAND", "A newer wristband was issued meanwhile.", "Print that one."
        )
    # The vault is opened for a band that there is, and for no other question.
    identity = identity_of(tx, installation, patient)
    if not identity:
        raise NotPrinted(
            "IDENTITY_ERASED",
            "The patient's identity was erased.",
            "No wristband with a name can be printed for this patient any more.",
        )
    return Wristband(
        serial=_code(current[0].serial, Serial),
        patient_name=f"{identity['family_name']}, {identity['given_name']}",
        birth_date=identity["birth_date"],
        record_number=identity["medical_record_number"],
        demonstration=installation.demonstration,
    )


def _code(text: str, sort: type[_Code]) -> _Code:
    """A code of the record in its parts: what is printed is checked once more on its way out."""
    code = parse_code(text)
    if not isinstance(code, sort):
        raise Unknown("code", text)
    return code
