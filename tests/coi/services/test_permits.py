"""A permit for the time without a line: given for what could be checked, ended by what stops it."""

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from coi.clock import parse_rfc3339
from coi.demo import cast, stories
from coi.errors import DataRefused, Refused, Unknown
from coi.services.devices import register_device
from coi.services.permits import permit_key, permit_of
from coi.services.permitting import issue_permit, permits_of, permittable
from coi.services.proofs import authenticate
from coi.services.verifying import verify_record
from tests.browser.house import KEYS_OF_THE_HOUSE, give_keys
from tests.coi.web.bedside import WARD, at_rest


@pytest.fixture(scope="module")
def first_bedside(tmp_path_factory, migrated_file):
    """The bedside of which all others are copies; never write to it."""
    found = at_rest(tmp_path_factory.mktemp("permits") / "home", migrated_file)
    give_keys(found.ward.installation)
    found.ward.installation.engine.dispose()
    return found


@pytest.fixture
def bedside(first_bedside, tmp_path):
    """Two patients with thawed bags on the ward, for this test alone."""
    found = first_bedside.copied(tmp_path / "home")
    yield found
    found.installation.engine.dispose()


def tablet(bedside, unit=WARD):
    """Register a device of a unit."""
    root = authenticate(bedside.installation, "root", KEYS_OF_THE_HOUSE)
    return register_device(bedside.installation, root, unit, f"Tablet {unit}").partition(".")[0]


@pytest.fixture
def ivo(bedside):
    """A nurse at a registered device of the ward."""
    return replace(bedside.performer.proven["ivo"], device=tablet(bedside))


def serial_of(bedside, number=0, coi=""):
    """The serial on a thawed bag."""
    return bedside.label(number, coi).partition("/")[0]


def given(bedside, ivo):
    """A permit for the first bag."""
    return issue_permit(bedside.installation, ivo, bedside.coi, serial_of(bedside))


def held(bedside, ivo):
    """What the device may hold now."""
    return [one.id for one, _left in permits_of(bedside.installation, ivo)]


def test_it_names_device_order_wristband_and_bag_and_is_signed(bedside, ivo):
    """By a key that the page says, for half an hour where nothing else is set (F-15)."""
    permit = given(bedside, ivo)

    ((found, left),) = permits_of(bedside.installation, ivo)
    vault = bedside.installation.vault
    key = Ed25519PublicKey.from_public_bytes(b64decode(permit_key(vault)))
    key.verify(b64decode(found.signed(vault)), found.text.encode())
    assert found == permit == permit_of(permit.text)
    assert (permit.coi, permit.wristband) == (bedside.coi, bedside.band())
    assert permit.device == ivo.device
    lasts = parse_rfc3339(permit.expires_at) - parse_rfc3339(permit.issued_at)
    assert lasts == timedelta(minutes=30)
    assert 0 < left <= lasts / timedelta(milliseconds=1)
    assert verify_record(bedside.installation).findings == ()


def test_it_ends_with_its_time(bedside, ivo):
    """At the latest; the device is told of none any more (F-15)."""
    permit = given(bedside, ivo)
    assert held(bedside, ivo) == [permit.id]

    bedside.wait(31)

    assert held(bedside, ivo) == []


def test_a_look_alike_is_marked_in_what_is_signed(bedside, ivo):
    """A permit that does not say so ends when the other one comes (SEC-48, F-15)."""
    before = given(bedside, ivo)
    identity = dict(bedside.performer.identities[bedside.coi])
    bedside.performer.order(identity | {"medical_record_number": "98765"})

    after = given(bedside, ivo)

    assert (before.looks_alike, after.looks_alike) == (False, True)
    assert held(bedside, ivo) == [after.id]
    assert permit_of(after.text) == after
    assert [one.text.partition("\n")[0] for one in (before, after)] == [
        "coi permit 1",
        "coi permit 2",
    ]
    assert identity["family_name"] not in after.text


def test_a_hold_ends_it_at_once(bedside, ivo):
    """What is on hold gets no new one either (F-15)."""
    given(bedside, ivo)

    bedside.ward.do("hold", bedside.ward.bags()[0])

    assert held(bedside, ivo) == []
    with pytest.raises(Refused):
        given(bedside, ivo)


def test_a_new_wristband_ends_it(bedside, ivo):
    """The permit names one that the patient does not wear any more."""
    given(bedside, ivo)

    third = bedside.performer.order(cast.PATIENTS[0])
    stories.play(bedside.performer, third, stories.AT_LAB)

    assert held(bedside, ivo) == []


def test_after_the_check_there_is_one_too(bedside, ivo):
    """A complete and right check speaks for it."""
    bag, label = bedside.ward.bags()[0], serial_of(bedside)
    bedside.ward.do("check_at_bedside", bag)

    assert issue_permit(bedside.installation, ivo, bedside.coi, label).label == label


def test_a_bag_of_another_unit_or_of_another_patient_has_none(bedside, ivo):
    """Nor what nobody sees; every reason is given."""
    with pytest.raises(Refused):
        issue_permit(bedside.installation, ivo, bedside.coi, serial_of(bedside, coi=bedside.danae))
    elsewhere = replace(ivo, device=tablet(bedside, "north-lab"))
    there = permittable(bedside.installation, elsewhere, bedside.coi)
    assert there
    assert all(one.refusals for one in there)
    with pytest.raises(Refused):
        given(bedside, elsewhere)
    jan = replace(bedside.performer.proven["jan"], device=ivo.device)
    with pytest.raises(Unknown):
        given(bedside, jan)


def test_who_does_not_treat_and_what_is_no_device_get_none(bedside, ivo):
    """A technologist of the laboratory, and a browser that is not registered (BD-11)."""
    leo = replace(bedside.performer.proven["leo"], device=ivo.device)

    with pytest.raises(Refused, match="not among your tasks"):
        given(bedside, leo)
    with pytest.raises(DataRefused, match="not registered"):
        given(bedside, replace(ivo, device=""))


def test_another_device_of_the_ward_is_told_of_its_own_alone(bedside, ivo):
    """A permit is for the device that asked."""
    given(bedside, ivo)
    root = authenticate(bedside.installation, "root", KEYS_OF_THE_HOUSE)
    other = register_device(bedside.installation, root, WARD, "Another").partition(".")[0]

    assert held(bedside, replace(ivo, device=other)) == []
