"""`coi export` and `coi record`: what a person may see, in a file, and on record."""

import json
from zipfile import ZipFile

import openpyxl
import pytest

from coi.store.entries import entries_of


def exports(desk):
    """The lists that left, as the record tells it."""
    read = desk.clinic.installation.read
    texts = read(lambda tx: [text for _, text, _ in entries_of(tx, "site:north")])
    told = [json.loads(text) for text in texts]
    return [one["document"]["about"] for one in told if one["action"] == "export_list"]


def test_the_work_is_written_as_the_name_of_the_file_says(collected, tmp_path):
    """As CSV or as a workbook, with the same therapies."""
    for name in ("work.csv", "work.xlsx"):
        result = collected.paper("export", "work", "--all", "-o", str(tmp_path / name))
        assert result.exit_code == 0, result.output

    sheet = openpyxl.load_workbook(tmp_path / "work.xlsx").active
    lines = (tmp_path / "work.csv").read_text(encoding="utf-8-sig").splitlines()
    assert collected.coi in [row[0].value for row in sheet]
    assert len(lines) == sheet.max_row
    assert exports(collected) == ["work", "work"]


@pytest.mark.parametrize("words", [("exceptions", "--closed"), ("benches",), ("places",)])
def test_each_list_of_a_person_is_written(collected, tmp_path, words):
    """Also where nothing is in it yet: the headings say what would be."""
    path = tmp_path / "list.csv"

    collected.paper("export", *words, "-o", str(path))

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "words",
    [
        *(("people", "--called", "nina"), ("sites",), ("looks", "COI")),
        *(("trail", "--all", "--since", "2026-01-01"), ("access", "--who", "nina")),
    ],
)
def test_what_a_person_may_not_see_is_not_written(collected, tmp_path, words):
    """Who collects administers nobody, and is not told who looked."""
    path, words = tmp_path / "list.csv", [w.replace("COI", collected.coi) for w in words]

    result = collected.paper("export", *words, "-o", str(path))

    assert result.exit_code == 1
    assert "ROLE_LACKING" in result.stderr
    assert not path.exists()
    assert exports(collected) == []


def test_another_form_is_refused_before_anybody_is_asked(collected, tmp_path):
    """Nothing is read, and nothing is on record."""
    result = collected.paper("export", "work", "-o", str(tmp_path / "work.pdf"))

    assert result.exit_code == 2
    assert "ends in .csv or in .xlsx" in result.stderr


def test_the_whole_record_is_written_without_the_name(collected, tmp_path):
    """Of the therapy whose code was scanned; with a reason the name is in it."""
    plain, named = tmp_path / "plain.zip", tmp_path / "named.zip"

    collected.paper("record", collected.coi, "-o", str(plain))
    collected.paper("record", collected.coi, "--identity", "chart", "-o", str(named))

    assert "identity.json" not in ZipFile(plain).namelist()
    assert b"Wuckert" in ZipFile(named).read("identity.json")
