"""`coi programs`: accounts, roles and tokens of what acts here and is nobody."""

import pytest

from coi.errors import NotSignedIn
from coi.services import people
from coi.services.tokens import resume_token
from tests.cast import WHY
from tests.coi.clinic import PASSWORD


@pytest.fixture
def admin(desk):
    """Type a command of the administrator, whose password the clinic's tests know."""
    people.set_password(desk.clinic.installation, desk.clinic.root, PASSWORD)

    def typed(*words):
        return desk.run("programs", *words, "--as", "root", passwords=1)

    return typed


def test_from_the_account_to_its_end(desk, admin):
    """Opened, given a role and a token; listed; revoked; closed."""
    admin("add", "gateway", "--name", "Order gateway", "--unit", "north-ward")
    admin("grant", "gateway", "coordinator", "--unit", "north-ward")
    made = admin(
        "token", "gateway", "--name", "Orders", "--scope", "orders:write", "--site", "north"
    )
    token = made.stdout.strip()
    found = resume_token(desk.clinic.installation, token)
    listed = desk.run("programs", "list").stdout

    admin("revoke", "gateway", found.proven.credential[:12], "--why", WHY)
    admin("close", "gateway", "--why", WHY)

    assert "gateway  Order gateway\n  coordinator at north-ward\n" in listed
    assert "Orders: orders:write at north; goes on, until 2027-02-22, last used" in listed
    assert token not in listed
    with pytest.raises(NotSignedIn):
        resume_token(desk.clinic.installation, token)
    assert "Order gateway  closed" in desk.run("programs", "list").stdout
    assert "gateway" not in desk.run("users", "list").stdout


def test_a_role_is_taken_away_and_one_of_those_who_decide_is_not_given(desk, admin):
    """In words, with the code."""
    admin("add", "gateway", "--name", "Order gateway")
    admin("grant", "gateway", "auditor")
    admin("withdraw", "gateway", "auditor", "--why", WHY)

    refused = admin("grant", "gateway", "qualified_person", "--unit", "works-production")

    assert "NOT_FOR_PROGRAMS" in refused.stderr
    assert "auditor at" not in desk.run("programs", "list").stdout


def test_every_scope_is_told_in_a_sentence(desk):
    """Whoever makes a token reads what it would be for."""
    told = desk.run("programs", "scopes").stdout

    assert "orders:write      Order therapies; who the patient is goes in" in told
