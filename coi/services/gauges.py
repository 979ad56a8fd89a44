"""What is measured of the whole installation, and looked up when somebody asks for measurements.

A part of the product that has something to measure gives a gauge of its own to GAUGES; nothing of
it names anybody (SEC-33). A gauge that cannot be looked up is left out, and told as a failure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coi.clock import parse_rfc3339
from coi.services.anchoring import anchored
from coi.services.drills import last_drilled
from coi.services.emergency_review import overdue
from coi.services.gaps import following_not
from coi.services.installation import Installation
from coi.services.print_view import oldest_print, print_depths
from coi.services.sequencing import covered_until, entries_covered
from coi.services.stepped import clock_in_doubt
from coi.services.upkeep import BACKUP, VERIFY, last_done
from coi.services.webhook_list import oldest_waiting, queue_depths
from coi.store.size import entries_in
from coi.store.tree import size_of_tree

Found = Mapping[str, float]
"""A number for each value of the gauge's label; under '' where it has none."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number, or one for each value of a label, that is true of all processes together."""

    name: str
    meaning: str
    look: Callable[[Installation], Found]
    label: str = ""


def _entries(installation: Installation) -> Found:
    return {"": installation.read(entries_in)}


def _in_tree(installation: Installation) -> Found:
    return {"": installation.read(size_of_tree)}


def _covered(installation: Installation) -> Found:
    until = covered_until(installation)
    return {"": parse_rfc3339(until).timestamp()} if until else {}


def _below_checkpoint(installation: Installation) -> Found:
    return {"": entries_covered(installation)}


def _anchored(installation: Installation) -> Found:
    return {
        one.name: parse_rfc3339(one.until).timestamp()
        for one in anchored(installation)
        if one.until
    }


def _anchors_wait(installation: Installation) -> Found:
    return {one.name: float(one.waiting) for one in anchored(installation) if not one.trouble}


def _anchors_away(installation: Installation) -> Found:
    return {one.name: float(bool(one.trouble)) for one in anchored(installation)}


def _may_be_written(installation: Installation) -> Found:
    return {"": float(not installation.why_read_only())}


def _disk_used(installation: Installation) -> Found:
    return {"": installation.disk.used() / 100}


def _age_of(what: str) -> Callable[[Installation], Found]:
    def look(installation: Installation) -> Found:
        done = last_done(installation.settings, what)
        return {"": done.at.timestamp()} if done else {}

    return look


def _passed(installation: Installation) -> Found:
    done = last_done(installation.settings, VERIFY)
    return {"": float(done.passed)} if done else {}


def _clock_in_doubt(installation: Installation) -> Found:
    return {"": float(bool(installation.read(clock_in_doubt)))}


def _alone(installation: Installation) -> Found:
    return {"": float(bool(installation.read(following_not)))}


def _emergencies_overdue(installation: Installation) -> Found:
    return {"": float(overdue(installation))}


def _drilled(installation: Installation) -> Found:
    last = last_drilled(installation)
    return {"": parse_rfc3339(last[0]).timestamp()} if last else {}


def _deliveries(installation: Installation) -> Found:
    return {state: float(number) for state, number in queue_depths(installation).items()}


def _oldest_waiting(installation: Installation) -> Found:
    oldest = oldest_waiting(installation)
    return {"": oldest.timestamp()} if oldest else {}


def _prints(installation: Installation) -> Found:
    return {state: float(number) for state, number in print_depths(installation).items()}


def _oldest_print(installation: Installation) -> Found:
    oldest = oldest_print(installation)
    return {"": oldest.timestamp()} if oldest else {}


def _drill_passed(installation: Installation) -> Found:
    last = last_drilled(installation)
    return {"": float(last[1])} if last else {}


GAUGES: tuple[Gauge, ...] = (
    Gauge("coi_record_entries", "Entries in the record.", _entries),
    Gauge("coi_record_writable", "1 where the record may be written now, else 0.", _may_be_written),
    Gauge("coi_disk_used_ratio", "How full the disk of the record is, from 0 to 1.", _disk_used),
    Gauge("coi_backup_timestamp_seconds", "When a backup was last made here.", _age_of(BACKUP)),
    Gauge("coi_tree_entries", "Entries in the tree over all chains.", _in_tree),
    Gauge(
        "coi_checkpoint_timestamp_seconds",
        "When the newest entry was recorded that a signed checkpoint covers.",
        _covered,
    ),
    Gauge("coi_checkpoint_entries", "Entries that a signed checkpoint covers.", _below_checkpoint),
    Gauge(
        "coi_anchor_timestamp_seconds",
        "When the newest entry was recorded that is anchored in each place.",
        _anchored,
        "anchor",
    ),
    Gauge("coi_anchor_waiting", "Checkpoints that wait for each place.", _anchors_wait, "anchor"),
    Gauge(
        "coi_anchor_away",
        "1 for each place that cannot be reached, else 0.",
        _anchors_away,
        "anchor",
    ),
    Gauge(
        "coi_verify_timestamp_seconds", "When the record was last verified here.", _age_of(VERIFY)
    ),
    Gauge("coi_verify_passed", "1 where the last verification found nothing, else 0.", _passed),
    Gauge(
        "coi_clock_in_doubt",
        "1 where a clock was set by so much that nothing is released, else 0.",
        _clock_in_doubt,
    ),
    Gauge(
        "coi_clock_not_followed",
        "1 where the clock of a server follows no other for a day, else 0.",
        _alone,
    ),
    Gauge("coi_webhook_deliveries", "Messages to webhooks in each state.", _deliveries, "state"),
    Gauge(
        "coi_webhook_oldest_waiting_timestamp_seconds",
        "When the oldest entry was recorded that has not arrived everywhere.",
        _oldest_waiting,
    ),
    Gauge("coi_print_jobs", "Labels for printers in each state.", _prints, "state"),
    Gauge(
        "coi_print_oldest_waiting_timestamp_seconds",
        "When the oldest label was made that waits for its printer.",
        _oldest_print,
    ),
    Gauge(
        "coi_emergencies_overdue",
        "Emergencies in which a name was read that nobody reviewed within a day.",
        _emergencies_overdue,
    ),
    Gauge("coi_drill_timestamp_seconds", "When a backup was last tried.", _drilled),
    Gauge(
        "coi_drill_passed",
        "1 where the backup that was last tried is whole, else 0.",
        _drill_passed,
    ),
)
"""Each gauge that there is; a new one needs its line here."""
