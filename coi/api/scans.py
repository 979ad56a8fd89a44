"""The scan box for programs: what each code is, whose, and what may be done with it."""

from dataclasses import asdict
from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.resource import Body, Resources, found
from coi.api.schemas import scans as schemas
from coi.api.told import Told, steps_told
from coi.clock import rfc3339
from coi.services.answers import Found, Standing, answer
from coi.services.badge_scans import BadgeSeen
from coi.services.permissions import Permission
from coi.services.scanning import Code
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("scans", "What a code is.")


@resources.offers(
    "POST",
    "/scans",
    "scan",
    found(schemas.Scanned, schemas.SCANNED),
    body=Body(schemas.Scan, schemas.SCAN),
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def scan(told: dict[str, Any]) -> ResponseReturnValue:
    """What each code is, as far as one may know; looking changes nothing, and nothing is kept.

    What is somebody else's is answered exactly as what does not exist.
    """
    codes = tuple(Code(one["raw"], one["how"], one["device"]) for one in told["codes"])
    answered = answer(here.installation(), here.somebody(), codes)
    return {
        "items": [_found_told(one) for one in answered.found],
        "of_two_therapies": answered.of_two_therapies,
        "of_two_patients": answered.of_two_patients,
    }


def _found_told(one: Found) -> Told:
    """The answer to one code; of a patient nothing but the therapies."""
    return {
        "raw": one.code.raw,
        "sort": one.sort.name.lower(),
        "coi": one.coi,
        "thing": _standing_told(one.standing) if one.standing else None,
        "actions": steps_told(one.actions),
        "cois": [*one.cois],
        "holds": one.bench.holds if one.bench else "",
        "place": one.bench.name if one.bench else one.place.name if one.place else "",
        "keeps_cold_hours": one.shipper.hold_hours if one.shipper else None,
        "badge": badge_told(one.badge) if one.badge else None,
        "why_not": _why_not(one),
        "hits": [asdict(hit) for hit in one.hits],
    }


def badge_told(badge: BadgeSeen) -> Told:
    """Whose badge it is, and whether it is worn."""
    return asdict(badge)


def _why_not(one: Found) -> str:
    """Why nothing is found by a code; empty for a code of ours."""
    if one.why_not:
        return f"{one.why_not.sentence} {one.why_not.next_step}"
    if one.hits:
        return f"It reads right, as {one.named}. It is looked up, and identifies nothing."
    return f"It reads right, as {one.named}. Nothing is found by it here." if one.named else ""


def _standing_told(standing: Standing) -> Told:
    return {
        "subject": standing.subject,
        "title": standing.title,
        "state": standing.state,
        "holder": standing.holder,
        "sent_to": standing.sent_to,
        "since": rfc3339(standing.since) if standing.since else None,
        "on_hold": standing.on_hold,
    }
