"""The third pass: the tables outside the chains, against what entries registered.

Registers are of the record and must all be there. Tables apart may have been erased, and are only
ever wrong by holding something else than what was registered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from hashlib import sha256
from operator import attrgetter
from typing import TypeAlias

from coi.ledger.commitment import ciphertext_commitment, credential_commitment, fits, key_commitment
from coi.ledger.compare import differences
from coi.ledger.findings import Finding
from coi.ledger.registered import Registered
from coi.ledger.source import Row, Source
from workflows.expansion import migrations
from workflows.model import Transition

Expand: TypeAlias = Callable[[str], Iterable[Transition]]
"""Gives the transitions that a stored workflow text allows; a ValueError if it is no definition."""

Transitions: TypeAlias = dict[tuple[str, int], set[Row]]
"""The transitions of each workflow version whose stored text can be trusted."""

_REGISTERS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "party": (1, ("id", "kind")),
    "site": (1, ("id", "kind", "name", "country", "time_zone", "chain", "seq")),
    "unit": (1, ("id", "kind", "site", "name", "chain", "seq")),
    "person": (1, ("id", "kind", "chain", "seq")),
    "account": (1, ("username", "person", "chain", "seq")),
    "workflow": (2, ("name", "version", "hash", "chain", "seq")),
    "chain": (1, ("id", "kind")),
    "therapy": (1, ("coi", "kind", "patient_id", "patient_kind", "workflow")),
}
"""Register -> how many columns are its primary key, and its columns that entries tell."""

_TOLD = tuple(field.name for field in fields(Transition))
_TRANSITION = (*_TOLD, "n", "transitions")
_row: Callable[[Transition], Row] = attrgetter(*_TOLD)


def _found(table: str, key: Row, what: str, at: Row = ("-", None)) -> Finding:
    return Finding(table, "/".join(map(str, key)), at[0], at[1], what)


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
            findings.append(_found("workflow", key, str(fault), (*at,)))
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
            yield _found("transition", row[: len(_TOLD)], "is not what its workflow's text allows")
    for row in sorted(missing):
        yield _found("transition", row[: len(_TOLD)], "is missing")


def check_registers(source: Source, registered: Registered, findings: list[Finding]) -> None:
    """Every register holds exactly what entries registered."""
    for table, (width, columns) in _REGISTERS.items():
        expected = dict(registered.rows.get(table, {}))
        for row in source.rows(table, columns, columns[:width]):
            key = row[:width]
            told = expected.pop(key, None)
            at = _at(columns, row)
            if told is None:
                findings.append(_found(table, key, "was registered by no entry", at))
            elif row != told:
                findings.append(_found(table, key, differences(columns, row, told), at))
        for key, told in expected.items():
            findings.append(_found(table, key, "is missing", _at(columns, told)))
    installed = registered.rows.get("workflow", {})
    for (name, version, hash_), at in registered.workflows_used.items():
        if (name, version) not in installed or installed[name, version][2] != hash_:
            what = f"its hash {hash_} is of no workflow {name} {version} that was installed"
            findings.append(_found("entry", at, what, at))
    # A key of the store forbids it; here it is asked once more of the bytes.
    for program in sorted(registered.programs & registered.signed_by.keys()):
        at = registered.signed_by[program]
        findings.append(_found("entry", at, f"is signed by {program}, which is a program", at))


def _at(columns: tuple[str, ...], row: Row) -> Row:
    """The chain and seq that a register's row names, or what stands for none."""
    named = columns[-1] == "seq" and row[-2] is not None
    return row[-2:] if named else ("-", None)


def check_apart(source: Source, registered: Registered, findings: list[Finding]) -> dict[str, int]:
    """What is kept apart is what was committed to; returns how much of it has been erased."""
    return {
        "erasable": _erasable(source, registered, findings),
        "patient_key": _keys(source, registered, findings),
        "patient_identity": _identities(source, registered, findings),
        "credential": _credentials(source, registered, findings),
    }


def _erasable(source: Source, registered: Registered, findings: list[Finding]) -> int:
    there = 0
    columns = ("commitment", "salt", "text")
    for commitment, salt, text in source.rows("erasable", columns, columns[:1]):
        if not fits(commitment, salt, text):
            findings.append(_found("erasable", (commitment,), "is not what was committed to"))
        elif bytes.fromhex(commitment) not in registered.texts:
            findings.append(_found("erasable", (commitment,), "is named by no entry"))
        else:
            there += 1
            continue
        # A damaged text is no erased one: it is counted as there if its commitment is known.
        there += _is_known(commitment, registered.texts)
    return len(registered.texts) - there


def _is_known(commitment: str, texts: set[bytes]) -> bool:
    try:
        return bytes.fromhex(commitment) in texts
    except ValueError:
        return False


def _identities(source: Source, registered: Registered, findings: list[Finding]) -> int:
    expected = dict(registered.identities)
    columns = ("patient_id", "field", "nonce", "ciphertext", "commitment")
    for patient, name, nonce, ciphertext, commitment in source.rows(
        "patient_identity", columns, columns[:2]
    ):
        key = (patient, name)
        when, told = expected.pop(key, (("-", "-", 0), None))
        if told is None:
            findings.append(_found("patient_identity", key, "was registered by no entry"))
        elif not told == commitment == ciphertext_commitment(nonce, ciphertext):
            what = "is not what was registered last"
            findings.append(_found("patient_identity", key, what, when[1:]))
    # What was registered and is not there has been erased, which is allowed.
    return len(expected)


def _keys(source: Source, registered: Registered, findings: list[Finding]) -> int:
    expected = dict(registered.keys)
    columns = ("patient_id", "wrapped")
    for patient, wrapped in source.rows("patient_key", columns, columns[:1]):
        when, told = expected.pop((patient,), (("-", "-", 0), None))
        if told is None:
            findings.append(_found("patient_key", (patient,), "was registered by no entry"))
        elif told != key_commitment(wrapped):
            what = "is not what was registered last"
            findings.append(_found("patient_key", (patient,), what, when[1:]))
    return len(expected)


def _credentials(source: Source, registered: Registered, findings: list[Finding]) -> int:
    expected = dict(registered.credentials)
    columns = ("person", "person_kind", "password_hash", "set_at")
    for person, kind, password_hash, set_at in source.rows("credential", columns, columns[:1]):
        when, told = expected.pop((person,), (("-", "-", 0), None))
        if told is None:
            findings.append(_found("credential", (person,), "was registered by no entry"))
        elif (kind, set_at, credential_commitment(password_hash)) != ("person", when[0], told):
            what = "is not what was registered last"
            findings.append(_found("credential", (person,), what, when[1:]))
    return len(expected)
