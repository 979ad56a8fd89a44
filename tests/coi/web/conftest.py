"""Browsers without a screen: each person of a small world in one of their own."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coi.app import create_app
from coi.demo.cast import PASSWORD
from coi.services.people import set_password
from coi.services.proofs import Proven, person_of
from tests.journeys.worlds import Databases, copy_of


@dataclass(frozen=True)
class Browser:
    """One person's browser: it sends forms with the token that the page holds."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def send(self, path: str, page: str = "/sign-in", **fields: str) -> TestResponse:
        """Send a form, with the token of the page on which it stands."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert token is not None, f"{page} has no form"
        return self.client.post(path, data={"csrf_token": token[1], **fields})

    def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Sign in."""
        return self.send("/sign-in", username=username, password=password, **more)


@pytest.fixture
def performer(lives, migrated_file, tmp_path):
    """The cast, in a world of therapies that went through a good deal, for this test alone."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as acting:
        yield acting


@pytest.fixture
def installation(performer):
    """The installation of that world."""
    return performer.installation


@pytest.fixture
def app(installation) -> Flask:
    """The application over it."""
    return create_app(installation)


@pytest.fixture
def root(installation) -> Proven:
    """The administrator."""
    known = installation.read(lambda tx: person_of(tx, "root"))
    return Proven("root", known.person.id, known.credential)


@pytest.fixture
def administrator(app, installation, root) -> Browser:
    """The administrator's browser."""
    set_password(installation, root, "the keys of the house")
    browser = Browser(app.test_client())
    assert browser.sign_in("root", "the keys of the house").status_code == 302
    return browser


@pytest.fixture
def browser(app):
    """A browser in which nobody is signed in."""
    return Browser(app.test_client())


@pytest.fixture
def someone(app):
    """Give a browser in which this person is signed in."""

    def signed_in(username: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(username).status_code == 302
        return browser

    return signed_in
