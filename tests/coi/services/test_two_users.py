"""Who serves and who signs are two users of the machine: one cannot read the other's key."""

import os
import pwd
import shutil
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3

from coi.ledger.checkpoint import verifier_of
from coi.services.backups import back_up
from coi.services.checkpoint_keys import NoSigningKey, read_signing_key, signers_of
from coi.services.checkup import record
from coi.services.checkup_record import CHECKS
from coi.services.installation import open_installation
from coi.services.sequencing import Sequencer
from coi.services.verifying import verify_record
from tests.coi.services.test_sequencing import _something_unsigned

SERVES, SIGNS = "nobody", "daemon"


def as_user(name, deed):
    """Whether a deed is done, in a process of its own, by a user of the machine."""
    child = os.fork()
    if child == 0:
        try:
            user = pwd.getpwnam(name)
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            os._exit(0 if deed() else 1)
        except BaseException as error:  # noqa: BLE001 - nothing of this process may go on there
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def belongs(path, name):
    """Give a folder and all in it to a user, and to nobody else."""
    user = pwd.getpwnam(name)
    for one in (path, *path.rglob("*")):
        os.chown(one, user.pw_uid, user.pw_gid)
        one.chmod(0o700 if one.is_dir() else 0o600)


@pytest.fixture
def two_users(clinic):
    """The settings of a clinic whose pages one user serves, and whose checkpoints another signs."""
    if os.geteuid() != 0:
        pytest.skip("to be two users takes root, as a container's user is")
    Sequencer(clinic.installation).run_until_empty()
    clinic.installation.engine.dispose()
    # Where tests write otherwise, nobody else may look.
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    settings = clinic.installation.settings
    shutil.copytree(settings.home, folder / "home")
    shutil.move(folder / "home" / "keys", folder / "keys")
    (folder / "signer").mkdir()
    for name in ("checkpoint.key", "checkpoint"):
        shutil.move(folder / "keys" / name, folder / "signer" / name)
    for part, user in (("home", SERVES), ("keys", SERVES), ("signer", SIGNS)):
        belongs(folder / part, user)
    yield replace(
        settings,
        home=folder / "home",
        database_url=f"sqlite+pysqlite:///{folder}/home/{settings.database_path.name}",
        vault_key_file=folder / "keys" / settings.vault_key_file.name,
        checkpoint_key_file=folder / "signer" / "checkpoint.key",
        seal_file=folder / "keys" / "seal.pem",
    )
    shutil.rmtree(folder)


def test_who_serves_works_on_and_verifies_without_the_key(two_users):
    """It records and verifies; it cannot open the key, nor sign, nor remove the file (TL-08)."""

    def served():
        installation = open_installation(two_users)
        _something_unsigned(installation)
        found = verify_record(installation)
        with pytest.raises(NoSigningKey):
            read_signing_key(two_users.checkpoint_key_file)
        with pytest.raises(PermissionError):
            Sequencer(installation).run_until_empty()
        with pytest.raises(PermissionError):
            two_users.checkpoint_key_file.unlink()
        told = " ".join(one.told for one in record(CHECKS, installation))
        assert found.findings == ()
        assert "It could not be checked" not in told, told
        return True

    assert as_user(SERVES, served)
    assert two_users.checkpoint_key_file.exists()


def test_who_signs_reads_the_key_and_the_key_lies_nowhere_else(two_users):
    """Neither in the database nor in a backup of it, as bytes or as text (TL-08)."""
    with closing(sqlite3.connect(two_users.database_path)) as database:
        assert database.execute("SELECT count(*) FROM checkpoint").fetchone() != (0,)
    installation = open_installation(two_users)
    (signer,) = installation.read(signers_of)

    def signs():
        key = read_signing_key(two_users.checkpoint_key_file)
        return verifier_of(signer.verifier.name, key) == signer.verifier

    assert as_user(SIGNS, signs)
    assert not as_user(SERVES, signs)
    back_up(installation, two_users.home.parent / "backup")
    installation.engine.dispose()
    key = read_signing_key(two_users.checkpoint_key_file).private_bytes_raw()
    files = [
        one
        for part in ("home", "keys", "backup")
        for one in (two_users.home.parent / part).rglob("*")
        if one.is_file()
    ]
    stored = b"".join(one.read_bytes() for one in files)
    assert len(files) > 3
    assert not any(one in stored for one in (key, key.hex().encode()))
