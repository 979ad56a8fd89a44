"""Calls that will end: whoever still sends them is told in time."""

from datetime import date

import pytest
from flask import Flask
from flask_smorest import Api

from coi.api.ending import Ending
from coi.api.resource import NOTHING, Resources

ENDING = Ending(since=date(2027, 1, 1), until=date(2028, 1, 1))


@pytest.fixture
def two_calls():
    """An interface of two calls, of which one will end: whoever asks it, and its description."""
    app, resources = Flask("ending"), Resources("old", "Calls of another day.")

    @resources.offers("GET", "/old", "seeOld", NOTHING, ends=ENDING)
    def old():
        return ""

    @resources.offers("GET", "/new", "seeNew", NOTHING)
    def new():
        return ""

    told = {"API_TITLE": "Two calls", "API_VERSION": "1", "OPENAPI_VERSION": "3.1.0"}
    app.config.from_mapping(told)
    api = Api(app)
    api.register_blueprint(resources.blueprint)
    return app.test_client(), api.spec


def test_each_answer_says_since_when_and_until_when(two_calls):
    """The two headers that programs look at, and only where something ends."""
    client, _description = two_calls

    old, new = client.get("/old").headers, client.get("/new").headers

    assert (old["Deprecation"], old["Sunset"]) == ("@1798761600", "Sat, 01 Jan 2028 00:00:00 GMT")
    assert not {"Deprecation", "Sunset"} & set(new.keys())


def test_the_description_says_it_too(two_calls):
    """Whoever writes a client from it sees what not to begin with."""
    paths = two_calls[1].to_dict()["paths"]

    assert paths["/old"]["get"]["deprecated"] is True
    assert "deprecated" not in paths["/new"]["get"]


def test_nothing_ends_sooner_than_in_a_year():
    """The promise of the documents cannot be forgotten."""
    with pytest.raises(ValueError, match="fewer than 365 days"):
        Ending(since=date(2027, 1, 1), until=date(2027, 12, 31))
