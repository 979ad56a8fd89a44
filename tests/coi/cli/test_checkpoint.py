"""`coi checkpoint`, and `coi verify` with a checkpoint that was kept elsewhere."""

import re
import shutil
from base64 import b64decode

from coi.services.doubt import in_doubt_since
from coi.services.signed_before import last_file


def _last(desk):
    return last_file(desk.clinic.installation.settings)


def test_what_is_there_is_taken_in_and_signed(desk):
    """The second time there is nothing to do, and the last checkpoint stays what it is."""
    first = desk.run("checkpoint", "--once")
    before = _last(desk).read_bytes()
    second = desk.run("checkpoint", "--once")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Taken in: 0." not in first.stdout
    assert second.stdout.startswith("Taken in: 0.\n")
    assert (str(_last(desk)) in second.stdout, _last(desk).read_bytes()) == (True, before)


def test_a_checkpoint_that_was_kept_elsewhere_is_compared(desk, tmp_path):
    """One that fits is no finding, copied from an e-mail too; one that was spoilt is one."""
    desk.run("checkpoint", "--once")
    kept = shutil.copy(_last(desk), tmp_path / "kept")
    fits = desk.run("verify", "--checkpoint", str(kept))
    kept.write_bytes(b"\r\n" + kept.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    assert desk.run("verify", "--checkpoint", str(kept)).exit_code == 0
    kept.write_text("nothing\n")

    spoilt = desk.run("verify", "--checkpoint", str(kept))

    assert (fits.exit_code, spoilt.exit_code) == (0, 1)
    assert "does not fit the record: This is no checkpoint" in spoilt.stderr
    assert str(kept) in spoilt.stderr


def test_the_key_that_is_away_is_told_with_what_to_do(desk):
    """And nothing is signed without it."""
    desk.clinic.installation.settings.checkpoint_key_file.unlink()

    refused = desk.run("checkpoint", "--once")

    assert refused.exit_code != 0
    assert "Put its file back: docs/checkpoints.md says how." in refused.stderr


def test_where_else_checkpoints_are_kept_is_told(desk, tmp_path):
    """How far each place has come, and what waits for it; and that there is none."""
    file = tmp_path / "anchor"
    none = desk.run("checkpoint", "anchors").stdout
    away = desk.run("checkpoint", "--once", COI_ANCHOR_FILE=str(file)).stdout
    file.touch()
    waits = desk.run("checkpoint", "anchors", COI_ANCHOR_FILE=str(file)).stdout
    kept = desk.run("checkpoint", "--once", COI_ANCHOR_FILE=str(file)).stdout

    assert none.startswith("Checkpoints are kept on this machine alone")
    assert f"file: {file} cannot be reached: No such file or directory." in away
    assert waits == f"file: {file} holds no checkpoint yet; 1 wait.\n"
    assert re.search("has [0-9]+ entries, recorded until 2026-11-2.*; nothing waits.\n$", kept)


def test_a_printed_digest_is_typed_and_compared(desk):
    """As it stands on paper, with its blanks; exit status 1 where it does not match."""
    desk.run("checkpoint", "--once")
    size, root = _last(desk).read_text().split("\n")[1:3]
    digits = b64decode(root).hex()[:16]
    typed = f"{size} / {digits[:4]} {digits[4:]}"

    fits = desk.run("verify", "--digest", typed)
    differs = desk.run("verify", "--digest", f"{size}/{'0' * 16}")

    assert (fits.exit_code, differs.exit_code) == (0, 1)
    assert "does not match: the first" in differs.stderr
    assert desk.run("verify", "--since-last", "--digest", typed).exit_code == 2


def test_another_key_signs_from_now_on(desk):
    """Its public half is told; what was signed before stays valid."""
    desk.hire()
    desk.run("checkpoint", "--once")
    words = ("checkpoint", "replace-key", "--why", "Each year.", "--as", "queenie")

    answer = desk.run(*words, passwords=1)
    desk.run("checkpoint", "--once")

    assert answer.stdout.startswith("From now on this key signs: coi/TEST/")
    assert desk.run("verify").exit_code == 0


def test_all_is_hashed_anew(desk):
    """The statement is told, to be kept elsewhere; the record holds with it."""
    desk.hire()
    desk.run("checkpoint", "--once")
    words = ("checkpoint", "hash-anew", "--why", "Each five years.", "--as", "queenie")

    answer = desk.run(*words, passwords=1)

    assert answer.stdout.startswith("coi hashed anew v1\nsha-512\ncoi/TEST/")
    assert desk.run("verify").exit_code == 0


def test_what_was_found_stops_releases_until_quality_assurance_signs(desk):
    """What somebody brought and may have mistyped stops nothing."""
    desk.hire()
    installation = desk.clinic.installation
    desk.run("verify", "--digest", f"1/{'0' * 16}")
    brought = installation.read(in_doubt_since)
    last = _last(desk)
    desk.run("checkpoint", "--once")
    last.write_text("nothing\n")
    desk.run("verify")
    found = installation.read(in_doubt_since)

    words = ("approve", "findings", "--why", "The file was spoilt by hand.", "--as", "queenie")
    answer = desk.run(*words, passwords=1)

    assert (brought, bool(found)) == ("", True)
    assert answer.stdout.startswith("Signed: work goes on with 1 findings.")
    assert installation.read(in_doubt_since) == ""


def test_the_keys_that_others_need_are_told(desk):
    """The same each time; the second is made when it is first asked for."""
    told = desk.run("checkpoint", "key").stdout

    signs, cosigns, fingerprint = told.splitlines()
    found = re.fullmatch("Signs: (coi/TEST/[0-9a-f]+)\\+([0-9a-f]{8})\\+.+", signs)
    assert found
    assert cosigns.startswith(f"Cosigns: {found[1]}/witness+")
    assert re.fullmatch(f"Fingerprint of the first: {found[2]}[0-9a-f]{{56}}", fingerprint)
    assert desk.run("checkpoint", "key").stdout == told
