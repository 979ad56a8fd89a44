"""The door of the house's provider: who comes in by it, who does not, and with what beside."""

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from coi.clock import SteppedClock
from coi.errors import (
    CoiError,
    Crowded,
    DataRefused,
    KeyReused,
    OutsideWithoutFactor,
    SignedOut,
    WrongPassword,
)
from coi.services import accounts, enrolling, people, proofs, sessions, sign_on_door
from coi.services.access_review import access_reviewed
from coi.services.asked import fingerprint
from coi.services.decoding import content_of_text
from coi.services.devices import register_device
from coi.services.factors import CodeNeeded, Typed, WrongCode
from coi.services.person_file import person_file
from coi.services.proofs import BySignOn, NotAllowed, OwnPasswordFirst, SecretExpired
from coi.services.sign_on import bind_sign_on, end_sign_on, identity_at
from coi.services.sign_on_door import (
    GOOD_FOR,
    LONGEST_WANTED,
    Entered,
    NobodyHere,
    NotForAdministrators,
    SignOnOver,
    Stands,
    ask_more,
    come_back,
    show_more,
)
from coi.services.tried_from import MOST_WRONG, TooManyFromHere
from coi.services.tries import TRIES, Locked
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from tests.coi.clinic import PASSWORD
from tests.coi.house import (
    NURSE,
    WHY,
    a_house,
    bind,
    came,
    confirm,
    led,
    proven_there,
    with_settings,
)
from tests.identity_peer import identity_peer

OUTSIDE = "203.0.113.9"


@pytest.fixture
def peer():
    """A provider of identities."""
    with identity_peer() as found:
        yield found


@pytest.fixture
def house(clinic, peer):
    """The clinic, to which Mara may come by the provider."""
    return a_house(clinic, peer)


@pytest.fixture
def known(house):
    """The same, after Mara has said with her password that the identity is hers."""
    confirm(house)
    return house


def told_of(house, chain="site:north"):
    """What a chain tells, entry by entry."""
    found = house.installation.read(lambda tx: list(entries_of(tx, chain)))
    return [content_of_text(text) for _hash, text, _signed in found]


def refused(house, chain="site:north"):
    """Who was turned away last: the action, the actor, and what stands of the identity."""
    content = told_of(house, chain)[-1]
    (told,) = content["registers"]["sign_ons"]
    return content["action"], content["actor"], told


def at(house, peer, moment):
    """The same house, where it is this moment, also for the provider."""
    clock = SteppedClock(moment, timedelta(0))
    peer.now = clock.now
    return replace(house, installation=replace(house.installation, clock=clock))


def test_it_opens_the_same_session_as_a_password(known):
    """At the unit and with the roles of the person; on record, with what opened it (SEC-14)."""
    entered = came(known)

    found = sessions.resume(known.installation, entered.token)
    content = told_of(known)[-2]  # the session of a moment before is replaced after it
    identity = identity_at(known.installation, "mara-4711")
    assert (found.person.username, found.unit, entered.wanted) == ("mara", NURSE[1], "/people")
    assert isinstance(found.proven, BySignOn)
    assert content["action"] == "sign_in"
    assert content["registers"]["sign_ons"] == [{"person": found.person.id, "identity": identity}]
    assert verify_record(known.installation).findings == ()


def test_it_ends_as_a_session_does(known):
    """Idle, at its absolute end, by signing out, and when its person comes in elsewhere."""
    first = came(known).token
    second = came(known).token

    with pytest.raises(CoiError, match="another workstation"):
        sessions.resume(known.installation, first)
    known.installation.clock.advance(timedelta(minutes=known.installation.settings.idle_minutes))
    with pytest.raises(CoiError, match="nobody used it"):
        sessions.resume(known.installation, second)


def test_whoever_was_in_this_browser_is_out(known):
    """One browser is one person's at a time, by whichever door they come."""
    carla = sessions.sign_in(known.installation, "carla", PASSWORD)

    came(known, Stands("", carla, ""))

    with pytest.raises(CoiError):
        sessions.resume(known.installation, carla)


def test_the_first_time_it_takes_the_password(house):
    """So an administrator who binds an identity of their own is nobody by it (P11-200a3)."""
    more = came(house)
    with pytest.raises(WrongPassword):
        show_more(house.installation, more.held, Typed("a guess of the administrator"))

    entered = show_more(house.installation, more.held, Typed(PASSWORD))

    assert sessions.resume(house.installation, entered.token).person.username == "mara"
    actions = [one["action"] for one in told_of(house)]
    assert actions.index("bind_sign_on") < actions.index("confirm_sign_on")
    assert isinstance(came(house), Entered)
    assert verify_record(house.installation).findings == ()


