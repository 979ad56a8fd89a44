"""How often a step that is sent by its page asks the database before it is taken."""

import pytest
from sqlalchemy import event

from coi.services.sessions import NOTED_AFTER
from tests.coi.web.steps import filled_in, path_of

SESSION = 2  # session, person
FORM = 7  # sites that take part, therapy, subjects, sites, units; benches, equipment
PASSWORD = 3  # failures, person with password; failures
HELD = 2  # session; what the browser holds of it from then on (SEC-14)


@pytest.fixture
def asked_before(installation, someone, lives, performer):
    """All that is asked until the transaction of the step begins, with what was scanned."""
    coi = lives.cois["a bag on hold"]
    wanted, actor, signers = performer.request(coi, "freeze_material")
    browser, path = someone(actor.username), path_of(coi, "freeze_material")
    installation.clock.advance(NOTED_AFTER)  # so that opening the form is noted, and sending it not
    typed = filled_in(browser.get(path).text, wanted, signers)
    told = []
    event.listen(installation.engine, "before_cursor_execute", lambda *said: told.append(said[2]))
    assert browser.client.post(path, data=typed).status_code == 303
    return told[: told.index(next(one for one in told if "FROM label" in one))]


def test_a_step_by_its_page_asks_so_often(asked_before):
    """What more it asks is noticed here, before it is felt at a bench."""
    assert len(asked_before) == SESSION + FORM + PASSWORD + HELD


def test_what_happened_before_is_not_read_to_take_a_step(asked_before):
    """A therapy of a hundred entries is acted on as quickly as one of ten."""
    assert not [statement for statement in asked_before if "entry.content" in statement]
