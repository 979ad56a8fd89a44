"""Lists that leave the system as files: written, put on record, and only then handed out.

Who took which list, narrowed down to what, with how many rows and which hash, is an entry in their
site's chain. The file is whole before that, on the disk and not in memory, however long it is.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from hashlib import file_digest
from tempfile import SpooledTemporaryFile
from typing import IO

from coi.errors import Problem
from coi.reports.tables import Table, write_csv, write_xlsx
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.permissions import Permission, may
from coi.services.proofs import NotAllowed, Proven, acting
from coi.store.facts import ORGANISATION
from coi.store.registers import person_chain
from coi.store.transactions import Transaction
from workflows.facts import Person

_IN_MEMORY = 1_048_576  # bytes; what is longer goes to the disk


class Form(StrEnum):
    """What a list can be written as."""

    CSV = "csv"
    XLSX = "xlsx"


_WRITE: Mapping[Form, Callable[[Table, IO[bytes]], int]] = {
    Form.CSV: write_csv,
    Form.XLSX: write_xlsx,
}

Draw = Callable[[Transaction, Installation, Person], Table]
"""Gives the rows that a person may see; they are read while the transaction is open."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list as somebody asks for it: what its page would show them, all pages at once."""

    name: str
    permission: Permission  # that of its page
    table: Draw
    narrowed: Mapping[str, str]  # to what, as its entry keeps it; never a name that was searched
    about: str = ""  # the therapy, of a list that is about one


@dataclass(frozen=True, slots=True)
class Exported:
    """A list as a file; whoever takes the content reads it from its beginning, and closes it."""

    name: str
    rows: int
    sha256: str
    content: IO[bytes]


def export(installation: Installation, by: Proven, listing: Listing, form: Form) -> Exported:
    """A list as a file for a spreadsheet, once it is on record that it left.

    Raises:
        NotAllowed: the person may not see this list.
        Unknown: it is about a therapy that there is not, or that this person may not see.
        NotWritten: the record is only read, so that nobody could tell later that it left.
    """
    installation.require_writable()
    with ExitStack() as until_handed_out:
        content = until_handed_out.enter_context(SpooledTemporaryFile(_IN_MEMORY))

        def look(tx: Transaction) -> int:
            person = acting(tx, by).person
            _require(person, listing.permission)
            return _WRITE[form](listing.table(tx, installation, person), content)

        rows = installation.read(look)
        content.seek(0)
        digest = file_digest(content, "sha256").hexdigest()
        told = _told(listing, form, rows, digest)
        installation.transact(lambda tx: _note(tx, installation, by, listing.permission, told))
        content.seek(0)
        until_handed_out.pop_all()
    return Exported(_file_name(installation, listing, form), rows, digest, content)


def _require(person: Person, permission: Permission) -> None:
    if not may(person, permission):
        raise NotAllowed([Problem(f"{person.username} may not {permission.value}")])


def _told(listing: Listing, form: Form, rows: int, digest: str) -> Mapping[str, str]:
    """What the entry says of the file."""
    told = {"kind": "list", "about": listing.name, "form": form.value}
    told |= {"rows": str(rows), "sha256": digest}
    if listing.about:
        told["of"] = listing.about
    narrowed = " ".join(f"{name}={text}" for name, text in listing.narrowed.items() if text)
    if narrowed:
        # What fits nothing may be a patient's name that was typed into the wrong field.
        told["narrowed"] = narrowed if rows else "to what there is not"
    return told


def _note(
    tx: Transaction,
    installation: Installation,
    by: Proven,
    permission: Permission,
    told: Mapping[str, str],
) -> None:
    """Put on record that somebody, who still may see the list, takes it out of the system."""
    person = acting(tx, by).person
    _require(person, permission)
    occasion = Occasion(person.id, "-", installation.clock.now())
    chain = person_chain(tx, person.id) or ORGANISATION
    write_site_entry(tx, "export_list", occasion, Registered(document=told), chain)


def _file_name(installation: Installation, listing: Listing, form: Form) -> str:
    """The list, the therapy's COI if it is about one, and the day; nobody's name."""
    day = f"{installation.clock.now():%Y-%m-%d}"
    return "-".join(filter(None, (listing.name, listing.about, day))) + f".{form.value}"
