"""Codes and labels that are valid by default; a test changes one thing."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

from labels.bag_label import BagLabel, PatientOnLabel, Warnings, bag_label
from labels.content import Content
from labels.identifiers import Coi, Serial
from labels.layout import SymbolSlot
from labels.location_label import LocationLabel, location_label
from labels.staff_badge import StaffBadge, staff_badge
from labels.templates import TEMPLATES
from labels.wristband import Wristband, wristband

CENTRAL_EUROPE = timezone(timedelta(hours=1))
VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors" / "coi.json").read_text(encoding="utf-8"),
)


def a_coi() -> Coi:
    """Give the first COI of the vectors."""
    return Coi("M9S3", "46Q3D25V")


def a_serial(kind: str = "B") -> Serial:
    """Give a serial of a kind."""
    return Serial(kind, "M9S3", "7KFT02XH")


def a_draw(seed: int = 0) -> Any:
    """Give a random source that draws the same each time."""
    return Random(seed).randbytes


def a_bag_label(**changes: Any) -> BagLabel:
    """Give the label of a final bag."""
    fields: dict[str, Any] = {
        "serial": a_serial("B"),
        "coi": a_coi(),
        "product": "Autologous CD19 CAR-T cells",
        "component": "Cryopreserved T cells, 5 % DMSO",
        "container": 1,
        "containers": 3,
        "volume": "68 mL",
        "storage": "≤ \N{MINUS SIGN}150 °C, vapour phase of liquid nitrogen",
        "establishment": "Example Cell Centre, Example City",
        "origin": "Made",
        "origin_at": datetime(2026, 11, 22, 14, 5, tzinfo=CENTRAL_EUROPE),
        "expires_at": datetime(2027, 11, 22, 23, 59, tzinfo=UTC),
        "lot": "LOT-2026-0042",
        "attempt": 2,
    }
    return BagLabel(**fields | changes)


def a_wristband(**changes: Any) -> Wristband:
    """Give the wristband of patient A."""
    fields: dict[str, Any] = {
        "serial": a_serial("W"),
        "patient_name": "Anna Example",
        "birth_date": "1961-03-09",
        "record_number": "MRN 00123456",
    }
    return Wristband(**fields | changes)


def a_location_label(**changes: Any) -> LocationLabel:
    """Give the label of a shelf."""
    fields: dict[str, Any] = {
        "serial": a_serial("L"),
        "name": "Freezer 2, shelf 3",
        "unit": "Cell laboratory",
        "site": "Example Hospital",
    }
    return LocationLabel(**fields | changes)


def a_staff_badge(**changes: Any) -> StaffBadge:
    """Give the badge of a nurse."""
    fields: dict[str, Any] = {
        "serial": a_serial("S"),
        "printed_name": "Nina Nurse",
        "role": "Apheresis nurse",
        "site": "Example Hospital",
    }
    return StaffBadge(**fields | changes)


EVERY_WARNING = Warnings(
    not_evaluated=True,
    biohazard=True,
    reactive="HBV core antibody",
    do_not_irradiate=True,
    no_leukoreducing_filter=True,
    identify_recipient=True,
    investigational=True,
)


def a_full_label(template: str) -> Content:
    """Give a label of a shipped template on which every line is used."""
    if template == "wristband":
        return wristband(a_wristband(demonstration=True))
    if template == "location-label":
        return location_label(a_location_label(demonstration=True))
    if template == "staff-badge":
        return staff_badge(a_staff_badge(demonstration=True))
    known = {slot.asks for slot in TEMPLATES[template].slots}
    patient = PatientOnLabel(
        name="Łukasiewicz, Ὀδυσσεύς Иванова", birth_date="1961-03-09", record_number="MRN 00123456"
    )
    label = a_bag_label(
        donations=("A9999 26 123456 T",),
        gtin="09521234543213",
        isbt_product="S1234V",
        dose="1.2 \N{MULTIPLICATION SIGN} 10⁸ CAR+",
        additives="ACD-A 40 mL, human albumin 5 %",
        contact="+00 00 000000, day and night",
        consignee="Ward 7, Example Hospital",
        disposition="Out of specification",
        patient=patient if "patient_name" in known else PatientOnLabel(),
        warnings=EVERY_WARNING,
        demonstration=True,
    )
    return bag_label(label, TEMPLATES[template])


def with_bars_of_gs1(**changes: Any) -> Content:
    """Give a label with a GS1 Data Matrix, and the product and serial as GS1-128."""
    full = TEMPLATES["bag-label-gs1"]
    matrix = next(symbol for symbol in full.symbols if symbol.kind == "gs1_data_matrix")
    bars = SymbolSlot(
        payload="gs1_item",
        kind="gs1_128",
        x_mm=5,
        y_mm=80,
        width_mm=90,
        height_mm=15,
        module_mm=0.25,
    )
    slots = tuple(slot for slot in full.slots if slot.y_mm < 70)
    template = replace(full, symbols=(matrix, bars), slots=slots, required=())
    label = bag_label(a_bag_label(**{"gtin": "09521234543213"} | changes), template)
    texts = {field: text for field, text in label.texts.items() if field in template.fields}
    return replace(label, texts=texts)
