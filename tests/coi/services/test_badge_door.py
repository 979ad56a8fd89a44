"""Badge and PIN at the door of a registered device, and nowhere else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update

from coi.errors import (
    DataRefused,
    NotSignedIn,
    SessionEnded,
    SignedOut,
    WrongPassword,
)
from coi.services import badge_door, badges, people, pins, proofs, sessions
from coi.services.accounts import issue_secret
from coi.services.badge_door import BadgeNotHere, Shown, WrongPin, sign_in_by_badge
from coi.services.decoding import content_of_text
from coi.services.devices import end_device, register_device
from coi.services.person_file import person_file
from coi.services.proofs import ByBadge, NotAllowed
from coi.services.tries import TRIES
from coi.services.verifying import verify_record
from coi.store import tables
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from tests.coi.clinic import PASSWORD
from tests.coi.printing import a_ward

NURSE = ("apheresis_nurse", "north-ward")
NORTH_UNIT = "north-apheresis"
NORTH_NURSE = ("apheresis_nurse", "north")
PIN, WRONG = "730946", "730947"
LOST = "lost on the way home"
OUTSIDE = "203.0.113.9"


@pytest.fixture
def tablet(clinic):
    """What the browser of a registered tablet of the ward holds."""
    ward = a_ward(clinic)
    return register_device(clinic.installation, ward.quentin, "north-ward", "Tablet")


@pytest.fixture
def badge(clinic, tablet):
    """The badge of Mara, a nurse of the ward with a PIN."""
    assert tablet
    return worn_by(clinic, clinic.hire("mara", NURSE), NURSE)


def worn_by(clinic, by, role):
    """The serial of a badge that somebody wears from now on, with a PIN."""
    serial = badges.issue_badge(
        clinic.installation, clinic.root, by.username, role, key=by.username
    )
    pins.set_pin(clinic.installation, by, PASSWORD, PIN)
    return serial


def come_in(clinic, badge, held, pin=PIN, **more):
    """Scan a badge and type a PIN."""
    return sign_in_by_badge(clinic.installation, Shown(badge, pin, held), **more)


def told(clinic, chain="site:north"):
    """What a chain tells, entry by entry."""
    found = clinic.installation.read(lambda tx: list(entries_of(tx, chain)))
    return [content_of_text(text) for _hash, text, _signed in found]


def test_it_opens_a_session_at_a_registered_device(clinic, badge, tablet):
    """Of whoever wears it, at the unit of the device; with the device and the badge on record."""
    token = come_in(clinic, f"{badge}\r\n", tablet)

    entered = sessions.resume(clinic.installation, token, device=tablet)
    content = told(clinic)[-1]
    assert (entered.person.username, entered.unit) == ("mara", "north-ward")
    assert isinstance(entered.proven, ByBadge)
    assert entered.proven.device == content["device"]
    assert (content["action"], content["device"]) == ("sign_in", tablet.partition(".")[0])
    assert content["registers"]["badges"] == [{"person": entered.person.id, "serial": badge}]
    assert verify_record(clinic.installation).findings == ()


def test_elsewhere_it_opens_nothing(clinic, badge, tablet):
    """Nor at a device that somebody made up, or one that was ended (P11-300c)."""
    identifier = tablet.partition(".")[0]
    end_device(clinic.installation, a_ward_again(clinic), identifier, why="Broken.")

    for held in ("", "x", f"{identifier}.made up", tablet):
        with pytest.raises(BadgeNotHere, match="not registered"):
            come_in(clinic, badge, held)


def a_ward_again(clinic):
    """Quentin, who keeps the devices of the ward."""
    return proofs.authenticate(clinic.installation, "quentin", PASSWORD)


def test_at_another_sites_device_it_opens_nothing(clinic, tablet):
    """The PIN was right, and the person has no role there; the attempt is on record."""
    jan = clinic.hire("jan", ("infusion_nurse", "south-ward"))
    badge = worn_by(clinic, jan, ("infusion_nurse", "south-ward"))

    with pytest.raises(BadgeNotHere, match="no role at the site"):
        come_in(clinic, badge, tablet)

    content = told(clinic, "site:south")[-1]
    assert (content["action"], content["device"]) == ("refuse_badge", tablet.partition(".")[0])
    assert content["registers"]["badges"] == [{"person": jan.person, "serial": badge}]


def test_administrative_roles_take_the_password(clinic, badge, tablet):
    """A badge that was copied gives nobody the keys of the house, at no page and in no use case."""
    people.grant_role(clinic.installation, clinic.root, "mara", "auditor", "-")

    entered = sessions.resume(clinic.installation, come_in(clinic, badge, tablet), device=tablet)

    by = entered.proven
    acts = clinic.installation.read(lambda tx: proofs.acting(tx, by)).person
    assert (entered.person.roles, acts.roles, acts.site_roles) == ({NURSE}, {NURSE}, {NORTH_NURSE})
    with pytest.raises(NotAllowed):
        badges.strike_off_badge(clinic.installation, by, "quentin", LOST)


def test_an_administrator_comes_in_by_no_badge(clinic, tablet):
    """There is no role that it would open, wherever the device is."""
    role = ("administrator", "-")
    badge = worn_by(clinic, clinic.hire("ada", role), role)

    with pytest.raises(BadgeNotHere, match="no role at the site"):
        come_in(clinic, badge, tablet)


def test_it_signs_nothing(clinic, badge, tablet):
    """Each signature takes the password, as everywhere (P11-200a1)."""
    entered = sessions.resume(clinic.installation, come_in(clinic, badge, tablet), device=tablet)

    with pytest.raises(WrongPassword):
        sessions.prove(clinic.installation, "mara", PIN, entered.proven)
    assert not isinstance(entered.proven, proofs.JustProven)


@pytest.mark.parametrize("raw", ["", "x", "S-TEST-00000000-0", "\0", "\ud800"])
def test_what_is_no_badge_is_answered_as_a_wrong_pin(clinic, badge, tablet, raw):
    """Nobody learns which badges there are."""
    assert badge

    with pytest.raises(WrongPin):
        come_in(clinic, raw, tablet)

    assert told(clinic, ORGANISATION)[-1]["action"] == "refuse_pin"


def test_five_wrong_pins_end_the_pin_and_nothing_else(clinic, badge, tablet):
    """The password opens what it opened, and sets another PIN, which opens at once (SEC-44)."""
    for _ in range(TRIES):
        with pytest.raises(WrongPin):
            come_in(clinic, badge, tablet, WRONG)
    with pytest.raises(WrongPin):
        come_in(clinic, badge, tablet)

    actions = [one["action"] for one in told(clinic)]
    assert actions[-TRIES - 2 :] == ["refuse_pin"] * TRIES + ["lock_pin", "refuse_pin"]
    assert sessions.sign_in(clinic.installation, "mara", PASSWORD)
    mara = sessions.prove(clinic.installation, "mara", PASSWORD)
    pins.set_pin(clinic.installation, mara, PASSWORD, "604918")
    assert come_in(clinic, badge, tablet, "604918")
    assert verify_record(clinic.installation).findings == ()


def test_wrong_pins_with_a_badge_that_has_none_end_nothing(clinic, tablet):
    """There is no PIN to guess, so none is counted; each attempt stands on record (SEC-44)."""
    noor = clinic.hire("noor", NURSE)
    badge = badges.issue_badge(clinic.installation, clinic.root, "noor", NURSE, key="noor")

    for _ in range(TRIES):
        with pytest.raises(WrongPin):
            come_in(clinic, badge, tablet)

    actions = [one["action"] for one in told(clinic)]
    assert actions[-TRIES:] == ["refuse_pin"] * TRIES
    assert told(clinic)[-1]["registers"]["badges"] == [{"person": noor.person, "serial": badge}]


def test_whoever_finds_an_old_badge_ends_nobodys_pin(clinic, badge, tablet):
    """A badge that was struck off opens nothing, and counts nothing against the new one."""
    badges.strike_off_badge(clinic.installation, clinic.root, "mara", LOST)
    another = badges.issue_badge(clinic.installation, clinic.root, "mara", NURSE, key="another")

    for _ in range(TRIES):
        with pytest.raises(WrongPin):
            come_in(clinic, badge, tablet, WRONG)

    assert come_in(clinic, another, tablet)


def test_a_session_begins_at_the_unit_of_the_device(clinic, badge, tablet):
    """Whoever works at several units works where they stand; elsewhere they choose."""
    people.grant_role(clinic.installation, clinic.root, "mara", "apheresis_nurse", NORTH_UNIT)

    entered = sessions.resume(clinic.installation, come_in(clinic, badge, tablet), device=tablet)

    assert {unit for _role, unit in entered.person.roles} == {"north-ward", NORTH_UNIT}
    assert entered.unit == "north-ward"


def test_mistakes_before_the_right_one_are_forgotten(clinic, badge, tablet):
    """Five in a row end it, and not five in a year."""
    for _ in "twice":
        for _ in range(TRIES - 1):
            with pytest.raises(WrongPin):
                come_in(clinic, badge, tablet, WRONG)
        assert come_in(clinic, badge, tablet)


def test_of_many_that_come_at_once_five_are_answered(clinic, badge, tablet):
    """Whoever guesses by the dozen at once learns no more than whoever guesses one by one."""

    def guess(pin):
        try:
            return come_in(clinic, badge, tablet, pin)
        except WrongPin:
            return ""

    with ThreadPoolExecutor(4) as guessing:
        answers = list(guessing.map(guess, [WRONG] * (TRIES * 2)))

    assert answers == [""] * (TRIES * 2)
    assert [one["action"] for one in told(clinic)].count("lock_pin") == 1
    assert not person_file(clinic.installation, "mara").has_pin


def test_a_locked_account_still_comes_in_by_its_badge(clinic, badge, tablet):
    """Whoever locks a ward's passwords keeps nobody from its devices (SEC-44)."""
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            sessions.sign_in(clinic.installation, "mara", "wrong", device=tablet)

    assert come_in(clinic, badge, tablet)