def test_wrong_passwords_are_counted_by_where_they_come_from(house, peer):
    """Here as at the other door: whoever tries them of everybody is turned away (SEC-44)."""
    still = at(house, peer, house.installation.clock.now())
    more = came(still)
    for n in range(MOST_WRONG):
        with pytest.raises(WrongPassword):
            sessions.sign_in(still.installation, f"user-{n}", "a guess", came_from=OUTSIDE)

    with pytest.raises(TooManyFromHere):
        show_more(still.installation, more.held, Typed(PASSWORD), OUTSIDE)

    assert show_more(still.installation, more.held, Typed(PASSWORD), "10.1.2.3")


def test_more_is_asked_of_whoever_has_not_confirmed(house):
    """After a mistake the page asks for the same again."""
    more = came(house)

    again = ask_more(house.installation, more.held)

    assert (again.username, again.asks_password) == ("mara", True)


def test_a_one_time_secret_confirms_nothing(house):
    """Whoever issued it has seen it (P11-200a3)."""
    secret = accounts.issue_secret(house.installation, house.root, "mara", "k", why="Forgotten.")

    more = came(house)

    with pytest.raises(OwnPasswordFirst):
        show_more(house.installation, more.held, Typed(secret))


def test_it_signs_nothing(known):
    """Each signature takes the password, and the second factor where there is one (P11-200a1)."""
    entered = sessions.resume(known.installation, came(known).token)

    assert not isinstance(entered.proven, proofs.JustProven)
    assert sessions.prove(known.installation, "mara", PASSWORD, entered.proven).person


def test_an_administrator_comes_in_by_it_never(known):
    """Who gives others access is let in by nobody else's word: not later, nor in a session."""
    token = came(known).token
    people.grant_role(known.installation, known.root, "mara", "auditor", "-")
    with pytest.raises(DataRefused, match="is an administrator"):
        bind(known, "root", "root-1", "bind root")
    people.grant_role(known.installation, known.root, "mara", *NURSE, holds=False, why="Changes.")
    people.grant_role(known.installation, known.root, "mara", "auditor", "-", holds=False, why="x")
    people.grant_role(known.installation, known.root, "mara", "administrator", "-")

    by = sessions.resume(known.installation, token).proven

    with pytest.raises(NotAllowed):
        end_sign_on(known.installation, by, "carla", why=WHY)
    with pytest.raises(NotForAdministrators):
        came(known)
    identity = identity_at(known.installation, "mara-4711")
    told = {"person": by.person, "identity": identity}
    assert refused(known) == ("refuse_sign_on", by.person, told)


def test_the_same_name_at_another_provider_is_another_identity(known):
    """Whoever is called so there comes in as nobody here."""
    other = with_settings(known, oidc_issuer="https://other.example")

    here, there = (identity_at(one.installation, "mara-4711") for one in (known, other))

    assert here.startswith("oidc ")
    assert here != there


def test_each_identity_is_bound_once_by_what_was_asked(house):
    """A request that comes again changes nothing; its key stands for this one alone."""
    bound = told_of(house)[-1]
    identity = identity_at(house.installation, "mara-4711")
    asked = ("sign on", "mara", identity, house.root.person, WHY)
    digest = fingerprint(house.installation.vault, *asked)

    bind(house)

    assert bound["action"] == "bind_sign_on"
    assert bound["request"] == {"key": "bind mara", "digest": digest}
    assert set(bound["notes"]) == {"reason", "subject"}
    (told,) = bound["attestations"]
    assert (told["kind"], told["detail"], told["role"]) == ("sign_on", identity, "-")
    assert told_of(house)[-1] == bound
    for other in ({"subject": "mara-4712"}, {"username": "carla"}):
        with pytest.raises(KeyReused):
            bind(house, **other)


