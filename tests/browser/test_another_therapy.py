"""A therapy from a file that nobody here has heard of, walked in the browser like any other.

The short form is `tests/coi/web/test_other_therapies.py`, which takes each of its steps at its page
without a browser; `test_journey` walks a therapy in a browser in each run.
"""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.services.installing import install_definition
from coi.services.therapies import look
from tests.browser.walking import in_browsers
from tests.coi.limbal import FIFTH, ITS_WAY
from tests.journeys.worlds import verdict_of


@pytest.mark.soak
def test_it_goes_its_whole_way(sqlite_house, someone):
    """Ordered by its own form, scanned, measured, released, sewn on: each step at its page."""
    quality = sqlite_house.performer.proven["queenie"]
    fifth = install_definition(sqlite_house.installation, quality, FIFTH.read_bytes())
    walk = in_browsers(sqlite_house, lambda username: someone(sqlite_house, username))

    own = {"value-eye": "left", "value-treating_unit": "north-theatre"}
    coi = walk.order(PATIENTS[0], workflow=fifth.name, by="ines", **own)
    play(walk, coi, ITS_WAY)

    therapy = look(walk.installation, coi)
    assert therapy.subjects[coi].position.state == "done"
    assert {event.kind for event in therapy.history} == {"act"}
    assert verdict_of(walk.installation).findings == ()
