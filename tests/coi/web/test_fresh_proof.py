"""What matters takes the password again: the published list of it is what the pages ask for."""

import pytest

from coi.definitions import packaged, packaged_workflow
from coi.web.permissions import TAKES_PASSWORD
from tests.coi.web.test_page_matrix import PAGES

THE_DOOR = {"door.let_in", "door.let_in_by_badge"}
SIGNED_BY_NOBODY = {
    *("order", "confirm_slot", "complete_collection", "close", "record_consent"),
    *("plan_collection", "relocate", "open_exception", "take_on_exception"),
}
"""Steps that plan, note, or put a thing on another shelf: nothing is decided of cells by them."""


def test_what_takes_the_password_again_is_published():
    """To the letter: the matrix tries each with another password, as each role (SEC-15)."""
    turned_away = {endpoint for (endpoint, _method), row in PAGES.items() if row.own == 401}

    assert turned_away - THE_DOOR == TAKES_PASSWORD


@pytest.mark.parametrize("name", sorted({name.rpartition(".")[0] for name in packaged()}))
def test_every_step_is_signed_but_those_that_plan_or_note(name):
    """A release, an infusion, an override, a destruction: each takes a password (SEC-15)."""
    actions = packaged_workflow(name).actions.values()

    assert {action.name for action in actions if not action.signatures} == SIGNED_BY_NOBODY
