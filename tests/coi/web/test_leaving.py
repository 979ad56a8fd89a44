"""Whatever is done by hand leaves an entry; that is looked at in every test of the pages."""

import pytest

from coi.services.permissions import Permission
from coi.web.permissions import needs
from tests.coi import leaving


def test_what_is_told_otherwise_is_sent_and_has_its_reason(app):
    """No line of a page that is not there any more lets another one through (A11d-12.1, DI-04)."""
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}

    assert set(leaving.TOLD_OTHERWISE) <= posts
    assert len(posts) > 3 * len(leaving.TOLD_OTHERWISE)
    assert all(leaving.TOLD_OTHERWISE.values())


def test_a_deed_that_leaves_nothing_is_noticed(app, someone):
    """A page that changes something and writes no entry fails the test that sends it."""
    app.view_functions["door.sign_out"] = needs(Permission.SIGNED_IN)(lambda: "done")
    someone("nina").send("/sign-out", page="/")

    found, leaving.missed[:] = [*leaving.missed], []
    assert found == ["door.sign_out answered 200 OK"]


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_is_sent_twice_leaves_its_entry_once(someone, time):
    """So the second time nothing is missed."""
    nina = someone("nina")

    for _turn in range(1 if time == "first" else 2):
        nina.send("/sign-out", page="/")
        nina.sign_in("nina")

    assert leaving.missed == []
