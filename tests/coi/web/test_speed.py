"""The page of a therapy to which much has happened: how much it asks for, and what work it is."""

import pytest
from sqlalchemy import event

from coi.services.therapies import look
from tests.coi.web.pace import calls_in

ENTRIES = 60
CALLS = 51_500
LIFE = "positive after infusion"
QUERIES = {"handed to the courier": 23, LIFE: 24}
"""Of them four look for patients who look alike; of a release, one for who stood in; one for
what rings, in the head of each page; one for what is due; and one for the clocks that run."""


@pytest.fixture
def carla(someone, lives, installation):
    """The coordinator, who has looked at the page before: a therapy of sixty entries."""
    assert len(look(installation, lives.cois[LIFE]).history) >= ENTRIES
    browser = someone("carla")
    browser.get(f"/therapies/{lives.cois[LIFE]}")
    return browser


def test_the_page_of_a_long_life_makes_little_work(carla, lives):
    """So many calls for sixty entries; `benchmarks/` measures how long such a page takes."""
    assert calls_in(lambda: carla.get(f"/therapies/{lives.cois[LIFE]}")) <= CALLS


def test_it_asks_no_more_often_than_the_page_of_a_short_life(carla, lives, installation):
    """Sixty entries are read at once, and so are their texts."""
    sent = []
    event.listen(installation.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))

    numbers = []
    for life in QUERIES:
        carla.get(f"/therapies/{lives.cois[life]}")
        numbers.append(len([one for one in sent if one.startswith("SELECT")]))
        sent.clear()

    assert numbers == [*QUERIES.values()]
