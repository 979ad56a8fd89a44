"""The audit trail: who, what, when, where, why, and what it was before; the unusual first."""

from typing import Any, cast

from flask.typing import ResponseReturnValue

from coi.api.asked import behind, cursor, proven_by
from coi.api.resource import Body, Resources, Sign, created, found
from coi.api.schemas import trail as schemas
from coi.api.told import Told
from coi.services.permissions import Permission
from coi.services.tokens import Scope
from coi.services.trail import NEWEST, Line, Wanted, trail
from coi.services.trail_review import REVIEWED, review_trail, reviewed
from coi.services.trail_reviews import Read, Review
from coi.web import here
from coi.web.permissions import needs

resources = Resources("trail", "What is on record, for who reviews it.")


@resources.offers(
    "GET",
    "/trail",
    "listTrail",
    found(schemas.Trail, schemas.TRAIL),
    query=schemas.TrailWanted,
)
@needs(Permission.SEE_TRAIL, Scope.THERAPIES_READ)
def every(told: dict[str, Any]) -> ResponseReturnValue:
    """The entries of the therapies at one's sites that are to be looked at first, or all."""
    after = cast("tuple[str, str, int] | None", behind(told["cursor"], str, str, int))
    wanted = Wanted(
        everything=told["everything"],
        who=told["who"],
        what=told["what"],
        since=told["since"],
        until=told["until"],
        why=told["why"],
        said=told["said"],
        site=told["site"],
        coi=told["coi"],
        after=after or NEWEST,
    )
    shown = trail(here.installation(), here.somebody(), wanted)
    return {
        "items": [_line_told(one) for one in shown.lines],
        "next": cursor(*shown.last) if shown.more else None,
    }


@resources.offers(
    "GET",
    "/therapies/<coi>/trail-reviews",
    "listTrailReviews",
    found(schemas.TrailReviews, schemas.TRAIL_REVIEWS),
)
@needs(Permission.SEE_TRAIL, Scope.THERAPIES_READ)
def reviews(coi: str) -> ResponseReturnValue:
    """How far the trail of a therapy was reviewed, by whom, and what came since."""
    stands = reviewed(here.installation(), here.somebody(), coi)
    return {
        "head": _read_told(stands.head),
        "since": stands.since,
        "items": [_review_told(one) for one in stands.reviews],
    }


@resources.offers(
    "POST",
    "/therapies/<coi>/trail-reviews",
    "reviewTrail",
    created(schemas.TrailReview, schemas.TRAIL_REVIEW),
    headers=Sign,
    body=Body(schemas.TrailRead, schemas.TRAIL_READ),
)
@needs(Permission.REVIEW_TRAIL)
def review(headers: dict[str, Any], told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """Sign that the trail of a therapy was reviewed up to this entry, by who took no part."""
    reviewed(here.installation(), here.somebody(), coi)  # or nobody learns that there is one
    by = proven_by(headers["grants"], REVIEWED)
    done = review_trail(here.installation(), by, coi, Read(told["entry"], told["hash"]))
    return _review_told(done)


def _review_told(one: Review) -> Told:
    return {"by": one.by, "at": one.at, **_read_told(one.read)}


def _read_told(one: Read) -> Told:
    return {"entry": one.entry, "hash": one.hash}


def _line_told(one: Line) -> Told:
    return {
        "chain": one.chain,
        "entry": one.seq,
        "hash": one.hash,
        "recorded_at": one.recorded_at,
        "happened_at": one.happened_at,
        "by": one.by,
        "username": one.username,
        "role": one.role,
        "place": one.place,
        "time_zone": one.time_zone,
        "action": one.action,
        "title": one.what,
        "looked_at_first_because": [why.value for why in one.unusual],
        "changes": [
            {"thing": x.thing, "what": x.what, "old": x.old, "new": x.new, "why": x.why}
            for x in one.changes
        ],
    }
