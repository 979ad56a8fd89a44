"""A label template of one's own is checked, kept and approved at the command line."""

import pytest

from coi.services.verifying import verify_record
from coi.store.facts import templates
from labels.template_reader import read_template
from tests.coi.cli.desk import Desk
from tests.coi.own_templates import OWN_TUBE, own_text

WHY = ("--reason", "Tubes of the new supplier")


@pytest.fixture
def desk(clinic, quick):
    """A desk in a clinic that has two people of quality assurance."""
    del quick  # it is in force
    for name in ("queenie", "quirin"):
        clinic.hire(name, ("qa_reviewer", "works-production"))
    return Desk(clinic)


@pytest.fixture
def file(tmp_path):
    """A text of somebody's own, in a file."""
    path = tmp_path / "tube.yaml"
    path.write_bytes(own_text().encode())
    return path


def test_it_is_kept_by_one_and_approved_by_another(desk, file):
    """Each signs; whoever kept it is refused; the record is whole."""
    kept = desk.run("label", "keep", str(file), *WHY, "--as", "queenie", passwords=1)
    seen = ("--sha256", read_template(own_text()).sha256)
    own = desk.run("approve", "template", OWN_TUBE, *seen, "--as", "queenie", passwords=1)
    approved = desk.run("approve", "template", OWN_TUBE, *seen, "--as", "quirin", passwords=1)

    assert kept.stdout.startswith(f"Kept: {OWN_TUBE}, version 1 (SHA-256 {seen[1]}")
    assert f"You kept {OWN_TUBE} yourself." in own.output
    assert approved.stdout.splitlines()[-1].startswith(f"Approved: label template {OWN_TUBE} (SHA")
    assert verify_record(desk.clinic.installation).findings == ()


def test_what_was_kept_meanwhile_is_not_approved_unseen(desk, file):
    """An own one is approved by its hash; by that of an older version it is withdrawn too."""
    versions = [read_template(own_text(n)).sha256 for n in (1, 2)]
    said = ("approve", "template", OWN_TUBE, "--as", "quirin")
    desk.run("label", "keep", str(file), *WHY, "--as", "queenie", passwords=1)

    unsaid = desk.run(*said)
    desk.run(*said, "--sha256", versions[0], passwords=1)
    file.write_bytes(own_text(2).encode())
    desk.run("label", "keep", str(file), *WHY, "--as", "queenie", passwords=1)
    unseen = desk.run(*said, "--sha256", versions[0], passwords=1)
    desk.run(*said, "--sha256", versions[1], passwords=1)
    older = desk.run(*said, "--withdraw", "--sha256", versions[0], passwords=1)

    assert (unsaid.exit_code, "give its SHA-256" in unsaid.output) == (2, True)
    assert "is not the one that you looked at" in unseen.output
    assert versions[0] in older.stdout
    assert desk.clinic.installation.read(templates) == {OWN_TUBE: f"sha256:{versions[1]}"}


def test_a_text_is_checked_without_a_record(desk, file, tmp_path):
    """Each problem has its file and its place; a sound one says so."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(own_text(name="mine").replace("say: DEMO", "say: REAL"), encoding="utf-8")

    good = desk.run("label", "check", str(file), home=tmp_path / "nowhere")
    bad = desk.run("label", "check", str(file), str(wrong), home=tmp_path / "nowhere")

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert good.stdout == f"{file}: no problem found\n"
    assert f"{wrong}: name: begins with “own-”" in bad.stdout
    assert f"{wrong}: text 10: 'demonstration' is said in these words" in bad.stdout


@pytest.mark.parametrize("content", [b"\xff\xfe", None], ids=["no text", "no file"])
def test_a_file_that_cannot_be_read_is_named(desk, tmp_path, content):
    """Nobody is asked for a password for it."""
    path = tmp_path / "mine.yaml"
    if content:
        path.write_bytes(content)

    told = desk.run("label", "keep", str(path), *WHY, "--as", "queenie")

    assert told.exit_code != 0
    assert str(path) in told.output


def test_what_there_is_not_is_approved_by_nobody(desk):
    """The name is told."""
    seen = ("--sha256", "0" * 64)
    told = desk.run("approve", "template", "own-nothing", *seen, "--as", "queenie", passwords=1)

    assert told.exit_code != 0
    assert "own-nothing" in told.output