def test_a_badge_that_was_struck_off_is_dead_for_ever(clinic, badge, tablet):
    """With the session that it opened, at once, and with the reason on record; by its owner too."""
    token = come_in(clinic, badge, tablet)
    by = sessions.resume(clinic.installation, token, device=tablet).proven
    with pytest.raises(DataRefused, match="visible characters"):
        badges.strike_off_badge(clinic.installation, by, "mara", " ")

    badges.strike_off_badge(clinic.installation, by, "mara", LOST)

    with pytest.raises(SessionEnded, match="struck off"):
        sessions.resume(clinic.installation, token, device=tablet)
    with pytest.raises(SignedOut):
        pins.end_pin(clinic.installation, by)
    (happened, *_others) = person_file(clinic.installation, "mara").happened
    assert LOST in happened.detail
    another = badges.issue_badge(clinic.installation, clinic.root, "mara", NURSE, key="another")
    with pytest.raises(WrongPin):
        come_in(clinic, badge, tablet)
    assert come_in(clinic, another, tablet)


@pytest.mark.parametrize("end", ["close", "secret", "password"])
def test_who_departs_or_gets_another_password_has_no_pin(clinic, badge, tablet, end):
    """At once, and the session that was open is none any more (P11-300c)."""
    token = come_in(clinic, badge, tablet)
    deeds = {
        "close": lambda: people.close_account(
            clinic.installation, clinic.root, "mara", why="She left."
        ),
        "secret": lambda: issue_secret(clinic.installation, clinic.root, "mara", why="Forgotten."),
        "password": lambda: people.set_password(
            clinic.installation,
            proofs.authenticate(clinic.installation, "mara", PASSWORD),
            "another one that nobody guesses",
        ),
    }

    deeds[end]()

    with pytest.raises(WrongPin):
        come_in(clinic, badge, tablet)
    with pytest.raises((SignedOut, NotSignedIn)):
        sessions.resume(clinic.installation, token, device=tablet)


