"""What stands apart tells people from programs too: passwords and grants, and tokens."""

import pytest

from tests.store.doors import Refused
from tests.store.writer import NOW, Row

PASSWORD: Row = {"password_hash": "$argon2id$1", "set_at": NOW}
TOKEN: Row = {"id": "0" * 64, "name": "one", "scopes": "orders:write", "sites": "north"}
TOKEN |= {"made_at": NOW, "expires_at": NOW, "revoked_at": "-", "used_at": "-"}
GRANT: Row = {"id": "0" * 64, "username": "nina", "credential": "c", "meaning": "m", "digest": "d"}
GRANT |= {"given_at": NOW, "expires_at": NOW, "used_at": "-"}
SQLITES_OWN = "FOREIGN KEY constraint failed"
"""How SQLite calls every foreign key where no trigger repeats it: apart from the record."""

FACTOR: Row = {"id": "0" * 26, "kind": "totp", "sealed": "00", "counter": 0}
PIN: Row = {"hash": "$argon2id$1", "set_at": NOW}
OF_PEOPLE = [
    *[("credential", PASSWORD), ("signature_grant", GRANT), ("factor", FACTOR), ("pin", PIN)],
    ("preference", {"language": "de"}),
]


@pytest.fixture(params=["product", "postgres"])
def writer(request):
    """A writer through the product's engine, on each database."""
    return request.getfixturevalue(request.param)


def refused(writer, table, row):
    """By which name a row is refused."""
    with pytest.raises(Refused) as refusal:
        writer.insert(table, row)
    return refusal.value.name


@pytest.mark.parametrize(("table", "row"), OF_PEOPLE)
@pytest.mark.parametrize("kind", ["person", "service"])
def test_a_program_has_no_password_and_no_factor_and_gives_no_grant(writer, table, row, kind):
    """Whether it says what it is or not."""
    name = refused(writer, table, row | {"person": "gateway", "person_kind": kind})

    told = "fk_{}_person" if kind == "person" else "ck_{}_person_kind"
    assert name in {told.format(table), SQLITES_OWN}


@pytest.mark.parametrize("kind", ["person", "service"])
def test_no_person_is_somebody_by_a_token(writer, kind):
    """Whether it says that it is a program's or not."""
    name = refused(writer, "token", TOKEN | {"person": "nina", "person_kind": kind})

    told = "fk_token_person" if kind == "service" else "ck_token_person_kind"
    assert name in {told, SQLITES_OWN}


def test_each_has_what_is_its_own(writer):
    """A person a password, a factor and a grant, a program a token."""
    for table, row in OF_PEOPLE:
        writer.insert(table, row | {"person": "nina", "person_kind": "person"})
    writer.insert("token", TOKEN | {"person": "gateway", "person_kind": "service"})
