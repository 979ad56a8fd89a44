"""Codes and labels that are valid by default; a test changes one thing."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

from labels.bag_label import BagLabel
from labels.identifiers import Coi, Serial
from labels.location_label import LocationLabel
from labels.wristband import Wristband

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