@pytest.mark.parametrize(
    ("username", "subject", "why"),
    [
        ("gone", "gone-1", "column username: the account is closed"),
        ("root", "root-1", "column username: is an administrator"),
        ("carla", "mara-4711", "column subject: is bound to somebody else"),
        ("carla", "ü", "column subject: is not 1 to 255 plain characters"),
    ],
)
def test_nobody_is_bound_who_could_not_come(house, username, subject, why):
    """It is said what is wrong, and where; nothing is recorded."""
    house.hire("gone", NURSE)
    people.close_account(house.installation, house.root, "gone", why="Left.")
    before = told_of(house)

    with pytest.raises(DataRefused, match=why):
        bind(house, username, subject, "other")

    assert told_of(house) == before


def test_without_a_provider_nothing_is_bound(house):
    """There is nobody who could say who comes."""
    with pytest.raises(DataRefused, match="there is no provider here"):
        bind(with_settings(house, oidc_issuer=""), subject="m", key="other")


def test_whom_nobody_knows_begins_no_account(known, peer):
    """An administrator binds an identity; who comes is told what to ask for, and on record."""
    peer.subject = "nobody@example.org <script>"

    with pytest.raises(NobodyHere, match=r"nobody@example[.]org <script>"):
        came(known)

    content = told_of(known, ORGANISATION)[-1]
    identity = identity_at(known.installation, peer.subject)
    told = {"person": "-", "identity": identity}
    assert refused(known, ORGANISATION) == ("refuse_sign_on", "-", told)
    assert "example.org" not in str(content)


def test_an_identity_is_nobody_elses_for_ever(known):
    """Not when it was ended; its own person has it again (P11-100a)."""
    known.hire("nora", NURSE)
    end_sign_on(known.installation, known.root, "mara", why="Lost.")

    with pytest.raises(DataRefused, match="never given to another person"):
        bind(known, "nora", key="bind nora")
    bind(known, key="bind mara again")

    assert came(known).asks_password


def test_ended_it_opens_nothing_from_that_moment_on(known):
    """Nor does the session that it opened go on (P11-300c); the password opens what it opened."""
    token = came(known).token

    end_sign_on(known.installation, known.root, "mara", why="The provider was broken into.")

    ended = told_of(known)[-1]
    assert (ended["action"], set(ended["notes"])) == ("end_sign_on", {"reason"})
    with pytest.raises(SignedOut):
        sessions.resume(known.installation, token)
    with pytest.raises(NobodyHere):
        came(known)
    mara = person_file(known.installation, "mara").person.id
    identity = identity_at(known.installation, "mara-4711")
    told = {"person": mara, "identity": identity}
    assert refused(known) == ("refuse_sign_on", mara, told)
    assert sessions.sign_in(known.installation, "mara", PASSWORD)


def test_its_own_person_ends_it(known):
    """And nobody else but an administrator."""
    by = sessions.resume(known.installation, came(known).token).proven
    with pytest.raises(NotAllowed):
        end_sign_on(known.installation, by, "carla", why=WHY)

    end_sign_on(known.installation, by, "mara", why="I change the house.")

    assert person_file(known.installation, "mara").sign_on is None


def test_another_identity_takes_the_place_of_the_first(known, peer):
    """Which opens nothing any more, also of a session that is open."""
    token = came(known).token
    bind(known, subject="mara-4712", key="another")

    with pytest.raises(SignedOut):
        sessions.resume(known.installation, token)
    with pytest.raises(NobodyHere):
        came(known)
    peer.subject = "mara-4712"
    assert came(known).asks_password


def test_a_closed_account_is_nobodys(known):
    """Whatever the provider says."""
    people.close_account(known.installation, known.root, "mara", why="Left.")

    with pytest.raises(NobodyHere):
        came(known)


def test_another_password_ends_its_sessions_too(known):
    """And the next one begins as before."""
    token = came(known).token
    mara = sessions.prove(known.installation, "mara", PASSWORD)
    people.set_password(known.installation, mara, "nobody guesses that one either")

    with pytest.raises(SignedOut):
        sessions.resume(known.installation, token)
    assert isinstance(came(known), Entered)


@pytest.mark.parametrize("subject", ["", " ", "ü", "x" * 256, "x\n"])
def test_what_is_no_identity_is_not_bound(house, subject):
    """Plain characters, and at most 255 of them."""
    with pytest.raises(DataRefused, match="plain characters"):
        bind(house, subject=subject.replace(" ", "\t"), key="other")


def test_who_binds_says_why_and_is_administrator(house):
    """The reason stands in the record."""
    with pytest.raises(DataRefused, match="why"):
        bind_sign_on(house.installation, house.root, "mara", "m", key="k", why=" ")
    with pytest.raises(NotAllowed):
        bind_sign_on(house.installation, house.carla, "mara", "m", key="k", why=WHY)


