"""`coi users`, `coi sites`, `coi approve`: who and what is there, and what QA vouches for."""

import re
from datetime import timedelta

import pyotp
import pytest

from coi.errors import WrongPassword
from coi.services import enrolling, people
from coi.services import installation as here
from coi.services.sessions import TRIES, resume, sign_in, sign_in_program
from tests.cast import WHY
from tests.coi.clinic import PASSWORD
from tests.labels.builders import a_serial

NEW = ("users", "add", "olga", "--name", "Olga Driver", "--as", "carla")


@pytest.fixture
def admin(desk):
    """Type a command of the administrator, whose password the clinic's tests know."""
    people.set_password(desk.clinic.installation, desk.clinic.root, PASSWORD)

    def typed(*words, passwords=1):
        return desk.run(*words, "--as", "root", passwords=passwords)

    return typed


def secret_in(answer):
    """The one-time secret that a command printed."""
    return re.findall(r"secret of \S+: (\S+)", answer)[0]


def choose_password(desk, answer, username="olga"):
    """Use the one-time secret of an answer to choose the password of everybody here."""
    typed = (secret_in(answer), PASSWORD)
    return desk.run("users", "set-password", "--as", username, passwords=typed)


def test_a_person_is_added_with_everything_at_once(desk, admin):
    """Account, role, training and identity check; the signature statement is the person's own."""
    told = ("--name", "Olga Driver", "--unit", "north-ward", "--role", "courier")
    added = admin("users", "add", "olga", *told, "--until", "2027-01-31", "--proof", "id card")
    listed = desk.run("users", "list").stdout

    assert added.stdout.startswith("Opened: olga (Olga Driver), courier.\n")
    missing = "one-time secret not used yet, signature statement not accepted"
    assert f"olga  Olga Driver  {missing}\n" in listed
    assert "  courier at north-ward, trained until 2027-01-31\n" in listed


def test_each_step_can_be_taken_alone(desk, admin):
    """Account, role, training, identity and statement, one command each."""
    choose_password(desk, admin("users", "add", "olga", "--name", "Olga Driver").stdout)
    admin("users", "grant", "olga", "courier", "--unit", "north-ward")
    admin("users", "train", "olga", "courier", "--until", "2027-01-31")
    admin("users", "proof", "olga", "--how", "passport")
    desk.run("users", "accept-policy", "--as", "olga", passwords=1)

    assert "olga  Olga Driver  can sign\n" in desk.run("users", "list").stdout


def test_a_one_time_secret_is_good_for_a_password_and_nothing_else(desk, admin):
    """The administrator has seen it: with it nobody accepts, acts or signs."""
    secret = secret_in(admin("users", "add", "olga", "--name", "Olga Driver").stdout)

    refused = desk.run("users", "accept-policy", "--as", "olga", passwords=(secret,))

    assert refused.exit_code == 1
    assert "[OWN_PASSWORD_FIRST]" in refused.stderr


def test_whoever_has_a_second_factor_types_its_code_next(desk):
    """On a line of its own; the password alone signs nothing at the command line (P11-200a1)."""
    installation = desk.clinic.installation
    signed_in = resume(installation, sign_in(installation, "carla", PASSWORD))
    offer = enrolling.offer_app(installation, signed_in)
    app = pyotp.TOTP(offer.secret)
    first = app.at(installation.clock.now())
    enrolling.enrol_app(installation, signed_in, PASSWORD, offer.sealed, first)
    command = ("users", "accept-policy", "--as", "carla")

    without = desk.run(*command, passwords=1)
    wrong = desk.run(*command, passwords=(PASSWORD, first))
    code = app.at(here.SystemClock().now())

    assert without.exit_code == wrong.exit_code == 1
    assert "[WRONG_CODE]" in wrong.stderr
    assert desk.run(*command, passwords=(PASSWORD, code)).exit_code == 0


def test_whose_role_needs_a_second_factor_does_nothing_without_one(desk):
    """The policy holds at the command line too (SEC-11)."""
    answer = desk.run(
        *("users", "accept-policy", "--as", "carla"), passwords=1, COI_FACTOR_ROLES="coordinator"
    )

    assert answer.exit_code == 1
    assert "[FACTOR_FIRST]" in answer.stderr


def test_a_person_is_renamed_and_has_two_accounts(desk, admin):
    """Both are listed under the new name, and one password opens both."""
    admin("users", "rename", "carla", "--name", "Carla Married", "--why", WHY)
    admin("users", "add-account", "carla", "Carla.North")
    listed = desk.run("users", "list").stdout

    assert "carla  Carla Married" in listed
    assert "carla.north  Carla Married" in listed
    assert desk.run("users", "accept-policy", "--as", "carla.north", passwords=1).exit_code == 0


def test_who_cannot_get_in_is_given_a_new_secret(desk, admin):
    """The old password opens nothing any more, the secret opens the choice of a new one."""
    answer = admin("users", "new-secret", "carla", "--why", WHY).stdout

    old = desk.run("users", "accept-policy", "--as", "carla", passwords=1)

    assert "[WRONG_PASSWORD]" in old.stderr
    assert choose_password(desk, answer, "carla").exit_code == 0


def test_open_sessions_are_listed_and_an_account_is_unlocked(desk, admin):
    """Where somebody is signed in is told; a lock ends before its time."""
    installation = desk.clinic.installation
    installation.clock.advance(timedelta(hours=46, minutes=50))
    sign_in_program(installation, "carla", PASSWORD)
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            sign_in(installation, "carla", "not the password")

    admin("users", "unlock", "carla")
    installation.clock.advance(timedelta(minutes=13))

    sign_in(installation, "carla", PASSWORD)
    assert desk.run("users", "sessions", "carla").stdout.count("carla  since") == 2


