"""docs/webhooks.md says what is so: its program works, and every kind of event stands in it."""

import re
import time
from pathlib import Path

import pytest

from coi.interop.signing import secret_text, signed_headers
from coi.services.event_kinds import EVERY, TEST

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "webhooks.md").read_text()
PROGRAM = re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[1]
ON_PAGES = ROOT / "coi" / "web" / "templates" / "verify_webhook.html"
SECRET, BODY = secret_text(b"s" * 32), b"{}"


@pytest.fixture
def is_ours():
    """The function of the document."""
    names = {}
    exec(PROGRAM, names)  # noqa: S102 - it is what readers run
    return names["is_ours"]


def headers(seconds=0):
    """What comes with a message that was sent so long ago; under two secrets."""
    at = int(time.time()) - seconds
    return signed_headers((secret_text(b"o" * 32), SECRET), "evt_1", at, BODY)


def test_the_program_of_the_document_works(is_ours):
    """It takes what is from here, and nothing that was changed or kept."""
    assert is_ours(SECRET, headers(), BODY)
    assert not is_ours(SECRET, headers(), BODY + b" ")
    assert not is_ours(secret_text(b"x" * 32), headers(), BODY)
    assert not is_ours(SECRET, headers() | {"webhook-id": "evt_2"}, BODY)
    assert not is_ours(SECRET, headers(seconds=400), BODY)


def test_the_pages_show_the_same_program():
    """Whoever copies it from there gets what is tested here."""
    assert ON_PAGES.read_text() == PROGRAM


def test_every_kind_stands_in_the_document():
    """So that nobody has to guess what can be asked for."""
    assert not [kind for kind in (*EVERY, TEST) if f"`{kind}`" not in DOCUMENT]
