"""The schema as it is shipped, with one rule of it taken away or changed, again and again.

What is changed is the frozen text of the first migration, so that a weakening is what a slip in
the tables, or in what generates the triggers, would have shipped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from coi.store.freeze import frozen
from coi.store.tables import APART, PASSING
from tests.mutation.conditions import changes, split

SCHEMA = tuple(frozen("0001_the_record", "sqlite"))

_TABLE = re.compile(r"CREATE TABLE (\w+)")
_CONSTRAINT = re.compile(r"^    CONSTRAINT (\w+) (.*?),?$", re.MULTILINE)
_WHEN = re.compile(r"    WHEN (.*)\n    THEN RAISE\(ABORT, '(\w+)'\)\n")
_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) BEFORE")
_COLUMNS = re.compile(r"(?:KEY|UNIQUE) ?\((.*?)\)")
_LOOKED_FOR = re.compile(r"(.* WHERE )(.*)\)")
_APART = {table.name for table in (*APART, *PASSING)}


@dataclass(frozen=True, slots=True)
class Rule:
    """One named constraint of the record, as its table says it."""

    name: str
    table: str
    text: str

    @property
    def kind(self) -> str:
        """What it is: ck, fk, pk or uq."""
        return self.name.partition("_")[0]

    @property
    def columns(self) -> frozenset[str]:
        """The columns of a key."""
        found = _COLUMNS.match(
            self.text[self.text.index("UNIQUE" if self.kind == "uq" else "KEY") :]
        )
        return frozenset(found[1].split(", ")) if found else frozenset()

    @property
    def is_target(self) -> bool:
        """Whether it is a key that holds all of another one: references need it as their target."""
        others = (one for one in rules() if one.table == self.table and one.kind in {"pk", "uq"})
        return self.kind == "uq" and any(one.columns < self.columns for one in others)


@dataclass(frozen=True, slots=True)
class Weakening:
    """The schema with one change; `bare` is for a prompt that has its foreign keys switched off."""

    name: str
    change: str
    statements: tuple[str, ...]
    bare: bool = False

    def __str__(self) -> str:
        """Name the constraint and the change."""
        return f"{self.name}: {self.change}"


def rules() -> list[Rule]:
    """Every named constraint of the record's tables."""
    return [
        Rule(name, table, text)
        for statement in SCHEMA
        if (table := _name(_TABLE, statement)) and table not in _APART
        for name, text in _CONSTRAINT.findall(statement)
    ]


def locks() -> list[str]:
    """Every name that a trigger refuses by and that is no constraint's."""
    raised = set(re.findall(r"RAISE\(ABORT, '(lock_\w+)'\)", "\n".join(SCHEMA)))
    return sorted(raised)


def weakenings() -> Iterator[Weakening]:
    """Every schema that lacks one rule, or in which one rule asks for something else."""
    for rule in rules():
        yield from _OF_KIND[rule.kind](rule)
    for name in locks():
        yield Weakening(name, "removed", tuple(_without_refusal(SCHEMA, name)))


# -- by kind of constraint -------------------------------------------------------------------------


def _of_check(rule: Rule) -> Iterator[Weakening]:
    yield Weakening(rule.name, "removed", _without(rule))
    condition = rule.text.removeprefix("CHECK (").removesuffix(")")
    for changed in changes(condition):
        text = f"CHECK ({changed.condition})"
        yield Weakening(rule.name, changed.change, tuple(_rewritten(SCHEMA, rule, text)))


def _of_reference(rule: Rule) -> Iterator[Weakening]:
    """A key to another row: gone, not repeated at a bare prompt, or blind for one column."""
    yield Weakening(rule.name, "removed", _without(rule))
    unrepeated = tuple(_without_refusal(SCHEMA, rule.name))
    yield Weakening(rule.name, "not repeated by the trigger", unrepeated, bare=True)
    native_only = _without_line(SCHEMA, rule)
    for column, statements in _blind_for_each(native_only, rule):
        yield Weakening(rule.name, f"without `{column}`", statements)