def test_what_was_given_can_be_taken(desk, admin):
    """A role is revoked, an account closed, each with the reason; the list says so."""
    unsaid = admin("users", "close", "carla")
    admin("users", "revoke", "carla", "coordinator", "--unit", "north-ward", "--why", WHY)
    admin("users", "close", "carla", "--why", WHY)
    listed = desk.run("users", "list").stdout

    assert (unsaid.exit_code, "say why" in unsaid.output) == (1, True)
    assert "carla  Carla Example  closed" in listed
    assert "coordinator at north-ward" not in listed


def test_who_is_no_administrator_is_refused(desk):
    """The role is looked for, and the refusal names it."""
    result = desk.run(*NEW, passwords=1)

    assert result.exit_code == 1
    assert "carla is no administrator" in result.stderr


def test_a_wrong_password_is_refused(desk):
    """Which of the two was wrong is not said."""
    result = desk.run(*NEW, passwords=("wrong",))

    assert result.exit_code == 1
    assert "[WRONG_PASSWORD]" in result.stderr


def test_after_five_wrong_passwords_the_right_one_is_refused(desk, admin):
    """The command line counts them as the pages do."""
    for _ in range(TRIES):
        desk.run(*NEW[:-1], "root", passwords=("wrong",))

    result = admin(*NEW[:-2])

    assert result.exit_code == 1
    assert "[LOCKED]" in result.stderr


def test_what_is_signed_with_a_new_account_is_shown_before_the_password(admin, monkeypatch):
    """Each meaning stands in the question (21 CFR 11.50)."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    given = (
        "--unit",
        "north-ward",
        "--role",
        "courier",
        "--until",
        "2030-01-01",
        "--proof",
        "seen",
    )

    result = admin(*NEW[:-2], *given)

    assert f"who signs “{people.TRAINED}” and “{people.PROOFED}”" in result.output


def test_no_password_at_all_is_refused(desk):
    """Where nobody types and nothing is piped in, nobody is signed in."""
    result = desk.run(*NEW)

    assert result.exit_code == 1
    assert "[NOT_SIGNED_IN]" in result.stderr


def test_a_password_is_changed_by_its_owner(desk):
    """The old one opens no longer, the new one does."""
    new = "quite another sentence"
    desk.run("users", "set-password", "--as", "carla", passwords=(PASSWORD, new))

    old = desk.run("users", "accept-policy", "--as", "carla", passwords=(PASSWORD,))
    now = desk.run("users", "accept-policy", "--as", "carla", passwords=(new,))

    assert (old.exit_code, now.exit_code) == (1, 0)


def test_a_role_needs_the_end_of_its_training(admin):
    """A role that is given with the account has a training that ends some day."""
    result = admin("users", "add", "olga", "--name", "O", "--role", "courier")

    assert (result.exit_code, "--until" in result.stderr) == (2, True)


def test_sites_are_listed_with_their_units(desk, admin):
    """What was registered is listed, with kind, country and time zone."""
    admin("sites", "add-unit", "north-lab", "--site", "north", "--name", "Cell laboratory")
    listed = desk.run("sites", "list").stdout

    assert "north  North Hospital (hospital, DE, Europe/Berlin)\n" in listed
    assert "  north-lab  Cell laboratory\n" in listed


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ID": "North!"}, "lower-case letters"),
        ({"--country": "Germany"}, "ISO 3166"),
        ({"--zone": "Mars/Olympus"}, "Europe/Berlin"),
        ({"--kind": "garage"}, "not one of"),
    ],
)
def test_a_site_that_cannot_be_right_is_wrong_usage(admin, wrong, reason):
    """Labels and times rest on what is registered here, so slips are caught at once."""
    told = {"ID": "east", "--kind": "hospital", "--name": "East", "--country": "DE"}
    told = told | {"--zone": "Europe/Berlin"} | wrong
    identifier = told.pop("ID")

    result = admin("sites", "add", identifier, *(word for pair in told.items() for word in pair))

    assert (result.exit_code, reason in result.stderr) == (2, True)


def test_qa_approves_templates_and_qualifies_shippers(desk):
    """QA signs for a template as it is now, and for a shipper, whose serial can be scanned."""
    desk.clinic.hire("queenie", ("qa_reviewer", "works-production"))
    template = desk.run("approve", "template", "bag-label", "--as", "queenie", passwords=1)
    told = ("--hours", "120", "--until", "2027-06-30", "--as", "queenie")
    shipper = desk.run("approve", "shipper", *told, passwords=1).stdout.split()[2].strip(",")

    assert template.stdout.startswith("Approved: label template bag-label (SHA-256 ")
    assert "qualified  120 h, until 2027-06-30\n" in desk.run("scan", shipper).stdout


def test_qa_says_which_codes_of_others_a_site_reads(desk):
    """Under a licence that is named; it is taken back in the same way."""
    desk.clinic.hire("queenie", ("qa_reviewer", "works-production"))
    told = ("approve", "dialect", "works", "isbt128", "--licence", "W9999", "--as", "queenie")

    on, off = desk.run(*told, passwords=1), desk.run(*told, "--withdraw", passwords=1)

    assert on.stdout == "works reads isbt128 (W9999).\n"
    assert off.stdout == "works no longer reads isbt128 (W9999).\n"


@pytest.mark.parametrize("serial", ["hello", "W-TEST-00000000-0", a_serial("W").text])
def test_what_is_no_shipper_is_not_qualified(desk, serial):
    """The serial of something else, or a misread one, is wrong usage."""
    told = ("--hours", "120", "--until", "2027-06-30", "--as", "queenie")

    assert desk.run("approve", "shipper", serial, *told).exit_code == 2
