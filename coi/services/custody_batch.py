"""The custody records of all therapies of a work list: each a counted copy, in one file."""

from itertools import islice

from coi.errors import CoiError, DataRefused, NotWritten, Problem
from coi.reports.archive import archive
from coi.services.documents import write_custody_record
from coi.services.installation import Installation
from coi.services.looking import sees
from coi.services.proofs import Proven, acting
from coi.services.worklist import Wanted, every_waiting
from coi.store.transactions import Transaction

MOST = 50
"""Of so many therapies the records are drawn at once: whoever asks waits until all are."""

NOT_DRAWN = "NOT-DRAWN.txt"
_NONE = "no therapy is on this list"
_TOO_MANY = f"more than {MOST} therapies are on this list: narrow it down, to a phase or a unit"


def write_custody_records(installation: Installation, by: Proven, wanted: Wanted) -> bytes:
    """A ZIP with the custody record of each therapy as PDF, what is due first in front.

    One that cannot be drawn stands in `NOT-DRAWN.txt` with the reason, and holds up no other.

    Raises:
        DataRefused: there are none, or more than are drawn at once.
        NotWritten: nothing can be put on record now.
    """
    installation.require_writable()
    cois = installation.read(lambda tx: _listed(tx, installation, by, wanted))
    files: dict[str, bytes] = {}
    not_drawn: list[str] = []
    for coi in cois:
        try:
            files[f"custody-{coi}.pdf"] = write_custody_record(installation, by, coi)
        except NotWritten:
            raise
        except CoiError as error:
            not_drawn.append(f"{coi}: {error.sentence} {error.next_step} ({error.code})")
    if not_drawn:
        files[NOT_DRAWN] = ("\n".join(not_drawn) + "\n").encode()
    return archive(files)


def _listed(tx: Transaction, installation: Installation, by: Proven, wanted: Wanted) -> list[str]:
    person = acting(tx, by).person
    waiting = every_waiting(tx, installation, person, wanted)
    # No further than it is known that they are too many: a list may have ten thousand.
    listed = [one.coi for one in islice(waiting, MOST + 1)]
    if len(listed) > MOST:
        raise DataRefused([Problem(_TOO_MANY)])
    cois = [coi for coi in listed if sees(tx, person, coi)]
    if not cois:
        raise DataRefused([Problem(_NONE)])
    return cois
