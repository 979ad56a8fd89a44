"""Tables of codes that a licensed site brings itself, so that what is scanned is told in words.

Who imported which table, when and for which site stands in the record, signed, with a salted
commitment to its content. The content stands apart, where it can be erased: it is another's, under
a licence that may end, and no verdict of the verifier needs it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coi.errors import Problem
from coi.ledger.content import Attestation
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.proofs import QA, JustProven, Proven, acting, holding, signature_of
from coi.services.reading_codes import ISBT128, Codes, Key, table_role, tables_at
from coi.services.table_file import Columns, Table, TableRow, read_table
from coi.services.taking_in import (
    Asked,
    Column,
    NotSigned,
    Outcome,
    Row,
    require_none,
    taken_in,
)
from coi.store import facts
from coi.store.transactions import Transaction
from labels.codes import tables as shapes

CODES = "codes"
IMPORTED = "code table imported"
"""What QA's signature means here: it is shown to whoever is about to sign."""

COLUMNS = (
    Column("site", "The short name of the site that is licensed; its QA signs.", "works"),
    Column("table", "Which table it is of.", shapes.PRODUCTS, tuple(shapes.TABLES)),
    Column("code", "The code, with its leading zeros.", "Z0001"),
    Column(
        "words",
        "What it means; of an order the numbers of its structures, as in 001 003.",
        "Made-up cells",
    ),
)
_NAMES = tuple(one.name for one in COLUMNS)


@dataclass(frozen=True, slots=True)
class _File:
    """What a file holds: its rows, and the codes of each table in it."""

    table: Table
    codes: Mapping[Key, Codes]


def import_codes(installation: Installation, asked: Asked) -> Outcome:
    """Let each table of a file be that of its site from now on, all or none.

    A table is replaced as a whole: what the file does not name is in it no longer. What is there
    alike is left alone.

    Raises:
        DataRefused: everything that is wrong, by line and column; nothing was saved.
        NotSigned: nobody has typed a password for it.
        KeyReused: the key already stands for another file.
    """
    if not (asked.dry_run or isinstance(asked.by, JustProven)):
        reason = f"each table is signed “{IMPORTED}”: type your password for it"
        raise NotSigned([Problem(reason, column="password")])
    file = _file(read_table(asked.content, Columns(_NAMES, CODES)))
    gone: list[int] = []

    def work(tx: Transaction, *, again: bool) -> tuple[Row, ...]:
        told = facts.dialects(tx)
        require_none([*file.table.problems, *_problems(tx, asked.by, file.table, told)], _NAMES)
        before = {site: tables_at(tx, site, told) for site, _name in file.codes}
        made = tuple(_told(row, before) for row in asked.counted(file.table.rows))
        gone.append(sum(_lost(before, file.codes)))
        new = {key: codes for key, codes in file.codes.items() if codes != _of(before, key)}
        if new and not again:
            _enter(tx, installation, asked.by, new)
        return made

    rows = taken_in(installation, CODES, asked, work)
    lost = (
        f" Dropped, since they are not in it: {gone[-1]} of the codes before." if gone[-1] else ""
    )
    headings = ("Site", "Table", "Code", "Words", "What is done")
    return Outcome(file.table.read_as + lost, headings, rows, asked.dry_run)


def _file(table: Table) -> _File:
    codes: dict[Key, Codes] = {}
    for row in table.rows:
        site, name, code, words = _cells(row)
        codes.setdefault((site, name), {})[code] = words
    return _File(table, codes)


def _cells(row: TableRow) -> tuple[str, str, str, str]:
    """Site, table, code and words; '' for what could not be read."""
    site, name, code, words = (row.cells.get(column, "") for column in _NAMES)
    return site, name, code, words


def _problems(
    tx: Transaction, by: Proven, table: Table, told: Mapping[Key, str]
) -> Iterator[Problem]:
    """Everything that is wrong with the rows, but for the cells that could not be read."""
    own = {site for role, site in acting(tx, by).person.site_roles if role == QA}
    unread = {(one.line, one.column) for one in table.problems}
    seen: set[tuple[str, str, str]] = set()
    for row in table.rows:
        site, name, code, words = _cells(row)
        found = [*_wrong_site(site, own, told), *_wrong_code(name, code, words)]
        if (site, name, code) in seen:
            found.append(("code", "stands there twice"))
        seen.add((site, name, code))
        yield from (
            Problem(reason, row.line, column)
            for column, reason in found
            if (row.line, column) not in unread
        )


def _wrong_site(site: str, own: set[str], told: Mapping[Key, str]) -> Iterator[tuple[str, str]]:
    # Whoever is no QA of it learns nothing of which sites there are, or what they read.
    if site not in own:
        yield "site", "is no site of which you are a QA reviewer"
    elif (site, ISBT128) not in told:
        yield "site", "does not read ISBT 128: its QA confirms the licence first"


def _wrong_code(name: str, code: str, words: str) -> Iterator[tuple[str, str]]:
    if name not in shapes.TABLES:
        yield "table", f"is one of {', '.join(shapes.TABLES)}"
        return
    if why := shapes.wrong_code(name, code):
        yield "code", why
    if why := shapes.wrong_words(name, words):
        yield "words", why


Before = Mapping[str, Mapping[str, Codes]]
"""By site and by name, the tables that there were."""


def _of(before: Before, key: Key) -> Codes:
    site, name = key
    return before[site].get(name, {})


def _lost(before: Before, codes: Mapping[Key, Codes]) -> Iterator[int]:
    """How many codes of each table are in it no longer."""
    return (len(_of(before, key).keys() - new.keys()) for key, new in codes.items())


def _told(row: TableRow, before: Before) -> Row:
    site, name, code, words = _cells(row)
    known = _of(before, (site, name)).get(code)
    done = "there already" if known == words else "new" if known is None else "new words"
    return Row(row.line, (site, name, code, words, done))


def _enter(
    tx: Transaction, installation: Installation, by: Proven, new: Mapping[Key, Codes]
) -> None:
    """Write one signed entry for all tables of a file; their content stands apart."""
    known, role = holding(tx, by, QA)
    now = installation.clock.now()
    signed = signature_of(known, role, IMPORTED, now)
    told = tuple(
        Attestation("dialect", site, table_role(name), detail=_kept(tx, installation, codes))
        for (site, name), codes in new.items()
    )
    registered = Registered(told, signatures=(signed,))
    write_site_entry(tx, "import_code_table", Occasion(known.person.id, "-", now), registered)


def _kept(tx: Transaction, installation: Installation, codes: Codes) -> str:
    text = json.dumps(codes, sort_keys=True, ensure_ascii=False)
    return commit_text(tx, installation, text)
