"""Whom a token of the house's provider tells of; until all of it is checked, of nobody.

The algorithm is one of those that the operator allows, all of which sign with a private key: a
token that is not signed, or signed with what everybody may know, is none. The library checks the
signature; everything else is compared here, in one place (OpenID Connect Core, 3.1.3.7).
"""

import hmac
import json
import warnings
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from joserfc import jwk, jws

from coi.interop.openid import Expected, KeyUnknown, NotBelieved, Told, is_subject

CLOCKS_DIFFER = timedelta(seconds=60)
LONGEST_TOKEN = 16 * 1024
LEAST_RSA_BITS = 2048
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    **dict.fromkeys(("EdDSA", "Ed25519"), "OKP"),
}
"""Each algorithm that can be allowed, and the kind of its keys."""


def whom(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected) -> Told:
    """Of whom a token tells.

    Raises:
        KeyUnknown: it is signed with none of these keys.
        NotBelieved: it is not signed as it must be, or says something else than it must.
    """
    claims = _signed(token, keys, expected.algorithms)
    _require_addressed(claims, expected)
    _require_timely(claims, expected)
    subject = claims.get("sub")
    if not (isinstance(subject, str) and is_subject(subject)):
        raise NotBelieved("subject")
    how = claims.get("amr", [])
    if not isinstance(how, list):
        raise NotBelieved("amr")
    return Told(subject, frozenset(one for one in how if isinstance(one, str)))


def _signed(
    token: str, keys: Sequence[Mapping[str, Any]], algorithms: Sequence[str]
) -> dict[str, Any]:
    """What the token says, once its signature was checked."""
    if len(token) > LONGEST_TOKEN:
        raise NotBelieved("too long")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except Exception:  # noqa: BLE001 - an error inside a check is a refusal
        raise NotBelieved("no token") from None
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in {*algorithms} & KINDS.keys():
        raise NotBelieved("algorithm")
    key = _key(keys, header.get("kid"), algorithm)
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    try:
        with warnings.catch_warnings():
            # It warns of an older name of an algorithm, which the operator allowed.
            warnings.simplefilter("ignore")
            checked = jws.deserialize_compact(token, key, registry=registry)
        claims = json.loads(checked.payload, parse_constant=_no_number)
    except Exception:  # noqa: BLE001 - an error inside a check is a refusal
        raise NotBelieved("signature") from None
    if not isinstance(claims, dict):
        raise NotBelieved("no claims")
    return claims


def _no_number(text: str) -> None:
    """What is no number is later than nothing, and would never expire."""
    raise ValueError(text)


def _key(keys: Sequence[Mapping[str, Any]], name: object, algorithm: str) -> jwk.Key:
    """The one key that it must be signed with, by its name where it says one."""
    fitting = [
        one
        for one in keys
        if one.get("kty") == KINDS[algorithm]
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
        and (name is None or one.get("kid") == name)
    ]
    if len(fitting) != 1:
        raise KeyUnknown("key")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            key = jwk.import_key(dict(fitting[0]))
        bits = getattr(key.public_key, "key_size", 0)
    except Exception:  # noqa: BLE001 - an error inside a check is a refusal
        raise NotBelieved("key") from None
    if KINDS[algorithm] == "RSA" and bits < LEAST_RSA_BITS:
        raise NotBelieved("key too short")
    return key


def _require_addressed(claims: Mapping[str, Any], expected: Expected) -> None:
    """It comes from the provider, for us alone, and for this one time that somebody was sent."""
    if claims.get("iss") != expected.issuer:
        raise NotBelieved("issuer")
    audience = claims.get("aud")
    if isinstance(audience, str):
        audience = [audience]
    if audience != [expected.client_id]:
        raise NotBelieved("audience")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise NotBelieved("audience")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str):
        raise NotBelieved("nonce")
    if not hmac.compare_digest(nonce.encode("utf-8", "surrogatepass"), expected.nonce.encode()):
        raise NotBelieved("nonce")


def _require_timely(claims: Mapping[str, Any], expected: Expected) -> None:
    """It is good now, was made since we asked, and tells of a proof since we asked."""
    now, asked = expected.now.timestamp(), expected.asked_at.timestamp()
    leeway = CLOCKS_DIFFER.total_seconds()
    if _seconds(claims, "exp") <= now - leeway:
        raise NotBelieved("expired")
    if _seconds(claims, "nbf", now) > now + leeway:
        raise NotBelieved("not yet")
    for claim in ("iat", "auth_time"):
        if not asked - leeway <= _seconds(claims, claim) <= now + leeway:
            raise NotBelieved(claim)


def _seconds(claims: Mapping[str, Any], name: str, without: float | None = None) -> float:
    told = claims.get(name, without)
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise NotBelieved(name)
    return told
