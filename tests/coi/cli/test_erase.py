"""`coi erase`: who a patient is goes for good, by two people, and comes back from no backup."""

import json
import shutil
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from coi.clock import SteppedClock
from coi.services.erased_log import LogDamaged, erased_file, settle_erased_at_start
from coi.services.erasing import StillTraced, Wish, erase_patient
from coi.services.proofs import authenticate
from coi.services.retention import kept_until
from coi.services.therapies import look
from coi.services.vault import read_key_file, write_key_file
from coi.store import facts
from coi.store.engine import open_engine
from coi.store.entries import entries_of
from coi.store.registers import sealed_identity
from coi.store.transactions import reading
from tests.coi.cli.test_backup import lose
from tests.coi.clinic import NOW, PASSWORD
from workflows.facts import Value

NO_TIME = timedelta(0)
WHY = ("--reason", "asked", "--why", "A letter of the 20th.")


def erase(desk, *, by="quentin", second="quirin", **more):
    """What the command says to these two."""
    words = ("erase", desk.coi, *WHY, "--as", by, "--with", second)
    return desk.run(*words, passwords=2, **more)


def hire_two(desk):
    """Quality assurance of the hospital, twice; the second signs beside the first."""
    later = SteppedClock(NOW + timedelta(days=1, hours=12), timedelta(seconds=1))
    clinic = replace(desk.clinic, installation=replace(desk.clinic.installation, clock=later))
    for username in ("quentin", "quirin"):
        clinic.hire(username, ("qa_reviewer", "north-ward"))


@pytest.fixture
def cancelled(desk):
    """A therapy that ended before anything was collected."""
    desk.hire()
    hire_two(desk)
    desk.order()
    words = ("--with", "cancelled_because=clinic", "--with", "material_disposition=none exists")
    answer = desk.act("cancel", "ines", "north-ward", *words, "--sign", "ines")
    assert answer.exit_code == 0, answer.stderr
    return desk


def vault_of(desk, home=None):
    """The patient's sealed identity, and the last entries of the organisation by action."""
    settings = desk.clinic.installation.settings
    file = (home or settings.home) / settings.database_path.name
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    with reading(engine) as tx:
        sealed = sealed_identity(tx, facts.therapy(tx, desk.coi)[0].patient)
        told = [json.loads(text) for _, text, _ in entries_of(tx, facts.ORGANISATION)]
    engine.dispose()
    return sealed, told


def test_who_a_patient_is_goes_and_the_record_holds(cancelled):
    """The entry says what and why, two have signed, and nobody reads the name again (SEC-36)."""
    answer = erase(cancelled)

    assert answer.exit_code == 0, answer.stderr
    assert f"Erased: the patient of {cancelled.coi}" in answer.stdout
    sealed, told = vault_of(cancelled)
    entry = told[-1]
    assert (sealed, entry["action"], entry["document"]["reason"]) == (
        None,
        "erase_patient",
        "asked",
    )
    assert {one["field"] for one in entry["registers"]["erased_identities"]} >= {"index", "sex"}
    verified = cancelled.run("verify")
    assert verified.exit_code == 0, verified.stderr
    assert "1 texts of patient_key were erased" in verified.stdout
    again = erase(cancelled)
    assert (again.exit_code, "[IDENTITY_ERASED]" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("by", "second", "code"),
    [
        ("quentin", "quentin", "DATA_REFUSED"),
        ("ines", "quirin", "ROLE_LACKING"),
        ("quentin", "ines", "ROLE_LACKING"),
    ],
)
def test_two_people_sign_of_whom_one_is_quality_assurance(cancelled, by, second, code):
    """Otherwise nothing is erased."""
    answer = erase(cancelled, by=by, second=second)

    assert (answer.exit_code, f"[{code}]" in answer.stderr) == (1, True)
    assert vault_of(cancelled)[0] is not None


def test_what_is_to_be_traced_is_kept_and_that_it_was_asked_for_is_on_record(
    collected, monkeypatch
):
    """For thirty years after the last entry; then it goes (DI-17)."""
    hire_two(collected)
    refused = erase(collected)
    sealed, told = vault_of(collected)
    monkeypatch.setattr("coi.services.retention.YEARS", 0)
    after = erase(collected)

    assert (refused.exit_code, "[STILL_TRACED]" in refused.stderr) == (1, True)
    assert "is traced to the patient until 2056-11-2" in refused.stderr
    assert (sealed is not None, told[-1]["action"]) == (True, "refuse_erasure")
    assert (after.exit_code, vault_of(collected)[0]) == (0, None)
    assert collected.run("verify").exit_code == 0