def test_a_session_is_good_at_its_device_alone(clinic, badge, tablet):
    """Whoever takes the cookie to another machine is nobody there."""
    token = come_in(clinic, badge, tablet)
    quentin = a_ward_again(clinic)
    other = register_device(clinic.installation, quentin, "north-ward", "Other")

    for held in ("", other):
        with pytest.raises(SessionEnded, match="this one is not that"):
            sessions.resume(clinic.installation, token, device=held)
    end_device(clinic.installation, quentin, tablet.partition(".")[0], why="Broken.")
    with pytest.raises(SessionEnded):
        sessions.resume(clinic.installation, token, device=tablet)


def test_whoever_was_there_is_out(clinic, badge, tablet):
    """In the same transaction: each step is under the name of whoever stands there (DI-02)."""
    before = sessions.sign_in(clinic.installation, "carla", PASSWORD, device=tablet)

    token = come_in(clinic, badge, tablet, before=before)

    with pytest.raises(NotSignedIn):
        sessions.resume(clinic.installation, before, device=tablet)
    assert sessions.resume(clinic.installation, token, device=tablet).person.username == "mara"
    assert [one["action"] for one in told(clinic)][-1] == "sign_in"


def test_a_row_that_somebody_put_there_opens_nothing(clinic, badge, tablet):
    """The record names the hash: whoever writes the table alone sets nobody's PIN."""
    made_up = clinic.installation.hasher.hash(WRONG)

    clinic.installation.transact(lambda tx: tx.execute(update(tables.pin).values(hash=made_up)))

    for pin in (PIN, WRONG):
        with pytest.raises(WrongPin):
            come_in(clinic, badge, tablet, pin)


def test_from_outside_it_opens_nothing(clinic, badge, tablet):
    """A device that was carried home opens nothing there, on record (A11d-11.6)."""
    inside = replace(clinic.installation.settings, factor_inside=("10.0.0.0/8",))
    moved = replace(clinic, installation=replace(clinic.installation, settings=inside))

    with pytest.raises(BadgeNotHere, match="a second factor"):
        come_in(moved, badge, tablet, came_from=OUTSIDE)
    assert told(clinic)[-1]["action"] == "refuse_outside"
    assert come_in(moved, badge, tablet, came_from="10.1.2.3")


def test_a_pin_that_is_ended_while_it_is_checked_opens_nothing(clinic, badge, tablet, monkeypatch):
    """Whoever guessed right behind the lock learns nothing (SEC-44)."""
    mara = sessions.prove(clinic.installation, "mara", PASSWORD)

    def checked_late(*_told):
        pins.end_pin(clinic.installation, mara)
        return True

    monkeypatch.setattr(badge_door, "check_password", checked_late)

    with pytest.raises(WrongPin):
        come_in(clinic, badge, tablet)
    assert person_file(clinic.installation, "mara").sessions == ()
