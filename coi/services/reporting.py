"""The documents of a therapy: read in one transaction, told in words, drawn as PDF."""

from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from coi.reports import custody
from coi.reports.custody_contents import CustodyRecord
from coi.services.custody_reading import ERASED, Reading, read_custody
from coi.services.custody_telling import tell
from coi.services.installation import Installation
from coi.services.proofs import Proven
from coi.store.people import printed_names
from coi.store.transactions import Transaction

PACKAGE: Final = "chain-of-identity"


def custody_record(
    installation: Installation,
    coi: str,
    generated_by: Proven | str,
    generated_at: datetime | None = None,
    copy: int = 0,
) -> bytes:
    """Write the custody record of a therapy as PDF; the patient appears by the COI alone.

    The same record at the same `generated_at` (by default: now) has the same bytes. `copy` is the
    number of this copy; 0 is one that nobody counts.

    Raises:
        Unknown: there is no such therapy.
    """

    def work(tx: Transaction) -> tuple[Reading, str]:
        return read_custody(tx, installation, coi), name_of(tx, generated_by)

    reading, name = installation.read(work)
    at = (generated_at or installation.clock.now()).astimezone(UTC)
    record = tell(reading, at, name, software(), demo=installation.demonstration)
    return custody_pdf(record, copy)


def custody_pdf(record: CustodyRecord, copy: int) -> bytes:
    """The same of what was read and told already."""
    return custody.custody_record(replace(record, copy=copy))


def name_of(tx: Transaction, generated_by: Proven | str) -> str:
    """The printed name of whoever asks for the document."""
    if isinstance(generated_by, str):
        return generated_by
    return printed_names(tx, [generated_by.person]).get(generated_by.person, ERASED)


def software() -> str:
    """The name and version of this software."""
    try:
        return f"{PACKAGE} {version(PACKAGE)}"
    except PackageNotFoundError:
        return f"{PACKAGE}, run from its source"
