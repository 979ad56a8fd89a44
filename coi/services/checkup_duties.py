"""What is checked of those who answer for the record: who there is, and what waits for them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from coi.services.access_review import ACCESS
from coi.services.archive_check import ARCHIVE, last_reading
from coi.services.checkup import Found, RecordCheck, look, ok, wrong
from coi.services.device_tests import every_standing
from coi.services.directory import everybody
from coi.services.emergency_review import overdue
from coi.services.evaluation import SYSTEM
from coi.services.installation import Installation
from coi.services.periodic import Sort, is_overdue
from coi.services.proofs import ADMINISTRATOR, QA, lacks_factor
from coi.services.settings_approval import not_approved
from coi.store import people

TRAINING_ENDS = timedelta(days=30)
RELEASES = "qualified_person"


def _people(installation: Installation) -> Found:
    active = [one.person for one in everybody(installation) if one.person.active]

    def holders(role: str) -> set[str]:
        return {person.id for person in active if role in {held for held, _unit in person.roles}}

    if not holders(QA):
        return wrong("Nobody is quality assurance.", "Give somebody the role.")
    if len(holders(ADMINISTRATOR)) < 2:  # noqa: PLR2004 - one may be ill
        return look("There is one administrator alone.", "Give the role to a second person.")
    return ok("Quality assurance and two administrators are there.")


def _factors(installation: Installation) -> Found:
    needing = {*installation.settings.factor_roles, *installation.settings.passkey_roles}
    if open_ := sorted({ADMINISTRATOR, QA, RELEASES} - needing):
        told = ", ".join(role.replace("_", " ") for role in open_)
        return look(
            f"No second factor is asked of: {told}.",
            "Name these roles in COI_FACTOR_ROLES (docs/first-steps.md).",
        )
    known = installation.read(lambda tx: [*people.everybody(tx)])
    lacking = {
        one.person.id for one in known if one.person.active and lacks_factor(installation, one)
    }
    if lacking:
        return look(
            f"{len(lacking)} people need a second factor and have none yet.",
            "They are led to it when they sign in next; see the page “People”.",
        )
    return ok("Whose role needs a second factor has one.")


def _emergencies(installation: Installation) -> Found:
    if number := overdue(installation):
        return look(
            f"{number} emergencies in which a name was read were not reviewed within a day.",
            "Quality assurance reviews them, on the page “Names read in an emergency”.",
        )
    return ok("Whatever name was read in an emergency was reviewed, or is younger than a day.")


def _periodic(sort: Sort, under: str) -> RecordCheck:
    """The check of what quality assurance signs for again and again."""

    def look_whether(installation: Installation) -> Found:
        if installation.read(lambda tx: is_overdue(tx, installation, sort)):
            to_do = f"See the page “Access”, under “{under}”."
            return look(f"It is overdue that quality assurance {sort.duty}.", to_do)
        return ok(f"It is not overdue that quality assurance {sort.duty}.")

    return look_whether


def _archive(installation: Installation) -> Found:
    reading = installation.read(last_reading)
    if reading and not reading.passed:
        return wrong(
            f"Archived records that were read at {reading.at} cannot all be read.",
            "See the page “Access”, under “Archived records”: it says which, and why.",
        )
    return _periodic(ARCHIVE, "Archived records")(installation)


def _devices(installation: Installation) -> Found:
    tested = every_standing(installation).values()
    if late := sorted(one.device.name for one in tested if one.is_overdue):
        return look(
            f"The test of {len(late)} registered devices is overdue: {', '.join(late[:5])}.",
            "Whoever works there scans the code of the page “Test of this device”.",
        )
    return ok("Each registered device was tested in time, or none is asked for.")


def _settings(installation: Installation) -> Found:
    if waiting := installation.read(not_approved):
        names = sorted({change.name for one in waiting for change in one.changes})
        return look(
            f"Nobody has approved what was set otherwise: {', '.join(names)}.",
            "Quality assurance looks at it on the page “The record”, and signs why.",
        )
    return ok("Whatever was set otherwise is approved.")


def _help_line(installation: Installation) -> Found:
    if not any(map(str.isdigit, installation.settings.help_line)):
        return look(
            "Where a code cannot be read at the bedside, the page names no number to call.",
            "Set COI_HELP_LINE to whom to call, with a number that is answered day and night.",
        )
    return ok("Where a code cannot be read at the bedside, the page says whom to call.")


def _trainings(installation: Installation) -> Found:
    soon = installation.clock.now() + TRAINING_ENDS
    ending = {
        one.person.id
        for one in everybody(installation)
        if one.person.active and _ends_before(one.person.trained_until, soon)
    }
    if ending:
        return look(
            f"The training of {len(ending)} people ends within 30 days, or has ended.",
            "See the page “People”: without it they are refused.",
        )
    return ok("No training ends within 30 days.")


def _ends_before(trained_until: Mapping[str, datetime], moment: datetime) -> bool:
    return any(end < moment for end in trained_until.values())


DUTIES: Mapping[str, RecordCheck] = {
    "people": _people,
    "factors": _factors,
    "access": _periodic(ACCESS, "Who has which access now"),
    "evaluation": _periodic(SYSTEM, "Evaluation of the system"),
    "archive": _archive,
    "emergencies": _emergencies,
    "devices": _devices,
    "approval of settings": _settings,
    "help line": _help_line,
    "trainings": _trainings,
}
"""Each check, by its name."""
