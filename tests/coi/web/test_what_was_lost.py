"""What was lost is ended, and the next request by it is refused; that it was ended is on record."""

from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import pytest
from flask import Flask

from coi.app import create_app
from coi.services import (
    accounts,
    badges,
    devices,
    enrolling,
    people,
    pins,
    programs,
    proofs,
    sessions,
    sign_on,
    sign_on_door,
    tokens,
)
from coi.services.badge_door import Shown, sign_in_by_badge
from coi.services.decoding import content_of_text
from coi.services.factors import Typed
from coi.services.programs import NewProgram
from coi.services.tokens import NewToken, Scope
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from tests.cast import WHY
from tests.coi.clinic import PASSWORD, Clinic, copied
from tests.coi.house import with_settings
from tests.coi.printing import a_ward
from tests.coi.web.browser import Browser

NURSE, UNIT, PIN = ("apheresis_nurse", "north-ward"), "north-ward", "730946"


@dataclass(frozen=True)
class Lost:
    """Something that somebody holds: who asks with it, and how it is ended."""

    asks: Callable[[], int]
    end: Callable[[], object]


@dataclass(frozen=True)
class House:
    """The clinic with its pages, and who keeps the devices of a ward."""

    clinic: Clinic
    app: Flask
    quentin: proofs.JustProven

    @property
    def installation(self):
        """The installation of the clinic."""
        return self.clinic.installation

    def asks_with(self, held: str, device: str = "") -> Callable[[], int]:
        """A browser that holds this of a session, and of a device: how its next page answers."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["token"] = held
        if device:
            client.set_cookie("coi-device", device)
        return lambda: client.get("/account").status_code

    def tries(self, username: str) -> Callable[[], int]:
        """A browser in which somebody types their password at the door: how the page answers."""
        return lambda: Browser(self.app.test_client()).sign_in(username, PASSWORD).status_code


@pytest.fixture(scope="module")
def house(first_clinic, tmp_path_factory):
    """One for all of them; each loses what is theirs."""
    clinic = copied(first_clinic, tmp_path_factory.mktemp("lost") / "home")
    issuer = {"oidc_issuer": "https://id.example.org", "oidc_client_id": "coi"}
    clinic = with_settings(clinic, **issuer)
    quentin = a_ward(clinic).quentin
    yield House(clinic, create_app(clinic.installation), quentin)
    clinic.installation.engine.dispose()


def a_password(house, by):
    """It opens the door; an administrator gives a new secret."""
    root = house.clinic.root
    return Lost(
        house.tries(by.username),
        lambda: accounts.issue_secret(house.installation, root, by.username, why=WHY),
    )


def a_session(house, by):
    """It is open in a browser; an administrator ends it."""
    held = sessions.sign_in(house.installation, by.username, PASSWORD)
    found = sessions.resume(house.installation, held).session
    root = house.clinic.root
    return Lost(
        house.asks_with(held),
        lambda: sessions.end_session(house.installation, root, by.person, found),
    )


def an_account(house, by):
    """A session goes on; the account is closed."""
    held = sessions.sign_in(house.installation, by.username, PASSWORD)
    root = house.clinic.root
    return Lost(
        house.asks_with(held),
        lambda: people.close_account(house.installation, root, by.username, why=WHY),
    )


def a_badge(house, by):
    """It opened a session at a tablet; it is struck off."""
    held, tablet = badged(house, by)
    root = house.clinic.root
    return Lost(
        house.asks_with(held, tablet),
        lambda: badges.strike_off_badge(house.installation, root, by.username, WHY),
    )


def a_device(house, by):
    """A badge opened a session there; the device is ended."""
    held, tablet = badged(house, by)
    return Lost(
        house.asks_with(held, tablet),
        lambda: devices.end_device(
            house.installation, house.quentin, tablet.partition(".")[0], why=WHY
        ),
    )


def badged(house, by):
    """What a tablet holds of a session that a badge opened, and of itself."""
    tablet = devices.register_device(house.installation, house.quentin, UNIT, f"T {by.username}")
    serial = badges.issue_badge(
        house.installation, house.clinic.root, by.username, NURSE, key=by.username
    )
    pins.set_pin(house.installation, by, PASSWORD, PIN)
    return sign_in_by_badge(house.installation, Shown(serial, PIN, tablet)), tablet


def a_token(house, by):
    """A program shows it; it is revoked."""
    name, root = f"{by.username}-gateway", house.clinic.root
    programs.open_program(house.installation, root, NewProgram(name, "Gateway", UNIT))
    people.grant_role(house.installation, root, name, "coordinator", UNIT)
    new = NewToken(name, "Orders", [Scope.ORDERS_WRITE], ["north"])
    shown = {"Authorization": f"Bearer {tokens.make_token(house.installation, root, new)}"}
    (kept,) = programs.program(house.installation, name).tokens
    return Lost(
        lambda: house.app.test_client().post("/api/v1/orders", headers=shown, json={}).status_code,
        lambda: tokens.revoke_token(house.installation, root, name, kept.id, why=WHY),
    )


def a_second_factor(house, by):
    """A session goes on; an administrator ends the factor that was lost."""
    held = sessions.sign_in(house.installation, by.username, PASSWORD)
    signed_in = sessions.resume(house.installation, held)
    offer = enrolling.offer_app(house.installation, signed_in)
    first = pyotp.TOTP(offer.secret).at(house.installation.clock.now())
    enrolling.enrol_app(house.installation, signed_in, PASSWORD, offer.sealed, first)
    root = house.clinic.root
    return Lost(
        house.asks_with(held),
        lambda: enrolling.end_factors(house.installation, root, by.username, WHY),
    )


def an_identity(house, by):
    """It opened a session by the house's provider; it is ended."""
    subject, root = f"{by.username}-1", house.clinic.root
    sign_on.bind_sign_on(
        house.installation, root, by.username, subject, key=f"bind {subject}", why=WHY
    )
    told = {"subject": subject, "stands": {"wanted": "", "before": "", "device": ""}}
    proven = sign_on_door._sealed(house.installation, sign_on_door._TOLD, told)  # noqa: SLF001 - as after the provider
    entered = sign_on_door.show_more(house.installation, proven, Typed(PASSWORD))
    return Lost(
        house.asks_with(entered.token),
        lambda: sign_on.end_sign_on(house.installation, root, by.username, why=WHY),
    )


ENDED = {
    "new_secret": a_password,
    "end_session": a_session,
    "close_account": an_account,
    "strike_off_badge": a_badge,
    "end_device": a_device,
    "revoke_token": a_token,
    "end_factor": a_second_factor,
    "end_sign_on": an_identity,
}


@pytest.mark.parametrize("action", ENDED)
def test_what_was_lost_is_worthless_at_the_next_request(house, action):
    """Whatever it is; and what ended it stands in the record (P11-300c)."""
    by = house.clinic.hire(action.replace("_", "-"), NURSE)
    lost = ENDED[action](house, by)
    before, count = lost.asks(), told_of(house).count(action)

    lost.end()

    assert before not in {303, 401}
    assert lost.asks() in {303, 401}
    assert told_of(house).count(action) == count + 1


def told_of(house):
    """What was done at the site of the ward and for the whole house, one after the other."""

    def look(tx):
        return [
            content_of_text(text)["action"]
            for chain in ("site:north", ORGANISATION)
            for _hash, text, _signed in entries_of(tx, chain)
        ]

    return house.installation.read(look)
