"""What a device keeps for the time without a line: one page and its files."""

import json

import pytest

from coi.web.gate import HEADERS
from tests.coi.web.test_devices import register


def shell_of(browser):
    """What the worker keeps, as the server tells it."""
    text = browser.get("/offline/worker.js").text
    return json.loads(text.partition("const SHELL = ")[2].partition(";\n")[0])


def test_the_page_is_the_same_for_everybody(browser, someone):
    """Nothing of anybody stands in it: it stays in the browser (SEC-34)."""
    nina, nobody = someone("nina"), browser

    page = nina.get("/offline")

    assert page.text == nobody.get("/offline").text
    assert "csrf_token" not in page.text
    assert {name: page.headers.get(name) for name in HEADERS} == dict(HEADERS)
    assert page.headers["Cache-Control"] == "no-store"


def test_it_is_kept_in_each_language(browser):
    """The address says which: whoever asks for it is nobody, and has chosen none."""
    german, english = (browser.get(f"/offline?language={one}").text for one in ("de", "en"))

    assert ('<html lang="de">' in german, "KEINE VERBINDUNG" in german.upper()) == (True, True)
    assert '<html lang="en">' in english
    assert browser.get("/offline?language=xx").text == english


def test_the_worker_stands_before_every_page(browser):
    """It is asked for anew each time, and may stand above the folder from which it comes."""
    answer = browser.get("/offline/worker.js")

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_shell_is_whole_and_nothing_but_files(browser):
    """Each address that it names is served to everybody, and is no page but the one."""
    shell = shell_of(browser)

    assert shell["pages"] == {one: f"/offline?language={one}" for one in ("en", "de")}
    assert all(one.startswith("/static/") for one in shell["files"])
    for address in (*shell["pages"].values(), *shell["files"]):
        with browser.get(address) as answer:
            assert answer.status_code == 200


def test_the_page_loads_what_is_kept_of_its_own_version(browser):
    """And nothing else: what is not in the shell is not there without a line."""
    page, shell = browser.get("/offline").text, shell_of(browser)

    loaded = {part.partition('"')[0] for part in page.split('="/static/')[1:]}

    assert {f"/static/{one}" for one in loaded} <= set(shell["files"])
    assert all(f"shell={shell['version']}" in one for one in loaded if "?" in one)


@pytest.mark.parametrize("path", ["/", "/devices"])
def test_only_a_registered_device_is_told_of_the_worker(someone, path):
    """Any other browser is as it was."""
    queenie = someone("queenie")
    before = queenie.get(path).text

    register(queenie)
    after = queenie.get(path).text

    assert ("data-worker" in before, "manifest.webmanifest" in before) == (False, False)
    assert 'data-worker="/offline/worker.js"' in after
    assert "manifest.webmanifest" in after
