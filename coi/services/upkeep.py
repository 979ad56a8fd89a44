"""When a backup was last made and the record last verified, remembered in the instance's folder.

Neither is an entry: both are done by programs that only read the record, and on a record that may
not be written. So what is remembered here proves nothing; it says when to look after it.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from coi.clock import parse_rfc3339, rfc3339
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.settings import Settings

BACKUP, VERIFY, WHOLE = "backup", "verification", "whole verification"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, when, and whether it went well."""

    at: datetime
    passed: bool


def note_done(installation: Installation, what: str, *, passed: bool) -> None:
    """Remember that it was done now; where that cannot be kept, the log says so."""
    told = {"at": rfc3339(installation.clock.now()), "passed": passed}
    file = _file(installation.settings, what)
    try:
        write_durably(file, json.dumps(told) + "\n")
    except OSError as error:
        _log.warning("When the last %s was made cannot be kept: %s", what, error.strerror)


def note_verified(installation: Installation, *, passed: bool, whole: bool) -> None:
    """Remember a verification; what one found, only a whole one that passes puts aside.

    One that looks at what is new need not come to the old row that was changed.
    """
    before = last_done(installation.settings, VERIFY)
    if whole:
        note_done(installation, WHOLE, passed=passed)
    elif before is not None and not before.passed:
        passed = False
    note_done(installation, VERIFY, passed=passed)


def last_done(settings: Settings, what: str) -> Done | None:
    """When it was last done here; None for never, or where nobody can tell."""
    try:
        said = json.loads(_file(settings, what).read_bytes())
        return Done(parse_rfc3339(said["at"]), said["passed"] is True)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _file(settings: Settings, what: str) -> Path:
    return settings.home / f"last-{what.replace(' ', '-')}.json"
