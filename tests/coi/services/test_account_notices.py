"""What an administrator does to an account is told to its owner, until it was read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi import events
from coi.errors import DataRefused
from coi.services import account_notices, accounts, badges, enrolling, people, pins, sessions
from coi.services.account_notices import OBJECT, READ, done_by_others, notice_waits
from coi.services.accounts import issue_secret
from coi.services.alarm_mail import ENTRIES, AlarmMail
from coi.services.factors import Typed
from coi.services.people import END_FACTOR, NEW_SECRET, NewPerson
from coi.services.person_file import TITLES, person_file
from coi.services.proofs import Proven, authenticate, person_of
from coi.store.account_notices import Attested
from tests.coi.clinic import PASSWORD
from tests.coi.services.test_badges import LOST, NINA
from tests.coi.services.test_factors import code_of, enrol
from tests.coi.services.test_pins import PIN
from tests.journeys.worlds import verdict_of
from tests.mail_peer import mail_peer

OWN = "what only one person knows"
WHY = "forgot it, called from the ward's telephone"


@pytest.fixture
def nina(clinic):
    """A nurse of the hospital."""
    return clinic.hire("nina", NINA)


@pytest.fixture
def vera(clinic):
    """Somebody of quality assurance, who checks identities too."""
    return clinic.hire("vera", ("qa_reviewer", "works-production"))


@pytest.fixture
def renewed(clinic, nina):
    """Whoever came in by the new secret that the nurse was given, and chose a password by it."""
    secret = issue_secret(clinic.installation, clinic.root, nina.username, why=WHY)
    by = authenticate(clinic.installation, "nina", secret)
    people.set_password(clinic.installation, by, OWN)
    return came_in(clinic, OWN)


def came_in(clinic, secret=PASSWORD):
    """Who has just signed in as the nurse."""
    return sessions.resume(
        clinic.installation, sessions.sign_in(clinic.installation, "nina", secret)
    )


def shown(clinic, signed_in):
    """What is shown to whoever is signed in."""
    return account_notices.account_notices(clinic.installation, signed_in)


def read(clinic, signed_in):
    """Say that all of it was read, as it is shown now."""
    newest = shown(clinic, signed_in).newest
    return account_notices.read_notices(clinic.installation, signed_in.proven, newest)


def check(clinic, by):
    """Check the nurse's identity anew."""
    people.record_proofing(clinic.installation, by, "nina", "passport")


# -- what is told --------------------------------------------------------------------------------


def test_a_new_secret_is_told_with_who_when_and_why(clinic, renewed):
    """As the record has it, and at the first page after the door (P11-200a3)."""
    (told,) = shown(clinic, renewed).told

    assert notice_waits(clinic.installation, renewed)
    given = next(one for one in happened(clinic) if one.title == TITLES[NEW_SECRET])
    assert (told.action, told.at, told.by, told.why) == (NEW_SECRET, given.at, given.by, WHY)
    assert given.by == "Root Example"


def test_the_first_secret_of_an_account_is_no_news(clinic):
    """It opened nothing of anybody's before."""
    new = NewPerson("nina", "Nina Nurse", unit="north-ward")
    secret = accounts.open_account(clinic.installation, clinic.root, new)
    signed_in = came_in(clinic, secret)

    assert not notice_waits(clinic.installation, signed_in)
    assert shown(clinic, signed_in).told == ()


@pytest.mark.usefixtures("nina")
def test_who_ended_a_second_factor_is_told(clinic):
    """As is the reason; the owner's own deeds are no news."""
    secret = enrol(clinic.installation)
    enrolling.end_factors(clinic.installation, clinic.root, "nina", LOST)

    (told,) = shown(clinic, came_in(clinic)).told

    assert (told.action, told.by, told.why) == (END_FACTOR, "Root Example", LOST)
    assert secret not in repr(told)


@pytest.mark.usefixtures("nina")
def test_a_factor_that_its_owner_gave_up_is_no_news(clinic):
    """Whoever did it knows of it."""
    app = enrol(clinic.installation)
    clinic.installation.clock.advance(timedelta(minutes=1))
    code = Typed(PASSWORD, code_of(clinic.installation, app))
    signed_in = came_in(clinic, code)
    clinic.installation.clock.advance(timedelta(minutes=1))
    (factor,) = person_file(clinic.installation, "nina").factors
    code = Typed(PASSWORD, code_of(clinic.installation, app))
    enrolling.give_up(clinic.installation, signed_in, code, factor.id)

    assert not notice_waits(clinic.installation, signed_in)


def test_a_badge_in_the_place_of_another_is_told(clinic, nina):
    """The PIN opens the door with it at once; with the first one nothing did."""
    badges.issue_badge(clinic.installation, clinic.root, "nina", NINA, key="first")
    before = notice_waits(clinic.installation, came_in(clinic))
    pins.set_pin(clinic.installation, nina, PASSWORD, PIN)

    badges.issue_badge(clinic.installation, clinic.root, "nina", NINA, key="second")

    assert not before
    assert [one.action for one in shown(clinic, came_in(clinic)).told] == ["issue_badge"]


def test_what_somebody_did_to_their_own_account_is_no_news():
    """An administrator's own badge, too; of others' deeds each entry is told once."""
    told = [
        Attested(1, "pin", 1, "set_pin", "ann", "", ""),
        Attested(2, "badge", 1, "issue_badge", "ann", "", ""),
        Attested(3, "factor", 0, END_FACTOR, "bob", "", ""),
        Attested(3, "factor", 0, END_FACTOR, "bob", "", ""),
    ]

    assert [one.seq for one in done_by_others("ann", told)] == [3]


