"""`coi doctor`: each check made to fail for real; what could not be looked at is wrong."""

import json
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pysqlite3 import dbapi2 as sqlite

from coi.clock import rfc3339
from coi.services import checkup_record, upkeep, webhooks
from coi.services.approvals import approve_template
from coi.services.checkup import Surroundings, Verdict, examined, ok, worst
from coi.services.checkup_machine import CHECKS as MACHINE
from coi.services.mounts import OnNetwork, kind_of, require_own_disk
from coi.services.proofs import JustProven
from coi.settings import Settings
from coi.store.engine import open_engine, write
from tests.coi.clinic import NOW
from tests.identity_peer import CLIENT, identity_peer
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


def test_what_lies_in_the_future_was_not_done(desk):
    """A clock that ran ahead does not make a backup new for years."""
    ahead = {"at": rfc3339(NOW + YEAR), "passed": True}
    for what in ("backup", "verification"):
        (settings_of(desk).home / f"last-{what}.json").write_text(json.dumps(ahead))

    told = found(desk)

    assert (told["backup"], told["verification"]) == ("wrong", "wrong")


def test_what_a_verification_found_is_not_outdone_by_a_look_at_what_is_new(desk):
    """An old row that was changed stays found, until the whole record is read again and holds."""
    desk.run("verify")
    with sqlite.connect(settings_of(desk).database_path) as connection:
        (lock,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'lock_site_update'"
        ).fetchone()
        connection.execute("DROP TRIGGER lock_site_update")
        connection.execute("UPDATE site SET name = 'Elsewhere' WHERE kind = 'hospital'")
        connection.execute(lock)
    whole, after = desk.run("verify"), desk.run("verify", "--since-last")

    assert (whole.exit_code, after.exit_code) == (1, 0)
    assert found(desk)["verification"] == "wrong"


def test_a_whole_verification_that_is_long_ago_is_told(desk):
    """What is verified each night is what is new; the whole is read each week."""
    desk.run("verify")
    old = {"at": rfc3339(NOW - timedelta(days=30)), "passed": True}
    (settings_of(desk).home / "last-whole-verification.json").write_text(json.dumps(old))
    desk.run("verify", "--since-last")

    assert found(desk)["verification"] == "look"


def a_webhook(desk):
    """An open webhook to which one test is to be sent."""
    home = str(settings_of(desk).home)
    here = Settings.from_environment({"COI_HOME": home, "COI_WEBHOOK_HTTP": "127.0.0.1"})
    installation = replace(desk.clinic.installation, settings=here)
    by = JustProven(*desk.clinic.root.account)
    new = webhooks.NewWebhook("http://127.0.0.1:9", "Nobody")
    secret = webhooks.open_webhook(installation, by, new, key="open")
    webhooks.send_test(installation, by, secret.webhook, key="test")


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ("UPDATE delivery SET recorded_at = '2026-11-24T08:50:00.000000Z'", "ok"),
        ("", "look"),
        ("UPDATE webhook SET state = 'gone'", "look"),
        ("UPDATE delivery SET state = 'dead'", "look"),
    ],
    ids=["fresh", "waits", "gone", "dead"],
)
def test_a_message_that_nobody_sends_is_told(desk, change, verdict):
    """Where no sender runs, where the receiver said that it is gone, where it was given up."""
    a_webhook(desk)
    with sqlite.connect(settings_of(desk).database_path) as connection:
        connection.execute(change)

    assert found(desk)["webhooks"] == verdict


def test_a_provider_of_identities_that_is_away_is_looked_at(desk):
    """People come in by it; while it is another one, or away, they type their passwords."""
    with identity_peer() as peer:
        told = {"COI_OIDC_ISSUER": peer.url, "COI_OIDC_CLIENT_ID": CLIENT}
        answers = [found(desk)["sign-on"], found(desk, **told)["sign-on"]]
        peer.configuration = {"issuer": "https://other.example"}
        answers.append(found(desk, **told)["sign-on"])

    assert answers == ["ok", "ok", "look"]


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

    assert kind_of(tmp_path / "coi", mounts) == "nfs4"
    assert kind_of(tmp_path.parent, mounts) == "ext4"


def surroundings(mounts, home):
    """The machine, with other mounts than its own."""
    settings = Settings.from_environment({"COI_HOME": str(home)})
    return Surroundings({}, settings, NOW, mounts=mounts)


def test_nothing_is_served_from_a_disk_of_the_network(desk, tmp_path, monkeypatch):
    """It says where it may lie instead, before anything is opened."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(NFS.format(settings_of(desk).home))
    monkeypatch.setattr("coi.cli.serve.MOUNTS", mounts)

    answer = desk.run("serve")

    assert answer.exit_code == 1
    assert "SQLite's locks do not hold there" in answer.stderr
    assert "[DATABASE_ON_NETWORK]" in answer.stderr


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "vboxsf", "virtiofs", "beegfs"])
@pytest.mark.parametrize("name", ["share", "Röntgen share"])
def test_a_disk_of_the_network_is_found_behind_a_link_too(tmp_path, kind, name):
    """Where a folder really lies counts, however its name is spelled; nothing is served there."""
    share, mounts = tmp_path / name, tmp_path / "mountinfo"
    share.mkdir()
    (tmp_path / "home").symlink_to(share)
    told = NFS.format(str(share).replace(" ", r"\040")).replace("nfs4", kind)
    mounts.write_text("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + told)

    around = surroundings(mounts, tmp_path / "home")

    assert MACHINE["file system"](around)[0] is Verdict.WRONG
    with pytest.raises(OnNetwork):
        require_own_disk(around.settings, mounts)


def test_a_file_system_that_nobody_can_name_is_not_taken_for_sound(tmp_path):
    """Where the machine tells no mounts."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text("")

    assert MACHINE["file system"](surroundings(mounts, tmp_path))[0] is Verdict.LOOK


