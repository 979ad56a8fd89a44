"""Browsers without a screen: each person of a small world in one of their own."""

from dataclasses import fields
from datetime import timedelta

import pytest
from flask import Flask

from coi.app import create_app
from coi.services.people import set_password
from coi.services.proofs import Proven, person_of
from tests.coi.web.bedside import at_rest
from tests.coi.web.browser import Browser
from tests.coi.web.steps import AtThePages
from tests.journeys.worlds import Databases, copy_of

SHORT_STEP = timedelta(milliseconds=100)
"""Whoever works at the pages looks at the clock on each of them: so each look takes less time."""


@pytest.fixture
def performer(lives, migrated_file, tmp_path):
    """The cast, in a world of therapies that went through a good deal, for this test alone."""
    with copy_of(Databases(migrated_file), lives, tmp_path, SHORT_STEP) as acting:
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
def at_the_pages(app, performer):
    """The cast, each at the pages."""
    known = {one.name: getattr(performer, one.name) for one in fields(performer)}
    return AtThePages(**known, app=app)


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


@pytest.fixture(scope="session")
def first_bedside(tmp_path_factory, migrated_file):
    """The bedside of which all others are copies; never write to it."""
    found = at_rest(tmp_path_factory.mktemp("bedside") / "home", migrated_file)
    found.ward.installation.engine.dispose()
    return found


@pytest.fixture
def bedside(first_bedside, tmp_path):
    """Two patients on one ward, with thawed bags, and everybody at the pages."""
    found = first_bedside.copied(tmp_path / "home")
    yield found
    found.installation.engine.dispose()
