"""What quality assurance has not signed for in time: accesses, the system, the archive.

Nobody is shut out because of it: patients wait for these people. It is told to those who answer for
it, each day, until it is done.
"""

from coi.services.access_review import ACCESS
from coi.services.archive_check import ARCHIVE
from coi.services.evaluation import SYSTEM
from coi.services.installation import Installation
from coi.services.periodic import Sort, is_overdue

EVERY: tuple[Sort, ...] = (ACCESS, SYSTEM, ARCHIVE)
"""Whatever is looked at again and again; a new one has its place here, and is told of."""


def overdue(installation: Installation) -> tuple[Sort, ...]:
    """Those that are overdue now, read in one look."""
    return installation.read(
        lambda tx: tuple(one for one in EVERY if is_overdue(tx, installation, one))
    )
