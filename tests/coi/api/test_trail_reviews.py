"""The review of a therapy's trail, as a program tells it for the person who signs."""

import pytest

from coi.app import create_app
from coi.services.trail_review import REVIEWED
from tests.coi.api.program import Program
from tests.journeys.worlds import Databases, copy_of


@pytest.fixture(scope="module")
def app(lives, migrated_file, tmp_path_factory):
    """Therapies that went through a good deal."""
    with copy_of(Databases(migrated_file), lives, tmp_path_factory.mktemp("trail")) as performer:
        yield create_app(performer.installation)


def test_a_review_is_signed_with_a_grant_and_listed(app, lives):
    """With the entry that was read last; without a grant, or up to another entry, it is not."""
    path = f"/therapies/{lives.cois['in manufacture']}/trail-reviews"
    quirin = Program.of(app, "quirin")
    before = quirin.get(path).json
    head = before["head"]

    bare = quirin.send("POST", path, head, Idempotency_Key="bare")
    other = quirin.signed(path, {**head, "entry": head["entry"] - 1}, REVIEWED)
    done = quirin.signed(path, head, REVIEWED)

    assert (before["items"], before["since"] > 0) == ([], True)
    assert (bare.status_code, other.status_code, done.status_code) == (422, 409, 201)
    assert other.json["code"] == "TRAIL_MOVED_ON"
    after = quirin.get(path).json
    assert (after["items"], after["since"]) == ([done.json], 0)
    assert (done.json["by"], done.json["entry"]) == ("Quirin Quality", head["entry"])


def test_whoever_took_part_is_refused(app, lives):
    """With its own code, and the step (A11d-12.6)."""
    path = f"/therapies/{lives.cois['recorded late']}/trail-reviews"
    quirin = Program.of(app, "quirin")

    answer = quirin.signed(path, quirin.get(path).json["head"], REVIEWED)

    assert (answer.status_code, answer.json["code"]) == (403, "TOOK_PART")
