"""The third pass: the tables outside the chains, against what entries registered.

Registers are of the record and must all be there. So must be what is kept apart, unless an entry
says that it was erased; then it must be gone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from hashlib import sha256
from operator import attrgetter
from typing import TypeAlias

from coi.ledger.commitment import ciphertext_commitment, credential_commitment, fits, key_commitment
from coi.ledger.compare import differences
from coi.ledger.findings import Finding, hash_of_row
from coi.ledger.piles import Pile, Sheet, beside
from coi.ledger.registered import ERASED, Registered
from coi.ledger.source import Row, Source
from workflows.expansion import migrations
from workflows.model import Transition

Expand: TypeAlias = Callable[[str], Iterable[Transition]]
"""Gives the transitions that a stored workflow text allows; a ValueError if it is no definition."""

Layout: TypeAlias = Callable[[str], tuple[str, int, str]]
"""Gives the name, the version and the layout's hash of a template's text; a ValueError for none."""

Transitions: TypeAlias = dict[tuple[str, int], set[Row]]
"""The transitions of each workflow version whose stored text can be trusted."""

_REGISTERS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "party": (1, ("id", "kind")),
    "site": (1, ("id", "kind", "name", "country", "time_zone", "chain", "seq")),
    "unit": (1, ("id", "kind", "site", "name", "chain", "seq")),
    "person": (1, ("id", "kind", "chain", "seq")),
    "account": (1, ("username", "person", "chain", "seq")),
    "workflow": (2, ("name", "version", "hash", "chain", "seq")),
    "label_template": (2, ("name", "version", "hash", "layout", "chain", "seq")),
    "chain": (1, ("id", "kind")),
    "therapy": (1, ("coi", "kind", "patient_id", "patient_kind", "workflow")),
}
"""Register -> how many columns are its primary key, and its columns that entries tell."""

_TOLD = tuple(field.name for field in fields(Transition))
_TRANSITION = (*_TOLD, "n", "transitions")
_row: Callable[[Transition], Row] = attrgetter(*_TOLD)


def _found(table: str, key: Row, what: str, at: Row = ("-", None), *, row: Row = ()) -> Finding:
    """A finding; `row` is what is stored, where the words do not say it."""
    held = hash_of_row(row) if row else ""
    return Finding(table, "/".join(map(str, key)), at[0], at[1], what, held)


def check_workflows(source: Source, expand: Expand, findings: list[Finding]) -> Transitions:
    """Expand each stored workflow text whose hash is right, and compare the table of transitions.

    Runs before the chains are compared, since every move must be one of these transitions.
    """
    columns = ("name", "version", "hash", "text", "transitions", "chain", "seq")
    transitions: Transitions = {}
    changed: set[Row] = set()
    told: dict[Row, Sequence[Transition]] = {}
    # By name and version, so that what moves a therapy to one is known from those before it.
    for name, version, hash_, text, count, *at in source.rows("workflow", columns, columns[:2]):
        key = (name, version)
        try:
            told[key] = _allowed(text, hash_, expand)
        except ValueError as fault:
            stored = (hash_, text, count)
            findings.append(_found("workflow", key, str(fault), (*at,), row=stored))
            changed.add(key)
            continue
        older = [told[one] for one in told if one[0] == name and one != key]
        allowed = {_row(one) for one in (*told[key], *migrations(older, told[key]))}
        transitions[key] = allowed
        if count != len(allowed):
            what = f"transitions is {count!r} and should be {len(allowed)!r}"
            findings.append(_found("workflow", key, what, (*at,)))
    findings += _wrong_transitions(source, transitions, changed)
    return transitions


def _allowed(text: str, hash_: str, expand: Expand) -> Sequence[Transition]:
    """What the text allows, if it is the text of this hash and can be read."""
    if sha256(text.encode()).hexdigest() != hash_:
        raise ValueError("its text does not hash to its hash")
    return tuple(expand(text))


def check_templates(source: Source, layout: Layout | None, findings: list[Finding]) -> None:
    """Each text of a kept label template is the one of its hash, and declares what its row says.

    Without `layout` nobody can read them, and the hash alone is asked.
    """
    columns = ("name", "version", "layout", "hash", "text", "chain", "seq")
    rows = source.rows("label_template", columns, columns[:2])
    for name, version, known, hash_, text, *at in rows:
        if fault := _wrong_text(text, hash_, (name, version, known), layout):
            stored = (known, hash_, text)
            findings.append(_found("label_template", (name, version), fault, (*at,), row=stored))


def _wrong_text(text: str, hash_: str, told: Row, layout: Layout | None) -> str:
    """What is wrong with the text of a label template; '' for nothing."""
    if sha256(text.encode()).hexdigest() != hash_:
        return "its text does not hash to its hash"
    try:
        is_another = layout is not None and layout(text) != told
    except ValueError as fault:
        return str(fault)
    return "its text declares another template" if is_another else ""


def _wrong_transitions(
    source: Source, transitions: Transitions, changed: set[Row]
) -> Iterator[Finding]:
    """The table of transitions is what the texts expand to, numbered and counted.

    Nothing is said of a workflow whose text was `changed`: what it allowed is not known any more.
    """
    expected = [
        (*row, n, len(rows))
        for _, rows in sorted(transitions.items())
        for n, row in enumerate(sorted(rows), start=1)
    ]
    stored = list(source.rows("transition", _TRANSITION, ("workflow", "version", "n")))
    # Whole lists are compared in C; row by row only what differs.
    if stored == expected:
        return
    missing = set(expected)
    for row in stored:
        if row in missing:
            missing.remove(row)
        elif (row[0], row[2]) not in changed:
            what = "is not what its workflow's text allows"
            yield _found("transition", row[: len(_TOLD)], what, row=row)
    for row in sorted(missing):
        yield _found("transition", row[: len(_TOLD)], "is missing")


def check_registers(source: Source, registered: Registered, findings: list[Finding]) -> None:
    """Every register holds exactly what entries registered."""
    for table, (width, columns) in _REGISTERS.items():
        rows = source.rows(table, columns, columns[:width])
        for key, row, told in beside(rows, width, registered.rows[table]):
            if told is None:
                what = "was registered by no entry"
                findings.append(_found(table, key, what, _at(columns, row), row=row))
            elif not row:
                findings.append(_found(table, key, "is missing", _at(columns, told.what)))
            elif row != told.what:
                what = differences(columns, row, told.what)
                findings.append(_found(table, key, what, _at(columns, row)))
    for (name, version, hash_), at in registered.workflows_used.items():
        if registered.installed.get((name, version)) != hash_:
            what = f"its hash {hash_} is of no workflow {name} {version} that was installed"
            findings.append(_found("entry", at, what, at))
    # A key of the store forbids it; here it is asked once more of the bytes.
    for program in sorted(registered.programs & registered.signed_by.keys()):
        at = registered.signed_by[program]
        findings.append(_found("entry", at, f"is signed by {program}, which is a program", at))


def check_keepers(registered: Registered, findings: list[Finding]) -> None:
    """A site's own templates follow on one another, and nobody approves what they kept."""
    newest: dict[str, int] = {}
    for at, name, version in registered.kept:
        if version != newest.get(name, 0) + 1:
            what = f"keeps version {version} of {name}, which does not follow on the one before"
            findings.append(_found("entry", at, what, at))
        newest[name] = version
    for layout, person in sorted(registered.keepers.items()):
        approval = registered.approved.get((layout, person))
        if approval is not None:
            what = "approves a template that its actor kept"
            findings.append(_found("entry", approval, what, approval))


