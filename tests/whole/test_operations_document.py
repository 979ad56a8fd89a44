"""What is told to whoever looks after the machine is what the product does."""

import ast
import logging
import re
import subprocess
from pathlib import Path

import pytest

from coi.events import EVENTS
from coi.logs import JSON
from coi.web.measuring import names

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "operations.md").read_text("utf-8")
ALERTS = (ROOT / "deploy" / "alerts.yml").read_text("utf-8")
UNITS = ("coi.service", "coi-upkeep.service", "coi-kits.service")
RUNG_BY = {
    "history_changed": "coi_history_changed_total > 0",
    "clock_stepped": 'increase(coi_site_entries_total{action="clock_stepped"}[15m]) > 0',
    "verification_failed": "coi_verify_passed == 0",
    "unforeseen": "increase(coi_unforeseen_errors_total[15m]) > 0",
}
"""What rings when an event is told that is an error."""
_SERIES = r"\bcoi_[a-z_]+"


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of the first table below a heading, by their first cell."""
    section = DOCUMENT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `([^`]+)` \|(.+)\|$", section, re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in found}


def told_in_code() -> set[str]:
    """The name of each event that some line of the product tells."""
    calls = (
        node
        for path in (ROOT / "coi").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and node.args
    )
    return {
        str(call.args[0].value)
        for call in calls
        if ast.unparse(call.func).split(".")[-1] in {"tell", "tell_when_kept"}
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_event_is_told_somewhere_and_explained():
    """With its level and its meaning, in the words of the declaration."""
    documented = {
        name: (level, meaning) for name, (level, meaning, _do) in rows("What the log says").items()
    }
    declared = {name: (_level(level), meaning) for name, (level, meaning) in EVENTS.items()}

    assert documented == declared
    assert told_in_code() == set(EVENTS) - {"notice"}


def _level(number: int) -> str:
    return {10: "debug", 20: "info", 30: "warning", 40: "error"}[number]


def test_every_measurement_is_explained_in_its_own_words():
    """None is missing, and none is invented."""
    documented = {name: cells[1] for name, cells in rows("What is measured").items()}

    assert documented == dict(names())


def test_alarms_rest_on_measurements_that_there_are():
    """A misspelt name would never ring."""
    series = {re.sub("_(bucket|count|sum)$", "", one) for one in re.findall(_SERIES, ALERTS)}

    assert series
    assert series <= set(names())


def test_each_error_of_the_record_rings():
    """What is told at the level of an error has a measurement, and an alarm on it (TL-07)."""
    told = {name for name, (level, _meaning) in EVENTS.items() if level == logging.ERROR}

    assert told == set(RUNG_BY)
    assert {one for one in RUNG_BY.values() if one not in ALERTS} == set()


def test_signing_and_keeping_that_stopped_ring():
    """An old checkpoint, one that is kept nowhere else, and a place that is away (TL-07, TL-09)."""
    expressions = "\n".join(re.findall("expr: (.+)", ALERTS))

    assert "unless time() - coi_checkpoint_timestamp_seconds <= 900" in expressions
    assert "unless time() - coi_anchor_timestamp_seconds <= 86400" in expressions
    assert "coi_anchor_away == 1" in expressions


def test_the_units_run_commands_that_there_are():
    """And write the log as a machine reads it."""
    for unit in UNITS:
        text = (ROOT / "deploy" / unit).read_text("utf-8")
        commands = re.findall(r"/opt/coi/bin/coi (\w+)", text)

        assert commands
        assert all((ROOT / "coi" / "cli" / f"{one}.py").is_file() for one in commands)
        assert f"COI_LOG_FORMAT={JSON}" in text


@pytest.mark.parametrize("failing", ["", "backup", "verify", "doctor"])
def test_each_night_all_three_are_done_whatever_became_of_one(tmp_path, failing):
    """A full disk of backups keeps nobody from finding what was changed; the unit fails then."""
    unit = (ROOT / "deploy" / "coi-upkeep.service").read_text("utf-8")
    (script,) = re.findall(r"^ExecStart=/bin/sh -c '(.+?)'$", unit, re.MULTILINE | re.DOTALL)
    done, told = tmp_path / "done", tmp_path / "coi"
    told.write_text(f'#!/bin/sh\necho "$1" >> {done}\n[ "$1" != "{failing}" ]\n')
    told.chmod(0o755)
    script = script.replace("\\\n", "").replace("%%", "%").replace("/opt/coi/bin/coi", str(told))

    outcome = subprocess.run(["/bin/sh", "-c", script], check=False).returncode

    assert done.read_text().split() == ["backup", "verify", "doctor"]
    assert outcome == (1 if failing else 0)
