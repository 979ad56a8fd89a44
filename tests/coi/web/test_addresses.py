"""Addresses are built once, and are those that Flask builds."""

import pytest
from flask import Blueprint, Flask

from coi.web import addresses
from coi.web.addresses import Addresses


@pytest.fixture
def app():
    """An application with a page in each of two chapters."""
    made = Flask("addresses", static_folder=None)
    for name in ("one", "two"):
        chapter = Blueprint(name, name, url_prefix=f"/{name}")
        chapter.add_url_rule("/<what>", "page", lambda what: what)
        made.register_blueprint(chapter)
    return made


def test_an_address_is_flasks_the_first_time_and_the_second(app):
    """Whatever is asked, what was kept is what would be built; what is no text is built anew."""
    build = Addresses(app.url_for)
    asked = [{"what": "A-1"}, {"what": "a/ä"}, {"what": "A-1", "more": "x y"}, {"what": 7}]

    with app.test_request_context("/one/x"):
        built = [[build("one.page", **values) for values in asked] for _ in range(2)]
        flasks = [app.url_for("one.page", **values) for values in asked]

    assert built == [flasks, flasks]


def test_a_leading_dot_means_the_page_that_says_it(app):
    """The same short name leads to another page from another chapter."""
    build = Addresses(app.url_for)
    found = []

    for chapter in ("one", "two", "one"):
        with app.test_request_context(f"/{chapter}/x"):
            found.append(build(".page", what="x"))

    assert found == ["/one/x", "/two/x", "/one/x"]


def test_an_address_begins_where_the_application_is_mounted(app):
    """What was kept under one prefix is not shown under another."""
    build = Addresses(app.url_for)
    found = []

    for root in ("", "/custody"):
        with app.test_request_context("/one/x", environ_overrides={"SCRIPT_NAME": root}):
            found.append(build("one.page", what="x"))

    assert found == ["/one/x", "/custody/one/x"]


def test_the_oldest_is_forgotten_when_there_are_too_many(app, monkeypatch):
    """However many therapies are looked at, no more is kept than there is room for."""
    monkeypatch.setattr(addresses, "MOST", 3)
    built = []
    build = Addresses(lambda _endpoint, **values: built.append(values["what"]) or "-")

    with app.test_request_context("/one/x"):
        for what in ("1", "2", "3", "4", "4", "2", "1"):
            build("one.page", what=what)

    assert built == ["1", "2", "3", "4", "1"]
