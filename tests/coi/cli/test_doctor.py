"""`coi doctor`: each check made to fail for real; what could not be looked at is wrong."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pysqlite3 import dbapi2 as sqlite

from coi.clock import rfc3339
from coi.services import checkup_record, upkeep
from coi.services.checkup import Verdict, examined, ok, worst
from coi.services.checkup_machine import CHECKS as MACHINE
from coi.services.checkup_machine import _kind_of
from coi.store.engine import open_engine, write
from tests.coi.clinic import NOW
from tests.postgres import OWNER

YEAR = timedelta(days=365)
NFS = "36 35 98:0 / {} rw,noatime shared:1 - nfs4 server:/export rw\n"


def found(desk, *words, **variables) -> dict[str, str]:
    """The verdict of each check."""
    answer = desk.run("doctor", "--json", *words, **variables)
    return {one["check"]: one["verdict"] for one in json.loads(answer.stdout)}


def settings_of(desk):
    """How the installation is set."""
    return desk.clinic.installation.settings


def test_an_installation_in_order_has_nothing_wrong_but_what_nobody_did_yet(desk):
    """Each finding that is not well says what to do; the exit status is the worst of them."""
    told, answer = found(desk), desk.run("doctor")
    lines = answer.stdout.splitlines()

    assert [told[one] for one in ("schema", "database", "opening", "clock")] == ["ok"] * 4
    assert answer.exit_code == Verdict.WRONG
    assert "wrong  backup: When the last backup was made is not known here." in lines
    assert lines[
        lines.index("wrong  backup: When the last backup was made is not known here.") + 1
    ].startswith("       ->")


def test_every_check_is_made_and_told(desk):
    """As text and for a machine, in the same order."""
    told = found(desk)

    assert {*MACHINE, *checkup_record.CHECKS, "settings", "opening"} == set(told)


def test_what_was_done_is_found_by_the_next_look(desk, tmp_path):
    """A backup and a verification are told from then on; one that is old is wrong again."""
    desk.run("backup", str(tmp_path / "copy"))
    desk.run("verify")
    fresh = found(desk)
    old = {"at": rfc3339(NOW - timedelta(days=30)), "passed": True}
    (settings_of(desk).home / "last-backup.json").write_text(json.dumps(old))

    assert (fresh["backup"], fresh["verification"]) == ("ok", "ok")
    assert found(desk)["backup"] == "wrong"


def test_a_verification_that_did_not_pass_is_wrong(desk):
    """However new it is."""
    upkeep.note_done(desk.clinic.installation, upkeep.VERIFY, passed=False)

    assert found(desk)["verification"] == "wrong"


def test_a_misspelt_setting_is_told_and_nothing_more_is_looked_at(desk):
    """The default would be used silently."""
    answer = desk.run("doctor", "--json", COI_HOEM="/srv")

    (one,) = json.loads(answer.stdout)
    assert (one["check"], one["verdict"], answer.exit_code) == ("settings", "wrong", 2)


def open_key(desk):
    """The key file can be read by everybody."""
    settings_of(desk).vault_key_file.chmod(0o644)
    return "key file"


def no_key(desk):
    """There is no key file."""
    settings_of(desk).vault_key_file.unlink()
    return "opening"


def another_key(desk):
    """The key is that of another record."""
    settings_of(desk).vault_key_file.write_text("00" * 32)
    return "vault key"


def a_dropped_trigger(desk):
    """Somebody took away what protects the record."""
    with sqlite.connect(settings_of(desk).database_path) as connection:
        connection.execute("DROP TRIGGER lock_entry_delete")
    return "opening"


def another_version(desk):
    """The tables are those of another version."""
    with sqlite.connect(settings_of(desk).database_path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    return "opening"


def a_failed_disk(desk):
    """The disk failed, and nobody verified it since."""
    settings_of(desk).vault_key_file.with_name("disk-failed").touch()
    return "disk"


def a_shorter_record(desk):
    """The record is older than it was."""
    seen = settings_of(desk).vault_key_file.with_name("seen.json")
    seen.write_text(json.dumps({**json.loads(seen.read_text()), "entries": 10_000}))
    return "record"


def nobody_of_quality(desk):
    """Quality assurance has left."""
    del desk  # nobody was hired yet
    return "people"


def a_fresh_folder_open_to_all(desk):
    """Others may look into the folder."""
    settings_of(desk).home.chmod(0o755)
    return "folder"


SPOILT = [
    open_key,
    no_key,
    another_key,
    a_dropped_trigger,
    another_version,
    a_failed_disk,
    a_shorter_record,
    nobody_of_quality,
]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda one: one.__name__)
def test_what_is_wrong_is_found(desk, spoil):
    """Each in a real installation, and told under its name."""
    check = spoil(desk)

    assert found(desk)[check] == "wrong"


def test_a_folder_that_others_may_look_into_is_told(desk):
    """It is no catastrophe, and somebody should look."""
    check = a_fresh_folder_open_to_all(desk)

    assert found(desk)[check] == "look"


def test_passwords_on_an_open_line_are_wrong(desk):
    """But on the machine itself."""
    assert found(desk, COI_PUBLIC_URL="http://coi.example.org")["address"] == "wrong"
    assert found(desk, COI_PUBLIC_URL="https://coi.example.org")["address"] == "ok"


@pytest.mark.parametrize(
    ("says", "verdict"),
    [("NTPSynchronized=yes", "ok"), ("NTPSynchronized=no", "wrong"), ("", "look")],
)
def test_the_clock_is_asked_whether_it_follows_others(desk, tmp_path, says, verdict):
    """By the program of the machine that knows."""
    program = tmp_path / "timedatectl"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)

    assert found(desk, PATH=str(tmp_path))["clock is synchronised"] == verdict


def test_a_disk_of_the_network_is_known(tmp_path):
    """SQLite's locks do not hold there (F-26); the nearest mount counts."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + NFS.format(tmp_path))

    assert _kind_of(mounts, tmp_path / "coi") == "nfs4"
    assert _kind_of(mounts, tmp_path.parent) == "ext4"


