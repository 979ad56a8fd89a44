"""Who may open what: one table, asked of a person as they stand at this moment."""

from dataclasses import replace

import pytest

from coi.errors import SettingError
from coi.services.permissions import (
    EVERYWHERE,
    HOLDERS,
    LOOKS_ON,
    ROLES,
    Permission,
    acts_at,
    may,
    require_known_roles,
    sites_with,
)
from coi.settings import Settings
from tests.cast import COURIER, WARD, a_person

ASKED = [permission for permission in Permission if permission is not Permission.PUBLIC]


def holding(*roles):
    """Somebody who holds these roles at the ward."""
    return a_person("somebody", *((role, WARD) for role in roles))


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("permission", ASKED)
def test_a_role_gives_what_the_table_says_and_no_more(permission, role):
    """Each cell of the table, in both directions."""
    assert may(holding(role), permission) == (role in HOLDERS[permission])


@pytest.mark.parametrize("permission", ASKED)
def test_a_closed_account_may_nothing(permission):
    """Roles that are still on record open nothing any more."""
    closed = replace(holding(*ROLES), active=False)

    assert not may(closed, permission)


def test_what_is_public_asks_nothing():
    """The door itself is open to whoever stands before it."""
    assert may(replace(holding(), active=False), Permission.PUBLIC)


def test_whoever_is_signed_in_needs_no_role():
    """A new colleague can sign in before anybody gave them a task."""
    assert may(holding(), Permission.SIGNED_IN)


def test_nobody_who_handles_cells_sees_who_the_patient_is():
    """A courier, a technician and an administrator work with the COI alone (SEC-08, SEC-35)."""
    others = {"courier", "manufacturing_technician", "administrator", "auditor"}

    assert not others & HOLDERS[Permission.SEE_IDENTITY]


def test_a_permission_is_held_where_the_role_is_held():
    """A role at another site opens nothing at this one."""
    omar = a_person("omar", ("courier", COURIER), ("administrator", WARD))

    assert sites_with(omar, Permission.SEE_THERAPIES) == {COURIER.site}


def test_a_role_of_the_whole_organisation_is_held_everywhere():
    """An auditor belongs to no site, and looks at each."""
    auditor = replace(holding(), site_roles=frozenset({("auditor", EVERYWHERE)}))

    assert EVERYWHERE in sites_with(auditor, Permission.SEE_THERAPIES)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_looks_on_or_administers_acts_nowhere(role):
    """Every other role is one of people who have things in hand."""
    acts = role not in {*LOOKS_ON, "administrator"}

    assert acts_at(holding(role)) == ({WARD.site} if acts else set())


@pytest.mark.parametrize(
    ("name", "field"),
    [("COI_FACTOR_ROLES", "factor_roles"), ("COI_PASSKEY_ROLES", "passkey_roles")],
)
def test_a_setting_that_names_an_unknown_role_is_refused_by_name(name, field):
    """What was meant would hold for nobody; the roles that there are stand beside it."""
    settings = Settings.from_environment({"COI_HOME": "/nowhere"})
    require_known_roles(replace(settings, **{field: tuple(ROLES)}))

    with pytest.raises(SettingError) as refused:
        require_known_roles(replace(settings, **{field: ("qa_reviewer", "wizard", "alchemist")}))

    told = f"{refused.value} {refused.value.next_step}"
    assert f"{name} names alchemist" in told
    assert "wizard" not in told
    assert ", ".join(sorted(ROLES)) in told
