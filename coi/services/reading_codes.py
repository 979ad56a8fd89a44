"""What sites read beside our own codes, and how the record keeps what was read so."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from coi.errors import DataRefused, Problem
from coi.services.installation import Installation
from coi.services.over_labels import code_kept
from coi.services.scanning import TYPED, Code, resolve
from coi.store import facts
from coi.store.registers import text_of, texts_kept
from coi.store.transactions import Transaction
from labels.codes.scans import Dialects, IsbtTables
from labels.codes.sought import DONATION, THINGS, donation_named, kept_as
from labels.codes.tables import TABLES, tables_of
from labels.errors import NotACode
from workflows.composed import nfc
from workflows.correcting import CONTENT, WHICH
from workflows.facts import Person
from workflows.labelled import NOT_KNOWN
from workflows.over_labels import OVER_LABEL

ISBT128: Final = "isbt128"
GS1: Final = "gs1"
NAMES: Final = (ISBT128, GS1)

_MOST_READ: Final = 200
"""As many codes as a step takes; what is more is refused anyhow."""

Key = tuple[str, str]
"""A site, and a dialect or a table of it."""

Codes = dict[str, str]
"""Words by code."""


def dialects_for(tx: Transaction, person: Person) -> Dialects:
    """What the sites read at which a person works, with the tables that they imported."""
    return dialects_at(tx, {site for _role, site in person.site_roles})


def dialects_at(tx: Transaction, sites: Collection[str]) -> Dialects:
    """What these sites read, with the tables that they imported."""
    read = {key: told for key, told in facts.dialects(tx).items() if key[0] in sites}
    isbt = sorted(site for site, dialect in read if dialect == ISBT128)
    tables = _isbt_tables(tx, isbt, read) if isbt else None
    return Dialects(isbt128=tables, gs1=any(dialect == GS1 for _site, dialect in read))


def as_kept(tx: Transaction, site: str, values: Mapping[str, str]) -> Mapping[str, str]:
    """What was filled in at a site; each number of another system in the spelling that is kept.

    Raises:
        DataRefused: such a number is wrong, or names something else.
    """
    values = {**values, **{name: code_kept(values[name]) for name in _over_labels_in(values)}}
    numbers = _numbers_in(values)
    if not numbers:
        return values
    dialects, kept, problems = dialects_at(tx, {site}), dict(values), []
    for name, field in numbers.items():
        try:
            kept[name] = _kept(name, field, values[name], dialects)
        except NotACode as error:
            problems.append(Problem(f"{error.sentence} {error.next_step}", column=name))
    if problems:
        raise DataRefused(problems)
    return kept


def _kept(name: str, field: str, text: str, dialects: Dialects) -> str:
    if field != DONATION or not is_not_known(text):
        return kept_as(field, text, dialects)
    if name == CONTENT:
        return NOT_KNOWN
    raise NotACode(
        "BAD_VALUE",
        f"“{NOT_KNOWN}” is no donation number: a correction alone says that of one.",
        "Scan the number on the collection.",
    )


def is_not_known(number: str) -> bool:
    """It is the word for a donation number that nobody knows, however it was typed."""
    return donation_named(number) == donation_named(NOT_KNOWN)


def kept_at(installation: Installation, site: str, field: str, text: str) -> str:
    """What is filled in at a site into one field, as it will be kept.

    Raises:
        DataRefused: it is a wrong number of another system, or names something else.
    """
    if field not in {DONATION, *THINGS, OVER_LABEL}:
        return text
    return installation.read(lambda tx: as_kept(tx, site, {field: text}))[field]


def over_label_in(values: Mapping[str, str]) -> str:
    """The code of another's label that is given, as it is kept; '' where none is.

    Raises:
        DataRefused: it is a code of ours, or no label's.
    """
    return next((code_kept(values[name]) for name in _over_labels_in(values)), "")


def donation_in(values: Mapping[str, str]) -> str:
    """The donation number that is given or corrected, as it is recorded; '' where none is."""
    given = (values[name] for name, field in _fields_in(values) if field == DONATION)
    return nfc(next(given, "")).strip()


def _over_labels_in(values: Mapping[str, str]) -> Iterator[str]:
    return (name for name, field in _fields_in(values) if field == OVER_LABEL and values[name])


def _numbers_in(values: Mapping[str, str]) -> Mapping[str, str]:
    """Each text that may be such a number, with its field."""
    wanted = {DONATION, *THINGS}
    return {name: field for name, field in _fields_in(values) if field in wanted}


def _fields_in(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each text that is given, with its field; a correction names the field."""
    corrected = dict.fromkeys(values.keys() & {CONTENT}, values.get(WHICH, "").split()[1:2])
    fields = {name: [name] for name in values} | corrected
    return ((name, field) for name, told in fields.items() for field in told)


_MOST_BUILT: Final = 8
_built: dict[tuple[tuple[str, str, str], ...], IsbtTables] = {}
"""By site, table and commitment of each table that is there: what is read with them."""


def _isbt_tables(tx: Transaction, sites: Collection[str], told: Mapping[Key, str]) -> IsbtTables:
    """The tables of these sites, built once for each version: who is given them changes nothing.

    A table is replaced as a whole, and its commitment with it. Of one that was erased nothing is
    kept here either.
    """
    named = [
        (site, name, told[site, table_role(name)])
        for site in sites
        for name in TABLES
        if (site, table_role(name)) in told
    ]
    there = texts_kept(tx, [commitment for _site, _name, commitment in named])
    versions = tuple(one for one in named if one[2] in there)
    if len(versions) < len(named) or len(_built) > _MOST_BUILT:
        _built.clear()
    # Told under this name alone: another thread may have cleared the rest meanwhile.
    tables = _built.get(versions) or tables_of(tables_at(tx, site, told) for site in sites)
    _built[versions] = tables
    return tables


def forget_tables() -> None:
    """Keep nothing of what was read before, as when it was erased."""
    _built.clear()


def table_role(table: str) -> str:
    """How the record calls a table of ISBT 128."""
    return f"{ISBT128}:{table}"


def tables_at(tx: Transaction, site: str, told: Mapping[Key, str]) -> Mapping[str, Codes]:
    """The tables of a site that were not erased, by their names; `told` is what is on record."""
    named = {name: told.get((site, table_role(name)), "") for name in TABLES}
    kept = {name: text_of(tx, commitment) for name, commitment in named.items() if commitment}
    return {name: _read(text) for name, text in kept.items() if text is not None}


@lru_cache(maxsize=32)
def _read(text: str) -> Codes:
    """The codes of a table that is kept; who is given them changes nothing in them."""
    codes: Codes = json.loads(text)
    return codes


def name_another(installation: Installation, coi: str, raws: Sequence[str]) -> bool:
    """One of these codes names another therapy: a step stops at it, however it was entered."""

    def look(tx: Transaction) -> bool:
        meant = (resolve(tx, Code(raw, TYPED)).means for raw in raws[:_MOST_READ])
        return any(getattr(one, "coi", coi) != coi for one in meant)

    return installation.read(look)