def _of_unique(rule: Rule) -> Iterator[Weakening]:
    """A key of its own table: gone, not repeated before a REPLACE, or too narrow."""
    if rule.is_target:
        yield Weakening(rule.name, "removed", tuple(_without_line(SCHEMA, rule)))
        return
    unkeyed = _without_references_to(SCHEMA, rule.table)
    without = _without_refusal(_without_line(unkeyed, rule), rule.name)
    yield Weakening(rule.name, "removed", tuple(without))
    unrepeated = tuple(_without_refusal(SCHEMA, rule.name))
    yield Weakening(rule.name, "not repeated by the trigger", unrepeated, bare=True)
    for column, statements in _blind_for_each(_without_line(unkeyed, rule), rule):
        yield Weakening(rule.name, f"without `{column}`", statements)


_OF_KIND = {"ck": _of_check, "fk": _of_reference, "pk": _of_unique, "uq": _of_unique}


# -- changing the text -----------------------------------------------------------------------------


def _without(rule: Rule) -> tuple[str, ...]:
    return tuple(_without_refusal(_without_line(SCHEMA, rule), rule.name))


def _without_line(statements: tuple[str, ...] | list[str], rule: Rule) -> list[str]:
    """The schema without the table's own word for it; a table without its key has row numbers."""
    changed = _rewritten(statements, rule, None)
    if rule.kind != "pk":
        return changed
    return [
        statement.replace(" WITHOUT ROWID,\n", "")
        if _name(_TABLE, statement) == rule.table
        else statement
        for statement in changed
    ]


def _without_references_to(statements: tuple[str, ...], table: str) -> list[str]:
    """The schema without the keys to a table: SQLite refuses a key whose target is not unique."""
    changed = list(statements)
    for rule in rules():
        if f"REFERENCES {table} (" in rule.text:
            changed = _rewritten(changed, rule, None)
    return changed


def _rewritten(statements: tuple[str, ...] | list[str], rule: Rule, text: str | None) -> list[str]:
    """The schema with another text for the rule, or with none."""
    return [
        _with_constraint(statement, rule.name, text)
        if _name(_TABLE, statement) == rule.table
        else statement
        for statement in statements
    ]


def _with_constraint(statement: str, name: str, text: str | None) -> str:
    kept = [
        f"    CONSTRAINT {found} {text if found == name else own}"
        for found, own in _CONSTRAINT.findall(statement)
        if found != name or text is not None
    ]
    head, _, rest = statement.partition("    CONSTRAINT ")
    tail = rest[rest.index("\n)") :]
    body = ",\n".join([head.rstrip().removesuffix(","), *kept])
    return f"{body}{tail}"


def _without_refusal(statements: tuple[str, ...] | list[str], name: str) -> Iterator[str]:
    """The schema in which no trigger refuses by this name; one without any refusal is left out."""
    for statement in statements:
        if _name(_TRIGGER, statement) is None or f"'{name}'" not in statement:
            yield statement
            continue
        kept = _WHEN.sub(lambda when: "" if when[2] == name else when[0], statement)
        if _WHEN.search(kept):
            yield kept


def _blind_for_each(statements: list[str], rule: Rule) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The schema in which the rule's trigger does not look at one of its columns, for each."""
    (condition,) = {
        found[1]
        for found in chain.from_iterable(map(_WHEN.finditer, statements))
        if found[2] == rule.name
    }
    lead, pairs = _LOOKED_FOR.fullmatch(condition).groups()
    columns = split(pairs, " AND ")
    for at, column in enumerate(columns[: len(columns) if len(columns) > 1 else 0]):
        left = " AND ".join(columns[:at] + columns[at + 1 :])
        changed = f"    WHEN {lead}{left})\n    THEN RAISE(ABORT, '{rule.name}')\n"
        whole = f"    WHEN {condition}\n    THEN RAISE(ABORT, '{rule.name}')\n"
        yield column, tuple(statement.replace(whole, changed) for statement in statements)


def _name(pattern: re.Pattern[str], statement: str) -> str | None:
    found = pattern.match(statement)
    return found[1] if found else None
