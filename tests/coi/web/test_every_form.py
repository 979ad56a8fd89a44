"""Every form of the pages, sent as another site would send it, and larger than any form is."""

import time

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import create_environ, run_wsgi_app

from coi.app import LARGEST_FORM, MOST_FIELDS
from coi.store.tables import metadata

ATTACK = {
    # What made an older parser of parts search the same bytes again and again (CVE-2023-46136).
    "line ends": b"\r" * LARGEST_FORM,
    "half a boundary": b"\r\n--par" * (LARGEST_FORM // 7),
    "parts": b'\r\n--parts\r\nContent-Disposition: form-data; name="a"\r\n\r\n' * 15_000,
    "headers": b"\r\n--parts\r\n" + b"X: y\r\n" * 150_000,
}
SECONDS = 2.0


@pytest.fixture
def forms(app):
    """Every page that takes a form: its endpoint and an address; places in it hold anything."""
    found = {
        rule.endpoint: rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)[1]
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and not rule.rule.startswith(("/api", "/witness"))
    }
    assert len(found) > 80
    return found


def rows(installation):
    """How many rows each table has."""
    with installation.engine.connect() as connection:
        return {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 - tables of ours
            for table in metadata.tables
        }


@pytest.mark.parametrize("username", ["queenie", "nina", "carla"])
def test_no_form_of_another_site_is_taken(installation, someone, forms, username):
    """The browser says where it comes from, and the other site knows no token (SEC-16)."""
    browser = someone(username)
    before = rows(installation)

    foreign = {
        endpoint: browser.client.post(address, headers={"Sec-Fetch-Site": "cross-site"})
        for endpoint, address in forms.items()
    }
    # A browser that does not say it, as old ones: then the token is what is missing.
    silent = {endpoint: browser.client.post(address) for endpoint, address in forms.items()}

    assert {endpoint for endpoint, answer in foreign.items() if answer.status_code != 403} == set()
    taken = {endpoint for endpoint, answer in silent.items() if answer.status_code < 400}
    assert taken == set()
    assert rows(installation) == before


def test_no_form_has_more_parts_than_are_read(app):
    """One more than the limit is too much, sent as fields or as parts (SEC-42)."""
    fields = MultiDict([("a", "b")] * (MOST_FIELDS + 1))
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")

    answers = [app.test_client().post("/sign-in", data=fields, content_type=one) for one in kinds]

    assert app.config["MAX_CONTENT_LENGTH"] == app.config["MAX_FORM_MEMORY_SIZE"] == LARGEST_FORM
    assert app.config["MAX_FORM_PARTS"] == MOST_FIELDS
    assert answers[1].status_code == 413
    # Fields that are no parts are bounded by the size of the form alone.
    assert answers[0].status_code == 400


@pytest.mark.parametrize("name", ATTACK)
def test_a_form_that_is_made_to_be_read_slowly_is_turned_away_at_once(app, name):
    """It takes neither time nor memory of those who work, whatever it is made of (SEC-42)."""
    body = b"--parts" + ATTACK[name]
    began = time.process_time()

    answer = app.test_client().post(
        "/sign-in", data=body[:LARGEST_FORM], content_type="multipart/form-data; boundary=parts"
    )

    assert answer.status_code in {400, 413}
    assert time.process_time() - began < SECONDS


def test_a_form_that_is_larger_than_it_says_is_not_read_to_its_end(app):
    """Nor one that does not say how large it is."""
    endless = Endless()
    said = app.test_client().post("/sign-in", data=b"x" * (LARGEST_FORM + 1))
    kind = "application/x-www-form-urlencoded"
    environ = create_environ("/sign-in", method="POST", content_type=kind)
    environ |= {"wsgi.input": endless, "wsgi.input_terminated": True}
    environ.pop("CONTENT_LENGTH")
    _body, status, _headers = run_wsgi_app(app, environ)

    assert said.status_code == 413
    assert status[:3] in {"400", "413"}
    assert 0 < endless.sent <= LARGEST_FORM


class Endless:
    """Somebody who sends, and never ends."""

    sent = 0

    def read(self, size=-1):
        """As much as is asked for; whoever asks for all of it would wait for ever."""
        assert size >= 0, "an end is waited for that never comes"
        self.sent += size
        assert self.sent < 10 * LARGEST_FORM, "it goes on being read"
        return b"a" * size

    def readinto(self, into):
        """The same into a place."""
        into[:] = self.read(len(into))
        return len(into)
