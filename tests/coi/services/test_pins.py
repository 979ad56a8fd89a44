"""A PIN is set with the password, for a badge that is worn; it goes with the password."""

import pytest
from sqlalchemy import select

from coi.errors import DataRefused, WrongPassword
from coi.services import badges, people, pins, proofs
from coi.services.accounts import issue_secret
from coi.services.factors import CodeNeeded
from coi.services.person_file import person_file
from coi.services.proofs import OwnPasswordFirst, Proven
from coi.services.verifying import verify_record
from coi.store import tables
from coi.store.badges import badge_of
from tests.coi.clinic import PASSWORD
from tests.coi.services.test_factors import enrol

NURSE = ("apheresis_nurse", "north-ward")
PIN = "730946"
OTHER = "another one that nobody guesses"


@pytest.fixture
def nina(clinic) -> Proven:
    """A nurse of the ward, who wears a badge."""
    nina = clinic.hire("nina", NURSE)
    badges.issue_badge(clinic.installation, clinic.root, "nina", NURSE, key="badge")
    return nina


def set_pin(clinic, nina, pin=PIN, secret=PASSWORD):
    """Set the nurse's PIN."""
    pins.set_pin(clinic.installation, nina, secret, pin)


def has_pin(clinic):
    """The nurse has a PIN that opens something."""
    return person_file(clinic.installation, "nina").has_pin


def stored(clinic):
    """What is kept to check PINs with."""
    found = select(tables.pin.c.person, tables.pin.c.hash)
    return clinic.installation.read(lambda tx: tx.execute(found).all())


def newest_attested(clinic, somebody):
    """What was attested of somebody last: what, of whom, whether it holds, and the detail."""
    t = tables.attestation
    found = select(t.c.kind, t.c.about, t.c.holds, t.c.detail).where(t.c.about == somebody.person)
    newest = found.order_by(t.c.seq.desc(), t.c.n.desc()).limit(1)
    return clinic.installation.read(lambda tx: tuple(tx.execute(newest).one()))


def test_it_is_set_with_the_password_and_kept_as_a_hash(clinic, nina):
    """It is on record that it was set, and nowhere what it is (SEC-10)."""
    with pytest.raises(WrongPassword):
        set_pin(clinic, nina, secret="wrong")
    assert not has_pin(clinic)

    set_pin(clinic, nina)

    ((person, pin_hash),) = stored(clinic)
    titles = [one.title for one in person_file(clinic.installation, "nina").happened]
    assert has_pin(clinic)
    assert (person, pin_hash.startswith("$argon2id$"), titles[0]) == (nina.person, True, "PIN set")
    assert PIN.encode() not in (clinic.installation.settings.home / "coi.sqlite3").read_bytes()
    assert verify_record(clinic.installation).findings == ()


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        *((one, "6 to 12 digits") for one in ("73041", "7304167304167", "73094x", "", "٧٣٠٤١٦")),
        *((one, "that are tried first") for one in ("777777", "773377", "123456", "890123")),
        *((one, "that are tried first") for one in ("876543", "737373", "730037", "9876543210")),
        # No date, and neither backwards the same: of two digits, and one half twice.
        *((one, "that are tried first") for one in ("778787", "481481")),
        *((one, "as a date") for one in ("310785", "073185", "850731", "31071985", "19850731")),
    ],
)
def test_what_is_tried_first_is_refused(clinic, nina, pin, why):
    """Too short, no digits, a repetition, a run, and any date: also that of a birth."""
    with pytest.raises(DataRefused, match=f"column PIN: .*{why}"):
        set_pin(clinic, nina, pin)

    assert stored(clinic) == []


@pytest.mark.parametrize("pin", ["730946", "448494", "730946185274"])
def test_what_nobody_tries_first_is_taken(pin):
    """Of six digits or of twelve; three that differ are enough."""
    assert [*pins.bad_pin(pin, "nina")] == []


def test_the_number_of_the_badge_and_the_name_are_none():
    """Whoever holds the badge reads them off it."""
    (problem,) = pins.bad_pin(PIN, f"nina{PIN}")

    assert str(problem) == "column PIN: stands in the user name"
    assert [*pins.bad_pin(PIN, "nina")] == []


def test_the_digits_of_the_badge_are_refused(clinic, nina, monkeypatch):
    """With and without its hyphens."""
    worn = clinic.installation.read(lambda tx: badge_of(tx, nina.person))
    monkeypatch.setattr(pins, "badge_of", lambda _tx, _person: worn._replace(serial="S-1730-946"))

    with pytest.raises(DataRefused, match="column PIN: stands on the badge"):
        set_pin(clinic, nina)


def test_it_goes_with_a_badge(clinic):
    """Without one there is nothing that it could open."""
    nina = clinic.hire("nina", NURSE)

    with pytest.raises(DataRefused, match="column PIN: goes with a badge"):
        set_pin(clinic, nina)


@pytest.mark.usefixtures("nina")
def test_whoever_got_a_new_secret_is_checked_first(clinic):
    """An administrator alone makes nobody's PIN (P11-200a3)."""
    secret = issue_secret(clinic.installation, clinic.root, "nina", why="Forgotten.")
    first = proofs.authenticate(clinic.installation, "nina", secret)
    with pytest.raises(OwnPasswordFirst):
        set_pin(clinic, first, secret=secret)
    own = people.set_password(clinic.installation, first, OTHER)

    with pytest.raises(DataRefused, match="somebody checks your identity"):
        set_pin(clinic, own, secret=OTHER)


def test_whoever_has_a_second_factor_shows_it(clinic, nina):
    """As wherever the password is typed (SEC-11)."""
    installation = clinic.installation
    enrol(installation)

    with pytest.raises(CodeNeeded):
        set_pin(clinic, nina)
    assert stored(clinic) == []


def test_another_password_ends_it(clinic, nina):
    """Whoever had learned both has neither any more; and what it was checked with is gone."""
    set_pin(clinic, nina)

    people.set_password(
        clinic.installation, proofs.authenticate(clinic.installation, "nina", PASSWORD), OTHER
    )

    assert (has_pin(clinic), stored(clinic)) == (False, [])


def test_it_is_given_up_without_more_ado(clinic, nina):
    """It opens nothing from then on; a second time nothing happens."""
    set_pin(clinic, nina)

    for _ in "twice":
        pins.end_pin(clinic.installation, nina)

    titles = [one.title for one in person_file(clinic.installation, "nina").happened]
    assert (has_pin(clinic), stored(clinic)) == (False, [])
    assert titles.count("Own PIN given up") == 1
    assert newest_attested(clinic, nina) == ("pin", nina.person, 0, "-")


def test_a_closed_account_keeps_none(clinic, nina):
    """What it was checked with is gone with the account."""
    set_pin(clinic, nina)

    people.close_account(clinic.installation, clinic.root, "nina", why="She left.")

    assert stored(clinic) == []
