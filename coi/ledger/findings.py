"""What a verification says: findings, heads and the verdict."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from coi.ledger.canonical import canonical

FORMAT = 1
_DIGITS = 24  # of a name; 96 bits: nobody makes another finding that bears it


@dataclass(frozen=True, slots=True)
class Finding:
    """One row or entry that is not as the ledger's bytes say; `seq` is None outside a chain."""

    table: str
    key: str  # the row's primary key, its parts joined by '/'
    chain: str
    seq: int | None
    what: str
    held: str = field(default="", compare=False)  # the hash of the row that stands there

    @property
    def name(self) -> str:
        """By which it is known again: the same name says the same of what is stored the same.

        What is said of the record as a whole counts its entries: it has the name of its place.
        """
        place = (self.table, self.key, self.chain, self.seq)
        is_of_all = self.table == "checkpoint" or self.key == "-"
        told = place if is_of_all else (*place, self.what, self.held)
        return hash_of_row(told)[:_DIGITS]


def hash_of_row(row: Sequence[object]) -> str:
    """What a stored row holds, for a finding whose words do not say it.

    A damaged row can hold anything, also what no canonical text can.
    """
    return sha256(ascii(tuple(row)).encode()).hexdigest()


class Head(NamedTuple):
    """Where a chain ended when it was looked at."""

    seq: int
    hash: str


Heads = Mapping[str, Head]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and everything that is wrong with it, the first thing first."""

    entries: int
    findings: tuple[Finding, ...]
    heads: Heads
    erased: Mapping[str, int]  # table -> texts named by the ledger that are no longer there

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return not self.findings

    @property
    def digest(self) -> str:
        """The digest of all heads: one line that stands for the whole ledger."""
        return heads_digest(self.heads)


def heads_digest(heads: Heads) -> str:
    """Hash the heads: SHA-256 over the lines 'chain seq hash LF', sorted by chain."""
    lines = (f"{chain} {head.seq} {head.hash}\n" for chain, head in sorted(heads.items()))
    return sha256("".join(lines).encode()).hexdigest()


def heads_text(heads: Heads) -> str:
    """Write a heads file, from which a later verification can go on."""
    listed = {chain: {"seq": head.seq, "hash": head.hash} for chain, head in heads.items()}
    return canonical({"format": FORMAT, "digest": heads_digest(heads), "heads": listed})


def read_heads(text: str) -> Heads:
    """Read a heads file.

    Raises:
        ValueError: it is not a heads file, or was changed since it was written.
    """
    try:
        stored = json.loads(text)
        heads = {
            str(chain): Head(int(head["seq"]), str(head["hash"]))
            for chain, head in stored["heads"].items()
        }
        fits = stored["format"] == FORMAT and stored["digest"] == heads_digest(heads)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is not a heads file: {error!r}") from None
    if not fits:
        raise ValueError("this heads file was changed, or is of another format")
    return heads
