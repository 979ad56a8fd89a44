"""The `coi` command answers at once, and says in words what went wrong."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import coi.cli
from coi.cli import COMMANDS, main
from coi.errors import Busy

HEAVY = (
    "alembic",
    "cryptography",
    "labels",
    "marshmallow",
    "reportlab",
    "rich",
    "sqlalchemy",
    "yaml",
)


def test_help_is_quick():
    """`coi --help` imports click and nothing heavy."""
    program = (
        "import sys\n"
        "from coi.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        f"sys.exit(', '.join(m for m in {HEAVY} if m in sys.modules) or 0)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_python_m_is_the_command():
    """`python -m coi.cli` greets as `coi` does."""
    done = subprocess.run([sys.executable, "-m", "coi.cli"], capture_output=True, check=False)

    assert b"Usage: coi [OPTIONS] COMMAND" in done.stdout + done.stderr


def test_help_lists_what_is_there(monkeypatch):
    """A command of the table whose module is missing is neither listed nor broken."""
    monkeypatch.setattr(
        coi.cli, "COMMANDS", {"workflow": COMMANDS["workflow"], "fly": ("coi.cli.fly", "Fly.")}
    )

    shown = CliRunner().invoke(main, ["--help"]).stdout
    refused = CliRunner().invoke(main, ["fly"])

    assert "workflow  List, check" in shown
    assert "Fly." not in shown
    assert (refused.exit_code, "No such command 'fly'" in refused.stderr) == (2, True)


@pytest.fixture
def failing(monkeypatch):
    """Let `coi workflow` fail with an error of one's choice."""

    def fail_with(error: Exception) -> None:
        def fail() -> None:
            raise error

        command = click.Command("workflow", callback=fail)
        monkeypatch.setattr(coi.cli.LazyGroup, "get_command", lambda *_: command)

    return fail_with


def test_what_can_be_explained_is_explained(failing):
    """An error of ours is its sentence, next step and code on standard error; exit status 1."""
    failing(Busy())

    result = CliRunner().invoke(main, ["workflow"])

    assert result.exit_code == 1
    assert result.stderr == (
        "The database is busy and nothing was saved.\nWait a moment and try again. [BUSY]\n"
    )


def test_the_unexpected_reveals_nothing(failing):
    """An unexpected error is its type; what it says may name a patient."""
    failing(ValueError("Mrs Example, born 1970"))

    result = CliRunner().invoke(main, ["workflow"])

    assert result.exit_code == 1
    assert result.stderr.startswith("Unexpected error: ValueError.\n")
    assert "Example" not in result.stderr


def test_debug_shows_the_trace(failing):
    """With --debug an unexpected error comes out whole."""
    failing(ValueError("why"))

    result = CliRunner().invoke(main, ["--debug", "workflow"])

    assert isinstance(result.exception, ValueError)


def test_wrong_usage_has_its_own_exit_status(failing):
    """What click refuses stays click's: exit status 2."""
    failing(click.UsageError("Not so."))

    assert CliRunner().invoke(main, ["workflow"]).exit_code == 2