def test_a_database_that_others_may_read_is_told_wherever_it_lies(desk, tmp_path):
    """In another folder than the one of the instance, too."""
    file = tmp_path / "record.sqlite3"
    file.touch(0o644)
    tmp_path.chmod(0o755)
    settings_of(desk).home.chmod(0o700)

    elsewhere = found(desk, COI_DATABASE_URL=f"sqlite+pysqlite:///{file}")

    assert (found(desk)["folder"], elsewhere["folder"]) == ("ok", "look")


def a_certificate(folder, days, since=YEAR, host="127.0.0.1"):
    """A certificate and its key, good for so many days."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    named = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1).not_valid_before(NOW - since)
    built = built.add_extension(x509.SubjectAlternativeName([named]), critical=False)
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


@pytest.mark.parametrize(
    ("host", "since", "name", "verdict"),
    [
        ("coi.example.org", YEAR, "coi.example.org", Verdict.OK),
        ("*.example.org", YEAR, "coi.example.org:8443", Verdict.OK),
        ("*.example.org", YEAR, "a.coi.example.org", Verdict.WRONG),
        ("other.example.org", YEAR, "coi.example.org", Verdict.WRONG),
        ("coi.example.org", -timedelta(days=1), "coi.example.org", Verdict.WRONG),
        ("10.0.0.7", YEAR, "10.0.0.7", Verdict.OK),
    ],
)
def test_a_certificate_that_browsers_refuse_is_wrong(tmp_path, host, since, name, verdict):
    """One of another name, and one that is not good yet."""
    settings = Settings.from_environment({"COI_PUBLIC_URL": f"https://{name}"})
    around = Surroundings({}, settings, NOW, a_certificate(tmp_path, 90, since, host))

    assert MACHINE["certificate"](around)[0] is verdict


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


def test_label_templates_that_therapies_wait_for_are_told_until_they_are_approved(desk):
    """Found before the first step that prints by one is refused."""
    before = desk.run("doctor").stdout
    quentin = desk.clinic.hire("quentin", ("qa_reviewer", "north-ward"))
    for template in ("bag-label", "collection-label", "tube-label", "shipper-label"):
        approve_template(desk.clinic.installation, quentin, template)
    one_left = found(desk)["templates"]
    approve_template(desk.clinic.installation, quentin, "wristband")

    names = "bag-label, collection-label, shipper-label, tube-label, wristband"
    assert f"that nobody has approved: {names}." in before
    assert (one_left, found(desk)["templates"]) == ("look", "ok")


def test_checkpoints_that_are_kept_nowhere_else_are_to_be_looked_at(desk, tmp_path):
    """So is a place that is away, and one for which they wait long; one that has them all is ok."""
    file = tmp_path / "anchor"
    desk.run("checkpoint", "--once")
    alone, away = found(desk)["anchors"], found(desk, COI_ANCHOR_FILE=str(file))["anchors"]
    file.touch()
    waits = found(desk, COI_ANCHOR_FILE=str(file))["anchors"]
    desk.run("checkpoint", "--once", COI_ANCHOR_FILE=str(file))

    assert (alone, away, waits) == ("look", "look", "look")
    assert found(desk, COI_ANCHOR_FILE=str(file))["anchors"] == "ok"


ANSWERABLE = "administrator,qa_reviewer,qualified_person"


def test_roles_that_answer_for_the_record_need_a_second_factor(desk):
    """First that the setting asks it of them, then that each of them has one (SEC-11)."""

    def told(**variables):
        answer = desk.run("doctor", "--json", **variables)
        (one,) = (one for one in json.loads(answer.stdout) if one["check"] == "factors")
        return one["verdict"], one["told"]

    some = told(COI_FACTOR_ROLES="administrator")
    lacking = told(COI_FACTOR_ROLES=ANSWERABLE)

    assert some == ("look", "No second factor is asked of: qa reviewer, qualified person.")
    assert lacking == ("look", "1 people need a second factor and have none yet.")


def test_a_review_that_is_overdue_is_looked_at(desk):
    """From the beginning of the record on, where there was none (P11-300b, A11d-11.11, DI-13)."""
    young = found(desk)
    every = ("ACCESS_REVIEW", "EVALUATION", "ARCHIVE_CHECK")
    old = found(desk, **{f"COI_{one}_DAYS": "1" for one in every})

    for what in ("access", "evaluation", "archive"):
        assert (young[what], old[what]) == ("ok", "look")


def test_a_bedside_without_a_number_to_call_is_told(desk):
    """A code that cannot be read ends at a telephone (BD-05); words alone ring nowhere."""
    without, nowhere = found(desk), found(desk, COI_HELP_LINE="Your coordinator")
    called = found(desk, COI_HELP_LINE="Cell desk, 020 7946 0170")

    told = [one["help line"] for one in (without, nowhere, called)]
    assert told == ["look", "look", "ok"]
