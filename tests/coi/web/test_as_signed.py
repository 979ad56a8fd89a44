"""A page shows nothing as true that is not what was signed, and offers no step that rests on it."""

from contextlib import closing

import pytest
from pysqlite3 import dbapi2 as sqlite

from tests.coi.api.program import Program

MARK = "INVALID: not what was signed"
LIFE = "out of specification"
FORGED = {
    "a result": "UPDATE value SET content = '99' WHERE chain = ? AND field = 'viability'",
    "a position": "UPDATE position SET holder = 'south-ward' WHERE chain = ? AND turn > 1",
    "a label": "DELETE FROM label WHERE chain = ? AND issue > 0",
    "a signature": "UPDATE signature SET meaning = 'verified' WHERE chain = ? AND n = 1",
    "an entry": "UPDATE entry SET content = replace(content, 'ward', 'lab ') WHERE chain = ?",
}


@pytest.fixture
def coi(lives):
    """A therapy of which a good deal is on record."""
    return lives.cois[LIFE]


@pytest.fixture
def forge(installation):
    """Change the file of the database as somebody who owns it can."""

    def run(statement, coi):
        with closing(sqlite.connect(installation.settings.database_path)) as database:
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in database.execute(names).fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            assert database.execute(statement, [coi]).rowcount
            database.commit()

    return run


def test_what_nobody_touched_is_not_marked(someone, coi):
    """Nor is anything said of it."""
    page = someone("queenie").get(f"/therapies/{coi}").text

    assert MARK not in page
    assert "is not what was signed" not in page


@pytest.mark.parametrize("what", FORGED)
def test_what_somebody_changed_is_marked_where_it_stands(what, someone, coi, forge):
    """At the top it is named, and below it bears the mark; nothing breaks."""
    forge(FORGED[what], coi)

    page = someone("queenie").get(f"/therapies/{coi}")

    top, _, below = page.text.partition("</section>")
    assert page.status_code == 200
    assert "Something here is not what was signed." in top
    assert MARK in below


def test_the_values_bear_the_mark_and_tell_what_was_signed(someone, coi, forge):
    """What stands in the table by hand is not shown."""
    forge(
        "UPDATE value SET content = '7.125' WHERE chain = ? AND field = 'weight_kg' AND seq = 0",
        coi,
    )

    page = someone("queenie").get(f"/therapies/{coi}/values").text

    assert page.count(MARK) == 1
    assert "7.125" not in page


def test_no_step_is_offered_that_rests_on_it(someone, coi, forge):
    """To release is not; to say that something is wrong still is."""
    browser = someone("quentin")
    before = browser.get(f"/therapies/{coi}").text
    forge(FORGED["a result"], coi)

    after = browser.get(f"/therapies/{coi}").text

    assert "/actions/release_out_of_specification" in before
    assert "release_out_of_specification" not in after
    assert "open_exception" in after


def test_programs_are_told_too(app, coi, forge):
    """By the sentence that the page shows."""
    program = Program.of(app, "queenie")
    before = program.get(f"/therapies/{coi}").json["invalid"]
    forge(
        "UPDATE value SET content = '7.125' WHERE chain = ? AND field = 'weight_kg' AND seq = 0",
        coi,
    )

    after = program.get(f"/therapies/{coi}").json["invalid"]

    assert (before, after) == ([], [f"weight_kg of {coi}, by entry 0"])