def test_who_comes_in_so_stands_in_the_review_of_access(known):
    """Quality assurance sees it beside badges and second factors."""
    told = {one.username: one.signs_on for one in access_reviewed(known.installation).every}

    assert (told["mara"], told["carla"]) == (True, False)


# -- the second factor -----------------------------------------------------------------------------


@pytest.fixture
def app(known):
    """The secret of the app that Mara enrolled, a minute ago."""
    token = sessions.sign_in(known.installation, "mara", PASSWORD)
    signed_in = sessions.resume(known.installation, token)
    offer = enrolling.offer_app(known.installation, signed_in)
    first = code_of(known, offer.secret)
    enrolling.enrol_app(known.installation, signed_in, PASSWORD, offer.sealed, first)
    known.installation.clock.advance(timedelta(minutes=1))
    return offer.secret


def code_of(house, secret):
    """What the app shows now."""
    return pyotp.TOTP(secret).at(house.installation.clock.now())


def test_the_second_factor_of_ours_is_asked_for(known, app, peer):
    """Whatever the provider says that it asked for, while no setting says that it counts."""
    peer.how = ("pwd", "mfa")

    more = came(known)
    with pytest.raises(CodeNeeded):
        show_more(known.installation, more.held, Typed(""))
    with pytest.raises(WrongCode):
        show_more(known.installation, more.held, Typed("", "000000"))
    entered = show_more(known.installation, more.held, Typed("", code_of(known, app)))

    assert not more.asks_password
    assert sessions.resume(known.installation, entered.token).person.username == "mara"


@pytest.mark.parametrize(("how", "is_in"), [(("pwd", "mfa"), True), (("pwd",), False), ((), False)])
def test_the_providers_counts_where_the_setting_says_so(known, app, peer, how, is_in):
    """And where the provider says that it asked for one."""
    assert app
    counting = with_settings(known, oidc_second_factor=("mfa", "hwk"))
    peer.how = how

    assert isinstance(came(counting), Entered) is is_in


def test_from_outside_nobody_comes_without_one_of_ours(known, peer):
    """Whoever signs needs ours anyway; who was turned away is on record (A11d-11.6)."""
    outside = with_settings(known, factor_inside=("10.0.0.0/8",), oidc_second_factor=("mfa",))
    peer.how = ("mfa",)

    with pytest.raises(OutsideWithoutFactor):
        came(outside, came_from=OUTSIDE)

    mara = person_file(known.installation, "mara").person.id
    identity = identity_at(known.installation, "mara-4711")
    assert refused(known) == ("refuse_outside", mara, {"person": mara, "identity": identity})
    assert isinstance(came(outside, came_from="10.1.2.3"), Entered)


def test_from_outside_nobody_confirms_without_one_of_ours(house):
    """Whoever came from inside and goes on elsewhere is turned away there (A11d-11.6)."""
    outside = with_settings(house, factor_inside=("10.0.0.0/8",))
    more = came(outside, came_from="10.1.2.3")

    with pytest.raises(OutsideWithoutFactor):
        show_more(outside.installation, more.held, Typed(PASSWORD), OUTSIDE)

    assert show_more(outside.installation, more.held, Typed(PASSWORD), "10.1.2.3")


def test_whoever_has_a_secret_that_is_over_does_not_come_in(known, peer):
    """Until the moment at which it ends, and not from then on (P11-300b)."""
    accounts.issue_secret(known.installation, known.root, "mara", "k", why="Forgotten.")
    ends = person_file(known.installation, "mara").secret_until

    assert isinstance(came(at(known, peer, ends - timedelta(seconds=1))), Entered)
    for late in (timedelta(0), timedelta(days=1)):
        with pytest.raises(SecretExpired):
            came(at(known, peer, ends + late))


def test_wrong_codes_lock_this_door_and_no_other(known, app):
    """The password still opens its own, and an administrator unlocks this one (SEC-44)."""
    more = came(known)
    for _ in range(TRIES):
        with pytest.raises(WrongCode):
            show_more(known.installation, more.held, Typed("", "000000"))

    with pytest.raises(Locked):
        show_more(known.installation, more.held, Typed("", code_of(known, app)))

    assert person_file(known.installation, "mara").locked == ("mara",)
    typed = Typed(PASSWORD, code_of(known, app))
    assert sessions.sign_in(known.installation, "mara", typed)


