"""Which sites take part is what the entries tell, and what they tell follows from what they do."""

import pytest
from sqlalchemy import Engine

from coi.ledger.participants import faults_of_sites, participation_rows
from coi.ledger.replay import State, advance
from tests.ledger.conftest import Attack, named, verdict_on
from tests.ledger.test_replay import Chapter, a_story

SITE_OF = {"WARD": "north", "LAB": "assay", "OTHER": "south"}


def faults_in(story: list[Chapter], site_of: dict[str, str] = SITE_OF) -> list[str]:
    """What is wrong with the sites of a whole story."""
    state, found = State("COI"), []
    for chapter in story:
        advance(state, chapter)
        found += faults_of_sites(state, chapter, site_of)
    return found


def test_a_story_in_which_each_site_is_brought_in_has_no_fault() -> None:
    """Who orders, and who is to receive, is told when it comes in."""
    assert faults_in(a_story()) == []


@pytest.mark.parametrize(("entry", "unit"), [(0, "WARD"), (3, "LAB")])
def test_a_site_that_nobody_brought_in_is_missed(entry: int, unit: str) -> None:
    """A unit that orders, or to which something is sent, brings its site in."""
    story = a_story()
    del story[entry]["sites"]

    assert f"names {unit}, whose site takes no part" in faults_in(story)


def test_a_unit_that_is_of_no_site_brings_nobody_in() -> None:
    """What cannot be looked up takes no part."""
    assert "names LAB, whose site takes no part" in faults_in(a_story(), {"WARD": "north"})


def test_a_site_without_a_ground_is_named() -> None:
    """No entry brings in a site of which it names no unit."""
    story = a_story()
    story[2]["sites"] = ["south"]

    assert faults_in(story) == ["brings in south, and names no unit of it"]


def test_a_unit_that_is_recorded_is_a_ground() -> None:
    """A field names a unit, and its site takes part before anything is sent to it."""
    story = a_story()
    story[2]["sites"] = ["south"]
    story[2]["values"][0]["content"] = "OTHER"

    assert faults_in(story) == []


def test_what_no_therapy_tells_brings_nobody_in() -> None:
    """A site's own chain has nobody who takes part."""
    state = State("site:north", seq=0)

    assert list(faults_of_sites(state, {"unit": "WARD", "moves": ()}, SITE_OF)) == []


def test_the_rows_name_the_entry_that_brought_the_site_in() -> None:
    """From then on it takes part."""
    state = State("COI", sites={"north": 0, "assay": 3})

    assert participation_rows(state) == [("COI", "north", 0), ("COI", "assay", 3)]


def test_a_participation_by_hand_is_named(history: Engine, attack: Attack) -> None:
    """Whoever lets a site see another's therapy without an entry is found."""
    attack("INSERT INTO participation (chain, site, seq) VALUES ('COI-A', 'S-OTHER', 0)")

    assert ("participation", "COI-A/S-OTHER") in named(verdict_on(history))


def test_a_participation_that_is_gone_is_named_since_any_heads(
    history: Engine, attack: Attack
) -> None:
    """A verification of what has grown compares who takes part too."""
    heads = {"COI-B": verdict_on(history).heads["COI-B"]}
    attack("DELETE FROM participation WHERE chain = 'COI-A' AND site = 'S-MAKER'")

    assert ("participation", "COI-A/S-MAKER") in named(verdict_on(history, heads))


def test_a_participation_of_no_chain_is_named(history: Engine, attack: Attack) -> None:
    """A row of a therapy that has no entry belongs to nothing."""
    attack("INSERT INTO participation (chain, site, seq) VALUES ('COI-Z', 'S-MAKER', 0)")

    assert ("participation", "COI-Z/S-MAKER") in named(verdict_on(history))
