"""What `make journey` tells is true: order to follow-up, past a wrong bag and three forgeries."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from tests.labels.reading import read

ROOT = Path(__file__).parents[2]
JOURNEY = ROOT / "examples" / "first_journey.py"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Run the journey once, as `make journey` does, in a folder for temporary files of its own."""
    folder = tmp_path_factory.mktemp("journey")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, str(JOURNEY)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def path_of(told, name):
    """The path that is told behind this name at the end."""
    return Path(re.findall(rf"{name} +(\S+)", told)[-1])


def test_the_therapy_comes_to_its_end(told):
    """The cells are infused, the therapy is closed, and the record is whole."""
    assert "Recorded: “Infuse (the bag is empty afterwards)”" in told
    assert "Recorded: “Close and hand over to follow-up”" in told
    assert "Whole and unchanged: " in told


def test_the_wrong_bag_is_refused(told):
    """The bag of patient B stops the pairing, and two others check before the right one is hung."""
    wrong, right = told.index("WRONG_THERAPY: STOP. The bag"), told.index("Recorded: “Infuse")

    assert wrong < told.index("SAME_PAIR_AFTER_MISMATCH") < right


def test_a_lot_without_results_is_not_released(told):
    """Before the results the release is refused with every result that is missing."""
    assert "RESULTS_MISSING: Results are outstanding: Viability, CD3+ purity" in told


@pytest.mark.parametrize("by", ["fk_lineage_parent", "fk_position_move", "lock_entry_delete"])
def test_a_forgery_is_refused_by_the_database(told, by):
    """Each forgery is refused by the constraint or lock that was made for it."""
    assert f"Refused by the database: {by}" in told


def test_the_label_is_the_bags(told):
    """The printed label's symbol names the serial and the therapy of the bag that was infused."""
    coi = re.findall(r"coi report custody (\S+)", told)[0]

    seen = read(path_of(told, "The label of the product").read_bytes())

    (serial,) = re.findall(r"coi label bag (\S+) --as", told)
    assert ("]d1", f"{serial}/{coi}") in seen.symbols
    assert "LOT-0001, attempt 1" in seen.text
    assert "NOT FOR CLINICAL USE" in seen.text


def test_the_custody_record_can_be_read(told):
    """The custody record has pages, and names the therapy."""
    coi = re.findall(r"coi report custody (\S+)", told)[0]
    document = pypdfium2.PdfDocument(path_of(told, "The custody record"))

    text = document[0].get_textpage().get_text_range()
    document.close()

    assert coi in text


def test_every_line_is_a_command_that_could_be_typed(told):
    """Nothing private to the example: each step is a command of the product."""
    commands = re.findall(r"^\$ coi (\S+)", told, re.MULTILINE)

    assert set(commands) == {
        *("init", "sites", "users", "approve", "import", "act", "review"),
        *("scan", "therapy", "label", "report", "verify"),
    }
