"""What must be true of a template before a site's own label of a container is drawn with it.

Whatever the packaged label of a bag says or lets accompany, another one says or lets accompany
too, in the same words where they are a statement. So no label of a site's own can leave out for
whom a container is, or which one it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from labels.bag_label import BAG_LABEL
from labels.bag_numbers import PAYLOADS
from labels.layout import Template
from labels.templates import TEMPLATES

_OURS: Final = ("container", "serial")

MUST_BE_SAID: Final = ("autologous", "coi", "product", "serial", "storage")
"""Without these no container is labelled (21 CFR 1271.90(c); FACT)."""

OF_THE_PATIENT: Final = frozenset({"patient_name", "birth_date", "record_number"})
"""What a label need not have a place for: it is refused one where it has none."""

STATEMENTS: Final = {
    "autologous": ("FOR AUTOLOGOUS USE ONLY",),
    "biohazard": ("☣ BIOHAZARD", "☣"),
    "demonstration": ("NOT FOR CLINICAL USE", "DEMO"),
    "do_not_irradiate": ("DO NOT IRRADIATE",),
    "identify_recipient": ("PROPERLY IDENTIFY INTENDED RECIPIENT AND PRODUCT",),
    "investigational": ("Caution: New Drug-Limited by Federal Law to Investigational Use",),
    "no_leukoreducing_filter": ("DO NOT USE LEUKOREDUCING FILTER",),
    "not_evaluated": ("NOT EVALUATED FOR INFECTIOUS SUBSTANCES",),
}
"""Field -> the words in which it is stated."""


def faults_of_container(template: Template) -> Iterator[str]:
    """Everything for which no container is labelled with this template, each with its place."""
    yield from _of_symbols(template)
    for name in MUST_BE_SAID:
        if name not in template.required:
            yield f"required: '{name}' is missing: no container is labelled without it"
    known = known_fields()
    yield from _of_left_off(template)
    for name in sorted({*template.accompanying} & known - may_accompany()):
        yield f"accompanying: '{name}' has a place on every label"
    yield from _of_slots(template, known)
    printed = {slot.field for slot in template.slots if slot.field}
    stated = {slot.when for slot in template.slots} & STATEMENTS.keys()
    placed = printed | stated | {*template.accompanying}
    for name in sorted(known - placed - OF_THE_PATIENT):
        yield f"slots: '{name}' has no place: print it, or let it accompany the label"
    for name in sorted({*template.accompanying} - known):
        yield f"accompanying: nothing is known of '{name}' for a container"


def known_fields() -> frozenset[str]:
    """All that is known of a container, as far as a label says it."""
    template = TEMPLATES[BAG_LABEL]
    return template.fields.union(template.accompanying)


@cache
def may_accompany() -> frozenset[str]:
    """What some packaged label of a container has no place for."""
    return frozenset().union(*(one.accompanying for one in _packaged()))


@cache
def words_left() -> Mapping[str, frozenset[str]]:
    """By field that some packaged label of a container leaves off, the words in its place."""
    found: dict[str, frozenset[str]] = {}
    for name, words in (one for template in _packaged() for one in template.left_off):
        found[name] = found.get(name, frozenset()) | {words}
    return MappingProxyType(found)


def _packaged() -> Iterator[Template]:
    """The packaged templates of containers: those that hold the symbol of one."""
    for template in TEMPLATES.values():
        if any(symbol.payload == "container" for symbol in template.symbols):
            yield template


def known_payloads() -> frozenset[str]:
    """All that a symbol of a container can hold."""
    return frozenset({*_OURS, *PAYLOADS})


def _of_left_off(template: Template) -> Iterator[str]:
    """What cannot be printed is left off, and its place says that; it says nothing else."""
    for name, words in template.left_off:
        told = words_left().get(name)
        if told is None:
            yield f"left_off: '{name}' is never left off"
        elif words not in told:
            yield f"left_off: in the place of '{name}' stands {_quoted(told)}"


def _quoted(words: Iterable[str]) -> str:
    return " or ".join(f"“{one}”" for one in sorted(words))


def _of_symbols(template: Template) -> Iterator[str]:
    known = known_payloads()
    for n, symbol in enumerate(template.symbols):
        if symbol.kind == "qr_code":
            yield f"symbols[{n}]: a QR code stands on wristbands alone"
    payloads = [symbol.payload for symbol in template.symbols]
    for n, payload in enumerate(payloads):
        if payload not in known:
            yield f"symbols[{n}]: '{payload}' is none of {', '.join(sorted(known))}"
    if "container" not in payloads:
        yield "symbols: none holds 'container', by which a bag is told at every step"


def _of_slots(template: Template, known: frozenset[str]) -> Iterator[str]:
    for n, slot in enumerate(template.slots):
        words = STATEMENTS.get(slot.asks)
        if slot.asks not in known:
            yield f"slots[{n}]: nothing is known of '{slot.asks}' for a container"
        elif words and slot.say not in words:
            yield f"slots[{n}]: '{slot.asks}' is said in these words: {_quoted(words)}"
