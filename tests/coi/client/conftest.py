"""People with the client in a small world of therapies, without a network."""

import httpx
import pytest

from coi.client import Client
from coi.demo.cast import PASSWORD
from tests.coi.web.conftest import app, at_the_pages, installation, performer

__all__ = ["app", "at_the_pages", "installation", "performer"]
URL = "http://coi.example"


@pytest.fixture
def transport(app):
    """The way into the application."""
    return httpx.WSGITransport(app=app)


@pytest.fixture
def person(transport):
    """Give the client of this person, who has signed in."""
    return lambda name: Client.signed_in(URL, name, PASSWORD, transport=transport)
