"""The label of a bag, 100 by 50 mm: whose cells these are, what they are, and how to keep them.

Its Data Matrix holds the label's own serial and the COI. It carries no name and no record number of
the patient, so that it may be seen on the way (21 CFR 1271.290(c)); the wording of the warnings is
that of 21 CFR 1271.90(c).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from labels.drawing import draw_label
from labels.errors import CannotPrint
from labels.identifiers import Coi, Serial, bag_payload
from labels.layout import Rule, Slot, SymbolSlot, Template
from labels.text import moment, required, serial_text, shown

TEMPLATE: Final = Template(
    name="bag-label",
    version=2,
    width_mm=100,
    height_mm=50,
    symbol=SymbolSlot("data_matrix", x_mm=3.5, y_mm=3, side_mm=16.5, module_mm=0.75),
    slots=(
        Slot("coi", 24, 3.8, 32, 5.5, wording="Chain of identity (COI)"),
        Slot("disposition", 60, 3.5, 37, 6.5, "bold", band=True),
        Slot("coi", 24, 10.5, 73, 21, "mono"),
        Slot("serial", 24, 14.4, 38, 5.5, wording="Label serial"),
        Slot("serial", 24, 18.3, 38, 9.5, "mono"),
        Slot("container", 64, 14.4, 15, 5.5, wording="Container"),
        Slot("container", 64, 18.3, 15, 9.5, "bold"),
        Slot("volume", 80, 14.4, 17, 5.5, wording="Volume"),
        Slot("volume", 80, 18.3, 17, 9.5, "bold"),
        Slot("product", 3.5, 23.7, 93.5, 10.5, "bold"),
        Slot("component", 3.5, 27.1, 93.5, 7),
        Slot("origin", 3.5, 31.1, 11, 5.5),
        Slot("origin_at", 15, 31.1, 34, 7),
        Slot("expires_at", 50.5, 31.1, 8, 5.5, wording="Expires"),
        Slot("expires_at", 58.5, 31.1, 37.5, 7, "bold"),
        Slot("storage", 3.5, 34.3, 11, 5.5, wording="Storage"),
        Slot("storage", 15, 34.3, 82, 7, "bold"),
        Slot("lot", 3.5, 37.5, 11, 5.5, wording="Lot"),
        Slot("lot", 15, 37.5, 82, 7, "bold"),
        Slot("establishment", 3.5, 40.6, 11, 5.5, wording="From"),
        Slot("establishment", 15, 40.6, 82, 6.5),
        Slot("autologous", 3.5, 45.1, 52, 9, "bold", wording="FOR AUTOLOGOUS USE ONLY"),
        Slot(
            "demonstration", 57.5, 45, 39.5, 7.5, "bold", wording="NOT FOR CLINICAL USE", band=True
        ),
        Slot(
            "not_evaluated",
            3.5,
            48.3,
            93.5,
            7,
            "bold",
            wording="NOT EVALUATED FOR INFECTIOUS SUBSTANCES",
        ),
    ),
    rules=(Rule(3.5, 28.2, 93.5), Rule(3.5, 41.6, 93.5)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BagLabel:
    """All that one bag label says; times carry the zone in which they are printed."""

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
    disposition: str = ""
    not_evaluated: bool = False
    demonstration: bool = False


def bag_label(label: BagLabel) -> bytes:
    """Draw a bag label as a PDF; raises CannotPrint or DoesNotFit."""
    return draw_label(TEMPLATE, _texts(label), bag_payload(label.serial, label.coi))


def _texts(label: BagLabel) -> dict[str, str]:
    return {
        "coi": label.coi.text,
        "disposition": label.disposition.upper(),
        "serial": serial_text(label.serial, "B"),
        "container": _container_text(label.container, label.containers),
        "volume": required("volume", label.volume),
        "product": required("product", label.product),
        "component": required("component", label.component),
        "lot": _lot_text(label.lot, label.attempt),
        "origin": label.origin,
        "origin_at": moment("origin_at", label.origin_at),
        "expires_at": moment("expires_at", label.expires_at) if label.expires_at else "",
        "storage": required("storage", label.storage),
        "establishment": required("establishment", label.establishment),
        # No caller can leave it out: every bag of this product is for its donor alone.
        "autologous": shown(holds=True),
        "not_evaluated": shown(label.not_evaluated),
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
