"""The rules that patients rely on, each one challenged in a made-up world: does it refuse?

A challenge passes only where exactly the refusal that is asked for is among the reasons, so that
something else that went wrong is never taken for it.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from coi.demo.chapters import CHECKED, chosen
from coi.demo.performer import Wish, spoilt
from coi.demo.reviewing import review_before
from coi.errors import CoiError, Refused
from coi.qualification.room import Room
from coi.qualification.trials import NotAsExpected, Trial, Try
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.installation import Installation, open_installation
from coi.services.proofs import JustProven, Signer, authenticate
from coi.services.scanning import Code
from coi.services.seen import OnPaper, begin_seen, keep_seen, seen_file, why_read_only
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.services.whole_record import drawn_whole

Asked = tuple[TakeAction, JustProven, tuple[Signer, ...]]
"""A request that would be accepted, who makes it, and who signs."""

_SECONDS = 120  # for a program that reads one therapy; it takes less than one


def challenges(room: Room) -> Iterator[Try]:
    """Every challenge, in an order in which none spoils another."""
    for trial, make in CHALLENGES:
        yield trial, partial(make, room)


# -- in a therapy ----------------------------------------------------------------------------------


def _same_checker(room: Room) -> str:
    wanted, actor, (first, second) = _at_the_bedside(room)
    alone = (first, Signer(first.proven, second.meaning))
    return _refused("SAME_PERSON", lambda: _take(room, (wanted, actor, alone)))


def _no_wristband(room: Room) -> str:
    wanted, actor, signers = _at_the_bedside(room)
    codes = tuple(one for one in wanted.codes if not one.raw.startswith("W-"))
    return _refused("WRISTBAND_NOT_SCANNED", lambda: _take(room, (wanted, actor, signers), codes))


def _wrong_bag(room: Room) -> str:
    wanted, actor, signers = _at_the_bedside(room)
    others = look(room.installation, room.another)
    bag = chosen(others, CHECKED)[0]
    theirs = Code(f"{others.labels[bag][-1]}/{room.another}")
    codes = (*(one for one in wanted.codes if "/" not in one.raw), theirs)
    told = _refused("WRONG_THERAPY", lambda: _take(room, (wanted, actor, signers), codes))
    bag_stopped = look(room.installation, room.another).subjects[bag].position.stops > 0
    both = [room.at_bedside, room.another]
    open_in = [one for one in both if _has_open_exception(room, one)]
    seen = f"the bag is {'stopped' if bag_stopped else 'not stopped'}; open: {', '.join(open_in)}"
    return _as_asked(bag_stopped and open_in == both, f"{told}; {seen}")


def _not_reviewed(room: Room) -> str:
    return _refused("TRAIL_NOT_REVIEWED", lambda: _take(room, _release(room)))


def _maker_releases(room: Room) -> str:
    wanted, _actor, signers = _reviewed_release(room)
    maker = room.performer.proven["mia"]
    by_maker = tuple(Signer(maker, one.meaning) for one in signers)
    return _refused("ROLE_LACKING", lambda: _take(room, (wanted, maker, by_maker)))


def _administrator_releases(room: Room) -> str:
    wanted, _actor, signers = _reviewed_release(room)
    by_root = tuple(Signer(room.administrator, one.meaning) for one in signers)
    return _refused("ROLE_LACKING", lambda: _take(room, (wanted, room.administrator, by_root)))


def _signed_by_one(room: Room) -> str:
    wanted, actor, signers = _reviewed_release(room)
    return _refused("SIGNATURE_MISSING", lambda: _take(room, (wanted, actor, signers[-1:])))


def _released_once(room: Room) -> str:
    wanted, actor, signers = _reviewed_release(room)
    take_action(room.installation, wanted, actor, signers)
    _refused_somehow(lambda: _take(room, (wanted, actor, signers)))
    told = look(room.installation, room.in_testing)
    (lot,) = [one for one in told.subjects.values() if one.machine == "lot"]
    return _as_asked(lot.position.state == "released", f"the lot is {lot.position.state}, once")


def _wrong_password(room: Room) -> str:
    return _refused(
        "WRONG_PASSWORD", lambda: authenticate(room.installation, "quentin", "not the password")
    )


def _at_the_bedside(room: Room) -> Asked:
    view = look(room.installation, room.at_bedside)
    wish = Wish(on=chosen(view, CHECKED))
    return room.performer.request(room.at_bedside, CHECKED.action, wish, view)


def _release(room: Room) -> Asked:
    return room.performer.request(room.in_testing, "release_lot")


def _reviewed_release(room: Room) -> Asked:
    """The release of a lot whose trail was reviewed: what is refused now is not for want of it."""
    review_before(room.installation, room.performer.proven, room.in_testing)
    return _release(room)


def _take(room: Room, asked: Asked, codes: tuple[Code, ...] = ()) -> None:
    """Make the request under a key of its own, with other codes where some are given."""
    wanted, actor, signers = asked
    changed = replace(spoilt(wanted), key=room.installation.new_id(), codes=codes or wanted.codes)
    take_action(room.installation, changed, actor, signers)


def _has_open_exception(room: Room, coi: str) -> bool:
    subjects = look(room.installation, coi).subjects.values()
    return any(one.machine == "exception" and one.position.state == "open" for one in subjects)


# -- by somebody who has the database in their hands -----------------------------------------------


def _no_change(room: Room) -> str:
    return _refused_by_database(
        room, "UPDATE entry SET recorded_at = '2020-01-01T00:00:00.000000Z'"
    )


def _no_deletion(room: Room) -> str:
    return _refused_by_database(room, "DELETE FROM move")


def _refused_by_database(room: Room, statement: str) -> str:
    sqlite = _sqlite_of(room.installation)
    with closing(sqlite.connect(room.database)) as connection:
        try:
            connection.execute(statement)
        except sqlite.IntegrityError as refused:
            return f"The database refused it: {refused}"
        finally:
            connection.rollback()
    raise NotAsExpected("The database accepted it")


def _altered(room: Room) -> str:
    return _found(room, ("lock_value_update",), "UPDATE value SET content = 'another'", "value")


def _taken_out(room: Room) -> str:
    return _found(room, ("lock_signature_delete",), "DELETE FROM signature", "signature")


def _found(room: Room, triggers: tuple[str, ...], statement: str, table: str) -> str:
    """In a copy the locks are taken off, one row is changed, and the locks are put on again."""
    with _copy(room) as installation:
        file = installation.settings.database_path
        with closing(_sqlite_of(installation).connect(str(file))) as connection:
            locks = _taken_off(connection, triggers)
            first = f"SELECT seq, n FROM {table} WHERE chain = :coi LIMIT 1"  # noqa: S608 - of ours
            one = f"{statement} WHERE chain = :coi AND (seq, n) = ({first})"
            connection.execute(one, {"coi": room.in_testing})
            for lock in locks:
                connection.execute(lock)
            connection.commit()
        findings = verify_record(installation).findings
    named = [one for one in findings if one.table == table]
    told = f"named: {table} {named[0].key}: {named[0].what}" if named else "nothing of it is named"
    return _as_asked(bool(named), told)


def _taken_off(connection: Any, triggers: tuple[str, ...]) -> list[str]:  # noqa: ANN401 - as above
    """Take the triggers away; returns how they were written."""
    written: list[str] = []
    for name in triggers:
        asked = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"
        written.extend(str(sql) for (sql,) in connection.execute(asked, [name]))
        connection.execute(f"DROP TRIGGER {name}")
    return written


def _whole(room: Room) -> str:
    found = verify_record(room.installation)
    told = f"{found.entries} entries, {len(found.findings)} findings"
    return _as_asked(found.entries > 0 and found.holds, told)


def _put_back(room: Room) -> str:
    with _copy(room) as earlier:
        file = seen_file(earlier.settings).with_name("seen-in-trial.json")
        room.installation.read(lambda tx: begin_seen(tx, file))
        wanted, actor, signers = room.performer.request(room.another, CHECKED.action)
        _refused_somehow(lambda: _take(room, (wanted, actor, signers), wanted.codes[:1]))
        review_before(room.installation, room.performer.proven, room.another)
        room.installation.read(lambda tx: keep_seen(tx, file, OnPaper()))
        why = earlier.read(lambda tx: why_read_only(tx, file))
    return _as_asked("were seen before" in why, why or "nobody noticed")


def _sqlite_of(installation: Installation) -> Any:  # noqa: ANN401 - one of two modules
    """The very library by which the record is open: a second one in a process takes its locks."""
    return installation.engine.dialect.dbapi


@contextmanager
def _copy(room: Room) -> Iterator[Installation]:
    """The record of the room as it stands, in a file beside it, with the same keys."""
    file = room.database.with_name("copy.sqlite3")
    sqlite = _sqlite_of(room.installation)
    with closing(sqlite.connect(room.database)) as now, closing(sqlite.connect(file)) as then:
        now.backup(then)
    settings = room.installation.settings
    opened = open_installation(replace(settings, database_url=f"sqlite+pysqlite:///{file}"))
    try:
        yield opened
    finally:
        opened.engine.dispose()
        for one in file.parent.glob(f"{file.name}*"):
            one.unlink()


# -- taken out of the house ------------------------------------------------------------------------


def _read_alone(room: Room) -> str:
    folder = _exported(room)
    checked = _verifier(folder)
    return _as_asked(checked.returncode == 0, (checked.stdout.strip().splitlines() or [""])[-1])


def _altered_outside(room: Room) -> str:
    folder = _exported(room)
    file = folder / "record.json"
    file.write_bytes(file.read_bytes().replace(b"North", b"South", 1))
    checked = _verifier(folder)
    return _as_asked(checked.returncode != 0, (checked.stdout.strip().splitlines() or [""])[-1])


def _exported(room: Room) -> Path:
    """The whole record of a therapy, unpacked into a new folder."""
    folder = room.installation.settings.home / room.installation.new_id()
    with ZipFile(BytesIO(drawn_whole(room.installation, room.in_testing, "a trial", 0))) as packed:
        packed.extractall(folder)
    (inside,) = {one.parent for one in folder.rglob("verify.py")}
    return inside


def _verifier(folder: Path) -> "subprocess.CompletedProcess[str]":
    """The program that lies in the export, with nothing of this product in its reach."""
    command = [sys.executable, "-I", "-S", "verify.py"]
    return subprocess.run(  # noqa: S603 - a file that we have just written
        command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
    )


# -- as asked, or not ------------------------------------------------------------------------------


def _refused(code: str, make: Callable[[], object]) -> str:
    """What was said when it was refused for this reason.

    Raises:
        NotAsExpected: it was accepted, or refused for other reasons alone.
    """
    told = dict(_reasons(make))
    if code not in told:
        raise NotAsExpected(f"Refused for something else: {', '.join(told)}")
    return f"Refused, {code}: {told[code]}"


def _refused_somehow(make: Callable[[], object]) -> None:
    _reasons(make)


def _reasons(make: Callable[[], object]) -> list[tuple[str, str]]:
    try:
        make()
    except Refused as refused:
        return [(one.code, one.sentence) for one in refused.refusals]
    except CoiError as error:
        return [(error.code, error.sentence)]
    raise NotAsExpected("It was accepted")


def _as_asked(holds: bool, told: str) -> str:  # noqa: FBT001 - what was asked for
    if not holds:
        raise NotAsExpected(told)
    return told


CHALLENGES: tuple[tuple[Trial, Callable[[Room], str]], ...] = (
    (Trial("a whole record", ("TL-12",), "A record that nobody touched is found whole"), _whole),
    (
        Trial("one checker", ("SEC-29", "BD-06"), "Who checked first is no second checker"),
        _same_checker,
    ),
    (
        Trial("no wristband", ("BD-01", "SEC-28"), "Nothing is checked without the wristband"),
        _no_wristband,
    ),
    (
        Trial(
            "trail not reviewed",
            ("A11d-12.8", "DI-07"),
            "No lot is released before its audit trail was reviewed",
        ),
        _not_reviewed,
    ),
    (Trial("released by its maker", ("SEC-30",), "Who makes does not release"), _maker_releases),
    (
        Trial("an administrator", ("A11d-11.10", "DI-05"), "Who administers takes no step"),
        _administrator_releases,
    ),
    (Trial("one signature of two", ("P11-50a",), "Each signature is there"), _signed_by_one),
    (
        Trial("a wrong password", ("P11-200a1", "A11-15"), "Nobody signs without it"),
        _wrong_password,
    ),
    (Trial("released twice", ("SEC-03",), "A step is taken once"), _released_once),
    (
        Trial("a changed row", ("TL-15", "DI-06"), "The database changes no row of the record"),
        _no_change,
    ),
    (
        Trial("a deleted row", ("TL-15", "DI-06"), "The database deletes no row of the record"),
        _no_deletion,
    ),
    (
        Trial("an altered value", ("P11-10a", "TL-12"), "What was altered is named"),
        _altered,
    ),
    (Trial("a missing signature", ("P11-70", "TL-12"), "What is gone is named"), _taken_out),
    (Trial("an earlier record", ("TL-18",), "A record that was put back is noticed"), _put_back),
    (
        Trial("read without us", ("P11-10b", "DI-14"), "An export is checked by itself"),
        _read_alone,
    ),
    (Trial("altered outside", ("TL-22", "DI-14"), "An altered export fails"), _altered_outside),
    (
        Trial(
            "another patient's bag",
            ("BD-03", "BD-13"),
            "It is refused and stopped, and both therapies have an open exception",
        ),
        _wrong_bag,
    ),
)
