"""Whatever the house's provider says, or somebody in its place: nobody is signed in by a lie."""

import time
from dataclasses import fields
from datetime import timedelta

import pytest

from coi import events
from coi.services import sign_on_house
from coi.services.sign_on_door import Entered, SignOnDeclined, begin, come_back
from coi.services.sign_on_house import (
    KEPT_SECONDS,
    MOST_AT_ONCE,
    ProviderAway,
    ProviderNotBelieved,
)
from tests import identity_peer as peers
from tests.coi.clinic import copied
from tests.coi.house import NOWHERE, a_house, came, confirm, led, proven_there, with_settings
from tests.identity_peer import CLIENT, EC, answered, identity_peer, public, signed, slowly


@pytest.fixture(scope="module")
def world(first_clinic, tmp_path_factory):
    """A provider, and a clinic to which Mara has come by it; what is tried here changes neither."""
    with identity_peer() as peer:
        clinic = copied(first_clinic, tmp_path_factory.mktemp("house") / "home")
        house = a_house(clinic, peer)
        confirm(house)
        yield house, peer
        house.installation.engine.dispose()


@pytest.fixture
def peer(world):
    """The provider, as it is when it does not lie; and nobody remembers what it said before."""
    house, peer = world
    honest = peers.IdentityPeer(peer.url, house.installation.clock.now)
    for one in fields(peer):
        setattr(peer, one.name, getattr(honest, one.name))
    sign_on_house._KNOWN.clear()  # noqa: SLF001 - as in an hour
    return peer


@pytest.fixture
def known(world, peer):
    """The clinic; before an honest provider, until a test says otherwise."""
    assert peer.url
    return world[0]


@pytest.fixture
def told():
    """Why nobody was signed in, as the log is told."""
    heard = []

    def listener(event, said):
        if event == "sign_on_failed":
            heard.append(said["why"])

    events.listen(listener)
    yield heard
    events.stop_listening(listener)


def later(**told):
    """A time as tokens write it, so far from now."""
    return lambda now: int((now + timedelta(**told)).timestamp())


