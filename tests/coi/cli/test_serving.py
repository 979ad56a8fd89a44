"""What a server's worker loads before it answers."""

import subprocess
import sys
from dataclasses import replace

from coi.cli.serving import look_once
from coi.services import disk as keeping
from coi.services.disk import RESERVE, Disk
from coi.store.engine import open_engine
from tests.serving import ROOT

LOADED = "import sys, coi.cli.serving; print([n for n in sys.modules if n.startswith('coi.demo')])"


def test_a_server_at_work_loads_nothing_of_the_demonstration():
    """A real installation is served without any of the made-up world."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert told.stdout == "[]\n"


def test_a_disk_that_fills_up_is_told_while_the_database_is_away(
    clinic, tmp_path, monkeypatch, caplog
):
    """And room for the reserve is taken as soon as there is some."""
    away = open_engine(f"sqlite+pysqlite:///{tmp_path}/nowhere/coi.sqlite3")
    disk = Disk(tmp_path, tmp_path / "reserve")
    monkeypatch.setattr(keeping, "ALARMS", (1,))

    look_once(replace(clinic.installation, engine=away, disk=disk))

    assert "full: make room" in caplog.text
    assert disk.reserve.stat().st_size == RESERVE
