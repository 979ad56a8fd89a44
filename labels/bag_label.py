"""What the label of a container says: whose cells these are, what they are, and how to keep them.

Bags, cassettes, tubes, shippers and the tags that are tied to a small bag say parts of the same, by
templates of several sizes. The Data Matrix holds the label's own serial and the COI; no symbol
holds anything of the patient. The wording of the warnings is that of 21 CFR 1271.90(c); it stands
in the templates, and is printed when the record says so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from labels.bag_numbers import (
    OF_ISBT128,
    PAYLOADS,
    BagNumbers,
    donation_printed,
    payload_of,
)
from labels.content import Content
from labels.errors import CannotPrint
from labels.identifiers import Coi, Serial, bag_payload
from labels.layout import Template
from labels.templates import TEMPLATES
from labels.text import moment, serial_text, shown

BAG_LABEL: Final = "bag-label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """Which statements must stand on a container.

    `reactive` names the tests that found something; the legend `biohazard` goes with it.
    """

    not_evaluated: bool = False
    biohazard: bool = False
    reactive: str = ""
    do_not_irradiate: bool = False
    no_leukoreducing_filter: bool = False
    identify_recipient: bool = False
    investigational: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientOnLabel:
    """The second identifiers, for labels that stay where the patient is known (21 CFR 1271.290)."""

    name: str = ""
    birth_date: str = ""
    record_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BagLabel:
    """All that the label of one container says; times carry the zone in which they are printed.

    `template` is the one with which it was issued; none is the newest label of 100 by 50 mm.
    """

    serial: Serial
    coi: Coi
    product: str
    component: str
    container: int
    containers: int
    volume: str
    storage: str
    establishment: str
    origin: Literal["Collected", "Made"]
    origin_at: datetime
    expires_at: datetime | None = None
    lot: str = ""
    attempt: int | None = None
    donations: tuple[str, ...] = ()  # those that it is of, whether numbered by ISBT 128 or not
    gtin: str = ""
    isbt_product: str = ""
    dose: str = ""
    additives: str = ""
    contact: str = ""
    consignee: str = ""
    disposition: str = ""
    patient: PatientOnLabel = PatientOnLabel()
    warnings: Warnings = Warnings()
    demonstration: bool = False
    template: Template | None = None


def bag_label(label: BagLabel, template: Template | None = None) -> Content:
    """What a label of this template says; raises CannotPrint for what cannot be said.

    Without a template it is the one with which the label was issued.
    """
    template = template or label.template or TEMPLATES[BAG_LABEL]
    serial = serial_text(label.serial, "B")
    ours = {
        "container": bag_payload(label.serial, label.coi),
        "serial": _unhyphened(label.serial),
    }
    asked = {symbol.payload for symbol in template.symbols}
    of_others = {name: payload_of(name, _numbers(label)) for name in asked & PAYLOADS.keys()}
    texts = {"serial": serial, **_identity(label), **_product(label), **_statements(label)}
    if asked & OF_ISBT128:
        # Beside a symbol stands the very number that it holds.
        texts["donation"] = donation_printed(_numbers(label))
    return Content(
        template=template,
        texts=texts,
        payloads={name: ours[name] for name in asked & ours.keys()} | of_others,
    )


def _numbers(label: BagLabel) -> BagNumbers:
    """What others call it."""
    return BagNumbers(
        serial=_unhyphened(label.serial),
        gtin=label.gtin,
        lot=label.lot,
        donations=label.donations,
        isbt_product=label.isbt_product,
        container=label.container,
        containers=label.containers,
        expires_at=label.expires_at,
    )


def _unhyphened(serial: Serial) -> str:
    """Bars are long: without its hyphens the serial is read as the same, and is a sixth shorter."""
    return serial_text(serial, "B").replace("-", "")


def _identity(label: BagLabel) -> dict[str, str]:
    """Whose it is, and which piece of how many."""
    return {
        "coi": label.coi.text,
        "container": _container_text(label.container, label.containers),
        "donation": ", ".join(label.donations),
        "lot": _lot_text(label.lot, label.attempt),
        "patient_name": label.patient.name,
        "birth_date": label.patient.birth_date,
        "record_number": label.patient.record_number,
    }


def _product(label: BagLabel) -> dict[str, str]:
    """What it is, and how it is kept."""
    return {
        "product": label.product,
        "component": label.component,
        "volume": label.volume,
        "dose": label.dose,
        "additives": label.additives,
        "origin": label.origin,
        "origin_at": moment("origin_at", label.origin_at),
        "expires_at": moment("expires_at", label.expires_at) if label.expires_at else "",
        "storage": label.storage,
        "establishment": label.establishment,
        "contact": label.contact,
        "consignee": label.consignee,
    }


def _statements(label: BagLabel) -> dict[str, str]:
    """What is printed large, or in a box; which words it is, the template says."""
    warnings = label.warnings
    reactive = f"WARNING: Reactive test results for {warnings.reactive}"
    return {
        "disposition": label.disposition.upper(),
        # No caller can leave it out: every container of this product is for its donor alone.
        "autologous": shown(holds=True),
        "not_evaluated": shown(warnings.not_evaluated),
        "biohazard": shown(warnings.biohazard or warnings.reactive),
        "reactive": reactive if warnings.reactive else "",
        "do_not_irradiate": shown(warnings.do_not_irradiate),
        "no_leukoreducing_filter": shown(warnings.no_leukoreducing_filter),
        "identify_recipient": shown(warnings.identify_recipient),
        "investigational": shown(warnings.investigational),
        "demonstration": shown(label.demonstration),
    }


def _container_text(container: int, containers: int) -> str:
    if not 1 <= container <= containers:
        sentence = f"There is no container {container} of {containers}."
        raise CannotPrint("container", "NO_SUCH_CONTAINER", sentence, "Count the containers again.")
    return f"{container} of {containers}"


def _lot_text(lot: str, attempt: int | None) -> str:
    parts = (lot, f"attempt {attempt}" if attempt is not None else "")
    return ", ".join(part for part in parts if part)