LIES = {
    "another issuer": ("issuer", {"iss": "https://other.example"}),
    "no issuer": ("issuer", {"iss": None}),
    "for somebody else": ("audience", {"aud": "another-client"}),
    "for two": ("audience", {"aud": [CLIENT, "another-client"]}),
    "for nobody": ("audience", {"aud": None}),
    "given to somebody else": ("audience", {"azp": "another-client"}),
    "another nonce": ("nonce", {"nonce": "another"}),
    "no nonce": ("nonce", {"nonce": None}),
    "a nonce of another kind": ("nonce", {"nonce": 1}),
    "half a character": ("nonce", {"nonce": "\udc80"}),
    "expired": ("expired", {"exp": later(minutes=-2)}),
    "without an end": ("exp", {"exp": None}),
    "an end that is no number": ("signature", {"exp": float("nan")}),
    "an end that is a yes": ("exp", {"exp": True}),
    "made later": ("iat", {"iat": later(minutes=5)}),
    "made before": ("iat", {"iat": later(minutes=-5)}),
    "never made": ("iat", {"iat": None}),
    "not good yet": ("not yet", {"nbf": later(minutes=5)}),
    "proven hours ago": ("auth_time", {"auth_time": later(hours=-8)}),
    "never proven": ("auth_time", {"auth_time": None}),
    "nobody": ("subject", {"sub": None}),
    "somebody of another kind": ("subject", {"sub": 4711}),
    "somebody who cannot be": ("subject", {"sub": "x" * 256}),
    "proven by letters": ("amr", {"amr": "mfa"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_is_not_believed(known, peer, told, lie):
    """Each claim is looked at, and the log says which one it was."""
    why, claims = LIES[lie]
    now = known.installation.clock.now()
    peer.lies = {name: one(now) if callable(one) else one for name, one in claims.items()}

    with pytest.raises(ProviderNotBelieved):
        came(known)

    assert told == [f"not believed: {why}"]


def by(name, header, claims, algorithm=peers.RSA):
    """A token that is signed with the key of this name, whatever it says of itself."""
    said = {"alg": algorithm, "kid": f"{algorithm}-first", **header}
    return peers.token(said, claims, peers.signer(algorithm, name))


def tampered(claims):
    """A token of which somebody exchanged what it says."""
    head, _body, signature = signed(claims).split(".")
    other = signed({**claims, "sub": "root-1"}).split(".")[1]
    return f"{head}.{other}.{signature}"


_BROUGHT = {"jwk": public(EC, "own"), "jku": "https://evil.example/keys"}
SIGNATURES = {
    "by nobody": ("algorithm", peers.unsigned),
    "with what all know": ("algorithm", peers.signed_with_what_all_know),
    "with a key that it brings": ("signature", lambda said: by("own", _BROUGHT, said, EC)),
    "with another key of a known name": ("signature", lambda said: by("own", {}, said)),
    "with a key of an unknown name": ("key", lambda said: by("own", {"kid": "own"}, said)),
    "with a key that is too short": ("key too short", lambda said: signed(said, name="short")),
    "and exchanged": ("signature", tampered),
    "critically": ("signature", lambda said: by("first", {"crit": ["b64"], "b64": False}, said)),
    "and no object": ("no claims", lambda _said: by("first", {}, "[1]")),
    "and no JSON": ("signature", lambda _said: by("first", {}, "[" * 5_000)),
    "and no token": ("no token", lambda _said: "a.b"),
    "and no text": ("no token", lambda _said: f"{peers.encoded(b'[' * 400)}.e30.e30"),
    "and very long": ("too long", lambda said: signed({**said, "more": "x" * 20_000})),
}


@pytest.mark.parametrize("how", SIGNATURES)
def test_a_token_that_the_provider_did_not_sign_is_not_believed(known, peer, told, how):
    """Unsigned, by a key that all know, by its own, or exchanged (RFC 8725)."""
    why, peer.signs = SIGNATURES[how]
    peer.keys = [public(peers.RSA), public(EC), public(peers.RSA, "short")]

    with pytest.raises(ProviderNotBelieved):
        came(known)

    assert told == [f"not believed: {why}"]


@pytest.mark.parametrize(
    "key",
    [
        {**public(peers.RSA), "n": 5},
        {**public(peers.RSA), "n": "!"},
        {**public(peers.RSA), "e": None},
        {"kty": "RSA", "kid": "RS256-first"},
        {"kty": "RSA", "kid": "RS256-first", "x5c": ["!"], "n": "", "e": ""},
    ],
)
def test_a_key_that_is_none_checks_nothing(known, peer, told, key):
    """Whatever stands in its place: an error inside a check is a refusal (SEC-45)."""
    peer.keys = [key]

    with pytest.raises(ProviderNotBelieved):
        came(known)

    assert told == ["not believed: key"]


def test_an_algorithm_that_is_not_allowed_is_not_believed(known, peer):
    """Though the provider has a key for it."""
    peer.signs = lambda claims: signed(claims, EC)
    assert isinstance(came(known), Entered)
    strict = with_settings(known, oidc_algorithms=("RS256",))

    with pytest.raises(ProviderNotBelieved):
        came(strict)


def test_new_keys_are_asked_for_once_a_minute(known, peer, monkeypatch):
    """A provider changes its keys; whoever makes up keys by the thousand asks it no oftener."""
    came(known)
    peer.signs = lambda claims: signed(claims, name="new")
    asked = peer.asked.count("/keys")
    for _ in range(3):
        with pytest.raises(ProviderNotBelieved):
            came(known)
    assert peer.asked.count("/keys") == asked
    monkeypatch.setattr(sign_on_house, "ANEW_SECONDS", 0.0)
    peer.keys.append(public(peers.RSA, "new"))

    assert isinstance(came(known), Entered)
    assert peer.asked.count("/keys") == asked + 1


def test_what_it_says_of_itself_is_kept_for_an_hour(known, peer, monkeypatch):
    """And asked again then."""
    path = "/.well-known/openid-configuration"
    came(known)
    assert peer.asked.count(path) == 1
    monkeypatch.setattr(sign_on_house, "monotonic", lambda: time.monotonic() + KEPT_SECONDS)

    came(known)

    assert peer.asked.count(path) >= 2


@pytest.mark.parametrize("says", [None, "https://other.example"])
def test_another_providers_answer_is_not_mixed_in(known, peer, told, says):
    """Where it names itself in each answer, each must (RFC 9207)."""
    peer.says_who = True
    address, held = led(known)
    answer = {**proven_there(address), "iss": says}
    answer = {name: one for name, one in answer.items() if one is not None}

    with pytest.raises(ProviderNotBelieved):
        come_back(known.installation, held, answer)
    assert told == ["not believed: another provider"]
    assert isinstance(came(known), Entered)


def test_a_provider_that_names_itself_unasked_is_compared_too(known):
    """An answer that says it is another one's is not taken, whatever was announced."""
    address, held = led(known)

    with pytest.raises(ProviderNotBelieved):
        come_back(
            known.installation, held, {**proven_there(address), "iss": "https://evil.example"}
        )


@pytest.mark.parametrize(
    "answer",
    [{"error": "access_denied"}, {"error": "access_denied", "code": "x"}, {"code": ""}, {}],
)
def test_whoever_goes_back_there_is_told_so(known, told, answer):
    """Nothing of what the provider says is shown."""
    address, held = led(known)
    state = proven_there(address)["state"]

    with pytest.raises(SignOnDeclined, match="North sign-on did not say"):
        come_back(known.installation, held, {**answer, "state": state})
    assert told == ["declined"]


def test_a_code_that_somebody_else_was_given_is_not_taken(known, peer):
    """It belongs to another secret of the browser's (PKCE)."""
    other = proven_there(led(known)[0])
    address, held = led(known)
    answer = {**proven_there(address), "code": other["code"]}

    with pytest.raises(ProviderNotBelieved):
        come_back(known.installation, held, answer)
    assert peer.asked[-1] == "/token"


AWAY = {
    "an error": lambda peer: answered(peer, b"{}", 500),
    "a redirect inside": lambda peer: answered(peer, b"", 302, location="http://10.0.0.1/"),
    "too much": lambda peer: answered(peer, b"[" + b" " * 300_000 + b"]"),
    "no JSON": lambda peer: answered(peer, b"<html>"),
    "no object": lambda peer: answered(peer, b"[]"),
    "brackets": lambda peer: answered(peer, b"[" * 100_000),
    "nothing": lambda peer: peer.connection.close(),
    "slowly": slowly,
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("how", AWAY)
def test_a_provider_that_does_not_answer_as_one_signs_nobody_in(
    known, peer, told, monkeypatch, how, path
):
    """Down, slow, huge, or leading elsewhere: it is said so, and the password opens the door."""
    monkeypatch.setattr(sign_on_house, "TOTAL_SECONDS", 0.2)
    peer.instead[path] = AWAY[how]

    with pytest.raises(ProviderAway, match="North sign-on does not answer"):
        came(known)

    assert told[-1].startswith("away: ")


def test_a_provider_that_is_gone_signs_nobody_in(known, told):
    """Nobody listens there."""
    gone = with_settings(known, oidc_issuer="http://127.0.0.1:1")

    with pytest.raises(ProviderAway):
        begin(gone.installation, NOWHERE)

    assert told == ["away: no connection"]


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://other.example"},
        {"issuer": None},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"token_endpoint": "https://user@other.example/token"},
        {"jwks_uri": "http://169.254.169.254/latest"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ["https://other.example"]},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": 256},
        {"token_endpoint_auth_methods_supported": None},
    ],
)
def test_a_provider_that_says_what_cannot_be_is_not_believed(known, peer, says):
    """Another one, unencrypted, inside, no address, or without what is needed (SEC-19)."""
    peer.configuration = says

    with pytest.raises(ProviderNotBelieved):
        begin(known.installation, NOWHERE)


@pytest.mark.parametrize("address", ["https://10.0.0.1/keys", "https://169.254.169.254/keys"])
def test_an_address_inside_is_not_reached(known, peer, address):
    """A provider that somebody took over leads to nothing in the hospital's network (SEC-19)."""
    peer.configuration = {"jwks_uri": address}

    with pytest.raises(ProviderAway):
        begin(known.installation, NOWHERE)


def test_few_wait_for_the_provider_at_once(known, told):
    """One that is slow takes no thread from those who work."""
    for _ in range(MOST_AT_ONCE):
        assert sign_on_house._SPEAKING.acquire(blocking=False)  # noqa: SLF001 - as if so many did
    try:
        with pytest.raises(ProviderAway):
            begin(known.installation, NOWHERE)
    finally:
        for _ in range(MOST_AT_ONCE):
            sign_on_house._SPEAKING.release()  # noqa: SLF001
    assert told == ["away: too many wait for it"]


def test_a_wrong_secret_of_the_house_signs_nobody_in(known, told, tmp_path):
    """The provider knows this installation by it."""
    (tmp_path / "another").write_text("another")
    other = with_settings(known, oidc_secret_file=tmp_path / "another")

    with pytest.raises(ProviderNotBelieved):
        came(other)

    assert told == ["not believed: code"]


def test_a_provider_that_takes_the_secret_in_the_form_is_given_it_there(known, peer):
    """And the one that takes it in the header, there alone."""
    peer.configuration = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert isinstance(came(known), Entered)
