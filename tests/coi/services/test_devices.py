"""Registered devices: registered from themselves by a signature, ended by one, known by a hash."""

import json

import pytest

from coi.errors import DataRefused, Unknown
from coi.services import people
from coi.services.devices import device_held, devices_of, end_device, register_device
from coi.services.proofs import CannotSign, NotAllowed
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from tests.cast import WHY
from tests.coi.printing import UNIT, a_ward


@pytest.fixture
def ward(clinic):
    """Where devices stand: Quentin keeps them, Nina works at them."""
    return a_ward(clinic)


def told(ward, action):
    """What the site's chain tells of an action: its content, and who signed."""
    chain = ward.installation.read(lambda tx: list(entries_of(tx, "site:north")))
    both = [(json.loads(content), json.loads(signed)) for _hash, content, signed in chain]
    return [one for one in both if one[0]["action"] == action]


def register(ward, name="Tablet", unit=UNIT, held=""):
    """Quentin registers a device of the ward; returns what its browser holds."""
    return register_device(ward.installation, ward.quentin, unit, name, held)


def found(ward, held):
    """The name of the device whose browser holds this; None where it is none."""
    device = ward.installation.read(lambda tx: device_held(tx, held))
    return device and device.name


def test_a_device_is_registered_by_a_signature(ward):
    """It stands in the chain of its site, and is known by what its browser holds (P11-10h)."""
    held = register(ward)

    ((content, signed),) = told(ward, "register_device")
    assert found(ward, held) == "Tablet"
    assert content["attestations"][0]["unit"] == UNIT
    assert [one["meaning"] for one in signed] == ["device registered"]
    assert held.partition(".")[2] not in json.dumps([content, signed])
    assert verify_record(ward.installation).findings == ()


def test_what_somebody_made_up_is_no_device(ward):
    """Neither the id with other bytes, nor one of these without the other, nor anything else."""
    identifier, _dot, token = register(ward).partition(".")
    other = register(ward, "Other").partition(".")[2]

    made_up = ["", ".", token, identifier, f"{identifier}.", f"{identifier}.{other}"]
    made_up += [f".{token}", f"{identifier}.{token}x", f"{identifier}\0.{token}", "\ud800.\ud800"]
    assert [found(ward, held) for held in made_up] == [None] * len(made_up)


def test_a_device_that_is_ended_is_none(ward):
    """What was lost is worth nothing at once; a second time there is none to end (P11-300c)."""
    held = register(ward)
    identifier = held.partition(".")[0]

    end_device(ward.installation, ward.quentin, identifier, why=WHY)

    ((_content, signed),) = told(ward, "end_device")
    assert found(ward, held) is None
    assert [one["meaning"] for one in signed] == ["device ended"]
    assert devices_of(ward.installation, ward.quentin)[0] == ()
    with pytest.raises(Unknown):
        end_device(ward.installation, ward.quentin, identifier, why=WHY)


def test_the_same_request_ends_it_once(ward):
    """A program that asks again under its key is answered, and nothing is written (SEC-04)."""
    identifier = register(ward).partition(".")[0]

    for _time in "ab":
        end_device(ward.installation, ward.quentin, identifier, key="k", why=WHY)

    assert len(told(ward, "end_device")) == 1


def test_whoever_does_not_answer_for_it_registers_and_ends_none(ward):
    """A nurse is neither an administrator nor QA."""
    identifier = register(ward).partition(".")[0]

    with pytest.raises(NotAllowed):
        register_device(ward.installation, ward.nina, UNIT, "Mine")
    with pytest.raises(NotAllowed):
        end_device(ward.installation, ward.nina, identifier, why=WHY)


def test_whoever_cannot_sign_registers_none(ward):
    """Training that is not on record signs nothing."""
    vera = ward.clinic.hire("vera")
    people.grant_role(ward.installation, ward.clinic.root, "vera", "qa_reviewer", UNIT)

    with pytest.raises(CannotSign):
        register_device(ward.installation, vera, UNIT, "Tablet")


def test_a_reviewer_keeps_the_devices_of_their_own_site(ward):
    """Those of another one are as unknown to them as those that are nowhere (SEC-27)."""
    quirin = ward.clinic.hire("quirin", ("qa_reviewer", "south-ward"))
    identifier = register(ward).partition(".")[0]

    for unit in (UNIT, "nowhere"):
        with pytest.raises(Unknown):
            register_device(ward.installation, quirin, unit, "Tablet")
    with pytest.raises(Unknown):
        end_device(ward.installation, quirin, identifier, why=WHY)
    kept, units, _this = devices_of(ward.installation, quirin)
    assert kept == ()
    assert {unit.site.id for unit in units} == {"south"}


def test_a_device_is_registered_once(ward):
    """Not under a second name, and no other one of its unit under its own."""
    held = register(ward)

    with pytest.raises(DataRefused, match="registered already, as Tablet"):
        register(ward, "Other", held=held)
    with pytest.raises(DataRefused, match="has this name already"):
        register(ward, "TABLET")
    with pytest.raises(DataRefused):
        register(ward, "two\nlines")
    assert register(ward, "Tablet", "north-apheresis")


def test_a_device_that_was_ended_is_registered_anew(ward):
    """Under the same name too; what it held before stays worth nothing."""
    before = register(ward)
    end_device(ward.installation, ward.quentin, before.partition(".")[0], why=WHY)

    again = register(ward, held=before)

    assert (found(ward, before), found(ward, again)) == (None, "Tablet")
