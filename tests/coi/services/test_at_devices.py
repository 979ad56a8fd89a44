"""Steps name the registered device at which they are taken; a site may take them nowhere else."""

from dataclasses import replace

import pytest

from coi.errors import DataRefused, Refused, Unknown
from coi.services.at_devices import ask_for_devices, rules_of
from coi.services.devices import end_device, register_device
from coi.services.proofs import NotAllowed
from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.cast import WHY
from tests.coi.line import UNIT
from workflows.facts import Mode

SITE = "works"


def register(line, name="Tablet", unit=UNIT):
    """Queenie registers a device of the works; returns its id."""
    queenie = line.performer.proven["queenie"]
    held = register_device(line.installation, queenie, unit, name)
    return held.partition(".")[0]


def ask(line, by="queenie", site=SITE, *, asked=True):
    """Sign that steps of the works are taken at its registered devices alone, or at any."""
    ask_for_devices(line.installation, line.performer.proven[by], site, asked=asked, why=WHY)


def activate(line, device="", **changes):
    """Mia activates the first lot at a device, '' for one that nobody registered."""
    wanted, actor, signers = line.wanted(line.first, line.benches[0])
    actor = replace(actor, device=device)
    return line.take(replace(wanted, **changes), actor, signers)


def newest(line):
    """The newest entry of the first therapy."""
    return look(line.installation, line.first).history[-1]


def why_not(line, device=""):
    """The codes for which the activation is refused; the attempt is on record."""
    with pytest.raises(Refused) as caught:
        activate(line, device)
    assert newest(line).kind == "refused"
    return [one.code for one in caught.value.refusals]


def test_an_entry_names_its_device(line):
    """The one at which the step was taken, in what is hashed and signed (P11-10h)."""
    device = register(line)

    activate(line, device)

    assert newest(line).content["device"] == device
    assert verify_record(line.installation).findings == ()


@pytest.mark.parametrize("is_ended", [True, False])
def test_at_any_other_device_it_names_none(line, is_ended):
    """So does one at a device that was ended since the person was let in."""
    device = register(line) if is_ended else ""
    if is_ended:
        end_device(line.installation, line.performer.proven["queenie"], device, why=WHY)

    activate(line, device)

    assert "device" not in newest(line).content


def test_a_site_may_take_steps_at_its_devices_alone(line):
    """At any other one the step is refused, and the attempt is on record (BD-11)."""
    device = register(line)
    ask(line)

    assert why_not(line) == ["NOT_AT_A_DEVICE"]
    assert why_not(line, "01M7EYV3Y078B1SVWVW08ADYCC") == ["NOT_AT_A_DEVICE"]
    activate(line, device, key="at the device")
    assert newest(line).content["device"] == device


def test_a_device_of_another_site_is_none_there(line):
    """Whoever is let in at another site's tablet takes no step of the works at it."""
    register(line)
    winnie = line.performer.proven["winnie"]
    elsewhere = register_device(line.installation, winnie, "west-cleanroom", "Tablet")
    ask(line)

    assert why_not(line, elsewhere.partition(".")[0]) == ["NOT_AT_A_DEVICE"]


def test_an_ended_device_takes_no_step(line):
    """What was lost is worth nothing at once, also in a session that goes on (P11-300c)."""
    device = register(line)
    ask(line)
    end_device(line.installation, line.performer.proven["queenie"], device, why=WHY)

    assert why_not(line, device) == ["NOT_AT_A_DEVICE"]


def test_what_happened_is_recorded_from_anywhere(line):
    """A late fact, and what stops a lot, wait for no device."""
    register(line)
    ask(line)
    at = line.installation.clock.now()

    activate(line, mode=Mode.LATE, happened_at=at)

    assert newest(line).kind == "late"


def test_a_site_asks_until_it_asks_no_more(line):
    """Each turn is signed once; what is so already is not recorded again."""
    register(line)
    ask(line)
    ask(line)
    queenie = line.performer.proven["queenie"]
    assert [(site.id, asked) for site, asked in rules_of(line.installation, queenie)] == [
        (SITE, True)
    ]

    ask(line, asked=False)
    activate(line)

    assert "device" not in newest(line).content


def test_a_site_without_devices_cannot_ask_for_one(line):
    """Or else nobody could take any step there."""
    with pytest.raises(DataRefused, match="no device of this site"):
        ask(line)


def test_whoever_keeps_no_devices_there_says_nothing_of_them(line):
    """Neither who makes, nor the quality assurance of another site (SEC-27)."""
    register(line)

    with pytest.raises(NotAllowed):
        ask(line, "mia")
    for site in ("north", "nowhere"):
        with pytest.raises(Unknown):
            ask(line, site=site)
