"""Templates as data: where each field of a label stands, in millimetres from the top left corner.

A template is approved under its name, version and hash, so whoever changes a place, a size or a
wording gives it a new version. `drawing` turns a template and its texts into a PDF; there is no
other way to draw a label.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Literal

from labels.fonts import Face


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one text: its left edge, its first baseline and all the width it has.

    A slot with a `wording` prints these words whenever its field has a text. A `band` is white on
    black, centred.
    """

    field: str
    x_mm: float
    y_mm: float
    width_mm: float
    size_pt: float
    face: Face = "regular"
    lines: int = 1
    wording: str = ""
    band: bool = False


@dataclass(frozen=True, slots=True)
class SymbolSlot:
    """The place of the machine-readable symbol: upper left corner, largest side, module."""

    kind: Literal["data_matrix", "qr_code"]
    x_mm: float
    y_mm: float
    side_mm: float
    module_mm: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin horizontal line."""

    x_mm: float
    y_mm: float
    width_mm: float


@dataclass(frozen=True, slots=True)
class Template:
    """The whole layout of one kind of label."""

    name: str
    version: int
    width_mm: float
    height_mm: float
    symbol: SymbolSlot
    slots: tuple[Slot, ...]
    rules: tuple[Rule, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash all declared layout data; another layout, another hash."""
        canonical = json.dumps(
            asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True
        )
        return sha256(canonical.encode("ascii")).hexdigest()
