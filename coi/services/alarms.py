"""What becomes of the disk is told to the log, and to the record, in the organisation's chain.

Who acts in these entries is the product, which is the person '-'.
"""

import logging

from coi.errors import DiskFull
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.verifying import Verdict

DISK_FULL, DISK_HAS_ROOM, DISK_TRUSTED = "disk_full", "disk_has_room", "disk_trusted"
_log = logging.getLogger(__name__)


def look_at_disk(installation: Installation) -> None:
    """Tell the log of each alarm once, and the record when the disk was full, or has room again."""
    disk = installation.disk
    level, used = disk.alarm(), disk.used()
    if level > disk.told:
        _log.warning("The disk of the record in %s is %s %% full: make room.", disk.folder, used)
    disk.told = level
    is_full = isinstance(disk.stands_in_the_way(), DiskFull)
    if is_full != disk.noted:
        if not is_full:
            _log.warning("There is room again: the record in %s is written again.", disk.folder)
        _record(installation, DISK_FULL if is_full else DISK_HAS_ROOM, f"{used} % are used")
        disk.noted = is_full


def trust_disk(installation: Installation, verdict: Verdict) -> bool:
    """After a failure of the disk: what it holds was verified as a whole, so it is written again.

    Returns whether it had failed. Whoever saw it fail still writes nothing before a new start.
    """
    if not verdict.holds or not installation.disk.trust_again():
        return False
    _record(installation, DISK_TRUSTED, verdict.digest)
    return True


def _record(installation: Installation, action: str, about: str) -> None:
    now = installation.clock.now()
    told = Registered(document={"kind": "disk", "about": about})
    installation.transact_always(
        lambda tx: write_site_entry(tx, action, Occasion("-", "-", now), told)
    )
