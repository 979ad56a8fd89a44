"""Tokens of programs: shown once, for some sites and scopes, until a day, and never a person's."""

from datetime import timedelta

import pytest

from coi.errors import (
    CoiError,
    DataRefused,
    NotSignedIn,
    Refused,
    SignedOut,
    Unknown,
    WrongPassword,
)
from coi.services import accounts, people, programs, sessions, tokens
from coi.services.decoding import content_of_text
from coi.services.errands import Beginning, begin
from coi.services.finding import find
from coi.services.ordering import NewOrder, order_therapies
from coi.services.placing import Unconfirmed, place_order
from coi.services.programs import NewProgram
from coi.services.proofs import ByToken, NotAllowed, NotForPrograms, acting, holding
from coi.services.tokens import NewToken, Scope, make_token, resume_token, revoke_token
from coi.services.verifying import verify_new, verify_record
from coi.store.engine import write
from coi.store.entries import entries_of
from coi.store.tokens import tokens_of
from tests.cast import WHY
from tests.coi.clinic import PASSWORD
from tests.coi.services.conftest import IDENTITY, VALUES

NORTH_ONLY = NewToken("gateway", "Orders of North", [Scope.ORDERS_WRITE], ["north"])


@pytest.fixture
def gateway(clinic):
    """A program that orders at both hospitals; its id."""
    found = programs.open_program(
        clinic.installation, clinic.root, NewProgram("gateway", "Hospital gateway", "north-ward")
    )
    for unit in ("north-ward", "south-ward"):
        people.grant_role(clinic.installation, clinic.root, "gateway", "coordinator", unit)
    return found


@pytest.fixture
def token(clinic, gateway):  # noqa: ARG001 - the program is there
    """A token of the program, for one of the two."""
    return make_token(clinic.installation, clinic.root, NORTH_ONLY)


REVIVED = "UPDATE token SET revoked_at = '-'"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE token SET scopes = 'exports:read orders:write'", "opens something else"),
        ("UPDATE token SET sites = 'north south'", "opens something else"),
        ("UPDATE token SET expires_at = '2099-01-01T00:00:00.000000Z'", "opens something else"),
        ("UPDATE token SET id = 'f' || substr(id, 2)", "nobody made it"),
        ("UPDATE token SET id = substr(id, 1, 63) || 'g'", "nobody made it"),
    ],
)
def test_whoever_changes_a_token_in_the_database_is_found(clinic, token, change, what):
    """The record says what it was made for; a verification compares the table with it (T18)."""
    installation = clinic.installation
    assert verify_record(installation).holds

    with write(installation.engine) as connection:
        assert connection.exec_driver_sql(change).rowcount == 1

    (finding,) = verify_record(installation).findings
    assert (finding.table, what in finding.what) == ("token", True)
    assert token not in finding.key


@pytest.mark.usefixtures("token")
def test_a_token_that_was_revoked_and_goes_on_again_is_found(clinic, gateway):
    """Also by a verification of what is new; what was ended otherwise is no finding."""
    installation = clinic.installation
    (row,) = installation.read(lambda tx: tokens_of(tx, gateway))
    revoke_token(installation, clinic.root, "gateway", row.id[:12], why="it was seen by others")
    assert verify_record(installation).holds
    assert verify_new(installation).verdict.holds

    with write(installation.engine) as connection:
        connection.exec_driver_sql(REVIVED)

    for verdict in (verify_new(installation).verdict, verify_record(installation)):
        (finding,) = verdict.findings
        assert finding.what == "goes on, and was revoked"


def later(clinic, **time):
    """Let some time pass."""
    clinic.installation.clock.advance(timedelta(**time))


def contents(clinic, chain="site:north"):
    """What the entries of a chain say, oldest first."""
    found = clinic.installation.read(lambda tx: list(entries_of(tx, chain)))
    return [content_of_text(text) for _hash, text, _signed in found]


def stored(clinic):
    """Every byte of the database, what is not yet in its main file too."""
    file = clinic.installation.settings.database_path
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