def test_whoever_locks_the_door_of_passwords_keeps_nobody_from_this_one(known):
    """Nor from signing, as everywhere (SEC-44)."""
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            sessions.sign_in(known.installation, "mara", "a guess")

    assert isinstance(came(known), Entered)


# -- what a browser holds, once and for ten minutes ------------------------------------------------


def test_an_answer_is_good_once(known):
    """Whoever reads it in a history gets in by it no second time."""
    address, held = led(known)
    answer = proven_there(address)
    come_back(known.installation, held, answer)

    with pytest.raises(SignOnOver):
        come_back(known.installation, held, answer)


def test_what_was_shown_is_good_once(house):
    """The second stage too."""
    more = came(house)
    show_more(house.installation, more.held, Typed(PASSWORD))

    with pytest.raises(SignOnOver):
        show_more(house.installation, more.held, Typed(PASSWORD))


def test_another_browsers_answer_opens_nothing(known):
    """Nobody is signed in as somebody else by an address that they are sent (login CSRF)."""
    theirs, _held = led(known)
    _mine, held = led(known)
    answer = proven_there(theirs)

    for other in (held, "", "x", "00" * 40):
        with pytest.raises(SignOnOver):
            come_back(known.installation, other, answer)


@pytest.mark.parametrize("state", [None, "", "x", "\udc80"])
def test_an_answer_without_its_state_opens_nothing(known, state):
    """Nor with another one."""
    address, held = led(known)
    answer = {**proven_there(address), "state": state}

    with pytest.raises(SignOnOver):
        come_back(known.installation, held, {k: v for k, v in answer.items() if v is not None})


def test_it_is_good_until_ten_minutes_are_over_and_not_before_it_began(known, peer):
    """To the moment; a clock that was set back opens nothing either."""
    now = known.installation.clock.now()
    begun = at(known, peer, now)
    address, held = led(begun)
    answer = proven_there(address)

    for moment in (now + GOOD_FOR, now - timedelta(microseconds=1)):
        with pytest.raises(SignOnOver):
            come_back(at(known, peer, moment).installation, held, answer)
    last = at(known, peer, now + GOOD_FOR - timedelta(microseconds=1))
    assert isinstance(come_back(last.installation, held, answer), Entered)


def test_so_many_at_once_are_not_let_in(known, monkeypatch):
    """Somebody comes by the thousand: nobody else does for ten minutes, and then all may."""
    monkeypatch.setattr(sign_on_door, "MOST_ASKED", 2)
    known.installation.clock.advance(GOOD_FOR)
    for _ in range(2):
        assert isinstance(came(known), Entered)

    with pytest.raises(Crowded):
        came(known)

    known.installation.clock.advance(GOOD_FOR)
    assert isinstance(came(known), Entered)


@pytest.mark.parametrize(
    ("length", "is_kept"), [(LONGEST_WANTED, True), (LONGEST_WANTED + 1, False)]
)
def test_where_somebody_wanted_to_go_is_kept_if_it_is_short(known, length, is_kept):
    """It is held in a cookie; whoever wanted something longer begins where everybody does."""
    wanted = "/" + "x" * (length - 1)

    assert came(known, Stands(wanted, "", "")).wanted == (wanted if is_kept else "")


def test_a_session_is_at_the_device_where_it_began(known):
    """A registered device is told by what its browser holds; anything else is none."""
    held = register_device(known.installation, known.root, NURSE[1], "Tablet")

    for device, named in ((held, held.partition(".")[0]), ("", ""), ("made up", "")):
        came(known, Stands("", "", device))
        content = [one for one in told_of(known) if one["action"] == "sign_in"][-1]
        assert content.get("device", "") == named


def test_after_ten_minutes_it_opens_nothing(known):
    """Of either stage."""
    address, held = led(known)
    answer = proven_there(address)
    known.installation.clock.advance(timedelta(minutes=10))

    with pytest.raises(SignOnOver):
        come_back(known.installation, held, answer)


def test_the_first_stage_is_not_the_second(house):
    """What somebody was led with says of nobody who they are."""
    _address, held = led(house)

    for stage in (ask_more, lambda i, h: show_more(i, h, Typed(PASSWORD))):
        with pytest.raises(SignOnOver):
            stage(house.installation, held)
