"""What somebody does to the rows of a table, class by class, and what the verifier names then.

An attack is another record, and all keys, checks and triggers are off.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Table

from coi.ledger.commitment import commit
from coi.ledger.content import OWN_KEY
from coi.ledger.entry import content_hash, entry_hash
from tests.ledger.tamper_forging import IN_TREE, cut_tree, replaced, with_rows
from tests.ledger.tamper_story import Record, Row, Story
from tests.ledger.tampering import another, key_of

Place: TypeAlias = tuple[str, int]

_HEX: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Named:
    """The verifier names one of these rows; and, where it is known, the place of its entry."""

    rows: frozenset[tuple[str, str]]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """The record holds; what was signed before and lies elsewhere differs, from this size on."""

    size: int


@dataclass(frozen=True, slots=True)
class Late:
    """The record holds; how far what was signed goes says that it goes no further than this."""

    size: int


@dataclass(frozen=True, slots=True)
class Unfound:
    """The record holds, and nothing tells: docs/threat-model.md says that nobody finds it."""


@dataclass(frozen=True, slots=True)
class Attack:
    """What somebody does, what the tables hold then, and what finds it."""

    how: str
    record: Record
    found_by: Named | Outside | Late | Unfound


def named(table: Table, *rows: Row) -> Named:
    """These rows by their keys; of the first one the place, where a finding tells it."""
    first = rows[0]
    keys = frozenset((table.name, key_of(table, row)) for row in rows)
    has_place = {"chain", "seq"} <= first.keys() and table.name not in ("participation", *IN_TREE)
    return Named(keys, (first["chain"], first["seq"]) if has_place else None)


def middle(record: Record, table: Table) -> Row:
    """A row from the middle; of requests the one by which the record itself counts something.

    What else is remembered of a request may be forgotten: it is no part of the record.
    """
    rows = record[table.name]
    counted = (row for row in rows if str(row.get("key", "")).startswith(OWN_KEY))
    return next(counted, rows[len(rows) // 2]) if table.name == "request" else rows[len(rows) // 2]


def instead(record: Record, table: Table, row: Row, *others: Row) -> Record:
    """The record with other rows in the place of one."""
    rows = list(record[table.name])
    at = rows.index(row)
    return with_rows(record, table.name, [*rows[:at], *others, *rows[at + 1 :]])


def missed(table: Table, row: Row) -> Named:
    """Where a row is missing; an entry is missed by the next one, by its parts and by its leaf."""
    if table.name != "entry":
        return named(table, row)
    place = (row["chain"], row["seq"])
    return Named(frozenset(), place)


def t1(story: Story, table: Table) -> Iterator[Attack]:
    """Change a row in the middle; of each column in turn `test_an_edited_column_is_named` tells."""
    row = middle(story.now, table)
    column = table.columns.keys()[-1]
    other = {**row, column: another(table, row, column)}
    # The place that it says may be what was changed.
    found = named_any(table, row, other)
    yield Attack(f"another {column}", instead(story.now, table, row, other), found)


def t2(story: Story, table: Table) -> Iterator[Attack]:
    """Take a row away, slip one in, tell one twice, or let two change places."""
    now, row = story.now, middle(story.now, table)
    yield Attack("gone", instead(now, table, row), missed(table, row))
    own = {name: another(table, row, name) for name in _unique(table) - {"chain"}}
    yield Attack(
        "slipped in", instead(now, table, row, row, {**row, **own}), named(table, {**row, **own})
    )
    yield Attack("told twice", instead(now, table, row, row, row), named(table, row))
    if "chain" in row:
        elsewhere = {**row, **own, "chain": "COI-B" if row["chain"] == "COI-A" else "COI-A"}
        yield Attack(
            "copied to another chain",
            instead(now, table, row, row, elsewhere),
            named(table, elsewhere),
        )
    for one, two in _neighbours(now, table):
        keys = [column.name for column in table.primary_key.columns]
        first, second = ({**b, **{k: a[k] for k in keys}} for a, b in ((one, two), (two, one)))
        changed = instead(instead(now, table, one, first), table, two, second)
        yield Attack("two in each other's place", changed, named_any(table, one, two))


def _unique(table: Table) -> set[str]:
    return {c.name for u in table.constraints for c in getattr(u, "columns", ())}


def _neighbours(record: Record, table: Table) -> Iterator[tuple[Row, Row]]:
    """Two rows that follow on one another and do not hold the same beside their keys."""
    rows, keys = record[table.name], {column.name for column in table.primary_key.columns}
    if set(table.columns.keys()) == keys:
        return  # nothing is left that could change places
    said = [{name: row[name] for name in row.keys() - keys} for row in rows]
    at = next(at for at in range(1, len(rows)) if said[at - 1] != said[at])
    yield rows[at - 1], rows[at]


def named_any(table: Table, *rows: Row) -> Named:
    """One of these rows, wherever it stands."""
    return Named(named(table, *rows).rows)


FORGED: Final[Mapping[str, tuple[str, str]]] = {
    "party": ("PAT-B", "PAT-Z"),
    "site": ("The hospital", "The hospice"),
    "unit": ("Laboratory", "Lavatory"),
    "person": ("P-OMAR", "P-EMMA"),
    "account": ("nina", "nora"),
    "workflow": ("weigh", "weigz"),
    "transition": ("weigh", "weigz"),
    "label_template": ("own-bag", "our-bag"),
    "chain": ("COI-B", "COI-Z"),
    "therapy": ("COI-B", "COI-Z"),
    "participation": ("S-MAKER", "S-BAKER"),
    "entry": ("P-NINA", "P-NORA"),
    "move": ("L-COI-A-5", "L-COI-A-6"),
    "signature": ("performed", "verified"),
    "subject": ("COI-A/5.1", "COI-A/5.7"),
    "lineage": ("COI-A/5.1", "COI-A/5.7"),
    "value": ("212.5", "912.5"),
    "label": ("L-COI-A-5", "L-COI-A-6"),
    "label_turn": ("L-COI-A-5", "L-COI-A-6"),
    "wristband": ("W-COI-B", "W-COI-Z"),
    "attestation": ("nurse", "nurze"),
    "position": ("COI-A/5.1", "COI-A/5.7"),
    "erasable": ("Relapse after two lines", "Relapse after six lines"),
    "patient_key": ("wrapped for PAT-B", "wrapped for PAT-Y"),
    "patient_identity": ("encrypted name of PAT-B", "encrypted name of PAT-Y"),
    "credential": ("$argon2id$2", "$argon2id$7"),
    "request": ("K000", "K900"),
    "tree_leaf": ("212.5", "912.5"),
    "tree_node": ("212.5", "912.5"),
    "checkpoint": ("212.5", "912.5"),
}
"""Table -> what a forger would like it to have said, and always to have said."""


def t9(story: Story, table: Table) -> Iterator[Attack]:
    """Let all tables say something else, and agree about it; the entries' bytes say what they did.

    A definition's own text stays too, where it is not the text that is asked about.
    """
    told = replaced(story.now, {FORGED[table.name][0]: FORGED[table.name][1]})
    bytes_ = [(row["content"], row["signed"]) for row in story.now["entry"]]
    entries = [
        {**row, "content": content, "signed": signed}
        for row, (content, signed) in zip(told["entry"], bytes_, strict=True)
    ]
    told = with_rows(told, "entry", entries)
    if table.name == "transition":
        told = with_rows(told, "workflow", story.now["workflow"])
    pairs = zip(story.now[table.name], told[table.name], strict=True)
    changed = [row for pair in pairs if pair[0] != pair[1] for row in pair]
    yield Attack("all tables agree", told, named_any(table, *changed))


def t11(story: Story, table: Table) -> Iterator[Attack]:
    """Change a file, a template or a definition; or change its hash with it."""
    row = middle(story.now, table)
    if table.name == "transition":
        other = {**row, "signatures": 0, "patient": 0, "scans": 0, "while_stopped": 1}
        yield Attack(
            "asks for less", instead(story.now, table, row, other), named(table, row, other)
        )
        return
    other = {**row, "text": row["text"] + " "}
    yield Attack("another text", instead(story.now, table, row, other), named(table, row))
    if "hash" in row:
        fits = {**other, "hash": content_hash(other["text"])}
    else:
        fits = {**other, "commitment": commit(other["text"], row["salt"])}
    yield Attack("with its hash", instead(story.now, table, row, fits), named(table, row))


def t14(story: Story, table: Table) -> Iterator[Attack]:
    """Let a bit of the first text of a row flip, and one of the last."""
    row = middle(story.now, table)
    texts = _texts(table, row)
    for column in {texts[0], texts[-1]}:
        first, rest = row[column][0], row[column][1:]
        other = {**row, column: chr(ord(first) ^ 1) + rest}
        changed = instead(story.now, table, row, other)
        yield Attack(f"a bit of {column}", changed, named_any(table, row, other))


def _texts(table: Table, row: Row) -> list[str]:
    return [
        column.name
        for column in table.columns
        if row[column.name] and isinstance(row[column.name], str)
    ]


def t15(story: Story, table: Table) -> Iterator[Attack]:
    """Write each text of a row with other bytes that a reader may take for the same."""
    row = middle(story.now, table)
    for column in _texts(table, row):
        for how, text in _alike(row[column]):
            other = {**row, column: text}
            changed = instead(story.now, table, row, other)
            yield Attack(f"{column} {how}", changed, named_any(table, row, other))
    if table.name == "erasable":
        row = next(one for one in story.now[table.name] if not one["text"].isascii())
        other = {**row, "text": unicodedata.normalize("NFD", row["text"])}
        yield Attack("decomposed", instead(story.now, table, row, other), Unfound())
    if table.name == "entry":
        yield Attack("a new one, spelt otherwise", _spelt_otherwise(story), Unfound())


def _spelt_otherwise(story: Story) -> Record:
    """The last entry is not in the tree yet, and its bytes, which fit its hash, have blanks."""
    last = story.now["tree_leaf"][-1]
    place = (last["chain"], last["seq"])
    entry = next(one for one in story.now["entry"] if (one["chain"], one["seq"]) == place)
    content = json.dumps(json.loads(entry["content"]), ensure_ascii=False, sort_keys=True)
    hashes = {"hash": entry_hash(content, entry["signed"]), "content_hash": content_hash(content)}
    outside = cut_tree(story.now, story.before("checkpoint")["checkpoint"][-1]["size"])
    return {
        name: tuple(
            {**row, "content": content, **hashes} if row == entry else _of(row, place, hashes)
            for row in rows
        )
        for name, rows in outside.items()
    }


def _of(row: Row, place: Place, hashes: Mapping[str, str]) -> Row:
    """A part of an entry bears the hash of its content."""
    is_part = "content_hash" in row and (row["chain"], row["seq"]) == place
    return {**row, "content_hash": hashes["content_hash"]} if is_part else row


def _alike(text: str) -> Iterator[tuple[str, str]]:
    """Other bytes: capitals where there are any, a blank behind a hash, or what nobody sees."""
    if text != text.upper():
        yield "in capitals", text.upper()
    if _HEX.fullmatch(text):
        yield "with a blank", f"{text} "
    elif text == text.upper():
        yield "with what nobody sees", f"{text}\u200b"


PERSONAL: Final[Mapping[str, str]] = {
    "party": "kind",
    "person": "kind",
    "account": "person",
    "therapy": "patient_id",
    "entry": "actor",
    "move": "patient_id",
    "signature": "person",
    "wristband": "patient_id",
    "attestation": "about",
    "position": "holder",
    "erasable": "text",
    "patient_key": "wrapped",
    "patient_identity": "ciphertext",
    "credential": "password_hash",
    "request": "actor",
}
"""Table -> a column that says who somebody is, what they may, or how they are called."""


def t16(story: Story, table: Table) -> Iterator[Attack]:
    """Let two rows that are of two people change what is said of whom."""
    column = PERSONAL[table.name]
    rows = story.now[table.name]
    one = next(row for row in rows if row[column] is not None)
    two = next(row for row in reversed(rows) if row[column] not in (None, one[column]))
    first, second = {**one, column: two[column]}, {**two, column: one[column]}
    changed = instead(instead(story.now, table, one, first), table, two, second)
    yield Attack(f"two of {column}", changed, named_any(table, one, two))


ERASED: Final = ("erasable", "patient_key", "patient_identity")
"""Tables of which an entry can say that a row was erased."""


def t18(story: Story, table: Table) -> Iterator[Attack]:
    """Take away what the erasure of a patient says nothing of, or put back what it says is gone."""
    erased = story.erased
    of_patient = (row for row in erased[table.name] if _is_of_patient(row))
    row = next(of_patient, middle(erased, table))
    if table.name == "request":
        row = middle(erased, table)
    hidden = instead(erased, table, row)
    yield Attack("hidden behind an erasure", hidden, missed(table, row))
    if table.name in ERASED:
        gone = next(one for one in story.now[table.name] if one not in erased[table.name])
        back = with_rows(erased, table.name, [*erased[table.name], gone])
        yield Attack("back again", back, named(table, gone))


def _is_of_patient(row: Row) -> bool:
    return any(str(value).startswith(("COI-A", "PAT-A")) for value in row.values())
