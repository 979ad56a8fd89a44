"""The survivors that docs/mutation.md lists, each with its reason."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).parents[2] / "docs" / "mutation.md"

_CODE = re.compile(r"^`` ?(.*?) ?``$|^`(.*)`$")


class Listed(NamedTuple):
    """One row of a table: where, which change, and why nobody can notice."""

    where: str
    change: str
    reason: str


def constraints() -> list[Listed]:
    """What may be weakened without a forgery going through."""
    return [*_rows("Constraints")]


def functions() -> list[Listed]:
    """What may be changed in the code without a test failing."""
    return [*_rows("Functions")]


def verifier() -> list[Listed]:
    """What may be changed in the verifier of exports without a test failing."""
    return [*_rows("The verifier of exports")]


def is_listed(where: str, change: str, listed: list[Listed]) -> bool:
    """The change stands in the list; a `*` in a row's first column stands for any word."""
    return any(fnmatchcase(where, row.where) and change == row.change for row in listed)


def _rows(section: str) -> Iterator[Listed]:
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2]
    for line in text.partition("\n## ")[0].splitlines():
        if line.startswith("| `"):
            where, change, reason = re.split(r"(?<!\\) \| ", line.strip("| "))
            yield Listed(_plain(where), _plain(change), reason)


def _plain(cell: str) -> str:
    found = _CODE.match(cell)
    inner = (found[1] or found[2]) if found else cell
    return inner.replace("\\|", "|")
