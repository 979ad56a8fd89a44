"""The steps of a therapy: what each asks for, and taking one."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import seen_turns, signed_request, tagged, timed_code, turns_tag
from coi.api.resource import Body, Read, Resources, Sign, created, found
from coi.api.schemas import therapies as schemas
from coi.api.told import form_told, receipt_told
from coi.services.asking import form_asked, take_asked
from coi.services.attempt import TakeAction
from coi.services.identity import Stated
from coi.services.permissions import Permission
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs
from workflows.facts import Mode, NewSubject

resources = Resources("actions", "The steps of a therapy.")


@resources.offers(
    "GET",
    "/therapies/<coi>/actions/<action>",
    "showStep",
    found(schemas.Form, schemas.FORM),
    headers=Read,
    query=schemas.FormWanted,
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def ask(
    _headers: dict[str, Any], told: dict[str, Any], coi: str, action: str
) -> ResponseReturnValue:
    """What a step asks for, as the therapy stands; its tag is what the step is sent with."""
    signed_in = here.somebody()
    form = form_asked(here.installation(), signed_in, coi, action, told["unit"])
    return tagged(form_told(form), turns_tag(form.turns))


@resources.offers(
    "POST",
    "/therapies/<coi>/actions/<action>",
    "takeStep",
    created(schemas.Receipt, schemas.RECEIPT),
    headers=Sign,
    body=Body(schemas.Taking, schemas.TAKING),
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_ACT)
def take(
    headers: dict[str, Any], told: dict[str, Any], coi: str, action: str
) -> ResponseReturnValue:
    """Take a step, or be told every reason why not; a refused attempt stands on record."""
    return _taken(headers, _wanted(headers, told, coi, action))


@resources.offers(
    "POST",
    "/therapies/<coi>/late/<action>",
    "tellLate",
    created(schemas.Receipt, schemas.RECEIPT),
    headers=Sign,
    body=Body(schemas.TakingLate, schemas.TAKING_LATE),
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_ACT)
def tell(
    headers: dict[str, Any], told: dict[str, Any], coi: str, action: str
) -> ResponseReturnValue:
    """Record what happened while nothing could be entered; what was against a rule is an exception.

    It is recorded as it happened, and marked late.
    """
    late = {"mode": Mode.LATE, "happened_at": told["happened_at"]}
    return _taken(headers, _wanted(headers, told, coi, action, **late))


def _taken(headers: dict[str, Any], wanted: TakeAction) -> ResponseReturnValue:
    """Take it, for whoever asks, signed by the grants that came with it."""
    signed = signed_request(headers["grants"])
    return receipt_told(take_asked(here.installation(), here.somebody(), wanted, signed))


def _wanted(
    headers: dict[str, Any],
    told: dict[str, Any],
    coi: str,
    action: str,
    **late: Any,  # noqa: ANN401 - fields of what is wanted
) -> TakeAction:
    """What the use case is asked for."""
    return TakeAction(
        coi=coi,
        action=action,
        unit=told["unit"],
        key=headers["key"],
        codes=tuple(map(timed_code, told["codes"])),
        named=tuple(told["named"]),
        births=tuple(NewSubject(one["sort"], one["values"]) for one in told["births"]),
        values=told["values"],
        consignee=told["consignee"],
        bench=told["bench"],
        stated=tuple(
            Stated(one["username"], one["identifiers"], one["source"]) for one in told["stated"]
        ),
        seen=seen_turns(headers["seen"]),
        **late,
    )
