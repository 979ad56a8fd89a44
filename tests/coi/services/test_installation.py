"""One running copy: what it keeps in mind, and what it asks for anew."""

from dataclasses import replace

import pytest

from coi.errors import SettingError, Unknown
from coi.services import sites
from coi.services.installation import open_installation


def found(clinic, unit):
    """What the installation knows of a unit."""
    return clinic.installation.read(lambda tx: clinic.installation.unit(tx, unit))


def test_a_unit_that_was_not_there_is_found_when_it_is(clinic):
    """That it was missing a moment ago is not remembered."""
    assert found(clinic, "north-lab") is None

    sites.register_unit(clinic.installation, clinic.root, "north-lab", "north", "Cell lab")

    assert found(clinic, "north-lab").site == "north"


def test_nobody_is_no_unit(clinic):
    """The sentinel for nobody stands in the tables, and is no place to work at."""
    assert found(clinic, "-") is None


@pytest.mark.parametrize(("name", "version"), [("autologous-car-t", 99), ("potions", 1)])
def test_a_workflow_that_was_not_installed_is_unknown(clinic, name, version):
    """A therapy cannot be decided by rules that nobody installed."""
    with pytest.raises(Unknown):
        clinic.installation.read(lambda tx: clinic.installation.workflow(tx, name, version))


def test_a_workflow_is_read_once(clinic):
    """An installed version never changes, so that the second answer is the first."""
    ask = clinic.installation.workflow

    first, second = (
        clinic.installation.read(lambda tx: ask(tx, "autologous-car-t", 1)) for _ in range(2)
    )

    assert first is second


def test_ids_come_in_the_order_of_time(clinic):
    """A new id is later in the alphabet than an older one, and tells nothing else."""
    ids = [clinic.installation.new_id() for _ in range(3)]

    assert ids == sorted(set(ids))
    assert {len(each) for each in ids} == {26}


def test_no_salt_is_used_twice(clinic):
    """Two equal texts have different commitments, or one would betray the other."""
    salts = {clinic.installation.new_salt() for _ in range(3)}

    assert len(salts) == 3
    assert {len(bytes.fromhex(salt)) for salt in salts} == {32}


def test_a_prefix_that_no_identifier_can_begin_with_opens_nothing(clinic):
    """It is refused at the start, and not when the first label is printed."""
    wrong = replace(clinic.installation.settings, issuer="DEM0")

    with pytest.raises(SettingError) as fault:
        open_installation(wrong)

    assert "COI_ISSUER" in str(fault.value)
