"""The exceptions of all therapies, by what deserves attention first."""

from typing import Any, cast

from flask.typing import ResponseReturnValue

from coi.api.asked import behind, cursor
from coi.api.resource import Resources, found
from coi.api.schemas import exceptions as schemas
from coi.api.told import Told, steps_told
from coi.clock import rfc3339
from coi.services.exception_list import Line, Wanted, every_exception
from coi.services.permissions import Permission
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("exceptions", "What went wrong, and what is next.")


@resources.offers(
    "GET",
    "/exceptions",
    "listExceptions",
    found(schemas.Exceptions, schemas.EXCEPTIONS),
    query=schemas.ExceptionsWanted,
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def every(told: dict[str, Any]) -> ResponseReturnValue:
    """The open exceptions of the therapies at one's sites; the closed ones on request."""
    after = behind(told["cursor"], str, str)
    wanted = Wanted(
        closed=told["closed"],
        of_class=told["of_class"],
        kind=told["kind"],
        mine=told["mine"],
        after=cast("tuple[str, str]", after or ("", "")),
    )
    listed = every_exception(here.installation(), here.somebody(), wanted)
    return {
        "items": [_line_told(one) for one in listed.lines],
        "next": cursor(*listed.last) if listed.more else None,
    }


def _line_told(one: Line) -> Told:
    return {
        "coi": one.coi,
        "id": one.id,
        "therapy": one.title,
        "of_class": one.of_class,
        "class_before": one.class_before,
        "kind": one.kind,
        "about": one.about,
        "since": rfc3339(one.since),
        "due_at": rfc3339(one.due_at) if one.due_at else None,
        "owner": one.owner,
        "next_step": steps_told([one.next])[0] if one.next else None,
        "is_mine_to_take": one.is_mine_to_take,
    }