def only(clinic):
    """The one token of the program, as administrators read about it."""
    (found,) = programs.program(clinic.installation, "gateway").tokens
    return found


def test_whoever_shows_it_is_the_program_at_the_sites_of_the_token(clinic, gateway, token):
    """Its name, its scopes, and of its roles those of the token's sites."""
    found = resume_token(clinic.installation, token)

    assert (found.person.id, found.printed_name) == (gateway, "Hospital gateway")
    assert found.person.roles == {("coordinator", "north-ward")}
    assert found.person.site_roles == {("coordinator", "north")}
    assert (found.scopes, found.service, found.unit) == ({"orders:write"}, True, "north-ward")


def test_a_persons_session_is_for_all_that_the_person_may(clinic):
    """Scopes cut down a token; a person's session has none."""
    token = sessions.sign_in(clinic.installation, "carla", PASSWORD)

    found = sessions.resume(clinic.installation, token)

    assert (found.scopes, found.service) == (None, False)


def test_it_can_be_recognized_and_not_be_guessed(token):
    """Scanners for secrets know its beginning; 256 random bits follow."""
    assert token.startswith("coi_")
    assert len(token) == len("coi_") + 43


def test_what_is_stored_opens_nothing(clinic, token):
    """Whoever reads the database finds no token, and nothing that could be shown as one."""
    found = tokens.tokens.token
    kept = clinic.installation.read(lambda tx: found(tx, tokens._hash(token)))  # noqa: SLF001

    assert token.encode() not in stored(clinic)
    for shown in (kept.id, f"coi_{kept.id}", f"coi_{kept.id[:43]}"):
        with pytest.raises(NotSignedIn):
            resume_token(clinic.installation, shown)


@pytest.mark.parametrize("shown", ["", "coi_", "coi_" + "A" * 43, "coig_" + "A" * 43, "\x00" * 47])
def test_what_was_never_made_opens_nothing(clinic, shown):
    """Whatever is shown, the answer is the same."""
    with pytest.raises(NotSignedIn):
        resume_token(clinic.installation, shown)


def test_it_ends_on_its_day(clinic, token):
    """Ninety days, where nothing else was said."""
    later(clinic, days=89, hours=23)
    resume_token(clinic.installation, token)

    later(clinic, hours=2)

    with pytest.raises(NotSignedIn):
        resume_token(clinic.installation, token)
    assert only(clinic).state == "expired"


def test_two_weeks_before_its_end_it_is_marked(clinic, token):  # noqa: ARG001 - it is there
    """Whoever looks after programs sees in time that one will stop."""
    later(clinic, days=75)
    before = only(clinic).state

    later(clinic, days=1, hours=1)

    assert (before, only(clinic).state) == ("goes on", "expires soon")


def test_revoked_it_opens_nothing_from_that_moment_on(clinic, token):
    """Neither at the door nor in the transaction of what came in before."""
    before = resume_token(clinic.installation, token)

    revoke_token(clinic.installation, clinic.root, "gateway", only(clinic).id, why=WHY)

    with pytest.raises(NotSignedIn):
        resume_token(clinic.installation, token)
    with pytest.raises(SignedOut):
        ordered(clinic, before.proven)
    assert only(clinic).state == "revoked"


def test_with_the_account_every_token_ends(clinic, token):
    """Closed, the program acts no more; its name is never given again."""
    before = resume_token(clinic.installation, token)

    people.close_account(clinic.installation, clinic.root, "gateway", why=WHY)

    with pytest.raises(NotSignedIn):
        resume_token(clinic.installation, token)
    with pytest.raises(SignedOut):
        ordered(clinic, before.proven)
    with pytest.raises(DataRefused, match="given before"):
        accounts.open_account(clinic.installation, clinic.root, people.NewPerson("gateway", "G"))


