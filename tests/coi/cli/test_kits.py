"""`coi report downtime-all`: a folder with the kit of every therapy that goes on, for a timer."""

import re

import pytest

from coi.services import downtime_kits, people
from coi.services.daily_kits import kits_printed
from coi.store.lists import therapies
from labels.errors import DoesNotFit
from tests.coi.clinic import PASSWORD
from tests.coi.reports.pages import text_of

CANCELLED = (
    "--with",
    "cancelled_because=patient withdrew",
    "--with",
    "material_disposition=none exists",
)


@pytest.fixture
def kits(collected, tmp_path):
    """Print into the folder, as the coordinator if nobody else, and say what lies there."""

    def printed(*words, by="carla"):
        folder = tmp_path / "kits"
        asked = ("report", "downtime-all", str(folder), "--as", by)
        result = collected.run(*asked, *words, passwords=1)
        return result, {one.name: one for one in folder.glob("*")}

    return printed


def test_each_therapy_that_goes_on_has_a_kit_that_is_replaced(collected, kits):
    """One call, one file by COI; the next day's takes its place (BD-20, A11-16)."""
    first, before = kits()
    name, every = f"{collected.coi}.pdf", collected.clinic.installation.read(therapies)
    old = before[name].read_bytes()
    again, after = kits()

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert f"{len(every)} of {len(every)} kits were written." in again.stdout
    assert {*before} == {*after} == {f"{coi}.pdf" for coi, *_rest in every}
    assert ("Copy 1" in text_of(old), "Copy 2" in text_of(after[name].read_bytes())) == (True, True)
    assert after[name].stat().st_mode & 0o077 == 0
    assert kits_printed(collected.clinic.installation).passed


def test_what_has_ended_is_removed_and_all_else_left_alone(collected, kits):
    """Also a file of somebody else's; and a kit of what goes on but is not asked for stays."""
    _result, before = kits()
    ended = next(file for file in before.values() if file.stem != collected.coi)
    ended.with_name("notes.pdf").write_text("of somebody")
    elsewhere, stays = kits("--site", "works", by="ines")

    collected.coi = ended.stem
    cancelled = collected.act("cancel", "ines", "north-ward", *CANCELLED, "--sign", "ines")
    result, after = kits()

    assert (elsewhere.exit_code, "stays: it goes on" in elsewhere.stderr) == (1, True)
    assert {*stays} == {*before, "notes.pdf"}
    assert cancelled.exit_code == 0
    assert (result.exit_code, f"{ended} is gone" in result.stdout) == (0, True)
    assert {*after} == {*stays} - {ended.name}


@pytest.mark.parametrize("error", [DoesNotFit("holder", "too long a name", 42.0), KeyError("x")])
def test_one_that_cannot_be_drawn_is_told_and_the_old_one_stays(
    collected, kits, monkeypatch, error
):
    """It keeps no other from being written; the exit status says that somebody must look."""
    _result, before = kits()
    old, drawn = before[f"{collected.coi}.pdf"].read_bytes(), downtime_kits.downtime_kits

    def refuse(bundle):
        if bundle.about == collected.coi:
            raise error
        return drawn(bundle)

    monkeypatch.setattr(downtime_kits, "downtime_kits", refuse)
    result, after = kits()

    assert result.exit_code == 1
    assert re.findall("(.+): NOT written", result.stderr) == [collected.coi]
    assert f"{len(before) - 1} of {len(before)} kits were written." in result.stdout
    assert after[f"{collected.coi}.pdf"].read_bytes() == old
    assert not kits_printed(collected.clinic.installation).passed


def test_a_program_prints_them_by_its_token(desk, tmp_path):
    """From a file, as a timer has it; one for something else, or nobody's, prints none (SEC-38)."""
    people.set_password(desk.clinic.installation, desk.clinic.root, PASSWORD)
    desk.order()

    def admin(*words):
        return desk.run("programs", *words, "--as", "root", passwords=1).stdout.strip()

    admin("add", "kits", "--name", "Kits of the night", "--unit", "north-ward")
    admin("grant", "kits", "coordinator", "--unit", "north-ward")
    made = ("token", "kits", "--name", "Night", "--site", "north", "--scope")
    folder, file = tmp_path / "kits", tmp_path / "token"
    words = ("report", "downtime-all", str(folder), "--site", "north", "--token-file", str(file))
    results = []
    for token in (admin(*made, "labels:print"), admin(*made, "exports:read"), "coi_nobodys"):
        file.write_text(f"{token}\n")
        results.append(desk.run(*words))

    assert [one.exit_code for one in results] == [1, 0, 1]
    assert "is not for exports:read" in results[0].stderr
    assert "by Kits of the night" in text_of((folder / f"{desk.coi}.pdf").read_bytes())


@pytest.mark.parametrize("words", [(), ("--as", "carla", "--token-file", __file__)])
def test_it_is_said_who_asks(desk, tmp_path, words):
    """A person or a program, and not both."""
    result = desk.run("report", "downtime-all", str(tmp_path / "kits"), *words)

    assert result.exit_code == 2
    assert "either --as USER or --token-file FILE" in result.stderr
