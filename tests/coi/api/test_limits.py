"""How often programs may ask: each account for itself, and who shows nothing by the address."""

from dataclasses import replace

import pytest

from coi.app import create_app
from coi.settings import Settings
from tests.coi.api.program import Program

MOST = 12
PROXY = "10.0.0.1"
HERE = "/sessions/current"


@pytest.fixture
def app(installation):
    """The application, which lets everybody ask a few times a minute."""
    environ = {
        "COI_HOME": str(installation.settings.home),
        "COI_REQUESTS_PER_MINUTE": str(MOST),
        "COI_TRUSTED_PROXIES": PROXY,
    }
    return create_app(replace(installation, settings=Settings.from_environment(environ)))


def asked(app, token="", address="192.0.2.7", **headers):
    """The status of one request."""
    told = {"Authorization": f"Bearer {token}", **headers} if token else headers
    environ = {"REMOTE_ADDR": address}
    return app.test_client().get(f"/api/v1{HERE}", headers=told, environ_base=environ).status_code


def test_whoever_invents_tokens_is_counted_by_the_address(app):
    """A new token in each request begins no new count; another address is not concerned."""
    guessed = [asked(app, f"coi_{n:043}") for n in range(MOST + 1)]

    assert guessed == [401] * MOST + [429]
    assert asked(app, "coi_another", address="198.51.100.7") == 401


def test_an_account_has_one_count_whatever_it_shows(app):
    """A second session gives nobody more; and who guesses beside them takes nothing from them."""
    carla, again, leo = (Program.of(app, name) for name in ("carla", "carla", "leo"))
    for program in (carla, again, leo):
        assert program.get(HERE).status_code == 200
    for n in range(MOST + 1):
        asked(app, f"coi_{n:043}", address="127.0.0.1")

    both = [one.get(HERE).status_code for _ in range(MOST // 2) for one in (carla, again)]

    assert both == [200] * (MOST - 2) + [429, 429]
    assert leo.get(HERE).headers["RateLimit-Remaining"] == str(MOST - 2)
    assert carla.get(HERE).status_code == 429


def test_a_token_that_is_good_no_more_takes_nothing_from_its_account(app):
    """Whoever holds it is counted by the address from then on."""
    old, new = Program.of(app, "carla"), Program.of(app, "carla")
    old.get(HERE)
    new.get(HERE)
    old.send("DELETE", HERE)

    for _ in range(MOST):
        old.get(HERE)

    assert new.get(HERE).status_code == 200


def test_behind_a_trusted_proxy_the_address_that_it_tells_counts(app):
    """Whoever is no such proxy can tell what they like."""
    through = {"address": PROXY, "X-Forwarded-For": "203.0.113.1, 192.0.2.8"}
    beside = {"address": PROXY, "X-Forwarded-For": "203.0.113.1, 192.0.2.9"}

    guessed = [asked(app, **through) for _ in range(MOST + 1)]
    forged = [asked(app, **{"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(MOST + 1)]

    assert guessed[-1] == forged[-1] == 429
    assert asked(app, **beside) == 401


def test_an_own_network_of_ipv6_is_one_address(app):
    """Each machine has more addresses there than there are in all of IPv4."""
    guessed = [asked(app, address=f"2001:db8:1:1::{n:x}") for n in range(MOST + 1)]

    assert guessed[-1] == 429
    assert asked(app, address="2001:db8:1:2::1") == 401
    assert [asked(app, address=f"::ffff:192.0.2.{n}") for n in range(MOST + 1)][-1] == 401