@pytest.mark.usefixtures("token")
def test_making_and_revoking_stand_on_record_and_the_token_does_not(clinic, gateway):
    """The beginning of its hash, its scopes and sites; never enough to find it."""
    shown = only(clinic)
    revoke_token(clinic.installation, clinic.root, "gateway", shown.id, why=WHY)

    made, revoked = contents(clinic)[-2:]

    assert (made["action"], revoked["action"]) == ("make_token", "revoke_token")
    (told,) = made["registers"]["tokens"]
    assert told["token"] == shown.id == revoked["registers"]["tokens"][0]["token"]
    assert (told["person"], told["scopes"], told["sites"]) == (gateway, ["orders:write"], ["north"])
    assert len(shown.id) == tokens.SHOWN


def test_its_use_is_noted_now_and_then(clinic, token):
    """The first use, and the next after half a minute: reading stays reading."""
    resume_token(clinic.installation, token)
    first = only(clinic).used_at

    resume_token(clinic.installation, token)
    second = only(clinic).used_at
    later(clinic, minutes=1)
    resume_token(clinic.installation, token)

    assert first == second
    assert only(clinic).used_at > second


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"scopes": ["sign"]}, "none of"),
        ({"scopes": []}, "for"),
        ({"sites": ["works"]}, "no role"),
        ({"sites": ["nowhere"]}, "no role"),
        ({"days": 366}, "days"),
        ({"days": 0}, "days"),
        ({"name": ""}, "visible"),
        ({"username": "carla"}, "person"),
    ],
)
def test_a_token_that_should_not_be_is_not_made(clinic, gateway, change, what):  # noqa: ARG001
    """Unknown scopes, sites where its program is nobody, years, people: each is refused."""
    asked = {"username": "gateway", "name": "One", "scopes": ["orders:write"], "sites": ["north"]}

    with pytest.raises(DataRefused, match=what):
        make_token(clinic.installation, clinic.root, NewToken(**asked | change))


def test_the_same_request_makes_one_token(clinic, gateway):  # noqa: ARG001 - it is there
    """It is shown once; whoever sends the form again is told so."""
    asked = NewToken("gateway", "One", ["orders:write"], ["north"], key="once")
    make_token(clinic.installation, clinic.root, asked)

    with pytest.raises(DataRefused, match="shown once"):
        make_token(clinic.installation, clinic.root, asked)

    assert only(clinic).name == "One"


@pytest.mark.usefixtures("gateway")
def test_who_is_no_administrator_makes_and_revokes_none(clinic):
    """A coordinator administers nothing."""
    with pytest.raises(NotAllowed):
        make_token(clinic.installation, clinic.carla, NORTH_ONLY)
    with pytest.raises(NotAllowed):
        revoke_token(clinic.installation, clinic.carla, "gateway", "0", why=WHY)
    with pytest.raises(NotAllowed):
        programs.open_program(clinic.installation, clinic.carla, NewProgram("other", "Other"))


# -- what a program is ----------------------------------------------------------------------------


def ordered(clinic, by, unit="north-ward"):
    """Order a therapy."""
    values = VALUES | {"treating_unit": unit}
    order = NewOrder(IDENTITY, "autologous-car-t", unit, values, key=f"order {unit}")
    (receipt,) = order_therapies(clinic.installation, [order], by)
    return receipt.coi


def test_a_program_orders_in_its_own_name(clinic, gateway, token):
    """The entry names the program, and whoever reads it is told that it is one (SEC-39)."""
    coi = ordered(clinic, resume_token(clinic.installation, token).proven)

    (entry,) = contents(clinic, coi)
    names = clinic.installation.read(lambda tx: people.people.printed_names(tx, [gateway]))

    assert (entry["actor"], entry["role"]) == (gateway, "coordinator")
    assert names == {gateway: "Hospital gateway (program)"}


def test_a_program_confirms_no_patient(clinic, token):
    """Who is known already is looked at by a person; whatever the program says it has seen."""
    by = resume_token(clinic.installation, token).proven
    ordered(clinic, clinic.carla)
    again = NewOrder(IDENTITY, "autologous-car-t", "north-ward", VALUES, key="again")
    with pytest.raises(Unconfirmed) as asked:
        place_order(clinic.installation, again, clinic.carla)

    with pytest.raises(Unconfirmed):
        place_order(clinic.installation, again, by, asked.value.token)

    assert place_order(clinic.installation, again, clinic.carla, asked.value.token).coi


