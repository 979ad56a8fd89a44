"""Programs of people in a small world of therapies that went through a good deal."""

import pytest

from tests.coi.api.program import Program
from tests.coi.web.conftest import app, bedside, first_bedside, installation, performer, root

__all__ = ["app", "bedside", "first_bedside", "installation", "performer", "root"]


@pytest.fixture
def program(app):
    """Give the program of this person, who has signed in with it."""
    return lambda username: Program.of(app, username)


@pytest.fixture
def stranger(app):
    """A program in which nobody is signed in."""
    return Program(app)
