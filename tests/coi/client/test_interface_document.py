"""What docs/interface.md shows is run as it stands there, and comes to what it says."""

import re
import subprocess
from pathlib import Path

import pytest

from coi.client import digest_of
from coi.clock import rfc3339
from coi.demo.cast import PASSWORD
from coi.services.therapies import look
from tests.coi.client.conftest import URL

DOCUMENT = (Path(__file__).parents[3] / "docs" / "interface.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", DOCUMENT, re.DOTALL)
SHOWN = re.findall(r"Both print `([0-9a-f]{64})`", DOCUMENT)


def blocks(language):
    """The examples in a language, in their order."""
    return [text for name, text in BLOCKS if name == language]


def test_each_example_is_run_by_a_test():
    """Whoever adds one adds its test."""
    assert [name for name, _text in BLOCKS] == ["python", "sh", "python"]


def test_the_digest_is_the_same_in_shell_in_python_and_here(tmp_path, capsys):
    """As it is printed in the document."""
    path = "/api/v1/errands/3f2a9c0d5e7b1846/signatures"
    ours = digest_of("POST", path, "01JZ8Q4N6T2V0W3X5Y7Z9A1B2C", '"6"', b'{"version": 6}')

    in_shell = subprocess.run(
        ["sh", "-c", blocks("sh")[0]], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    exec(blocks("python")[1], {})  # noqa: S102 - the document's own example

    assert [ours] == SHOWN
    assert in_shell.split()[0] == capsys.readouterr().out.strip() == ours


@pytest.fixture
def freezing(performer, lives):
    """What it takes to freeze a bag."""
    return performer.request(lives.cois["a bag on hold"], "freeze_material")


def test_the_client_takes_a_step_as_the_document_shows(
    installation, transport, freezing, monkeypatch
):
    """What is due is listed, and the step is recorded."""
    wanted, actor, _signers = freezing
    monkeypatch.setattr("httpx._client.HTTPTransport", lambda **_told: transport)
    names = {"PASSWORD": PASSWORD, "COI": wanted.coi, "LABEL": wanted.codes[0].raw}
    names["NOW"] = rfc3339(installation.clock.now())
    text = blocks("python")[0].replace("https://coi.example.org", URL)
    text = text.replace('"leo"', f'"{actor.username}"')

    exec(text, names)  # noqa: S102 - the document's own example

    assert names["receipt"]["action"] == "freeze_material"
    assert look(installation, wanted.coi).history[-1].action == "freeze_material"
