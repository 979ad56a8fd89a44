"""Many sign in at once while somebody works at the bedside: the scan is answered (SEC-43)."""

import os
import re
import shutil
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from benchmarks.clinic import an_installation, new_clinic
from coi.clock import SystemClock
from coi.demo.cast import PASSWORD
from coi.services.passwords import hasher
from coi.services.people import set_password
from coi.services.proofs import authenticate
from coi.services.vault import create_key_file
from coi.store.engine import open_engine
from tests.serving import serving

COSTLY = "a password that takes long to look at"
SLOWEST_SECONDS = 1.0


@dataclass(frozen=True)
class Visitor:
    """A browser at a served instance, with the cookie and the token that it holds."""

    port: int
    cookie: str = ""
    token: str = ""

    def ask(self, method, path, **fields):
        """Send a request; gives the status, the page, and the browser as it is afterwards."""
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"csrf_token": self.token, **fields}) if fields else None
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        cookie = (answer.headers.get("Set-Cookie") or self.cookie).partition(";")[0]
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)
        return answer.status, replace(self, cookie=cookie, token=token[1] if token else self.token)

    def sign_in(self, username, password):
        """Sign in from the page on which one stands; gives the status and the browser."""
        return self.ask("POST", "/sign-in", username=username, password=password)


@pytest.fixture
def home(tmp_path, migrated_file):
    """A data folder with a collected therapy; Nora's password takes as long as in earnest."""
    shutil.copy(migrated_file, tmp_path / "coi.sqlite3")
    create_key_file(tmp_path / "keys" / "vault.key", bytes)
    engine = open_engine(f"sqlite+pysqlite:///{tmp_path / 'coi.sqlite3'}")
    (bag,) = new_clinic(engine, 1)
    installation = replace(an_installation(engine, SystemClock()), hasher=hasher())
    set_password(installation, authenticate(installation, "nora", PASSWORD), COSTLY)
    engine.dispose()
    return tmp_path, bag


@pytest.fixture
def port(home, tmp_path):
    """The pages of that folder, served."""
    environ = os.environ | {"COI_HOME": str(home[0])}
    with serving(environ, tmp_path / "said", "serve") as served:
        yield served.port


def a_crowd(port, number):
    """So many people who sign in at once: every other one with the right password."""
    door = Visitor(port).ask("GET", "/sign-in")[1]

    def come(n):
        username, password = ("nora", COSTLY) if n % 2 else (f"nobody{n}", "no password of ours")
        return door.sign_in(username, password)[0]

    pool = ThreadPoolExecutor(number)
    return pool, [pool.submit(come, n) for n in range(number)]


def at_the_bedside(port, bag, number):
    """Scan a bag again and again while a crowd signs in; gives each scan's seconds, and answers."""
    nurse = Visitor(port).ask("GET", "/sign-in")[1].sign_in("nina", PASSWORD)[1]
    nurse = nurse.ask("GET", "/")[1]
    pool, crowd = a_crowd(port, number)
    seconds = []
    with pool:
        while not all(one.done() for one in crowd) or len(seconds) < 20:
            began = time.perf_counter()
            status, _ = nurse.ask("POST", "/scan", code=f"{bag.serial}/{bag.coi}")
            seconds.append(time.perf_counter() - began)
            assert status == 200
    return sorted(seconds), Counter(one.result() for one in crowd)


@pytest.mark.parametrize("number", [30, pytest.param(100, marks=pytest.mark.soak)])
def test_a_crowd_at_the_door_keeps_nobody_from_scanning(port, home, number):
    """Of a hundred scans ninety-nine are answered within a second, and everybody gets an answer."""
    seconds, answers = at_the_bedside(port, home[1], number)

    p99 = seconds[int(len(seconds) * 0.99)] if len(seconds) >= 100 else seconds[-1]
    assert p99 <= SLOWEST_SECONDS, f"{len(seconds)} scans, {dict(answers)}"
    # 303: who signed in was signed in elsewhere a moment later, as the same person (DI-01).
    assert set(answers) <= {302, 303, 401, 503}
    assert answers[302] > 0
