"""`coi workflow migrate`: what would be otherwise is told, two sign, and the therapy moves."""

from datetime import timedelta

import pytest

from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.journeys.changing import changed


@pytest.fixture
def desk(collected, tmp_path):
    """A desk with a therapy whose cells were collected, and a second version installed."""
    collected.clinic.installation.clock.advance(timedelta(days=1.5))
    collected.clinic.hire("quentin", ("qualified_person", "works-production"))
    file = tmp_path / "newer.yaml"
    file.write_text(changed(), encoding="utf-8")
    answer = collected.run("workflow", "install", str(file), "--as", "queenie", passwords=1)
    assert answer.exit_code == 0, answer.stderr
    return collected


def migrated(desk, *options, version="2", by="queenie"):
    """Type the command, with the passwords of everybody it names."""
    words = ("workflow", "migrate", desk.coi, version, "--as", by, *options)
    return desk.run(*words, passwords=1 + options.count("--sign"))


BOTH = ("--reason", "a new assay", "--sign", "queenie", "--sign", "quentin")


def test_without_signers_the_difference_is_told_and_nothing_changed(desk):
    """Each step, each test, in words."""
    told = migrated(desk).stdout

    assert "“Move to another shelf”: removed" in told
    assert "new: asks “Shaker” (a text of the lot, must be given)" in told
    assert "“Collect cells" not in told
    assert look(desk.clinic.installation, desk.coi).therapy.version == 1


def test_two_sign_and_it_runs_on_the_newer_version(desk):
    """The record is whole, and says since when."""
    answer = migrated(desk, *BOTH)

    assert f"Moved: {desk.coi} runs on version 2 since entry " in answer.stdout
    assert "workflow autologous-car-t 2 since entry" in desk.run("therapy", desk.coi).stdout
    assert verify_record(desk.clinic.installation).findings == ()


def test_who_answers_everywhere_signs_where_they_answer(desk):
    """Who holds the role everywhere, and at one unit, acts at that: everywhere is no unit."""
    roles = (("qa_reviewer", "-"), ("qa_reviewer", "works-production"))
    desk.clinic.installation.clock.advance(timedelta(days=1))
    desk.clinic.hire("quill", *roles)

    answer = migrated(desk, *BOTH[:2], "--sign", "quill", "--sign", "quentin", by="quill")

    assert answer.exit_code == 0, answer.stderr


def test_every_reason_why_not_is_told(desk):
    """On record, with their codes; the command says by its end that nothing was done."""
    answer = migrated(desk, "--reason", "a new assay", "--sign", "queenie")

    assert answer.exit_code == 1
    assert "SIGNATURE_MISSING" in answer.stdout + answer.stderr
    assert look(desk.clinic.installation, desk.coi).history[-1].kind == "refused"


def test_a_version_that_is_not_there_is_unknown(desk):
    """A sentence, the next step and the code."""
    answer = migrated(desk, version="7")

    assert (answer.exit_code, "[UNKNOWN]" in answer.stderr) == (1, True)
