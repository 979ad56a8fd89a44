"""`coi qualify`: tries the installation and its rules, and leaves the record as it was."""

import json

import pytest

from coi.cli import qualify
from coi.qualification.trials import Trial
from coi.store.size import entries_in

FAILED = 2


@pytest.fixture
def tried(monkeypatch):
    """What is tried in the made-up world is tried elsewhere, and takes its time."""
    rule = Trial("a rule", ("BD-03",), "It refuses")
    monkeypatch.setattr(qualify, "made_up", NothingThere)
    monkeypatch.setattr(qualify, "challenges", lambda _room: [(rule, lambda: "Refused")])


class NothingThere:
    """A room in which nothing was built."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        assert self.folder.is_dir()

    def __exit__(self, *_error):
        assert self.folder.is_dir()


def entries(desk):
    """How many entries the record of the installation has."""
    return desk.clinic.installation.read(entries_in)


def test_the_report_is_written_and_the_record_untouched(desk, tmp_path, tried):
    """Run from sources it does not pass: nobody released them. Each trial is told as it is made."""
    del tried
    before = entries(desk)

    answer = desk.run("qualify", str(tmp_path / "out"))

    assert answer.exit_code == FAILED
    data = json.loads((tmp_path / "out" / "qualification.json").read_text())
    failed = {one["trial"]["name"] for one in data["installation"] if not one["passed"]}
    assert "the package" in failed
    assert data["operation"][0]["seen"] == "Refused"
    assert "passed  a rule: Refused" in answer.stdout
    assert "NOT PASSED" in answer.stdout
    assert (tmp_path / "out" / "qualification.pdf").read_bytes().startswith(b"%PDF")
    assert entries(desk) == before


def test_an_earlier_report_is_kept(desk, tmp_path, tried):
    """It is replaced only by who says so, and nothing is tried before."""
    del tried
    desk.run("qualify", str(tmp_path))

    answer = desk.run("qualify", str(tmp_path))

    assert (answer.exit_code, "FILE_EXISTS" in answer.stderr) == (1, True)
    assert desk.run("qualify", str(tmp_path), "--force").exit_code == FAILED


def test_all_that_passed_passes(desk, tmp_path, tried, monkeypatch):
    """The exit status is for whoever runs it by a program."""
    del tried
    monkeypatch.setattr(qualify, "found", lambda _tls: [])
    passing = Trial("the package", ("SEC-49",), "As released")
    monkeypatch.setattr(qualify, "installed", lambda: [(passing, lambda: "120 files")])

    answer = desk.run("qualify", str(tmp_path))

    assert answer.exit_code == 0
    assert "Passed." in answer.stdout
    assert "people" in answer.stdout
