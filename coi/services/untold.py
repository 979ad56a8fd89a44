"""What was found of the record and could not be put into it: nothing relies on it meanwhile.

A disk may be full, or a database away, just when a verification finds something. Then it is kept in
a file of the instance's folder, which each of its programs reads; where not even that can be
written, in this process. Once it is on record it is forgotten here (SEC-45).
"""

import json
import logging
from collections.abc import Collection
from pathlib import Path

from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.settings import Settings

UNREADABLE = "unreadable"
"""What stands for findings that were kept and cannot be read any more."""

_NAME = "findings-not-on-record.json"
_log = logging.getLogger(__name__)


def untold_file(settings: Settings) -> Path:
    """Where it is kept until it is on record."""
    return settings.home / _NAME


def untold(installation: Installation) -> frozenset[str]:
    """What was found and is not on record, by its places; nothing where all of it is."""
    return frozenset(installation.untold) | _kept(untold_file(installation.settings))


def keep_untold(installation: Installation, found: Collection[str]) -> None:
    """Keep these until they are on record; nothing is kept where there are none."""
    if not found:
        return
    every = sorted({*found, *untold(installation)})
    try:
        write_durably(untold_file(installation.settings), json.dumps(every) + "\n")
    except OSError as error:
        _log.critical("What was found is kept nowhere but in this process: %s", error.strerror)
        installation.untold.update(every)


def forget_untold(installation: Installation) -> None:
    """They are on record, or a whole verification found the record sound.

    A file that cannot be taken away goes on stopping releases; the log says so.
    """
    installation.untold.clear()
    file = untold_file(installation.settings)
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("%s cannot be taken away: %s", file, error.strerror)


def _kept(file: Path) -> frozenset[str]:
    """What the file says; one that is there and says nothing that can be read is a finding too."""
    try:
        said = json.loads(file.read_bytes())
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError):
        return frozenset({UNREADABLE})
    is_read = isinstance(said, list) and said and all(isinstance(one, str) for one in said)
    return frozenset(said) if is_read else frozenset({UNREADABLE})