@pytest.mark.parametrize(("before", "goes"), [(timedelta(microseconds=1), False), (NO_TIME, True)])
def test_to_the_moment_at_which_the_time_is_over_it_is_kept(collected, monkeypatch, before, goes):
    """From then on it goes; the therapy may still go on."""
    hire_two(collected)
    monkeypatch.setattr("coi.services.retention.YEARS", 1)
    here = collected.clinic.installation
    until = kept_until(look(here, collected.coi))
    then = replace(here, clock=SteppedClock(until - before, NO_TIME))
    signers = [authenticate(here, one, PASSWORD) for one in ("quentin", "quirin")]

    with nullcontext() if goes else pytest.raises(StillTraced, match=f"until {until:%Y-%m-%d}"):
        erase_patient(then, Wish(collected.coi, "over", "The year is over."), *signers)

    assert (vault_of(collected)[0] is None) == goes


@pytest.mark.parametrize(
    ("last", "expires", "until"),
    [
        ("2026-11-22T10:00:00.000000Z", (), "2056-11-22"),
        ("2026-11-22T10:00:00.000000Z", ("2031-05-01T00:00:00.000000Z",), "2061-05-01"),
        ("2028-02-29T10:00:00.000000Z", (), "2058-03-01"),
    ],
)
def test_it_is_kept_for_thirty_years_after_the_last_entry_or_the_last_expiry(last, expires, until):
    """Whichever is later; a day that is not in every year is the next one."""
    values = tuple(Value("COI/5.1", "expires_at", 1, 1, text) for text in expires)
    told = SimpleNamespace(history=[SimpleNamespace(recorded_at=last)], values=values)

    assert f"{kept_until(told):%Y-%m-%d}" == until


def test_an_older_backup_brings_nobody_back(cancelled, tmp_path):
    """What was erased since is erased in what was restored too, on record (SEC-37)."""
    cancelled.run("backup", str(tmp_path / "backup"))
    erase(cancelled)
    lose(cancelled)

    restored = cancelled.run("restore", str(tmp_path / "backup"))

    sealed, told = vault_of(cancelled)
    assert restored.exit_code == 0, restored.stderr
    assert (sealed, told[-1]["action"], told[-1]["actor"]) == (None, "erase_again", "-")
    assert cancelled.run("verify").exit_code == 0


def test_another_machine_needs_the_file_beside_the_key(cancelled, tmp_path):
    """Whoever restores there takes it along with the key; else the backup has everybody."""
    settings = cancelled.clinic.installation.settings
    cancelled.run("backup", str(tmp_path / "backup"))
    erase(cancelled)
    for name, has_file in (("with", True), ("without", False)):
        home = tmp_path / name
        write_key_file(home / "keys" / "vault.key", read_key_file(settings.vault_key_file))
        if has_file:
            shutil.copy(erased_file(settings), home / "keys")
        cancelled.run("restore", str(tmp_path / "backup"), home=home)

    assert vault_of(cancelled, tmp_path / "with")[0] is None
    assert vault_of(cancelled, tmp_path / "without")[0] is not None


def test_a_damaged_file_is_told_and_nothing_is_taken_for_erased(cancelled):
    """The erasure stands; whoever looks after the machine puts the file right."""
    file = erased_file(cancelled.clinic.installation.settings)
    file.write_text("{}\n")

    answer = erase(cancelled)

    assert (answer.exit_code, "[ERASED_NOT_REMEMBERED]" in answer.stderr) == (1, True)
    assert vault_of(cancelled)[0] is None


def test_no_server_starts_that_cannot_tell_who_was_erased(cancelled):
    """It could serve a name that came back with a backup; it says what to put right (SEC-45)."""
    file = erased_file(cancelled.clinic.installation.settings)
    file.write_text("{}\n")

    answer = cancelled.run("serve", "--port", "1")
    with pytest.raises(LogDamaged):
        settle_erased_at_start(cancelled.clinic.installation)

    assert (answer.exit_code, "[ERASED_NOT_REMEMBERED]" in answer.stderr) == (1, True)


def test_who_is_erased_in_this_record_and_only_not_remembered_stops_no_server(
    cancelled, tmp_path, caplog
):
    """A key is often mounted where nothing can be written: the log says so, work goes on."""
    erase(cancelled)
    here = cancelled.clinic.installation
    key = replace(here.settings, vault_key_file=tmp_path / "nowhere" / "vault.key")

    settle_erased_at_start(replace(here, settings=key))

    assert "cannot be used" in caplog.text