def a_certificate(folder, days):
    """A certificate and its key, good for so many days."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    built = x509.CertificateBuilder(name, name, key.public_key(), 1).not_valid_before(NOW - YEAR)
    signed = built.not_valid_after(NOW + timedelta(days=days)).sign(key, hashes.SHA256())
    files = folder / "c.pem", folder / "k.pem"
    files[0].write_bytes(signed.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files[1].chmod(0o600)
    return files


def test_a_certificate_is_told_before_it_expires(desk, tmp_path, monkeypatch):
    """And one whose file cannot be read is wrong."""
    monkeypatch.setattr("coi.cli.doctor.datetime", FixedDate)
    told = [found(desk, "--tls", *map(str, a_certificate(tmp_path, days))) for days in (90, 9, -1)]
    unread = found(desk, "--tls", "/nowhere/c.pem", "/nowhere/k.pem")

    assert [one["certificate"] for one in (*told, unread)] == ["ok", "look", "wrong", "wrong"]


class FixedDate:
    """The machine's clock, at the day of the clinic."""

    @staticmethod
    def now(_zone):
        """This moment."""
        return NOW


def test_a_check_that_fails_is_wrong_and_tells_nothing_of_the_record():
    """What could not be looked at is never taken for sound."""

    def broken():
        raise KeyError("Ada Lovelace")

    finding = examined("x", broken)

    assert (finding.verdict, "Lovelace" in finding.told) == (Verdict.WRONG, False)
    assert worst([finding, examined("y", lambda: ok("well"))]) is Verdict.WRONG


@pytest.fixture
def on_server(clinic, postgres_engine):
    """An installation on the tests' own server, which is quick and not durable."""
    return replace(clinic.installation, engine=postgres_engine)


def checked(installation, name):
    """What one check finds."""
    return examined(name, lambda: checkup_record.CHECKS[name](installation))


def test_a_server_that_may_lose_what_it_confirmed_is_wrong(on_server):
    """The tests' own server is such a one; its role of every day reads and appends alone."""
    database = checked(on_server, "database")

    assert (database.verdict, "fsync = off" in database.told) == (Verdict.WRONG, True)
    assert checked(on_server, "rights").verdict is Verdict.OK
    assert checked(on_server, "schema").verdict is Verdict.OK


def test_a_role_that_may_rewrite_the_record_is_wrong(on_server, postgres_server):
    """One right that was given by hand is enough."""
    owner = open_engine(postgres_server.url(on_server.engine.url.database, OWNER))
    with write(owner) as connection:
        connection.exec_driver_sql("GRANT UPDATE ON move TO coi_app")
    by_hand, by_owner = (
        checked(on_server, "rights"),
        checked(replace(on_server, engine=owner), "rights"),
    )
    owner.dispose()

    assert (by_hand.verdict, "UPDATE on move" in by_hand.told) == (Verdict.WRONG, True)
    assert (by_owner.verdict, "superuser" in by_owner.told) == (Verdict.WRONG, True)
