"""Where the tests write: in memory, where a machine has room for it.

Thousands of databases are made and thrown away, and what a disk takes for that tells nothing. What
the product asks of a disk is looked at in tests/faults, call by call, wherever the files are.
"""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - only its room counts; each run makes folders of its own
_ROOM = 4 * 1024**3  # bytes; about twice what two workers ever keep at once


def prefer() -> None:
    """Temporary files of this process and of its children are in memory, where there is room.

    Whoever sets TMPDIR is obeyed.
    """
    if "TMPDIR" in os.environ or not _MEMORY.is_dir():
        return
    if shutil.disk_usage(_MEMORY).free >= _ROOM:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # so that it is looked up again