def check_times(registered: Registered, findings: list[Finding]) -> None:
    """No entry was recorded before the one that it follows, but where a check accounts for it.

    Somebody has signed then that the clock was right, and how far the record was ahead of it.
    """
    for at, told, before in registered.set_back:
        if not any(done <= told and before <= until for done, until in registered.clock_checks):
            what = f"was recorded at {told}, and the entry that it follows at {before}"
            findings.append(_found("entry", at, f"{what}; nobody checked the clock", at))


def _at(columns: tuple[str, ...], row: Row) -> Row:
    """The chain and seq that a register's row names, or what stands for none."""
    named = columns[-1] == "seq" and row[-2] is not None
    return row[-2:] if named else ("-", None)


def check_apart(source: Source, registered: Registered, findings: list[Finding]) -> dict[str, int]:
    """What is kept apart is what was committed to; returns how much of it has been erased."""
    for at, what in registered.wrongly_erased:
        findings.append(_found("entry", at, what, at))
    piles = {
        "erasable": registered.texts,
        "patient_key": registered.keys,
        "patient_identity": registered.identities,
        "credential": registered.credentials,
    }
    return {table: _kept_apart(source, table, pile, findings) for table, pile in piles.items()}


_APART: Mapping[str, tuple[int, tuple[str, ...], Callable[[Row, Sheet], bool]]] = {
    "erasable": (
        *(1, ("commitment", "salt", "text")),
        lambda row, told: told.key == row[:1] and fits(*row),
    ),
    "patient_key": (
        *(1, ("patient_id", "wrapped")),
        lambda row, told: key_commitment(row[1]) == told.what,
    ),
    "patient_identity": (
        *(2, ("patient_id", "field", "nonce", "ciphertext", "commitment")),
        lambda row, told: ciphertext_commitment(row[2], row[3]) == row[4] == told.what,
    ),
    "credential": (
        *(1, ("person", "person_kind", "password_hash", "set_at")),
        lambda row, told: (
            (row[1], credential_commitment(row[2]), row[3]) == ("person", told.what, told.when[0])
        ),
    ),
}
"""Table apart -> how many columns are its primary key, its columns, and whether a row is right."""


def _kept_apart(source: Source, table: str, pile: Pile, findings: list[Finding]) -> int:
    """Each row is there as it was registered last, or was erased; returns how many were."""
    width, columns, is_right = _APART[table]
    erased = 0
    for key, row, told in beside(source.rows(table, columns, columns[:width]), width, pile):
        if told is None:
            findings.append(_found(table, key, "was registered by no entry", row=row))
        elif told.what == ERASED and not row:
            erased += 1
        elif what := _wrong_row(row, told, is_right):
            findings.append(_found(table, key, what, told.when[1:], row=row))
    return erased


def _wrong_row(row: Row, told: Sheet, is_right: Callable[[Row, Sheet], bool]) -> str:
    """What is wrong with what is kept apart, or with its absence; '' for nothing."""
    if not row:
        return "is missing, and no entry says that it was erased"
    if told.what == ERASED:
        return "is there, although it was erased"
    return "" if is_right(row, told) else "is not what was registered last"
