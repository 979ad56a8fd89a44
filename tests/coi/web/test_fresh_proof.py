"""What matters takes the password again: the published list of it is what the pages ask for."""

from collections.abc import Mapping

import pytest

from coi.definitions import packaged, packaged_workflow
from coi.services.drawing import ZPL
from coi.services.people import grant_role
from coi.services.printers import DOWNLOAD, About
from coi.services.programs import NewProgram, open_program
from coi.services.proofs import authenticate
from coi.services.registering_printers import register_printer
from coi.services.webhooks import NewWebhook, open_webhook
from coi.web.permissions import TAKES_PASSWORD
from tests.coi.web.proving_found import asking
from tests.coi.web.test_page_matrix import PAGES

KEYS = "the keys of the house"
ABOUT = {"name": "Desk", "address": "", "media_type": ZPL, "unit": "works-production"}
ABOUT |= {"dpi": "203", "width_mm": "100", "height_mm": "50"}
THE_DOOR = {"door.let_in", "door.let_in_by_badge"}
_BELOW = "takes the signatures that stand below it, each by name and password"
OTHERWISE: Mapping[str, str] = {
    **dict.fromkeys(("acting.take", "late.take", "guided.answer", "guided.type_code"), _BELOW),
    **dict.fromkeys(("benches.clear", "labels.turn", "stock.close"), _BELOW),
    **dict.fromkeys(("transcription.end", "versions.move"), _BELOW),
    "account.choose_password": "takes the password that it changes",
    "imports.begin": "takes it where what is imported is signed",
    "paper.wristband": "takes it, and a reason, for a second print",
}
"""Endpoint -> how it takes a password, where that is published otherwise or depends."""

NOT_THERE: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "printer_register.change": ("queenie", "/printer-register/{printer}", ABOUT),
    "printer_register.retire": ("queenie", "/printer-register/{printer}/retire", {"why": "Old"}),
    "printers.clear": ("mia", "/printers/{printer}/line", {"holds": "x"}),
    "printers.move": ("mia", "/printers/{printer}/labels/x/move", {"printer": "x"}),
    "programs.make_token": (
        *("root", "/programs/gateway/tokens"),
        {"name": "Orders", "days": "9", "scopes": "therapies:read"},
    ),
    "webhooks.rotate": ("root", "/webhooks/{webhook}/secret", {"why": "In spring"}),
}
"""What no house of the matrix has: who may do it, where, and what they fill in."""

AT_A_STEP = {"shift.hand", "shift.take"}
"""Tried with another password where a step is in hand, in `test_shift.py`."""

SIGNED_BY_NOBODY = {
    *("order", "confirm_slot", "complete_collection", "close", "record_consent"),
    *("plan_collection", "relocate", "open_exception", "take_on_exception"),
}
"""Steps that plan, note, or put a thing on another shelf: nothing is decided of cells by them."""


def test_what_takes_the_password_again_is_published(app):
    """Whatever a page asks it for, found by itself: none is forgotten, and none is promised."""
    assert asking(app) - OTHERWISE.keys() == TAKES_PASSWORD
    assert OTHERWISE.keys() <= asking(app)


def test_another_password_is_turned_away_in_the_matrix():
    """To the letter: it tries each with another password, as each role (SEC-15)."""
    turned_away = {endpoint for (endpoint, _method), row in PAGES.items() if row.own == 401}

    assert turned_away - THE_DOOR == TAKES_PASSWORD - NOT_THERE.keys() - AT_A_STEP


@pytest.fixture
def things(installation, administrator, performer):
    """A program, a webhook and a printer, by their names in an address."""
    assert administrator.get("/").status_code == 200
    by, queenie = authenticate(installation, "root", KEYS), performer.proven["queenie"]
    open_program(installation, by, NewProgram("gateway", "Order gateway"))
    grant_role(installation, by, "gateway", "coordinator", "north-ward")
    hook = NewWebhook("https://93.184.215.14/hook", "Another system")
    about = About("Desk", DOWNLOAD, ZPL, 203, 100, 50)
    return {
        "webhook": open_webhook(installation, by, hook, key="hook").webhook,
        "printer": register_printer(installation, queenie, "works-production", about, key="desk"),
    }


def test_another_password_is_turned_away_where_there_is_something(things, administrator, someone):
    """For that, and for nothing else: the page says that the password is wrong."""
    browsers = {"root": administrator, "queenie": someone("queenie"), "mia": someone("mia")}

    for endpoint, (username, address, fields) in NOT_THERE.items():
        told = {**fields, "key": endpoint, "password": "another one"}
        answer = browsers[username].send(address.format(**things), page="/account", **told)
        assert (endpoint, answer.status_code) == (endpoint, 401)
        assert "or the password is wrong" in answer.text


@pytest.mark.parametrize("name", sorted({name.rpartition(".")[0] for name in packaged()}))
def test_every_step_is_signed_but_those_that_plan_or_note(name):
    """A release, an infusion, an override, a destruction: each takes a password (SEC-15)."""
    actions = packaged_workflow(name).actions.values()

    assert {action.name for action in actions if not action.signatures} == SIGNED_BY_NOBODY
