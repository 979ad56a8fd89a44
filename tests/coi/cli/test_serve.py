"""`coi serve` and `coi demo` in a process of their own, with a real server."""

import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import pytest

from coi.clock import SystemClock
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import ORDERED, collected, play
from coi.services.seen import keep_asking, seen_file
from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.coi.web.steps import filled_in, path_of
from tests.journeys.worlds import Databases, build_world, copy_of
from tests.serving import ROOT, a_kept_port, answer_of, environ_of, serving

LONGEST_PAUSE = 0.08
PATIENCE = 60
STEP = "record_weight"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def command(environ, *words):
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "coi.cli", *words],
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def environ_for(home):
    """The environment of commands in a data folder that need not exist yet."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COI_HOME": str(home)}


@pytest.fixture
def environ(clinic):
    """The environment of commands in a clinic."""
    return environ_of(clinic.installation.settings)


def test_the_pages_are_served_until_they_are_stopped(environ, tmp_path):
    """The door answers; a polite stop ends the server without an error."""
    with serving(environ, tmp_path / "said", "serve") as served:
        status, page = answer_of(served.port)
        for_visitors, _page = answer_of(served.port, "/visitors")

        ended = served.stop()

    assert (status, "User name" in page, for_visitors) == (200, True, 404)
    assert ended == 0


def test_a_server_remembers_how_long_the_record_is(environ, clinic, tmp_path):
    """Outside the database, so that one that is put back is noticed (TL-18)."""
    file = seen_file(clinic.installation.settings)
    with serving(environ, tmp_path / "said", "serve") as served:
        served.stop()

    entries = verify_record(clinic.installation).entries
    assert json.loads(file.read_text())["entries"] == entries


def test_an_older_record_is_served_to_be_read(environ, clinic, tmp_path):
    """Whoever starts it is told, and whoever opens a page."""
    keep_asking(seen_file(clinic.installation.settings), "it has 3 entries, and 4 were seen before")

    with serving(environ, tmp_path / "said", "serve") as served:
        status, page = answer_of(served.port)
    assert (status, "read and not written: it has 3 entries" in page) == (200, True)
    assert "[READ_ONLY]" in (tmp_path / "said").read_text()


def test_no_worker_outlives_its_server(environ, tmp_path):
    """A server that is killed leaves nobody behind who holds the port and the database."""
    with serving(environ, tmp_path / "said", "serve") as served:
        served.process.kill()
        served.process.wait()

        assert is_free(served.port, within=PATIENCE)


def is_free(port, within):
    """Nobody listens there any more, after so many seconds at most."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            time.sleep(0.1)
            continue
        return True
    return False


@pytest.mark.parametrize("words", [("serve",), ("demo", "--therapies", "1")], ids=lambda w: w[0])
def test_a_port_that_is_taken_is_said_to_be(environ, tmp_path, words):
    """In a sentence, before anything else is done; nothing is left behind."""
    home = tmp_path / "new"
    environ = environ if words == ("serve",) else environ_for(home)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        answer = command(environ, *words, "--port", str(other.getsockname()[1]))

    assert answer.returncode == 1
    assert "another program listens there" in answer.stderr
    assert "[CANNOT_LISTEN]" in answer.stderr
    assert not home.exists()


def test_a_host_that_is_not_this_machine_is_said_to_be(environ):
    """Nobody is left with the trace of an error."""
    with a_kept_port() as port:
        answer = command(environ, "serve", "--host", "203.0.113.7", "--port", str(port))

    assert (answer.returncode, "[CANNOT_LISTEN]" in answer.stderr) == (1, True)


# -- the demonstration -----------------------------------------------------------------------------


def test_the_demonstration_is_filled_served_and_found_again(tmp_path):
    """Ctrl-C ends it without an error; the next time it is there as it was left."""
    said = [tmp_path / "first", tmp_path / "second"]
    ends, answers = [], []
    for file in said:
        with serving(environ_for(tmp_path / "home"), file, "demo", "--therapies", "1") as served:
            answers += [answer_of(served.port), answer_of(served.port, "/visitors")]
            ends.append(served.interrupt())

    assert ends == [0, 0]
    assert all("Demonstration: not for clinical use" in page for _status, page in answers)
    assert [status for status, _page in answers] == [200] * 4
    assert "Everybody's password: " in said[0].read_text()
    assert "Serving on http://127.0.0.1:" in said[0].read_text()
    assert "--fresh begins it anew" in said[1].read_text()


# -- stopped while something is saved --------------------------------------------------------------


class Bench:
    """A nurse's browser, as far as a step takes one: she has signed in and filled in its form.

    The connection is open before the server is asked to stop, as a browser's is.
    """

    def __init__(self, port, performer, coi):
        self.port, self.path = port, path_of(coi, STEP)
        self.cookie = ""
        form = self.ask("GET", "/sign-in")[1]
        token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
        wanted, actor, signers = performer.request(coi, STEP)
        who = {"csrf_token": token, "username": actor.username, "password": PASSWORD}
        self.ask("POST", "/sign-in", urlencode(who))
        page = self.ask("GET", self.path)[1]
        told = filled_in(page, wanted, signers)
        known = set(re.findall(r'name="([^"]+)"', page))
        self.form = urlencode([(n, text) for n, text in told.items(multi=True) if n in known])

    def ask(self, method, path, body=None):
        """Ask over a connection of its own; gives the status and the page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, FORM | {"Cookie": self.cookie})
            answer = connection.getresponse()
            self.cookie = (answer.getheader("Set-Cookie") or self.cookie).split(";")[0]
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def send(self):
        """Send the step; gives the status, or nothing where there was no answer."""
        with suppress(OSError, HTTPException):
            return self.ask("POST", self.path, self.form)[0]
        return None


@pytest.fixture(scope="module")
def at_the_nurse(migrated_file, tmp_path_factory):
    """A world in which a bag is in the hands of the apheresis unit."""
    folder = tmp_path_factory.mktemp("nurse")
    begins = datetime.now(UTC) - timedelta(hours=6)
    return Databases(migrated_file), build_world(Databases(migrated_file), folder, begins)


def stopped_while_saving(at_the_nurse, folder, chance):
    """Stop a server while a step is sent; gives how it ended, the answer, and what is there."""
    folder.mkdir()
    with copy_of(*at_the_nurse, folder) as acting:
        acting.installation = replace(acting.installation, clock=SystemClock())
        coi = acting.order(PATIENTS[0])
        play(acting, coi, (*ORDERED, *collected(1)[:3]))
        environ = environ_of(acting.installation.settings)
        with serving(environ, folder / "said", "serve") as served, ThreadPoolExecutor(1) as pool:
            bench = Bench(served.port, acting, coi)
            sent = pool.submit(bench.send)
            time.sleep(chance.uniform(0, LONGEST_PAUSE))
            ended = served.stop()
            status = sent.result()
        newest = look(acting.installation, coi).history[-1].action
        return ended, status, newest == STEP


@pytest.mark.parametrize(
    "rounds", [3, pytest.param(20, marks=pytest.mark.soak)], ids=["3 rounds", "20 rounds"]
)
def test_whoever_is_saving_while_it_stops_gets_an_answer_or_nothing_is_saved(
    at_the_nurse, tmp_path, rounds
):
    """No entry without its acknowledgement, and no acknowledgement without its entry."""
    chance = random.Random(rounds)

    found = {stopped_while_saving(at_the_nurse, tmp_path / str(n), chance) for n in range(rounds)}

    assert found <= {(0, 303, True), (0, None, False)}
