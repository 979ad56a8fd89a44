"""Which rows of a file look like another patient of their site: whoever hands it in is told.

It is asked of a file in which nothing is wrong, and so of sites where the person may order.
"""

from collections.abc import Mapping
from dataclasses import asdict

from coi.errors import Problem
from coi.services.installation import Installation
from coi.services.likeness import marks_of
from coi.services.order_file import OrderFile, OrderRow
from coi.services.vault import INDEX_FIELD, folded, index_of
from coi.store import registers
from coi.store.likeness import marked_at
from coi.store.transactions import Transaction


def alike_in(tx: Transaction, installation: Installation, file: OrderFile) -> Mapping[int, str]:
    """By line, whom a row's patient looks like: a line before it, or somebody who is known."""
    sites = {name: site.id for site in registers.sites(tx) for name in (site.name, site.id)}
    first: dict[tuple[str, str], OrderRow] = {}
    found: dict[int, str] = {}
    for row in file.rows:
        site = sites[row.ordering_site]
        marks = marks_of(installation.vault, asdict(row))
        before = [first.setdefault((site, mark), row) for mark in sorted(marks)]
        others = [one.line for one in before if not _is_same_number(one, row)]
        if others:
            found[row.line] = f"looks like line {min(others)}"
        elif _is_new(tx, installation, site, row) and marked_at(tx, marks, site):
            found[row.line] = "looks like a patient who is known here"
    return found


def as_problems(alike: Mapping[int, str]) -> list[Problem]:
    """Each as a reason why nothing is imported before somebody has confirmed it."""
    return [Problem(to_be_compared(whom), line, "family_name") for line, whom in alike.items()]


def to_be_compared(whom: str) -> str:
    """Whom a row looks like, and what to do before both are imported."""
    return f"{whom}: compare their charts, and confirm that they are two people"


def _is_same_number(one: OrderRow, other: OrderRow) -> bool:
    """Two rows of one site are of one patient."""
    return folded(one.medical_record_number) == folded(other.medical_record_number)


def _is_new(tx: Transaction, installation: Installation, site: str, row: OrderRow) -> bool:
    """Nobody of the site has the record number yet."""
    index = index_of(installation.vault, site, row.medical_record_number)
    return not registers.patients_with(tx, INDEX_FIELD, index)
