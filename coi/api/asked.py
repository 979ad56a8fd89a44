"""What the resources read of a request beside its body: keys, grants, what was seen, cursors."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from flask import Response, jsonify, request

from coi.errors import DataRefused, Problem
from coi.services import grants
from coi.services.asking import SignedRequest
from coi.services.label_papers import PRINTED_AGAIN, Again
from coi.services.proofs import JustProven, Signer
from coi.services.scanning import Code
from coi.web import here

_TURN = re.compile(r"(.{1,100})=([0-9]{1,9})")
_BETWEEN_TURNS = ";"
_MOST_BEHIND = 1_000_000_000
"""No list is so long; and each database takes such a number."""


def timed_code(told: Mapping[str, Any]) -> Code:
    """A code as a device gave it, with what its clock shows."""
    return Code(told["raw"], told["how"], told["device"], device_time=told["device_time"])


def request_digest() -> str:
    """What a grant is bound to: the SHA-256 of method, path, key, what was seen, and body.

    Whoever asks for the grant works out the same before anything is sent.
    """
    query = request.query_string.decode(errors="surrogateescape")
    return digest_of(
        request.method,
        f"{request.path}?{query}".rstrip("?"),
        request.headers.get("Idempotency-Key", ""),
        request.headers.get("If-Match", ""),
        request.get_data(),
    )


def digest_of(method: str, path: str, key: str, seen: str, body: bytes) -> str:
    """The same of a request that is still to be sent."""
    # Bytes of an address that are no text count as the bytes that they are.
    lines = (one.encode(errors="surrogateescape") for one in (method, path, key, seen))
    return sha256(b"\n".join((*lines, body))).hexdigest()


def signers(told: str) -> tuple[Signer, ...]:
    """Who signs this request, by the grants that it carries.

    Raises:
        GrantExpired: there is no such grant, or none any more.
        GrantOfOtherRequest: one of them signs another request.
    """
    signed, installation = signed_request(told), here.installation()
    return tuple(grants.signer_of(installation, one, signed.digest) for one in signed.grants)


def signed_request(told: str) -> SignedRequest:
    """The grants that this request carries, and what each of them must have been given for."""
    found = (one.strip() for one in told.split(","))
    return SignedRequest(tuple(one for one in found if one), request_digest())


def proven_by(told: str, meaning: str) -> JustProven:
    """Who signs this request alone, with this very meaning.

    Raises:
        DataRefused: it carries no grant, or more than one, or one with another meaning.
        GrantExpired, GrantOfOtherRequest: as above.
    """
    found = signers(told)
    if [one.meaning for one in found] != [meaning]:
        reason = f"carries one grant that was given for: {meaning}"
        raise DataRefused([Problem(reason, column="Signature-Grant")])
    return found[0].proven


# -- what was seen ---------------------------------------------------------------------------------


def turns_tag(turns: Mapping[str, int]) -> str:
    """The entity tag of how some subjects stand: it says the turn of each."""
    return _BETWEEN_TURNS.join(f"{subject}={turn}" for subject, turn in sorted(turns.items()))


def seen_turns(told: str) -> Mapping[str, int]:
    """What `If-Match` says was seen, by subject; nothing where it says nothing, or anything goes.

    Raises:
        DataRefused: it is no tag of ours.
    """
    told = told.strip()
    if told in {"", "*"}:
        return {}
    parts = told.strip('"').split(_BETWEEN_TURNS)
    found = [_TURN.fullmatch(one) for one in parts]
    if told != f'"{told.strip(chr(34))}"' or not all(found):
        raise DataRefused([Problem("is no tag that was answered here", column="If-Match")])
    return {match[1]: int(match[2]) for match in found if match}


def tagged(answer: Mapping[str, object], tag: str) -> Response:
    """The answer with its tag, or that it is known already."""
    response = jsonify(answer)
    response.set_etag(tag)
    return response.make_conditional(request)  # type: ignore[return-value]


# -- pages of a list -------------------------------------------------------------------------------


def listed(items: Iterable[Mapping[str, object]], following: str | None) -> Response:
    """One page of a list whose lines are told already as their schema says.

    To look each of their fields up again took a sixth of the time of a long page.
    """
    return jsonify({"items": [*items], "next": following})


def cursor(*told: object) -> str:
    """What the next page begins behind, as a text that means nothing elsewhere."""
    return urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def behind(told: str, *kinds: type) -> tuple[object, ...] | None:
    """What a cursor says; None for the beginning of the list.

    Raises:
        DataRefused: it is none of this list.
    """
    if not told:
        return None
    try:
        found = json.loads(urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    except ValueError:
        found = None
    is_list = isinstance(found, list) and [type(one) for one in found] == [*kinds]
    if not is_list or not all(map(_can_be_looked_up, found)):
        raise DataRefused([Problem("is no cursor of this list", column="cursor")])
    return tuple(found)


def _can_be_looked_up(one: object) -> bool:
    """No database holds a number without end, or half a character."""
    return one.isprintable() if isinstance(one, str) else one in range(_MOST_BEHIND)


def again_of(headers: Mapping[str, Any], told: Mapping[str, Any]) -> Again | None:
    """What whoever prints signs for; nothing where they know of no print.

    Raises:
        DataRefused: a person prints, and somebody else signs: the record would name who has not
            printed it. For a program a person signs.
    """
    if told["again"] is None:
        return None
    proven, own = proven_by(headers["grants"], PRINTED_AGAIN), here.somebody()
    if not own.service and proven.person != own.person.id:
        reason = "is of somebody else than who prints"
        raise DataRefused([Problem(reason, column="Signature-Grant")])
    return Again(proven, told["again"]["reason"], told["again"]["seen"])
