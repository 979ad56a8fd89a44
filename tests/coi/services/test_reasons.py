"""Whoever changes or ends what is kept says why; the trail has it beside the old and the new."""

import pytest

from coi.errors import DataRefused
from coi.services import (
    accounts,
    at_devices,
    benches,
    devices,
    other_devices,
    people,
    registering_printers,
    tokens,
    webhooks,
)
from coi.services.decoding import content_of_text
from coi.services.person_file import person_file
from coi.services.printers import About
from coi.services.proofs import person_of
from coi.services.reasons import LONGEST_REASON, ReasonMissing, require_reason
from coi.services.sessions import SignedIn
from coi.services.trail import Wanted, trail
from coi.store.entries import entries_of
from tests.journeys.worlds import verdict_of

WHY = "She married <b>; 'Carla' stays"
PRINTER = About("Hall", "-", "application/pdf", 300, 50, 25)
DEEDS = {
    "close an account": lambda at, why: people.close_account(*at, "carla", why=why),
    "take a role away": lambda at, why: people.grant_role(
        *at, "carla", "coordinator", "north-ward", holds=False, why=why
    ),
    "print another name": lambda at, why: accounts.rename(*at, "carla", "Carla Other", why=why),
    "give a new secret": lambda at, why: accounts.issue_secret(*at, "carla", why=why),
    "revoke a token": lambda at, why: tokens.revoke_token(*at, "gateway", "0", why=why),
    "change a printer": lambda at, why: registering_printers.change_printer(
        *at, "none", PRINTER, key="k", why=why
    ),
    "retire a printer": lambda at, why: registering_printers.retire_printer(*at, "none", why=why),
    "end a device": lambda at, why: devices.end_device(*at, "none", why=why),
    "ask for devices": lambda at, why: at_devices.ask_for_devices(*at, "works", why=why),
    "ask for another device": lambda at, why: other_devices.ask_for_another_device(
        *at, "works", why=why
    ),
    "retire a bench": lambda at, why: benches.retire_bench(*at, "none", why=why),
    "give a webhook a new secret": lambda at, why: webhooks.rotate_secret(
        *at, "none", key="k", why=why
    ),
    "pause a webhook": lambda at, why: webhooks.pause(*at, "none", why=why),
    "let a webhook go on": lambda at, why: webhooks.resume(*at, "none", why=why),
    "remove a webhook": lambda at, why: webhooks.remove(*at, "none", why=why),
}
"""Every change and every end of what is kept of people, programs, printers, devices, webhooks."""


def newest(clinic):
    """What the last entry of the hospital's chain says."""
    found = clinic.installation.read(lambda tx: list(entries_of(tx, "site:north")))
    return content_of_text(found[-1][1])


def test_nothing_is_changed_or_ended_without_a_reason(clinic):
    """Of each it is asked before anything else, and blanks are none (A11d-12.2, DI-03)."""
    at = clinic.installation, clinic.root
    before = newest(clinic)

    for name, deed in DEEDS.items():
        for why in ("", " \t"):
            with pytest.raises(ReasonMissing, match="column why: say why") as caught:
                deed(at, why)
            assert caught.value.code == "REASON_MISSING", name
        for why in ("x" * (LONGEST_REASON + 1), "one\nother", "\u202eleft"):
            with pytest.raises(DataRefused, match="column why: is not 1 to 300 visible") as caught:
                deed(at, why)
            assert caught.value.code == "DATA_REFUSED", name

    assert newest(clinic) == before


def test_the_longest_reason_is_one():
    """The limit itself is inside; the blanks around it do not count."""
    assert require_reason(f" {'x' * LONGEST_REASON}\n") == "x" * LONGEST_REASON


def test_the_reason_stands_in_the_trail_beside_the_old_and_the_new(clinic):
    """As a commitment in the entry; its text is kept apart, and the record is whole with it."""
    old = person_file(clinic.installation, "carla").printed_name
    accounts.rename(clinic.installation, clinic.root, "carla", "Carla Married", why=f" {WHY} ")

    told = newest(clinic)
    root = clinic.installation.read(lambda tx: person_of(tx, "root"))
    reader = SignedIn(root.person, root.name, clinic.root, "-", "x")
    lines = trail(clinic.installation, reader, Wanted(everything=True, access=True)).lines

    assert set(told["notes"]) == {"reason"}
    assert WHY not in str(told)
    (change,) = lines[0].changes
    assert (change.old, change.new, change.why) == (old, "Carla Married", WHY)
    assert verdict_of(clinic.installation).findings == ()


def test_what_is_given_for_the_first_time_takes_none(clinic):
    """A role that is given may have a reason, and needs none; its entry has no note then."""
    people.grant_role(clinic.installation, clinic.root, "carla", "courier", "north-ward")

    assert "notes" not in newest(clinic)
