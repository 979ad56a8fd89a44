"""Whatever the description allows is sent to a real server, and much that it does not allow.

No answer is a fault of ours, none breaks the description, and no check of who asks is forgotten.
Schemathesis goes through the examples, the edges of each schema, random data, and along the links
from one answer to the next call.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coi.api.interface import described
from coi.app import create_app
from coi.demo.cast import PASSWORD
from coi.services.people import set_password
from coi.services.proofs import Proven, person_of
from tests.journeys.worlds import Databases, copy_of
from tests.serving import ROOT, environ_of, serving

HERE = Path(__file__).parent
SIGNS_OUT = "signOut|changePassword|endMySession"
"""What would end the session of whoever asks; tested by themselves."""

SHORT, LONG = 4, 60
PEOPLE = ("carla", "root", "queenie")


@pytest.fixture
def server(lives, migrated_file, tmp_path_factory):
    """A server of a world of therapies that went through a good deal, with its description.

    Each has one of their own: what an administrator may do ends the accounts of others.
    """
    folder = tmp_path_factory.mktemp("asked")
    with copy_of(Databases(migrated_file), lives, folder) as performer:
        installation = performer.installation
        root = installation.read(lambda tx: person_of(tx, "root"))
        set_password(installation, Proven("root", root.person.id, root.credential), PASSWORD)
        told = folder / "openapi.json"
        told.write_text(json.dumps(described(create_app(installation))))
        environ = environ_of(installation.settings)
        environ |= {"COI_REQUESTS_PER_MINUTE": "100000"}
        with serving(environ, folder / "said.txt", "serve") as served:
            yield served, told


def ask(server, username, seed, examples):
    """Let schemathesis ask as this person; gives its process, once it has ended."""
    served, told = server
    environ = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.coi.api.hooks", "PYTHONPATH": str(ROOT)}
    environ |= {"ASKED_URL": served.url, "ASKED_WHO": username, "ASKED_PASSWORD": PASSWORD}
    words = ["run", told, "--url", served.url, "--checks", "all", "--no-color"]
    words += ["--seed", str(seed), "--max-examples", str(examples)]
    words += ["--exclude-operation-id-regex", SIGNS_OUT]
    return subprocess.run(
        [Path(sys.executable).with_name("st"), "--config-file", HERE / "schemathesis.toml", *words],
        env=environ,
        cwd=served.said.parent,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


def what_failed(told):
    """What it says of errors and failures, which comes before its long list of warnings."""
    return re.sub(r"^=+ (STATEFUL|WARNINGS) =+$.*", "", told, flags=re.MULTILINE | re.DOTALL)[
        -8000:
    ]


@pytest.mark.parametrize(
    ("username", "seed"),
    [
        ("carla", 1),
        pytest.param("root", 2, marks=pytest.mark.soak),
        pytest.param("queenie", 3, marks=pytest.mark.soak),
    ],
)
def test_no_answer_breaks_the_description(server, username, seed):
    """With three seeds, each as another sort of person; a coordinator may ask for most."""
    done = ask(server, username, seed, SHORT)

    assert done.returncode == 0, what_failed(done.stdout)
    assert "Stateful" in done.stdout


@pytest.mark.soak
@pytest.mark.parametrize("username", PEOPLE)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_no_answer_breaks_it_for_long(server, username, seed):
    """The same for many more requests of each."""
    done = ask(server, username, seed, LONG)

    assert done.returncode == 0, what_failed(done.stdout)
