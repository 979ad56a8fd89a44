"""A definition that somebody wrote themselves is installed while the pages are in use."""

import json
from pathlib import Path

import pytest

from coi.errors import DataRefused
from coi.services.installing import install_definition
from coi.services.proofs import authenticate
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from tests.coi.cli.desk import Desk
from tests.coi.clinic import PASSWORD

FIFTH = Path(__file__).parents[1] / "definitions" / "limbal-cells.1.yaml"
VERSION = "version: 1"


@pytest.fixture
def desk(clinic, quick):
    """A desk in a clinic that has somebody of quality assurance."""
    del quick  # it is in force
    clinic.hire("queenie", ("qa_reviewer", "works-production"))
    return Desk(clinic)


@pytest.fixture
def file(tmp_path):
    """A definition of an invented therapy, in a file of somebody's own."""
    path = tmp_path / "mine.yaml"
    path.write_bytes(FIFTH.read_bytes())
    return path


def installed(desk, file, by="queenie"):
    """Type the command."""
    return desk.run("workflow", "install", str(file), "--as", by, passwords=1)


def entries_on(desk):
    """What stands in the record about definitions, newest last."""
    chain = desk.clinic.installation.read(lambda tx: [*entries_of(tx, ORGANISATION)])
    return [signed for _, content, signed in chain if '"install_workflow"' in content]


def test_it_is_installed_with_a_signed_entry(desk, file):
    """Quality assurance signs that it may be used, and the record names its hash."""
    before = len(entries_on(desk))

    answer = installed(desk, file)

    newest = json.loads(entries_on(desk)[-1])
    assert answer.stdout.startswith("Installed: limbal-cells, version 1 (SHA-256 ")
    assert len(entries_on(desk)) == before + 1
    assert [signature["meaning"] for signature in newest] == ["released for use"]


def test_the_record_is_whole_afterwards(desk, file):
    """The verifier reads the new definition, and finds nothing."""
    installed(desk, file)

    assert verify_record(desk.clinic.installation).findings == ()


def test_it_is_recorded_once(desk, file):
    """The same file a second time changes nothing."""
    installed(desk, file)
    before = len(entries_on(desk))

    again = installed(desk, file)

    assert again.exit_code == 0
    assert len(entries_on(desk)) == before


def test_what_is_installed_is_never_changed(desk, file):
    """Another text under the same version is refused; as a newer version it is taken."""
    installed(desk, file)
    text = file.read_text(encoding="utf-8").replace("shelf_life_hours: 36", "shelf_life_hours: 12")
    file.write_text(text, encoding="utf-8")

    changed = installed(desk, file)
    file.write_text(text.replace(VERSION, "version: 2", 1), encoding="utf-8")
    newer = installed(desk, file)

    assert "give a change version 2" in changed.stderr
    assert newer.stdout.startswith("Installed: limbal-cells, version 2 ")


def test_only_quality_assurance_installs(desk, file):
    """Who coordinates does not."""
    before = len(entries_on(desk))

    answer = installed(desk, file, by="carla")

    assert "[ROLE_LACKING]" in answer.stderr
    assert len(entries_on(desk)) == before


def test_what_does_not_hold_is_refused_with_its_line(desk, file):
    """It is proven before anybody is asked for a password."""
    text = file.read_text(encoding="utf-8").replace("  shelf_life_hours: 36\n", "")
    file.write_text(text, encoding="utf-8")

    answer = installed(desk, file)

    assert "line 6, product: needs one of shelf_life_hours or shelf_life_days" in answer.stderr
    assert "[DEFINITION_REFUSED]" in answer.stderr


def test_a_role_that_nobody_can_hold_is_named(desk):
    """A step that only a wizard may take could never be taken."""
    text = FIFTH.read_text(encoding="utf-8").replace("theatre_nurse", "wizard")
    queenie = authenticate(desk.clinic.installation, "queenie", PASSWORD)

    with pytest.raises(DataRefused, match="“wizard” is no role"):
        install_definition(desk.clinic.installation, queenie, text.encode())
