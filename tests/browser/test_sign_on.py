"""Signing in by the house's provider in a real browser, which keeps cookies as it must.

Provider and pages are at two addresses that a browser takes for two sites.
"""

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from coi.app import create_app
from coi.demo.cast import PASSWORD
from coi.services.installation import Installation
from coi.services.people import NewPerson, grant_role, register_person
from coi.services.sign_on import bind_sign_on
from tests.browser.house import House
from tests.browser.looking import look_at
from tests.identity_peer import CLIENT, SECRET, IdentityPeer, identity_peer
from tests.serving import a_kept_port

BY_PROVIDER = "Sign in with North sign-on"


@pytest.fixture
def provider() -> Iterator[IdentityPeer]:
    """A provider of identities."""
    with identity_peer() as peer:
        yield peer


@pytest.fixture
def port() -> Iterator[int]:
    """Where the pages are."""
    with a_kept_port() as kept:
        yield kept


@pytest.fixture
def installation(sqlite_house: House, provider, port, tmp_path) -> Installation:
    """The house, whose people may come in by the provider."""
    (tmp_path / "secret").write_text(SECRET)
    settings = replace(
        sqlite_house.installation.settings,
        public_url=f"http://localhost:{port}",
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_secret_file=tmp_path / "secret",
        oidc_name="North sign-on",
    )
    provider.now = sqlite_house.installation.clock.now
    return replace(sqlite_house.installation, settings=settings)


@pytest.fixture
def address(installation, port) -> Iterator[str]:
    """The pages, at another site than the provider's."""
    found = installation.settings.public_url
    server = make_server("localhost", port, create_app(installation), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()


@pytest.fixture
def sol(sqlite_house, installation, provider):
    """Somebody who may come in by the provider, and stands before it."""
    administrator = sqlite_house.administrator
    register_person(installation, administrator, NewPerson("sol", "Sol Example", PASSWORD))
    grant_role(installation, administrator, "sol", "apheresis_nurse", "north-ward")
    provider.subject = "sol-1"
    bind_sign_on(installation, administrator, "sol", "sol-1", key="sol", why="One way in.")
    return "sol"


def test_somebody_comes_in_by_two_sites_and_without_a_script(
    sqlite_house, address, people, pictures, sol
):
    """The policy of the pages lets them go there, and the cookies lets them come back (SEC-18)."""
    first = people(sqlite_house, sol, base_url=address)
    first.open("/account")
    first.page.get_by_role("button", name=BY_PROVIDER).click()
    expect(first.page.get_by_role("heading", level=1)).to_have_text("Is this you?")
    assert look_at(first, "sign-on-confirm", pictures) == []
    first.page.get_by_label("Password of sol").fill(PASSWORD)
    first.page.get_by_role("button", name="Sign in").click()
    expect(first.page.get_by_text("Sol Example").first).to_be_visible()

    plain = people(sqlite_house, sol, base_url=address, java_script_enabled=False)
    plain.open("/account")
    plain.page.get_by_role("button", name=BY_PROVIDER).click()
    expect(plain.page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(plain.page.get_by_role("heading", level=1)).to_contain_text("Sol Example")
