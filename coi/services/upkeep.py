"""When a backup was last made and the record last verified, remembered in the instance's folder.

Neither is an entry: both are done by programs that only read the record, and on a record that may
not be written. So what is remembered here proves nothing; it says when to look after it.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime

from coi.clock import parse_rfc3339, rfc3339
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.settings import Settings

BACKUP, VERIFY = "backup", "verification"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, when, and whether it went well."""

    at: datetime
    passed: bool


def note_done(installation: Installation, what: str, *, passed: bool) -> None:
    """Remember that it was done now; where that cannot be kept, the log says so."""
    told = {"at": rfc3339(installation.clock.now()), "passed": passed}
    file = installation.settings.home / f"last-{what}.json"
    try:
        write_durably(file, json.dumps(told) + "\n")
    except OSError as error:
        _log.warning("When the last %s was made cannot be kept: %s", what, error.strerror)


def last_done(settings: Settings, what: str) -> Done | None:
    """When it was last done here; None for never, or where nobody can tell."""
    try:
        said = json.loads((settings.home / f"last-{what}.json").read_bytes())
        return Done(parse_rfc3339(said["at"]), said["passed"] is True)
    except (OSError, ValueError, KeyError, TypeError):
        return None
