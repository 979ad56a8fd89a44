"""What a template would print, shown with made-up values; none of it is a label.

The codes of a sample hold the letter U, which no code of this system has, so no scan of one names
anything. What is printed of it has NO LABEL written under every line, over the whole page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from labels.codes.gs1 import Gs1Codes
from labels.codes.gs1_elements import Element
from labels.content import Content
from labels.drawing import drawing_of
from labels.errors import CannotPrint, LabelError
from labels.layout import Resolution, Slot, SymbolSlot, Template
from labels.measure import Fit, fit_of
from labels.pdf import pdf_of
from labels.proof import dots_of_page, proven, symbols_in
from labels.raster import Raster
from labels.text import SHOWN
from labels.zpl import zpl_of

Values = Literal["usual", "longest"]

_COI: Final = "NOT-USABLE-CODE"
_SERIAL: Final = "SAMPLE-NOT-USABLE"
_NO_PRODUCT: Final = "00000000000000"
_PAYLOADS: Final[Mapping[str, str]] = {
    "container": f"{_SERIAL}/{_COI}",
    "serial": _SERIAL,
    "donation": "U000000000000000",
    "isbt128": "=+03000=U000000000000000=<U0000U00&>0270012359",
    # The product of no maker: its number is all zeros.
    "gs1": Gs1Codes(
        (
            Element("01", _NO_PRODUCT),
            Element("17", "270101"),
            Element("7003", "2701012359"),
            Element("10", "LOT-SAMPLE"),
            Element("21", "SAMPLEUNUSABLE"),
        )
    ).data,
    "gs1_item": Gs1Codes((Element("01", _NO_PRODUCT), Element("21", "SAMPLEUNUSABLE"))).data,
}
_BARS: Final[Mapping[str, str]] = {"serial": "SAMPLEUNUSABLE"}
"""As long as what stands in bars, which leave the hyphens out."""

_USUAL: Final[Mapping[str, str]] = {
    "coi": _COI,
    "serial": _SERIAL,
    "container": "1 of 3",
    "product": "Sample therapy: bag",
    "component": "Sample cells, 5 % DMSO",
    "volume": "68 mL",
    "dose": "1.5 \N{MULTIPLICATION SIGN} 10⁸ cells",
    "donation": "U000000000000000",
    "lot": "LOT-SAMPLE, attempt 1",
    "additives": "Sample additive",
    "origin": "Collected",
    "origin_at": "2026-01-01 12:00 +01:00",
    "expires_at": "2027-01-01 23:59 +01:00",
    "storage": "≤ \N{MINUS SIGN}150 °C, vapour phase of liquid nitrogen",
    "establishment": "Sample Centre, XX",
    "contact": "+00 000 000000",
    "consignee": "Sample Hospital, XX",
    "disposition": "OUT OF SPECIFICATION",
    "reactive": "WARNING: Reactive test results for HIV",
    "patient_name": "Sample, Sam",
    "birth_date": "1900-01-01",
    "record_number": "SAMPLE 0000",
    "printed_name": "Sam Sample",
    "name": "Sample shelf 1",
    "place": "Sample shelf 1",
    "unit": "Sample unit",
    "site": "Sample site",
    "role": "Sample role",
}
_LONGEST: Final[Mapping[str, str]] = {
    "container": "12 of 12",
    "product": "Sample therapy: final product bag",
    "component": "Sample T cells, cryopreserved, 10 % DMSO, 5 % HSA",
    "volume": "1000 mL",
    "dose": "12.5 \N{MULTIPLICATION SIGN} 10⁸ cells",
    "lot": "LOT-SAMPLE-2026-000000, attempt 12",
    "additives": "Sample additive 1, sample additive 2, sample additive 3",
    "storage": "≤ \N{MINUS SIGN}150 °C, vapour phase of liquid nitrogen",
    "establishment": "Sample Centre for Advanced Therapies, XX",
    "contact": "+00 000 000000, night +00 000 000001",
    "consignee": "Sample University Hospital, Ward of Haematology, XX",
    "reactive": "WARNING: Reactive test results for HIV, HBV, HCV, syphilis, HTLV",
    "patient_name": "Sample-Samplington, Samantha Alexandra",
    "record_number": "SAMPLE 000000000000",
    "printed_name": "Samantha Alexandra Sample-Samplington",
    "name": "Sample freezer 12, shelf 12, box 12",
    "place": "Sample freezer 12, shelf 12, box 12",
    "unit": "Sample unit of cell processing",
    "site": "Sample University Hospital",
    "role": "Manufacturing technician, manufacturing verifier",
}


def sample_of(template: Template, values: Values = "usual") -> Content:
    """All that a template has a place for, with made-up values: the usual, or long ones."""
    known = {**_USUAL, **_LONGEST} if values == "longest" else _USUAL
    printed = {slot.field for slot in template.slots if slot.field}
    texts = {
        field: known.get(field, "Sample") if field in printed or field in known else SHOWN
        for field in sorted(template.fields)
    }
    payloads = {one.payload: _payload(one) for one in template.symbols}
    return Content(template=template, texts=texts, payloads=payloads)


def _payload(slot: SymbolSlot) -> str:
    if slot.kind == "code_128" and slot.payload in _BARS:
        return _BARS[slot.payload]
    return _PAYLOADS.get(slot.payload, _SERIAL)


# -- what is looked at -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a scanner reads in the place of a symbol; nothing, if it reads none."""

    slot: SymbolSlot
    text: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A template tried with a sample: how each text fits, what each symbol reads, and its dots.

    `problem` says why nothing would be printed; there are no dots then.
    """

    fits: tuple[Fit, ...]
    decoded: tuple[Decoded, ...] = ()
    raster: Raster | None = None
    problem: LabelError | None = None


def tried(template: Template, values: Values = "usual", resolution: Resolution = 300) -> Trial:
    """Draw a sample as a label is drawn, and read it back."""
    content = sample_of(template, values)
    fits = tuple(_measured(content, slot) for slot in template.slots)
    try:
        label = proven(content, resolution)
    except CannotPrint as error:
        return Trial(fits, problem=error)
    raster = dots_of_page(label.pdf, template, resolution)
    return Trial(fits, _decoded(template, raster, resolution), raster)


def _measured(content: Content, slot: Slot) -> Fit:
    """How a slot of the sample is set: in the words of the template where it has some."""
    return fit_of(slot, slot.say or content.texts[slot.asks])


def _decoded(template: Template, raster: Raster, resolution: Resolution) -> tuple[Decoded, ...]:
    read = symbols_in(template, raster, resolution)
    return tuple(
        Decoded(slot, ", ".join(symbol.text for symbol in here))
        for slot, here in zip(template.symbols, read, strict=True)
    )


# -- what is printed -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SamplePrint:
    """A sample for paper, as a page and as commands: NO LABEL is written over all of it."""

    pdf: bytes
    zpl: bytes


def sample_print(
    template: Template, values: Values = "usual", resolution: Resolution = 300
) -> SamplePrint:
    """A sample to be printed; its symbols can be scanned, and name nothing.

    Raises:
        CannotPrint: a text or a symbol of the sample does not fit, or does not read as given.
    """
    content = sample_of(template, values)
    # What is read back is the page without the words, which are no part of the template.
    proven(content, resolution)
    drawing = drawing_of(content)
    pdf = pdf_of(drawing, is_label=False)
    raster = dots_of_page(pdf, template, resolution)
    return SamplePrint(pdf, zpl_of(drawing, raster, resolution))
