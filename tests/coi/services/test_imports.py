"""Sites and people from tables: all or none, what is there alike left alone, each import noted."""

import pytest

from coi.errors import DataRefused, KeyReused, SignedOut
from coi.services.directory import everybody, sites_and_units
from coi.services.imports import KINDS, take_in
from coi.services.proofs import NotAllowed, authenticate
from coi.services.taking_in import Asked
from coi.store.entries import entry_text
from coi.store.facts import ORGANISATION, head
from tests.journeys.worlds import verdict_of

SITES = (
    "site,site_name,kind,country,time_zone,unit,unit_name\n"
    "east,East Hospital,hospital,DE,Europe/Berlin,east-ward,Ward\n"
    "east,East Hospital,hospital,DE,Europe/Berlin,east-apheresis,Apheresis\n"
    "van,Van Line,courier,FR,Europe/Paris,,\n"
)
USERS = (
    "username,printed_name,home_unit,role,role_unit\n"
    "ellen,Ellen O'Brien,north-ward,infusion_nurse,north-ward\n"
    "ellen,Ellen O'Brien,north-ward,coordinator,north-apheresis\n"
    "idris,إدريس,south-ward,,\n"
)


def imported(clinic, kind, text, **told):
    """Import a table as the administrator."""
    asked = Asked(told.pop("by", clinic.root), text.encode(), **told)
    return take_in(clinic.installation, kind, asked)


def why_not(clinic, kind, text):
    """Every problem, as a person reads it."""
    with pytest.raises(DataRefused) as refused:
        imported(clinic, kind, text)
    return [str(problem) for problem in refused.value.problems]


def known(clinic):
    """The ids of all units, and all user names."""
    units = sites_and_units(clinic.installation)[1]
    return sorted(units), [one.person.username for one in everybody(clinic.installation)]


def test_sites_come_with_their_units(clinic):
    """Each is registered once, however many rows name it."""
    outcome = imported(clinic, "sites", SITES)

    assert [row.told[2] for row in outcome.rows] == [
        "site registered, unit registered",
        "unit registered",
        "site registered",
    ]
    assert {"east-ward", "east-apheresis"} < set(known(clinic)[0])


def test_people_come_with_a_secret_and_their_roles(clinic):
    """The secret opens the account, once told; the roles are held."""
    outcome = imported(clinic, "users", USERS)

    (username, name, secret), _ = outcome.secrets
    assert (username, name) == ("ellen", "Ellen O'Brien")
    assert authenticate(clinic.installation, "ellen", secret).one_time
    (ellen,) = (x.person for x in everybody(clinic.installation) if x.person.username == "ellen")
    assert ellen.roles == {("infusion_nurse", "north-ward"), ("coordinator", "north-apheresis")}


@pytest.mark.parametrize(("kind", "text"), [("sites", SITES), ("users", USERS)])
def test_what_is_there_alike_is_left_alone(clinic, kind, text):
    """The same table a second time changes nothing, and gives nobody a secret."""
    imported(clinic, kind, text, key="monday")
    before = known(clinic)

    again = [imported(clinic, kind, text, key="monday"), imported(clinic, kind, text)]

    assert {row.told[-1] for one in again for row in one.rows} == {"there already"}
    assert ([one.secrets for one in again], known(clinic)) == ([(), ()], before)


@pytest.mark.parametrize(("kind", "text"), [("sites", SITES), ("users", USERS)])
def test_a_dry_run_keeps_nothing_and_tells_no_secret(clinic, kind, text):
    """It says what would be done."""
    before = known(clinic)

    outcome = imported(clinic, kind, text, dry_run=True)

    assert (outcome.secrets, outcome.rows[0].told[-1] != "there already") == ((), True)
    assert known(clinic) == before


def test_a_key_stands_for_one_table(clinic):
    """Another table under the key is refused as such."""
    imported(clinic, "sites", SITES, key="monday")

    with pytest.raises(KeyReused):
        imported(clinic, "sites", SITES.replace("Ward", "Ward 2"), key="monday")


def test_each_import_is_an_entry_and_the_record_stays_whole(clinic):
    """It says which kind and how many rows; the file's hash stands apart, and nothing is loose."""
    imported(clinic, "sites", SITES)

    last = clinic.installation.read(lambda tx: head(tx, ORGANISATION))
    text = clinic.installation.read(lambda tx: entry_text(tx, ORGANISATION, last.seq)[1])
    assert '"document":{"about":"sites","kind":"import","rows":"3"}' in text
    assert verdict_of(clinic.installation).findings == ()


def test_everything_that_is_wrong_with_sites_is_told(clinic):
    """By line and column, in the order of the file; nothing is saved."""
    text = SITES.replace("van,Van Line,courier,FR", "north,Van Line,ship,fr") + "x!,X,ship,de,y,,\n"
    never = "and that never changes here"

    assert why_not(clinic, "sites", text) == [
        f"line 4, column site_name: the site north has “North Hospital”, {never}",
        "line 4, column kind: the site north has “hospital”, and that never changes here",
        "line 4, column country: the site north has “DE”, and that never changes here",
        "line 4, column time_zone: the site north has “Europe/Berlin”, and that never changes here",
        "line 5, column site: is not lower-case letters, digits and hyphens, as in north-ward",
        "line 5, column kind: is none of hospital, manufacturer, laboratory, courier",
        "line 5, column country: is not two capital letters, such as DE",
        "line 5, column time_zone: is no zone such as Europe/Berlin",
    ]
    assert "east-ward" not in known(clinic)[0]


def test_everything_that_is_wrong_with_people_is_told(clinic):
    """A role that is none, a unit that is none, another name, and a role that is not held."""
    text = (
        USERS.replace("idris,إدريس,south-ward,,", "idris,Idris,nowhere,king,south-ward")
        + "ellen,Another,north-ward,,\ncarla,Carla Example,north-ward,infusion_nurse,north-ward\n"
        + "both,Both Sides,north-ward,administrator,north-ward\n"
        + "both,Both Sides,north-ward,infusion_nurse,north-ward\n"
    )

    told = why_not(clinic, "users", text)

    assert told[0] == "line 4, column home_unit: there is no unit “nowhere”"
    assert told[1].startswith("line 4, column role: is none of administrator, ")
    assert told[2] == "line 5, column printed_name: line 2 says another one"
    assert "carla is there without this role; give it on their page" in " ".join(told)
    assert told[-1].endswith("an administrator has no role in the record of therapies")


@pytest.mark.parametrize(("kind", "text"), [("sites", SITES), ("users", USERS)])
def test_who_is_no_administrator_imports_neither(clinic, kind, text):
    """Not even as a dry run, which would tell what is there."""
    with pytest.raises((NotAllowed, SignedOut)):
        imported(clinic, kind, text, by=clinic.carla, dry_run=True)


def test_every_kind_explains_its_columns():
    """Each column of each kind has a meaning and an example."""
    assert all(
        one.meaning and (one.example or one.optional)
        for kind in KINDS.values()
        for one in kind.columns
    )