def test_a_token_orders_nothing_at_another_site(clinic, token):
    """The program may order there, and this token is not for it."""
    by = resume_token(clinic.installation, token).proven

    with pytest.raises(CoiError, match="not among your tasks"):
        ordered(clinic, by, "south-ward")


def test_nobody_signs_in_with_a_programs_name(clinic, gateway, token):  # noqa: ARG001
    """It has no password; a token is none either."""
    for password in ("", "-", token, PASSWORD):
        with pytest.raises(WrongPassword):
            sessions.sign_in(clinic.installation, "gateway", password)


def test_a_programs_kind_stands_in_the_record(clinic, gateway):
    """Where it is registered, the bytes say what it is; of a person they say that too."""
    told = [
        one
        for content in contents(clinic)
        for one in content.get("registers", {}).get("persons", ())
    ]

    assert {one["id"]: one["kind"] for one in told}[gateway] == "service"
    assert {one["kind"] for one in told} == {"person", "service"}


@pytest.mark.parametrize(
    "role",
    [
        *("administrator", "qualified_person", "qa_reviewer", "treating_physician"),
        *("infusion_nurse", "apheresis_nurse", "surgeon", "manufacturing_verifier"),
        *("medical_monitor", "theatre_nurse", "manufacturing_technician"),
    ],
)
def test_a_program_holds_no_role_of_those_who_decide_check_or_sign(clinic, gateway, role):  # noqa: ARG001
    """Whatever the administrator thinks of it."""
    with pytest.raises(NotForPrograms):
        people.grant_role(clinic.installation, clinic.root, "gateway", role, "north-ward")


def test_what_is_done_to_people_is_not_done_to_a_program(clinic, gateway):  # noqa: ARG001
    """No secret, no second name, no training, no identity check: each would make it a person."""
    installation, root = clinic.installation, clinic.root
    until = installation.clock.now() + timedelta(days=9)

    for deed in (
        lambda: accounts.issue_secret(installation, root, "gateway", why=WHY),
        lambda: accounts.add_account(installation, root, "gateway", "gateway2"),
        lambda: people.record_training(installation, root, "gateway", "coordinator", until),
        lambda: people.record_proofing(installation, root, "gateway", "passport"),
    ):
        with pytest.raises(NotForPrograms):
            deed()


def test_where_nobody_said_otherwise_a_program_does_not_act(clinic, token):
    """Whatever asks for who acts is for people, unless it says that programs may too."""
    by = resume_token(clinic.installation, token).proven

    for ask in (lambda tx: acting(tx, by), lambda tx: holding(tx, by, "coordinator")):
        with pytest.raises(NotForPrograms):
            clinic.installation.read(ask)


def test_a_step_that_is_taken_screen_by_screen_is_none_for_a_program(clinic, token):
    """Neither does it begin one, nor is it told of one that is under way."""
    installation, program = clinic.installation, resume_token(clinic.installation, token)
    coi = ordered(clinic, clinic.carla)
    person = sessions.resume(installation, sessions.sign_in(installation, "carla", PASSWORD))
    begun = begin(installation, person, Beginning(coi, "record_consent", "north-ward", "one"))

    with pytest.raises(Refused, match="not left to a program"):
        begin(installation, program, Beginning(coi, "admit_patient", "north-ward", "two"))
    with pytest.raises(Unknown):
        find(installation, program, begun.errand.id)


def test_a_proof_that_a_program_makes_up_is_none(clinic, gateway):
    """No password holds for it; to say so is no proof, and neither is a made-up token."""
    for by in (
        people.Proven("gateway", gateway, "-"),
        people.JustProven("gateway", gateway, "-"),
        ByToken("gateway", gateway, "0" * 64),
    ):
        with pytest.raises(SignedOut):
            ordered(clinic, by)


def test_a_token_is_of_its_own_program_alone(clinic, token):
    """One program's token proves no other one, and no person."""
    by = resume_token(clinic.installation, token).proven
    carla = clinic.carla

    with pytest.raises(SignedOut):
        ordered(clinic, ByToken(carla.username, carla.person, by.credential))
