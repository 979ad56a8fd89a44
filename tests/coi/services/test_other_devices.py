"""A site may have the second check made at another registered device (BD-06, SEC-29)."""

import pytest

from coi.errors import DataRefused, Unknown
from coi.services.devices import DeviceNeeded, end_device, register_device
from coi.services.other_devices import ask_for_another_device, other_device_rules, registered_here
from coi.services.proofs import NotAllowed
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from tests.cast import WHY
from tests.coi.line import UNIT
from workflows.facts import Unit

SITE = "works"


def registered(line, name, unit=UNIT, by="queenie"):
    """A device of the works; returns its id."""
    proven = line.performer.proven[by]
    return register_device(line.installation, proven, unit, name).partition(".")[0]


def ask(line, by="queenie", site=SITE, *, asked=True):
    """Sign that the second check is made at another device, or at any."""
    ask_for_another_device(line.installation, line.performer.proven[by], site, asked=asked, why=WHY)


def rules(line):
    """Which sites of Queenie's ask for another device."""
    found = other_device_rules(line.installation, line.performer.proven["queenie"])
    return [(site.id, asked) for site, asked in found]


def turns(line):
    """How often the site's chain tells of it."""
    chain = line.installation.read(lambda tx: list(entries_of(tx, f"site:{SITE}")))
    return sum('"ask_for_another_device"' in text for _seq, text, *_ in chain)


def test_a_site_asks_until_it_asks_no_more(line):
    """Each turn is signed once; what is so already is not recorded again."""
    registered(line, "Tablet")
    registered(line, "Workstation")
    assert rules(line) == [(SITE, False)]

    ask(line)
    ask(line)

    assert (rules(line), turns(line)) == ([(SITE, True)], 1)
    ask(line, asked=False)
    assert (rules(line), turns(line)) == ([(SITE, False)], 2)
    assert verify_record(line.installation).findings == ()


def test_a_site_with_one_device_cannot_ask_for_another(line):
    """Or else nobody could check second there."""
    registered(line, "Tablet")

    with pytest.raises(DataRefused, match="fewer than two devices of this site"):
        ask(line)


def test_while_it_is_asked_for_no_device_is_ended_below_two(line):
    """Or else every check would be refused; with a third one, or without the rule, it is ended."""
    queenie = line.performer.proven["queenie"]
    first, second = registered(line, "Tablet"), registered(line, "Workstation")
    ask(line)

    with pytest.raises(DeviceNeeded, match="register another device first") as caught:
        end_device(line.installation, queenie, first, why=WHY)

    assert caught.value.code == "DEVICE_NEEDED"
    registered(line, "Another tablet")
    end_device(line.installation, queenie, first, why=WHY)
    ask(line, asked=False)
    end_device(line.installation, queenie, second, why=WHY)


def test_whoever_keeps_no_devices_there_says_nothing_of_them(line):
    """Neither who makes, nor the quality assurance of another site (SEC-27)."""
    with pytest.raises(NotAllowed):
        ask(line, "mia")
    for site in ("north", "nowhere"):
        with pytest.raises(Unknown):
            ask(line, site=site)


def test_a_device_of_another_site_is_none_here(line):
    """Nor is one that nobody registered, or that was ended."""
    here = registered(line, "Tablet")
    elsewhere = registered(line, "Tablet", "west-cleanroom", "winnie")
    at = {"mia": (here, elsewhere), "milo": ("", "01M7EYV3Y078B1SVWVW08ADYCC")}
    unit = Unit(UNIT, SITE, "manufacturer", "DE")

    found = line.installation.read(lambda tx: registered_here(tx, unit, at))

    assert found == {"mia": (here, ""), "milo": ("", "")}
