"""Each class of tampering of docs/threat-model.md, and each table: what is tried, or why it cannot.

TL-12 asks for every class but T13 (nobody recorded it) and T17 (the verifier itself lies).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from sqlalchemy import Table

from coi.store.tables import metadata
from tests.ledger import tamper_rows as rows
from tests.ledger import tamper_signed as signed
from tests.ledger.tamper_forging import IN_TREE
from tests.ledger.tamper_rows import Attack
from tests.ledger.tamper_story import Story
from tests.ledger.tampering import TABLES

Attacks: TypeAlias = Callable[[Story, Table], Iterator[Attack]]

ATTACKS: Final[Mapping[str, Attacks]] = {
    "T1": rows.t1,
    "T2": rows.t2,
    "T3": signed.t3,
    "T4": signed.t4,
    "T5": signed.t5,
    "T6": signed.t6,
    "T7": signed.t7,
    "T8": signed.t8,
    "T9": rows.t9,
    "T11": rows.t11,
    "T12": signed.t12,
    "T14": rows.t14,
    "T15": rows.t15,
    "T16": rows.t16,
    "T18": rows.t18,
}
"""Class -> what it does to a table's rows, and what finds each."""

BY_SCHEMA: Final = "T10"
"""The class that leaves the rows as they are: what protects them is taken away."""

CLASSES: Final = (*ATTACKS, BY_SCHEMA)

_REGISTERS = ("party", "site", "unit", "person", "account", "chain", "therapy", "participation")
_PARTS = ("subject", "lineage", "value", "label", "label_turn", "move", "signature")
_LATER_PARTS = ("wristband", "attestation")
_DEFINED = ("workflow", "transition", "label_template")
_APART = ("patient_key", "patient_identity", "credential", "request")

_PASSING = (
    *("session", "failed_sign_in", "factor", "challenge", "pin", "preference", "token"),
    *("signature_grant", "errand", "task", "exception", "alarm", "webhook", "delivery"),
    *("donation_turn", "saved_view", "held_file", "print_line", "print_job", "batch_run"),
    *("batch_part", "stock_take", "stock_scan"),
)
_FIRST_ENTRY = ("chain", "therapy", "patient_key", "patient_identity")

_STANDS_NOWHERE = (
    "says what goes on, in no entry's bytes: nothing is there to compare it with. Tokens are"
    " compared with the entries that made and revoked them, in another pass"
)
_IS_OF_THE_TREE = "holds no state of anything that a page shows: it follows from entries alone"
_IS_NOT_PUBLISHED = "does not leave the house by itself: what is published is the tree"
_HAS_NO_TIME = "holds no time, and no entry tells of it: it is written behind all of them"
_COMES_FIRST = "is written with the first entry of a chain alone, and that follows on no other"
_HOLDS_NO_FILE = "holds no file, no template and no definition"
_NAMES_NOBODY = "says of nobody who they are, what they may or how they are called"


def _each(tables: tuple[str, ...], why: str) -> dict[str, str]:
    return dict.fromkeys(tables, why)


CANNOT: Final[Mapping[str, Mapping[str, str]]] = {
    "T7": _each(
        (*_REGISTERS, *_DEFINED, *_PARTS, *_LATER_PARTS, *_APART, "entry", "position", "erasable"),
        _IS_NOT_PUBLISHED,
    ),
    "T8": _each(IN_TREE, _HAS_NO_TIME) | _each(_FIRST_ENTRY, _COMES_FIRST),
    "T9": _each(IN_TREE, _IS_OF_THE_TREE),
    "T11": _each(
        (*_REGISTERS, *_PARTS, *_LATER_PARTS, *_APART, *IN_TREE, "entry", "position"),
        _HOLDS_NO_FILE,
    ),
    "T16": _each(
        (
            *("site", "unit", "chain", "participation", *_DEFINED, *IN_TREE),
            *("subject", "lineage", "value", "label", "label_turn"),
        ),
        _NAMES_NOBODY,
    ),
}
"""Class -> the tables to which it cannot be done, each with the reason."""

PASSES: Final[Mapping[str, str]] = _each(_PASSING, _STANDS_NOWHERE)
"""Tables that no class is tried on, with the reason."""


def tried() -> list[tuple[str, Table]]:
    """Every class with every table that it is tried on."""
    return [
        (name, table)
        for name in CLASSES
        for table in TABLES
        if table.name not in CANNOT.get(name, {})
    ]


def left_out() -> list[tuple[str, str]]:
    """Every class with every table that it cannot be done to, or that it is not tried on."""
    passes = [(name, table) for name in CLASSES for table in PASSES]
    return [*passes, *((name, table) for name, why in CANNOT.items() for table in why)]


def every() -> list[tuple[str, str]]:
    """Every class with every table that there is."""
    return [(name, table) for name in CLASSES for table in metadata.tables]