# -- until it was read ---------------------------------------------------------------------------


@pytest.mark.usefixtures("vera")
def test_whoever_came_in_by_the_secret_puts_nothing_away_alone(clinic, renewed):
    """Somebody else than who gave it checks who they are, and then it is read: it takes two."""
    with pytest.raises(DataRefused, match="checks your identity"):
        read(clinic, renewed)
    with pytest.raises(DataRefused, match="does not check the identity"):
        check(clinic, clinic.root)
    assert notice_waits(clinic.installation, renewed)

    check(clinic, authenticate(clinic.installation, "vera", PASSWORD))

    assert read(clinic, renewed)
    assert not notice_waits(clinic.installation, renewed)
    assert verdict_of(clinic.installation).findings == ()


def test_what_was_read_is_shown_on_and_what_is_new_waits_again(clinic, nina):
    """Newest first: nobody hides a deed behind one that was read."""
    pins_and_badges(clinic, nina)
    signed_in = came_in(clinic)
    read(clinic, signed_in)

    badges.issue_badge(clinic.installation, clinic.root, "nina", NINA, key="third")

    assert notice_waits(clinic.installation, signed_in)
    assert [one.is_new for one in shown(clinic, signed_in).told] == [True, False]


def test_what_came_while_it_was_read_is_shown_first(clinic, nina):
    """Read is what stood on the page, and nothing else."""
    pins_and_badges(clinic, nina)
    signed_in = came_in(clinic)
    seen = shown(clinic, signed_in).newest
    badges.issue_badge(clinic.installation, clinic.root, "nina", NINA, key="third")

    assert not account_notices.read_notices(clinic.installation, signed_in.proven, seen)
    assert notice_waits(clinic.installation, signed_in)


def test_it_is_read_once(clinic, nina):
    """A second time leaves nothing in the record."""
    pins_and_badges(clinic, nina)
    signed_in = came_in(clinic)

    assert (read(clinic, signed_in), read(clinic, signed_in)) == (True, True)
    assert titles(clinic).count(TITLES[READ]) == 1


def pins_and_badges(clinic, nina):
    """A badge with a PIN, and another badge in its place."""
    badges.issue_badge(clinic.installation, clinic.root, "nina", NINA, key="first")
    pins.set_pin(clinic.installation, nina, PASSWORD, PIN)
    badges.issue_badge(clinic.installation, clinic.root, "nina", NINA, key="second")


def happened(clinic):
    """What happened to the nurse, newest first."""
    return person_file(clinic.installation, "nina").happened


def titles(clinic):
    """What that is called."""
    return [one.title for one in happened(clinic)]


# -- what was not wanted -------------------------------------------------------------------------


def test_what_was_not_wanted_is_told_by_e_mail(clinic, renewed):
    """To whoever is told of alarms, without a name; it stands in the record, and waits on."""
    newest = shown(clinic, renewed).newest
    with mail_peer() as peer:
        server = f"smtp://127.0.0.1:{peer.port}"
        told = {"alarm_mail": ("security@example.org",), "mail_server": server}
        settings = replace(clinic.installation.settings, **told)
        mail = AlarmMail(replace(clinic.installation, settings=settings))
        events.listen(mail.hear)
        try:
            object_to(clinic, renewed, newest)
        finally:
            events.stop_listening(mail.hear)
        assert mail.send()

    (got,) = peer.got
    assert got["Subject"] == ENTRIES[OBJECT]
    assert "nina" not in got.as_string().lower()
    assert titles(clinic)[0] == TITLES[OBJECT]
    assert not object_to(clinic, renewed, newest)  # once is enough
    assert notice_waits(clinic.installation, renewed)


def object_to(clinic, signed_in, newest):
    """Say that it was not wanted."""
    return account_notices.object_to_notices(clinic.installation, signed_in.proven, newest)


@pytest.mark.usefixtures("nina")
def test_nothing_is_objected_to_where_nothing_was_done(clinic):
    """No alarm rings for nothing."""
    signed_in = came_in(clinic)

    assert not object_to(clinic, signed_in, shown(clinic, signed_in).newest)
    assert TITLES[OBJECT] not in titles(clinic)


# -- on either database --------------------------------------------------------------------------


def test_it_is_told_on_either_database(begun):
    """From the same entries: who was given a secret, and objects to it, is told on."""
    known = begun.read(lambda tx: person_of(tx, "root"))
    root = Proven("root", known.person.id, known.credential)
    first = accounts.open_account(begun, root, NewPerson("nina", "Nina Nurse"))
    people.set_password(begun, authenticate(begun, "nina", first), OWN)
    secret = issue_secret(begun, root, "nina", why=WHY)
    people.set_password(begun, authenticate(begun, "nina", secret), OWN)
    signed_in = sessions.resume(begun, sessions.sign_in(begun, "nina", OWN))
    newest = account_notices.account_notices(begun, signed_in).newest

    assert account_notices.object_to_notices(begun, signed_in.proven, newest)
    assert notice_waits(begun, signed_in)
    with pytest.raises(DataRefused):
        account_notices.read_notices(begun, signed_in.proven, newest)
