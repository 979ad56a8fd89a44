"""`coi import orders` tells every problem on a line of its own, or places every order."""

from pathlib import Path

from coi.services.people import set_password
from tests.coi.cli.desk import ORDERS
from tests.coi.clinic import PASSWORD
from tests.paper_book import CONSENT, ORDER, a_book, steps

MESSY = str(Path(ORDERS).with_name("orders-messy.csv"))


def test_orders_are_placed(desk):
    """Each row is told with its line and its COI."""
    result = desk.run("import", "orders", str(ORDERS), "--as", "carla", passwords=1)

    assert result.exit_code == 0
    assert result.stdout.startswith("Read as UTF-8, with commas between the cells.\nline 2  TEST-")
    assert result.stdout.endswith("8 orders placed, each with its consent.\n")


def test_a_dry_run_says_what_would_be_done(desk):
    """Nothing is saved, and the answer says so."""
    words = ("import", "orders", str(ORDERS), "--as", "carla", "--dry-run")

    assert "Dry run: nothing was saved." in desk.run(*words, passwords=1).stdout
    assert desk.run("therapy").stdout == ""


def test_every_problem_has_a_line(desk):
    """A refused file has exit status 1 and its problems on standard error."""
    result = desk.run("import", "orders", MESSY, "--as", "carla", passwords=1)

    lines = result.stderr.splitlines()
    assert (result.exit_code, len(lines)) == (1, 9)
    assert lines[0].startswith("line 3, column birth_date: ")
    assert lines[-1].startswith("Nothing was saved: 8 problem(s) in ")


def test_a_missing_file_is_named(desk, tmp_path):
    """A file that is not there is named before anybody types a password."""
    result = desk.run("import", "orders", str(tmp_path / "none.csv"), "--as", "carla")

    assert (result.exit_code, "No such file" in result.stderr) == (1, True)


def test_sites_and_people_are_imported_with_their_secrets(desk, tmp_path):
    """Each row is told, and each secret once, at the end."""
    sites, users = tmp_path / "sites.csv", tmp_path / "users.csv"
    sites.write_text(
        "site,site_name,kind,country,time_zone,unit,unit_name\n"
        "east,East Hospital,hospital,DE,Europe/Berlin,east-ward,Ward\n"
    )
    users.write_text(
        "username,printed_name,home_unit,role,role_unit\n"
        "ellen,Ellen O'Brien,east-ward,infusion_nurse,east-ward\n"
    )
    set_password(desk.clinic.installation, desk.clinic.root, PASSWORD)

    one = desk.run("import", "sites", str(sites), "--as", "root", passwords=1)
    other = desk.run("import", "users", str(users), "--as", "root", passwords=1)

    assert one.stdout.endswith("1 rows. All rows are done.\n")
    assert "for Ellen O'Brien (ellen), shown this once" in other.stdout


def test_what_ran_on_paper_is_signed_with_the_password_that_was_asked(desk, tmp_path):
    """Each row is told with its sheet; a table of one sheet is no such file."""
    file = tmp_path / "running.xlsx"
    file.write_bytes(a_book([ORDER], steps(CONSENT)))
    words = ("import", "therapies", "--as", "carla")

    result = desk.run(*words, str(file), passwords=1)

    assert "2  steps  Folder 17  record_consent" in result.stdout, result.stderr
    assert "All rows are done." in result.stdout
    other = desk.run(*words, str(ORDERS), passwords=1)
    assert "two sheets of one .xlsx" in other.stderr
