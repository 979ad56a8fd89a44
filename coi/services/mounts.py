"""On which kind of file system a folder lies: SQLite's locks hold on a disk of the machine alone.

Over a network two machines can both hold the lock, and write into one another's pages (F-26).
"""

import re
from pathlib import Path

from coi.errors import CoiError
from coi.settings import Settings

MOUNTS = Path("/proc/self/mountinfo")
UNKNOWN = "unknown"
_OF_THE_NETWORK = re.compile(
    r"nfs|cifs|smb|afs|ceph|gluster|lustre|beegfs|gpfs|pvfs2|orangefs|coda|ncpfs|davfs"
    r"|fuse(?!blk)|9p|virtiofs|vboxsf|vmhgfs|prl_fs"
)
"""Those that a host gives to its guests are here too: what is locked there, the host does not see.

A FUSE file system may be any of them; what is told as fuseblk is a disk, such as NTFS.
"""

_OWN_OF_SANDBOXES = "9p"
"""Some sandboxes have no other disk than this, all to themselves: it is told, and not refused."""


class OnNetwork(CoiError):
    """The database lies where its locks do not hold; nothing was opened."""

    code = "DATABASE_ON_NETWORK"

    def __init__(self, folder: Path, kind: str) -> None:
        super().__init__(
            f"The database lies in {folder}, on {kind}: SQLite's locks do not hold there, and two"
            " programs would destroy the record.",
            "Move the folder to a disk of this machine, or use PostgreSQL (docs/deployment.md).",
        )


def kind_of(folder: Path, mounts: Path = MOUNTS) -> str:
    """The kind of the file system that a folder lies on; of two in one place the later one is on.

    Where it really lies counts: a link may lead elsewhere. Source: proc_pid_mountinfo(5).
    """
    found, there = ("", UNKNOWN), folder.resolve()
    for line in mounts.read_text("utf-8", "surrogateescape").splitlines():
        place, _, kind = line.partition(" - ")
        point = _unescaped(place.split()[4])
        if there.is_relative_to(point) and len(point) >= len(found[0]):
            found = (point, kind.split()[0])
    return found[1]


def is_of_network(kind: str) -> bool:
    """Others may write there too, and the locks of this machine stop none of them."""
    return _OF_THE_NETWORK.match(kind) is not None


def require_own_disk(settings: Settings, mounts: Path = MOUNTS) -> None:
    """Go on only where the locks of an SQLite file hold, as far as the machine tells.

    Raises:
        OnNetwork: they do not.
    """
    file = settings.database_path
    # Only Linux tells what is mounted where; elsewhere whoever sets it up has to know.
    if file is None or not mounts.is_file():
        return
    kind = kind_of(file.parent, mounts)
    if is_of_network(kind) and kind != _OWN_OF_SANDBOXES:
        raise OnNetwork(file.parent, kind)


def _unescaped(written: str) -> str:
    r"""A path as it is: a blank is written as \040 there, and every other byte as it is."""
    raw = written.encode("utf-8", "surrogateescape")
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), raw).decode(
        "utf-8", "surrogateescape"
    )
