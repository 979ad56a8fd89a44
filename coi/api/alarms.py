"""What rings at one's sites; and that somebody has heard it, which ends nothing."""

from dataclasses import replace
from typing import Any, cast

from flask.typing import ResponseReturnValue

from coi.api.asked import behind, cursor
from coi.api.resource import Body, Resources, Write, found
from coi.api.schemas import alarms as schemas
from coi.api.told import Told, steps_told
from coi.clock import rfc3339
from coi.services.alarm_list import (
    Line,
    Wanted,
    alarm_named,
    name_of,
    one_that_rings,
    ringing,
)
from coi.services.hearing import Heard, hear
from coi.services.permissions import Permission
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("alarms", "What rings, and who has heard it.")

_Behind = tuple[str, str, str, str, str, str]


@resources.offers(
    "GET",
    "/alarms",
    "listAlarms",
    found(schemas.Alarms, schemas.ALARMS),
    query=schemas.AlarmsWanted,
)
@needs(Permission.SEE_THERAPIES, Scope.THERAPIES_READ)
def every(told: dict[str, Any]) -> ResponseReturnValue:
    """What rings now at one's sites: one's own, or everything; alarms before warnings."""
    after = behind(told["cursor"], *[str] * 6)
    wanted = Wanted(told["which"], told["kind"])
    if after is not None:
        wanted = replace(wanted, after=cast("_Behind", after))
    listed = ringing(here.installation(), here.somebody(), wanted)
    return {
        "items": [_line_told(one) for one in listed.lines],
        "next": cursor(*listed.last) if listed.more else None,
    }


@resources.offers(
    "POST",
    "/alarms/heard",
    "hearAlarm",
    found(schemas.Alarm, schemas.ALARM),
    headers=Write,
    body=Body(schemas.Hearing, schemas.HEARING),
)
@needs(Permission.SEE_THERAPIES)
def say(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """It is on record who heard it and what they do; it rings until it is done."""
    installation, signed_in, key = here.installation(), here.somebody(), alarm_named(told["alarm"])
    one_that_rings(installation, signed_in, key)  # or nobody learns that it rings
    heard = Heard(key, told["why"], signed_in.unit)
    hear(installation, signed_in.proven, heard, key=headers["key"])
    return _line_told(one_that_rings(installation, signed_in, key))


def _line_told(one: Line) -> Told:
    return {
        "id": name_of(one.key),
        "coi": one.key.chain,
        "therapy": one.title,
        "kind": one.key.kind,
        "level": one.kind.level.value,
        "title": one.kind.title,
        "about": one.thing,
        "place": one.place,
        "owners": [*one.owners],
        "is_mine": one.is_mine,
        "next_step": one.kind.next_step,
        "steps": steps_told(one.steps),
        "rings_at": rfc3339(one.rings_at),
        "went_on_at": rfc3339(one.went_on_at) if one.went_on_at else None,
        "is_recorded": one.is_recorded,
        "heard_by": one.heard_by,
        "heard_at": rfc3339(one.heard_at) if one.heard_at else None,
    }
