"""What is checked in the record and its database: how it writes, keys, backups, proofs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.services.anchoring import anchored
from coi.services.checkup import Found, RecordCheck, Verdict, look, ok, wrong
from coi.services.checkup_duties import DUTIES
from coi.services.drills import last_drilled
from coi.services.escrow import check_key
from coi.services.installation import Installation
from coi.services.print_view import oldest_print, print_depths
from coi.services.sealing import NoSeal, is_installed, seal_of
from coi.services.sequencing import covered_until
from coi.services.signed_before import differs_from_last, told_last
from coi.services.templates_awaited import awaited
from coi.services.upkeep import BACKUP, VERIFY, WHOLE, last_done
from coi.services.webhook_list import every_webhook, oldest_waiting, queue_depths
from coi.store.append import GONE
from coi.store.clocks import clock_check
from coi.store.condition import (
    has_wal_bug,
    may_be_written,
    pragmas,
    rights_too_many,
    server_settings,
    unsafe,
)
from coi.store.facts import newest_time
from coi.store.outbox import DEAD
from coi.store.print_jobs import HELD, QUEUED
from coi.store.schema import require_schema

BACKUP_AGE = timedelta(days=2)
SEAL_NOTICE = timedelta(days=60)
DRILL_AGE = timedelta(days=100)
VERIFY_AGE = timedelta(days=8)
WHOLE_AGE = timedelta(days=15)
WAITING_AGE = timedelta(hours=1)
CHECKPOINT_AGE = timedelta(hours=1)
CHANGED = "Keep everything as it is, run `coi verify`, and see docs/checkpoints.md."
PRINT_WAITS = timedelta(minutes=30)
OLDEST_SERVER = 150_000
FEWEST_CONNECTIONS = 40
SMALL_STEP = timedelta(seconds=2)


def _schema(installation: Installation) -> Found:
    installation.read(require_schema)
    return ok("Tables, keys and locks are those of this version.")


def _written(installation: Installation) -> Found:
    if why := installation.why_read_only():
        return wrong(f"The record is read and not written: {why}.", "See docs/faults.md.")
    if not installation.read(may_be_written):
        return wrong("The database takes no writes.", "Name the server that does, not a replica.")
    return ok("The record may be written.")


def _database(installation: Installation) -> Found:
    if installation.engine.dialect.name == "postgresql":
        return _server(installation)
    found = installation.read(pragmas)
    told = f"SQLite {found['version']}, journal {found['journal_mode']}"
    if found["foreign_keys"] != "1" or found["recursive_triggers"] != "1":
        return wrong(f"{told}: its keys are off.", "Use the SQLite that comes with the product.")
    if found["journal_mode"] == "wal" and has_wal_bug(found["version"]):
        return wrong(f"{told}: this version may lose commits.", "Install pysqlite3, by the lock.")
    if found["journal_mode"] != "wal":
        return look(f"{told}, which is slower.", "Install pysqlite3, by the lock file.")
    return ok(f"{told}.")


def _server(installation: Installation) -> Found:
    found = installation.read(server_settings)
    number = int(found["server_version_num"])
    told = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    if loses := unsafe(found):
        return wrong(
            f"{told} may lose what it confirmed: {', '.join(loses)}.",
            "Turn them on in postgresql.conf, and start the server anew.",
        )
    if number < OLDEST_SERVER:
        return look(f"{told} is older than what was tested.", "Use PostgreSQL 15 or newer.")
    if found["data_checksums"] != "on":
        return look(f"{told} has no checksums of pages.", "Stop it, and run pg_checksums --enable.")
    if int(found["max_connections"]) < FEWEST_CONNECTIONS:
        return look(
            f"{told} lets {found['max_connections']} in; each worker may take 15.",
            "Raise max_connections.",
        )
    return ok(f"{told}, durable, with checksums.")


def _rights(installation: Installation) -> Found:
    if installation.engine.dialect.name != "postgresql":
        return ok("SQLite knows no rights; triggers refuse instead.")
    if found := installation.read(rights_too_many):
        return wrong(
            f"The role of every day may do too much: {', '.join(found[:5])}.",
            "Let COI_DATABASE_URL name a role that is not the owner, and COI_OWNER_DATABASE_URL the"
            " owner; then run `coi upgrade` (docs/deployment.md).",
        )
    return ok("The role of every day reads and appends, and nothing else.")


def _clock(installation: Installation) -> Found:
    newest = installation.read(newest_time)
    checked = installation.read(clock_check)
    now = installation.clock.now()
    if newest and parse_rfc3339(newest) - now > SMALL_STEP:
        return wrong(
            f"The clock shows {rfc3339(now)}, and the newest entry is of {newest}.",
            "Correct the clock; where it was wrong before, an administrator runs `coi clock`.",
        )
    when = f"; it was last checked at {checked[1]}" if checked else ""
    return ok(f"The clock is not behind the record{when}.")


def _key(installation: Installation) -> Found:
    found = check_key(installation)
    if not found.escrowed_at:
        return look(
            f"The key {found.fingerprint} was never given to two custodians.",
            "`coi keys escrow` (docs/keys.md): without the key no patient can be named.",
        )
    return ok(f"The key {found.fingerprint} fits; custodians have it since {found.escrowed_at}.")


def _backup(installation: Installation) -> Found:
    return _aged(installation, BACKUP, BACKUP_AGE, "Make one each day: `coi backup FOLDER`.")


def _verified(installation: Installation) -> Found:
    found = _aged(installation, VERIFY, VERIFY_AGE, "Run `coi verify` each night.")
    whole = last_done(installation.settings, WHOLE)
    now = installation.clock.now()
    if found[0] is Verdict.OK and (whole is None or now - whole.at > WHOLE_AGE):
        when = rfc3339(whole.at) if whole else "a time that is not known here"
        return look(
            f"The whole record was last read at {when}; since then what is new.",
            "Run `coi verify` without `--since-last` each week (docs/limits.md).",
        )
    return found


def _aged(installation: Installation, what: str, oldest: timedelta, to_do: str) -> Found:
    done = last_done(installation.settings, what)
    if done is None:
        return wrong(f"When the last {what} was made is not known here.", to_do)
    if not done.passed:
        told = f"The last {what}, at {rfc3339(done.at)}, did not pass."
        return wrong(told, "Keep everything as it is, and see docs/faults.md.")
    now = installation.clock.now()
    if done.at - now > SMALL_STEP:
        told = f"The last {what} is of {rfc3339(done.at)}, which has not come yet."
        return wrong(told, f"Correct the clock. {to_do}")
    if now - done.at > oldest:
        return wrong(f"The last {what} is of {rfc3339(done.at)}.", to_do)
    return ok(f"The last {what} is of {rfc3339(done.at)}.")


def _checkpoints(installation: Installation) -> Found:
    until, newest = covered_until(installation), installation.read(newest_time)
    last = told_last(installation.settings)
    if what := installation.read(lambda tx: differs_from_last(tx, last)):
        return wrong(f"The record does not continue what was signed: {what}.", CHANGED)
    if not until:
        return look("No checkpoint was signed yet.", "Run `coi serve`, or `coi checkpoint`.")
    if parse_rfc3339(newest) - parse_rfc3339(until) > CHECKPOINT_AGE:
        return wrong(
            f"What was recorded after {until} is below no checkpoint.",
            "Is the key there? Does `coi serve` or `coi checkpoint` run? See docs/checkpoints.md.",
        )
    return ok(f"What was recorded until {until} is in the tree, and signed.")


def _anchors(installation: Installation) -> Found:
    """Somebody else holds what was signed; who has the database and the key cannot rewrite that."""
    found, newest = anchored(installation), installation.read(newest_time)
    if not found:
        return look(
            "Checkpoints are kept on this machine alone.",
            "Keep them elsewhere too, such as with COI_ANCHOR_FILE (docs/checkpoints.md).",
        )
    for one in found:
        if one.trouble:
            return look(one.trouble, "What waits is kept there as soon as it is back.")
        age = parse_rfc3339(newest) - _moment(one.until)
        if one.waiting and age > CHECKPOINT_AGE + one.every:
            told = f"{one.waiting} checkpoints wait for {one.place}."
            return look(told, "Does `coi serve` or `coi checkpoint` run? Does `coi verify` hold?")
    return ok(f"What was signed is kept in {', '.join(one.place for one in found)} too.")


def _seal(installation: Installation) -> Found:
    """What is handed out as PDF bears the seal of the house."""
    file = installation.settings.seal_file
    if file is None:
        return look("Documents bear no seal.", "Write a file into COI_SEAL_FILE.")
    if not is_installed():
        return look("Documents bear no seal: what seals is missing.", "Install the extra `sign`.")
    if not file.exists():
        return ok("The first document makes the seal of the house.")
    try:
        seal = seal_of(installation, file)
    except NoSeal as error:
        return wrong(error.sentence, error.next_step)
    ends = seal.certificate.not_valid_after_utc
    told = f"Documents bear the seal {seal.fingerprint[:16]}, which ends on {ends:%Y-%m-%d}."
    if ends - installation.clock.now() < SEAL_NOTICE:
        return look(told, "Put a new one in its place: docs/custody-record.md says how.")
    return ok(told)


def _moment(until: str) -> datetime:
    return parse_rfc3339(until) if until else datetime.min.replace(tzinfo=UTC)


def _drill(installation: Installation) -> Found:
    last = last_drilled(installation)
    if last is None:
        return look("No backup was ever tried.", "Run `coi drill`.")
    if not last[1]:
        return wrong(f"The backup that was tried at {last[0]} failed.", "Make another, try that.")
    if installation.clock.now() - parse_rfc3339(last[0]) > DRILL_AGE:
        return look(f"A backup was last tried at {last[0]}.", "Run `coi drill` each quarter.")
    return ok(f"A backup was last tried at {last[0]}, and was whole.")


def _webhooks(installation: Installation) -> Found:
    dead = queue_depths(installation)[DEAD]
    if dead:
        return look(
            f"{dead} messages to webhooks never arrived.",
            "See the page “Webhooks”: send them again once the receiver answers.",
        )
    if gone := [one.host for one in every_webhook(installation) if one.state == GONE]:
        return look(
            f"Nothing is sent to {', '.join(gone)} any more: it said that nobody listens there.",
            "Find out who should; resume or remove it on the page “Webhooks”.",
        )
    oldest = oldest_waiting(installation)
    if oldest and installation.clock.now() - oldest > WAITING_AGE:
        return look(
            f"A message to a webhook waits since {rfc3339(oldest)}.",
            "Is its receiver there, and not paused? Does `coi serve` or `coi deliver` send?",
        )
    return ok("No message to a webhook is given up, and none waits for long.")


def _printing(installation: Installation) -> Found:
    depths, oldest = print_depths(installation), oldest_print(installation)
    if oldest and installation.clock.now() - oldest > PRINT_WAITS:
        return look(
            f"{depths[QUEUED] + depths[HELD]} labels wait for a printer for a while.",
            "See the page “Print queue”: it says of each what is in the way.",
        )
    return ok("No label waits for a printer for long.")


def _templates(installation: Installation) -> Found:
    if missing := [one.name for one in awaited(installation)]:
        return look(
            f"Therapies print by label templates that nobody has approved: {', '.join(missing)}.",
            "Quality assurance approves them on the page “Label templates”; until then the step"
            " that prints is refused.",
        )
    return ok("Every label template by which therapies print is approved.")


CHECKS: Mapping[str, RecordCheck] = {
    "schema": _schema,
    "record": _written,
    "database": _database,
    "rights": _rights,
    "clock": _clock,
    "vault key": _key,
    "backup": _backup,
    "drill": _drill,
    "verification": _verified,
    "checkpoints": _checkpoints,
    "anchors": _anchors,
    "seal": _seal,
    **DUTIES,
    "webhooks": _webhooks,
    "printing": _printing,
    "templates": _templates,
}
"""Each check, by its name; a part of the product with something to check has its line here."""
