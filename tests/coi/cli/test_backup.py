"""`coi backup`, `coi restore`, `coi restored` and `coi drill`, as people type them."""

import pytest

from coi.services.vault import read_key_file, write_key_file
from tests.coi.cli.test_verify import change


@pytest.fixture
def backup(collected, tmp_path):
    """A backup of a record with a therapy in it."""
    folder = tmp_path / "backup"
    collected.run("backup", str(folder))
    return folder


def lose(desk):
    """The database is gone; its folder and its keys are there."""
    desk.clinic.installation.engine.dispose()
    for file in desk.clinic.installation.settings.home.glob("coi.sqlite3*"):
        file.unlink()


def test_a_backup_says_what_is_in_it(collected, tmp_path):
    """How long the record is, its digest, and which key it needs."""
    result = collected.run("backup", str(tmp_path / "backup"))

    assert result.exit_code == 0
    assert "Backed up: " in result.stdout
    assert collected.run("verify").stdout.split("Digest ")[1][:64] in result.stdout
    assert "It needs the vault key " in result.stdout


def test_neither_the_key_nor_a_name_is_in_a_backup(collected, backup):
    """Whoever finds a backup learns of no patient."""
    key = read_key_file(collected.clinic.installation.settings.vault_key_file)
    everything = b"".join(file.read_bytes() for file in backup.iterdir())

    assert not [one for one in (key, key.hex().encode(), b"Wuckert783") if one in everything]


def test_a_place_that_is_taken_is_refused(collected, backup):
    """With a code, and what to do."""
    result = collected.run("backup", str(backup))

    assert (result.exit_code, "[CANNOT_BACK_UP]" in result.stderr) == (1, True)


def test_a_restored_record_is_proven_and_asks_quality_assurance(collected, backup, tmp_path):
    """A machine that never saw it cannot know that nothing is missing."""
    result = collected.run("restore", str(backup), home=tmp_path / "restored")

    assert result.exit_code == 0, result.stderr
    assert "Whole and unchanged: " in result.stdout
    assert "nothing here remembers how long it was" in result.stderr


def test_nothing_is_written_before_quality_assurance_has_signed(collected, backup, tmp_path):
    """Then it goes on, and everybody who verifies it is told."""
    restored = tmp_path / "restored"
    write_key_file(restored / "keys" / "vault.key", b"k" * 32)
    collected.run("restore", str(backup), home=restored)
    refused = collected.run("drill", home=restored)

    result = collected.run(
        "restored", "--why", "the disk failed", "--as", "queenie", passwords=1, home=restored
    )

    assert (refused.exit_code, "[READ_ONLY]" in refused.stderr) == (1, True)
    assert "the record goes on" in result.stdout, result.stderr
    assert "it went on, signed by Queenie" in collected.run("verify", home=restored).stdout


def test_a_record_is_not_restored_over(collected, backup):
    """It is left as it is."""
    result = collected.run("restore", str(backup))

    assert (result.exit_code, "[NOT_EMPTY]" in result.stderr) == (1, True)


def test_an_older_backup_in_the_same_place_is_noticed(collected, backup):
    """The keys were kept, and with them how long the record was."""
    collected.act("complete_collection", "carla", "north-ward")
    collected.run("verify")
    lose(collected)

    result = collected.run("restore", str(backup))

    assert (result.exit_code, "were seen before" in result.stderr) == (0, True)
    refused = collected.act("complete_collection", "carla", "north-ward")
    assert (refused.exit_code, "[READ_ONLY]" in refused.stderr) == (1, True)


def test_the_newest_backup_in_the_same_place_goes_on_at_once(collected, backup):
    """Nothing is missing; nobody is asked."""
    lose(collected)
    result = collected.run("restore", str(backup))

    assert (result.exit_code, result.stderr) == (0, "")
    assert collected.act("complete_collection", "carla", "north-ward").exit_code == 0


def test_a_drill_needs_nobody(collected):
    """Its exit status says how it went, and `coi verify` when that was."""
    result = collected.run("drill")

    assert (result.exit_code, result.stdout.startswith("PASSED: ")) == (0, True)
    assert "A backup was last tried: 20" in collected.run("verify").stdout


def test_a_drill_with_a_damaged_backup_fails(collected, backup):
    """Its exit status wakes whoever watches the machine."""
    (backup / "heads.json").write_text("{}")

    result = collected.run("drill", "--from", str(backup))

    assert (result.exit_code, result.stdout.startswith("FAILED: ")) == (1, True)
    assert "FAILED." in collected.run("verify").stdout


def test_a_drill_notices_what_was_changed_in_the_record(collected):
    """It proves what was copied, and not only that it was copied."""
    change(collected, "UPDATE value SET content = '500' WHERE field = 'volume_ml'")

    result = collected.run("drill")

    assert (result.exit_code, "findings of the verifier" in result.stdout) == (1, True), (
        result.stdout
    )


@pytest.mark.parametrize("kind", ["drill", "restore"])
def test_what_was_made_of_a_drill_or_a_restore_by_hand_is_found(collected, backup, kind):
    """A failure that was made a success, and a restore that was made to vanish."""
    (backup / "heads.json").write_text("{}")
    collected.run("drill", "--from", str(backup))
    changed = {
        "drill": "UPDATE attestation SET holds = 1 WHERE kind = 'drill'",
        "restore": "UPDATE attestation SET kind = 'restore' WHERE kind = 'drill'",
    }
    change(collected, changed[kind])

    result = collected.run("verify")

    assert (result.exit_code, "attestation " in result.stderr) == (1, True)
