"""A scanner that is not ours (wapiti) at the served pages, outside the door and inside: no finding.

It looks for what is known to go wrong with pages: statements, templates, scripts, paths, headers.
What asks a server of its authors' (`ssrf`, `xxe`, `nikto`, `wapp`) is left out: nothing leaves the
machine. So are what guesses passwords or addresses (`buster` knows no end); and `csrf`, which sends
a file in a form that nobody can read, and takes two refusals for one answer: test_every_form.py
asks.
"""

import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from coi.clock import SystemClock
from coi.demo.cast import PASSWORD
from tests.coi.cli.test_serve_walls import Browser
from tests.journeys.worlds import Databases, copy_of
from tests.serving import a_certificate, environ_of, serving

MODULES = (
    "backup,blindsql,cookieflags,crlf,csp,exec,file,htaccess,http_headers,methods,"
    "permanentxss,redirect,shellshock,sql,xss"
)
ENDS_WORK = ("/sign-out", "/account/sessions", "/account/password", "/account/badge/lost")
SCANNER = """
import fnmatch, re
from wapitiCore.main import wapiti
from wapitiCore.net import crawler
crawler.wildcard_translate = lambda pattern: re.compile(fnmatch.translate(pattern))
wapiti.wapiti_main()
"""
"""Debian's version leaves no address out under its own Python: what its `-x` means is said here."""

INFORMATIONAL = {"X-XSS-Protection is not set"}
"""Browsers have given it up; where it was known, it opened holes of its own."""

SCAN_SECONDS, ATTACK_SECONDS = 240, 60


@pytest.fixture
def served(lives, migrated_file, tmp_path):
    """A world of therapies, served to whoever comes."""
    with copy_of(Databases(migrated_file), lives, tmp_path / "home") as acting:
        environ = environ_of(replace(acting.installation, clock=SystemClock()).settings)
        certificate, secure = a_certificate(tmp_path)
        words = ("serve", "--tls", *certificate)
        with serving(environ, tmp_path / "said", *words, secure=secure) as found:
            yield found


def cookie_of(served, username):
    """The cookie of somebody who has signed in."""
    browser = Browser(served.port, served.secure)
    browser.sign_in(username, PASSWORD)
    browser.ask("GET", "/")  # the cookie knows the token of forms from here on
    return browser.cookie


def findings(served, folder, cookie=""):
    """What the scanner names."""
    report = folder / "report.json"
    command = [
        *("/usr/bin/python3", "-c", SCANNER),
        *("-u", f"{served.url}/", "--scope", "folder", "-m", MODULES),
        *("--max-scan-time", str(SCAN_SECONDS), "--max-attack-time", str(ATTACK_SECONDS)),
        *("--flush-session", "--no-bugreport", "--store-session", str(folder / "session")),
        *("-f", "json", "-o", str(report), "-d", "3", "--max-links-per-page", "40"),
        *(one for path in ENDS_WORK for one in ("-x", f"{served.url}{path}")),
        *(("-H", f"Cookie: {cookie}") if cookie else ()),
        *("-H", f"Referer: {served.url}/"),
    ]
    ran = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=SCAN_SECONDS * 15
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    named = json.loads(report.read_text())
    kinds = {**named["vulnerabilities"], **named["anomalies"]}
    told = (one for found in kinds.values() for one in found)
    return [one for one in told if one["info"] not in INFORMATIONAL]


@pytest.mark.soak
@pytest.mark.parametrize("username", ["", "carla"], ids=["outside", "inside"])
def test_a_scanner_finds_nothing(served, tmp_path, username):
    """Neither by who stands at the door, nor by who has come in (A11d-15)."""
    assert shutil.which("wapiti"), "scripts/install_system_packages scan"

    found = findings(served, tmp_path, cookie_of(served, username) if username else "")

    assert found == []
    # It was where it was to look, and nothing broke on the way.
    said = served.said.read_text()
    assert ('"endpoint":"therapies.show"' in said) == bool(username)
    assert '"status":5' not in said
